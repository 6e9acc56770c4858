-- Opportunities: the past of each field, the start, the final close, and what stretches they were open in.
CREATE OR REPLACE TEMP TABLE counted AS
SELECT o.*, a.survivor AS account FROM here_opportunity o LEFT JOIN account_alias a ON a.id = o.account_id
WHERE o.merged_into_id IS NULL AND NOT coalesce(o.deleted, false) AND NOT coalesce(o.test, false);

-- value of a field from an instant until another
CREATE OR REPLACE TEMP TABLE past AS
WITH c AS (
    SELECT x.*, lead(changed_at) OVER w AS next_at, row_number() OVER w AS nth
    FROM rec_opportunity_change x
    WHERE opportunity_id IN (SELECT id FROM counted) AND changed_at <= getvariable('asof_at')
    WINDOW w AS (PARTITION BY opportunity_id, field ORDER BY changed_at, id)),
later AS (  -- what a field was before the first change that we must not know of yet
    SELECT opportunity_id, field, old FROM rec_opportunity_change WHERE changed_at > getvariable('asof_at')
    QUALIFY row_number() OVER (PARTITION BY opportunity_id, field ORDER BY changed_at, id) = 1),
present AS (
    SELECT id, 'stage' AS field, stage_id AS value FROM counted
    UNION ALL SELECT id, 'owner', owner_id FROM counted
    UNION ALL SELECT id, 'amount', CAST(amount_cents AS VARCHAR) FROM counted
    UNION ALL SELECT id, 'close_day', CAST(DATE '1970-01-01' + close_day AS VARCHAR) FROM counted)
SELECT opportunity_id, field, nullif(new, '') AS value, changed_at AS from_at, coalesce(next_at, 8000000000) AS until_at
FROM c WHERE next_at IS NULL OR next_at > changed_at
UNION ALL
SELECT opportunity_id, field, nullif(old, ''), -8000000000, changed_at FROM c WHERE nth = 1
UNION ALL
SELECT p.id, p.field, CASE WHEN l.field IS NULL THEN p.value ELSE nullif(l.old, '') END, -8000000000, 8000000000
FROM present p LEFT JOIN later l ON l.opportunity_id = p.id AND l.field = p.field
WHERE NOT EXISTS (SELECT 1 FROM c WHERE c.opportunity_id = p.id AND c.field = p.field);

-- stretches of one outcome: open, won or lost
CREATE OR REPLACE TEMP TABLE stay AS
WITH fresh AS (
    SELECT *, value IS DISTINCT FROM lag(value) OVER w OR lag(from_at) OVER w IS NULL AS fresh FROM past WHERE field = 'stage'
    WINDOW w AS (PARTITION BY opportunity_id ORDER BY from_at)),
numbered AS (SELECT *, sum(fresh::INT) OVER (PARTITION BY opportunity_id ORDER BY from_at) AS nth FROM fresh),
joined AS (  -- left and entered again in the same second: not left
    SELECT opportunity_id, value, min(from_at) AS from_at, max(until_at) AS until_at FROM numbered GROUP BY opportunity_id, value, nth)
SELECT p.opportunity_id, p.value AS stage_id, s.name AS stage, s.pipeline, s.position, s.outcome, s.probability, s.limit_days,
       p.from_at, p.until_at
FROM joined p LEFT JOIN rec_stage s ON s.id = p.value;

CREATE OR REPLACE TEMP TABLE outcome_run AS
WITH flagged AS (
    SELECT *, coalesce(outcome <> lag(outcome) OVER w, true) AS fresh FROM stay
    WINDOW w AS (PARTITION BY opportunity_id ORDER BY from_at)),
numbered AS (
    SELECT *, sum(fresh::INT) OVER (PARTITION BY opportunity_id ORDER BY from_at) AS run FROM flagged)
SELECT opportunity_id, outcome, min(from_at) AS from_at, max(until_at) AS until_at FROM numbered GROUP BY opportunity_id, outcome, run;

