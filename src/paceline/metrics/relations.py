"""The rows that a measure may add up, by name: every dated fact, and the shapes. A plain dictionary.

Each gives ``p_no`` (which period), ``rep_id`` (whose, perhaps nobody's), ``on_day`` (the day whose team, role… of the rep apply)
and its own columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import ibis.expr.types as ir

from paceline.facts import schema
from paceline.facts.tables import Tables
from paceline.metrics.frame import Frame
from paceline.metrics.shapes import activity, aims, money, ownership, stocks
from paceline.sales.settings import Settings

# Columns by which rows can be cut, and what the column is called in the rows.
SLICES = {
    "product": "product_id",
    "source": "source",
    "account_type": "account_type",
    "type": "type",
    "account_segment": "segment",
    "stage": "stage",
    "level": "level",
    "kind": "kind",
    "how": "how",
}
REP_ATTRIBUTES = {
    "rep": "rep_id",
    "team": "rep_team",
    "role": "rep_role",
    "segment": "rep_segment",
    "manager": "rep_manager_id",
    "territory": "rep_territory",
}


@dataclass(frozen=True)
class Relation:
    """Named rows. ``key``: what identifies a row. ``fact``: whose columns' words apply. ``flow``: a fact's own rows.

    ``dated``: each row has its day, and of the period asked only its number matters.
    """

    name: str
    doc: str
    key: tuple[str, ...]
    fact: str
    build: Callable[[Frame], ir.Table]
    flow: bool = False
    dated: bool = False

    def columns(self) -> tuple[str, ...]:
        """The names of its columns."""
        return _columns(self.name)


@cache
def _columns(name: str) -> tuple[str, ...]:
    return tuple(RELATIONS[name].build(Frame(Tables(Settings()))).columns)


def _flow(fact: schema.Fact) -> Relation:
    def build(f: Frame) -> ir.Table:
        rows = f.within(f.of_members(f.fact(fact.name)))
        return rows.mutate(on_day=rows.day)

    return Relation(fact.name, fact.doc, fact.key, fact.name, build, flow=True, dated=True)


def _with_stage_owner(f: Frame) -> ir.Table:
    rows = f.within(f.fact("opportunity"), day="owner_day")
    return rows.mutate(starter_id=rows.rep_id, rep_id=rows.owner_id, on_day=rows.owner_day)


def _shape(
    name: str, fact: str, build: Callable[[Frame], ir.Table], key: tuple[str, ...] | None = None, dated: bool = False
) -> Relation:
    return Relation(name, " ".join((build.__doc__ or "").split()), key or schema.BY_NAME[fact].key, fact, build, dated=dated)


_with_stage_owner.__doc__ = "Opportunities dated by their start, credited to the owner at the start."

_SHAPES = (
    _shape("open", "span", stocks.open_opportunities, ("opportunity_id",)),
    _shape("open_people", "span", stocks.open_with_people, ("opportunity_id",)),
    _shape("open_watched", "span", stocks.open_watched, ("opportunity_id",)),
    _shape("owned", "span", ownership.owned, ("opportunity_id",)),
    _shape("progressions", "move", ownership.progressions, ("opportunity_id",)),
    _shape("due", "span", ownership.due),
    _shape("started", "opportunity", _with_stage_owner, dated=True),
    _shape("two_way", "touch_person", activity.two_way, ("evidence", "person_id"), dated=True),
    _shape("touched_accounts", "touch_person", activity.touched_accounts, dated=True),
    _shape("touched_contacts", "touch_person", activity.touched_contacts, dated=True),
    _shape("touch_gaps", "touch_opportunity", activity.touch_gaps, ("opportunity_id", "rep_id")),
    _shape("goals", "goal", aims.goals),
    _shape("team_goals", "goal", aims.team_goals),
    _shape("company_goals", "goal", aims.company_goals),
    _shape("won_under_goal", "outcome", aims.won_under_goal),
    _shape("won_under_team_goal", "outcome", aims.won_under_team_goal),
    _shape("won_under_company_goal", "outcome", aims.won_under_company_goal),
    _shape("costs", "cost", money.costs),
    _shape("commits", "forecast", money.commits),
    _shape("mix", "opportunity", money.mix),
)

RELATIONS: dict[str, Relation] = {
    **{fact.name: _flow(fact) for fact in schema.FACTS if fact.dated == "day" and any(c.name == "rep_id" for c in fact.columns)},
    **{shape.name: shape for shape in _SHAPES},
}


def words_of(relation: Relation, column: str) -> str:
    """What a column means, from the fact's contract; the column's name where the shape made it."""
    for known in schema.BY_NAME[relation.fact].columns:
        if known.name == column:
            return known.doc
    return column.replace("_", " ")
