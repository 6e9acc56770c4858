"""How new hires ramp, read from a store: everyone's curve by month of tenure, the new ones beside the past ones, and when.

ramp(store, metric, scope) → Ramp. Hires are held against the whole company's; shown are those of the scope.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from paceline.insight.ramp import FEWEST, MONTHS, QUANTILES, RATE, Fan, Hire, Standing, fan, pace, stand
from paceline.insight.ramp_time import FEWEST_EVENTS, LEVEL, Expected, bar, expected, productive_month, time_to_productivity
from paceline.judging.people import people
from paceline.judging.ramp_hires import NO_WORD, Counted, RampError, counted, hires, sellers, tenured_paces
from paceline.judging.record import NO_END, SHARE, Baselines, Prediction, keep, kept, write_outcomes
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Metric, Unit
from paceline.sales.periods import add_months, epoch_day, from_epoch_day
from paceline.sales.scope import Scope
from paceline.saying.said import NOTHING, Said, catalogued, joined, say, say_amount
from paceline.saying.values import Day, Number
from paceline.stats.kaplan_meier import Waiting, kaplan_meier

KIND, FLAG = "ramp", "ramp flag"  # of the predictions kept: in which month; called slow
__all__ = ["Cohort", "NewHire", "Ramp", "RampError", "keep_ramps", "predictions", "ramp", "settle_ramps"]


@dataclass(frozen=True)
class Cohort:
    """Past hires of a role (and segment; None: all its segments) and what their ramps were like.

    ``full``: tenured peers' median pace; ``productive``: the curve of months to full productivity; ``first_deal``: that of
    days to the first won deal. None: nothing to say it from.
    """

    role: str
    segment: str | None
    hires: int
    fan: Fan
    full: float | None
    productive: Waiting | None
    first_deal: Waiting | None

    @property
    def label(self) -> Said:
        """``AE, smb``; ``AE`` of all segments."""
        return joined((self.role or say("no role"), self.segment or ""), ", ")

    @property
    def sentences(self) -> tuple[Said, ...]:
        """What the past hires tell of how long it takes."""
        lines = []
        if self.first_deal is not None:
            lines.append(_took(say("Time to the first deal"), self.first_deal, _days))
        if self.productive is not None and self.full is not None:
            lines.append(_took(say("Time to full productivity"), self.productive, _months))
        return tuple(lines)


def _days(number: float) -> Said:
    return say_amount("{number} day", "{number} days", Number(number, ".0f"))


def _months(number: float) -> Said:
    return say_amount("{number} month", "{number} months", Number(number, ".0f"))


def _took(what: Said, curve: Waiting, length: Callable[[float], Said]) -> Said:
    middle, (low, high) = curve.quantile(0.5), curve.interval(0.5)
    got = say("{events} of {n} hires got there", events=curve.events, n=curve.n)
    if curve.events < FEWEST_EVENTS:
        return say("{what}: too few to say ({got}, it takes {needs}).", what=what, got=got, needs=FEWEST_EVENTS)
    if middle is None:
        return say(
            "{what}: longer than for half of them was watched ({got}, {last} at most).",
            what=what, got=got, last=length(curve.last),
        )  # fmt: skip
    if low is None:
        return say("{what}: half of them within {middle}; {got}.", what=what, middle=length(middle), got=got)
    to = say("unknown") if high is None else Number(high, ".0f")
    return say(
        "{what}: half of them within {middle}, between {low} and {to} (8 in 10); {got}.", what=what, middle=length(middle),
        low=Number(low, ".0f"), to=to, got=got,
    )  # fmt: skip


@dataclass(frozen=True)
class NewHire:
    """A hire still in the months of tenure looked at. ``paces``: by month of tenure; ``fan``: of the past hires alone.

    Dates are first days of months of tenure.
    """

    rep: str
    name: str
    role: str
    segment: str
    hired: date
    paces: tuple[float, ...]
    fan: Fan
    cohort: Cohort
    standing: Standing
    expected: Expected
    full_from: date | None
    full_low: date | None
    full_high: date | None

    @property
    def sentence(self) -> Said:
        """Where the hire stands and what is expected."""
        return joined([self.standing.sentence, self.expected.sentence, self._dated()])

    def _dated(self) -> Said:
        if self.full_from is None or self.expected.reached is not None:
            return NOTHING
        if self.full_low is None:
            return say("That is {day}.", day=Day(self.full_from))
        high = say("unknown") if self.full_high is None else Day(self.full_high)
        return say("That is {day} ({low} to {high}).", day=Day(self.full_from), low=Day(self.full_low), high=high)


@dataclass(frozen=True)
class Ramp:
    """The ramp of one metric as of a day. ``rate``: of normal hires that may ever be called slow."""

    metric: Metric
    day: date
    rate: float
    counted: bool
    hires: tuple[NewHire, ...]
    cohorts: tuple[Cohort, ...]

    @property
    def unit(self) -> Said:
        """What a pace is: the metric, a full month of 21 working days; or a share."""
        name = catalogued(self.metric.name)
        return say("{metric}, a full month of 21 working days", metric=name) if self.counted else name

    def to_arrow(self) -> pa.Table:
        """A row a new hire."""
        return pa.Table.from_pylist([_row(one, self.metric.slug) for one in self.hires], schema=_HIRES)

    def curves_to_arrow(self) -> pa.Table:
        """A row a cohort and month of tenure: how many past hires had it, quantiles of their pace."""
        rows = [
            {"metric": self.metric.slug, "role": cohort.role, "segment": cohort.segment, "month": month + 1}
            | {"n": int(cohort.fan.n[month])}
            | {f"p{round(100 * share)}": float(cohort.fan.quantiles[place, month]) for place, share in enumerate(QUANTILES)}
            for cohort in self.cohorts
            for month in np.flatnonzero(cohort.fan.n).tolist()
        ]
        return pa.Table.from_pylist(rows, schema=_CURVES)


_HIRES = pa.schema([
    ("metric", pa.string()), ("rep", pa.string()), ("rep_name", pa.string()), ("role", pa.string()), ("segment", pa.string()),
    ("hired", pa.date32()), ("month", pa.int64()), ("amount", pa.float64()), ("pace", pa.float64()), ("usual", pa.float64()),
    ("higher", pa.int64()), ("n", pa.int64()), ("chance", pa.float64()), ("ever", pa.float64()), ("slow", pa.bool_()),
    ("full_productivity", pa.float64()), ("reached_month", pa.int64()), ("full_from", pa.date32()), ("full_low", pa.date32()),
    ("full_high", pa.date32()), ("sentence", pa.string())])  # fmt: skip
_CURVES = pa.schema(
    [("metric", pa.string()), ("role", pa.string()), ("segment", pa.string()), ("month", pa.int64()), ("n", pa.int64())]
    + [(f"p{round(100 * share)}", pa.float64()) for share in QUANTILES]
)


def _row(one: NewHire, slug: str) -> dict[str, Any]:
    at = one.standing
    return {
        "metric": slug, "rep": one.rep, "rep_name": one.name, "role": one.role, "segment": one.segment, "hired": one.hired,
        "month": at.month, "amount": at.amount, "pace": at.pace, "usual": at.usual, "higher": at.higher, "n": at.n,
        "chance": at.chance, "ever": at.ever, "slow": at.slow, "full_productivity": one.cohort.full,
        "reached_month": one.expected.reached, "full_from": one.full_from, "full_low": one.full_low, "full_high": one.full_high,
        "sentence": one.sentence,
    }  # fmt: skip


def ramp(store: Store, metric: str, scope: Scope, as_of: date | None = None, months: int = MONTHS, rate: float = RATE) -> Ramp:
    """New hires of the scope (in their first ``months`` of tenure) beside the company's past hires, as known on the day.

    Held against hires of the same role and segment where nine of them got as far, else of the role. RampError for a metric that
    can't be added up over months.
    """
    what, view = counted(store, metric), store.view(as_of)
    reading = _Reading(store, what, view.day, months, as_of, rate)
    there = {one.rep for one in people(store, view.day, scope, as_of)}
    new = tuple(reading.judge(one) for one in reading.hires if one.rep in there and reading.is_new(one))
    cohorts = {(one.cohort.role, one.cohort.segment): one.cohort for one in new} or reading.all_cohorts()
    ordered = tuple(cohorts[key] for key in sorted(cohorts, key=lambda key: (key[0], key[1] or "")))
    shown = tuple(sorted(new, key=lambda one: (one.role, one.segment, -one.hired.toordinal(), one.name)))
    return Ramp(what.metric, view.day, rate, what.bottom is None, shown, ordered)


class _Reading:
    """Everything read once: sellers, their curves, tenured paces, first deals."""

    def __init__(self, store: Store, what: Counted, day: date, months: int, as_of: date | None, rate: float) -> None:
        self.what, self.day, self.months, self.rate = what, day, months, rate
        self.counted = what.bottom is None
        money = store.settings.currency if what.metric.unit is Unit.MONEY else ""
        self.unit = joined([money, catalogued(what.metric.name, inside=True)])
        some = sellers(store, day, as_of)
        self.people = {one.rep: one for one in some}
        self.hires = hires(store, what, some, day, months, as_of)
        self.paces = tenured_paces(store, what, some, day, as_of)
        self.wins = _first_wins(store, as_of)
        self._cohorts: dict[tuple[str, str | None], Cohort] = {}

    def is_new(self, one: Hire) -> bool:
        return self.day < add_months(from_epoch_day(one.hired), self.months) and not one.left

    def judge(self, one: Hire) -> NewHire:
        """One new hire beside the past ones."""
        past, segment = self._past(one)
        cohort = self.cohort(one.role, segment)
        standing = stand(one, past, self.unit, self.counted, self.rate)
        when = expected(one, past, cohort.full, self.counted, standing.slow)
        dates = (self._date(one, month) for month in (when.middle, when.low, when.high))
        paces = tuple(pace(one, self.counted).tolist())
        hired, name = from_epoch_day(one.hired), self.people[one.rep].name
        beside = fan(past, self.counted, self.months)
        return NewHire(one.rep, name, one.role, one.segment, hired, paces, beside, cohort, standing, when, *dates)

    @staticmethod
    def _date(one: Hire, month: float | None) -> date | None:
        return None if month is None else add_months(from_epoch_day(one.hired), round(month) - 1)

    def _past(self, one: Hire) -> tuple[list[Hire], str | None]:
        """Who a hire is held against, and their segment (None: all of the role's)."""
        role = [other for other in self.hires if other.role == one.role and other.rep != one.rep]
        same = [other for other in role if other.segment == one.segment and one.segment != NO_WORD]
        enough = sum(other.months >= max(one.months, 1) for other in same) >= FEWEST
        return (same, one.segment) if enough else (role, None)

    def all_cohorts(self) -> dict[tuple[str, str | None], Cohort]:
        return {(role, None): self.cohort(role, None) for role in sorted({one.role for one in self.hires})}

    def cohort(self, role: str, segment: str | None) -> Cohort:
        """The past hires of a role and segment, read together."""
        if (role, segment) not in self._cohorts:
            some = [one for one in self.hires if one.role == role and segment in (None, one.segment)]
            full = bar([self.paces[rep] for rep in self._tenured(role, segment)])
            full = bar([self.paces[rep] for rep in self._tenured(role, None)]) if full is None else full
            productive = time_to_productivity(some, full, self.counted) if full else None
            self._cohorts[role, segment] = Cohort(
                role, segment, len(some), fan(some, self.counted, self.months), full or None, productive, self._first_deal(some)
            )
        return self._cohorts[role, segment]

    def _tenured(self, role: str, segment: str | None) -> list[str]:
        return [rep for rep in self.paces if self.people[rep].role == role and segment in (None, self.people[rep].segment)]

    def _first_deal(self, some: Sequence[Hire]) -> Waiting | None:
        """Days from hire to the first won deal; who has none yet, or left without, is censored."""
        ends, happened = [], []
        for one in some:
            won = next((day for day in self.wins.get(one.rep, ()) if day >= one.hired), None)
            left = self.people[one.rep].left
            end = won if won is not None else min(epoch_day(self.day) + 1, left if left is not None else 10**9)
            if end > one.hired or won is not None:
                ends.append(max(end - one.hired, 1))
                happened.append(won is not None)
        return kaplan_meier(ends, happened, LEVEL) if any(happened) else None


def _first_wins(store: Store, as_of: date | None) -> dict[str, list[int]]:
    """Days of each rep's won deals, in order."""
    view = store.view(as_of)
    outcome = view.frame.fact("outcome")
    outcome = outcome.filter(outcome.owner, outcome.won, outcome.valued, outcome.day <= epoch_day(view.day))
    out: dict[str, list[int]] = {}
    for row in view.engine.query(outcome.select("rep_id", "day").distinct()).sort_by("day").to_pylist():
        out.setdefault(row["rep_id"], []).append(row["day"])
    return out


# --- how often are we wrong? ---


def predictions(found: Ramp) -> tuple[Prediction, ...]:
    """What is said of when each new hire becomes fully productive, in months of tenure; and who was called slow.

    A flag is right where it takes longer than half of the past hires took (``target``). Nothing of those of whom nothing is said.
    """
    said = []
    for one in found.hires:
        when, productive = one.expected, one.cohort.productive
        if when.reached is not None or productive is None:
            continue
        usual = productive.quantile(0.5)
        key = (epoch_day(found.day), "rep", one.rep, found.metric.slug, epoch_day(one.hired), NO_END)
        if when.middle is not None:
            beside = Baselines(own_average=usual)
            said.append(Prediction(KIND, *key, when.middle, when.low, when.high, SHARE, baselines=beside, said=when.sentence))
        if one.standing.slow and usual is not None:
            said.append(Prediction(FLAG, *key, None, target=usual, said=one.standing.sentence))
    return tuple(said)


def keep_ramps(store: Store, found: Ramp) -> int:
    """Store what is said today; how many were new."""
    return keep(store.engine, predictions(found), store.now)


def settle_ramps(store: Store) -> int:
    """Write down in which months hires of kept predictions became fully productive, and which flags were right; how many.

    A flag is settled once the usual month is past, or reached before. Who left never becomes productive: nothing is written.
    """
    waiting = {one.prediction.id: one.prediction for kind in (KIND, FLAG) for one in kept(store.engine, kind, settled=False)}
    outcomes: dict[str, float] = {}
    for slug in sorted({one.metric for one in waiting.values()} & set(store.catalog)):
        reading = _Reading(store, counted(store, slug), store.view().day, 3 * MONTHS, None, RATE)
        hired = {one.rep: one for one in reading.hires}
        for name, one in waiting.items():
            came = _came(reading, hired[one.name], one) if one.metric == slug and one.name in hired else None
            if came is not None:
                outcomes[name] = came
    return write_outcomes(store.engine, waiting, outcomes, store.now)


def _came(reading: _Reading, one: Hire, said: Prediction) -> float | None:
    """The month reached; of a flag: 1 if that took longer than usual, else 0. None: not known yet."""
    month = _reached(reading, one)
    if said.kind == KIND:
        return None if month is None else float(month)
    usual = said.target or 0.0
    if month is not None:
        return float(month > usual)
    return 1.0 if one.months > usual else None


def _reached(reading: _Reading, one: Hire) -> int | None:
    full = reading.cohort(one.role, reading._past(one)[1]).full
    return None if full is None else productive_month(one, full, reading.counted)
