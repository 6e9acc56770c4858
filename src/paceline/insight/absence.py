"""Was she away? A week in which nearly all of a rep's activity is missing is a notice, and no alarm of twenty metrics.

Sickness and trips that nobody recorded look like a collapse of everything at once. Weeks with less than 55 % of the
activity expected are taken as a possible absence and count only for the part that was worked. Three weeks of eight at
most: after that, if it were absence, it would be known, and a lasting fall of everything must not be explained away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from paceline.saying.said import Said, say_many
from paceline.saying.values import Day, Number

Floats = npt.NDArray[np.float64]

LOW = 0.55  # share of the expected activity below which a week may be an absence
ALONE, SEVERAL = 0.25, 3  # the same share where fewer metrics than this tell of her
LONGEST, LATELY = 3, 8  # weeks that may be absence, of so many
CLEAR = 6.0  # expected counts a week, in what a Poisson would make them, below which a low week says nothing


@dataclass(frozen=True)
class Notice:
    """A possible absence: the weeks, what of the usual activity there was, and the sentence."""

    rep: str
    since: date
    weeks: int
    activity: float
    sentence: Said


def worked_share(y: Floats, expected: Floats, variance: Floats) -> Floats:
    """Share of each rep's week that seems to have been worked, 1 unless it may be an absence. Reps × weeks.

    ``y``, ``expected`` and ``variance`` are reps × activity metrics × weeks; each metric counts by how much it tells. Where
    fewer than three tell anything, hardly any activity at all is asked for: one metric's fall is no absence.
    """
    weight = np.divide(expected, variance, out=np.zeros_like(expected), where=variance > 0)
    usual = (weight * expected).sum(axis=1)
    share = np.divide((weight * y).sum(axis=1), usual, out=np.ones_like(usual), where=usual > 0)
    telling = ((expected > 0).sum(axis=1)).max(axis=1, keepdims=True)
    low = (share < np.where(telling < SEVERAL, ALONE, LOW)) & (usual > CLEAR)
    return np.where(low & (_lately(low) <= LONGEST), np.clip(share, 0, 1), 1.0)


def _lately(low: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """How many of each week and the seven before were low: weeks that alternate about the limit are a fall too."""
    total = np.concatenate([np.zeros((len(low), 1), np.int64), np.cumsum(low, axis=1)], axis=1)
    ends = np.arange(1, total.shape[1])
    return np.asarray(total[:, ends] - total[:, np.maximum(ends - LATELY, 0)])


def notices(reps: tuple[str, ...], weeks: tuple[date, ...], share: Floats) -> tuple[Notice, ...]:
    """Runs of possibly absent weeks, in order of reps and weeks."""
    out = []
    for r, rep in enumerate(reps):
        away = np.flatnonzero(share[r] < 1)
        for run in np.split(away, np.flatnonzero(np.diff(away) > 1) + 1):
            if len(run):
                out.append(_notice(rep, weeks[run[0]], len(run), float(share[r, run].mean())))
    return tuple(out)


def _notice(rep: str, since: date, length: int, activity: float) -> Notice:
    words = say_many(
        "Possible absence in the week of {since}: {activity} of the usual activity. Counted as that much working time; no alarm.",
        "Possible absence in {number} weeks from {since}: {activity} of the usual activity. "
        "Counted as that much working time; no alarm.",
        length, since=Day(since, "%-d %b %Y"), activity=Number(activity, ".0%"),
    )  # fmt: skip
    return Notice(rep, since, length, activity, words)