-- the final close
CREATE OR REPLACE TEMP TABLE close_final AS
WITH last_run AS (
    SELECT r.*, c.closed_at, c.close_day, c.owner_id FROM outcome_run r JOIN counted c ON c.id = r.opportunity_id
    WHERE r.until_at = 8000000000 AND r.outcome <> 'open'),
dated AS (
    SELECT l.opportunity_id, l.outcome, l.from_at > -8000000000 AS by_change, l.closed_at IS NOT NULL AS by_field,
           CASE WHEN l.from_at > -8000000000 THEN l.from_at
                WHEN l.closed_at IS NOT NULL THEN l.closed_at
                WHEN l.close_day IS NOT NULL
                THEN day_begin(l.close_day + 1, r.zone) - 1
           END AS close_at
    FROM last_run l LEFT JOIN rep r ON r.rep_id = l.owner_id)
SELECT * FROM dated WHERE close_at IS NULL OR close_at <= getvariable('asof_at');

CREATE OR REPLACE TEMP TABLE opportunity AS
WITH pipeline AS (
    SELECT coalesce(pipeline, '') AS pipeline, min(position) AS accepted FROM rec_stage WHERE accepted GROUP BY 1),
reached AS (  -- when an accepted stage, one above it, or won was first reached; lost has no order, it is above none
    SELECT s.opportunity_id, min(s.from_at) AS from_at
    FROM stay s JOIN pipeline p ON p.pipeline = coalesce(s.pipeline, '')
    WHERE s.outcome = 'won' OR (s.outcome = 'open' AND s.position >= p.accepted)
       OR (s.outcome = 'lost' AND s.from_at = -8000000000 AND s.until_at = 8000000000) GROUP BY 1),  -- of its stages nothing is told
mapped AS (
    SELECT DISTINCT s.opportunity_id FROM stay s JOIN pipeline p ON p.pipeline = coalesce(s.pipeline, '')),
began AS (
    SELECT c.id,
           CASE WHEN m.opportunity_id IS NULL THEN c.created_at
                WHEN r.from_at = -8000000000 THEN c.created_at
                WHEN r.from_at IS NOT NULL THEN greatest(r.from_at, c.created_at)
                ELSE f.close_at END AS start_at,
           m.opportunity_id IS NULL OR r.from_at IS NOT NULL OR f.opportunity_id IS NOT NULL AS started
    FROM counted c LEFT JOIN mapped m ON m.opportunity_id = c.id LEFT JOIN reached r ON r.opportunity_id = c.id
    LEFT JOIN close_final f ON f.opportunity_id = c.id)
SELECT c.id AS opportunity_id, c.account AS account_id, c.created_at, b.start_at, c.created_by_id, c.sourced_by_id, c.source, c.type,
       coalesce(nullif(c.currency, ''), getvariable('currency')) AS currency, c.next_step, a.type AS account_type, a.segment,
       f.outcome, f.close_at, f.by_change, f.by_field, f.opportunity_id IS NOT NULL AS closed
FROM counted c JOIN began b ON b.id = c.id LEFT JOIN account a ON a.account_id = c.account
LEFT JOIN close_final f ON f.opportunity_id = c.id
WHERE b.started AND coalesce(b.start_at, 0) <= getvariable('asof_at');

CREATE OR REPLACE TEMP TABLE owner_past AS  -- a change to the same owner is no transfer
WITH fresh AS (
    SELECT *, value IS DISTINCT FROM lag(value) OVER w OR lag(from_at) OVER w IS NULL AS fresh FROM past WHERE field = 'owner'
    WINDOW w AS (PARTITION BY opportunity_id ORDER BY from_at)),
numbered AS (SELECT *, sum(fresh::INT) OVER (PARTITION BY opportunity_id ORDER BY from_at) AS nth FROM fresh)
SELECT p.opportunity_id, p.value AS rep_id, r.zone, min(p.from_at) AS from_at, max(p.until_at) AS until_at
FROM numbered p LEFT JOIN rep r ON r.rep_id = p.value GROUP BY p.opportunity_id, p.value, r.zone, p.nth;

