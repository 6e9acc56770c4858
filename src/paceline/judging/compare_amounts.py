"""Readings as amounts that can be compared: sums and what they are out of, for each rep and period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from paceline.insight.compare import Amount
from paceline.judging.people import WorkDays
from paceline.judging.signals_metrics import Judged
from paceline.metrics.ask import ask
from paceline.metrics.reading import Reading
from paceline.metrics.store import Store, View
from paceline.metrics.vocabulary import Kind, Metric, Unit
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.saying.said import Said, say
from paceline.stats.scan import Kind as SeriesKind

FULL_WEEK = 5.0


@dataclass(frozen=True)
class Cell:
    """A rep's period: the amount (None: unknown, ``because``), the value as read, and the role then."""

    amount: Amount | None
    value: float | None
    because: Said | None
    role: str | None


_PARTLY = say("its data is connected for a part of it only")
Table = dict[tuple[str, int], Cell]  # (rep, position of the period) → cell


def amounts(
    store: Store, chosen: Sequence[Judged], periods: Sequence[Period], work: WorkDays, as_of: date | None
) -> dict[str, Table]:
    """Slug → the cells of everyone with a reading. One question for all metrics and periods.

    Counts are over working weeks. Means carry the sum of squares that their spread over periods says.
    """
    readings = ask(store, [one.slug for one in chosen], Scope.company(), periods, ("rep",), as_of=as_of, mean_of_reps=False)
    place = {(one.first, one.until): number for number, one in enumerate(periods)}
    by_slug = {one.slug: one for one in chosen}
    roles, connected = _Roles(store.view(as_of)), _Connected(store.view(as_of))
    out: dict[str, Table] = {one.slug: {} for one in chosen}
    for reading in readings:
        rep = dict(reading.group)["rep"]
        if rep is not None:
            number = place[reading.period.first, reading.period.until]
            weeks = work.between(rep, reading.period.first, reading.period.until) / FULL_WEEK
            role = roles.on(rep, reading.period.until_day - 1)
            whole = connected.all_of(by_slug[reading.slug].metric, rep, reading.period)
            amount = _amount(by_slug[reading.slug], reading, weeks) if whole else None
            because = reading.none_because if whole or reading.none_because else _PARTLY
            out[reading.slug][rep, number] = Cell(amount, reading.value, because, role)
    return {slug: _with_squares(table) if by_slug[slug].kind is SeriesKind.MEAN else table for slug, table in out.items()}


def _amount(one: Judged, reading: Reading, weeks: float) -> Amount | None:
    if one.kind is SeriesKind.COUNT:
        return None if reading.value is None else Amount(one.kind, max(reading.value, 0.0), weeks)
    if reading.numerator is None or reading.denominator is None or (reading.value is None and reading.denominator):
        return None
    if reading.value is None:
        return None if reading.n else Amount(one.kind, 0.0, 0.0)
    scale = 100.0 if one.metric.unit is Unit.MONEY else 1.0
    if one.denominator is not None and one.denominator.kind is Kind.SUM:  # a share of money: out of its rows, not its cents
        return Amount(one.kind, reading.value * reading.n, float(reading.n))
    return Amount(one.kind, reading.numerator / scale, reading.denominator)


def _with_squares(table: Table) -> Table:
    """Means with the sum of squares: how widely one thing averaged spreads, from how the reps' own periods differ."""
    by_rep: dict[str, list[Amount]] = {}
    for (rep, _), cell in table.items():
        if cell.amount is not None and cell.amount.denominator > 0:
            by_rep.setdefault(rep, []).append(cell.amount)
    squared, free = 0.0, 0
    for own in by_rep.values():
        mean = sum(one.numerator for one in own) / sum(one.denominator for one in own)
        squared += sum(one.denominator * ((one.value or 0.0) - mean) ** 2 for one in own)
        free += len(own) - 1
    variance = squared / free if free else float("nan")
    return {key: replace(cell, amount=_squared(cell.amount, variance)) for key, cell in table.items()}


def _squared(amount: Amount | None, variance: float) -> Amount | None:
    if amount is None or amount.denominator <= 0 or not np.isfinite(variance):
        return amount
    squares = amount.numerator**2 / amount.denominator + max(amount.denominator - 1, 0.0) * variance
    return replace(amount, squares=squares)


def dispersion(pasts: Sequence[tuple[Sequence[Amount], Amount]]) -> float:
    """Variance ÷ mean of counts within a rep, pooled over reps and their periods; at least 1 (1 where nothing tells)."""
    squared, free = 0.0, 0
    for past, now in pasts:
        own = [one for one in (*past, now) if one.kind is SeriesKind.COUNT and one.denominator > 0]
        total, weeks = sum(one.numerator for one in own), sum(one.denominator for one in own)
        if len(own) > 1 and total > 0:
            rate = total / weeks
            squared += sum((one.numerator - rate * one.denominator) ** 2 / (rate * one.denominator) for one in own)
            free += len(own) - 1
    return max(squared / free, 1.0) if free else 1.0


class _Roles:
    """What role a rep had on a day."""

    def __init__(self, view: View) -> None:
        self._stints: dict[str, list[tuple[int, int, str | None]]] = {}
        for one in view.stints:
            self._stints.setdefault(one.rep_id, []).append((one.from_day, one.until_day, one.role))

    def on(self, rep: str, day: int) -> str | None:
        return next((role for first, until, role in self._stints.get(rep, []) if first <= day < until), None)


class _Connected:
    """Whether a rep's data was there on every day of a period: half a period's mails are no slow period."""

    def __init__(self, view: View) -> None:
        self._spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for one in view.connections:
            self._spans.setdefault((one.rep_id, one.kind), []).append((one.from_day, one.until_day))

    def all_of(self, metric: Metric, rep: str, period: Period) -> bool:
        """On the whole period all kinds that the metric needs. Where one is enough: all that were there on any day of it."""
        if not metric.any_need:
            return all(self._there(rep, kind, period, True) for kind in metric.needs)
        kinds = [kind for kind in metric.needs if self._there(rep, kind, period, False)]
        return bool(kinds) and all(self._there(rep, kind, period, True) for kind in kinds)

    def _there(self, rep: str, kind: str, period: Period, whole: bool) -> bool:
        spans = self._spans.get((rep, kind), [])
        if whole:
            return any(first <= period.first_day and until >= period.until_day for first, until in spans)
        return any(first < period.until_day and until > period.first_day for first, until in spans)
