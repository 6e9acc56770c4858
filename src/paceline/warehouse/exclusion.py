"""Records that an admin left out of every number: the log of it, and how loads keep them out.

A record left out stays stored. One of a kind that can be deleted in its source gets a version that says deleted; any other leaves
the current versions and goes to the past ones. So facts, past days and every engine see nothing new: a record that isn't
there any more, with the moment at which that became known. The row as its source last brought it is kept in the log, and is what
comes back when the exclusion ends.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from paceline.sales.records import BY_NAME, Table
from paceline.warehouse.engine import Engine
from paceline.warehouse.store import EXCLUSION, EXCLUSION_SCHEMA, plain

# The kinds of records that numbers are counted from, and that can be left out.
EXCLUDABLE = ("opportunity", "lead", "email", "call", "meeting")


@dataclass(frozen=True)
class Exclusion:
    """A record left out: why, by whom (a user's public id; empty: no user), from when until when (epoch seconds; None: still)."""

    table: str
    id: str
    reason: str
    by: str
    at: int
    ended_at: int | None = None

    def holds_at(self, at: int) -> bool:
        """Whether the record was left out at an instant."""
        return self.at <= at and (self.ended_at is None or at < self.ended_at)


def exclusions(engine: Engine) -> tuple[Exclusion, ...]:
    """Every exclusion there is or was, oldest first."""
    if EXCLUSION not in engine.tables():
        return ()
    rows = engine.query(plain(engine, EXCLUSION, EXCLUSION_SCHEMA)).to_pylist()
    found = [Exclusion(row["table"], row["id"], row["reason"], row["by"], row["at"], row["ended_at"]) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.at, one.table, one.id)))


def is_flagged(table: Table) -> bool:
    """Whether records of the kind can be marked deleted."""
    return any(column.name == "deleted" for column in table.columns)


def kept_out(engine: Engine, name: str, batch: pa.Table) -> pa.Table:
    """What a load may merge of a batch: records that are left out are marked deleted, or not merged at all.

    ``batch``: one row an id, in canonical columns with source_id. What the source says of them now is remembered in the log.
    """
    if name not in EXCLUDABLE:
        return batch
    log = engine.query(plain(engine, EXCLUSION, EXCLUSION_SCHEMA))
    mine = pc.and_(pc.equal(log["table"], name), pc.is_null(log["ended_at"]))
    out = log.filter(mine)["id"].combine_chunks()
    held = pc.is_in(batch["id"], value_set=out)
    if not pc.any(held).as_py():
        return batch
    _remember(engine, log, name, batch.filter(held))
    return as_left_out(BY_NAME[name], batch, held)


def as_left_out(table: Table, batch: pa.Table, held: pa.ChunkedArray) -> pa.Table:
    """The batch with the held rows marked deleted, or, where the kind can't be, without them."""
    if not is_flagged(table):
        return batch.filter(pc.invert(held))
    flag = pc.or_(pc.fill_null(batch["deleted"], False), held)
    return batch.set_column(batch.column_names.index("deleted"), "deleted", pc.if_else(held, flag, batch["deleted"]))


def written_row(row: dict[str, Any]) -> str:
    """A row of canonical columns, source_id and record_source as the log keeps it."""
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def _remember(engine: Engine, log: pa.Table, name: str, rows: pa.Table) -> None:
    """Keep what a source now says of records that are left out."""
    new = {row["id"]: row for row in rows.to_pylist()}

    def told() -> Iterator[str]:
        for row in log.to_pylist():
            mine = row["table"] == name and row["ended_at"] is None and row["id"] in new
            yield written_row({**json.loads(row["row"]), **new[row["id"]]}) if mine else row["row"]

    anew = log.set_column(log.column_names.index("row"), "row", pa.array(list(told()), pa.string()))
    if not anew.equals(log):
        engine.put(EXCLUSION, anew)
