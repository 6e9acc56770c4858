-- Replies, leads worked, speech, starts and arrivals.
CREATE OR REPLACE TEMP TABLE reply AS
SELECT r.email_id, r.thread_id, r.rep_id, r.person_id, r.account_id, r.moment, r.day FROM received r
WHERE EXISTS (SELECT 1 FROM sent_person s WHERE s.thread_id = r.thread_id AND s.rep_id = r.rep_id AND s.person_id = r.person_id AND s.moment < r.moment)
QUALIFY row_number() OVER (PARTITION BY r.thread_id, r.rep_id, r.person_id ORDER BY r.moment, r.email_id) = 1;

CREATE OR REPLACE TEMP TABLE outreach AS
WITH first_mail AS (
    SELECT * FROM sent_person QUALIFY row_number() OVER (PARTITION BY rep_id, person_id ORDER BY moment, email_id) = 1)
SELECT f.rep_id, f.person_id, f.moment, f.day,
       EXISTS (SELECT 1 FROM received r WHERE r.rep_id = f.rep_id AND r.person_id = f.person_id AND r.moment > f.moment
               AND r.moment <= f.moment + getvariable('reply_days') * 86400) AS replied
FROM first_mail f;

-- working time of each rep, by local day
CREATE OR REPLACE TEMP TABLE workday AS
WITH days AS (
    SELECT unnest(range((SELECT min(created_at) // 86400 - 2 FROM rec_lead)::BIGINT, getvariable('asof_day')::BIGINT + 3)) AS day),
hours AS (
    SELECT r.rep_id, r.zone, d.day, DATE '1970-01-01' + d.day::INT AS date,
           coalesce(nullif(q.work_days, ''), getvariable('work_days')) AS work_days,
           coalesce(q.work_start_minute, getvariable('work_start')) AS start_minute, coalesce(q.work_end_minute, getvariable('work_end')) AS end_minute,
           r.holiday_calendar
    FROM rep r JOIN days d ON d.day >= r.hired_day AND d.day < r.left_day  -- before and after, nobody works
    LEFT JOIN rec_rep_role q ON q.rep_id = r.rep_id AND q.from_day <= d.day AND d.day < coalesce(q.until_day, 2000000))
SELECT rep_id, day,
       epoch(timezone(zone, date::TIMESTAMP + to_minutes(start_minute::INT)))::BIGINT AS from_at,
       epoch(timezone(zone, date::TIMESTAMP + to_minutes(end_minute::INT)))::BIGINT AS until_at
FROM hours h
WHERE contains(work_days, CAST(isodow(date) AS VARCHAR))
  AND NOT EXISTS (SELECT 1 FROM rec_holiday x WHERE x.calendar = h.holiday_calendar AND x.day = h.day)
  AND NOT EXISTS (SELECT 1 FROM rec_absence x WHERE x.rep_id = h.rep_id AND x.from_day <= h.day AND h.day < x.until_day);

CREATE OR REPLACE TEMP TABLE lead_worked AS
WITH address AS (
    SELECT l.lead_id, normal(r.email) AS address FROM lead l JOIN lead_alias a ON a.survivor = l.lead_id JOIN rec_lead r ON r.id = a.id
    UNION
    SELECT l.lead_id, normal(c.email) FROM lead l JOIN contact_alias a ON a.survivor = l.contact_id JOIN rec_contact c ON c.id = a.id),
attempt AS (
    SELECT l.lead_id, m.rep_id, m.moment, m.email_id AS id
    FROM lead l JOIN address a ON a.lead_id = l.lead_id JOIN rec_email_recipient r ON normal(r.address) = a.address
    JOIN mail m ON m.email_id = r.email_id
    WHERE m.direction = 'outbound' AND NOT m.automated AND NOT m.calendar_reply AND NOT m.bounce AND m.moment >= l.created_at
    UNION ALL
    SELECT l.lead_id, c.rep_id, c.moment, c.call_id
    FROM lead l JOIN called c ON c.outbound AND c.moment >= l.created_at
     AND (c.lead_id = l.lead_id OR c.contact_id = l.contact_id
          OR EXISTS (SELECT 1 FROM address a WHERE a.lead_id = l.lead_id AND a.address = c.address))),
first_attempt AS (SELECT * FROM attempt QUALIFY row_number() OVER (PARTITION BY lead_id ORDER BY moment, id) = 1),
given AS (
    SELECT a.survivor AS lead_id, x.rep_id, x.assigned_at, x.id
    FROM rec_lead_assignment x JOIN lead_alias a ON a.id = x.lead_id WHERE x.assigned_at <= getvariable('asof_at')),
first_given AS (SELECT * FROM given QUALIFY row_number() OVER (PARTITION BY lead_id ORDER BY assigned_at, id) = 1),
credited AS (
    SELECT l.*, coalesce(f.rep_id, g.rep_id, l.owner_id) AS rep_id, f.moment AS attempt_at
    FROM lead l LEFT JOIN first_attempt f ON f.lead_id = l.lead_id LEFT JOIN first_given g ON g.lead_id = l.lead_id),
timed AS (
    SELECT c.*, local_day(c.created_at, r.zone) AS day,
           coalesce((SELECT min(g.assigned_at) FROM given g WHERE g.lead_id = c.lead_id AND g.rep_id = c.rep_id), c.created_at) AS assigned_at
    FROM credited c LEFT JOIN rep r ON r.rep_id = c.rep_id),
customer AS (
    SELECT t.lead_id, min(o.day) AS day
    FROM timed t JOIN outcome o ON o.won
     AND (o.opportunity_id = t.opportunity_id OR (o.account_id = t.account_id AND o.start_at > t.created_at)) GROUP BY 1)
SELECT t.lead_id, t.rep_id, t.day, t.source, t.assigned_at, t.attempt_at, t.opportunity_id, k.day AS customer_day,
       CASE WHEN t.attempt_at IS NOT NULL THEN greatest(t.attempt_at - t.assigned_at, 0) END::DOUBLE AS wall, (t.attempt_at - t.created_at)::DOUBLE AS team_wall,
       CASE WHEN t.attempt_at IS NOT NULL THEN coalesce((
           SELECT sum(greatest(0, least(w.until_at, t.attempt_at) - greatest(w.from_at, t.assigned_at))) FROM workday w WHERE w.rep_id = t.rep_id), 0) END::DOUBLE AS business,
       CASE WHEN t.attempt_at IS NOT NULL THEN coalesce((
           SELECT sum(greatest(0, least(w.until_at, t.attempt_at) - greatest(w.from_at, t.created_at))) FROM workday w WHERE w.rep_id = t.rep_id), 0) END::DOUBLE AS team_business
FROM timed t LEFT JOIN customer k ON k.lead_id = t.lead_id AND k.day <= getvariable('asof_day');

-- follow-up or initial, per account over the company's held meetings
CREATE OR REPLACE TEMP TABLE meeting_turn AS
WITH held AS (SELECT DISTINCT meeting_id, account_id, moment FROM met WHERE held AND account_id IS NOT NULL),
ordered AS (SELECT *, lag(moment) OVER (PARTITION BY account_id ORDER BY moment, meeting_id) AS before_at FROM held),
closing AS (
    SELECT o.account_id, w.until_at AS moment FROM open_run w JOIN opportunity o ON o.opportunity_id = w.opportunity_id WHERE w.until_at < 8000000000
    UNION SELECT account_id, close_at FROM opportunity WHERE close_at IS NOT NULL)  -- begun at its closing, it was never open
SELECT h.*, h.before_at IS NULL
            OR (EXISTS (SELECT 1 FROM closing c WHERE c.account_id = h.account_id AND c.moment > h.before_at AND c.moment <= h.moment)
                AND NOT EXISTS (SELECT 1 FROM open_run w JOIN opportunity o ON o.opportunity_id = w.opportunity_id
                                WHERE o.account_id = h.account_id AND w.from_at < h.moment AND w.until_at > h.moment)) AS initial
FROM ordered h;

-- the start of opportunities: first owner, who sourced it, amount then
CREATE OR REPLACE TEMP TABLE began AS
WITH x AS (
    SELECT o.*, p.rep_id AS first_owner, coalesce(o.sourced_by_id, o.created_by_id, p.rep_id) AS sourcer, CAST(m.value AS BIGINT) AS native
    FROM opportunity o
    LEFT JOIN owner_past p ON p.opportunity_id = o.opportunity_id AND p.from_at <= o.start_at AND o.start_at < p.until_at
    LEFT JOIN past m ON m.opportunity_id = o.opportunity_id AND m.field = 'amount' AND m.from_at <= o.start_at AND o.start_at < m.until_at
    WHERE o.start_at IS NOT NULL),
dated AS (
    SELECT x.*, local_day(x.start_at, s.zone) AS sourced_day, local_day(x.start_at, f.zone) AS day
    FROM x LEFT JOIN rep s ON s.rep_id = x.sourcer LEFT JOIN rep f ON f.rep_id = x.first_owner)
SELECT d.*, cents(d.native * r.rate) AS amount, d.native IS NULL OR d.native > 0 AS valued
FROM dated d LEFT JOIN rate r ON r.currency = d.currency AND r.from_day <= d.sourced_day AND d.sourced_day < r.until_day;

-- an opportunity becoming a rep's
CREATE OR REPLACE TEMP TABLE arrival AS
WITH change AS (
    SELECT c.*, count(*) OVER (PARTITION BY coalesce(c.changed_by_id, ''), c.changed_at // 86400) >= getvariable('bulk') AS bulk
    FROM rec_opportunity_change c
    WHERE c.field = 'owner' AND c.changed_at <= getvariable('asof_at')),
passed AS (
    SELECT p.opportunity_id, p.rep_id, p.zone, p.from_at AS moment, p.until_at,
           lag(p.rep_id) OVER w AS giver, lag(p.from_at) OVER w AS giver_from, lead(p.rep_id) OVER w AS next_rep
    FROM owner_past p WINDOW w AS (PARTITION BY p.opportunity_id ORDER BY p.from_at)),
transfer AS (
    SELECT t.*, lag(t.giver) OVER w AS before_giver FROM passed t WINDOW w AS (PARTITION BY opportunity_id ORDER BY moment))
SELECT b.opportunity_id, f.rep_id, local_day(b.start_at, f.zone) AS day, 'created' AS how, false AS bulk
FROM began b JOIN (  -- the first that it had, from its start on
    SELECT b.opportunity_id, p.rep_id, p.zone FROM began b JOIN owner_past p ON p.opportunity_id = b.opportunity_id
    WHERE p.until_at > b.start_at AND p.rep_id IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY b.opportunity_id ORDER BY p.from_at) = 1) f ON f.opportunity_id = b.opportunity_id
UNION ALL
SELECT t.opportunity_id, t.rep_id, local_day(t.moment, t.zone), 'transferred',
       EXISTS (SELECT 1 FROM change c WHERE c.opportunity_id = t.opportunity_id AND c.changed_at = t.moment AND c.bulk)
FROM transfer t JOIN began b ON b.opportunity_id = t.opportunity_id JOIN open_run w ON w.opportunity_id = t.opportunity_id AND w.from_at < t.moment AND t.moment < w.until_at
WHERE t.moment > -8000000000 AND t.rep_id IS NOT NULL AND t.giver IS NOT NULL AND t.rep_id <> t.giver
  AND NOT (t.next_rep IS NOT DISTINCT FROM t.giver AND t.until_at <= t.moment + 86400)          -- given back soon
  AND NOT (t.rep_id IS NOT DISTINCT FROM t.before_giver AND t.moment <= t.giver_from + 86400);  -- and that giving back

-- lines of won deals
CREATE OR REPLACE TEMP TABLE sold_line AS
SELECT l.id, o.opportunity_id, o.rep_id, o.day, l.quantity, o.valued,
       CASE WHEN l.list_cents > 0 THEN cents(l.list_cents * l.quantity * r.rate) END AS list, cents(l.sold_cents * l.quantity * r.rate) AS sold
FROM rec_line_item l JOIN opportunity_alias a ON a.id = l.opportunity_id JOIN outcome o ON o.opportunity_id = a.survivor AND o.won
JOIN opportunity p ON p.opportunity_id = o.opportunity_id
LEFT JOIN rate r ON r.currency = coalesce(nullif(l.currency, ''), p.currency) AND r.from_day <= o.day AND o.day < r.until_day;
