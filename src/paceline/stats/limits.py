"""What is usual for a series of numbers: the natural process limits of an XmR chart."""

from __future__ import annotations

from collections.abc import Sequence

FEWEST = 6  # from fewer numbers no limits are drawn: their moving range says too little
_SCALE = 2.66  # 3 ÷ 1.128: three sigma, sigma estimated from ranges of two (Wheeler and Chambers, Understanding Statistical Process Control)


def natural_limits(values: Sequence[float]) -> tuple[float, float] | None:
    """Lower and upper limit: mean ± 2.66 × mean moving range, in the values' order. None for fewer than six values."""
    if len(values) < FEWEST:
        return None
    mean = sum(values) / len(values)
    moving = [abs(later - earlier) for earlier, later in zip(values, values[1:], strict=False)]
    reach = _SCALE * sum(moving) / len(moving)
    return mean - reach, mean + reach
