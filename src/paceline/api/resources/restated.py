"""Why did last month change? A number as it was told on a day beside what it is now, and what was learnt since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Answer, Shape, instant, number, period_of
from paceline.api.answers import Period as Days
from paceline.api.answers import Reading as Read
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.question import Question, When, metrics_of, understood
from paceline.api.resources.readings import read
from paceline.metrics.restated import Learnt, Shift, Since
from paceline.pages.dashboards import kept
from paceline.pages.dashboards.later import PATIENT
from paceline.pages.dashboards.restated_views import replaced, since_day


class Replaced(Shape):
    """How many values of a field loads replaced."""

    kind: str
    field: str
    count: int


class Became(Shape):
    """Something learnt of a record: a field that read ``old`` reads ``new``; ``field`` null: the record is new."""

    kind: str
    id: str
    field: str | None
    old: str | None
    new: str | None
    at: datetime


class Shifted(Shape):
    """A record that counts otherwise than on that day. Money in units of the currency; null: not counted."""

    measure: str
    kind: str
    id: str
    then: float | None
    now: float | None
    learnt: list[Became] = Field(description="Empty: it is what happened, or fell due, since.")


class RestatedAnswer(Answer):
    """What loads replaced since a day; of a metric, the records that make the difference."""

    period: Days
    since: date
    replaced: list[Replaced] = Field(description="Of all records, the most frequent first.")
    then: Read | None = Field(description="As told on that day; null without a metric.")
    now: Read | None
    sentence: str | None
    shifts: list[Shifted]
    ground: list[Became] = Field(description="What belongs to no single record: rates, stages, holidays.")


class RestatedQuery(When):
    """Which number, since when."""

    period: str = Field("last_month", description="Of which days.")
    since: date | None = Field(None, description="As told on this day; without it, the first after the period, or a week ago.")
    metric: str = Field("", description="A metric's slug; without one, only what was replaced.")


def restated(caller: Caller, query: RestatedQuery) -> RestatedAnswer:
    """What changed since a day."""
    door, problems = caller.door("see_data_health"), caller.problems
    if query.metric:
        metrics_of(door.store, [query.metric], problems, "metric")
    if query.since is not None and query.since > door.store.view(query.as_of).day:
        problems.add("since", f"{query.since} is in the future.", "Send a past day.")
    asked = understood(door, query, problems)
    day = query.since or min(asked.period.until, asked.today - timedelta(days=7))
    words = dict(asked.words) | {"since": str(day)} | ({"metric": query.metric} if query.metric else {})
    found = _since(asked, query.metric, day) if query.metric else None
    return RestatedAnswer(
        as_of=instant(asked.store.view(asked.as_of).as_of), link=caller.link(f"{reverse('restated')}?{urlencode(words)}"),
        period=period_of(asked.period), since=day,
        replaced=[Replaced(kind=kind, field=field, count=count) for kind, field, count in replaced(asked.store, day)],
        then=None if found is None else read(caller, asked, found.then),
        now=None if found is None else read(caller, asked, found.now),
        sentence=None if found is None else str(found.sentence), shifts=_shifts(found.shifts if found is not None else ()),
        ground=_learnt(found.ground if found is not None else ()),
    )  # fmt: skip


def _since(asked: Question, slug: str, day: date) -> Since:
    reading = kept.one(asked.store, slug, asked.scope, asked.period, as_of=asked.as_of)
    return since_day(asked.store, reading, day, asked.as_of, PATIENT)


def _shifts(some: Sequence[Shift]) -> list[Shifted]:
    return [
        Shifted(measure=one.measure, kind=one.table, id=one.id, then=_amount(one.then, one.money),
                now=_amount(one.now, one.money), learnt=_learnt(one.learnt))
        for one in some
    ]  # fmt: skip


def _amount(value: float | None, money: bool) -> float | None:
    return None if value is None else number(value / 100 if money else value)


def _learnt(some: Sequence[Learnt]) -> list[Became]:
    return [
        Became(kind=one.table, id=one.id, field=one.column, old=one.old, new=one.new, at=instant(one.known_at)) for one in some
    ]


OPERATIONS = (
    Operation("api_restated", "data-health/restated", "see_data_health", "Why did last month change?",
              RestatedQuery, RestatedAnswer, restated),
)  # fmt: skip
