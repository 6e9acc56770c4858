"""Planning backwards: what it takes to reach a goal at one's present rates, with a range, and honest about time.

What is missing after what is won and what the open deals may bring, over what a new opportunity brings: its chance to be won ×
the chance that this happens before the period ends × what it is worth. Each of the three is known only from past deals, so
each is drawn as often as it could be; the range is where 8 in 10 draws lie.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.saying.said import NOTHING, Said, joined, listed, say
from paceline.saying.values import Money, Number

Floats = npt.NDArray[np.float64]

FEWEST_DEALS = 5  # won, to speak of a rate of winning
HOPELESS = 0.15  # of new deals are decided in time: less, and new deals are no plan
_DRAWS = 2000
_RESAMPLES = 200

OPPORTUNITIES = say("opportunities")


@dataclass(frozen=True)
class Rates:
    """One's present rates: deals won and lost, what won ones were worth, their days from start to close, and the meetings
    held for each opportunity begun, and how many are begun a week (None: unknown). Where nothing has to be won (pipeline),
    ``lost`` and ``cycles`` are empty.
    """

    won: int
    lost: int
    worth: Floats
    cycles: Floats
    meetings: float | None = None
    begun_a_week: float | None = None


@dataclass(frozen=True)
class Plan:
    """What it takes. (middle, low, high) of opportunities to open, and of meetings a week; None where it can't be told.

    ``missing``: the goal less what is won and what open deals are expected to bring. ``in_time``: of deals opened evenly over the
    days left, the share decided before the end.
    """

    missing: float
    opportunities: tuple[float, float, float] | None
    meetings_a_week: tuple[float, float, float] | None
    in_time: float
    sentence: Said


def plan(
    target: float, so_far: float, open_draws: Floats, rates: Rates, days_left: int, weeks_left: float, rng: np.random.Generator,
    thing: Said = OPPORTUNITIES, currency: str = "",
) -> Plan:  # fmt: skip
    """What is needed for a target with an even chance. ``open_draws``: of what open deals bring by the end; ``weeks_left``:
    working.

    Units of target, ``so_far``, ``open_draws`` and ``rates.worth`` agree: those of the ``currency``, or deals where it is empty.
    """
    ahead = np.asarray(open_draws, np.float64)
    expected = float(np.mean(ahead)) if ahead.size else 0.0
    missing = target - so_far - expected
    in_time = share_in_time(rates.cycles, days_left)
    if so_far >= target:
        return Plan(missing, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), in_time, say("The goal is reached."))
    if days_left <= 0:
        return Plan(missing, None, None, in_time, say("The period is over."))
    if len(rates.worth) < FEWEST_DEALS:
        words = say("Too few to plan with: {count} past deals, it takes {needs}.", count=len(rates.worth), needs=FEWEST_DEALS)
        return Plan(missing, None, None, in_time, words)
    late = in_time < HOPELESS
    if late and missing > 0:
        return Plan(missing, None, None, in_time, _too_late(missing, rates, days_left, in_time, currency))
    needed = _needed(target - so_far, ahead, rates, days_left, rng)
    middle, low, high = (float(np.ceil(value)) for value in np.quantile(needed, (0.5, 0.1, 0.9)))
    weekly = None
    if rates.meetings is not None and weeks_left > 0:
        weekly = tuple(float(np.ceil(value * rates.meetings / weeks_left)) for value in (middle, low, high))
    many = (middle, low, high)
    meetings = None if weekly is None else (weekly[0], weekly[1], weekly[2])
    told = _sentence(many, meetings, rates, in_time, days_left, weeks_left, thing, currency)
    return Plan(missing, many, meetings, in_time, told)


def share_in_time(cycles: Floats, days_left: int) -> float:
    """Of deals opened evenly over the days left, the share that is decided in time; 1 where nothing has to be decided."""
    if len(cycles) == 0:
        return 1.0
    left = np.arange(max(days_left, 0), 0, -1)
    if len(left) == 0:
        return 0.0
    return float((np.sort(cycles).searchsorted(left, side="right") / len(cycles)).mean())


def _needed(gap: float, ahead: Floats, rates: Rates, days_left: int, rng: np.random.Generator) -> Floats:
    """(draws,) opportunities needed."""
    chance = rng.beta(rates.won + 0.5, rates.lost + 0.5, _DRAWS) if rates.lost or len(rates.cycles) else np.ones(_DRAWS)
    worth = _bootstrapped_means(rates.worth, rng)
    in_time = _in_time_draws(rates.cycles, days_left, rng)
    brought = ahead[rng.integers(0, len(ahead), _DRAWS)] if ahead.size else np.zeros(_DRAWS)
    return np.maximum(gap - brought, 0.0) / np.maximum(chance * worth * in_time, 1e-9)


def _bootstrapped_means(values: Floats, rng: np.random.Generator) -> Floats:
    return np.asarray(values[rng.integers(0, len(values), (_DRAWS, len(values)))].mean(axis=1), dtype=np.float64)


def _in_time_draws(cycles: Floats, days_left: int, rng: np.random.Generator) -> Floats:
    """(draws,) the share decided in time, from a few hundred resamples used again and again: more wouldn't be told apart."""
    if len(cycles) == 0:
        return np.ones(_DRAWS)
    few = np.array([share_in_time(cycles[rng.integers(0, len(cycles), len(cycles))], days_left) for _ in range(_RESAMPLES)])
    return np.asarray(few[rng.integers(0, _RESAMPLES, _DRAWS)], dtype=np.float64)


