"""Parts of stored tables, made while facts are brought up to date: the rows concerned, under names that begin with ``part_``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from paceline.facts import build
from paceline.facts.days import ALWAYS_AT
from paceline.facts.queries import Queries
from paceline.facts.shape import shaped, stored
from paceline.warehouse.store import ARROW_TYPES, CHANGED, CHANGED_SCHEMA, ibis_table, plain, unbound, unbound_past

Keys = tuple[str, tuple[str, ...]]  # a part, and the columns by which its rows and a fact's are the same


Make = Callable[[], ir.Table]  # makes an expression; it may depend on what it is named by, and on the settings, alone
# Stands for the instant from which on a part has rows, in SQL that serves every refresh; it must occur nowhere else.
SINCE = 9_199_999_999_999_999_457


class Parts:
    """The parts made so far, and the facts changed by them: ``cells`` tells whose days of which facts (rep_id, day).

    Expressions are given as what makes them, as their SQL is mostly known already (see `Queries`): a part's name, with its
    ``variant``, means one expression.
    """

    def __init__(self, queries: Queries) -> None:
        self.engine, self.t, self.queries = queries.engine, queries.t, queries
        self.made: dict[str, pa.Schema] = {}
        self.cells: dict[str, pa.Table] = {}
        self._counted: dict[str, int] = {}

    def make(self, name: str, rows: Make, variant: str = "", since: int | None = None) -> None:
        """Store an expression's rows as the part ``name``. ``since`` takes the place of `SINCE` in it: a constant, as engines
        leave out what lies before a constant without reading it."""
        one = self.queries.compiled(f"part {name} {variant}", lambda _: rows())
        if since is not None:
            one = replace(one, sql=one.sql.replace(str(SINCE), str(since)))
        self.engine.scratch(f"part_{name}", one)
        self.made[name] = one.schema
        self._counted.pop(f"part_{name}", None)

    def earliest(self, name: str, column: str = "from_at") -> int:
        """The least instant in a column of a part; one after all others where it has none."""
        found = self.engine.query(f"SELECT min({self.engine.quoted(column)}) AS n FROM {self.engine.quoted(f'part_{name}')}")
        least = found["n"][0].as_py()
        return -ALWAYS_AT if least is None else int(least)

    def part(self, name: str) -> ir.Table:
        """A part made before. Raises KeyError if it wasn't."""
        return ibis_table(f"part_{name}", self.made[name])

    def count(self, name: str) -> int:
        """How many rows a part has."""
        table = f"part_{name}"
        if table not in self._counted:
            self._counted[table] = self._count(table)
        return self._counted[table]

    def count_fact(self, name: str) -> int:
        """How many rows a fact has."""
        return self._count(build.fact_of(name).table)

    def _count(self, table: str) -> int:
        rows = self.engine.query(f"SELECT CAST(count(*) AS BIGINT) AS n FROM {self.engine.quoted(table)}")
        return int(rows["n"][0].as_py())

    def fact(self, name: str) -> ir.Table:
        """A stored fact or working table."""
        return stored(self.t, build.fact_of(name))

    def changed(self, record: str) -> ir.Table:
        """Column id: the records of that kind that loads have inserted or updated."""
        pending = ibis_table(CHANGED, CHANGED_SCHEMA)
        return pending.filter(pending["table"] == record).select("id")

    def versions(self, record: str, *columns: str, **renamed: str) -> ir.Table:
        """Those columns of the changed records, as they are and as they ever were."""
        keys = self.changed(record)
        both = (unbound(record), unbound_past(record))
        return ibis.union(*(table.semi_join(keys, "id").select(*columns, **renamed) for table in both))

    def past(self, record: str, *columns: str, **renamed: str) -> ir.Table:
        """Those columns of the changed records, as they were before: none of records that are new."""
        return unbound_past(record).semi_join(self.changed(record), "id").select(*columns, **renamed)

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

        def rows() -> ir.Table:
            anew = self.swapped(build.expression(name, self.t), swaps)
            concerned = (anew.semi_join(self.part(part), list(on)) for part, on in keys)
            return ibis.union(*concerned, distinct=len(keys) > 1)

        self.put(name, rows, *keys, variant=repr(sorted(swaps.items())))

    def put(self, name: str, rows: Make, *keys: Keys, variant: str = "", old: Make | None = None) -> None:
        """Put rows in place of the fact's rows of those keys. The part ``old_<fact>`` keeps those, ``new_<fact>`` these.

        ``old`` makes the fact's rows of those keys where they are known already.
        """
        fact = build.fact_of(name)
        if not any(self.count(part) for part, _ in keys):
            self._put_nothing(name)
            return

        def there() -> ir.Table:
            return ibis.union(*(self.rows_of(name, part, on) for part, on in keys), distinct=len(keys) > 1)

        self.make(f"old_{name}", old or there, repr(keys))
        self.make(f"new_{name}", lambda: shaped(rows(), fact), repr(keys) + variant)
        if self.count(f"old_{name}"):
            for part, on in keys:
                if self.count(part):
                    self.engine.delete_matching(fact.table, f"part_{part}", on)
        if self.count(f"new_{name}"):
            self.insert(name, f"new_{name}")
        if {"rep_id", "day"} <= {column.name for column in fact.columns}:
            self.cells[name] = self.queries.rows(f"cells {name}", lambda _: self._cells(name))

    def _put_nothing(self, name: str) -> None:
        """What `put` does without keys, without making and compiling what would give no rows."""
        table = build.fact_of(name).table
        schema = pa.schema([(column.name, ARROW_TYPES[column.type]) for column in build.fact_of(name).columns])
        for age in ("old", "new"):
            self.engine.scratch(f"part_{age}_{name}", plain(self.engine, table, schema, only="1 = 0"))
            self.made[f"{age}_{name}"] = schema
            self._counted[f"part_{age}_{name}"] = 0
        if {"rep_id", "day"} <= set(schema.names):
            self.cells[name] = pa.schema([schema.field("rep_id"), schema.field("day")]).empty_table()

    def insert(self, name: str, part: str) -> None:
        """Add a part's rows to a fact, which has the same columns."""
        self.engine.insert(build.fact_of(name).table, self.queries.compiled(f"all {part}", lambda _: self.part(part)))

    def _cells(self, name: str) -> ir.Table:
        both = (self.part(f"{age}_{name}").select("rep_id", "day") for age in ("old", "new"))
        return ibis.union(*both, distinct=True)

    def gone(self, name: str) -> ir.Table:
        """Of the rows last replaced in a fact, those that aren't there any more."""
        return ibis.difference(self.part(f"old_{name}"), self.part(f"new_{name}"))

    def come(self, name: str) -> ir.Table:
        """Of the rows last put into a fact, those that weren't there."""
        return ibis.difference(self.part(f"new_{name}"), self.part(f"old_{name}"))

    def differing(self, name: str) -> ir.Table:
        """Both."""
        return ibis.union(self.gone(name), self.come(name))

    def drop(self) -> None:
        """Drop all parts."""
        for name in self.made:
            self.engine.drop(f"part_{name}")
        self.made.clear()
