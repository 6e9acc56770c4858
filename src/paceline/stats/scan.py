"""Has a weekly series changed for good? Every stretch of the last weeks against the half year before it, and the most
telling one kept.

A series is a sum ``y`` a week over an exposure ``x`` (working weeks of a count, n of a rate or mean). Its variance is
a·x + b·x²: the first part shrinks when more is added up, the second (weeks differ) doesn't, and both are measured.
Looking at stretches of several lengths finds large changes soon and small ones as soon as they can be told (Lai 1995,
window-limited generalized likelihood ratio).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import copysign, log, sqrt

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

WINDOWS = (2, 3, 4, 5, 6, 8, 10, 13)  # weeks; one alone is no lasting change
REFERENCE = 26  # weeks before the window that say what is usual
LEAST = 8.0  # weeks' worth of exposure below which nothing is called usual
_CHUNK = 256  # series at a time: what is worked on stays in the processor's cache


class Kind(StrEnum):
    """What a weekly value is: a count; a share of n; a mean over n."""

    COUNT = "count"
    RATE = "rate"
    MEAN = "mean"


@dataclass(frozen=True)
class Spread:
    """How widely weeks of a series spread, each an array a series: ``within`` (means only: squared coefficient of
    variation of the things averaged) and ``between`` (counts: α of the negative binomial; rates: ρ of the beta-
    binomial; means: squared coefficient of variation of weeks)."""

    within: Floats
    between: Floats

    def of(self, rows: slice | Whole) -> Spread:
        """The same for some of the series."""
        return Spread(self.within[rows], self.between[rows])


@dataclass(frozen=True)
class Prior:
    """What the role's rate says before a rep's own weeks do: ``rate``, worth ``exposure`` of them. Arrays a series."""

    rate: Floats
    exposure: Floats

    def of(self, rows: slice | Whole) -> Prior:
        """The same for some of the series."""
        return Prior(self.rate[rows], self.exposure[rows])


@dataclass(frozen=True)
class Scan:
    """Series × weeks: the lowest and highest score of the windows that end with the week, and those windows' lengths.

    Scores are about standard normal where nothing changed; NaN where too little went before to say.
    """

    low: Floats
    high: Floats
    low_weeks: Whole
    high_weeks: Whole


def variance_parts(kind: Kind, rate: Floats, spread: Spread) -> tuple[Floats, Floats]:
    """a and b of the variance a·x + b·x² of a week's sum at this rate; ``rate`` is series × anything."""
    shape = (-1,) + (1,) * (rate.ndim - 1)
    within, between = spread.within.reshape(shape), spread.between.reshape(shape)
    if kind is Kind.COUNT:
        return rate, between * rate**2
    if kind is Kind.RATE:
        p = np.clip(rate, 0.002, 0.998)
        return p * (1 - p) * (1 - between), p * (1 - p) * between
    return rate**2 * within, rate**2 * between


def compare_stretches(
    kind: Kind, now: tuple[Floats, Floats, Floats], before: tuple[Floats, Floats, Floats], spread: Spread, prior: Prior
) -> tuple[Floats, Floats, Floats]:
    """Score, expected sum and its variance, for stretches given as (Σy, Σx, Σx²), each series × anything."""
    shape = (-1,) + (1,) * (now[0].ndim - 1)
    known, told = prior.exposure.reshape(shape), prior.rate.reshape(shape)
    weight = before[1] + known
    rate = (before[0] + known * told) / np.maximum(weight, 1e-9)
    a, b = variance_parts(kind, rate, spread)
    expected = rate * now[1]
    variance = a * now[1] + b * now[2] + (a * (before[1] + known) + b * before[2]) * (now[1] / np.maximum(weight, 1e-9)) ** 2
    return _score(kind, now[0], expected, np.maximum(variance, 1e-9)), expected, variance


def _score(kind: Kind, y: Floats, expected: Floats, variance: Floats) -> Floats:
    """Signed root deviance for counts, since few are skew; plain standard deviations for the others."""
    if kind is not Kind.COUNT:
        return np.asarray((y - expected) / np.sqrt(variance))
    mean = np.maximum(expected, 1e-9)
    seen = np.maximum(y, 0.25)  # none seen: a quarter stands for it (its deviance would leap)
    deviance = 2 * (seen * np.log(seen / mean) - (seen - mean))
    return np.asarray(np.sign(y - mean) * np.sqrt(np.maximum(deviance, 0) * mean / variance))


