"""What a result's gap is made of."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Answer, Range, Shape, instant, number, period_of, range_of
from paceline.api.answers import Period as Days
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.question import When, understood
from paceline.api.refusal import Refused
from paceline.api.resources.comparison import sees_peers
from paceline.insight.drivers import Driver as Found
from paceline.judging.drivers import GOAL, PAST, PEERS, drivers_of
from paceline.metrics.vocabulary import Unit
from paceline.pages.dashboards.kept import kept_for_the_day
from paceline.people.roles import Role

SIDES = {"past": PAST, "peers": PEERS, "goal": GOAL}


class Driver(Shape):
    """A part of the gap. Those of depth 0 add up to it, and so do the leaves."""

    name: str
    depth: int
    leaf: bool
    part: float
    interval: Range | None = Field(description="8 in 10.")
    named: bool = Field(description="The interval leaves out 0: it can be told from no part at all.")
    here: float | None
    there: float | None
    metric: str | None = Field(description="The metric that shows its records.")


class Turn(Shape):
    """A driver that turned."""

    driver: str
    week: date
    chance: float
    sentence: str


class DriversAnswer(Answer):
    """A gap, split. Arithmetic, not proof of a cause."""

    metric: str
    definition_version: int
    unit: str
    currency: str | None
    period: Days
    against: str
    reference: str
    here: float
    there: float
    gap: float
    drivers: list[Driver]
    turns: list[Turn]
    notes: list[str]


class DriversQuery(When):
    """Whose gap, to what."""

    period: str = Field("this_quarter", description="Which days, as far as they are known.")
    metric: str = Field("revenue", description="revenue, sales_volume or pipeline_generated.")
    against: str = Field("past", description="past (the four periods before), peers, or goal.")


def drivers(caller: Caller, query: DriversQuery) -> DriversAnswer:
    """The gap of the scope's result, and its drivers."""
    door, problems = caller.door("see_drivers"), caller.problems
    if query.against not in SIDES:
        problems.unknown("against", "side", query.against, list(SIDES))
    if query.metric not in door.store.catalog:
        problems.unknown("metric", "metric", query.metric, ["revenue", "sales_volume", "pipeline_generated"])
    asked = understood(door, query, problems)
    if query.against == "peers" and caller.user.role == Role.REP and not sees_peers(caller, asked.scope.one_rep or "", asked):
        raise Refused(403, "no_peers", "Values of peers aren't shown here: the company turned them off, or they are too few.")
    key = ("drivers", query.metric, asked.period, asked.scope, query.against)
    found = kept_for_the_day(asked.store, key, asked.as_of, lambda: drivers_of(
        asked.store, query.metric, asked.period, asked.scope, SIDES[query.against], as_of=asked.as_of
    ))  # fmt: skip
    words = dict(asked.words) | {"metric": query.metric, "against": query.against}
    return DriversAnswer(
        as_of=instant(asked.store.view(asked.as_of).as_of),
        link=caller.link(f"{reverse('drivers')}?{urlencode(words)}"), metric=found.metric,
        definition_version=asked.store.catalog[found.metric].version, unit=found.unit.value,
        currency=found.currency if found.unit is Unit.MONEY else None, period=period_of(found.period), against=query.against,
        reference=found.reference, here=found.split.here, there=found.split.there, gap=found.split.gap,
        drivers=[_driver(one) for one in found.split.drivers],
        turns=[
            Turn(driver=one.turn.driver, week=one.week, chance=one.turn.chance, sentence=one.sentence) for one in found.turns
        ],
        notes=list(found.notes),
    )  # fmt: skip


def _driver(one: Found) -> Driver:
    return Driver(
        name=one.name, depth=one.depth, leaf=one.leaf, part=one.part, interval=range_of(one.interval), named=one.named,
        here=number(one.here), there=number(one.there), metric=one.metric,
    )  # fmt: skip


OPERATIONS = (
    Operation("api_drivers", "drivers", "see_drivers", "What a result's gap to past, peers or goal is made of.",
              DriversQuery, DriversAnswer, drivers),
)  # fmt: skip
