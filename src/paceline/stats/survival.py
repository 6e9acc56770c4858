"""A competing-risk life table: the daily chance of two kinds of end (won, lost) by age and calendar.

Discrete time in days. A case enters at ``start`` (age 0), is at risk each day up to its end, and ends in one of two ways or not
yet. Exposure is counted from ``opened`` on only: a source that begins later than its oldest cases would otherwise count days on
which nothing could have been seen (left truncation). Daily hazard = hazard of the age × factor of the month of the quarter ×
factor of the month's last days × factor of the weekday, each shrunk towards 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.stats.pool import prior_strength

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

LAST_DAYS = 5  # a month's last days, when many deals are closed
_EVENTS_A_BIN = 40  # ends of the kind that an age bin needs at least
_LOOSEST = 1.0  # least strength, in ends, of the product form against the table's own (age, month of the quarter) cells
_SWEEPS = 4
_MONTH_SPREAD = 0.15  # spread (log) between months of the same kind, before months were seen twice


@dataclass(frozen=True)
class Calendar:
    """What kind of day each day is. Arrays indexed by day − ``first``."""

    first: int
    month: Ints  # running number of the month
    of_quarter: Ints  # 0, 1, 2
    last_days: Ints  # 1 in the month's last days
    weekday: Ints  # 0 is Monday


def calendar(first: int, until: int, fiscal_start_month: int = 1) -> Calendar:
    """The days ``first <= day < until`` (since 1970-01-01); quarters begin with ``fiscal_start_month``."""
    days = np.arange(first, until, dtype=np.int64)
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    month = months.astype(np.int64)
    following = (months + 1).astype("datetime64[D]").astype(np.int64)
    return Calendar(
        first,
        month,
        (month - (fiscal_start_month - 1)) % 3,
        (following - days <= LAST_DAYS).astype(np.int64),
        (days + 3) % 7,  # 1970-01-01 was a Thursday
    )


@dataclass(frozen=True)
class Cases:
    """Cases at risk. ``end`` is the day of the end (any later day while it lasts), ``kind`` 1 first kind, 2 second, 0 not yet."""

    start: Ints
    end: Ints
    kind: Ints


@dataclass(frozen=True)
class Counts:
    """Cases by (start day − first, age): at risk, ended in the one and in the other way; zero outside what was observed."""

    first: int
    risk: Floats
    ends: tuple[Floats, Floats]


def count(cases: Cases, opened: int, now: int, oldest: int) -> Counts:
    """Counts of what was observed on days ``opened <= day < now``, for ages 0 … ``oldest``."""
    first = int(cases.start.min(initial=opened))
    rows, ages = max(now - first, 1), oldest + 1
    entered = np.bincount(cases.start - first, minlength=rows)[:rows].astype(np.float64)
    age = cases.end - cases.start
    ended = [np.zeros((rows, ages)), np.zeros((rows, ages))]
    for kind, table in enumerate(ended, start=1):
        some = (cases.kind == kind) & (age <= oldest) & (cases.end < now)
        np.add.at(table, (cases.start[some] - first, age[some]), 1.0)
    gone = np.cumsum(ended[0] + ended[1], axis=1)
    risk = entered[:, None] - np.concatenate((np.zeros((rows, 1)), gone[:, :-1]), axis=1)
    day = first + np.arange(rows)[:, None] + np.arange(ages)[None, :]
    seen = (day >= opened) & (day < now)
    return Counts(first, risk * seen, (ended[0] * seen, ended[1] * seen))


@dataclass(frozen=True)
class Hazard:
    """The daily hazard of one kind of end. ``by_age`` is indexed by age; ``cell`` is (age bin, month of quarter)."""

    by_age: Floats
    bin_of_age: Ints
    cell: Floats
    of_quarter: Floats
    last_days: Floats
    weekday: Floats

    def factors(self, days: Calendar) -> Floats:
        """The calendar's factor of each day of ``days`` apart from the month of the quarter."""
        return np.asarray(self.last_days[days.last_days] * self.weekday[days.weekday], dtype=np.float64)

    def at(self, age: Ints, days: Calendar, day: Ints) -> Floats:
        """Daily hazard at an age on a day, arrays that broadcast; 0 beyond the oldest age of the table."""
        known = np.minimum(age, len(self.by_age) - 1)
        where = day - days.first
        cell = self.cell[self.bin_of_age[known], days.of_quarter[where]]
        return np.asarray(
            np.where(age < len(self.by_age), self.by_age[known] * cell * self.factors(days)[where], 0.0), dtype=np.float64
        )


