-- metric: average_opportunity_age | ratio | crm
SELECT g.grp, sum(x.day - x.start_day) AS num, count(x.start_day) AS den FROM snapshot x {by:x} GROUP BY 1

-- metric: average_opportunity_age_median | value | crm
SELECT g.grp, median(x.day - x.start_day) AS value FROM snapshot x {by:x} GROUP BY 1

-- metric: opportunity_progressions | count | crm
WITH forward AS (  -- the last forward move in the period
    SELECT m.opportunity_id, m.rep_id, m.day, coalesce(r.zone, getvariable('zone')) AS zone
    FROM move m LEFT JOIN rep r ON r.rep_id = m.rep_id WHERE m.forward AND in_period(m.day)
    QUALIFY row_number() OVER (PARTITION BY m.opportunity_id ORDER BY m.moment DESC) = 1),
edge AS (
    SELECT f.*, day_begin(getvariable('first'), f.zone) - 1 AS begin_at,
           least(getvariable('asof_at'), day_begin(getvariable('snap') + 1, f.zone) - 1) AS end_at FROM forward f),
higher AS (
    SELECT e.opportunity_id, e.rep_id, e.day FROM edge e
    JOIN ladder a ON a.opportunity_id = e.opportunity_id AND a.from_at <= e.begin_at AND e.begin_at < a.until_at
    JOIN ladder b ON b.opportunity_id = e.opportunity_id AND b.from_at <= e.end_at AND e.end_at < b.until_at
    -- whose it was at the end; won by then: at that close
    JOIN owner_past p ON p.opportunity_id = e.opportunity_id AND p.from_at <= CASE WHEN b.height = 1000000 THEN b.from_at ELSE e.end_at END
        AND CASE WHEN b.height = 1000000 THEN b.from_at ELSE e.end_at END < p.until_at
    WHERE b.height > a.height AND a.height < 1000000 AND p.rep_id = e.rep_id)
SELECT g.grp, count(*) AS num FROM higher x {by:x} GROUP BY 1

-- metric: moves_forward | count | crm
SELECT g.grp, count(*) AS num FROM move x {by:x} WHERE x.forward AND in_period(x.day) GROUP BY 1

-- metric: regressions | count | crm
SELECT g.grp, count(*) AS num FROM move x {by:x} WHERE x.regression AND in_period(x.day) GROUP BY 1

-- metric: stage_skips | count | crm
SELECT g.grp, count(*) AS num FROM move x {by:x} WHERE x.skip AND in_period(x.day) GROUP BY 1

-- metric: follow_up_meetings | count | calendar
SELECT g.grp, count(DISTINCT x.meeting_id) AS num FROM met x {by:x} JOIN meeting_turn t ON t.meeting_id = x.meeting_id
WHERE x.held AND NOT t.initial AND in_period(x.day) GROUP BY 1

-- metric: follow_up_ratio | ratio | calendar
SELECT g.grp, count(DISTINCT x.meeting_id) FILTER (NOT t.initial) AS num, count(DISTINCT x.meeting_id) FILTER (t.initial) AS den
FROM met x {by:x} JOIN meeting_turn t ON t.meeting_id = x.meeting_id WHERE x.held AND in_period(x.day) GROUP BY 1

-- metric: stuck_opportunities | count | crm
SELECT g.grp, count(*) AS num FROM snapshot x {by:x} LEFT JOIN stage_limit l ON l.stage_id = x.stage_id
WHERE x.day - x.stage_day > greatest(14, coalesce(x.limit_days, l.days, 14)) GROUP BY 1
