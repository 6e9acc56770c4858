-- metric: quota_attainment | ratio | crm
WITH who AS (SELECT DISTINCT grp, CASE WHEN one THEN 'rep' WHEN grp = '' THEN 'company' ELSE 'team' END AS level FROM g),
aim AS (SELECT w.grp, sum(x.part) AS target FROM aim_day x JOIN who w ON w.grp = x.grp AND w.level = x.level GROUP BY 1),
done AS (  -- on days with a goal: of the rep; for a team, of the team or the rep; for the company, of any of the three
    SELECT g.grp, sum(x.credit) / 100.0 AS won FROM credit x {by:x} JOIN who w ON w.grp = g.grp
    WHERE x.valued AND in_period(x.day) AND EXISTS (
        SELECT 1 FROM rec_goal q WHERE q.metric = 'revenue' AND NOT coalesce(q.deleted, false) AND q.from_day <= x.day AND x.day < q.until_day
           AND CASE WHEN q.rep_id IS NOT NULL THEN q.rep_id = x.rep_id
                    WHEN q.team IS NULL THEN w.level = 'company'
                    ELSE w.level <> 'rep' AND EXISTS (
                        SELECT 1 FROM rec_rep_role e WHERE e.rep_id = x.rep_id AND e.team = q.team AND e.from_day <= x.day AND x.day < coalesce(e.until_day, 2000000)) END)
    GROUP BY 1)
SELECT a.grp, CASE WHEN d.grp IS NULL THEN 0 ELSE d.won END AS num, a.target AS den FROM aim a LEFT JOIN done d ON d.grp = a.grp

-- metric: pipeline_coverage | ratio | crm
WITH who AS (SELECT DISTINCT grp, CASE WHEN one THEN 'rep' WHEN grp = '' THEN 'company' ELSE 'team' END AS level FROM g),
aim AS (SELECT w.grp, sum(x.part) AS target FROM aim_day x JOIN who w ON w.grp = x.grp AND w.level = x.level GROUP BY 1),
done AS (SELECT g.grp, sum(x.credit) / 100.0 AS won FROM credit x {by:x} WHERE x.valued AND in_period(x.day) GROUP BY 1),
due AS (
    SELECT g.grp, sum(x.amount) / 100.0 AS amount FROM snapshot x {by:x} WHERE x.valued AND x.close_day < getvariable('until') GROUP BY 1)
SELECT a.grp, CASE WHEN u.grp IS NULL THEN 0 ELSE u.amount END AS num, CASE WHEN a.target > coalesce(d.won, 0) THEN a.target - coalesce(d.won, 0) END AS den
FROM aim a LEFT JOIN done d ON d.grp = a.grp LEFT JOIN due u ON u.grp = a.grp

-- metric: weighted_pipeline | money | crm
SELECT g.grp, sum(x.amount * x.probability) AS num FROM snapshot x {by:x} WHERE x.valued GROUP BY 1

-- metric: stage_conversion | ratio | crm
SELECT g.grp, sum(x.advanced::INT) AS num, count(*) AS den FROM visit x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: time_in_stage | ratio | crm
SELECT g.grp, sum(x.days) AS num, count(x.days) AS den FROM visit x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: slip_rate | ratio | crm
SELECT g.grp, sum(x.slipped::INT) AS num, count(*) AS den FROM due x {by:x} GROUP BY 1

-- metric: untouched_opportunities | count | mailbox/calendar/dialer+crm
SELECT g.grp, count(*) AS num FROM snapshot x {by:x}
WHERE NOT EXISTS (SELECT 1 FROM about a WHERE a.opportunity_id = x.opportunity_id AND a.day <= x.day AND a.day > x.day - getvariable('untouched_days'))
  AND x.day - coalesce(x.start_day, -2000000) >= getvariable('untouched_days') GROUP BY 1

-- metric: multi_threading | ratio | mailbox/calendar/dialer
SELECT g.grp, count(*) FILTER (3 <= (SELECT count(*) FROM engaged e WHERE e.opportunity_id = x.opportunity_id AND e.day <= x.day)) AS num, count(*) AS den
FROM snapshot x {by:x} GROUP BY 1

-- metric: forecast_accuracy | value | crm
WITH won AS (SELECT g.grp, sum(x.credit) AS won FROM credit x {by:x} WHERE x.valued AND in_period(x.day) GROUP BY 1),
said AS (
    SELECT f.rep_id, f.from_day AS day, cents(f.amount_cents * r.rate) AS amount
    FROM rec_forecast_call f LEFT JOIN rep p ON p.rep_id = f.rep_id
    LEFT JOIN rate r ON r.currency = coalesce(nullif(f.currency, ''), getvariable('currency'))
        AND r.from_day <= local_day(f.submitted_at, NULL) AND local_day(f.submitted_at, NULL) < r.until_day
    WHERE f.category = 'commit' AND f.from_day = getvariable('first') AND f.until_day = getvariable('until') AND f.submitted_at <= getvariable('asof_at')
    QUALIFY row_number() OVER (PARTITION BY f.rep_id ORDER BY local_day(f.submitted_at, p.zone) < f.from_day DESC,
        CASE WHEN local_day(f.submitted_at, p.zone) < f.from_day THEN -f.submitted_at ELSE f.submitted_at END, f.id DESC) = 1),
pooled AS (SELECT g.grp, sum(x.amount) AS amount FROM said x {by:x} GROUP BY 1)
SELECT p.grp, 1 - abs(p.amount - w.won) / nullif(w.won, 0) AS value FROM pooled p JOIN won w ON w.grp = p.grp
WHERE getvariable('until') <= getvariable('asof_day') + 1

-- metric: opportunities_without_amount | count | crm
SELECT g.grp, count(*) AS num FROM snapshot x {by:x} WHERE x.native IS NULL GROUP BY 1

-- metric: opportunities_without_next_step | count | crm
SELECT g.grp, count(*) AS num FROM snapshot x {by:x} WHERE nullif(trim(x.next_step), '') IS NULL GROUP BY 1

-- metric: opportunities_past_close_date | count | crm
SELECT g.grp, count(*) AS num FROM snapshot x {by:x} WHERE x.close_day < x.day GROUP BY 1

-- metric: opportunities_without_next_meeting | count | calendar+crm
SELECT g.grp, count(*) AS num FROM snapshot x {by:x} WHERE NOT EXISTS (
    SELECT 1 FROM met m WHERE m.account_id = x.account_id AND m.moment > snap_at() AND coalesce(m.booked_at, 0) <= snap_at() AND NOT m.declined AND m.status NOT IN ('cancelled', 'no_show')
       AND EXISTS (SELECT 1 FROM invited i WHERE i.meeting_id = m.meeting_id AND i.coming)) GROUP BY 1

-- metric: contacts_without_title | count | mailbox/calendar/dialer
SELECT g.grp, count(DISTINCT x.person_id) AS num FROM touched x {by:x} JOIN rec_contact c ON c.id = x.contact_id
WHERE nullif(trim(c.title), '') IS NULL AND in_period(x.day) GROUP BY 1
