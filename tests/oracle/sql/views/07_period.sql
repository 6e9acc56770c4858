-- What depends on the period: first, until and snap (its last day, or the as-of day) are variables. Views, so that they follow them.
CREATE OR REPLACE TEMP MACRO in_period(d) AS d >= getvariable('first') AND d <= getvariable('snap');
-- the snapshot's instant, in the company's zone
CREATE OR REPLACE TEMP MACRO snap_at() AS least(getvariable('asof_at'), day_begin(getvariable('snap') + 1, NULL) - 1);

CREATE OR REPLACE TEMP TABLE owned_day AS  -- owned and open, in local days: the next stretch begins where this one ends
SELECT *, local_day(from_at, zone) AS from_day,
       CASE WHEN lead(from_at) OVER w = until_at THEN local_day(until_at, lead(zone) OVER w) ELSE local_day(until_at, zone) END AS until_day
FROM owned WINDOW w AS (PARTITION BY opportunity_id ORDER BY from_at);

-- open opportunities at the end of the day `snap`
CREATE OR REPLACE TEMP VIEW snapshot AS
WITH here AS (
    SELECT o.*, least(getvariable('asof_at'), o.until_at - 1, greatest(o.from_at,
               day_begin(getvariable('snap') + 1, o.zone) - 1)) AS moment
    FROM owned_day o WHERE o.from_day <= getvariable('snap') AND getvariable('snap') < o.until_day)
SELECT h.opportunity_id, h.rep_id, h.zone, h.moment, h.owned_from_at, h.from_day AS owned_from_day, getvariable('snap') AS day,
       p.account_id, p.account_type, p.currency, p.start_at, p.next_step, local_day(p.start_at, h.zone) AS start_day,
       s.stage_id, s.outcome, s.position, s.probability, s.limit_days, CASE WHEN s.from_at > -8000000000 OR p.start_at IS NOT NULL THEN local_day(greatest(s.from_at, p.start_at), h.zone) END AS stage_day,
       CAST(m.value AS BIGINT) AS native, m.value IS NULL OR CAST(m.value AS BIGINT) > 0 AS valued, cents(CAST(m.value AS BIGINT) * r.rate) AS amount,
       CAST(CAST(d.value AS DATE) - DATE '1970-01-01' AS INTEGER) AS close_day
FROM here h JOIN opportunity p ON p.opportunity_id = h.opportunity_id
LEFT JOIN stay s ON s.opportunity_id = h.opportunity_id AND s.from_at <= h.moment AND h.moment < s.until_at AND s.outcome = 'open'
LEFT JOIN past m ON m.opportunity_id = h.opportunity_id AND m.field = 'amount' AND m.from_at <= h.moment AND h.moment < m.until_at
LEFT JOIN past d ON d.opportunity_id = h.opportunity_id AND d.field = 'close_day' AND d.from_at <= h.moment AND h.moment < d.until_at
LEFT JOIN rate r ON r.currency = p.currency AND r.from_day <= getvariable('snap') AND getvariable('snap') < r.until_day;

-- owned and open at any instant of the period, and the last amount then
CREATE OR REPLACE TEMP VIEW worked AS
WITH inside AS (
    SELECT o.*, least(o.until_at - 1, getvariable('asof_at'), day_begin(getvariable('snap') + 1, o.zone) - 1) AS moment
    FROM owned_day o
    WHERE o.from_day <= getvariable('snap') AND local_day(o.until_at - 1, o.zone) >= getvariable('first')),
final AS (SELECT * FROM inside QUALIFY row_number() OVER (PARTITION BY opportunity_id, rep_id ORDER BY from_at DESC) = 1)
SELECT f.opportunity_id, f.rep_id, f.moment, least(local_day(f.moment, f.zone), getvariable('snap')) AS day, CAST(m.value AS BIGINT) AS native,
       cents(CAST(m.value AS BIGINT) * r.rate) AS amount
FROM final f JOIN opportunity p ON p.opportunity_id = f.opportunity_id
LEFT JOIN past m ON m.opportunity_id = f.opportunity_id AND m.field = 'amount' AND m.from_at <= f.moment AND f.moment < m.until_at
LEFT JOIN rate r ON r.currency = p.currency AND r.from_day <= least(local_day(f.moment, f.zone), getvariable('snap'))
     AND least(local_day(f.moment, f.zone), getvariable('snap')) < r.until_day;

