"""Goals and how they stand."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Listing, Range, Shape, currency_of, instant, number, period_of, range_of
from paceline.api.answers import Period as Days
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part
from paceline.api.question import Whose, understood
from paceline.judging.goals import GoalLine
from paceline.pages.dashboards import judged
from paceline.sales.periods import PeriodError, parse


class Goal(Shape):
    """A goal of a rep, a team or the company. Money in units of the currency."""

    id: str
    level: str
    subject: str = Field(description="The rep's id, the team's name, or empty for the company.")
    name: str
    metric: str
    metric_name: str
    definition_version: int
    unit: str
    currency: str | None
    period: Days
    target: float
    value: float | None
    because: str | None
    attainment: float | None = Field(description="Value ÷ target.")
    expected_by_now: float | None = Field(description="At the usual pace of such a period; null where there is none.")
    likely_end: Range | None = Field(description="8 in 10.")
    chance: float | None = Field(description="Of reaching the target.")
    no_chance_because: str | None
    sentence: str
    records: str


class GoalsAnswer(Listing):
    """Goals that overlap the period, each over its own days."""

    items: list[Goal]


class GoalsQuery(Whose, Paged):
    """Whose goals, of when."""

    period: str = Field("this_quarter", description="Goals that overlap these days.")
    metric: str = Field("", description="Only goals of this metric.")


def goals(caller: Caller, query: GoalsQuery) -> GoalsAnswer:
    """The goals of the scope."""
    door, problems = caller.door("see_goals"), caller.problems
    try:
        period = parse(query.period, door.store.settings, door.store.view(query.as_of).day)
    except PeriodError as error:
        problems.add("period", str(error), "For example: this_quarter, 2026-Q3.")
    asked = understood(door, query, problems)
    lines = judged.goal_lines(asked.store, period, asked.scope, asked.as_of)
    found = [line for line in lines if not query.metric or line.metric.slug == query.metric]
    some, cursor = part(found, query, asked.store)
    items = [goal_of(line, query.as_of) for line in some]
    link = caller.link(f"{reverse('goals')}?{urlencode(dict(asked.words) | {'period': query.period})}")
    return GoalsAnswer(as_of=instant(asked.store.view(asked.as_of).as_of), link=link, next_cursor=cursor, items=items)


def goal_of(line: GoalLine, as_of: date | None = None) -> Goal:
    """A goal as pages tell it."""
    whom = {line.goal.level: line.goal.subject} if line.goal.subject else {}
    words = {"metric": line.metric.slug, **whom, "period": f"{line.period.first}..{line.period.until}"}
    words |= {} if as_of is None else {"as_of": str(as_of)}
    return Goal(
        id=line.goal.id, level=line.goal.level, subject=line.goal.subject, name=line.name, metric=line.metric.slug,
        metric_name=line.metric.name, definition_version=line.metric.version, unit=line.metric.unit.value,
        currency=currency_of(line.metric, line.currency), period=period_of(line.period), target=line.goal.target,
        value=number(line.value), because=line.none_because, attainment=number(line.attainment),
        expected_by_now=None if line.pace is None else number(line.pace.expected),
        likely_end=None if line.reach is None else range_of(line.reach.interval),
        chance=None if line.reach is None else number(line.reach.chance), no_chance_because=line.no_chance_because,
        sentence=line.sentence, records=f"{reverse('api_records')}?{urlencode(words)}",
    )  # fmt: skip


OPERATIONS = (Operation("api_goals", "goals", "see_goals", "Goals and how they stand.", GoalsQuery, GoalsAnswer, goals),)
