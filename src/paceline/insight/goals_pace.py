"""On pace? By the history's own shape of the period: what share of a period's total was usually there by each working day.

Sales end quarters with a rush; a straight line calls everyone late in the second month. The shape is that of earlier periods
of the same grain, over their working days, with one imagined even period added, so that a short past doesn't say too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.saying.said import Said, say, say_many
from paceline.saying.values import Number

Floats = npt.NDArray[np.float64]

POINTS = 101  # of the grid from a period's beginning to its end
EVEN = 1.0  # imagined periods that went evenly


@dataclass(frozen=True)
class Shape:
    """``reached[i]``: share of the total usually reached after the share i ÷ (points − 1) of the working days; rises 0 to 1.

    ``periods``: seen to learn it; 0 is a straight line.
    """

    reached: Floats
    periods: int

    def at(self, share: float) -> float:
        """The share of the total usually reached after that share of the working days."""
        return float(np.interp(share, np.linspace(0, 1, len(self.reached)), self.reached))

    def when(self, reached: float) -> float:
        """The share of the working days after which that share of the total is usually reached."""
        if reached >= 1:
            return 1.0
        return float(np.interp(reached, self.reached, np.linspace(0, 1, len(self.reached))))


STRAIGHT = Shape(np.linspace(0, 1, POINTS), 0)


def shape_of(periods: Sequence[tuple[Floats, Floats]]) -> Shape:
    """The shape of earlier periods: each as (what was done, working days), an array each with a value a calendar day.

    Periods with nothing done, or no working day, say nothing. What is done on a free day belongs to the working time before it.
    """
    curves = [curve for curve in (_curve(done, working) for done, working in periods) if curve is not None]
    reached = (np.sum(curves, axis=0) if curves else 0.0) + EVEN * STRAIGHT.reached
    return Shape(np.maximum.accumulate(reached / (len(curves) + EVEN)), len(curves))


def _curve(done: Floats, working: Floats) -> Floats | None:
    total, days = float(np.sum(done)), float(np.sum(working))
    if total <= 0 or days <= 0:
        return None
    share = np.concatenate(([0.0], np.cumsum(working) / days))
    reached = np.concatenate(([0.0], np.cumsum(done) / total))
    # Several calendar days can share one place in the working time: the last of them has it all.
    last = np.append(share[1:] > share[:-1], True)
    place, upto = share[last], reached[last]
    return np.asarray(np.interp(STRAIGHT.reached, np.append(0.0, place), np.append(0.0, upto)), dtype=np.float64)


@dataclass(frozen=True)
class Pace:
    """Where one stands beside the usual way to the goal. ``days``: working days ahead (behind, below 0) of it."""

    target: float
    so_far: float
    expected: float
    elapsed: float  # share of the working days that are over
    days: float
    periods: int

    @property
    def ahead(self) -> float:
        """Units ahead of what is expected by now; below 0: behind."""
        return self.so_far - self.expected

    @property
    def sentence(self) -> Said:
        """The pace in words."""
        if self.so_far >= self.target:
            return say("The goal is reached.")
        return say(
            "{so_far} so far, {expected} usual by now on the way to {target}: {days} ({how}).",
            so_far=Number(self.so_far, ",.4g"), expected=Number(self.expected, ",.4g"),
            target=Number(self.target, ",.10g"), days=self._days(), how=self._how(),
        )  # fmt: skip

    def _days(self) -> Said:
        days = round(abs(self.days))
        if self.ahead >= 0:
            return say_many("{number} working day ahead", "{number} working days ahead", days)
        return say_many("{number} working day behind", "{number} working days behind", days)

    def _how(self) -> Said:
        if not self.periods:
            return say("by a straight line")
        return say_many("by the shape of {number} earlier period", "by the shape of {number} earlier periods", self.periods)


def pace(target: float, so_far: float, elapsed: float, days: float, shape: Shape = STRAIGHT) -> Pace:
    """``elapsed``: share of the period's own working days over; ``days``: how many there are. ValueError unless target > 0."""
    if target <= 0:
        raise ValueError(f"a goal is above 0, not {target:g}")
    elapsed = min(max(elapsed, 0.0), 1.0)
    usual = shape.when(max(so_far, 0.0) / target)
    return Pace(target, so_far, target * shape.at(elapsed), elapsed, (usual - elapsed) * days, shape.periods)
