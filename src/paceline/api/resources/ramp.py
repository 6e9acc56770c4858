"""New hires beside past hires at the same tenure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Answer, Person, Shape, instant, number
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.question import Whose, understood
from paceline.api.resources.comparison import sees_peers
from paceline.insight.ramp import QUANTILES
from paceline.judging.ramp import Cohort as Past
from paceline.judging.ramp import NewHire, ramp
from paceline.pages.dashboards.kept import kept_for_the_day
from paceline.people.roles import Role


class Hire(Shape):
    """A new hire. ``paces``: by month of tenure, null where unknown."""

    person: Person
    role: str
    segment: str
    hired: date
    paces: list[float | None]
    month: int
    pace: float | None = Field(description="Since the day of hire.")
    usual: float | None = Field(description="The past hires' median.")
    past_hires: int
    higher: int = Field(description="How many of them had a higher pace.")
    slow: bool | None = Field(description="null: too few came before.")
    fully_productive_from: date | None
    between: list[date | None] = Field(description="8 in 10: from, until.")
    sentence: str


class Cohort(Shape):
    """Past hires of a role and segment (null: all). ``curve``: month of tenure → quantiles of their pace, and how many had it."""

    role: str
    segment: str | None
    hires: int
    full: float | None = Field(description="Tenured peers' median pace.")
    quantiles: list[float]
    curve: list[list[float | None]] = Field(description="A list a month: a pace for each of `quantiles`.")
    n: list[int]
    sentences: list[str]


class RampAnswer(Answer):
    """The ramp of one metric."""

    metric: str
    definition_version: int
    unit: str = Field(description="What a pace is, in words.")
    because: str | None = Field(description="Why there are none: peers aren't shown, or nobody is new.")
    hires: list[Hire]
    cohorts: list[Cohort]


class RampQuery(Whose):
    """Whose ramp, in what."""

    metric: str = Field("new_opportunities", description="A metric that adds up over months, or a rate.")


def ramp_of(caller: Caller, query: RampQuery) -> RampAnswer:
    """The scope's new hires."""
    door, problems = caller.door("see_ramp"), caller.problems
    if query.metric not in door.store.catalog:
        problems.unknown("metric", "metric", query.metric, list(door.store.catalog))
    asked = understood(door, query, problems)
    found = kept_for_the_day(
        asked.store, ("ramp", query.metric, asked.scope), asked.as_of,
        lambda: ramp(asked.store, query.metric, asked.scope, asked.as_of),
    )  # fmt: skip
    words = {**{name: word for name, word in asked.words if name != "period"}, "metric": query.metric}
    with_peers = caller.user.role != Role.REP or sees_peers(caller, caller.user.rep_id, asked)
    return RampAnswer(
        as_of=instant(asked.store.view(asked.as_of).as_of),
        link=caller.link(f"{reverse('ramp')}?{urlencode(words)}"), metric=query.metric,
        definition_version=found.metric.version, unit=found.unit, because=_because(found.hires, with_peers),
        hires=[_hire(one) for one in found.hires] if with_peers else [],
        cohorts=[_cohort(one) for one in found.cohorts] if with_peers else [],
    )  # fmt: skip


def _because(hires: Sequence[NewHire], with_peers: bool) -> str | None:
    if not with_peers:
        return "values of others aren't shown here: the company turned them off, or they are too few"
    return None if hires else "nobody here is in the first twelve months"


def _hire(one: NewHire) -> Hire:
    return Hire(
        person=Person(rep_id=one.rep, name=one.name), role=one.role, segment=one.segment, hired=one.hired,
        paces=[number(float(pace)) for pace in one.paces], month=one.standing.month, pace=number(one.standing.pace),
        usual=number(one.standing.usual), past_hires=one.standing.n, higher=one.standing.higher, slow=one.standing.slow,
        fully_productive_from=one.full_from, between=[one.full_low, one.full_high], sentence=one.sentence,
    )  # fmt: skip


def _cohort(one: Past) -> Cohort:
    months = one.fan.quantiles.T.tolist()
    return Cohort(
        role=one.role, segment=one.segment, hires=one.hires, full=number(one.full), quantiles=list(QUANTILES),
        curve=[[number(pace) for pace in month] for month in months], n=[int(n) for n in one.fan.n],
        sentences=list(one.sentences),
    )  # fmt: skip


OPERATIONS = (
    Operation("api_ramp", "ramp", "see_ramp", "New hires beside past hires at the same tenure.", RampQuery, RampAnswer, ramp_of),
)
