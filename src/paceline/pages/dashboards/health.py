"""Data health: can I believe the numbers? What is there, what is missing, what that does to which metric."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from paceline.metrics.reading import Part, Reading
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Category, Metric
from paceline.pages.dashboards.kept import readings
from paceline.pages.dashboards.later import soon
from paceline.pages.dashboards.unmatched import (
    Activity,
    Amounts,
    Reconciled,
    Stranger,
    activities,
    amounts,
    reconciled,
    strangers,
)
from paceline.project.health import Count, counts
from paceline.sales.periods import Period, epoch_day
from paceline.sales.scope import Scope
from paceline.warehouse.store import LOAD_LOG, LOG_SCHEMA, ibis_table

_LOADS = 12
_WHOLE = 0.995


@dataclass(frozen=True)
class Load:
    """One load of a source: when, how many rows it read, brought and changed."""

    at: int
    source: str
    read: int
    inserted: int
    updated: int


@dataclass(frozen=True)
class Gap:
    """A metric whose needed data isn't all there, or that has no value at all."""

    metric: Metric
    reading: Reading
    least: Part | None


@dataclass(frozen=True)
class Matching:
    """By which rule the people touched were matched to an account, and how many."""

    rule: str
    touches: int


@dataclass(frozen=True)
class Health:
    """The page. ``whole``: how many metrics lack nothing."""

    records: tuple[Count, ...]
    loads: tuple[Load, ...]
    hygiene: tuple[Reading, ...]
    gaps: tuple[Gap, ...]
    whole: int
    matching: tuple[Matching, ...]
    strangers: tuple[Stranger, ...]
    activities: tuple[Activity, ...]
    reconciled: tuple[Reconciled, ...]
    amounts: tuple[Amounts, ...]


def health(store: Store, scope: Scope, period: Period, as_of: date | None = None, wait: float | None = None) -> Health:
    """What a scope's numbers in the period stand on. Raises NotYetError while it is worked out."""
    return soon(store, ("health", scope, period), as_of, lambda: _health(store, scope, period, as_of), wait)


def _health(store: Store, scope: Scope, period: Period, as_of: date | None) -> Health:
    main = [metric for metric in store.catalog.values() if metric.variant_of is None and metric.category is not Category.HYGIENE]
    found = readings(store, [metric.slug for metric in main], scope, [period], as_of=as_of)
    gaps = [gap for reading in found if (gap := _gap(reading)) is not None]
    dirty = [metric.slug for metric in store.catalog.values() if metric.category is Category.HYGIENE]
    return Health(
        tuple(counts(store.engine)),
        _loads(store),
        tuple(readings(store, dirty, scope, [period], as_of=as_of)),
        tuple(sorted(gaps, key=lambda gap: (gap.reading.value is not None, gap.reading.coverage_share, gap.metric.name))),
        len(main) - len(gaps),
        _matching(store, period, as_of),
        strangers(store, scope, period, as_of),
        activities(store, scope, period, as_of),
        reconciled(store),
        amounts(store),
    )


def _gap(reading: Reading) -> Gap | None:
    least = min(reading.coverage, key=lambda part: part.share, default=None)
    if reading.value is not None and (least is None or least.share >= _WHOLE):
        return None
    return Gap(reading.metric, reading, least)


def _loads(store: Store) -> tuple[Load, ...]:
    rows: list[dict[str, Any]] = store.engine.query(ibis_table(LOAD_LOG, LOG_SCHEMA)).to_pylist()
    found: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["at"], row["source"]), []).append(row)
    loads = [
        Load(at, source, *(sum(row[name] for row in some) for name in ("read", "inserted", "updated")))
        for (at, source), some in found.items()
    ]
    return tuple(sorted(loads, key=lambda load: -load.at)[:_LOADS])


def _matching(store: Store, period: Period, as_of: date | None) -> tuple[Matching, ...]:
    view = store.view(as_of)
    touch = view.frame.fact("touch_person")
    inside = touch.filter((touch.day >= period.first_day) & (touch.day < min(period.until_day, epoch_day(view.day) + 1)))
    rows = view.engine.query(inside.group_by("rule").agg(touches=inside.count())).to_pylist()
    return tuple(sorted((Matching(row["rule"] or "none", row["touches"]) for row in rows), key=lambda one: -one.touches))
