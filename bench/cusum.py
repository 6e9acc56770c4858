"""Cumulative sums of calibrated scores (Page 1954): the classic alarm for small lasting changes.

The scan is measured against it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SLACK = 0.5  # half the change it is tuned to, in standard deviations
BAR = 4.0


@dataclass(frozen=True)
class Cusum:
    """Series × weeks: how far each side has added up, and since how many weeks (0: nothing adds up)."""

    low: Floats
    high: Floats
    low_weeks: npt.NDArray[np.int64]
    high_weeks: npt.NDArray[np.int64]


def cusum(scores: Floats, slack: float = SLACK) -> Cusum:
    """Add up standard normal scores, series × weeks, both ways; unknown weeks (NaN) leave the sums as they were."""
    empty, none = np.zeros(scores.shape), np.zeros(scores.shape, np.int64)
    out = Cusum(empty, empty.copy(), none, none.copy())
    for sums, weeks, sign in ((out.low, out.low_weeks, -1.0), (out.high, out.high_weeks, 1.0)):
        so_far, length = np.zeros(len(scores)), np.zeros(len(scores), np.int64)
        for week in range(scores.shape[1]):
            step = np.nan_to_num(sign * scores[:, week] - slack)
            so_far = np.maximum(so_far + np.where(np.isfinite(scores[:, week]), step, 0.0), 0.0)
            length = np.where(so_far > 0, length + 1, 0)
            sums[:, week], weeks[:, week] = so_far, length
    return out
