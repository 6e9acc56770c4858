"""A company's weekly series, drawn in one go: what the signals are measured on.

50 reps × 35 metrics × 104 weeks take a tenth of a second. Planted changes are known; everything else is life: counts spread
wider than Poisson's, a rep's better and worse weeks shared by all metrics, public holidays and leave (in the working days),
sickness nobody recorded (not in them), hires who ramp, leavers, seasons and dips of a role's market.

Seeds below 1000 were looked at while the methods were made; the tests use others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
FIRST_MONDAY = date(2024, 1, 1)
ROLES = ("AE", "SDR", "AM")
FACTORS = (0.5, 0.7, 1.5)  # planted: lose half, lose three tenths, gain half


@dataclass(frozen=True)
class Life:
    """How much life there is. Shares are of reps; ``spread`` is the variance ÷ mean of a weekly count, lowest and highest."""

    spread: tuple[float, float] = (1.0, 3.4)
    shared: float = 0.08  # sd of the logarithm of a rep's week, shared by all metrics
    memory: float = 0.0  # how much of a series' own deviation is carried into the next week
    hires: float = 0.24
    leavers: float = 0.08
    sick_weeks: float = 1.2  # unrecorded weeks a year at a fifth of the usual pace
    dip: float = 0.75  # the market dip's factor, once a role, five to nine weeks
    season: float = 0.08
    planted: float = 0.05  # share of series with a lasting change


@dataclass(frozen=True)
class Company:
    """Arrays of reps × metrics × weeks (``workdays``: reps × weeks; NaN: not employed).

    ``factor``: the planted change (1: none), lasting from week ``since``.
    """

    kinds: tuple[str, ...]
    role: Whole
    volume: Floats
    value: Floats
    n: Floats
    workdays: Floats
    factor: Floats
    since: Whole

    @property
    def now(self) -> date:
        """The Monday after the last week."""
        return FIRST_MONDAY + timedelta(weeks=self.value.shape[2])

    def table(self) -> dict[str, list[object]]:
        """Plain columns, a row a rep × metric × week in which the rep was employed."""
        reps, metrics, weeks = self.value.shape
        here = np.isfinite(self.workdays)
        rep, metric, week = np.nonzero(np.broadcast_to(here[:, None, :], (reps, metrics, weeks)))
        days = [FIRST_MONDAY + timedelta(weeks=i) for i in range(weeks)]
        return {
            "rep": [f"R{i:03d}" for i in rep],
            "role": [ROLES[i] for i in self.role[rep]],
            "metric": [f"m{i:02d}_{self.kinds[i]}" for i in metric],
            "kind": [self.kinds[i] for i in metric],
            "week": [days[i] for i in week],
            "value": self.value[rep, metric, week].tolist(),
            "n": self.n[rep, metric, week].tolist(),
            "workdays": self.workdays[rep, week].tolist(),
        }


def company(seed: int, reps: int = 50, metrics: int = 35, weeks: int = 104, life: Life | None = None) -> Company:
    """Draw a company. Two thirds of the metrics are counts (0.4 to 140 a week), a fifth rates, the rest means."""
    rng, life = np.random.default_rng(seed), life or Life()
    role = rng.choice(len(ROLES), reps, p=(0.5, 0.3, 0.2))
    kinds = _kinds(metrics)
    volume = np.exp(rng.permutation(np.linspace(np.log(0.4), np.log(140), metrics)))
    workdays, sick, ramp = _presence(rng, life, reps, weeks)
    factor, since = _planted(rng, life, np.isfinite(workdays), metrics)
    change = np.where(np.arange(weeks) >= since[..., None], factor[..., None], 1.0)
    pace = np.nan_to_num(workdays) / 5 * sick * ramp * np.exp(rng.normal(0, life.shared, (reps, weeks)) - life.shared**2 / 2)
    level = np.exp(rng.normal(0, 0.3, (reps, metrics)) + rng.normal(0, 0.2, (reps, 1))) * volume
    market = _market(rng, life, weeks)[role]
    mean = level[..., None] * (pace * market)[:, None, :] * _remembered(rng, life, (reps, metrics, weeks))
    value, n = np.zeros_like(mean), np.zeros_like(mean)
    for m, kind in enumerate(kinds):
        value[:, m], n[:, m] = _drawn(rng, life, kind, mean[:, m], change[:, m], volume[m])
    return Company(kinds, role, volume, value, n, workdays, factor, since)


def _kinds(metrics: int) -> tuple[str, ...]:
    pattern = ("count", "count", "rate", "count", "count", "mean", "count", "rate", "count", "count")
    return tuple(pattern[i % len(pattern)] for i in range(metrics))


def _presence(rng: np.random.Generator, life: Life, reps: int, weeks: int) -> tuple[Floats, Floats, Floats]:
    """Working days known to the company; the pace of unrecorded sickness; the pace of the ramp. Each reps × weeks."""
    days: Floats = np.full((reps, weeks), 5.0)
    public = rng.choice(52, 9, replace=False)
    for year in range(0, weeks, 52):
        days[:, [w + year for w in public if w + year < weeks]] -= 1
        for back, left in ((1, 2.0), (2, 3.0)):
            if year + 52 - back < weeks:
                days[:, year + 52 - back] = left
    leave = rng.random((reps, weeks)) < 5 / 52
    days[leave] = np.minimum(days[leave], rng.choice((0.0, 1.0, 3.0), leave.sum(), p=(0.6, 0.1, 0.3)))
    sick = np.where(rng.random((reps, weeks)) < life.sick_weeks / 52, 0.2, 1.0)
    hired: Floats = np.where(rng.random(reps) < life.hires, rng.integers(4, max(weeks - 10, 5), reps), -200)
    gone: Floats = np.where(rng.random(reps) < life.leavers, rng.integers(weeks // 2, weeks, reps), weeks + 1)
    tenure = np.arange(weeks)[None, :] - hired[:, None]
    days[(tenure < 0) | (np.arange(weeks)[None, :] >= gone[:, None])] = np.nan
    return days, sick, 1 - 0.7 * np.exp(-np.maximum(tenure, 0) / 8)


def _planted(rng: np.random.Generator, life: Life, here: npt.NDArray[np.bool_], metrics: int) -> tuple[Floats, Whole]:
    """Changes only where at least 40 weeks went before and 9 follow; no one has more than a few."""
    reps, weeks = here.shape
    first = np.argmax(here, axis=1)
    last = weeks - np.argmax(here[:, ::-1], axis=1)
    earliest = np.maximum(first + 40, 48)
    fits = earliest + 9 < last
    since = np.where(fits, rng.integers(0, 10**6, (metrics, reps)) % np.maximum(last - 9 - earliest, 1) + earliest, weeks).T
    chosen = (rng.random((reps, metrics)) < life.planted) & fits[:, None]
    factor = np.where(chosen, rng.choice(FACTORS, (reps, metrics), p=(0.4, 0.4, 0.2)), 1.0)
    return factor, since.astype(np.int64)


def _market(rng: np.random.Generator, life: Life, weeks: int) -> Floats:
    """Roles × weeks: seasons, and one dip a role."""
    week = np.arange(weeks)
    out = 1 + life.season * np.sin(2 * np.pi * (week[None, :] / 52 + rng.random((len(ROLES), 1))))
    for role in range(len(ROLES)):
        start = int(rng.integers(20, max(weeks - 10, 21)))
        out[role, start : start + int(rng.integers(5, 10))] *= life.dip
    return out


def _remembered(rng: np.random.Generator, life: Life, shape: tuple[int, int, int]) -> Floats:
    """Deviations that fade over weeks: an autoregression of order one on the logarithm, sd 0.15."""
    if not life.memory:
        return np.ones(shape)
    noise: Floats = np.asarray(rng.normal(0, 0.15 * np.sqrt(1 - life.memory**2), shape))
    out: Floats = np.zeros(shape)
    out[..., 0] = rng.normal(0, 0.15, shape[:2])
    for week in range(1, shape[2]):
        out[..., week] = life.memory * out[..., week - 1] + noise[..., week]
    return np.exp(out)


def _drawn(rng: np.random.Generator, life: Life, kind: str, mean: Floats, change: Floats, volume: float) -> tuple[Floats, Floats]:
    """Values and n of one metric, reps × weeks.

    A count's n is itself; a rate's value is a share of n; a mean's n what it averages.
    """
    shape = volume / max(rng.uniform(*life.spread) - 1, 0.02)  # of the gamma that spreads the Poisson
    if kind == "count":
        count = rng.poisson(mean * change * rng.gamma(shape, 1 / shape, mean.shape)).astype(np.float64)
        return count, count
    n = rng.poisson(mean * rng.gamma(shape, 1 / shape, mean.shape)).astype(np.float64)
    if kind == "rate":
        p0, tie = rng.uniform(0.1, 0.5), rng.uniform(0.002, 0.05)
        p = np.clip(p0 * np.exp(rng.normal(0, 0.15, (len(mean), 1))) * change, 0.005, 0.95)
        chance = rng.beta(p * (1 / tie - 1), (1 - p) * (1 / tie - 1))
        hits = rng.binomial(n.astype(np.int64), chance)
        return np.divide(hits, n, out=np.zeros_like(n), where=n > 0), n
    spread2 = rng.uniform(0.3, 1.0) ** 2
    level = 100 * np.exp(rng.normal(0, 0.2, (len(mean), 1))) * change
    k = np.maximum(n, 1) / spread2
    return np.where(n > 0, level * rng.gamma(k, 1 / k), 0.0), n
