"""Rows of facts that a record had when it was left out of every number, kept so that each number can tell what it lacks.

They lie in ``aside_fact_<name>``, beside each fact that knows the record, as they were when it was left out. Facts of other
records that saw it (the gap between two touches, say) aren't among them.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import pyarrow as pa

from paceline.facts import schema
from paceline.facts.schema import Fact
from paceline.facts.shape import stored
from paceline.facts.tables import Tables
from paceline.sales.settings import Settings
from paceline.warehouse.engine import Engine, expression_schema

PREFIX = "aside_"
# The column of facts in which a record of the kind stands by its id; of activities, the touch that they are, too.
COLUMNS = {
    "opportunity": "opportunity_id", "lead": "lead_id", "email": "email_id", "call": "call_id", "meeting": "meeting_id",
}
_TOUCH = "touch_id"
TOUCHES = ("email", "call", "meeting")


def records_named(row: dict[str, object]) -> set[tuple[str, str]]:
    """The records (kind, id) that a row of a fact names."""
    named = {(kind, str(row[column])) for kind, column in COLUMNS.items() if row.get(column) is not None}
    kind, _, id_ = str(row.get(_TOUCH) or "").partition(":")
    return named | ({(kind, id_)} if kind in TOUCHES else set())


def kept_facts() -> tuple[Fact, ...]:
    """The facts whose rows name a record that can be left out."""
    wanted = {*COLUMNS.values(), _TOUCH}
    return tuple(fact for fact in schema.FACTS if wanted & {column.name for column in fact.columns})


@dataclass(frozen=True)
class AsideTables(Tables):
    """Tables to ask from: the rows kept aside in place of the facts that have some."""

    def fact(self, name: str) -> ir.Table:
        """The rows kept aside, or the fact where none are kept."""
        fact = schema.BY_NAME[name]
        return stored(Tables(self.settings, None, PREFIX), fact) if fact in kept_facts() else super().fact(name)


def keep_aside(engine: Engine, settings: Settings, kind: str, id_: str) -> None:
    """Keep the rows of all facts that name the record. Facts must agree with the records, the record among them."""
    there, t = engine.tables(), Tables(settings)
    for fact in kept_facts():
        table, rows = PREFIX + fact.table, stored(t, fact)
        wanted = expression_schema(rows)
        if table not in there or not engine.schema(table).equals(wanted):  # another version's: they are no longer told
            engine.put(table, wanted.empty_table())
        keys = _keys(fact, kind, id_)
        if keys and fact.table in there:
            is_named = rows[keys[0][0]] == keys[0][1]
            for column, value in keys[1:]:
                is_named = is_named | (rows[column] == value)
            engine.insert(table, rows.filter(is_named))


def forget_aside(engine: Engine, kind: str, id_: str) -> None:
    """Drop what was kept of a record, which counts again."""
    there = engine.tables()
    for fact in kept_facts():
        if PREFIX + fact.table in there:
            for column, value in _keys(fact, kind, id_):
                engine.delete_matching(PREFIX + fact.table, pa.table({column: [value]}), (column,))


def _keys(fact: Fact, kind: str, id_: str) -> list[tuple[str, str]]:
    """Columns of the fact, with what stands there for the record."""
    names = {column.name for column in fact.columns}
    wanted = [(COLUMNS[kind], id_), *([(_TOUCH, f"{kind}:{id_}")] if kind in TOUCHES else [])]
    return [(column, value) for column, value in wanted if column in names]