def score_of_stretch(
    kind: Kind, now: tuple[float, float, float], before: tuple[float, float, float], series: tuple[float, float, float, float]
) -> float:
    """The same score for one stretch of one series, without arrays; ``series``.

    Its within, between, and the prior's rate and exposure.
    """
    within, between, told, known = series
    weight = max(before[1] + known, 1e-9)
    rate = (before[0] + known * told) / weight
    if kind is Kind.COUNT:
        a, b = rate, between * rate**2
    elif kind is Kind.RATE:
        p = min(max(rate, 0.002), 0.998)
        a, b = p * (1 - p) * (1 - between), p * (1 - p) * between
    else:
        a, b = rate**2 * within, rate**2 * between
    expected = rate * now[1]
    variance = max(a * now[1] + b * now[2] + (a * weight + b * before[2]) * (now[1] / weight) ** 2, 1e-9)
    if kind is not Kind.COUNT:
        return (now[0] - expected) / sqrt(variance)
    mean, seen = max(expected, 1e-9), max(now[0], 0.25)
    deviance = max(2 * (seen * log(seen / mean) - (seen - mean)), 0.0)
    return copysign(sqrt(deviance * mean / variance), now[0] - mean)


def scan(kind: Kind, y: Floats, x: Floats, spread: Spread, prior: Prior) -> Scan:
    """Scores of every week of series × weeks ``y`` over ``x`` (0 where there was no exposure)."""
    parts = [
        _scan(kind, y[rows], x[rows], spread.of(rows), prior.of(rows))
        for rows in (slice(i, i + _CHUNK) for i in range(0, len(y), _CHUNK))
    ]
    if not parts:
        none = np.zeros(y.shape)
        return Scan(none, none, none.astype(np.int64), none.astype(np.int64))
    return Scan(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("low", "high", "low_weeks", "high_weeks")))


def _scan(kind: Kind, y: Floats, x: Floats, spread: Spread, prior: Prior) -> Scan:
    sums = tuple(running(values) for values in (y, x, x * x))
    usual = _typical(x)
    low, high = np.full(y.shape, np.inf), np.full(y.shape, -np.inf)
    low_weeks, high_weeks = np.zeros(y.shape, np.int64), np.zeros(y.shape, np.int64)
    for weeks in WINDOWS:
        now = tuple(_ending(total, weeks) for total in sums)
        before = tuple(_between(total, weeks) for total in sums)
        score, _, _ = compare_stretches(kind, (now[0], now[1], now[2]), (before[0], before[1], before[2]), spread, prior)
        told = (before[1] >= LEAST * usual) & (now[1] >= 0.5 * usual)
        lower, higher = told & (score < low), told & (score > high)
        low, high = np.where(lower, score, low), np.where(higher, score, high)
        low_weeks, high_weeks = np.where(lower, weeks, low_weeks), np.where(higher, weeks, high_weeks)
    return Scan(np.where(low_weeks > 0, low, np.nan), np.where(high_weeks > 0, high, np.nan), low_weeks, high_weeks)


def _typical(x: Floats) -> Floats:
    """A usual week's exposure, a series: the mean of the weeks with any."""
    return np.asarray(x.sum(axis=1) / np.maximum((x > 0).sum(axis=1), 1))[:, None]


def running(values: Floats) -> Floats:
    """Running sums along weeks, with a leading 0: ``out[:, j] - out[:, i]`` adds up weeks i to j - 1."""
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def _ending(total: Floats, weeks: int) -> Floats:
    """Sum of the last ``weeks`` weeks up to each (fewer at the beginning)."""
    ends = np.arange(1, total.shape[1])
    return np.asarray(total[:, ends] - total[:, np.maximum(ends - weeks, 0)])


def _between(total: Floats, weeks: int) -> Floats:
    """Sum of the reference weeks before the last ``weeks``."""
    ends = np.maximum(np.arange(1, total.shape[1]) - weeks, 0)
    return np.asarray(total[:, ends] - total[:, np.maximum(ends - REFERENCE, 0)])
