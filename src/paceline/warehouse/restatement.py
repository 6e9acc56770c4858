"""What loads have changed of records that were known before: why a number shown earlier now reads otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pyarrow as pa

from paceline.sales.records import TABLES, Table
from paceline.warehouse.engine import Engine
from paceline.warehouse.exclusion import exclusions
from paceline.warehouse.store import ibis_table, unbound, unbound_past

RESTATED_SCHEMA = pa.schema([
    ("table", pa.string()), ("id", pa.string()), ("column", pa.string()), ("old", pa.string()), ("new", pa.string()),
    ("known_at", pa.int64())])
EXCLUDED = "excluded"  # the column of a record that an admin left out, or took in again: its value is the reason
_IDS = "restated_ids"


def restated(engine: Engine, since: int, until: int) -> pa.Table:
    """Every value of a known record that loads with ``since`` < moment ≤ ``until`` (seconds) replaced, in the order of table, id,
    moment, column: (table, id, column, old, new, known_at), values as text, null for none. Rows that were new aren't listed.
    A record left out of every number, or taken in again, has a row with the column ``EXCLUDED``, its reason as the value.
    """
    out = list(_left_out(engine, since, until))
    of_exclusions = {(row["table"], row["id"], row["known_at"]) for row in out}
    rows = [row for table in TABLES for row in _of_table(engine, table, since, until)
            if row["column"] != "deleted" or (row["table"], row["id"], row["known_at"]) not in of_exclusions]
    order = {table.name: place for place, table in enumerate(TABLES)}
    rows = sorted(rows + out, key=lambda row: (order[row["table"]], row["id"], row["known_at"], row["column"]))
    return pa.Table.from_pylist(rows, schema=RESTATED_SCHEMA)


def _left_out(engine: Engine, since: int, until: int) -> Iterator[dict[str, Any]]:
    """The exclusions that began or ended with ``since`` < moment ≤ ``until``."""
    for one in exclusions(engine):
        told = {"table": one.table, "id": one.id, "column": EXCLUDED}
        if since < one.at <= until:
            yield {**told, "old": None, "new": one.reason, "known_at": one.at}
        if one.ended_at is not None and since < one.ended_at <= until:
            yield {**told, "old": one.reason, "new": None, "known_at": one.ended_at}


def _of_table(engine: Engine, table: Table, since: int, until: int) -> Iterator[dict[str, Any]]:
    past = unbound_past(table.name)
    replaced = engine.query(past.filter(past.superseded_at > since, past.superseded_at <= until))
    if not replaced.num_rows:
        return
    for versions in _versions_by_id(engine, table, replaced).values():
        for old, new in pairwise(versions):
            if since < old["superseded_at"] <= until:
                yield from _differences(table, old, new)


def _versions_by_id(engine: Engine, table: Table, replaced: pa.Table) -> dict[str, list[dict[str, Any]]]:
    """All versions of the replaced rows, oldest first, by id."""
    ids = replaced.select(["id"]).group_by("id").aggregate([])
    keys = ibis_table(_IDS, ids.schema)
    with engine.lent(_IDS, ids):
        past = engine.query(unbound_past(table.name).semi_join(keys, "id")).to_pylist()
        current = engine.query(unbound(table.name).semi_join(keys, "id")).to_pylist()
    # Stable: of two versions that one moment replaced, the one known first comes first.
    past.sort(key=lambda row: (row["id"], row["superseded_at"], row["known_at"]))
    by_id: dict[str, list[dict[str, Any]]] = {}
    for row in past + current:
        by_id.setdefault(row["id"], []).append(row)
    return by_id


def _differences(table: Table, old: dict[str, Any], new: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for column in sorted(column.name for column in table.columns):
        if old[column] != new[column]:
            yield {"table": table.name, "id": old["id"], "column": column, "old": _text(old[column]), "new": _text(new[column]),
                   "known_at": old["superseded_at"]}


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
