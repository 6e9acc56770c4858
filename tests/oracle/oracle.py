"""The independent oracle: every metric in hand-written SQL over the records, to be compared with the engine.

Written from the specification, not from the engine's code. It knows nothing of facts, and uses DuckDB's own time zones.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import duckdb

from paceline.sales.seniority import level
from paceline.sales.settings import FREE_MAIL, Settings

By = Literal["rep", "team", "company"]
Answer = tuple[float | None, float | None, float | None]  # value, numerator, denominator
COMPANY = ""  # the one group when asking for the company
_SQL = Path(__file__).parent / "sql"
_EPOCH = date(1970, 1, 1)
_MONEY = {"money", "money_ratio", "money_value"}

# What proves that data of a kind is there, where no connection is stated: (who, when) of the records.
_PROOF = {
    "mailbox": ("SELECT rep_id, sent_at AS moment FROM rec_email",),
    "calendar": ("SELECT a.rep_id, m.start_at AS moment FROM rec_meeting m JOIN rec_meeting_attendee a ON a.meeting_id = m.id",
                 "SELECT organizer_id, start_at FROM rec_meeting"),
    "dialer": ("SELECT rep_id, started_at AS moment FROM rec_call",),
    "recorder": ("SELECT rep_id, started_at AS moment FROM rec_call WHERE vendor_talk_ratio IS NOT NULL "
                 "OR id IN (SELECT call_id FROM rec_call_turn)",),
    "crm": ("SELECT coalesce(value, '') AS rep_id, greatest(from_at, 0) AS moment FROM past WHERE field = 'owner'",
            "SELECT created_by_id, coalesce(created_at, 0) FROM here_opportunity",
            "SELECT sourced_by_id, coalesce(created_at, 0) FROM here_opportunity",
            "SELECT owner_id, created_at FROM here_lead", "SELECT rep_id, assigned_at FROM rec_lead_assignment"),
}
_THERE = """FROM g JOIN rec_rep x ON x.id = g.rep_id
        WHERE g.from_day <= getvariable('snap') AND g.until_day > getvariable('first')
          AND coalesce(x.hired_day, -2000000) <= getvariable('snap') AND coalesce(x.left_day, 2000000) > getvariable('first')"""


@dataclass(frozen=True)
class Query:
    """One metric's hand-written SQL. ``kind``: count, money, ratio, money_ratio, value, money_value."""

    slug: str
    kind: str
    needs: str
    sql: str


def _parse(text: str) -> list[Query]:
    queries = []
    for section in re.split(r"^-- metric: ", text, flags=re.MULTILINE)[1:]:
        head, sql = section.split("\n", 1)
        slug, kind, needs = ([part.strip() for part in head.split("|")] + [""])[:3]
        queries.append(Query(slug, kind, needs, sql))
    return queries


QUERIES: dict[str, Query] = {
    query.slug: query for path in sorted((_SQL / "metrics").glob("*.sql")) for query in _parse(path.read_text(encoding="utf-8"))
}


def _levels(connection: duckdb.DuckDBPyConnection) -> None:
    """Titles are read by the words' floor: no specification tells how, so the oracle has no opinion of its own on them."""
    titles = connection.execute(
        "SELECT DISTINCT title FROM (SELECT title FROM rec_contact UNION SELECT title FROM rec_lead) WHERE title <> ''")
    known = [[title, level(title)] for (title,) in titles.fetchall()] or [[None, None]]
    connection.execute("CREATE OR REPLACE TEMP TABLE cfg_title (title VARCHAR, level VARCHAR)")
    connection.executemany("INSERT INTO cfg_title VALUES (?, ?)", known)
    connection.execute("CREATE OR REPLACE TEMP MACRO level_of(words) AS (SELECT t.level FROM cfg_title t WHERE t.title = words)")


def prepare(connection: duckdb.DuckDBPyConnection, settings: Settings, as_of_day: int) -> None:
    """Derive all tables of the oracle as of the end of that day (in the company's zone). ``rec_*`` must be there."""
    connection.execute("SET TimeZone = 'UTC'")
    end = datetime.combine(_EPOCH + timedelta(days=as_of_day + 1), time(), ZoneInfo(settings.time_zone))
    limits = settings.thresholds
    for name, value in {
        "asof_day": as_of_day, "asof_at": int(end.timestamp()) - 1, "zone": settings.time_zone, "currency": settings.currency,
        "connect_seconds": limits.connect_seconds, "reply_days": limits.reply_days, "new_account_days": limits.new_account_days,
        "untouched_days": limits.untouched_days, "min_spells": limits.stuck_min_spells, "talk_min": limits.talk_min_seconds,
        "max_gap": limits.patience_max_gap_seconds, "min_switches": limits.patience_min_switches,
        "bulk": limits.bulk_transfer_count,
        "work_days": settings.work_days, "work_start": settings.work_start_minute, "work_end": settings.work_end_minute,
    }.items():
        connection.execute(f"SET VARIABLE {name} = " + (f"'{value}'" if isinstance(value, str) else f"{value}::BIGINT"))
    for table, column, words in (("cfg_own", "domain", settings.own_domains), ("cfg_free", "domain", FREE_MAIL),
                                 ("cfg_target", "tier", settings.target_tiers)):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({column} VARCHAR)")
        if words:
            connection.executemany(f"INSERT INTO {table} VALUES (?)", [[word] for word in sorted(words)])
    connection.execute("CREATE OR REPLACE TEMP TABLE cfg_disposition (disposition VARCHAR, answered BOOLEAN)")
    connection.executemany("INSERT INTO cfg_disposition VALUES (?, ?)", [list(pair) for pair in settings.dispositions.items()])
    _levels(connection)
    for path in sorted((_SQL / "views").glob("*.sql")):
        connection.execute(path.read_text(encoding="utf-8"))