def fit_hazard(counts: Counts, kind: int, days: Calendar, now: int, half_life: float) -> Hazard:
    """The hazard of the ``kind`` (0 or 1) of end; older days weigh less, half after ``half_life`` days."""
    rows, ages = counts.risk.shape
    day = counts.first + np.arange(rows)[:, None] + np.arange(ages)[None, :] - days.first
    seen = (day >= 0) & (day < now - days.first)
    day = np.where(seen, day, 0)
    span = now - days.first
    weight = 0.5 ** ((span - 1 - np.arange(span)) / half_life)
    flat = (day * ages + np.arange(ages)[None, :])[seen]

    def on(table: Floats) -> Floats:
        return np.bincount(flat, table[seen], minlength=span * ages).reshape(span, ages) * weight[:, None]

    risk, ended = on(counts.risk), on(counts.ends[kind])
    bins = age_bins(ended.sum(axis=0))
    width = int(bins.max()) + 1
    gather = np.zeros((ages, width))
    gather[np.arange(ages), bins] = 1.0
    risk, ended = risk @ gather, ended @ gather  # (day, age bin)
    classes = (days.of_quarter[:span], days.last_days[:span], days.weekday[:span])
    sizes = (3, 2, 7)
    factors = [np.ones(size) for size in sizes]
    by_bin = _ratio(ended.sum(axis=0), risk.sum(axis=0))
    for _ in range(_SWEEPS):
        for which, (member, size) in enumerate(zip(classes, sizes, strict=True)):
            others = _product([factors[i][classes[i]] for i in range(3) if i != which])
            expected = (risk @ by_bin) * others
            factors[which] = _factor(which, member, size, ended.sum(axis=1), expected, days.month[:span])
        total = _product([factors[i][classes[i]] for i in range(3)])
        by_bin = _ratio(ended.sum(axis=0), total @ risk)
    rest = factors[1][classes[1]] * factors[2][classes[2]]
    cell = _cells(ended, risk * rest[:, None] * by_bin[None, :], classes[0], factors[0])
    return Hazard(by_bin[bins], bins, cell, *factors)


def _factor(which: int, member: Ints, size: int, ended: Floats, expected: Floats, month: Ints) -> Floats:
    if which == 0:
        return _months(member, ended, expected, month)
    got, due = np.bincount(member, ended, minlength=size), np.bincount(member, expected, minlength=size)
    return np.asarray((got + 20.0) / (due + 20.0), dtype=np.float64)


def _months(of_quarter: Ints, ended: Floats, expected: Floats, month: Ints) -> Floats:
    """Factors of the months of the quarter: mean log ratio of the months seen, shrunk by how much such months differ anyway."""
    names, where = np.unique(month, return_inverse=True)
    got, due = np.bincount(where, ended), np.bincount(where, expected)
    kind = np.zeros(len(names), dtype=np.int64)
    kind[where] = of_quarter
    some = due >= 5
    if not some.any():
        return np.ones(3)
    ratio, noise, kind = np.log((got[some] + 2) / (due[some] + 2)), 1 / (due[some] + 2), kind[some]
    seen = np.bincount(kind, minlength=3)
    mean = np.bincount(kind, ratio, minlength=3) / np.maximum(seen, 1)
    again = max(int((seen - 1).clip(min=0).sum()), 0)
    inner = (2 * _MONTH_SPREAD**2 + float(((ratio - mean[kind]) ** 2).sum())) / (2 + again)
    inner = max(inner, float(noise.mean()))
    known = seen > 0
    centre = float(mean[known].mean())
    apart = float(((mean[known] - centre) ** 2).sum()) / max(int(known.sum()) - 1, 1)
    outer = max(apart - inner / float(seen[known].mean()), 0.0)
    keep = np.where(known, outer / (outer + inner / np.maximum(seen, 1)) if outer > 0 else 0.0, 0.0)
    return np.asarray(np.exp(keep * (mean - centre)), dtype=np.float64)


def _cells(ended: Floats, expected: Floats, of_quarter: Ints, factor: Floats) -> Floats:
    """Factor of each (age bin, month of quarter): the table's own ratio, shrunk towards the month's factor.

    The shrinkage is measured: where cells differ from the product form no more than luck, the product form stays. (Where
    quarters begin with the young deals alone, as in Maven's, the cells speak.)
    """
    got = np.stack([ended[of_quarter == which].sum(axis=0) for which in range(3)], axis=1)
    due = np.stack([expected[of_quarter == which].sum(axis=0) for which in range(3)], axis=1)
    due = due * factor[None, :]
    strength = prior_strength(got.ravel(), due.ravel(), _LOOSEST)
    return np.asarray(factor[None, :] * (got + strength) / (due + strength), dtype=np.float64)


def _product(parts: list[Floats]) -> Floats:
    return np.asarray(np.prod(np.stack(parts), axis=0), dtype=np.float64)


def _ratio(hits: Floats, exposure: Floats) -> Floats:
    return np.asarray(np.where(exposure > 0, hits / np.where(exposure > 0, exposure, 1.0), 0.0), dtype=np.float64)


def age_bins(ended: Floats) -> Ints:
    """Bin of each age: single days while they have enough ends, wider ones where ends are few."""
    need = max(_EVENTS_A_BIN, float(ended.sum()) / 40)
    bins = np.zeros(len(ended), dtype=np.int64)
    held, which = 0.0, 0
    for age, n in enumerate(ended):
        bins[age] = which
        held += n
        if held >= need and age + 1 < len(ended) and ended[age + 1 :].sum() >= need / 2:
            held, which = 0.0, which + 1
    return bins


def chance_of_end(first: Floats, second: Floats) -> Floats:
    """Chance, by each day, that the first kind of end has come, from daily hazards of both, (cases, days).

    Within a day both compete: the day's chance 1 − exp(−(h₁+h₂)) is shared in proportion.
    """
    total = first + second
    survived = np.exp(-(np.cumsum(total, axis=1) - total))
    share = np.where(total > 0, first / np.where(total > 0, total, 1.0), 0.0)
    return np.asarray(np.cumsum(survived * -np.expm1(-total) * share, axis=1), dtype=np.float64)
