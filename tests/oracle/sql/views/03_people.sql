-- People: every address resolved, external or not, with account and level.
CREATE OR REPLACE TEMP TABLE contact_person AS
SELECT c.id AS contact_id, a.survivor AS account_id, coalesce(c.seniority, level_of(c.title)) AS level
FROM rec_contact c LEFT JOIN account_alias a ON a.id = c.account_id
WHERE EXISTS (SELECT 1 FROM contact_alias s WHERE s.survivor = c.id);

CREATE OR REPLACE TEMP TABLE domain AS
SELECT d.domain, min(a.survivor) AS account_id
FROM (SELECT id, domain FROM rec_account UNION ALL SELECT account_id, domain FROM rec_account_domain) d0(id, domain)
JOIN account_alias a ON a.id = d0.id, LATERAL (SELECT normal(d0.domain)) d(domain)
WHERE d.domain IS NOT NULL AND d.domain NOT IN (SELECT domain FROM cfg_own) AND d.domain NOT IN (SELECT domain FROM cfg_free)
GROUP BY 1;

CREATE OR REPLACE TEMP TABLE person AS
WITH address AS (
    SELECT normal(from_address) AS address FROM rec_email
    UNION SELECT normal(address) FROM rec_email_recipient
    UNION SELECT normal(address) FROM rec_meeting_attendee
    UNION SELECT normal(address) FROM rec_call
    UNION SELECT normal(email) FROM rec_contact
    UNION SELECT normal(email) FROM rec_lead),
by_contact AS (
    SELECT normal(c.email) AS address, coalesce(min(o.contact_id), min(a.survivor)) AS contact_id
    FROM rec_contact c JOIN contact_alias a ON a.id = c.id LEFT JOIN contact_of_address o ON o.address = normal(c.email) GROUP BY 1),
by_lead AS (
    SELECT normal(r.email) AS address, min(l.contact_id) AS contact_id, min(l.lead_id) AS lead_id
    FROM rec_lead r JOIN lead_alias a ON a.id = r.id JOIN lead l ON l.lead_id = a.survivor GROUP BY 1),
found AS (
    SELECT a.address, coalesce(c.contact_id, l.contact_id) AS contact_id, l.lead_id, split_part(a.address, '@', 2) AS domain,
           c.contact_id IS NOT NULL OR l.lead_id IS NOT NULL AS known
    FROM address a LEFT JOIN by_contact c ON c.address = a.address LEFT JOIN by_lead l ON l.address = a.address
    WHERE a.address IS NOT NULL)
SELECT f.address, f.contact_id, f.lead_id, f.domain,
       CASE WHEN f.contact_id IS NOT NULL THEN 'contact:' || f.contact_id
            WHEN f.lead_id IS NOT NULL THEN 'lead:' || f.lead_id ELSE 'address:' || f.address END AS person_id,
       f.known OR NOT (f.domain IN (SELECT domain FROM cfg_own) OR f.domain IN (SELECT domain FROM cfg_free)
                       OR f.address IN (SELECT normal(address) FROM rec_meeting_attendee WHERE resource AND address IS NOT NULL)
                       OR f.address IN (SELECT email FROM rep WHERE email IS NOT NULL)) AS external,
       coalesce(p.account_id, l.account_id, d.account_id) AS account_id,
       CASE WHEN p.account_id IS NOT NULL THEN 2 WHEN l.account_id IS NOT NULL THEN 3 WHEN d.account_id IS NOT NULL THEN 4 END AS rank,
       CASE WHEN f.contact_id IS NOT NULL THEN p.level ELSE coalesce(l.seniority, level_of(l.title)) END AS level
FROM found f
LEFT JOIN contact_person p ON p.contact_id = f.contact_id
LEFT JOIN lead l ON l.lead_id = f.lead_id
LEFT JOIN domain d ON d.domain = f.domain;
