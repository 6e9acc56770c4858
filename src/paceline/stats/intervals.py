"""How sure a number is: intervals for shares and means. Numbers in, numbers out; no interval where none would be honest."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

from scipy.special import stdtrit

FEWEST = 5  # of so few values the interval of a mean is wider than anything that could be, and says nothing


def z_value(level: float = 0.95) -> float:
    """Half-width of a two-sided normal interval, in standard deviations. ValueError unless 0 < level < 1."""
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not {level}")
    return NormalDist().inv_cdf(0.5 + level / 2)


def wilson(hits: float, n: float, level: float = 0.95) -> tuple[float, float] | None:
    """Wilson's score interval (1927) for a share of ``hits`` in ``n``; within 0 and 1. None for n = 0.

    ValueError if hits isn't between 0 and n.
    """
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n} is no share")
    if n == 0:
        return None
    z = z_value(level)
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def mean_interval(total: float, squares: float, n: int, level: float = 0.95) -> tuple[float, float] | None:
    """Interval of a mean from the sum and the sum of squares of ``n`` values; Student's t. None below ``FEWEST`` values."""
    if n < FEWEST:
        return None
    mean = total / n
    variance = max(0.0, (squares - n * mean * mean) / (n - 1))  # rounding may leave a hair below nothing
    half = t_value(n - 1, level) * sqrt(variance / n)
    return mean - half, mean + half


def t_value(degrees: int, level: float = 0.95) -> float:
    """Two-sided quantile of Student's t. ValueError below one degree."""
    if degrees < 1:
        raise ValueError("Student's t needs a degree of freedom")
    return float(stdtrit(degrees, (1 + level) / 2))
