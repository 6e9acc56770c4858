-- Mail, calls, meetings, and the touches made of them.
CREATE OR REPLACE TEMP TABLE mail AS
SELECT e.id AS email_id, coalesce(nullif(e.thread_id, ''), 'mail ' || e.id) AS thread_id, e.rep_id, e.direction, e.sent_at AS moment,
       local_day(e.sent_at, r.zone) AS day, coalesce(e.automated, false) AS automated,
       coalesce(e.calendar_reply, false) AS calendar_reply, coalesce(e.bounce, false) AS bounce,
       normal(e.from_address) AS from_address,
       NOT (coalesce(lower(trim(e.auto_submitted)) NOT IN ('no', ''), false) OR nullif(trim(e.x_autoreply), '') IS NOT NULL
            OR nullif(trim(e.x_autorespond), '') IS NOT NULL OR coalesce(lower(trim(e.precedence)) IN ('bulk', 'auto_reply'), false)
            OR coalesce(trim(e.return_path) = '<>', false) OR coalesce(e.calendar_reply, false) OR coalesce(e.bounce, false)) AS human
FROM rec_email e JOIN rep r ON r.rep_id = e.rep_id WHERE e.sent_at <= getvariable('asof_at');

CREATE OR REPLACE TEMP TABLE sent_person AS  -- one row a mail sent and an external person it went to
SELECT DISTINCT m.email_id, m.thread_id, m.rep_id, m.moment, m.day, m.automated, p.person_id
FROM mail m JOIN rec_email_recipient r ON r.email_id = m.email_id JOIN person p ON p.address = normal(r.address) AND p.external
WHERE m.direction = 'outbound' AND NOT m.calendar_reply AND NOT m.bounce;

CREATE OR REPLACE TEMP TABLE received AS  -- human mail from an external person
SELECT m.email_id, m.thread_id, m.rep_id, m.moment, m.day, p.person_id, p.account_id
FROM mail m JOIN person p ON p.address = m.from_address AND p.external WHERE m.direction = 'inbound' AND m.human;

CREATE OR REPLACE TEMP TABLE called AS
SELECT c.id AS call_id, c.rep_id, c.started_at AS moment, local_day(c.started_at, r.zone) AS day, c.direction = 'outbound' AS outbound, c.seconds,
       CASE WHEN d.answered IS NOT NULL THEN d.answered WHEN c.seconds >= getvariable('connect_seconds') THEN true END AS connected,
       c.vendor_talk_ratio, ca.survivor AS contact_id, la.survivor AS lead_id, normal(c.address) AS address,
       CASE WHEN ca.survivor IS NOT NULL THEN 'contact:' || ca.survivor
            WHEN la.survivor IS NOT NULL THEN coalesce('contact:' || l.contact_id, 'lead:' || l.stands_for)
            WHEN p.external THEN p.person_id END AS person_id,
       aa.survivor AS given_account
FROM rec_call c JOIN rep r ON r.rep_id = c.rep_id
LEFT JOIN cfg_disposition d ON d.disposition = lower(trim(c.disposition))
LEFT JOIN contact_alias ca ON ca.id = c.contact_id
LEFT JOIN lead_alias la ON la.id = c.lead_id
LEFT JOIN lead_person l ON l.lead_id = la.survivor
LEFT JOIN person p ON p.address = normal(c.address)
LEFT JOIN account_alias aa ON aa.id = c.account_id
WHERE c.started_at <= getvariable('asof_at');

CREATE OR REPLACE TEMP TABLE invited AS  -- external people invited
SELECT a.meeting_id, p.person_id, p.account_id, bool_or(coalesce(a.response, 'none') <> 'declined') AS coming
FROM rec_meeting_attendee a JOIN person p ON p.address = normal(a.address) AND p.external
WHERE NOT coalesce(a.resource, false) AND a.rep_id IS NULL GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE met AS  -- a meeting and one of our reps on it
WITH ours AS (
    SELECT a.meeting_id, r.rep_id, bool_and(coalesce(a.response, 'none') = 'declined') AS declined
    FROM rec_meeting_attendee a JOIN rep r ON r.rep_id = a.rep_id OR (a.rep_id IS NULL AND r.email = normal(a.address)) GROUP BY 1, 2),
everyone AS (
    SELECT * FROM ours
    UNION ALL
    SELECT m.id, m.organizer_id, false FROM rec_meeting m
    WHERE m.organizer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ours o WHERE o.meeting_id = m.id AND o.rep_id = m.organizer_id)),
account_of AS (
    SELECT meeting_id, account_id FROM (SELECT meeting_id, account_id, count(*) AS n FROM invited WHERE account_id IS NOT NULL GROUP BY 1, 2)
    QUALIFY row_number() OVER (PARTITION BY meeting_id ORDER BY n DESC, account_id) = 1)
