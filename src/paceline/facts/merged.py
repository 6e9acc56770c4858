"""Merged and deleted records: which id a record counts under. Chains of merges are followed to their end, however long.

SQL can't follow a chain of unknown length without recursion, which the engines spell differently: Python follows them, over the
merged and deleted records alone, and stores the answer as the reference table `survivor`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from paceline.facts.tables import Tables
from paceline.warehouse.engine import Engine

RECORDS = ("account", "contact", "lead", "opportunity")


def survivors(engine: Engine, t: Tables) -> pa.Table:
    """The rows of the reference table `survivor` (record, id, survivor_id; all text), read from the records as known."""
    rows = [(record, *pair) for record in RECORDS for pair in _survivors_of(engine, t, record)]
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pa.table(
        {name: pa.array(values, pa.string()) for name, values in zip(("record", "id", "survivor_id"), columns, strict=True)}
    )


def _survivors_of(engine: Engine, t: Tables, record: str) -> Iterator[tuple[str, str | None]]:
    rec = t.rec(record)
    gone = rec.filter(rec.merged_into_id.notnull() | rec.deleted.fill_null(False)).select("id", "merged_into_id")
    rows = engine.query(gone).to_pydict()
    into = dict(zip(rows["id"], rows["merged_into_id"], strict=True))
    for id_ in sorted(into):
        yield id_, end_of_chain(id_, into)


def end_of_chain(id_: str, into: Mapping[str, str | None]) -> str | None:
    """The record that ``id_`` counts under, where ``into`` tells what each merged-away record was merged into (None: deleted).

    None when the chain ends in a deleted record or runs in a circle.
    """
    seen = set()
    while id_ in into:
        following = into[id_]
        if following is None or id_ in seen:
            return None
        seen.add(id_)
        id_ = following
    return id_


def surviving(t: Tables, table: ir.Table, record: str, column: str, name: str | None = None) -> ir.Table:
    """The table with the surviving id of the record in ``column``, in that column or a new one, ``name``; null if none."""
    name = name or column
    ref = t.ref("survivor")
    ref = ref.filter(ref.record == record).select(gone_id_="id", survivor_id_="survivor_id")
    joined = table.left_join(ref, table[column] == ref.gone_id_)
    id_ = ibis.ifelse(joined.gone_id_.isnull(), joined[column], joined.survivor_id_)
    columns = table.columns if name in table.columns else (*table.columns, name)
    return joined.mutate(**{name: id_}).select(*columns)
