"""Leaving a record out of every number, and taking it in again: each is a load of one record, by the source ``EXCLUSIONS``."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from paceline.sales.records import BY_NAME, Table
from paceline.warehouse.engine import Engine
from paceline.warehouse.exclusion import EXCLUDABLE, Exclusion, as_left_out, exclusions, is_flagged, written_row
from paceline.warehouse.load import current_versions, log_moment, remember_changed, supersede
from paceline.warehouse.store import (
    EXCLUSION,
    EXCLUSION_SCHEMA,
    LOAD_LOG,
    LOG_SCHEMA,
    create_store,
    current_name,
    current_schema,
    plain,
)

EXCLUSIONS = "exclusions"  # the log's word for loads that are exclusions


class ExclusionError(ValueError):
    """The record can't be left out, or taken in again; the message says why."""


def exclude(engine: Engine, table: str, id_: str, reason: str, by: str = "", known_at: int | None = None) -> Exclusion:
    """Leave a record out from now on. ``by``: a user's public id. Facts must be brought up to date afterwards.

    As of a day before, the record still counts. Raises ExclusionError: no such record, a kind that can't be left out, left out
    already, no reason.
    """
    if table not in EXCLUDABLE:
        raise ExclusionError(f"a record of {table} can't be left out; these can: {', '.join(EXCLUDABLE)}")
    if not reason.strip():
        raise ExclusionError("an exclusion needs a reason")
    create_store(engine)
    with engine.transaction():
        if any(one.ended_at is None and (one.table, one.id) == (table, id_) for one in exclusions(engine)):
            raise ExclusionError(f"{table} {id_} is left out already")
        record = BY_NAME[table]
        old = current_versions(engine, record, pa.table({"id": [id_]}))
        if not old.num_rows:
            raise ExclusionError(f"there is no {table} {id_}")
        at = _logged(engine, record, known_at)
        found = Exclusion(table, id_, reason.strip(), by, at)
        row = {name: value for name, value in old.to_pylist()[0].items() if name != "known_at"}
        engine.append(EXCLUSION, _as_row(found, written_row(row)))
        supersede(engine, record, old, at)
        if is_flagged(record):
            _put(engine, record, as_left_out(record, old, pa.chunked_array([[True]])), at)
        remember_changed(engine, {table: old["id"]})
    return found


def include(engine: Engine, table: str, id_: str, known_at: int | None = None) -> Exclusion:
    """Take a record in again, as its source last brought it. Gives the exclusion that ends. ExclusionError: it isn't out."""
    create_store(engine)
    with engine.transaction():
        log = engine.query(plain(engine, EXCLUSION, EXCLUSION_SCHEMA))
        rows = log.to_pylist()
        found = next((row for row in rows if row["ended_at"] is None and (row["table"], row["id"]) == (table, id_)), None)
        if found is None:
            raise ExclusionError(f"{table} {id_} isn't left out")
        record = BY_NAME[table]
        found["ended_at"] = at = _logged(engine, record, known_at)
        engine.put(EXCLUSION, pa.Table.from_pylist(rows, schema=EXCLUSION_SCHEMA))
        ids = pa.table({"id": [id_]})
        supersede(engine, record, current_versions(engine, record, ids), at)
        back: dict[str, Any] = json.loads(found["row"])
        _put(engine, record, pa.Table.from_pylist([{**back, "known_at": at}], schema=current_schema(record)), at)
        remember_changed(engine, {table: ids["id"]})
    return Exclusion(table, id_, found["reason"], found["by"], found["at"], at)


def _put(engine: Engine, table: Table, rows: pa.Table, at: int) -> None:
    """Make rows the current versions, known since the moment."""
    place = rows.column_names.index("known_at")
    engine.append(current_name(table.name), rows.set_column(place, "known_at", pa.array([at] * rows.num_rows, pa.int64())))


def _logged(engine: Engine, table: Table, known_at: int | None) -> int:
    """The moment, noted in the log of loads: what past days were made of, and pages keep, follows it."""
    log = engine.query(plain(engine, LOAD_LOG, LOG_SCHEMA))
    at = log_moment(log, known_at)
    told = {"load_id": (pc.max(log["load_id"]).as_py() or 0) + 1, "source": EXCLUSIONS, "at": at, "table": table.name,
            "read": 0, "inserted": 0, "updated": 1, "unchanged": 0}
    engine.append(LOAD_LOG, pa.Table.from_pylist([told], schema=LOG_SCHEMA))
    return at


def _as_row(one: Exclusion, row: str) -> pa.Table:
    told = {"table": one.table, "id": one.id, "reason": one.reason, "by": one.by, "at": one.at, "ended_at": None, "row": row}
    return pa.Table.from_pylist([told], schema=EXCLUSION_SCHEMA)
