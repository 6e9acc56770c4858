"""What is usual for a series of numbers: the natural process limits of an XmR chart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

FEWEST = 6  # from fewer numbers no limits are drawn: their moving range says too little
# 3 ÷ 1.128: three sigma, sigma estimated from ranges of two (Wheeler and Chambers, Understanding Statistical Process Control).
_SCALE = 2.66


def natural_limits(values: Sequence[float]) -> tuple[float, float] | None:
    """Lower and upper limit: mean ± 2.66 × mean moving range, in the values' order. None for fewer than six values."""
    if len(values) < FEWEST:
        return None
    mean = sum(values) / len(values)
    moving = [abs(later - earlier) for earlier, later in pairwise(values)]
    reach = _SCALE * sum(moving) / len(moving)
    return mean - reach, mean + reach
