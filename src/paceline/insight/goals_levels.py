"""Which goal to set: what comparable people came to in earlier periods, and the chance that each level is reached.

A person's level is known only from a few periods, so it is drawn towards the peers' as far as periods differ more within people
than people differ among themselves (normal means, by moments: Efron & Morris 1975). To it come the surprises that periods
brought to these people. The draws answer both ways: which target is reached with a chance, and which chance a target has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.saying.said import Said, joined, say, say_many
from paceline.saying.values import Number

Floats = npt.NDArray[np.float64]

LEVELS = (0.4, 0.6, 0.8)  # chances to reach it: a stretch, a fair goal, a safe one
FEWEST_PERIODS = 8  # of comparable people altogether
FEWEST_ALONE = 4  # of who has nobody to be compared with
LEAST_PRESENT = 0.4  # a period in which one was there less says little of a whole one
DRAWS = 4000


@dataclass(frozen=True)
class Past:
    """What one tenured person came to in one earlier period, and their share of a full-timer's working days in it."""

    person: str
    total: float
    present: float = 1.0


@dataclass(frozen=True)
class Level:
    """A target, and the chance to reach it."""

    target: float
    chance: float


@dataclass(frozen=True)
class Recommendation:
    """Levels, hardest first. ``people`` and ``periods``: compared with; ``own``: periods of one's own among them."""

    levels: tuple[Level, ...]
    middle: float | None
    people: int
    periods: int
    own: int
    sentence: Said

    def chance_of(self, target: float, draws: Floats) -> float:
        """The chance that draws of the period reach a target."""
        return float((draws >= target).mean())


def recommend(
    person: str, history: Sequence[Past], present: float, rng: np.random.Generator, levels: Sequence[float] = LEVELS,
    *, alone: bool = False,
) -> Recommendation:  # fmt: skip
    """Targets for somebody who is there for the share ``present`` of the period; ``history``: theirs and their peers'.

    A person without a period of their own is taken for any of the peers. Fewer than eight periods altogether: no levels, and why.
    ``alone``: there are no peers, as of a company as a whole; four of its own periods will do (drawn from as many, 60 % and 80 %
    levels were reached 60 % and 79 % of the time). ValueError unless levels lie between 0 and 1.
    """
    if any(not 0 < chance < 1 for chance in levels):
        raise ValueError("the chance to reach a goal lies between 0 and 1")
    some = [one for one in history if one.present >= LEAST_PRESENT]
    people, own = {one.person for one in some}, sum(one.person == person for one in some)
    if len(some) < (FEWEST_ALONE if alone else FEWEST_PERIODS):
        return Recommendation((), None, len(people), len(some), own, _too_few(len(some), alone))
    draws = draw_periods(person, some, present, rng)
    chosen = tuple(level for chance in sorted(levels) if (level := _level(draws, chance)).target > 0)
    if not chosen:
        why = say(
            "No goal to recommend: in {periods} periods of {people} comparable people too little was reached.",
            periods=len(some), people=len(people),
        )  # fmt: skip
        return Recommendation((), float(np.median(draws)), len(people), len(some), own, why)
    told = joined(map(_told, chosen), ", ")
    words = say("From {periods} earlier periods: {levels}.", periods=len(some), levels=told) if alone else say(
        "From {periods} periods of {people} comparable people, {own} of one's own: {levels}.", periods=len(some),
        people=len(people), own=own, levels=told,
    )  # fmt: skip
    return Recommendation(chosen, float(np.median(draws)), len(people), len(some), own, words)


def _too_few(periods: int, alone: bool) -> Said:
    if alone:
        return say_many(
            "No goal to recommend: {number} earlier period, it takes {needs}.",
            "No goal to recommend: {number} earlier periods, it takes {needs}.",
            periods, needs=FEWEST_ALONE,
        )  # fmt: skip
    return say_many(
        "No goal to recommend: {number} earlier period of comparable people, it takes {needs}.",
        "No goal to recommend: {number} earlier periods of comparable people, it takes {needs}.",
        periods, needs=FEWEST_PERIODS,
    )  # fmt: skip


def _told(level: Level) -> Said:
    target, share = Number(level.target, ",.10g"), Number(level.chance, ".0%")
    return say("{target} is reached {share} of the time", target=target, share=share)


def _level(draws: Floats, chance: float) -> Level:
    target = rounded(float(np.quantile(draws, 1 - chance)))
    return Level(target, float((draws >= target).mean()))


def rounded(value: float) -> float:
    """A target as people write it: whole, two digits that count above 100 (or three, from 1 to 2)."""
    if value < 100:
        return float(round(value))
    digits = int(np.floor(np.log10(value)))
    step = 10.0 ** (digits - 1) / (2 if value < 5 * 10.0**digits else 1)
    return float(round(value / step) * step)


def draw_periods(person: str, history: Sequence[Past], present: float, rng: np.random.Generator, draws: int = DRAWS) -> Floats:
    """(draws,) of what the person's next period comes to. ValueError without any history."""
    if not history:
        raise ValueError("there is no history to draw from")
    names = sorted({one.person for one in history})
    row = np.array([names.index(one.person) for one in history])
    weight = np.array([one.present for one in history])
    rate = np.array([one.total for one in history]) / weight
    size = np.bincount(row, weight, len(names))
    means = np.bincount(row, weight * rate, len(names)) / size
    mean = float(means @ np.sqrt(size) / np.sqrt(size).sum())
    free = max(len(history) - len(names), 0)
    apart = weight * (rate - means[row]) ** 2
    within = float(apart.sum() / free) if free else float((weight * (rate - mean) ** 2).sum() / max(len(history) - 1, 1))
    between = max(float(((means - mean) ** 2).mean() - (within / size).mean()), 0.0) if free else 0.0
    mine = float(size[names.index(person)]) if person in names else 0.0
    own = float(means[names.index(person)]) if person in names else mean
    trust = mine * between / (mine * between + within) if mine * between + within > 0 else 0.0
    level = trust * own + (1 - trust) * mean
    unsure = between * (1 - trust) + within / (float(size.sum()) + mine)
    # Levels are above 0: a gamma with that mean and variance.
    shape = level**2 / max(unsure, 1e-12 * max(level, 1e-12) ** 2)
    levels = rng.standard_gamma(shape, draws) * (level / shape) if level > 0 else np.zeros(draws)
    # A person's surprises are about as large, beside their level, as those of the others beside theirs.
    known = means[row] > 0.1 * mean
    seen = (np.sqrt(weight) * (rate - means[row]))[known] / means[row][known] if known.any() else np.zeros(1)
    wider = np.sqrt(len(history) / free) if free else 1.0
    surprise = seen[rng.integers(0, len(seen), draws)] * wider * levels
    return np.asarray(np.maximum(levels * present + surprise * np.sqrt(present), 0.0), dtype=np.float64)
