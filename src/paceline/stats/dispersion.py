"""How widely weeks spread beyond what chance alone makes of counts, shares and means; and what the role says of a rep
before her own weeks do.

Measured by moments: squared residuals against the level of the weeks around, a role and metric together, each series
drawn towards it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import convolve1d

from paceline.stats.scan import Kind, Prior, Spread

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

AROUND = 26  # weeks around one that make its level
OWN = 40.0  # weeks that the role's spread is worth beside a series' own
FEWEST_SEEN = 0.5  # of what is counted: the role's word is worth at least half of one, so that none seen isn't never
_CAP = 16.0  # squared residuals count as this many variances at most: planted falls and slips of the pen are no spread


def level_around(y: Floats, x: Floats, weeks: int = AROUND) -> tuple[Floats, Floats]:
    """Rate of the weeks around each, itself left out, and its exposure; last axis weeks."""
    window = np.ones(weeks + 1)
    window[weeks // 2] = 0
    top, bottom = (convolve1d(values, window, axis=-1, mode="constant") for values in (y, x))
    return np.asarray(top / np.maximum(bottom, 1e-9)), np.asarray(bottom)


def measured_spread(kind: Kind, y: Floats, x: Floats, role: Whole) -> Spread:
    """Spread of each series of reps × metrics × weeks, flat: by moments, a role × metric together, each series drawn
    towards it.
    """
    rate, around = level_around(y, x)
    told = (x > 0) & (around > 4 * _usual(x))
    chance, weeks, residual = _parts(kind, y, x, rate, around)
    within = np.zeros(y.shape[:2])
    between = np.zeros(y.shape[:2])
    for one in np.unique(role):
        mine = np.flatnonzero(role == one)
        pooled_within, pooled = _pooled(kind, *(values[mine] * told[mine] for values in (chance, weeks, residual)))
        own = _own(pooled_within, pooled, *(values[mine] * told[mine] for values in (chance, weeks, residual)))
        within[mine], between[mine] = pooled_within[None, :], own
    return Spread(within.ravel(), between.ravel())


def _usual(x: Floats) -> Floats:
    return np.asarray(x.sum(axis=-1) / np.maximum((x > 0).sum(axis=-1), 1))[..., None]


def _parts(kind: Kind, y: Floats, x: Floats, rate: Floats, around: Floats) -> tuple[Floats, Floats, Floats]:
    """What chance adds, what weeks add for a spread of 1, and the squared residual, freed of the level's own error."""
    inflated = 1 + x / np.maximum(around, 1e-9)
    squared = (y - rate * x) ** 2 / inflated
    if kind is Kind.COUNT:
        return rate * x, (rate * x) ** 2, squared
    if kind is Kind.RATE:
        p = np.clip(rate, 0.002, 0.998)
        return p * (1 - p) * x, p * (1 - p) * x * np.maximum(x - 1, 0), squared
    return rate**2 * x, (rate * x) ** 2, squared


def _pooled(kind: Kind, chance: Floats, weeks: Floats, residual: Floats) -> tuple[Floats, Floats]:
    """(within, between) a metric over reps and weeks.

    Counts and rates have their chance part known; means have both measured.
    """
    axes = (0, 2)
    between, within = np.zeros(chance.shape[1]), np.ones(chance.shape[1])
    for round_ in range(4):
        predicted = within[None, :, None] * chance + between[None, :, None] * weeks
        capped = np.minimum(residual, _CAP * predicted) if round_ else residual  # the first guess is too rough to cap by
        weigh = np.divide(1.0, predicted**2, out=np.zeros_like(predicted), where=predicted > 0)
        if kind is Kind.MEAN:
            within, between = _two(chance, weeks, capped, weigh)
        else:
            between = ((capped - chance) * weeks * weigh).sum(axis=axes) / np.maximum((weeks**2 * weigh).sum(axis=axes), 1e-12)
        between = np.clip(between, 1e-4, 0.9 if kind is Kind.RATE else 5.0)
    return (within if kind is Kind.MEAN else np.zeros_like(within)), between


def _two(chance: Floats, weeks: Floats, residual: Floats, weigh: Floats) -> tuple[Floats, Floats]:
    """Weighted least squares of residual on both parts, a metric; neither below a hair."""
    axes = (0, 2)
    cc, cw, ww = ((weigh * u * v).sum(axis=axes) for u, v in ((chance, chance), (chance, weeks), (weeks, weeks)))
    cr, wr = ((weigh * u * residual).sum(axis=axes) for u in (chance, weeks))
    determinant = np.maximum(cc * ww - cw**2, 1e-12)
    within, between = (cr * ww - wr * cw) / determinant, (wr * cc - cr * cw) / determinant
    alone = cr / np.maximum(cc, 1e-12)
    within = np.where(between < 0, alone, within)
    return np.maximum(within, 1e-4), np.maximum(between, 0.0)


def _own(within: Floats, between: Floats, chance: Floats, weeks: Floats, residual: Floats) -> Floats:
    """Each series' own between-weeks spread, drawn towards the pooled one. Reps × metrics."""
    scale = np.where(within > 0, within, 1.0)[None, :, None]
    predicted = scale * chance + between[None, :, None] * weeks
    capped = np.minimum(residual, _CAP * predicted)
    ratio = np.divide(capped, predicted, out=np.zeros_like(capped), where=predicted > 0)
    told = (predicted > 0).sum(axis=2)
    factor = (ratio.sum(axis=2) + OWN) / (told + OWN)  # of the whole variance
    share = np.divide((between[None, :, None] * weeks).sum(axis=2), predicted.sum(axis=2), out=np.full(told.shape, 0.5),
                      where=predicted.sum(axis=2) > 0)  # fmt: skip
    # The whole factor is laid on the part that weeks add: chance's part can't be other than it is.
    return np.asarray(np.maximum(between[None, :] * (1 + (factor - 1) / np.maximum(share, 0.2)), 1e-4))


def prior_of(y: Floats, x: Floats, role: Whole) -> Prior:
    """The role's rate for each series (flat), worth as much exposure as the reps' likeness says (a gamma's, by moments)."""
    rate, exposure = np.zeros(y.shape[:2]), np.zeros(y.shape[:2])
    for one in np.unique(role):
        mine = np.flatnonzero(role == one)
        top, bottom = y[mine].sum(axis=2), x[mine].sum(axis=2)
        mean = top.sum(axis=0) / np.maximum(bottom.sum(axis=0), 1e-9)
        own = np.divide(top, bottom, out=np.broadcast_to(mean, top.shape).copy(), where=bottom > 0)
        apart = np.maximum(((own - mean) ** 2 * bottom).sum(axis=0) / np.maximum(bottom.sum(axis=0), 1e-9), 1e-9)
        few = np.where(mean > 0, FEWEST_SEEN / np.maximum(mean, 1e-9), 1.0)
        rate[mine], exposure[mine] = mean, np.minimum(np.maximum(mean / apart, few), bottom.mean(axis=0) / 13)
    return Prior(rate.ravel(), exposure.ravel())
