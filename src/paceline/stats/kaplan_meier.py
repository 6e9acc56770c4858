"""How long until something happens, when for some it hasn't yet: the Kaplan–Meier curve (Kaplan and Meier 1958).

Whoever is still waiting, or has gone, counts for as long as they were seen (censored). Intervals are of the log-minus-log kind,
which stay within 0 and 1 (Kalbfleisch and Prentice 1980), from Greenwood's variance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.stats.intervals import z_value

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Waiting:
    """Shares still waiting after each time at which something happened. ``times`` ascend; ``low`` ≤ ``waiting`` ≤ ``high``.

    ``n``: how many were watched; ``events``: for how many it happened; ``last``: the longest time watched.
    """

    times: Floats
    waiting: Floats
    low: Floats
    high: Floats
    n: int
    events: int
    last: float

    def share(self, time: float) -> float:
        """The share still waiting after a time."""
        return _at(self.times, self.waiting, time)

    def quantile(self, share: float, given: float = 0.0) -> float | None:
        """By when it has happened to that share (of those who waited longer than ``given``). None: nobody was watched so long."""
        left = self.share(given) if given > 0 else 1.0
        return _first(self.times, self.waiting, left * (1 - share), given)

    def interval(self, share: float) -> tuple[float | None, float | None]:
        """An interval of that quantile: where the band about the curve crosses it (Brookmeyer and Crowley 1982)."""
        return _first(self.times, self.low, 1 - share, 0.0), _first(self.times, self.high, 1 - share, 0.0)


def _at(times: Floats, values: Floats, time: float) -> float:
    place = int(np.searchsorted(times, time, side="right"))
    return 1.0 if place == 0 else float(values[place - 1])


def _first(times: Floats, values: Floats, level: float, after: float) -> float | None:
    reached = np.flatnonzero((values <= level + 1e-12) & (times > after))
    return float(times[reached[0]]) if len(reached) else None


def kaplan_meier(durations: npt.ArrayLike, happened: npt.ArrayLike, level: float = 0.8) -> Waiting:
    """The curve from how long each was watched, and whether it then happened. Durations are above 0.

    Who is censored at a time is still at risk at it. ValueError for no one, unequal lengths, or durations not above 0.
    """
    time, event = np.asarray(durations, np.float64), np.asarray(happened, bool)
    if time.shape != event.shape or time.ndim != 1 or not len(time) or not (time > 0).all():
        raise ValueError("each one needs a duration above 0, and whether it happened")
    times = np.unique(time[event])
    at_risk = (time[None, :] >= times[:, None]).sum(axis=1)
    ended = (event[None, :] & (time[None, :] == times[:, None])).sum(axis=1)
    waiting = np.cumprod(1 - ended / at_risk)
    low, high = _band(waiting, ended, at_risk, level)
    return Waiting(times, waiting, low, high, len(time), int(event.sum()), float(time.max()))


def _band(waiting: Floats, ended: npt.NDArray[np.int64], at_risk: npt.NDArray[np.int64], level: float) -> tuple[Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(ended / (at_risk * (at_risk - ended)))
        error = np.sqrt(greenwood) / np.abs(np.log(waiting))
        low, high = (waiting ** np.exp(sign * z_value(level) * error) for sign in (1, -1))
    none_left = waiting <= 0
    return np.where(none_left, 0.0, low), np.where(none_left, _before(high), high)


def _before(values: Floats) -> Floats:
    """Each value, or the last finite one before it: where nobody is left, the variance isn't known."""
    out, last = values.copy(), 1.0
    for place, value in enumerate(values):
        last = float(value) if np.isfinite(value) else last
        out[place] = last
    return out
