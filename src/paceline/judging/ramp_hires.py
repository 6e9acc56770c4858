"""Every seller's months of tenure of a metric, read from a store: one query a month of tenure, whoever was hired when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from paceline.insight.ramp import Hire
from paceline.insight.ramp_time import TENURED
from paceline.judging.people import WorkDays, people, workdays
from paceline.metrics.answer import Asked, numbers
from paceline.metrics.relations import RELATIONS
from paceline.metrics.store import Store, View
from paceline.metrics.vocabulary import Grain, Kind, Measure, Metric, Unit, at_grain
from paceline.sales.periods import Period, add_months, epoch_day, from_epoch_day
from paceline.sales.scope import Scope, Stint
from paceline.saying.said import SaidError, catalogued, say

YEARS = 3  # of hires looked back at: earlier ones sold in other times
_LOOK = 45  # days between two looks at who sells: who came and went in between is missed
_STATES = ("span", "goal", "forecast", "cost")
_EVER = -2_000_000
NO_WORD = ""  # of a role or segment nobody wrote down


class RampError(SaidError):
    """A metric of which there is no ramp; the message says why."""


@dataclass(frozen=True)
class Counted:
    """A metric that can be added up over days. ``bottom`` None: counted by working days."""

    metric: Metric
    top: Measure
    bottom: Measure | None

    @property
    def scale(self) -> float:
        """What its sums are divided by to be in its unit."""
        return 100.0 if self.metric.unit is Unit.MONEY and self.bottom is None else 1.0


@dataclass(frozen=True)
class Seller:
    """Who sold, from when until when, and what they were on their first day of work."""

    rep: str
    name: str
    role: str
    segment: str
    hired: int | None
    left: int | None


def counted(store: Store, slug: str) -> Counted:
    """The metric as sums over days. RampError where there are none; AskError-like words for an unknown one."""
    if slug not in store.catalog:
        raise RampError(say("no metric is called '{slug}'", slug=slug))
    metric = store.catalog[slug]
    name = catalogued(metric.name)
    top = at_grain(metric.numerator, Grain.REP)
    bottom = None if metric.denominator is None else at_grain(metric.denominator, Grain.REP)
    terms = [term for term in (top, bottom) if term is not None]
    if not isinstance(top, Measure) or not (bottom is None or isinstance(bottom, Measure)):
        raise RampError(say("{metric} is calculated from several numbers; ask for the ramp of one of them", metric=name))
    if any(isinstance(term, Measure) and (term.kind is Kind.QUANTILE or term.window.kind != "same") for term in terms):
        raise RampError(say("{metric} can't be added up over months (a median, or over other days)", metric=name))
    if any(isinstance(term, Measure) and RELATIONS[term.rows].fact in _STATES for term in terms):
        raise RampError(say("{metric} is a state at a day, not what a month brought", metric=name))
    return Counted(metric, top, bottom)


def sellers(store: Store, day: date, as_of: date | None) -> tuple[Seller, ...]:
    """Everyone who sells or sold in the years up to the day, as they were when hired (or first seen)."""
    looks = [day - timedelta(days=_LOOK * i) for i in range(365 * YEARS // _LOOK + 1)]
    chosen = {one.rep for look in looks for one in people(store, look, Scope.company(), as_of)}
    stints: dict[str, list[Stint]] = {}
    for stint in sorted(store.view(as_of).stints, key=lambda stint: stint.from_day):
        if stint.rep_id in chosen:
            stints.setdefault(stint.rep_id, []).append(stint)
    return tuple(_seller(stints[rep]) for rep in sorted(stints))


def _seller(stints: Sequence[Stint]) -> Seller:
    last, hired = stints[-1], stints[-1].hired_day
    first = next((one for one in stints if one.role and (hired is None or one.until_day > hired)), last)
    return Seller(last.rep_id, last.name or last.rep_id, first.role or NO_WORD, first.segment or NO_WORD, hired, last.left_day)


def hires(store: Store, what: Counted, some: Sequence[Seller], day: date, months: int, as_of: date | None) -> tuple[Hire, ...]:
    """The sellers hired since data of the metric is there, with their whole months of tenure up to the day (it included)."""
    view = store.view(as_of)
    known = _Known(view, what.metric, some)
    since = epoch_day(day) - 365 * YEARS
    chosen = [one for one in some if one.hired is not None and max(known.begun, since) <= one.hired <= epoch_day(day)]
    if not chosen:
        return ()
    work = workdays(store, Scope.company(), from_epoch_day(min(one.hired or 0 for one in chosen)), day + timedelta(days=1), as_of)
    amount, exposure = (np.full((len(chosen), months), np.nan) for _ in range(2))
    for month in range(months):
        spans = {one.rep: span for one in chosen if (span := _month(one, month, day)) is not None}
        top, bottom = _sums(view, what, spans, work)
        for place, one in enumerate(chosen):
            if one.rep in spans and known.throughout(one, spans[one.rep]):
                amount[place, month], exposure[place, month] = top.get(one.rep, 0.0), bottom.get(one.rep, 0.0)
    whole = [sum(_month(one, month, day) is not None for month in range(months)) for one in chosen]
    return tuple(
        Hire(one.rep, one.role, one.segment, one.hired or 0, amount[place, :n], exposure[place, :n], one.left is not None)
        for place, (one, n) in enumerate(zip(chosen, whole, strict=True))
    )


def _month(one: Seller, month: int, day: date) -> tuple[int, int] | None:
    """First day and first day after of a month of tenure (0 is the first); None unless it was whole by the day."""
    hired = from_epoch_day(one.hired or 0)
    first, until = epoch_day(add_months(hired, month)), epoch_day(add_months(hired, month + 1))
    over = min(epoch_day(day) + 1, one.left if one.left is not None else until)
    return (first, until) if until <= over else None


def tenured_paces(store: Store, what: Counted, some: Sequence[Seller], day: date, as_of: date | None) -> dict[str, float]:
    """The pace (amount and exposure, in the metric's unit) of who had a year of tenure, over the year up to the day."""
    view, until = store.view(as_of), epoch_day(day) + 1
    known = _Known(view, what.metric, some)
    spans = {}
    for one in some:
        begin = until - 365 if one.hired is None else max(until - 365, epoch_day(add_months(from_epoch_day(one.hired), TENURED)))
        end = until if one.left is None else min(until, one.left)
        if end - begin >= 90 and known.throughout(one, (begin, end)):
            spans[one.rep] = (begin, end)
    if not spans:
        return {}
    work = workdays(store, Scope.company(), from_epoch_day(until - 365), day + timedelta(days=1), as_of)
    top, bottom = _sums(view, what, spans, work)
    scale = 21.0 if what.bottom is None else 1.0
    return {rep: scale * top.get(rep, 0.0) / bottom[rep] for rep in spans if bottom.get(rep, 0.0) > 0}


def _sums(
    view: View, what: Counted, spans: Mapping[str, tuple[int, int]], work: WorkDays
) -> tuple[dict[str, float], dict[str, float]]:
    """Numerator and denominator (working days, where there is none) of each rep in their own days."""
    if not spans:
        return {}, {}
    first, until = min(span[0] for span in spans.values()), max(span[1] for span in spans.values())
    period = Period.between(from_epoch_day(first), from_epoch_day(until))
    members = tuple((rep, *span) for rep, span in sorted(spans.items()))
    measures = [measure for measure in (what.top, what.bottom) if measure is not None]
    found = numbers(view, Asked((period,), ("rep",), members, {}), measures)
    told = [{str(group[0]): float(value or 0) for (_, group), value in found[measure].items()} for measure in measures]
    top = {rep: value / what.scale for rep, value in told[0].items()}
    if what.bottom is not None:
        return top, told[1]
    return top, {rep: work.between(rep, from_epoch_day(a), from_epoch_day(b)) for rep, (a, b) in spans.items()}


class _Known:
    """Where a metric's data of a rep is there. A connection that is only derived from a first record begins with the hire."""

    def __init__(self, view: View, metric: Metric, some: Sequence[Seller]) -> None:
        fact = view.frame.fact("connection")
        rows = view.engine.query(fact.select("rep_id", "kind", "from_day", "until_day", "stated")).to_pylist()
        self._kinds = [kind for kind in metric.needs if kind != "crm"] or list(metric.needs)
        self._all = not metric.any_need
        rows = [row for row in rows if row["kind"] in self._kinds]
        first = {kind: min((row["from_day"] for row in rows if row["kind"] == kind), default=None) for kind in self._kinds}
        told = [day for day in first.values() if day is not None]
        self.begun = (max(told) if self._all else min(told)) if told and (not self._all or len(told) == len(first)) else 10**9
        self.begun = _EVER if not self._kinds else self.begun
        hired = {one.rep: one.hired for one in some}
        self._spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for row in rows:
            begin, hire = row["from_day"], hired.get(row["rep_id"])
            if not row["stated"] and hire is not None and hire >= (first[row["kind"]] or 0):
                begin = min(begin, hire)
            self._spans.setdefault((row["rep_id"], row["kind"]), []).append((begin, row["until_day"]))

    def throughout(self, one: Seller, span: tuple[int, int]) -> bool:
        """Whether the rep's data is there from the span's first day to its last (a gap between two connections is none)."""
        there = [
            any(begin <= span[0] and until >= span[1] for begin, until in self._spans.get((one.rep, kind), ()))
            for kind in self._kinds
        ]
        return not there or (all(there) if self._all else any(there))