def _too_late(missing: float, rates: Rates, days_left: int, in_time: float, currency: str) -> Said:
    return say(
        "{missing} are missing beyond what the open deals are expected to bring, and new deals come too late: half of the won "
        "ones took more than {days} days, {left} are left, {share} would be decided in time. What can still be reached lies in "
        "the open deals.",
        missing=_amount(missing, currency), days=Number(float(np.median(rates.cycles)), ".0f"), left=days_left,
        share=Number(in_time, ".0%"),
    )  # fmt: skip


def _sentence(
    many: tuple[float, float, float], weekly: tuple[float, float, float] | None, rates: Rates, in_time: float, days_left: int,
    weeks_left: float, thing: Said, currency: str,
) -> Said:  # fmt: skip
    middle, low, high = (Number(value, ",.0f") for value in many)
    if many[0] <= 0:
        return say(
            "The open deals are expected to bring enough; 8 in 10: {low} to {high} more {thing} are needed.",
            low=low, high=high, thing=thing,
        )  # fmt: skip
    needed = say(
        "To reach the goal at the present {rates}, {middle} more {thing} are needed (8 in 10: {low} to {high})",
        rates=_present(rates, currency), middle=middle, thing=thing, low=low, high=high,
    )  # fmt: skip
    needed = joined([needed, *_tempo(rates, weeks_left)], "; ")
    if weekly is not None:
        needed = joined([needed, _meetings(weekly)], ", ")
    return joined([say("{needed}.", needed=needed), *_time(rates, in_time, days_left)])


def _amount(value: float, currency: str) -> Money | Number:
    return Money(value, currency, brief=True) if currency else Number(value, ",.0f")


def _present(rates: Rates, currency: str) -> Said:
    size = float(np.mean(rates.worth))
    of = [say("win rate {share}", share=Number(rates.won / (rates.won + rates.lost), ".0%"))] if len(rates.cycles) else []
    of += [say("deal size {size}", size=_amount(size, currency))] if size != 1 else []
    return listed(of) if of else NOTHING


def _tempo(rates: Rates, weeks_left: float) -> list[Said]:
    if rates.begun_a_week is None or weeks_left <= 0:
        return []
    return [say("at the present pace {begun} will be begun", begun=Number(rates.begun_a_week * weeks_left, ",.0f"))]


def _meetings(weekly: tuple[float, float, float]) -> Said:
    middle, low, high = (Number(value, ",.0f") for value in weekly)
    return say("about {middle} meetings a week ({low} to {high})", middle=middle, low=low, high=high)


def _time(rates: Rates, in_time: float, days_left: int) -> list[Said]:
    if not len(rates.cycles) or in_time >= 0.5:
        return []
    return [say(
        "Time is short: half of the won deals took more than {days} days, {left} are left, and {share} of deals opened from now "
        "on would be decided in time.",
        days=Number(float(np.median(rates.cycles)), ".0f"), left=days_left, share=Number(in_time, ".0%"),
    )]  # fmt: skip
