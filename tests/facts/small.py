"""Records few enough to think through: rows as dicts, loaded and turned into the facts asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from paceline.facts import build, schema
from paceline.facts.queries import Queries
from paceline.facts.shape import stored
from paceline.facts.tables import Tables
from paceline.sales.records import BY_NAME
from paceline.sales.settings import Settings
from paceline.warehouse.engine import Engine
from paceline.warehouse.load import load
from paceline.warehouse.store import ARROW_TYPES, create_store

Row = dict[str, Any]
DEALS = ("stint", "stage_order", "timeline", "life", "span")  # what every fact of opportunities is made from
PARIS = Settings(currency="EUR", time_zone="Europe/Paris")
STAGES: list[Row] = [
    {"id": "new", "name": "New", "position": 1, "outcome": "open"},
    {"id": "demo", "name": "Demo", "position": 2, "outcome": "open"},
    {"id": "offer", "name": "Offer", "position": 3, "outcome": "open"},
    {"id": "won", "name": "Won", "position": 4, "outcome": "won"},
    {"id": "lost", "name": "Lost", "position": 5, "outcome": "lost"},
]


def day(text: str) -> int:
    """Days since 1970 of an ISO date."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def at(text: str) -> int:
    """Seconds since 1970 of an ISO instant; without a zone it is UTC."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else datetime.fromisoformat(text + "+00:00")).timestamp())


def change(id_: str, deal: str, field: str, old: str | None, new: str | None, when: str, by: str | None = None) -> Row:
    """One row of opportunity_change."""
    return {"id": id_, "opportunity_id": deal, "field": field, "old": old, "new": new, "changed_at": at(when),
            "changed_by_id": by}


def batch(rows: dict[str, list[Row]]) -> dict[str, pa.Table]:
    """Record tables with all their columns (null where a row has none)."""
    return {name: pa.table({column.name: pa.array([row.get(column.name) for row in given], ARROW_TYPES[column.type])
                            for column in BY_NAME[name].columns}) for name, given in rows.items()}


def store(engine: Engine, settings: Settings = PARIS, facts: Iterable[str] = DEALS, **rows: list[Row]) -> Tables:
    """Load the rows (stages are `STAGES` unless given), build the reference tables and those facts; the other facts are empty."""
    create_store(engine)
    load(engine, batch({"stage": STAGES, **rows}), "test")
    t = Tables(settings)
    queries = Queries(engine, t)
    build.put_references(queries)
    wanted = set(facts)
    for name in build.BUILDERS:
        if name in wanted:
            build.create(queries, name)
        elif name in schema.BY_NAME:
            fact = schema.BY_NAME[name]
            engine.put(fact.table, pa.table({c.name: pa.array([], ARROW_TYPES[c.type]) for c in fact.columns}))
    return t


def rows_of(engine: Engine, fact: str, *columns: str) -> list[tuple[Any, ...]]:
    """The fact's rows, those columns alone, in order of all of them (nulls first)."""
    table = engine.query(stored(Tables(PARIS), build.fact_of(fact)).select(*columns))
    found = [tuple(row[column] for column in columns) for row in table.to_pylist()]
    return sorted(found, key=lambda row: [(value is not None, value) for value in row])
