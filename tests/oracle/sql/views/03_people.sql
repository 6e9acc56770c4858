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

-- the contact at an address: a surviving one's own, else that into which one with the address was merged
CREATE OR REPLACE TEMP TABLE by_contact AS
SELECT normal(c.email) AS address, coalesce(min(o.contact_id), min(a.survivor)) AS contact_id
FROM rec_contact c JOIN contact_alias a ON a.id = c.id LEFT JOIN contact_of_address o ON o.address = normal(c.email)
WHERE normal(c.email) IS NOT NULL GROUP BY 1;

-- who a surviving lead is: the contact at its address, else the one that a lead of this address became, else the first such lead
CREATE OR REPLACE TEMP TABLE lead_person AS
SELECT l.lead_id, coalesce(c.contact_id, s.contact_id) AS contact_id, coalesce(s.lead_id, l.lead_id) AS stands_for
FROM lead l LEFT JOIN by_contact c ON c.address = l.address
LEFT JOIN LATERAL (SELECT min(x.contact_id) AS contact_id, min(x.lead_id) AS lead_id FROM lead x
                   WHERE x.address = l.address OR x.lead_id = l.lead_id) s ON true;

CREATE OR REPLACE TEMP TABLE address_person AS
WITH address AS (
    SELECT normal(from_address) AS address FROM rec_email
    UNION SELECT normal(address) FROM rec_email_recipient
    UNION SELECT normal(address) FROM rec_meeting_attendee
    UNION SELECT normal(address) FROM rec_call
    UNION SELECT normal(email) FROM rec_contact
    UNION SELECT normal(email) FROM rec_lead),
by_lead AS (  -- a surviving lead's own address goes before that of one merged away
    SELECT normal(r.email) AS address, min(i.contact_id) AS contact_id, min(i.stands_for) AS lead_id
    FROM rec_lead r JOIN lead_alias a ON a.id = r.id JOIN lead_person i ON i.lead_id = a.survivor
    GROUP BY 1, r.id = a.survivor QUALIFY row_number() OVER (PARTITION BY normal(r.email) ORDER BY r.id = a.survivor DESC) = 1),
found AS (
    SELECT a.address, coalesce(c.contact_id, l.contact_id) AS contact_id, l.lead_id, split_part(a.address, '@', 2) AS domain,
           c.contact_id IS NOT NULL OR l.lead_id IS NOT NULL OR l.contact_id IS NOT NULL AS known
    FROM address a LEFT JOIN by_contact c ON c.address = a.address LEFT JOIN by_lead l ON l.address = a.address
    WHERE a.address IS NOT NULL)
SELECT f.address, f.contact_id, f.domain,
       coalesce('contact:' || f.contact_id, 'lead:' || f.lead_id, 'address:' || f.address) AS person_id,
       (f.known OR NOT (f.domain IN (SELECT domain FROM cfg_own) OR f.domain IN (SELECT domain FROM cfg_free)
                        OR f.address IN (SELECT email FROM rep WHERE email IS NOT NULL)))
       AND f.address NOT IN (SELECT normal(address) FROM rec_meeting_attendee WHERE resource AND normal(address) IS NOT NULL) AS external
FROM found f;

-- a person with account, the rule's rank and the level; contacts and leads without an address too
CREATE OR REPLACE TEMP TABLE who AS
WITH everyone AS (
    SELECT person_id, contact_id, NULL AS lead_id FROM address_person WHERE contact_id IS NOT NULL OR person_id LIKE 'address:%'
    UNION SELECT 'contact:' || contact_id, contact_id, NULL FROM contact_person
    UNION SELECT 'lead:' || stands_for, NULL, stands_for FROM lead_person WHERE contact_id IS NULL),
converted AS (
    SELECT coalesce('contact:' || i.contact_id, 'lead:' || i.stands_for) AS person_id, min(l.account_id) AS account_id
    FROM lead_person i JOIN lead l ON l.lead_id = i.lead_id GROUP BY 1),
located AS (
    SELECT p.person_id, min(d.account_id) AS account_id FROM address_person p JOIN domain d ON d.domain = p.domain GROUP BY 1)
SELECT e.person_id, e.contact_id, coalesce(c.account_id, v.account_id, d.account_id) AS account_id,
       CASE WHEN c.account_id IS NOT NULL THEN 2 WHEN v.account_id IS NOT NULL THEN 3 WHEN d.account_id IS NOT NULL THEN 4 END AS rank,
       CASE WHEN e.contact_id IS NOT NULL THEN c.level ELSE coalesce(l.seniority, level_of(l.title)) END AS level
FROM everyone e LEFT JOIN contact_person c ON c.contact_id = e.contact_id LEFT JOIN lead l ON l.lead_id = e.lead_id
LEFT JOIN converted v ON v.person_id = e.person_id LEFT JOIN located d ON d.person_id = e.person_id;

CREATE OR REPLACE TEMP TABLE person AS
SELECT p.*, w.account_id, w.rank, w.level FROM address_person p JOIN who w ON w.person_id = p.person_id;
