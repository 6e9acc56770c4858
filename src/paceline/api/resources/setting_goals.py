"""Setting goals: for a person, each of a team or role, or a team or the company as a whole."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Answer, Shape, currency_of, instant, period_of
from paceline.api.answers import Period as Days
from paceline.api.caller import Caller, Visiting
from paceline.api.operation import Operation
from paceline.api.question import Query
from paceline.api.resources.goals_to_set import metric_for_goals
from paceline.insight.goals import Ramp, given_ramp
from paceline.judging.goals_set import Set, goals_for
from paceline.pages.asked import Asked
from paceline.pages.plan import goal_writing
from paceline.pages.plan.goal_people import Setter
from paceline.sales.periods import Period, PeriodError, parse
from paceline.sales.settings import Settings


class GoalSet(Shape):
    """A goal. ``target``: in the metric's unit; money in units of the currency."""

    level: str
    id: str
    name: str
    target: float
    before: float | None = Field(description="What it was; null: there was none.")
    sentence: str = Field(description="How the target came about.")


class SetAnswer(Answer):
    """What was set, or would be."""

    written: bool = Field(description="False: a preview.")
    metric: str
    definition_version: int
    unit: str
    currency: str | None
    period: Days
    goals: list[GoalSet]
    notes: list[str]


class SetQuery(Query):
    """Whose goal, of what, how high."""

    whose: str = Field(description="rep:ID, team:NAME (as a whole), each:TEAM (everybody in it), role:ROLE (everybody of it), "
                       "company: (as a whole; for who sees everybody).")
    metric: str = Field(description="A metric's slug.")
    period: str = Field(description="Which days: this_quarter, 2026-Q4, 2026-11 …")
    target: float = Field(gt=0, description="Of a full-timer past the ramp, in the metric's unit; 0.25 for 25 %.")
    prorate: bool = Field(True, description="Less for whoever joins, leaves, works part-time, is away or new.")
    ramp: list[float] = Field([], description="What new people reach in each month, as shares; none: as measured on past hires.")
    replace: bool = Field(False, description="Replace goals that are there for the same days.")
    reason: str = Field("", max_length=400, description="Kept with the goal, and shown to everybody who sees it.")
    preview: bool = Field(False, description="Only say what would be set.")


def set_goal(caller: Caller, query: SetQuery) -> SetAnswer:
    """Set goals, as the page does."""
    door, problems = caller.door("set_goals"), caller.problems
    metric = metric_for_goals(door, query.metric, problems)
    today = door.store.view().day
    period, ramp = _period(caller, query, door.store.settings, today), _ramp(caller, query)
    of = Asked(door, door.sight(), parse("today", door.store.settings, today), None, today)
    setter = Setter(Visiting(caller.user, door), of)
    offered = [word for word, _ in setter.choices()]
    if query.whose not in offered:
        problems.unknown("whose", "one whose goal you may set", query.whose, offered)
    problems.check()
    assert metric is not None
    assert period is not None
    whose = setter.read(query.whose)
    planned = goals_for(
        door.store, metric.slug, query.target, period, whose.scope, team=whose.team, company=whose.company,
        prorated=query.prorate, ramp=ramp, replace=query.replace,
    )  # fmt: skip
    if not query.preview:
        goal_writing.set_planned(planned, caller.user, query.reason)
    return SetAnswer(
        as_of=instant(door.store.now), link=caller.link(f"{reverse('goals')}?period={query.period}"), written=not query.preview,
        metric=metric.slug, definition_version=metric.version, unit=metric.unit.value,
        currency=currency_of(metric, door.store.settings.currency), period=period_of(period),
        goals=[_set(one) for one in planned.goals], notes=[str(note) for note in planned.notes],
    )  # fmt: skip


def _set(one: Set) -> GoalSet:
    return GoalSet(
        level=one.level, id=one.subject, name=one.name, target=one.target, before=one.replaces, sentence=str(one.sentence)
    )


def _period(caller: Caller, query: SetQuery, settings: Settings, today: date) -> Period | None:
    try:
        return parse(query.period, settings, today)
    except PeriodError as error:
        caller.problems.add("period", str(error), "For example: this_quarter, 2026-Q4.")
        return None


def _ramp(caller: Caller, query: SetQuery) -> Ramp | None:
    try:
        return given_ramp(query.ramp) if query.ramp else None
    except ValueError as error:
        caller.problems.add("ramp", str(error), "For example: [0.25, 0.5, 0.75].")
        return None


OPERATIONS = (Operation("api_set_goal", "goals/set", "set_goals", "Set goals.", SetQuery, SetAnswer, set_goal),)
