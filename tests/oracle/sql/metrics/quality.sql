-- metric: meetings_per_opportunity | ratio | calendar+crm
WITH m AS (
    SELECT g.grp, count(DISTINCT (x.touch_id, x.opportunity_id)) AS n FROM about x {by:x}
    WHERE x.kind = 'meeting' AND x.owned AND in_period(x.day) GROUP BY 1),
o AS (SELECT g.grp, count(DISTINCT x.opportunity_id) AS n FROM worked x {by:x} GROUP BY 1)
SELECT o.grp, coalesce(m.n, 0) AS num, o.n AS den FROM o LEFT JOIN m ON m.grp = o.grp

-- metric: meetings_per_opportunity_closed | ratio | calendar+crm
SELECT g.grp, sum((SELECT count(DISTINCT a.touch_id) FROM about a WHERE a.opportunity_id = x.opportunity_id AND a.kind = 'meeting')) AS num, count(*) AS den
FROM outcome x {by:x} WHERE x.valued AND in_period(x.day) GROUP BY 1

-- metric: days_between_touches | value | mailbox/calendar/dialer
WITH touch_day AS (SELECT DISTINCT opportunity_id, rep_id, owned_from_at, day FROM about WHERE owned AND day <= getvariable('snap')),
gap AS (SELECT *, day - lag(day) OVER (PARTITION BY opportunity_id, rep_id, owned_from_at ORDER BY day) AS gap FROM touch_day),
closed AS (  -- gaps that ended in the period
    SELECT opportunity_id, rep_id, sum(gap) AS total, count(gap) AS n, max(day) AS day FROM gap
    WHERE gap IS NOT NULL AND in_period(day) GROUP BY 1, 2),
waiting AS (  -- since the last touch, of those still open, unless a meeting with the account is booked
    SELECT s.opportunity_id, s.rep_id, s.day - max(t.day) AS tail
    FROM snapshot s JOIN touch_day t ON t.opportunity_id = s.opportunity_id AND t.rep_id = s.rep_id AND t.owned_from_at = s.owned_from_at
    WHERE NOT EXISTS (
        SELECT 1 FROM met m WHERE m.account_id = s.account_id AND m.rep_id = s.rep_id AND NOT m.declined AND m.status NOT IN ('cancelled', 'no_show')
           AND m.moment > snap_at() AND coalesce(m.booked_at, 0) <= snap_at()
           AND EXISTS (SELECT 1 FROM invited i WHERE i.meeting_id = m.meeting_id AND i.coming))
    GROUP BY s.opportunity_id, s.rep_id, s.day),
both_ AS (
    SELECT coalesce(c.opportunity_id, w.opportunity_id) AS opportunity_id, coalesce(c.rep_id, w.rep_id) AS rep_id,
           coalesce(c.day, getvariable('snap')) AS day, coalesce(c.total, 0) AS total, coalesce(c.n, 0) AS n, w.tail
    FROM closed c FULL JOIN waiting w ON w.opportunity_id = c.opportunity_id AND w.rep_id = c.rep_id),
meaned AS (
    SELECT *, CASE WHEN tail > coalesce(total / nullif(n, 0), -1) THEN (total + tail) / (n + 1) ELSE total / nullif(n, 0) END AS days FROM both_)
SELECT g.grp, median(x.days) AS value FROM meaned x {by:x} WHERE x.days IS NOT NULL GROUP BY 1

-- metric: contacts_per_account | ratio | mailbox/calendar/dialer
WITH placed AS (  -- prospectors: accounts without an open opportunity of theirs; everyone else: accounts with one
    SELECT t.*, coalesce(q.role IN ('SDR', 'BDR', 'sdr', 'bdr'), false) AS prospector, EXISTS (
        SELECT 1 FROM owned o JOIN opportunity p ON p.opportunity_id = o.opportunity_id
        WHERE p.account_id = t.account_id AND o.rep_id = t.rep_id AND o.from_at <= t.moment AND t.moment < o.until_at) AS own
    FROM touched t LEFT JOIN rec_rep_role q ON q.rep_id = t.rep_id AND q.from_day <= t.day AND t.day < coalesce(q.until_day, 2000000)
    WHERE t.account_id IS NOT NULL AND in_period(t.day))
SELECT g.grp, count(DISTINCT x.person_id) AS num, count(DISTINCT x.account_id) AS den FROM placed x {by:x} WHERE x.own <> x.prospector GROUP BY 1

