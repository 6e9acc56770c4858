"""The shapes that several resources give. Unknown is null, never 0, and ``because`` says why.

Dates are ISO 8601; ranges of days name their last day. Money is in units of the currency, exact to the cent; shares are fractions
(0.63). ``numerator`` and ``denominator`` are as added up: money in cents.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from math import isfinite

from pydantic import BaseModel, ConfigDict, Field

from paceline.metrics.reading import Part as ReadingPart
from paceline.metrics.reading import Reading as EngineReading
from paceline.metrics.vocabulary import Metric, Unit
from paceline.pages.dashboards.written import last_day
from paceline.sales.periods import Period as Days


class Shape(BaseModel):
    """A part of an answer: every field is always there."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(Shape):
    """What every answer carries besides its content."""

    as_of: datetime = Field(description="What was known at this moment is in the answer.")
    link: str = Field(description="The page that shows the same, or leads there.")


class Listing(Answer):
    """What every list carries besides its items."""

    next_cursor: str | None = Field(description="Send it as `cursor` for the items after these; null: there are none.")


class Period(Shape):
    """Days, both ends included."""

    label: str
    grain: str
    first: date
    last: date


class Range(Shape):
    """From a low end to a high one."""

    low: float
    high: float


class Part(Shape):
    """How much of what a number needs is there."""

    words: str
    have: float
    of: float
    share: float


class Person(Shape):
    """Someone of the CRM."""

    rep_id: str
    name: str


class Reading(Shape):
    """What a metric reads. ``value`` null: ``because`` says why. ``interval``: 95 %. ``usual``: the range of its own past."""

    metric: str
    name: str
    definition_version: int
    unit: str
    currency: str | None = Field(description="Of a money metric; else null.")
    period: Period
    group: dict[str, str | None] = Field(description="What it is cut by, and the value of each; empty without a cut.")
    rep_name: str | None
    value: float | None
    because: str | None = Field(description="Why there is no value; null where there is one.")
    numerator: float | None = Field(description="As added up; money in cents.")
    denominator: float | None
    n: int = Field(description="How many things it is of.")
    interval: Range | None
    usual: Range | None = Field(description="Between what the earlier periods vary; null if not asked for, or too few are known.")
    mark: str | None = Field(description="`worse` or `better` than usual, `ramp` for new hires; null otherwise.")
    coverage: list[Part]
    mean_of_reps: float | None
    link: str
    records: str = Field(description="Where the API gives the records behind it.")


def number(value: float | None) -> float | None:
    """A number as JSON knows them: what is not finite is unknown."""
    return None if value is None or not isfinite(value) else float(value)


def range_of(ends: tuple[float, float] | None) -> Range | None:
    """A pair of ends; null where one isn't a number."""
    if ends is None or not all(isfinite(end) for end in ends):
        return None
    return Range(low=float(ends[0]), high=float(ends[1]))


def period_of(days: Days) -> Period:
    """Days of the engine, which end before ``until``."""
    return Period(label=days.label, grain=days.grain, first=days.first, last=last_day(days))


def part_of(part: ReadingPart) -> Part:
    """A part of a reading's coverage."""
    return Part(words=part.words, have=part.have, of=part.of, share=part.share)


def instant(at: int) -> datetime:
    """Epoch seconds."""
    return datetime.fromtimestamp(at, UTC)


def currency_of(metric: Metric, currency: str) -> str | None:
    """The currency of a money metric."""
    return currency if metric.unit is Unit.MONEY else None


def reading_of(
    of: EngineReading, link: str, records: str, usual: tuple[float, float] | None = None, mark: str | None = None
) -> Reading:
    """A reading of the engine, with where to look further."""
    return Reading(
        metric=of.slug,
        name=of.metric.name,
        definition_version=of.version,
        unit=of.metric.unit.value,
        currency=currency_of(of.metric, of.currency),
        period=period_of(of.period),
        group=dict(of.group),
        rep_name=of.name,
        value=number(of.value),
        because=of.none_because,
        numerator=number(of.numerator),
        denominator=number(of.denominator),
        n=of.n,
        interval=range_of(of.interval),
        usual=range_of(usual),
        mark=mark or None,
        coverage=[part_of(part) for part in of.coverage],
        mean_of_reps=number(of.mean_of_reps),
        link=link,
        records=records,
    )
