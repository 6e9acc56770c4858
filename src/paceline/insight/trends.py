"""Growth with an interval, and the shape of the year and of the quarter where the history is long enough to tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt

from paceline.stats.intervals import z_value

Floats = npt.NDArray[np.float64]

FEWEST_WINS = 5  # in each of the two periods
OVERSPREAD = 1.5  # variance ÷ mean of counts of wins, as measured in real ones (1.0 to 3.4 by the week)
LEVEL = 0.8
FEWEST_CYCLES = {12: 2, 3: 6}  # whole years, whole quarters: below it a shape can't be told from luck
CLEAR = 0.05  # chance of a shape so strong by luck, from which on it is told
_SHUFFLES = 2000


@dataclass(frozen=True)
class Growth:
    """How a sum changed: the ratio less 1, with an interval of 80 %; None where there were too few."""

    now: float
    before: float
    wins_now: int
    wins_before: int
    growth: float | None
    low: float | None
    high: float | None

    @property
    def text(self) -> str:
        """``+12 % (−5 to +32)``; or that there are too few."""
        if self.growth is None or self.low is None or self.high is None:
            return "too few"
        return f"{self.growth:+.0%} ({self.low:+.0%} to {self.high:+.0%})"


def growth(now: Sequence[float], before: Sequence[float], level: float = LEVEL) -> Growth:
    """Of the sum of won amounts in one period against another of the same length.

    The sums are compound Poisson, spread more widely than luck alone: variance of the logarithm (1 + cv²) × overspread ÷ n.
    """
    a, b = np.asarray(now, np.float64), np.asarray(before, np.float64)
    if min(len(a), len(b)) < FEWEST_WINS or a.sum() <= 0 or b.sum() <= 0:
        return Growth(float(a.sum()), float(b.sum()), len(a), len(b), None, None, None)
    variance = sum(OVERSPREAD * (1 + float(some.var(ddof=1)) / float(some.mean()) ** 2) / len(some) for some in (a, b))
    middle, half = log(a.sum() / b.sum()), z_value(level) * sqrt(variance)
    ends = (exp(middle + shift) - 1 for shift in (0.0, -half, half))
    return Growth(float(a.sum()), float(b.sum()), len(a), len(b), *ends)


@dataclass(frozen=True)
class Season:
    """Each position's usual part of a cycle as a factor (1: an even one). ``clear``: it can be told from luck.

    None of ``factors``: too short a history, by ``needs`` whole cycles.
    """

    positions: int
    cycles: int
    factors: tuple[float, ...] | None
    chance: float | None
    clear: bool
    needs: int


def season(counts: Sequence[Sequence[float]], positions: int, seed: int = 0) -> Season:
    """The shape of cycles (rows) of ``positions`` months: 12 of a year, 3 of a quarter. ValueError for another number.

    Whether it is more than luck is found by shuffling the months within each cycle: how often is the shape as strong then?
    Factors are shrunk towards 1 by the part of their spread that luck explains.
    """
    if positions not in FEWEST_CYCLES:
        raise ValueError(f"a cycle has {' or '.join(map(str, FEWEST_CYCLES))} months, not {positions}")
    table = np.asarray(counts, np.float64).reshape(-1, positions)
    table = table[table.sum(axis=1) > 0]
    needs = FEWEST_CYCLES[positions]
    if len(table) < needs:
        return Season(positions, len(table), None, None, False, needs)
    share = table / table.mean(axis=1, keepdims=True)
    factors, rng = share.mean(axis=0), np.random.default_rng(seed)
    strength = float(((factors - 1) ** 2).sum())
    shuffled = np.array([((rng.permuted(share, axis=1).mean(axis=0) - 1) ** 2).sum() for _ in range(_SHUFFLES)])
    chance = (1 + int((shuffled >= strength).sum())) / (1 + _SHUFFLES)
    keep = max(1 - float(shuffled.mean()) / strength, 0.0) if strength > 0 else 0.0
    return Season(positions, len(table), tuple((1 + keep * (factors - 1)).tolist()), chance, chance <= CLEAR, needs)
