"""What an expression of a fact may read: records as known, other facts, reference tables, and the company's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import ibis
import ibis.expr.types as ir

from paceline.facts import schema
from paceline.sales.records import Column, Type
from paceline.sales.settings import Settings, StageChoice
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
# Stand for an instant and a prefix in SQL that serves every past day; they must occur nowhere else.
WHEN, WHENS_PREFIX = 9_199_999_999_999_999_123, "asof_when_"
_REFERENCES = {reference.name: reference for reference in schema.REFERENCES}


def _unbound(name: str, columns: tuple[Column, ...]) -> ir.Table:
    return ibis.table({column.name: IBIS_TYPES[column.type] for column in columns}, name=name)


def mapped_stages(stage: ir.Table, choices: Mapping[str, StageChoice]) -> ir.Table:
    """Stages with what the company says of them in place of what their source says."""
    new = {}
    for name in (field.name for field in fields(StageChoice)):
        told = [(id_, value) for id_, one in sorted(choices.items()) if (value := getattr(one, name)) is not None]
        if told:
            type_ = stage[name].type()
            branches = [(id_, ibis.literal(value, type_)) for id_, value in told]
            new[name] = stage.id.cases(*branches, else_=stage[name])
    return stage.mutate(**new)


def described(settings: Settings) -> str:
    """All settings that facts may depend on, in words: the same for the same settings in every process."""
    told = {field.name: getattr(settings, field.name) for field in fields(settings) if field.name != "judgement"}
    plain = {name: sorted(value.items()) if isinstance(value, Mapping) else value for name, value in told.items()}
    return repr({name: sorted(value) if isinstance(value, frozenset) else value for name, value in plain.items()})


@dataclass(frozen=True)
class Tables:
    """The tables that a fact is built from. ``as_of``: epoch seconds, None for now; ``prefix`` begins the stored facts' names."""

    settings: Settings
    as_of: int | None = None
    prefix: str = ""

    def rec(self, name: str) -> ir.Table:
        """Records of that kind, canonical columns, as known and true at ``as_of``; stages and roles as the company maps them."""
        if name == "opportunity" and self.settings.stages:
            return history.as_known(name, self.as_of, stages=self.rec("stage"))
        rows = history.as_known(name, self.as_of)
        if name == "stage" and self.settings.stages:
            return mapped_stages(rows, self.settings.stages)
        if name == "rep_role" and self.settings.roles:
            return rows.mutate(role=rows.role.cases(*sorted(self.settings.roles.items()), else_=rows.role))
        return rows

    def fact(self, name: str) -> ir.Table:
        """An already built fact."""
        fact = schema.BY_NAME[name]
        return _unbound(self.prefix + fact.table, fact.columns)

    def ref(self, name: str) -> ir.Table:
        """A reference table: zone_offset, rate, workday."""
        return _unbound(f"{self.prefix}ref_{name}", _REFERENCES[name].columns)

    @property
    def of_any_day(self) -> Tables:
        """The same with stand-ins for the instant and the prefix."""
        return Tables(self.settings, None if self.as_of is None else WHEN, self.prefix and WHENS_PREFIX)

    def at_its_day(self, sql: str) -> str:
        """SQL over the tables `of_any_day`, with the instant and the prefix written in."""
        return sql.replace(WHENS_PREFIX, self.prefix).replace(str(WHEN), str(self.as_of))
