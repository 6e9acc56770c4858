"""What an expression of a fact may read: records as known, other facts, reference tables, and the company's settings."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from paceline.facts import schema
from paceline.sales.records import Column, Type
from paceline.sales.settings import Settings
from paceline.warehouse import history

IBIS_TYPES = {
    Type.TEXT: "string",
    Type.FLAG: "boolean",
    Type.INTEGER: "int64",
    Type.NUMBER: "float64",
    Type.CENTS: "int64",
    Type.DAY: "int32",
    Type.AT: "int64",
}
_REFERENCES = {reference.name: reference for reference in schema.REFERENCES}


def _unbound(name: str, columns: tuple[Column, ...]) -> ir.Table:
    return ibis.table({column.name: IBIS_TYPES[column.type] for column in columns}, name=name)


@dataclass(frozen=True)
class Tables:
    """The tables that a fact is built from. ``as_of``: epoch seconds, None for now; ``prefix`` begins the stored facts' names."""

    settings: Settings
    as_of: int | None = None
    prefix: str = ""

    def rec(self, name: str) -> ir.Table:
        """Records of that kind, canonical columns, as known and true at ``as_of``."""
        return history.as_known(name, self.as_of)

    def fact(self, name: str) -> ir.Table:
        """An already built fact."""
        fact = schema.BY_NAME[name]
        return _unbound(self.prefix + fact.table, fact.columns)

    def ref(self, name: str) -> ir.Table:
        """A reference table: zone_offset, rate, workday."""
        return _unbound(f"{self.prefix}ref_{name}", _REFERENCES[name].columns)
