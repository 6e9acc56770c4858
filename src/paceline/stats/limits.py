"""What is usual for a series of numbers: the natural process limits of an XmR chart, for series that carry over, too."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from statistics import median

FEWEST = 6  # from fewer numbers no limits are drawn: their moving range says too little
# 3 ÷ 1.128: three sigma, sigma estimated from ranges of two (Wheeler and Chambers, Understanding Statistical Process Control).
_SCALE = 2.66
_MEDIAN_SCALE = 3.145  # 3 ÷ 0.954: the same from the median of such ranges, which a few wide ones don't move (the same book)
_TAIL = 1.28  # one series in ten whose values don't hang together is taken for one whose values do: its limits are then wider


def natural_limits(values: Sequence[float]) -> tuple[float, float] | None:
    """Lower and upper limit of the value after these, in order. None for fewer than six values.

    Mean ± 2.66 × mean moving range. Where each value starts from the one before (open pipeline, accounts in hand: stocks,
    trends), that range marks every step of a long way as unusual; there it is the last value plus the usual step, ± the
    natural limits of the steps. Where such a way has a leap in it, nobody knows whether the values stay or come back: what
    was usual before the leap isn't unusual afterwards, and the limits are those of both.
    """
    found = usual(values)
    return None if found is None else (found[0], found[2])


def usual(values: Sequence[float]) -> tuple[float, float, float] | None:
    """``natural_limits`` with what is usual between them: the mean; the value next on the way; after a leap the median."""
    if len(values) < FEWEST:
        return None
    steps = [later - earlier for earlier, later in pairwise(values)]
    mean = _mean(values)
    reach = _SCALE * _mean([abs(step) for step in steps])
    if not _carries_over(values, steps, mean):
        return mean - reach, mean, mean + reach
    changes = [abs(later - earlier) for earlier, later in pairwise(steps)]
    step = _mean(steps)
    due, off = values[-1] + step, max(_SCALE * _mean(changes), 3 * _deviation(steps, step))
    if not _leaps(steps, changes):
        return due - off, due, due + off
    return min(due - off, mean - reach), median(values), max(due + off, mean + reach)


def floored(limit: float, values: Sequence[float]) -> float:
    """A lower limit where values count something: what was never below 0 isn't expected there, what was isn't further below."""
    return max(limit, min(0.0, *values))


def _carries_over(values: Sequence[float], steps: Sequence[float], mean: float) -> bool:
    """Whether steps are smaller than independent values would make them: von Neumann's ratio (1941), of mean 2 and variance
    4 (n − 2) ÷ (n² − 1) for those."""
    n, around = len(values), sum((value - mean) ** 2 for value in values)
    least = 2 - 2 * _TAIL * sqrt((n - 2) / (n * n - 1))
    return sum(step * step for step in steps) < least * around


def _leaps(steps: Sequence[float], changes: Sequence[float]) -> bool:
    """Whether one of the steps is none of the others' kind: outside the natural limits of their medians, which it can't move."""
    usual_step, reach = median(steps), _MEDIAN_SCALE * median(changes)
    return any(abs(step - usual_step) > reach for step in steps)


def _deviation(values: Sequence[float], mean: float) -> float:
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