def _groups(connection: duckdb.DuckDBPyConnection, by: By) -> None:
    queries = {
        "rep": "SELECT rep_id AS grp, rep_id, -2000000 AS from_day, 2000000 AS until_day, true AS one FROM rep",
        "team": "SELECT team AS grp, rep_id, from_day, coalesce(until_day, 2000000) AS until_day, false AS one "
                "FROM rec_rep_role WHERE team IS NOT NULL",
        "company": "SELECT '' AS grp, rep_id, -2000000 AS from_day, 2000000 AS until_day, false AS one "
                   "FROM (SELECT rep_id FROM rep UNION ALL SELECT NULL)",
    }
    connection.execute(f"CREATE OR REPLACE TEMP TABLE g AS {queries[by]}")


def _present(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The groups with somebody who was with the company in the period."""
    return {row[0] for row in connection.execute(f"SELECT DISTINCT g.grp {_THERE}").fetchall()}


def _connected(connection: duckdb.DuckDBPyConnection, needs: str) -> set[str]:
    """The groups with somebody, there in the period, whose data is: of all kinds joined by +, of any of those joined by /."""
    if "+" in needs:
        return set.intersection(*(_connected(connection, need) for need in needs.split("+")))
    return set.union(*(_connected_kind(connection, kind) for kind in needs.split("/")))


def _connected_kind(connection: duckdb.DuckDBPyConnection, kind: str) -> set[str]:
    """Stated connections of a rep and kind decide alone; without any, a record seen by the period's end does."""
    proofs = " UNION ALL ".join(_PROOF[kind])
    rows = connection.execute(f"""
        SELECT DISTINCT g.grp {_THERE} AND (
            g.rep_id IN (SELECT rep_id FROM rec_connection WHERE kind = '{kind}' AND from_day <= getvariable('snap')
                         AND coalesce(until_day, 2000000) > getvariable('first'))
            OR (g.rep_id NOT IN (SELECT rep_id FROM rec_connection WHERE kind = '{kind}' AND rep_id IS NOT NULL)
                AND g.rep_id IN (SELECT s.rep_id FROM ({proofs}) s LEFT JOIN rep r ON r.rep_id = s.rep_id
                                 WHERE s.moment <= getvariable('asof_at')
                                   AND local_day(s.moment, r.zone) <= getvariable('snap'))))""").fetchall()
    return {row[0] for row in rows}


def _number(value: object) -> float | None:
    if value is None:
        return None
    number = float(value)  # type: ignore[arg-type]
    return number if math.isfinite(number) else None


def _answers(query: Query, rows: list[tuple[object, ...]], connected: set[str], present: set[str]) -> dict[str, Answer]:
    scale = 100.0 if query.kind in _MONEY else 1.0
    answers: dict[str, Answer] = {}
    for group, *numbers in rows:
        first = _number(numbers[0])
        first = None if first is None else first / scale
        if query.kind.endswith("ratio"):
            second = _number(numbers[1])
            value = first / second if first is not None and second else None
            answers[str(group)] = (value, first, second)
        else:
            answers[str(group)] = (first, first, None)
    fills = 0.0 if query.kind in ("count", "money") else None
    known = {group: answers.get(group, (fills, fills, None)) for group in connected}
    # Rows of people who are no longer there.
    gone = {group: numbers for group, numbers in answers.items() if group not in present and any(numbers)}
    return {**known, **gone}


def answers(
    connection: duckdb.DuckDBPyConnection, slugs: Iterable[str], first: int, until: int, as_of_day: int, by: By
) -> Iterator[tuple[str, dict[str, Answer]]]:
    """``answer`` for several metrics: what they share is found out once."""
    if first > as_of_day:
        yield from ((slug, {}) for slug in slugs)
        return
    snap = min(until - 1, as_of_day)
    for name, value in (("first", first), ("until", until), ("snap", snap)):
        connection.execute(f"SET VARIABLE {name} = {value}::BIGINT")
    _groups(connection, by)
    present, connected = _present(connection), dict[str, set[str]]()
    joined = r"JOIN g ON g.rep_id IS NOT DISTINCT FROM \1.rep_id AND \1.day >= g.from_day AND \1.day < g.until_day"
    for slug in slugs:
        query = QUERIES[slug]
        if query.needs not in connected:
            connected[query.needs] = _connected(connection, query.needs)
        rows = connection.execute(re.sub(r"\{by:(\w+)\}", joined, query.sql)).fetchall()
        yield slug, _answers(query, rows, connected[query.needs], present)


def answer(
    connection: duckdb.DuckDBPyConnection, slug: str, first: int, until: int, as_of_day: int, by: By
) -> dict[str, Answer]:
    """Value, numerator and denominator by group (rep id, team, or ``COMPANY``); a group that is missing has none.

    ``first`` and ``until`` are epoch days, half-open. ``prepare`` must have been called for the same as-of day. Money is in
    units of the company's currency. KeyError for a slug that the oracle doesn't know.
    """
    return dict(answers(connection, [slug], first, until, as_of_day, by))[slug]
