-- Records that count, at the as-of instant. Variables: asof_at, asof_day, zone, currency; the table `cfg_*` come from settings.
CREATE OR REPLACE TEMP MACRO local_day(moment, zone) AS
    (CAST(timezone(coalesce(zone, getvariable('zone')), to_timestamp(moment)) AS DATE) - DATE '1970-01-01')::INTEGER;
-- the instant at which a local day begins
CREATE OR REPLACE TEMP MACRO day_begin(d, zone) AS
    epoch(timezone(coalesce(zone, getvariable('zone')), make_timestamp(d::BIGINT * 86400000000)))::BIGINT;
CREATE OR REPLACE TEMP MACRO normal(address) AS nullif(lower(trim(address)), '');
-- money: half away from zero, to the cent
CREATE OR REPLACE TEMP MACRO cents(x) AS CAST(round(x) AS BIGINT);

CREATE OR REPLACE TEMP TABLE rep AS
SELECT id AS rep_id, name, normal(email) AS email, coalesce(nullif(time_zone, ''), getvariable('zone')) AS zone, holiday_calendar,
       coalesce(hired_day, -2000000) AS hired_day, coalesce(left_day, 2000000) AS left_day
FROM rec_rep;

-- merges, followed to the end of the chain; what was merged into a record that came later hadn't been merged yet
CREATE OR REPLACE TEMP TABLE here_account AS
SELECT x.* REPLACE (CASE WHEN coalesce(o.created_at, 0) <= getvariable('asof_at') THEN x.merged_into_id END AS merged_into_id)
FROM rec_account x LEFT JOIN rec_account o ON o.id = x.merged_into_id WHERE coalesce(x.created_at, 0) <= getvariable('asof_at');
CREATE OR REPLACE TEMP TABLE here_contact AS
SELECT x.* REPLACE (CASE WHEN coalesce(o.created_at, 0) <= getvariable('asof_at') THEN x.merged_into_id END AS merged_into_id)
FROM rec_contact x LEFT JOIN rec_contact o ON o.id = x.merged_into_id WHERE coalesce(x.created_at, 0) <= getvariable('asof_at');
CREATE OR REPLACE TEMP TABLE here_lead AS
SELECT x.* REPLACE (CASE WHEN coalesce(o.created_at, 0) <= getvariable('asof_at') THEN x.merged_into_id END AS merged_into_id)
FROM rec_lead x LEFT JOIN rec_lead o ON o.id = x.merged_into_id WHERE coalesce(x.created_at, 0) <= getvariable('asof_at');
CREATE OR REPLACE TEMP TABLE here_opportunity AS
SELECT x.* REPLACE (CASE WHEN coalesce(o.created_at, 0) <= getvariable('asof_at') THEN x.merged_into_id END AS merged_into_id)
FROM rec_opportunity x LEFT JOIN rec_opportunity o ON o.id = x.merged_into_id WHERE coalesce(x.created_at, 0) <= getvariable('asof_at');

CREATE OR REPLACE TEMP TABLE opportunity_alias AS
WITH RECURSIVE chain(id, now_id) AS (
    SELECT id, id FROM here_opportunity
    UNION ALL
    SELECT c.id, o.merged_into_id FROM chain c JOIN here_opportunity o ON o.id = c.now_id WHERE o.merged_into_id IS NOT NULL)
SELECT c.id, c.now_id AS survivor FROM chain c JOIN here_opportunity o ON o.id = c.now_id WHERE o.merged_into_id IS NULL;

CREATE OR REPLACE TEMP TABLE account_alias AS
WITH RECURSIVE chain(id, now_id) AS (
    SELECT id, id FROM here_account
    UNION ALL
    SELECT c.id, o.merged_into_id FROM chain c JOIN here_account o ON o.id = c.now_id WHERE o.merged_into_id IS NOT NULL)
SELECT c.id, c.now_id AS survivor FROM chain c JOIN here_account o ON o.id = c.now_id
WHERE o.merged_into_id IS NULL AND NOT coalesce(o.deleted, false);

CREATE OR REPLACE TEMP TABLE contact_alias AS
WITH RECURSIVE chain(id, now_id) AS (
    SELECT id, id FROM here_contact
    UNION ALL
    SELECT c.id, o.merged_into_id FROM chain c JOIN here_contact o ON o.id = c.now_id WHERE o.merged_into_id IS NOT NULL)
SELECT c.id, c.now_id AS survivor FROM chain c JOIN here_contact o ON o.id = c.now_id
WHERE o.merged_into_id IS NULL AND NOT coalesce(o.deleted, false);

-- two contacts of one address are one person: the smallest id among the surviving ones
CREATE OR REPLACE TEMP TABLE contact_of_address AS
SELECT normal(c.email) AS address, min(c.id) AS contact_id FROM rec_contact c JOIN contact_alias a ON a.id = c.id AND a.survivor = c.id
WHERE normal(c.email) IS NOT NULL GROUP BY 1;

CREATE OR REPLACE TEMP TABLE contact_alias AS
SELECT a.id, coalesce(o.contact_id, a.survivor) AS survivor
FROM contact_alias a JOIN rec_contact c ON c.id = a.survivor LEFT JOIN contact_of_address o ON o.address = normal(c.email);

CREATE OR REPLACE TEMP TABLE lead_alias AS
WITH RECURSIVE chain(id, now_id) AS (
    SELECT id, id FROM here_lead
    UNION ALL
    SELECT c.id, o.merged_into_id FROM chain c JOIN here_lead o ON o.id = c.now_id WHERE o.merged_into_id IS NOT NULL)
SELECT c.id, c.now_id AS survivor FROM chain c JOIN here_lead o ON o.id = c.now_id
WHERE o.merged_into_id IS NULL AND NOT coalesce(o.deleted, false);

CREATE OR REPLACE TEMP TABLE account AS
SELECT a.id AS account_id, a.type, a.tier, a.segment FROM rec_account a WHERE EXISTS (SELECT 1 FROM account_alias s WHERE s.survivor = a.id);

-- conversion of leads, as far as it had happened
CREATE OR REPLACE TEMP TABLE lead AS
SELECT l.id AS lead_id, normal(l.email) AS address, l.source, l.owner_id, l.created_at, l.title, l.seniority,
       CASE WHEN l.converted_at <= getvariable('asof_at') THEN l.converted_at END AS converted_at,
       CASE WHEN l.converted_at <= getvariable('asof_at') THEN a.survivor END AS account_id,
       CASE WHEN l.converted_at <= getvariable('asof_at') THEN c.survivor END AS contact_id,
       CASE WHEN l.converted_at <= getvariable('asof_at') THEN o.survivor END AS opportunity_id
FROM rec_lead l
LEFT JOIN account_alias a ON a.id = l.converted_account_id
LEFT JOIN contact_alias c ON c.id = l.converted_contact_id
LEFT JOIN opportunity_alias o ON o.id = l.converted_opportunity_id
    AND o.survivor NOT IN (SELECT id FROM rec_opportunity WHERE deleted)  -- counted nowhere
WHERE EXISTS (SELECT 1 FROM lead_alias s WHERE s.survivor = l.id);

-- what one unit of a currency is worth on a day
CREATE OR REPLACE TEMP TABLE rate AS
SELECT currency, from_day, coalesce(lead(from_day) OVER (PARTITION BY currency ORDER BY from_day), 2000000) AS until_day, rate
FROM rec_exchange_rate WHERE currency <> getvariable('currency')
UNION ALL SELECT getvariable('currency'), -2000000, 2000000, 1.0;
