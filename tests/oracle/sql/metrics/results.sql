-- Each section: `-- metric: slug | kind | what must be connected`, then a query of grp, num, den (ratio), grp, num (count, sum) or grp, value.
-- {by:x} joins the groups asked for (a rep, a team at the row's day, or the company) to a row with rep_id and day.

-- metric: win_rate | ratio | crm
SELECT g.grp, sum(x.won::INT) AS num, count(*) AS den FROM outcome x {by:x} WHERE x.valued AND in_period(x.day) GROUP BY 1

-- metric: loss_rate | ratio | crm
SELECT g.grp, sum(x.lost::INT) AS num, count(*) AS den FROM outcome x {by:x} WHERE x.valued AND in_period(x.day) GROUP BY 1

-- metric: win_loss_ratio | ratio | crm
SELECT g.grp, sum(x.won::INT) AS num, sum(x.lost::INT) AS den FROM outcome x {by:x} WHERE x.valued AND in_period(x.day) GROUP BY 1

-- metric: win_rate_by_value | ratio | crm
SELECT g.grp, CASE WHEN bool_or(x.won) THEN sum(x.amount) FILTER (x.won) ELSE 0 END AS num, sum(x.amount) AS den
FROM outcome x {by:x} WHERE x.valued AND in_period(x.day) GROUP BY 1

-- metric: cohort_win_rate | ratio | crm
SELECT g.grp, count(*) FILTER (o.won AND o.day <= getvariable('asof_day')) AS num, count(*) AS den
FROM (SELECT *, first_owner AS rep_id FROM began) x {by:x} LEFT JOIN outcome o ON o.opportunity_id = x.opportunity_id
WHERE in_period(x.day) GROUP BY 1

-- metric: sales_volume | count | crm
SELECT g.grp, count(*) AS num FROM outcome x {by:x} WHERE x.won AND x.valued AND in_period(x.day) GROUP BY 1

-- metric: units_sold | value | crm
SELECT g.grp, sum(x.quantity) AS value FROM sold_line x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: revenue | money | crm
SELECT g.grp, sum(x.credit) AS num FROM credit x {by:x} WHERE x.valued AND in_period(x.day) GROUP BY 1

-- metric: average_deal_size | money_ratio | crm
SELECT g.grp, sum(x.amount) AS num, count(x.amount) AS den FROM outcome x {by:x} WHERE x.won AND x.valued AND in_period(x.day) GROUP BY 1

-- metric: average_deal_size_median | money_value | crm
SELECT g.grp, median(x.amount) AS value FROM outcome x {by:x} WHERE x.won AND x.valued AND in_period(x.day) GROUP BY 1

-- metric: conversion_rate | ratio | crm
SELECT g.grp, count(x.customer_day) AS num, count(*) AS den FROM lead_worked x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: lead_to_opportunity_rate | ratio | crm
SELECT g.grp, count(x.opportunity_id) AS num, count(*) AS den FROM lead_worked x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: sales_cycle | ratio | crm
SELECT g.grp, sum(x.cycle) AS num, count(x.cycle) AS den FROM outcome x {by:x} WHERE x.won AND x.valued AND in_period(x.day) GROUP BY 1

-- metric: sales_cycle_median | value | crm
SELECT g.grp, median(x.cycle) AS value FROM outcome x {by:x} WHERE x.won AND x.valued AND in_period(x.day) GROUP BY 1

-- metric: pipeline_generated | money | crm
SELECT g.grp, sum(x.amount) AS num
FROM (SELECT * EXCLUDE (day), sourcer AS rep_id, sourced_day AS day FROM began) x {by:x} WHERE x.valued AND in_period(x.day) GROUP BY 1

-- metric: lead_response_time | value | crm
SELECT g.grp, quantile_cont(coalesce(CASE WHEN g.one THEN x.business ELSE x.team_business END, 'inf'::DOUBLE), 0.5) AS value
FROM lead_worked x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: lead_response_time_wall | value | crm
SELECT g.grp, quantile_cont(coalesce(CASE WHEN g.one THEN x.wall ELSE x.team_wall END, 'inf'::DOUBLE), 0.5) AS value
FROM lead_worked x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: lead_response_time_p90 | value | crm
SELECT g.grp, quantile_cont(coalesce(CASE WHEN g.one THEN x.business ELSE x.team_business END, 'inf'::DOUBLE), 0.9) AS value
FROM lead_worked x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: leads_answered_within_5_minutes | ratio | crm
SELECT g.grp, count(*) FILTER (x.business <= 300) AS num, count(*) AS den
FROM lead_worked x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: leads_answered_within_1_hour | ratio | crm
SELECT g.grp, count(*) FILTER (x.business <= 3600) AS num, count(*) AS den
FROM lead_worked x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: leads_never_answered | ratio | crm
SELECT g.grp, count(*) FILTER (x.attempt_at IS NULL) AS num, count(*) AS den FROM lead_worked x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: customer_acquisition_cost | money_ratio | crm
WITH spent AS (SELECT g.grp, sum(x.cents) AS cents FROM cost_day x {by:x} WHERE in_period(x.day) GROUP BY 1),
first_win AS (
    SELECT account_id, rep_id, day FROM outcome WHERE won AND account_id IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY day, opportunity_id) = 1),
new AS (SELECT g.grp, count(*) AS n FROM first_win x {by:x} WHERE in_period(x.day) GROUP BY 1)
SELECT s.grp, s.cents AS num, coalesce(n.n, 0) AS den FROM spent s LEFT JOIN new n ON n.grp = s.grp

-- metric: customer_acquisition_cost_lagged | money_ratio | crm
WITH lag AS (
    SELECT greatest(0, CAST(round_even(median(cycle), 0) AS BIGINT)) AS days FROM outcome
    WHERE won AND valued AND day > getvariable('snap') - 365 AND day <= getvariable('snap')),
spent AS (SELECT g.grp, sum(x.cents) AS cents FROM lag, cost_day x {by:x} WHERE in_period(x.day + lag.days) GROUP BY 1),
first_win AS (
    SELECT account_id, rep_id, day FROM outcome WHERE won AND account_id IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY day, opportunity_id) = 1),
new AS (SELECT g.grp, count(*) AS n FROM first_win x {by:x} WHERE in_period(x.day) GROUP BY 1)
SELECT s.grp, s.cents AS num, coalesce(n.n, 0) AS den FROM spent s LEFT JOIN new n ON n.grp = s.grp

-- metric: sales_velocity | money_value | crm
WITH stock AS (SELECT g.grp, count(*) AS n FROM snapshot x {by:x} GROUP BY 1),
past90 AS (
    SELECT g.grp, sum(x.won::INT) / count(*) AS rate, sum(x.amount) FILTER (x.won) / nullif(count(x.amount) FILTER (x.won), 0) AS size,
           avg(x.cycle) FILTER (x.won) AS cycle
    FROM outcome x {by:x} WHERE x.valued AND x.day > getvariable('snap') - 90 AND x.day <= getvariable('snap') GROUP BY 1)
SELECT p.grp, coalesce(s.n, 0) * p.rate * p.size / nullif(p.cycle, 0) AS value FROM past90 p LEFT JOIN stock s ON s.grp = p.grp