-- the height of each stay: its stage's order, won above all, lost none; before its start an opportunity is as high as its first stage
CREATE OR REPLACE TEMP TABLE ladder AS
SELECT s.opportunity_id, CASE WHEN s.from_at <= o.start_at THEN -8000000000 ELSE s.from_at END AS from_at, s.until_at,
       CASE s.outcome WHEN 'open' THEN s.position WHEN 'won' THEN 1000000 END AS height
FROM stay s JOIN opportunity o ON o.opportunity_id = s.opportunity_id WHERE s.until_at > coalesce(o.start_at, -8000000000);

CREATE OR REPLACE TEMP TABLE move AS
WITH step AS (
    SELECT s.*, lag(s.outcome) OVER w AS before_outcome, lag(s.position) OVER w AS before_position,
           lag(s.from_at) OVER w AS before_from
    FROM stay s JOIN opportunity o ON o.opportunity_id = s.opportunity_id WINDOW w AS (PARTITION BY s.opportunity_id ORDER BY s.from_at)),
height AS (
    SELECT s.opportunity_id, p.rep_id, s.from_at AS moment, local_day(s.from_at, p.zone) AS day, s.pipeline,
           CASE s.outcome WHEN 'open' THEN s.position WHEN 'won' THEN 1000000 END AS high,
           CASE s.before_outcome WHEN 'open' THEN s.before_position WHEN 'won' THEN 1000000 END AS low
    FROM step s JOIN owner_past p ON p.opportunity_id = s.opportunity_id AND p.from_at <= s.from_at AND s.from_at < p.until_at
    JOIN opportunity o ON o.opportunity_id = s.opportunity_id
    WHERE s.from_at > coalesce(o.start_at, -8000000000))
SELECT *, coalesce(high > low, false) AS forward, coalesce(high < low, false) AS regression,
       coalesce(high > low, false) AND EXISTS (
           SELECT 1 FROM rec_stage q WHERE q.outcome = 'open' AND coalesce(q.pipeline, '') = coalesce(h.pipeline, '') AND q.position > h.low AND q.position < h.high) AS skip
FROM height h;

-- stays in open stages, from the start
CREATE OR REPLACE TEMP TABLE visit AS
WITH dated AS (
    SELECT s.opportunity_id, s.stage_id, s.stage, s.position, greatest(s.from_at, coalesce(o.start_at, s.from_at)) AS moment, s.until_at,
           lead(s.outcome) OVER w AS next_outcome, lead(s.position) OVER w AS next_position, o.start_at, s.from_at, o.outcome = 'won' AS won, s.outcome
    FROM stay s JOIN opportunity o ON o.opportunity_id = s.opportunity_id WINDOW w AS (PARTITION BY s.opportunity_id ORDER BY s.from_at))
SELECT d.opportunity_id, d.stage_id, d.stage, p.rep_id, local_day(d.until_at, p.zone) AS day,
       CASE WHEN d.moment > -8000000000 THEN local_day(d.until_at, p.zone) - local_day(d.moment, p.zone) END AS days,  -- since when: unknown
       coalesce(d.next_outcome = 'won' OR (d.next_outcome = 'open' AND d.next_position > d.position), false) AS advanced, coalesce(d.won, false) AS won
FROM dated d JOIN owner_past p ON p.opportunity_id = d.opportunity_id AND p.from_at < d.until_at AND d.until_at <= p.until_at
WHERE d.outcome = 'open' AND d.until_at < 8000000000 AND d.until_at > d.moment;

CREATE OR REPLACE TEMP VIEW stage_limit AS  -- days of stays by deals won, where the stage has no limit of its own
WITH won AS (SELECT stage_id, days FROM visit WHERE won AND days IS NOT NULL AND day <= getvariable('snap')),
everywhere AS (SELECT CASE WHEN count(*) >= getvariable('min_spells') THEN quantile_cont(days, 0.75) END AS days FROM won)
SELECT s.id AS stage_id, coalesce((SELECT CASE WHEN count(*) >= getvariable('min_spells') THEN quantile_cont(w.days, 0.75) END FROM won w WHERE w.stage_id = s.id),
                                  (SELECT days FROM everywhere)) AS days
FROM rec_stage s;

