"""Merged and deleted records: which id a record counts under. Chains of merges are followed to their end, however long.

SQL can't follow a chain of unknown length without recursion, which the engines spell differently: Python follows them, over the
merged and deleted records alone, and stores the answer as the reference table `survivor`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from paceline.facts.queries import Queries
from paceline.facts.tables import Tables
from paceline.sales.records import BY_NAME
from paceline.warehouse import history

RECORDS = ("account", "contact", "lead", "opportunity")


def survivors(queries: Queries) -> pa.Table:
    """The rows of the reference table `survivor` (record, id, survivor_id; all text), read from the records as known.

    As of a past instant, records that came only later are among them, too: they count under nothing yet.
    """
    rows = [(record, *pair) for record in RECORDS for pair in _survivors_of(queries, record)]
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pa.table(
        {name: pa.array(values, pa.string()) for name, values in zip(("record", "id", "survivor_id"), columns, strict=True)}
    )


def _survivors_of(queries: Queries, record: str) -> Iterator[tuple[str, str | None]]:
    rows = queries.rows(f"gone {record}", lambda t: _gone(t.rec(record))).to_pydict()
    into = dict(zip(rows["id"], rows["merged_into_id"], strict=True))
    if queries.t.as_of is not None:
        later = queries.rows(f"still to come {record}", lambda t: _still_to_come(t, record))
        into.update(dict.fromkeys(later["id"].to_pylist()))
    for id_ in sorted(into):
        yield id_, end_of_chain(id_, into)


def _still_to_come(t: Tables, record: str) -> ir.Table:
    """As of a past instant: records that came into being only later. What names one today can't have named it then."""
    known = history.unbound(record)
    return known.filter(known[str(BY_NAME[record].true_at)] > t.as_of).select("id")


def _gone(rec: ir.Table) -> ir.Table:
    return rec.filter(rec.merged_into_id.notnull() | rec.deleted.fill_null(False)).select("id", "merged_into_id")


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
