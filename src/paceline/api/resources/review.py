"""A week or a month in review, as one document: goals to date, what changed, what stood out, all numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Answer, Person, Range, Shape, currency_of, instant, number, period_of, range_of
from paceline.api.answers import Period as Days
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.question import Query
from paceline.api.resources.alerts import AlertNow, shown_by
from paceline.api.resources.today import GoalTogether, goal_together
from paceline.metrics.reading import Reading
from paceline.pages.dashboards import team
from paceline.pages.dashboards.later import PATIENT
from paceline.pages.telling import review as pages_review


class StoodOut(Shape):
    """A single number outside of its usual range."""

    person: Person
    metric: str
    name: str
    definition_version: int
    unit: str
    currency: str | None
    value: float | None
    usual: Range | None
    mark: str = Field(description="worse or better.")


class Compared(Shape):
    """A metric of all people of a role together, in the period and in the one before."""

    role: str
    metric: str
    name: str
    definition_version: int
    unit: str
    currency: str | None
    value: float | None
    because: str | None
    before: float | None
    before_because: str | None


class ReviewAnswer(Answer):
    """What a week or a month was like, of the rows in sight."""

    kind: str
    period: Days
    is_over: bool = Field(description="False: days of the period are still to come.")
    goals: list[GoalTogether] = Field(
        description="Of the quarter in which the period ends, as they stand now; empty for a key that doesn't reach goals."
    )
    began: list[AlertNow] = Field(
        description="Changed for longer than chance explains, the weightiest first; empty for a key that doesn't reach alerts."
    )
    ended: list[AlertNow] = Field(description="Came back to usual; likewise.")
    stood_out: list[StoodOut] = Field(description="The worse first; at most 40.")
    numbers: list[Compared]
    judged: int = Field(description="How many numbers were looked at.")


class ReviewQuery(Query):
    """Which review."""

    kind: Literal["week", "month"] = Field(description="week or month.")
    day: date = Field(description="Any day of that week or month.")


def review(caller: Caller, query: ReviewQuery) -> ReviewAnswer:
    """The page's content."""
    door, problems = caller.door("see_review"), caller.problems
    period, today = pages_review.period_of(query.kind, query.day, door), door.store.view().day
    if period.first > today:
        problems.add("day", f"{period.label} hasn't begun on {today}.", "Send a day of one that has.")
    problems.check()
    of = pages_review.gathered(query.kind, period, door, PATIENT)
    began, ended = (of.began, of.ended) if caller.may("see_alerts") else ((), ())
    alerts = shown_by(caller, [*began, *ended])
    return ReviewAnswer(
        as_of=instant(door.store.now), link=caller.link(reverse("review", args=[query.kind, period.first.isoformat()])),
        kind=query.kind, period=period_of(period), is_over=period.until <= today,
        goals=[goal_together(caller, one, today) for one in of.goals] if caller.may("see_goals") else [],
        began=[alerts[one.card] for one in began], ended=[alerts[one.card] for one in ended],
        stood_out=[_stood_out(caller, row, cell) for row, cell in of.stood_out], numbers=_numbers(caller, of.page, of.before),
        judged=len(of.page.cells),
    )  # fmt: skip


def _stood_out(caller: Caller, row: team.Row, cell: team.Cell) -> StoodOut:
    metric = cell.metric
    return StoodOut(
        person=Person(rep_id=row.rep, name=row.name), metric=metric.slug, name=metric.name, definition_version=metric.version,
        unit=metric.unit.value, currency=currency_of(metric, caller.store.settings.currency), value=number(cell.value),
        usual=range_of(cell.usual), mark=cell.mark,
    )  # fmt: skip


def _numbers(caller: Caller, page: team.Team, before: team.Team) -> list[Compared]:
    earlier = {(block.role, metric.slug): reading for block in before.blocks
               for metric, reading in zip(block.metrics, block.together, strict=True)}  # fmt: skip
    found = []
    for block in (one for one in page.blocks if one.role):
        for metric, reading in zip(block.metrics, block.together, strict=True):
            (value, because), (then, then_because) = (_told(one) for one in (reading, earlier.get((block.role, metric.slug))))
            found.append(Compared(
                role=block.role, metric=metric.slug, name=metric.name, definition_version=metric.version, unit=metric.unit.value,
                currency=currency_of(metric, caller.store.settings.currency), value=value, because=because, before=then,
                before_because=then_because,
            ))  # fmt: skip
    return found


def _told(reading: Reading | None) -> tuple[float | None, str | None]:
    return (None, "nobody is here") if reading is None else (number(reading.value), reading.none_because)


OPERATIONS: Sequence[Operation[ReviewQuery]] = (
    Operation("api_review", "reviews/<slug:kind>/<str:day>", "see_review", "A week or a month in review.",
              ReviewQuery, ReviewAnswer, review),
)  # fmt: skip
