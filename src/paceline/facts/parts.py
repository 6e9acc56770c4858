"""Parts of stored tables, made while facts are brought up to date: the rows concerned, under names that begin with ``part_``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from paceline.facts import build
from paceline.facts.shape import shaped, stored
from paceline.facts.tables import Tables
from paceline.warehouse.engine import Engine
from paceline.warehouse.store import CHANGED, CHANGED_SCHEMA, ibis_table, unbound, unbound_past

Keys = tuple[str, tuple[str, ...]]  # a part, and the columns by which its rows and a fact's are the same


class Parts:
    """The parts made so far, and the facts changed by them: ``cells`` tells whose days of which facts (rep_id, day)."""

    def __init__(self, engine: Engine, t: Tables) -> None:
        self.engine, self.t = engine, t
        self.made: dict[str, ibis.Schema] = {}
        self.cells: dict[str, pa.Table] = {}

    def make(self, name: str, rows: ir.Table) -> ir.Table:
        """Store an expression's rows as the part ``name``."""
        self.engine.create(f"part_{name}", rows)
        self.made[name] = rows.schema()
        return self.part(name)

    def part(self, name: str) -> ir.Table:
        """A part made before. Raises KeyError if it wasn't."""
        return ibis.table(self.made[name], name=f"part_{name}")

    def count(self, name: str) -> int:
        """How many rows a part has."""
        rows = self.part(name)
        return int(self.engine.query(rows.aggregate(n=rows.count()))["n"][0].as_py())

    def fact(self, name: str) -> ir.Table:
        """A stored fact or working table."""
        return stored(self.t, build.fact_of(name))

    def changed(self, record: str) -> ir.Table:
        """Column id: the records of that kind that loads have inserted or updated."""
        pending = ibis_table(CHANGED, CHANGED_SCHEMA)
        return pending.filter(pending["table"] == record).select("id")

    def versions(self, record: str, *columns: str) -> ir.Table:
        """Those columns of the changed records, as they are and as they ever were."""
        keys = self.changed(record)
        return ibis.union(*(table.semi_join(keys, "id").select(*columns) for table in (unbound(record), unbound_past(record))))

    def rows_of(self, fact: str, part: str, on: Iterable[str]) -> ir.Table:
        """The stored rows of a fact whose columns ``on`` are those of a row of the part."""
        return self.fact(fact).semi_join(self.part(part), list(on))

    def swapped(self, rows: ir.Table, swaps: Mapping[str, str]) -> ir.Table:
        """An expression that reads parts (values) in place of stored tables (keys)."""
        op = rows.op()
        nodes: dict[ops.Node, ops.Node] = {
            node: ibis.table(node.schema, name=f"part_{swaps[node.name]}").op()
            for node in op.find(ops.UnboundTable) if node.name in swaps}
        swapped = op.replace(nodes).to_expr()
        assert isinstance(swapped, ir.Table)
        return swapped

    def redo(self, name: str, swaps: Mapping[str, str], *keys: Keys) -> None:
        """Redo the fact's rows of those keys: its query over parts of what it reads, of which the rows of the keys count."""
        rows = self.swapped(build.expression(name, self.t), swaps)
        concerned = (rows.semi_join(self.part(part), list(on)) for part, on in keys)
        self.put(name, ibis.union(*concerned, distinct=len(keys) > 1), *keys)

    def put(self, name: str, rows: ir.Table, *keys: Keys) -> None:
        """Put rows in place of the fact's rows of those keys. The part ``old_<fact>`` keeps those, ``new_<fact>`` these."""
        fact = build.fact_of(name)
        old = ibis.union(*(self.rows_of(name, part, on) for part, on in keys), distinct=len(keys) > 1)
        was, new = self.make(f"old_{name}", old), self.make(f"new_{name}", shaped(rows, fact))
        for part, on in keys:
            self.engine.delete_matching(fact.table, f"part_{part}", on)
        self.engine.insert(fact.table, new)
        if {"rep_id", "day"} <= set(new.columns):
            both = ibis.union(was.select("rep_id", "day"), new.select("rep_id", "day"), distinct=True)
            self.cells[name] = self.engine.query(both)

    def differing(self, name: str) -> ir.Table:
        """Of the rows put last into a fact, those that weren't there, and of those replaced the ones that are there no more."""
        was, new = self.part(f"old_{name}"), self.part(f"new_{name}")
        return ibis.union(ibis.difference(was, new), ibis.difference(new, was))

    def drop(self) -> None:
        """Drop all parts."""
        for name in self.made:
            self.engine.drop(f"part_{name}")
        self.made.clear()
