"""Where a period will end, and what moved the open pipeline."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Answer, Range, Shape, instant, number, period_of, range_of
from paceline.api.answers import Period as Days
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.question import When, understood
from paceline.insight.waterfall import MEANING
from paceline.judging.forecast import OF_DEALS
from paceline.judging.forecast_deals import DealLine
from paceline.judging.forecast_lines import ForecastLine
from paceline.judging.waterfall import pipeline_change
from paceline.metrics.vocabulary import Unit
from paceline.pages.dashboards import judged
from paceline.pages.dashboards.kept import kept
from paceline.pages.dashboards.written import last_day
from paceline.sales.periods import from_epoch_day


class Line(Shape):
    """The forecast of one subject. Amounts in the metric's unit, money in units of the currency."""

    level: str = Field(description="scope, company, team or rep.")
    id: str
    name: str
    unit: str
    currency: str | None
    so_far: float | None
    middle: float | None = Field(description="As likely to be passed as not.")
    likely: Range | None = Field(description="8 in 10.")
    from_open_deals: float | None
    from_deals_to_come: float | None
    goal: float | None
    chance: float | None = Field(description="Of reaching the goal.")
    committed: float | None = Field(description="What its reps called as commit.")
    open_deals: int | None
    stale_deals: int | None
    own_average: float | None = Field(description="What one could say without a forecast: the average of earlier periods,")
    last_period: float | None = Field(description="the period before,")
    weighted_pipeline: float | None = Field(description="and the open pipeline weighted by stage.")
    sentence: str
    because: str | None


class OpenDeal(Shape):
    """An open deal of the forecast."""

    opportunity_id: str
    name: str
    account: str | None
    rep_id: str
    rep_name: str
    stage: str | None
    amount: float | None
    age_days: int
    expected_close: date | None = Field(description="As the rep says.")
    chance: float = Field(description="To be won before the period ends.")
    likely_day: date | None
    expected: float = Field(description="Chance × amount.")
    win_chance: float | None = Field(description="To be won at all.")
    reasons: str
    stale: bool


class ForecastAnswer(Answer):
    """The forecast: first the scope asked, then teams and reps where there are any."""

    metric: str
    definition_version: int
    period: Days
    lines: list[Line]
    deals: list[OpenDeal]
    deals_in_all: int
    notes: list[str]


class ForecastQuery(When):
    """Of what, and when."""

    period: str = Field("this_quarter", description="Which period's end.")
    metric: str = Field("revenue", description="revenue, sales_volume, or any count that adds up over days.")
    deals: int = Field(20, ge=0, le=500, description="How many open deals, those that are expected to bring most first.")


class Move(Shape):
    """One part of a change, in units of the currency."""

    cause: str
    meaning: str
    deals: int
    amount: float


class ChangesAnswer(Answer):
    """``opening`` and all parts add up to ``closing``."""

    opened: date
    closed: date
    currency: str
    opening: float
    closing: float
    unknown: int = Field(description="Open deals at the end whose amount isn't known; they count 0.")
    parts: list[Move]
    sentence: str


def forecast(caller: Caller, query: ForecastQuery) -> ForecastAnswer:
    """The forecast page's numbers."""
    door, problems = caller.door("see_forecast"), caller.problems
    if query.metric not in door.store.catalog:
        problems.unknown("metric", "metric", query.metric, [*OF_DEALS, *door.store.catalog])
    asked = understood(door, query, problems)
    found = judged.foreseen(asked.store, query.metric, asked.period, asked.scope, asked.as_of)
    words = dict(asked.words) | {"metric": query.metric}
    return ForecastAnswer(
        as_of=instant(asked.store.view(asked.as_of).as_of),
        link=caller.link(f"{reverse('forecast')}?{urlencode(words)}"),
        metric=query.metric, definition_version=asked.store.catalog[query.metric].version, period=period_of(found.period),
        lines=[line_of(line) for line in found.lines], deals=[_deal(one) for one in found.deals[: query.deals]],
        deals_in_all=len(found.deals), notes=list(found.notes),
    )  # fmt: skip


def line_of(line: ForecastLine) -> Line:
    """One subject's part."""
    look, told = line.outlook, line.baselines
    return Line(
        level=line.level, id=line.id, name=line.name, unit=line.unit.value,
        currency=line.currency if line.unit is Unit.MONEY else None, so_far=number(line.so_far),
        middle=None if look is None else number(look.middle), likely=None if look is None else range_of(look.interval),
        from_open_deals=None if look is None else number(look.open),
        from_deals_to_come=None if look is None else number(look.new),
        goal=number(line.goal), chance=number(line.chance), committed=number(line.said("commit")), open_deals=line.open_deals,
        stale_deals=line.stale_deals, own_average=number(told.own_average), last_period=number(told.last_period),
        weighted_pipeline=number(told.weighted_pipeline), sentence=line.goal_sentence or line.sentence,
        because=line.none_because,
    )  # fmt: skip


def _deal(one: DealLine) -> OpenDeal:
    return OpenDeal(
        opportunity_id=one.opportunity_id, name=one.name, account=one.account, rep_id=one.rep_id, rep_name=one.rep_name,
        stage=one.stage, amount=number(one.amount), age_days=one.age_days, expected_close=_day(one.close_day),
        chance=one.chance, likely_day=_day(one.likely_day), expected=one.expected, win_chance=number(one.win_chance),
        reasons=one.reasons, stale=one.stale,
    )  # fmt: skip


def _day(number_of: int | None) -> date | None:
    return None if number_of is None or abs(number_of) > 100_000 else from_epoch_day(number_of)


def changes(caller: Caller, query: When) -> ChangesAnswer:
    """What moved the open pipeline from the day before the period to its last day, or today."""
    problems = caller.problems
    asked = understood(caller.door("see_forecast"), query, problems)
    opened, closed = asked.period.first - timedelta(days=1), min(last_day(asked.period), asked.today)
    if opened >= closed:
        problems.add("period", "A change needs two days.", "Choose a longer period.")
    problems.check()
    key = ("changes", asked.scope, opened, closed)
    found = kept(asked.store, key, None, lambda: pipeline_change(asked.store, asked.scope, opened, closed))
    return ChangesAnswer(
        as_of=instant(asked.store.view(asked.as_of).as_of),
        link=caller.link(f"{reverse('pipeline_changes')}?{urlencode(asked.words)}"), opened=opened, closed=closed,
        currency=found.currency, opening=found.change.opening / 100, closing=found.change.closing / 100,
        unknown=found.change.unknown, sentence=found.sentence,
        parts=[
            Move(cause=str(one.cause), meaning=MEANING[one.cause], deals=one.deals, amount=one.cents / 100)
            for one in found.change.parts if one.deals
        ],
    )  # fmt: skip


OPERATIONS = (
    Operation("api_forecast", "forecast", "see_forecast", "Where a period will end, with how sure that is.",
              ForecastQuery, ForecastAnswer, forecast),
    Operation("api_changes", "forecast/changes", "see_forecast", "What moved the open pipeline between two days.",
              When, ChangesAnswer, changes),
)  # fmt: skip