-- metric: email_engagement_rate | ratio | mailbox
WITH back AS (
    SELECT g.grp, count(DISTINCT x.email_id) AS n FROM received x {by:x}
    WHERE in_period(x.day) AND EXISTS (SELECT 1 FROM sent_person s WHERE s.rep_id = x.rep_id AND s.person_id = x.person_id AND s.moment < x.moment) GROUP BY 1),
sent AS (SELECT g.grp, count(DISTINCT x.email_id) AS n FROM sent_person x {by:x} WHERE in_period(x.day) GROUP BY 1)
SELECT grp, coalesce(back.n, 0) AS num, coalesce(sent.n, 0) AS den FROM sent FULL JOIN back USING (grp)

-- metric: decision_maker_share | ratio | mailbox/calendar/dialer
SELECT g.grp, count(*) FILTER (EXISTS (
    SELECT 1 FROM engaged e WHERE e.opportunity_id = x.opportunity_id AND e.day <= getvariable('snap')
       AND (e.level IN ('director', 'vp', 'cxo') OR EXISTS (
           SELECT 1 FROM takes_part t WHERE t.opportunity_id = e.opportunity_id AND t.contact_id = e.contact_id
              AND t.buying_role IN ('decision_maker', 'economic_buyer'))))) AS num, count(*) AS den
FROM snapshot x {by:x} GROUP BY 1

-- metric: target_account_share | ratio | mailbox/calendar/dialer
SELECT g.grp, count(DISTINCT x.account_id) FILTER (a.tier IN (SELECT tier FROM cfg_target)) AS num, count(DISTINCT x.account_id) AS den
FROM touched x {by:x} JOIN account a ON a.account_id = x.account_id AND nullif(trim(a.tier), '') IS NOT NULL WHERE in_period(x.day) GROUP BY 1

-- metric: average_opportunity_size | money_ratio | crm
WITH final AS (SELECT g.grp, x.* FROM worked x {by:x})  -- pooled: one that two reps owned is in the numbers of both
SELECT grp, sum(amount) AS num, count(amount) AS den FROM final WHERE native > 0 GROUP BY 1

-- metric: average_opportunity_size_median | money_value | crm
WITH final AS (SELECT g.grp, x.* FROM worked x {by:x})
SELECT grp, median(amount) AS value FROM final WHERE native > 0 GROUP BY 1

-- metric: account_type_mix | money_value | crm
WITH size AS (
    SELECT account_type, avg(amount) AS size FROM outcome
    WHERE won AND valued AND amount IS NOT NULL AND account_type IS NOT NULL AND day > getvariable('snap') - 365 AND day <= getvariable('snap') GROUP BY 1)
SELECT g.grp, avg(s.size) AS value
FROM (SELECT *, first_owner AS rep_id FROM began) x {by:x} JOIN size s ON s.account_type = x.account_type WHERE in_period(x.day) GROUP BY 1

-- metric: discount_rate | ratio | crm
SELECT g.grp, sum(x.list - x.sold) AS num, sum(x.list) AS den FROM sold_line x {by:x}
WHERE x.list IS NOT NULL AND x.sold IS NOT NULL AND in_period(x.day) GROUP BY 1

-- metric: discounted_deal_share | ratio | crm
SELECT g.grp, count(DISTINCT x.opportunity_id) FILTER (x.sold < x.list) AS num, count(DISTINCT x.opportunity_id) AS den FROM sold_line x {by:x}
WHERE x.list IS NOT NULL AND x.sold IS NOT NULL AND in_period(x.day) GROUP BY 1

-- metric: contact_seniority | ratio | mailbox/calendar/dialer
SELECT g.grp, count(DISTINCT x.person_id) FILTER (x.level IN ('director', 'vp', 'cxo')) AS num, count(DISTINCT x.person_id) AS den
FROM touched x {by:x} WHERE x.level IS NOT NULL AND in_period(x.day) GROUP BY 1

-- metric: email_response_rate | ratio | mailbox
SELECT g.grp, sum(x.replied::INT) AS num, count(*) AS den FROM outreach x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: call_connect_rate | ratio | dialer
SELECT g.grp, sum(x.connected::INT) AS num, count(*) AS den FROM called x {by:x}
WHERE x.outbound AND x.connected IS NOT NULL AND in_period(x.day) GROUP BY 1
