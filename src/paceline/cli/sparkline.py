"""A row of numbers as a row of bars, one character each."""

from __future__ import annotations

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"
GAP = "·"  # no value there: a low bar would say "little"


def sparkline(values: Sequence[float | None]) -> str:
    """One bar a value, from the smallest to the largest; all stand on zero, and an unknown value is a dot."""
    known = [value for value in values if value is not None]
    if not known:
        return GAP * len(values)
    low, high = min(0.0, *known), max(known)
    return "".join(GAP if value is None else _bar(value, low, high) for value in values)


def _bar(value: float, low: float, high: float) -> str:
    if high == low:
        return BARS[0]
    return BARS[round((value - low) / (high - low) * (len(BARS) - 1))]
