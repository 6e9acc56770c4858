"""Which metrics can be watched week by week, as what kind of number, and what a change of one means for a rep's result.

All of it is read from the metrics' own declarations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from paceline.metrics.conditions import AllOf, AnyOf, Condition, Test, columns_of
from paceline.metrics.relations import RELATIONS
from paceline.metrics.vocabulary import Category, Coverage, Grain, Kind, Measure, Metric, Unit, at_grain
from paceline.saying.said import Said, say
from paceline.stats.scan import Kind as SeriesKind

RESULT, DRIVER, DETAIL = 1.0, 0.7, 0.4  # what a change weighs: of a result itself, of what drives one, of anything else
_SNAPSHOTS = ("span",)  # facts whose rows are states, not events: their weeks repeat each other
_AIMS = ("goal", "forecast", "cost")  # written for whole months and quarters
_COUNTED = (Kind.COUNT, Kind.DISTINCT)


@dataclass(frozen=True)
class Judged:
    """A metric watched by the week. ``numerator`` and ``denominator`` (None of counts) as a rep's; ``matured``: its coverage
    that says which part of a week can't change any more.
    """

    metric: Metric
    kind: SeriesKind
    numerator: Measure
    denominator: Measure | None
    matured: Coverage | None

    @property
    def slug(self) -> str:
        """The metric's."""
        return self.metric.slug


def judged(catalog: Mapping[str, Metric]) -> tuple[Judged, ...]:
    """The metrics watched, in the catalogue's order.

    Of a metric and its variants the metric itself, for they'd tell one change twice. A variant is watched where the metric can't
    be, or where it is the twin that keeps a watched metric honest (dials, of the share of calls answered).
    """
    watched = {slug: one for slug, metric in catalog.items() if isinstance(one := as_series(metric), Judged)}
    own = {slug for slug, one in watched.items() if one.metric.variant_of not in watched}
    twins = {watched[slug].metric.twin for slug in own}
    return tuple(one for slug, one in watched.items() if slug in own or slug in twins)


def not_judged(catalog: Mapping[str, Metric]) -> dict[str, Said]:
    """Slug → why a metric isn't watched by the week."""
    watched = {one.slug for one in judged(catalog)}
    return {
        slug: why if isinstance(why := as_series(metric), Said) else _twice(metric)
        for slug, metric in catalog.items()
        if slug not in watched
    }


def _twice(metric: Metric) -> Said:
    return say("it would tell a change of {metric} twice", metric=metric.variant_of or "")


def as_series(metric: Metric) -> Judged | Said:
    """What a weekly series of the metric is, or why it is none."""
    top = at_grain(metric.numerator, Grain.REP)
    bottom = None if metric.denominator is None else at_grain(metric.denominator, Grain.REP)
    if not isinstance(top, Measure) or not (bottom is None or isinstance(bottom, Measure)):
        return say("it is calculated from several numbers, which are watched themselves")
    if top.kind is Kind.QUANTILE:
        return say("medians and quantiles can't be added up over weeks")
    if any(m.window.kind != "same" for m in (top, bottom) if m is not None):
        return say("it looks further back than the week")
    if metric.category is Category.HYGIENE:
        return say("it tells how complete the records are, not how someone sells")
    if _is_state(top) or (bottom is not None and RELATIONS[bottom.rows].fact in _AIMS):
        return say("it is a state at a day, not what a week brought")
    matured = next((part for part in metric.coverage if _looks_at_now(part.have.where)), None)
    if matured is None and (_looks_at_now(top.where) or (metric.interval == "wilson" and _counts_unknown(top.where))):
        return say("its recent weeks are still maturing, without an end")
    kind = _kind(metric, top, bottom)
    return Judged(metric, kind, top, bottom, matured) if isinstance(kind, SeriesKind) else kind


def _kind(metric: Metric, top: Measure, bottom: Measure | None) -> SeriesKind | Said:
    if bottom is None:
        if top.kind in _COUNTED and metric.unit is Unit.COUNT:
            return SeriesKind.COUNT
        return say("a sum of money or minutes is too restless by the week; its count and its average are watched")
    if metric.interval == "wilson":
        return SeriesKind.RATE
    return SeriesKind.MEAN


def _is_state(top: Measure) -> bool:
    return RELATIONS[top.rows].fact in (*_SNAPSHOTS, *_AIMS) or top.rows == "mix"


def _looks_at_now(where: Condition) -> bool:
    return any(column.startswith("p_") for column in columns_of(where))


def _counts_unknown(where: Condition) -> bool:
    """Whether it counts what hasn't happened (and still may)."""
    if isinstance(where, AllOf | AnyOf):
        return any(_counts_unknown(part) for part in where.parts)
    return isinstance(where, Test) and where.operator == "unknown"


def meanings(catalog: Mapping[str, Metric], slugs: Iterable[str]) -> dict[str, float]:
    """What a change weighs, by slug: a result most, then what drives one, then the rest; below 0 where less is better.

    Metrics with a band or without a better way are weighed as above 0; which way is better there, the values say.
    """
    return {slug: _weight(catalog[slug]) * (-1 if catalog[slug].direction.way == "lower" else 1) for slug in slugs}


def _weight(metric: Metric) -> float:
    if metric.category is Category.RESULT:
        return RESULT
    return DRIVER if metric.drives else DETAIL


def is_better(metric: Metric, observed: float, expected: float) -> bool | None:
    """Whether a change is good news; None where the metric knows no better way, or stays within its band."""
    way = metric.direction
    if way.way in ("higher", "lower"):
        return (observed > expected) == (way.way == "higher")
    if way.way == "none":
        return None
    now, before = (_outside(value, way.low, way.high) for value in (observed, expected))
    return None if now == before else now < before


def _outside(value: float, low: float | None, high: float | None) -> float:
    """How far a value is outside the band."""
    return max((low if low is not None else value) - value, value - (high if high is not None else value), 0.0)
