"""How long a ramp takes: to the first deal, and to full productivity, with those who are still ramping or have gone (censored).

Full productivity is the first month of tenure from which on the pace of ``SUSTAINED`` months together is at least
``PRODUCTIVE`` of the tenured peers' median pace. It is known only when those months are over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.insight.ramp import FEWEST, FULL_MONTH, LEAST_DAYS, Hire
from paceline.saying.said import Said, say
from paceline.saying.values import Number
from paceline.stats.kaplan_meier import Waiting, kaplan_meier

Floats = npt.NDArray[np.float64]

SUSTAINED = 3  # months together
PRODUCTIVE = 0.8  # of the tenured peers' median
TENURED = 12  # months of tenure from which one is a measure for others
FEWEST_TENURED = 5
FEWEST_EVENTS = 5  # of hires who got there, before anything is said of when
LEVEL = 0.8
_STEADY = 10.0  # working days at the usual pace that are added to everyone's, so that few tell little


@dataclass(frozen=True)
class Expected:
    """When a hire is expected to be fully productive, in months of tenure (the month is the first productive one).

    ``reached``: the month, if it is over already. ``low`` to ``high``: 8 in 10; None: later than anybody was watched.
    """

    reached: int | None
    middle: float | None
    low: float | None
    high: float | None
    n: int
    sentence: Said


def bar(paces: Sequence[float]) -> float | None:
    """What full productivity is measured against: the median pace of tenured peers. None where they are too few."""
    known = [one for one in paces if np.isfinite(one)]
    return float(np.median(known)) if len(known) >= FEWEST_TENURED else None


def productive_month(hire: Hire, full: float, counted: bool = True) -> int | None:
    """The first month of tenure (1 is the first) of sustained pace; None: not yet."""
    known = np.isfinite(hire.amount) & np.isfinite(hire.exposure)
    least, scale = (LEAST_DAYS * SUSTAINED, FULL_MONTH) if counted else (1.0, 1.0)
    for start in range(hire.months - SUSTAINED + 1):
        window = slice(start, start + SUSTAINED)
        exposure = float(hire.exposure[window][known[window]].sum())
        amount = float(hire.amount[window][known[window]].sum())
        if known[window].all() and exposure >= least and scale * amount >= PRODUCTIVE * full * exposure:
            return start + 1
    return None


def time_to_productivity(hires: Sequence[Hire], full: float, counted: bool = True) -> Waiting | None:
    """The curve over months of tenure; None where nobody was watched for long enough to tell."""
    months = [productive_month(one, full, counted) for one in hires]
    watched = [(month or one.months - SUSTAINED + 1, month is not None) for one, month in zip(hires, months, strict=True)]
    seen = [(time, happened) for time, happened in watched if time > 0]
    return kaplan_meier([time for time, _ in seen], [happened for _, happened in seen], LEVEL) if seen else None


def expected(hire: Hire, past: Sequence[Hire], full: float | None, counted: bool = True, slow: bool | None = False) -> Expected:
    """When the hire gets there: as past hires went on from this month of tenure, each brought to the hire's own pace until now.

    Where too few were watched for longer, from the past hires' curve given that it hasn't been until now (the hire left out).

    ``slow``: the hire stands lower than they ever did, so that their curve tells no more than a beginning.
    """
    others = [one for one in past if (one.rep, one.hired) != (hire.rep, hire.hired)]
    if full is None:
        words = say("Fewer than {count} tenured peers to measure full productivity against.", count=FEWEST_TENURED)
        return Expected(None, None, None, None, len(others), words)
    reached = productive_month(hire, full, counted)
    if reached is not None:
        words = say("Fully productive from month {month} on.", month=reached)
        return Expected(reached, float(reached), float(reached), float(reached), len(others), words)
    curve = _at_own_pace(hire, others, full, counted) or time_to_productivity(others, full, counted)
    if curve is None or curve.n < FEWEST or curve.events < FEWEST_EVENTS:
        got, n = (curve.events, curve.n) if curve else (0, len(others))
        words = say(
            "Too few past hires to say when: {got} of {n} got there, it takes {needs} of {of}.",
            got=got, n=n, needs=FEWEST_EVENTS, of=FEWEST,
        )  # fmt: skip
        return Expected(None, None, None, None, n, words)
    waited = float(max(hire.months - SUSTAINED + 1, 0))
    low, middle, high = (curve.quantile(share, waited) for share in ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2))
    if slow:
        words = say("Slower than the past hires, so when full productivity comes can't be read from theirs.")
        if low is not None:
            words = say(
                "Slower than the past hires, so when full productivity comes can't be read from theirs; "
                "hardly before month {low}.",
                low=Number(low, ".0f"),
            )  # fmt: skip
        return Expected(None, None, low, None, curve.n, words)
    return Expected(None, middle, low, high, curve.n, _when(middle, low, high, curve))


def _at_own_pace(hire: Hire, past: Sequence[Hire], full: float, counted: bool) -> Waiting | None:
    """The curve of the months in which the hire gets there, one course for each past hire watched longer than this one.

    A course is the hire's own months, then the past hire's, times how much more (or less) the hire did over the last months
    of the same tenure. None where too few courses get there.
    """
    now = hire.months
    base, longer = slice(max(now - SUSTAINED, 0), now), [one for one in past if one.months > now]
    if not now or len(longer) < FEWEST:
        return None
    sums = np.array([_sums(one, base) for one in (hire, *longer)])
    usual = float(sums[:, 0].sum() / max(sums[:, 1].sum(), 1e-9))
    if usual <= 0:
        return None
    steady = _STEADY if counted else _STEADY / usual  # few days (or cases) tell little of a pace
    paces = (sums[:, 0] + steady * usual) / (sums[:, 1] + steady)
    courses = []
    for one, theirs in zip(longer, paces[1:], strict=True):
        amount = np.concatenate((hire.amount, one.amount[now:] * float(paces[0] / theirs)))
        exposure = np.concatenate((hire.exposure, one.exposure[now:]))
        courses.append(Hire(one.rep, one.role, one.segment, one.hired, amount, exposure))
    curve = time_to_productivity(courses, full, counted)
    return curve if curve is not None and curve.n >= FEWEST and curve.events >= FEWEST_EVENTS else None


def _sums(hire: Hire, months: slice) -> tuple[float, float]:
    """(amount, exposure) of the months that are known."""
    known = np.isfinite(hire.amount[months]) & np.isfinite(hire.exposure[months])
    return float(hire.amount[months][known].sum()), float(hire.exposure[months][known].sum())


def _when(middle: float | None, low: float | None, high: float | None, curve: Waiting) -> Said:
    last = Number(curve.last, ".0f")
    if low is None:
        return say("Later than month {last}, the longest that past hires were watched for.", last=last)
    first = Number(low, ".0f")
    to = say("after {last}", last=last) if high is None else Number(high, ".0f")
    likely = say("not before month {month}", month=first)
    if middle is not None:
        likely = say("most likely in month {month}", month=Number(middle, ".0f"))
    return say(
        "Full productivity {likely}, 8 in 10 from month {low} to {to} ({n} past hires).",
        likely=likely, low=first, to=to, n=curve.n,
    )  # fmt: skip