SELECT m.id AS meeting_id, e.rep_id, m.start_at AS moment, local_day(m.start_at, r.zone) AS day, x.account_id, e.declined,
       coalesce(m.status, 'scheduled') AS status, m.booked_at, m.organizer_id, (m.end_at - m.start_at) // 60 AS minutes,
       m.start_at <= getvariable('asof_at') AND coalesce(m.status, 'scheduled') IN ('held', 'scheduled') AND NOT e.declined
           AND EXISTS (SELECT 1 FROM invited i WHERE i.meeting_id = m.id AND i.coming) AS held
FROM rec_meeting m JOIN everyone e ON e.meeting_id = m.id JOIN rep r ON r.rep_id = e.rep_id
LEFT JOIN account_of x ON x.meeting_id = m.id
WHERE coalesce(m.booked_at, least(m.start_at, getvariable('asof_at'))) <= getvariable('asof_at')
  AND EXISTS (SELECT 1 FROM invited i WHERE i.meeting_id = m.id);

CREATE OR REPLACE TEMP TABLE touch AS
SELECT DISTINCT 'email:' || email_id AS touch_id, rep_id, 'email' AS kind, moment, day, automated FROM sent_person
UNION ALL SELECT 'call:' || call_id, rep_id, 'call', moment, day, false FROM called WHERE outbound
UNION ALL SELECT 'meeting:' || meeting_id, rep_id, 'meeting', moment, day, false FROM met WHERE held;

CREATE OR REPLACE TEMP TABLE touched AS  -- a touch and a person, or an account alone
SELECT t.*, x.person_id, CASE WHEN x.person_id IS NULL THEN x.account_id ELSE w.account_id END AS account_id, w.contact_id, coalesce(w.rank, 2) AS rank, w.level, x.two_way
FROM touch t JOIN (
    SELECT 'email:' || email_id AS touch_id, rep_id, person_id, NULL AS account_id, false AS two_way FROM sent_person
    UNION ALL
    SELECT 'call:' || call_id, rep_id, person_id, given_account, coalesce(connected, false) FROM called WHERE outbound AND (person_id IS NOT NULL OR given_account IS NOT NULL)
    UNION ALL
    SELECT DISTINCT 'meeting:' || m.meeting_id, m.rep_id, i.person_id, NULL, true
    FROM met m JOIN invited i ON i.meeting_id = m.meeting_id AND i.coming WHERE m.held) x ON x.touch_id = t.touch_id AND x.rep_id = t.rep_id
LEFT JOIN who w ON w.person_id = x.person_id;

CREATE OR REPLACE TEMP TABLE takes_part AS
SELECT DISTINCT oa.survivor AS opportunity_id, ca.survivor AS contact_id, c.buying_role
FROM rec_opportunity_contact c JOIN opportunity_alias oa ON oa.id = c.opportunity_id JOIN contact_alias ca ON ca.id = c.contact_id
WHERE coalesce(c.added_at, 0) <= getvariable('asof_at');

-- which open opportunities a person's touch is about
CREATE OR REPLACE TEMP TABLE about AS
WITH exact AS (
    SELECT DISTINCT t.touch_id, t.rep_id, t.person_id, w.opportunity_id, 1 AS rank
    FROM touched t JOIN takes_part p ON p.contact_id = t.contact_id
    JOIN open_run w ON w.opportunity_id = p.opportunity_id AND w.from_at <= t.moment AND t.moment < w.until_at),
loose AS (
    SELECT DISTINCT t.touch_id, t.rep_id, t.person_id, o.opportunity_id, t.rank
    FROM touched t JOIN opportunity o ON o.account_id = t.account_id
    JOIN open_run w ON w.opportunity_id = o.opportunity_id AND w.from_at <= t.moment AND t.moment < w.until_at
    WHERE NOT EXISTS (SELECT 1 FROM exact e WHERE e.touch_id = t.touch_id AND e.rep_id = t.rep_id AND e.person_id = t.person_id))
SELECT t.touch_id, t.rep_id, t.kind, t.moment, t.day, t.automated, x.person_id, x.opportunity_id, x.rank, o.rep_id IS NOT NULL AS owned, o.owned_from_at
FROM (SELECT * FROM exact UNION ALL SELECT * FROM loose) x
JOIN touch t ON t.touch_id = x.touch_id AND t.rep_id = x.rep_id
LEFT JOIN owned o ON o.opportunity_id = x.opportunity_id AND o.rep_id = x.rep_id AND o.from_at <= t.moment AND t.moment < o.until_at;

-- engaged: touched about it
CREATE OR REPLACE TEMP TABLE engaged AS
SELECT a.opportunity_id, a.person_id, min(a.day) AS day, min(a.moment) AS moment, any_value(w.level) AS level, any_value(w.contact_id) AS contact_id
FROM about a JOIN who w ON w.person_id = a.person_id GROUP BY 1, 2;
