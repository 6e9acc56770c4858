-- Speech. A turn of under a second wholly within the other side's speech is a back-channel and no turn.
CREATE OR REPLACE TEMP TABLE speech AS
SELECT t.id, t.call_id, t.speaker, t.rep_id, c.rep_id AS of_rep, t.rep_id IS NOT NULL AS ours, t.start_ms, t.end_ms,
       coalesce(c.seconds, max(t.end_ms) OVER (PARTITION BY t.call_id) / 1000.0) AS length
FROM rec_call_turn t JOIN called c ON c.call_id = t.call_id WHERE t.end_ms > t.start_ms;

-- unbroken speech of a side
CREATE OR REPLACE TEMP TABLE stretch AS
WITH fresh AS (
    SELECT *, coalesce(start_ms > max(end_ms) OVER (PARTITION BY call_id, ours ORDER BY start_ms, end_ms ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                       true) AS fresh FROM speech),
numbered AS (
    SELECT *, sum(fresh::INT) OVER (PARTITION BY call_id, ours ORDER BY start_ms, end_ms ROWS UNBOUNDED PRECEDING) AS nth FROM fresh)
SELECT call_id, ours, min(start_ms) AS start_ms, max(end_ms) AS end_ms FROM numbered GROUP BY call_id, ours, nth;

CREATE OR REPLACE TEMP TABLE spoken AS
SELECT s.*, coalesce(s.rep_id, 'customer:' || s.speaker) AS voice
FROM speech s ANTI JOIN stretch o  -- DuckDB 1.5 finds none of them by NOT (… AND EXISTS (…))
  ON o.call_id = s.call_id AND o.ours <> s.ours AND o.start_ms <= s.start_ms AND o.end_ms >= s.end_ms AND s.end_ms - s.start_ms < 1000;

CREATE OR REPLACE TEMP TABLE talk AS  -- length of the union of each person's turns
WITH reach AS (
    SELECT *, max(end_ms) OVER (PARTITION BY call_id, speaker, rep_id ORDER BY start_ms, end_ms ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS so_far FROM speech),
length AS (
    SELECT call_id, length, rep_id IS NOT DISTINCT FROM of_rep AS own, rep_id IS NOT NULL AS ours, sum(greatest(0, end_ms - greatest(start_ms, coalesce(so_far, start_ms)))) AS ms
    FROM reach GROUP BY call_id, length, speaker, rep_id, of_rep)
SELECT call_id, any_value(length) AS length, CASE WHEN bool_or(ours) THEN coalesce(sum(ms) FILTER (own), 0) END AS own_ms, sum(ms) AS all_ms FROM length GROUP BY 1;

CREATE OR REPLACE TEMP TABLE pause AS
WITH switch AS (
    SELECT *, lag(ours) OVER w AS before_ours,
           max(CASE WHEN NOT ours THEN end_ms END) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS customer_end
    FROM spoken WINDOW w AS (PARTITION BY call_id ORDER BY start_ms, end_ms, ours, voice)),
gap AS (
    SELECT call_id, greatest(0, start_ms - customer_end) / 1000.0 AS gap FROM switch WHERE ours AND NOT before_ours)
SELECT call_id, avg(gap) AS patience FROM gap WHERE gap <= getvariable('max_gap') GROUP BY 1 HAVING count(*) >= getvariable('min_switches');

CREATE OR REPLACE TEMP TABLE monologue AS
WITH fresh AS (
    SELECT *, coalesce(coalesce(rep_id, 'customer:' || speaker) <> lag(coalesce(rep_id, 'customer:' || speaker)) OVER w, true) AS switched FROM spoken
    WINDOW w AS (PARTITION BY call_id ORDER BY start_ms, end_ms, ours, voice)),
run AS (SELECT *, sum(switched::INT) OVER (PARTITION BY call_id ORDER BY start_ms, end_ms, ours, voice) AS run FROM fresh),
long AS (
    SELECT call_id, rep_id = of_rep AS own, run, (max(end_ms) - min(start_ms)) / 1000.0 AS seconds FROM run GROUP BY call_id, rep_id, of_rep, run)
SELECT call_id, max(seconds) FILTER (own) AS longest, count(DISTINCT run) - 1 AS switches FROM long GROUP BY 1;

CREATE OR REPLACE TEMP TABLE recorded AS
SELECT c.call_id, c.rep_id, c.day, t.length,
       CASE WHEN t.length >= getvariable('talk_min') THEN t.own_ms::DOUBLE / nullif(t.all_ms, 0) END AS talk_ratio,
       CASE WHEN t.length >= getvariable('talk_min') THEN t.own_ms / 1000.0 / nullif(t.length, 0) END AS talk_ratio_of_call,
       p.patience, m.longest, m.switches / nullif(t.length / 60.0, 0) AS switches_per_minute
FROM called c JOIN talk t ON t.call_id = c.call_id LEFT JOIN pause p ON p.call_id = c.call_id LEFT JOIN monologue m ON m.call_id = c.call_id;
