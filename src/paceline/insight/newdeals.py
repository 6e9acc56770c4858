"""Deals not created yet: how many each rep will create, and how many of those will be won before the period ends.

Creation is gamma-Poisson: the rep's recent rate, shrunk towards the company's by how much reps differ beyond luck. What is won of
them in time follows from the life table at age 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.insight.pipeline import NEVER, Opportunities
from paceline.insight.pipeline_odds import LifeTable
from paceline.stats.pool import prior_strength, tally
from paceline.stats.survival import Calendar, chance_of_end

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HALF_LIFE = 112.0  # days after which a created deal counts half: how much is created changes with people and markets
GONE = 60  # days without a sign (nothing created, nothing closed) after which a rep is taken to have left
_GRID = np.geomspace(0.2, 5.0, 9)  # factors on the hazard of winning for which the chance in time is worked out


@dataclass(frozen=True)
class Creation:
    """Deals a day that each rep creates: weighted deals and days seen, and the prior they are shrunk by."""

    seen: Floats
    days: Floats
    strength: float  # in deals
    rate: float  # of the company, deals a rep and day
    active: npt.NDArray[np.bool_]

    def rates(self) -> Floats:
        """Posterior mean of each rep's deals a day; 0 for those who left."""
        return np.where(self.active, (self.seen + self.strength) / (self.days + self.strength / max(self.rate, 1e-9)), 0.0)

    def draws(self, rng: np.random.Generator, draws: int) -> Floats:
        """(reps, draws) of deals a day."""
        shape = self.seen + self.strength
        days = self.days + self.strength / max(self.rate, 1e-9)
        rate = rng.standard_gamma(shape[:, None], (len(shape), draws)) / days[:, None]
        return np.asarray(np.where(self.active[:, None], rate, 0.0), dtype=np.float64)


def first_days(known: Opportunities) -> Ints:
    """Each rep's first day seen: the first deal created, but not before creation was seen at all; ``NEVER`` without deals."""
    first = np.full(len(known.reps), NEVER, dtype=np.int64)
    np.minimum.at(first, known.rep, known.created)
    return first


def last_days(known: Opportunities) -> Ints:
    """Each rep's last sign: a deal created or closed; −1 without deals."""
    last = np.full(len(known.reps), -1, dtype=np.int64)
    np.maximum.at(last, known.rep, known.created)
    closed = known.closed < NEVER
    np.maximum.at(last, known.rep[closed], known.closed[closed])
    return last


def fit_creation(known: Opportunities, now: int) -> Creation:
    """Rates of creation as known when ``now`` began."""
    size = len(known.reps)
    weight = 0.5 ** ((now - 1 - known.created) / HALF_LIFE)
    seen = tally(known.rep, size, weight)
    span = np.maximum(now - first_days(known), 0).astype(np.float64)
    decay = 0.5 ** (1 / HALF_LIFE)
    days = (1 - decay**span) / (1 - decay)
    active = now - last_days(known) <= GONE
    rate = float(seen[active].sum() / max(days[active].sum(), 1e-9))
    return Creation(seen, days, prior_strength(seen[active], rate * days[active]), rate, active)


def won_in_time(known: Opportunities, table: LifeTable, days: Calendar, until: int, first: int = 0) -> Floats:
    """For each rep the days' sum of the chance that a deal created on that day is won on ``first <= day < until``, bands mixed.

    Times deals a day, it is the expected number of wins from deals not created yet.
    """
    length = until - table.now
    if length <= 0:
        return np.zeros(len(known.reps))
    day = np.arange(table.now, until, dtype=np.int64)
    age = day[None, :] - day[:, None]
    on = np.broadcast_to(day[None, :], age.shape)
    factor = np.log(np.clip(table.of_rep, _GRID[0], _GRID[-1]))
    each = np.zeros((len(known.reps), len(known.bands)))
    for band in range(len(known.bands)):
        win, loss = table.hazards(age, days, on, np.full((1, 1), band), np.ones((1, 1)))
        sums = np.array([_total(chance_of_end(win * times, loss), first - table.now) for times in _GRID])
        each[:, band] = np.interp(factor, np.log(_GRID), sums)
    return np.asarray((_mix(known, table.now) * each).sum(axis=1), dtype=np.float64)


def _total(by_day: Floats, early: int) -> float:
    """The chances up to the last day, less those up to the first ``early`` days."""
    before = by_day[:, min(early, by_day.shape[1]) - 1].sum() if early > 0 else 0.0
    return float(by_day[:, -1].sum() - before)


def _mix(known: Opportunities, now: int) -> Floats:
    """(reps, bands) share of each band in what the rep creates, shrunk towards the company's."""
    weight = 0.5 ** ((now - 1 - known.created) / (2 * HALF_LIFE))
    reps, bands = len(known.reps), len(known.bands)
    table = tally(known.rep * bands + known.band, reps * bands, weight).reshape(reps, bands)
    company = table.sum(axis=0) / max(float(table.sum()), 1e-9)
    mixed = table + 5.0 * company[None, :]
    return np.asarray(mixed / np.maximum(mixed.sum(axis=1, keepdims=True), 1e-9), dtype=np.float64)
