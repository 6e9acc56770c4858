"""A reading held against the rep's own past and her goal: above, usual, below, or too few to call; and how sure that is.

Plain numbers in: sums and what they are out of (an ``Amount``), never finished ratios, for their size is their weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from paceline.saying.said import Said, joined, say
from paceline.saying.values import Number, Value
from paceline.stats.intervals import z_value
from paceline.stats.scan import Kind
from paceline.stats.tails import beta_binomial_tails, negative_binomial_tails

Floats = npt.NDArray[np.float64]

MATERIAL = 0.3  # a difference that matters: where the data couldn't show it, nothing is called usual
LEVEL = 0.95  # own past: outside this interval of what was to be expected is above or below
FEWEST_PERIODS = 4  # of one's own past
OVERSPREAD = 1.5  # variance ÷ mean before a past says otherwise (measured in weekly wins and activity: 1.0 to 3.4)
_KNOWN = 4.0  # periods that this guess is worth
LIKELY, UNLIKELY = 0.8, 0.2  # chance to reach a goal from which one is above, and below, its pace


class Verdict(StrEnum):
    """What a reading is beside what it is held against."""

    ABOVE = "above"
    USUAL = "usual"
    BELOW = "below"
    TOO_FEW = "too few to call"


@dataclass(frozen=True)
class Amount:
    """A sum and what it is out of.

    Count: the count, over working weeks. Rate: hits of n. Mean: the sum of n values (``squares``: the sum of their squares).
    """

    kind: Kind
    numerator: float
    denominator: float
    squares: float | None = None

    def __post_init__(self) -> None:
        """ValueError for what can't be: a negative denominator or count, more hits than n."""
        if self.denominator < 0 or (self.kind is not Kind.MEAN and self.numerator < 0):
            raise ValueError(f"{self.numerator:g} out of {self.denominator:g} can't be")
        if self.kind is Kind.RATE and self.numerator > self.denominator:
            raise ValueError(f"{self.numerator:g} of {self.denominator:g} is no share")

    @property
    def value(self) -> float | None:
        """Numerator ÷ denominator; None out of nothing."""
        return self.numerator / self.denominator if self.denominator > 0 else None

    @property
    def n(self) -> float:
        """How much was seen: counts themselves, else the n."""
        return self.numerator if self.kind is Kind.COUNT else self.denominator

    def named(self, unit: str = "") -> Said:
        """``61 meetings in 8 weeks``, ``win rate 6 of 29 (21%)``, ``sales cycle 41.2 over 30``; without a unit, the numbers."""
        if self.kind is Kind.COUNT:
            return say("{count} in {weeks}", count=joined([_number(self.numerator), unit]), weeks=_weeks(self.denominator))
        top, bottom = Number(self.numerator, ",.0f"), Number(self.denominator, ",.0f")
        if self.value is None:
            none = say("none") if self.kind is Kind.MEAN else say("{top} of {bottom}", top=top, bottom=bottom)
            return joined([unit, none])
        if self.kind is Kind.RATE:
            told = say("{top} of {bottom} ({share})", top=top, bottom=bottom, share=share(self.value))
        else:
            told = say("{value} over {bottom}", value=Number(self.value, ",.4g"), bottom=bottom)
        return joined([unit, told])


@dataclass(frozen=True)
class Judgement:
    """One comparison.

    ``against``: own past, peers or goal. ``value``: as read; ``reference``: what it is held against; ``estimate``: the best
    guess of the true rate. ``interval``: of what was to be expected (own past), of the true rate (peers), of the share of
    the goal (goal). ``chance``: own past: of a reading so far out on its side; peers: that the true rate is below theirs;
    goal: to reach it. ``needs``: about how much of n a verdict would take, where there is too little. ``smallest``: the
    smallest relative change that this n would show. ``peers``: how many.
    """

    against: str
    verdict: Verdict
    value: float | None
    reference: float | None
    estimate: float | None
    interval: tuple[float, float] | None
    n: float
    chance: float | None
    sentence: Said
    needs: int | None = None
    smallest: float | None = None
    peers: int | None = None


def _number(value: float) -> Said:
    return say("{number}", number=Number(value, ",.0f"))


def _weeks(number: float) -> Said:
    if number == 1:
        return say("1 week")
    return say("{number} weeks", number=Number(number, ",.3g"))


def compare_with_past(now: Amount, past: Sequence[Amount], unit: str = "") -> Judgement:
    """Against one's own earlier periods of the same kind, spread as widely as they were; an interval of 95 %.

    ValueError when kinds differ. With fewer than four periods, or where a change of 30 % couldn't be seen, too few to call.
    """
    if any(one.kind is not now.kind for one in past):
        raise ValueError("a reading is held against readings of its own kind")
    earlier = [one for one in past if one.denominator > 0]
    out_of, total = sum(one.denominator for one in earlier), sum(one.numerator for one in earlier)
    if len(earlier) < FEWEST_PERIODS or now.denominator <= 0:
        words = say(
            "{what}. Too few earlier periods to call: {count}, needs about {needs}.",
            what=now.named(unit), count=len(earlier), needs=FEWEST_PERIODS,
        )  # fmt: skip
        return Judgement("own past", Verdict.TOO_FEW, now.value, None, now.value, None, now.n, None, words, FEWEST_PERIODS)
    rate = total / out_of
    one_more = _unit_variance(now.kind, earlier, rate)
    deviation = sqrt(max(one_more * (1 / now.denominator + 1 / out_of), 1e-18))
    z = z_value(LEVEL)
    low, high = _interval(now, rate, deviation, z)
    smallest = (z + z_value(0.6)) * deviation / abs(rate) if rate else None
    chance = _chance_so_far(now, rate, deviation)
    assert now.value is not None
    if now.value < low or now.value > high:
        verdict = Verdict.BELOW if now.value < low else Verdict.ABOVE
    else:
        verdict = Verdict.USUAL if rate and z * deviation <= MATERIAL * abs(rate) else Verdict.TOO_FEW
    needs = _needed(now, rate, one_more, out_of, z) if verdict is Verdict.TOO_FEW else None
    words = _past_sentence(now, rate, (low, high), verdict, needs, unit)
    return Judgement("own past", verdict, now.value, rate, rate, (low, high), now.n, chance, words, needs, smallest)