-- goals of revenue, day by day: a rep's own; a team's own on days that it has one, else its reps'; the company's likewise
CREATE OR REPLACE TEMP VIEW goal_day AS
SELECT q.rep_id, q.team, d.day, cents(q.target * 100 * r.rate) / 100.0 / (q.until_day - q.from_day) AS part
FROM rec_goal q JOIN rate r ON r.currency = coalesce(nullif(q.currency, ''), getvariable('currency')) AND r.from_day <= q.from_day AND q.from_day < r.until_day,
LATERAL (SELECT unnest(range(greatest(q.from_day, getvariable('first')), least(q.until_day, getvariable('until')))) AS day) d
WHERE q.metric = 'revenue' AND NOT coalesce(q.deleted, false);

CREATE OR REPLACE TEMP VIEW aim_day AS
WITH of_rep AS (
    SELECT x.rep_id, q.team, x.day, sum(x.part) AS part FROM goal_day x
    LEFT JOIN rec_rep_role q ON q.rep_id = x.rep_id AND q.from_day <= x.day AND x.day < coalesce(q.until_day, 2000000)
    WHERE x.rep_id IS NOT NULL GROUP BY 1, 2, 3),
of_team AS (
    SELECT team, day, coalesce(sum(part) FILTER (own), sum(part)) AS part
    FROM (SELECT team, day, part, true AS own FROM goal_day WHERE rep_id IS NULL AND team IS NOT NULL
          UNION ALL SELECT team, day, part, false FROM of_rep WHERE team IS NOT NULL) GROUP BY 1, 2),
of_company AS (
    SELECT day, coalesce(sum(part) FILTER (own), sum(part)) AS part
    FROM (SELECT day, part, true AS own FROM goal_day WHERE rep_id IS NULL AND team IS NULL
          UNION ALL SELECT day, part, false FROM of_team
          UNION ALL SELECT day, part, false FROM of_rep WHERE team IS NULL) GROUP BY 1)
SELECT 'rep' AS level, rep_id AS grp, day, part FROM of_rep
UNION ALL SELECT 'team', team, day, part FROM of_team
UNION ALL SELECT 'company', '', day, part FROM of_company;

-- costs, day by day
CREATE OR REPLACE TEMP VIEW cost_day AS
SELECT c.rep_id, unnest(range(c.from_day, c.until_day)) AS day, cents(c.amount_cents * r.rate)::DOUBLE / (c.until_day - c.from_day) AS cents
FROM rec_cost c JOIN rate r ON r.currency = coalesce(nullif(c.currency, ''), getvariable('currency')) AND r.from_day <= c.from_day AND c.from_day < r.until_day;

-- due in the period: open at its start (or begun or reopened in it) with a close date in it
CREATE OR REPLACE TEMP VIEW due AS
WITH candidate AS (
    SELECT w.opportunity_id, coalesce(p.zone, getvariable('zone')) AS zone, w.from_at, w.until_at,
           greatest(w.from_at, day_begin(getvariable('first'), p.zone)) AS moment
    FROM open_run w JOIN owner_past p ON p.opportunity_id = w.opportunity_id AND p.from_at <= w.until_at - 1 AND w.until_at - 1 < p.until_at),
marked AS (
    SELECT c.*, p.rep_id, CAST(CAST(d.value AS DATE) - DATE '1970-01-01' AS INTEGER) AS due_day
    FROM candidate c
    JOIN owner_past p ON p.opportunity_id = c.opportunity_id AND p.from_at <= c.moment AND c.moment < p.until_at
    JOIN past d ON d.opportunity_id = c.opportunity_id AND d.field = 'close_day' AND d.from_at <= c.moment AND c.moment < d.until_at
    WHERE c.until_at > c.moment AND local_day(c.moment, c.zone) <= getvariable('snap')),
once AS (
    SELECT * FROM marked WHERE due_day >= getvariable('first') AND due_day < getvariable('until')
    QUALIFY row_number() OVER (PARTITION BY opportunity_id ORDER BY moment) = 1)
SELECT o.opportunity_id, o.rep_id, greatest(local_day(o.moment, o.zone), getvariable('first')) AS day,
       coalesce(s.close_day >= getvariable('until'), false) AS slipped
FROM once o LEFT JOIN snapshot s ON s.opportunity_id = o.opportunity_id;
