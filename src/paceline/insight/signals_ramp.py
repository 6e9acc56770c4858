"""What part of a full pace is expected of a hire: measured on those who were hired within the table's history."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from paceline.insight.signals_table import Weekly

Floats = npt.NDArray[np.float64]

STARTS = 4  # weeks into the table before which a first row may only be the table's beginning
RAMP_WEEKS = 32  # after these nobody is a new hire
STEP = 4  # weeks a step of the curve
FEWEST = 3  # hires with a full pace to compare with


def tenure(weekly: Weekly) -> npt.NDArray[np.int64]:
    """Weeks since each rep's first row, reps × weeks; a large number for those who were there when the table begins."""
    weeks = np.arange(weekly.days.shape[1])
    here = np.isfinite(weekly.days)
    first = np.where(here.any(axis=1), np.argmax(here, axis=1), 0)
    return np.where((first >= STARTS)[:, None], weeks[None, :] - first[:, None], 10_000)


def ramp_share(weekly: Weekly, x: Floats, counts: npt.NDArray[np.int64]) -> Floats:
    """Part of a full pace expected, reps × weeks: 1 for all but new hires, and for them too where too few were hired before.

    Each hire's activity by tenure is held against her own pace from the 24th week; the curve over hires never falls.
    """
    since = tenure(weekly)
    out = np.ones(since.shape)
    if not len(counts):
        return out
    y, x = weekly.y[:, counts], x[:, counts]
    settled = ((since >= 24) & (since < 10_000))[:, None, :]
    full = (y * settled).sum(axis=2) / np.maximum((x * settled).sum(axis=2), 1e-9)
    usable = (settled[:, 0] & np.isfinite(weekly.days)).sum(axis=1) >= 6
    if usable.sum() < FEWEST:
        return out
    weight = 1 / np.maximum(full, 1.0)[..., None]  # so that a hundred calls don't drown two meetings
    shares = []
    for start in range(0, RAMP_WEEKS, STEP):
        at = ((since >= start) & (since < start + STEP) & usable[:, None])[:, None, :]
        expected = (weight * full[..., None] * x * at).sum()
        shares.append(float((weight * y * at).sum() / expected) if expected > 0 else 1.0)
    curve = np.clip(np.maximum.accumulate(shares), 0.1, 1.0)
    young = (since >= 0) & (since < RAMP_WEEKS)
    out[young] = curve[since[young] // STEP]
    return out
