"""The smallest change that could be seen within eight weeks: what a metric's volume and spread allow, whatever is done."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from paceline.stats.scan import REFERENCE, Kind, Spread, variance_parts

Floats = npt.NDArray[np.float64]

WITHIN = 8  # weeks
POWER = 0.84  # standard deviations above the bar for a chance of 80 % to be seen


def smallest_change(kind: Kind, rate: Floats, week: Floats, spread: Spread, bar: Floats | float, fall: bool = True) -> Floats:
    """Smallest lasting fall (or rise), as a share of the pace, seen within 8 weeks with a chance of 80 %. An array a series.

    ``rate``: the usual pace an exposure; ``week``: a usual week's exposure; ``bar``: the score at which a signal fires.
    Infinite where not even all of it (or a tenfold rise) would be seen.
    """
    change = np.linspace(0.02, 1.0, 50) if fall else np.concatenate([np.linspace(0.02, 1, 50), np.geomspace(1.05, 9, 30)])
    sign = -1.0 if fall else 1.0
    stretch, before = WITHIN * week[:, None], REFERENCE * week[:, None]
    a, b = variance_parts(kind, rate, spread)
    level, part, common = rate[:, None], a[:, None], b[:, None]
    usual = part * stretch + common * stretch * week[:, None]
    known = (part * before + common * before * week[:, None]) * (WITHIN / REFERENCE) ** 2
    held_against = np.sqrt(np.maximum(usual + known, 1e-12))  # the score's denominator
    after = level * (1 + sign * change[None, :])
    a2, b2 = variance_parts(kind, np.broadcast_to(after, (len(rate), len(change))), spread)
    wobble = np.sqrt(np.maximum(a2 * stretch + b2 * stretch * week[:, None] + known, 0))  # how the sum will in truth vary
    seen = change[None, :] * level * stretch - np.asarray(bar).reshape(-1, 1) * held_against >= POWER * wobble
    return np.where(seen.any(axis=1), change[np.argmax(seen, axis=1)], np.inf)