-- when it was open, by instants: in an open stage, started, before a final close without a change of stage
CREATE OR REPLACE TEMP TABLE open_run AS
SELECT o.opportunity_id, greatest(r.from_at, coalesce(o.start_at, r.from_at)) AS from_at,
       least(r.until_at, CASE WHEN r.outcome <> 'open' THEN o.close_at ELSE r.until_at END) AS until_at
FROM opportunity o JOIN outcome_run r ON r.opportunity_id = o.opportunity_id
LEFT JOIN counted c ON c.id = o.opportunity_id
WHERE r.outcome = 'open'
   OR (r.outcome <> 'open' AND r.from_at = -8000000000 AND r.until_at = 8000000000 AND NOT (o.closed AND o.close_at IS NULL));
DELETE FROM open_run WHERE until_at <= from_at;

-- … and by owner
CREATE OR REPLACE TEMP TABLE owned AS
SELECT w.opportunity_id, p.rep_id, coalesce(p.zone, getvariable('zone')) AS zone, p.from_at AS owned_from_at,
       greatest(w.from_at, p.from_at) AS from_at, least(w.until_at, p.until_at) AS until_at
FROM open_run w JOIN owner_past p ON p.opportunity_id = w.opportunity_id AND p.from_at < w.until_at AND p.until_at > w.from_at;

-- the outcome: day, owner at close, amount
CREATE OR REPLACE TEMP TABLE outcome AS
WITH closed AS (
    SELECT o.*, p.rep_id, coalesce(p.zone, getvariable('zone')) AS zone,
           CAST(CAST(d.value AS DATE) - DATE '1970-01-01' AS INTEGER) AS close_day, CAST(m.value AS BIGINT) AS native
    FROM opportunity o
    LEFT JOIN owner_past p ON p.opportunity_id = o.opportunity_id AND p.from_at <= o.close_at AND o.close_at < p.until_at
    LEFT JOIN past d ON d.opportunity_id = o.opportunity_id AND d.field = 'close_day' AND d.until_at = 8000000000
    LEFT JOIN past m ON m.opportunity_id = o.opportunity_id AND m.field = 'amount' AND m.until_at = 8000000000
    WHERE o.closed AND o.close_at IS NOT NULL),
dated AS (
    SELECT *, CASE WHEN outcome = 'won' THEN coalesce(close_day, local_day(close_at, zone))
                   WHEN by_change OR by_field THEN local_day(close_at, zone)
                   ELSE close_day END AS day,
           local_day(start_at, zone) AS start_day
    FROM closed)
SELECT d.opportunity_id, d.account_id, d.rep_id, d.day, d.outcome = 'won' AS won, d.outcome = 'lost' AS lost, d.close_at, d.start_at,
       d.native IS NULL OR d.native > 0 AS valued, cents(d.native * r.rate) AS amount, d.day - d.start_day AS cycle,
       d.account_type, d.segment, d.currency, d.start_day
FROM dated d LEFT JOIN rate r ON r.currency = d.currency AND r.from_day <= d.day AND d.day < r.until_day;

-- credit: splits where there are any, else the owner
CREATE OR REPLACE TEMP TABLE credit AS
WITH split AS (
    SELECT a.survivor AS opportunity_id, s.rep_id, sum(s.share) AS share
    FROM rec_opportunity_split s JOIN opportunity_alias a ON a.id = s.opportunity_id GROUP BY 1, 2)
SELECT o.opportunity_id, s.rep_id, o.day, cents(o.amount * s.share) AS credit, o.amount, o.valued
FROM outcome o JOIN split s ON s.opportunity_id = o.opportunity_id WHERE o.won AND s.share > 0
UNION ALL
SELECT o.opportunity_id, o.rep_id, o.day, o.amount, o.amount, o.valued
FROM outcome o WHERE o.won AND NOT EXISTS (SELECT 1 FROM split s WHERE s.opportunity_id = o.opportunity_id);