def _unit_variance(kind: Kind, earlier: Sequence[Amount], rate: float) -> float:
    """Variance of the value at a denominator of 1: what chance makes, times how much wider the past spread."""
    if kind is Kind.COUNT:
        chance = max(rate, 0.5 / sum(one.denominator for one in earlier))
    elif kind is Kind.RATE:
        p = min(max(rate, 0.5 / (sum(one.denominator for one in earlier) + 1)), 1 - 1e-6)
        chance = p * (1 - p)
    else:
        spread = [one.denominator * ((one.value or 0.0) - rate) ** 2 for one in earlier]
        return max(sum(spread) / (len(spread) - 1), 1e-18)
    apart = sum((one.numerator - rate * one.denominator) ** 2 / (chance * one.denominator) for one in earlier)
    guess = OVERSPREAD if kind is Kind.COUNT else 1.0
    return chance * max((apart + _KNOWN * guess) / (len(earlier) - 1 + _KNOWN), 1.0)


def _interval(now: Amount, rate: float, deviation: float, z: float) -> tuple[float, float]:
    """What was to be expected; skew for few counts (a gamma's cube-root normal), within 0 and 1 for rates."""
    if now.kind is Kind.MEAN:
        return rate - z * deviation, rate + z * deviation
    if now.kind is Kind.RATE:
        return max(rate - z * deviation, 0.0), min(rate + z * deviation, 1.0)
    relative = (deviation / max(rate, 1e-12)) ** 2 / 9
    low, high = (max(1 - relative + sign * z * sqrt(relative), 0.0) ** 3 * rate for sign in (-1, 1))
    return low, high


def _chance_so_far(now: Amount, rate: float, deviation: float) -> float:
    """Chance of a reading at least so far out on its side, by the measured spread."""
    mean, variance = rate * now.denominator, (deviation * now.denominator) ** 2
    if now.kind is Kind.COUNT:
        low, high = (float(tail) for tail in negative_binomial_tails(now.numerator, mean, variance))
    elif now.kind is Kind.RATE and now.denominator >= 2 and 0 < rate < 1:
        rho = (variance / (now.denominator * rate * (1 - rate)) - 1) / (now.denominator - 1)
        low, high = beta_binomial_tails(round(now.numerator), round(now.denominator), rate, rho)
    else:
        low = NormalDist().cdf(((now.value or 0.0) - rate) / deviation)
        high = 1 - low
    return min(low, high)


def _needed(now: Amount, rate: float, one_more: float, out_of: float, z: float) -> int | None:
    """n (counts: the count) at which a change of 30 % would show, the past growing in proportion.

    None where the past was all nought.
    """
    if not rate:
        return None
    denominator = one_more * (1 + now.denominator / out_of) * (z / (MATERIAL * abs(rate))) ** 2
    return ceil(denominator * (rate if now.kind is Kind.COUNT else 1))


def _past_sentence(
    now: Amount, rate: float, interval: tuple[float, float], verdict: Verdict, needs: int | None, unit: str
) -> Said:
    scale = now.denominator if now.kind is Kind.COUNT else 1.0
    usual, low, high = (shown(value * scale, now.kind) for value in (rate, *interval))
    words = say(
        "{what}; usual for this rep is {usual}, between {low} and {high}.", what=now.named(unit), usual=usual, low=low, high=high
    )
    if verdict is Verdict.TOO_FEW:
        return joined([words, too_few(needs)])
    return joined([words, _OF_PAST.get(verdict, say("As usual."))])


_OF_PAST = {Verdict.ABOVE: say("Above the own past."), Verdict.BELOW: say("Below the own past.")}


def too_few(needs: int | None) -> Said:
    """That nothing can be said, and what it would take."""
    if needs:
        return say("Too few to call (needs about {needs}).", needs=needs)
    return say("Too few to call (the past is too short or too restless).")


def shown(value: float, kind: Kind) -> Value:
    """A value of a kind for people."""
    return Number(value, ".0%" if kind is Kind.RATE else ",.3g" if abs(value) < 100 else ",.0f")


def likelihood(chance: float, edge: float = 0.01) -> Said:
    """A chance counted in draws, in words: no draw is no proof that something can't be, nor all that it must. ``edge``: how
    near to 0 and 1 it isn't told as a number.
    """
    if chance < edge:
        return say("less than {share}", share=Number(0.01, ".0%"))
    return say("more than {share}", share=Number(0.99, ".0%")) if chance > 1 - edge else share(chance)


def share(value: float) -> Said:
    """A fraction as a percentage."""
    return say("{share}", share=Number(value, ".0%"))


def reach_words(likely: Said, of_goal: tuple[float, float, float]) -> Said:
    """The chance to reach a goal; ``of_goal``: middle, low and high, as shares of it."""
    middle, low, high = map(share, of_goal)
    return say(
        "{likely} likely to reach the goal; most likely {middle} of it, 8 in 10 chance of {low} to {high}.",
        likely=likely, middle=middle, low=low, high=high,
    )  # fmt: skip
