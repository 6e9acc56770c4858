"""What a goal is for one person: a full target, less for the time one isn't there and for the months of learning.

A target is given for somebody past the ramp who works all of the period's working days. A joiner, a leaver, a part-timer or
somebody away has the share of it that their working days are of a full-timer's; somebody new has, on each of those days, the
share that past hires of the role reached at that tenure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.saying.said import NOTHING, Said, joined, say
from paceline.saying.values import Number

Floats = npt.NDArray[np.float64]

FEWEST_HIRES = 5  # a ramp measured on fewer is one of persons, not of a role
STEP = 4  # weeks of tenure that are added up before they are compared: single weeks are too restless
RAMP_WEEKS = 52  # no ramp is longer
RAMPED = 0.95  # of the usual: from here on a ramp is over


@dataclass(frozen=True)
class Ramp:
    """The share of the usual that hires reach, by week of tenure; 1 beyond the last. ``hires``: measured on so many (0:
    given).
    """

    shares: tuple[float, ...]
    hires: int = 0

    def share(self, tenure_days: npt.ArrayLike) -> Floats:
        """The share on days of tenure (0: the first day). Days before the hire count as the first."""
        week = np.maximum(np.asarray(tenure_days, np.int64) // 7, 0)
        known = np.array([*self.shares, 1.0])
        return np.asarray(known[np.minimum(week, len(known) - 1)], dtype=np.float64)

    @property
    def weeks(self) -> int:
        """How long it lasts."""
        return len(self.shares)


NO_RAMP = Ramp(())


@dataclass(frozen=True)
class Hire:
    """A past hire's first weeks: what was done in each, and the working weeks (0 to 1) it was done in."""

    amounts: Sequence[float]
    working: Sequence[float]


def given_ramp(months: Sequence[float]) -> Ramp:
    """A ramp as a company decides it: the share in each month of tenure, e.g. ``(0.25, 0.5, 0.75)``.

    ValueError unless each lies within 0 and 1.
    """
    if any(not 0 <= share <= 1 for share in months):
        raise ValueError(f"a ramp's shares lie between 0 and 1, not {', '.join(f'{share:g}' for share in months)}")
    weeks = round(len(months) * 52 / 12)
    return Ramp(tuple(months[int(week * 12 / 52)] for week in range(weeks)))


def measure_ramp(hires: Sequence[Hire], usual: float) -> Ramp | None:
    """The ramp of past hires: what they did in each four weeks of tenure, added up, over ``usual`` (a tenured person's full
    week).

    Made never to fall (pool adjacent violators, weighted by working weeks) and cut where it reaches the usual. None with
    fewer than five hires, or nothing usual: there is no ramp to speak of then.
    """
    some = [hire for hire in hires if sum(hire.working) > 0]
    if len(some) < FEWEST_HIRES or usual <= 0:
        return None
    done, worked = np.zeros(RAMP_WEEKS), np.zeros(RAMP_WEEKS)
    for hire in some:
        length = min(len(hire.amounts), len(hire.working), RAMP_WEEKS)
        done[:length] += np.asarray(hire.amounts[:length], np.float64)
        worked[:length] += np.asarray(hire.working[:length], np.float64)
    done, worked = (series.reshape(-1, STEP).sum(axis=1) for series in (done, worked))
    seen = worked > 0
    shares = rising(done[seen] / (worked[seen] * usual), worked[seen])
    over = np.flatnonzero(shares >= RAMPED)
    months = shares[: int(over[0])] if len(over) else shares
    return Ramp(tuple(float(min(share, 1.0)) for share in np.repeat(months, STEP)), len(some))


def rising(values: Floats, weights: Floats) -> Floats:
    """The nearest series that never falls, by weighted squares: neighbours that fall are pooled (Ayer et al. 1955)."""
    blocks: list[list[float]] = []  # mean, weight, length
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        blocks.append([value, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, more, length = blocks.pop()
            last = blocks[-1]
            last[0] = (last[0] * last[1] + mean * more) / (last[1] + more)
            last[1], last[2] = last[1] + more, last[2] + length
    return np.repeat([block[0] for block in blocks], [int(block[2]) for block in blocks])


@dataclass(frozen=True)
class Prorated:
    """A full target made one person's. ``present``: working days as a share of a full-timer's; ``ramped``: of those days'
    output.
    """

    target: float
    full: float
    present: float
    ramped: float

    @property
    def share(self) -> float:
        """Of the full target."""
        return self.present * self.ramped

    @property
    def sentence(self) -> Said:
        """What was taken off, and for what; empty where nothing was."""
        parts = []
        if self.present < 0.9995:
            parts.append(say("{share} of the working time", share=Number(self.present, ".0%")))
        if self.ramped < 0.9995:
            parts.append(say("{share} for the ramp", share=Number(self.ramped, ".0%")))
        full = Number(self.full, ",.10g")
        return say("{parts} of {full}", parts=joined(parts, " × "), full=full) if parts else NOTHING


def prorate(full: float, days: Floats, full_days: float, tenure: Floats | None = None, ramp: Ramp = NO_RAMP) -> Prorated:
    """A full-timer's target for somebody who works ``days`` (0 to 1 each day of the period) of its ``full_days`` working days.

    ``tenure``: days with the company on each day (None: long). ValueError when there are no working days in the period.
    """
    if full_days <= 0:
        raise ValueError("a period without a working day has no goal")
    work = np.nan_to_num(np.asarray(days, np.float64))
    worked = float(work.sum())
    if worked <= 0:
        return Prorated(0.0, full, 0.0, 1.0)
    ramped = 1.0 if tenure is None else float(work @ ramp.share(tenure)) / worked
    present = min(worked / full_days, 1.0)
    return Prorated(full * present * ramped, full, present, ramped)
