"""Facts written by hand: rows as dictionaries, missing columns unknown, in an in-memory store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from paceline.facts import schema
from paceline.metrics.store import Store, day_end
from paceline.sales.periods import epoch_day
from paceline.sales.records import BY_NAME
from paceline.sales.settings import Settings
from paceline.warehouse.engines.duckdb import open_duckdb
from paceline.warehouse.store import ARROW_TYPES, canonical_schema, create_store, current_name

Rows = Sequence[Mapping[str, Any]]
SETTINGS = Settings(time_zone="Europe/Paris", currency="EUR")
NOW = date(2026, 9, 15)


def day(text: str) -> int:
    """Days since 1970-01-01 of an ISO date."""
    return epoch_day(date.fromisoformat(text))


def at(text: str, hour: int = 12) -> int:
    """That hour UTC of an ISO date, epoch seconds."""
    return day(text) * 86_400 + hour * 3600


def stint(rep_id: str, since: str | None = None, until: str | None = None, **more: Any) -> dict[str, Any]:
    """What a rep was from a day until a day."""
    first = -schema.FOREVER if since is None else day(since)
    last = schema.FOREVER if until is None else day(until)
    return {"rep_id": rep_id, "from_day": first, "until_day": last, "name": rep_id.title(), **more}


def connections(*reps: str, kinds: Sequence[str] = ("crm", "mailbox", "calendar", "dialer", "recorder")) -> list[dict[str, Any]]:
    """Everything connected for these reps, since ever."""
    return [
        {"rep_id": rep, "kind": kind, "from_day": 0, "until_day": schema.FOREVER, "stated": True}
        for rep in reps
        for kind in kinds
    ]


def _arrow(columns: Any, rows: Rows) -> pa.Table:
    fields = pa.schema([(column.name, ARROW_TYPES[column.type]) for column in columns])
    unknown = {name for row in rows for name in row} - set(fields.names)
    assert not unknown, f"no such columns: {unknown}"
    return pa.Table.from_pylist([dict(row) for row in rows], schema=fields)


def store_of(
    facts: Mapping[str, Rows], records: Mapping[str, Rows] | None = None, settings: Settings = SETTINGS, now: date = NOW
) -> Store:
    """A store with these facts (by name) and records; everything else is empty. Now is the end of the day."""
    engine = open_duckdb()
    create_store(engine)
    for fact in schema.FACTS:
        engine.put(fact.table, _arrow(fact.columns, facts.get(fact.name, ())))
    for reference in schema.REFERENCES:
        engine.put(f"ref_{reference.name}", _arrow(reference.columns, facts.get(reference.name, ())))
    for name, rows in (records or {}).items():
        known = [{"known_at": 0, "source": "test", "source_id": row["id"], **row} for row in rows]
        table = pa.Table.from_pylist(known, schema=canonical_schema(BY_NAME[name]))
        engine.append(current_name(name), table)
    return Store(engine, settings, day_end(now, settings), past_facts=None)
