"""Where the effort pays: groups of deals, compared fairly."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Answer, Range, Shape, instant, number, period_of
from paceline.api.answers import Period as Days
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.question import When, understood
from paceline.insight.segments import Compared as Found
from paceline.judging.segments import BY, Group, segments
from paceline.pages.dashboards.kept import kept_for_the_day


class Measure(Shape):
    """A group in one measure, beside the rest."""

    measure: str = Field(description="win_rate, deal_size, cycle_days or value.")
    n: int
    raw: float | None
    adjusted: float | None = Field(description="At the company's mix.")
    likely: Range | None = Field(description="8 in 10 of the adjusted.")
    difference: float | None = Field(description="From the rest.")
    difference_range: Range | None
    verdict: str
    needs: int | None = Field(description="About how many deals a verdict would take.")
    comparable: float


class Segment(Shape):
    """A group of deals."""

    name: str
    share_of_touches: float | None
    share_of_meetings: float | None
    share_of_value: float | None
    growth: float | None
    measures: list[Measure]


class SegmentsAnswer(Answer):
    """Groups of decided deals."""

    by: str
    period: Days
    currency: str
    groups: list[Segment]
    held_alike: dict[str, list[str]] = Field(description="Measure → what was held alike between deals.")
    sentences: list[str]


class SegmentsQuery(When):
    """Which deals, by what."""

    period: str = Field("", description="Deals decided in these days; without it, the 365 days up to today.")
    by: str = Field("source", description=f"One of {', '.join(BY)}.")


def segments_of(caller: Caller, query: SegmentsQuery) -> SegmentsAnswer:
    """The scope's decided deals, by one of their attributes."""
    door, problems = caller.door("see_decide"), caller.problems
    if query.by not in BY:
        problems.unknown("by", "cut of deals", query.by, BY)
    if not query.period:
        query = query.model_copy(update={"period": _year(door.store.view(query.as_of).day)})
    asked = understood(door, query, problems)
    found = kept_for_the_day(
        asked.store, ("segments", asked.scope, asked.period, query.by), asked.as_of,
        lambda: segments(asked.store, asked.scope, asked.period, query.by, asked.as_of),
    )  # fmt: skip
    return SegmentsAnswer(
        as_of=instant(asked.store.view(asked.as_of).as_of),
        link=caller.link(f"{reverse('decide')}?{urlencode(dict(asked.words) | {'by': query.by})}"),
        by=found.by, period=period_of(found.period),
        currency=found.currency, groups=[_segment(group) for group in found.groups],
        held_alike={name: list(words) for name, words in found.mix.items()}, sentences=list(found.sentences),
    )  # fmt: skip


def _year(today: date) -> str:
    until = today + timedelta(days=1)
    return f"{until - timedelta(days=365)}..{until}"


def _segment(group: Group) -> Segment:
    return Segment(
        name=group.name, share_of_touches=number(group.touches), share_of_meetings=number(group.meetings),
        share_of_value=number(group.value), growth=number(group.growth.growth),
        measures=[_measure(name, one) for name, one in group.measures.items()],
    )  # fmt: skip


def _measure(name: str, one: Found) -> Measure:
    return Measure(
        measure=name, n=one.n, raw=number(one.raw), adjusted=number(one.adjusted), likely=_range(one.low, one.high),
        difference=number(one.difference), difference_range=_range(one.difference_low, one.difference_high),
        verdict=one.verdict.value, needs=one.needs, comparable=one.comparable,
    )  # fmt: skip


def _range(low: float | None, high: float | None) -> Range | None:
    return None if number(low) is None or number(high) is None else Range(low=float(low or 0), high=float(high or 0))


OPERATIONS = (
    Operation("api_segments", "segments", "see_decide", "Where the effort pays: groups of deals, compared fairly.",
              SegmentsQuery, SegmentsAnswer, segments_of),
)  # fmt: skip
