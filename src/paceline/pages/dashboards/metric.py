"""The metric page: what the number means, its trend, its distribution, who is where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from paceline.insight.scoreboard import mark
from paceline.metrics.explain import formula
from paceline.metrics.reading import Reading
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Metric
from paceline.pages.dashboards.address import Course
from paceline.pages.dashboards.kept import readings
from paceline.pages.dashboards.team import MARKS, Cell, cell_of, histories_of, people_of, usual_of
from paceline.sales.scope import Scope


@dataclass(frozen=True)
class Standing:
    """A rep on this metric."""

    rep: str
    name: str
    cell: Cell


@dataclass(frozen=True)
class Page:
    """``history``: the scope's pooled readings, oldest first. ``limits``: lower, usual, upper of those before the last.
    ``others``: how many people of other roles are in the number, but not among the standings.
    """

    metric: Metric
    formula: str
    history: tuple[Reading, ...]
    limits: tuple[float, float, float] | None
    mark: str
    standings: tuple[Standing, ...]
    related: tuple[Metric, ...]
    others: int = 0

    @property
    def reading(self) -> Reading:
        """That of the period asked."""
        return self.history[-1]


def page(store: Store, metric: Metric, scope: Scope, course: Course, *, named: bool = True, as_of: date | None = None) -> Page:
    """The page of a metric over a scope. ``named``: also who is where; else nobody."""
    history = tuple(readings(store, [metric.slug], scope, course.periods, as_of=as_of))
    before = [reading.value for reading in history[:-1] if reading.value is not None]
    limits = usual_of(metric, before)
    sign = MARKS[mark([reading.value for reading in history], metric.direction, False)]
    standings, others = _standings(store, metric, scope, course, as_of) if named and scope.one_rep is None else ((), 0)
    told = formula(metric.numerator, metric.denominator)
    return Page(metric, told, history, limits, sign, standings, _related(store, metric), others)


def _standings(
    store: Store, metric: Metric, scope: Scope, course: Course, as_of: date | None
) -> tuple[tuple[Standing, ...], int]:
    """Who is where, and how many people of other roles are in the number, too."""
    people = people_of(store, scope, course.last, as_of)
    histories = histories_of(store, scope, [metric.slug], course.periods, as_of)
    found, others = [], 0
    fits = {rep for rep, stint in people.items() if (stint.role or "").casefold() in {role.casefold() for role in metric.roles}}
    for rep, stint in people.items():
        history = histories.get((metric.slug, rep))
        if fits and rep not in fits:  # a metric of closers says nothing of prospectors
            last = history[-1] if history else None
            others += last is not None and last.n > 0
            continue
        if history is not None and any(reading is not None and reading.n > 0 for reading in history):
            found.append(Standing(rep, stint.name or rep, cell_of(metric, history, stint, course.last)))
    return tuple(sorted(found, key=lambda one: one.name.casefold())), others


def _related(store: Store, metric: Metric) -> tuple[Metric, ...]:
    """Its variants, its twin, what is shown beside it and what it drives."""
    slugs = [metric.twin, metric.variant_of, *metric.beside, *metric.drives]
    slugs += [other.slug for other in store.catalog.values() if other.variant_of == metric.slug]
    there = dict.fromkeys(slug for slug in slugs if slug and slug in store.catalog and slug != metric.slug)
    return tuple(store.catalog[slug] for slug in there)
