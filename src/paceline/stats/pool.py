"""Draws of totals to come: shrunk rates, resampled weeks, pools with a shared pick. Generators are passed in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_LOOSEST, _TIGHTEST = 3.0, 5_000.0  # bounds of a prior's strength, in events


def prior_strength(observed: Floats, expected: Floats, loosest: float = _LOOSEST) -> float:
    """Strength k of a gamma prior (mean 1, variance 1/k) on ratios observed/expected, by moments; ``loosest`` to 5000 events.

    Var(observed) = expected + expected²/k; groups that differ no more than luck give a tight prior.
    """
    extra = float(((observed - expected) ** 2).sum() - expected.sum())
    squares = float((expected**2).sum())
    return float(np.clip(squares / extra, loosest, _TIGHTEST)) if extra > 0 else _TIGHTEST


def ratio_draws(rng: np.random.Generator, observed: Floats, expected: Floats, strength: float, draws: int) -> Floats:
    """(groups, draws) of the true ratio of each group: gamma-Poisson posterior with a prior of mean 1."""
    shape = observed + strength
    return np.asarray(rng.standard_gamma(shape[:, None], (len(shape), draws)) / (expected + strength)[:, None], dtype=np.float64)


def shocks(rng: np.random.Generator, groups: int, common: float, own: float, draws: int) -> Floats:
    """(groups, draws) factors with median 1: one shock common to all and one of each group; standard deviations of the log."""
    everyone = rng.normal(0.0, common, draws)
    each = rng.normal(0.0, own, (groups, draws))
    return np.asarray(np.exp(everyone[None, :] + each), dtype=np.float64)


def week_draws(picks: Floats, weeks: Floats, known: Ints, length: float) -> Floats:
    """(rows, draws) totals of ``length`` weeks to come, from each row's own past weeks drawn with replacement.

    ``weeks`` is (rows, weeks), the latest first; ``known`` says how many of them each row has (0: the total is 0). ``picks`` are
    uniform numbers, (whole weeks of ``length`` rounded up, draws): the same week is drawn for all rows that have it, so what
    the rows have in common stays in their sums, and two series drawn with the same picks stay together.
    """
    total = np.zeros((len(weeks), picks.shape[1]))
    for slot in range(len(picks)):
        which = np.floor(picks[slot][None, :] * known[:, None]).astype(np.int64)
        total += min(1.0, length - slot) * np.take_along_axis(weeks, which, axis=1)
    total[known == 0] = 0.0
    return total


def pooled(pick: Bools, one: Floats, other: Floats) -> Floats:
    """The one draw where ``pick``, else the other. One pick a draw for all rows, so that sums over rows stay coherent."""
    return np.where(pick[None, :], one, other)


def tally(group: Ints, size: int, values: Floats | Ints | Bools | None = None) -> Floats:
    """Sum of the values (or number of rows) of each group 0 … size − 1."""
    return np.bincount(group, None if values is None else values.astype(np.float64), minlength=size).astype(np.float64)
