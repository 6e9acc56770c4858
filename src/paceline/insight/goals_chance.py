"""How likely a goal of any kind is to be reached: draws of the period's end held against the target.

Draws of money and wins come from the forecast, those of counts from ``forecast_counts``. A share's and a mean's come from here:
what is there so far, and as many cases more as the pace brings, at a rate that is known only from the past.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.insight.compare import likelihood, reach_words, share
from paceline.saying.said import Said, say

Floats = npt.NDArray[np.float64]

DRAWS = 2000
_PRIOR = 1.0  # cases that a rate of one half is worth: little beside any past


@dataclass(frozen=True)
class Reach:
    """The chance to reach a target (to stay under it, where lower is better), and what the period comes to."""

    target: float
    chance: float
    middle: float
    interval: tuple[float, float]  # central 80 %
    sentence: Said


def reach(draws: Floats, target: float, lower_is_better: bool = False) -> Reach:
    """Draws of a metric at the period's end against a target. ValueError without draws, or a target not above 0."""
    ends = np.asarray(draws, np.float64)
    ends = ends[np.isfinite(ends)]
    if ends.size == 0:
        raise ValueError("without draws there is no chance")
    if target <= 0:
        raise ValueError(f"a goal is above 0, not {target:g}")
    chance = float((ends <= target).mean() if lower_is_better else (ends >= target).mean())
    low, middle, high = (float(value) for value in np.quantile(ends, (0.1, 0.5, 0.9)))
    likely, of_goal = likelihood(chance, 0.005), (middle / target, low / target, high / target)
    words = _within(likely, of_goal) if lower_is_better else reach_words(likely, of_goal)
    return Reach(target, chance, middle, (low, high), words)


def _within(likely: Said, of_goal: tuple[float, float, float]) -> Said:
    middle, low, high = map(share, of_goal)
    return say(
        "{likely} likely to stay within the goal; most likely {middle} of it, 8 in 10 chance of {low} to {high}.",
        likely=likely, middle=middle, low=low, high=high,
    )  # fmt: skip


def share_draws(
    so_far: tuple[float, float], past: tuple[float, float], left: float, rng: np.random.Generator, draws: int = DRAWS
) -> Floats:
    """Draws of a share at the period's end: (hits, cases) so far, (hits, cases) of the past, and ``left`` cases expected more.

    NaN where a draw has no case at all. ValueError for more hits than cases.
    """
    (hits, cases), (before, out_of) = so_far, past
    if hits > cases or before > out_of:
        raise ValueError("a share has no more hits than cases")
    rate = rng.beta(hits + before + _PRIOR / 2, cases - hits + out_of - before + _PRIOR / 2, draws)
    more = rng.poisson(max(left, 0.0), draws)
    ended = cases + more
    return _over(hits + rng.binomial(more, rate), ended)


def mean_draws(
    so_far: tuple[float, float], past: Floats, left: float, rng: np.random.Generator, draws: int = DRAWS
) -> Floats:
    """Draws of a mean at the period's end: (sum, n) so far, the single values of the past, and ``left`` of them expected more.

    NaN where a draw has none. ValueError when there is no past and something is left.
    """
    total, n = so_far
    more = rng.poisson(max(left, 0.0), draws)
    if more.any() and len(past) == 0:
        raise ValueError("without past values nothing can be said of those to come")
    flat = np.repeat(np.arange(draws), more)
    # One pool a draw would be slow; a pool for all, weighed anew in each, carries the past's own uncertainty.
    tilt = rng.standard_normal(draws)
    sure = float(np.std(past)) / np.sqrt(max(len(past), 1)) if len(past) else 0.0
    values = past[rng.integers(0, len(past), len(flat))] + tilt[flat] * sure if len(flat) else np.zeros(0)
    added = np.bincount(flat, values, draws)
    ended = n + more
    return _over(total + added, ended)


def _over(top: npt.ArrayLike, below: npt.ArrayLike) -> Floats:
    above, bottom = np.asarray(top, np.float64), np.asarray(below, np.float64)
    out = np.full(len(above), np.nan)
    np.divide(above, bottom, out=out, where=bottom > 0)
    return out
