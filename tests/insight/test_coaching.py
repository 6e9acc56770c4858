"""Coaching: a planted effect is covered, chance is seldom called a success, and coming back to the mean isn't one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from paceline.insight.coaching import STATED, Effect, Outcome, Series, coaching_effect

REPS, WEEKS, AFTER = 12, 78, 10
ALL = np.ones(REPS, dtype=np.bool_)


@dataclass(frozen=True)
class Tried:
    effect: Effect
    naive: float


def counts(rng: np.random.Generator, mean: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Spread 1.6 times as widely as Poisson."""
    return np.asarray(rng.poisson(rng.gamma(np.maximum(mean, 1e-9) / 0.6, 0.6)), dtype=np.float64)


def lowest_gets_a_plan(seed: int, planted: float) -> Tried:
    """A team with seasons, and levels that wander; whoever was lowest for eight weeks gets a plan: what they do × ``planted``."""
    rng = np.random.default_rng([seed, round(100 * planted), 4711])
    wander = np.array([np.convolve(rng.normal(0, 0.05, WEEKS + 29), 0.9 ** np.arange(30), "valid") for _ in range(REPS)])
    season = np.exp(0.25 * np.sin(np.arange(WEEKS) / 8 + rng.uniform(0, 6)) + rng.normal(0, 0.08, WEEKS))
    days = 5.0 - rng.binomial(5, 0.08, (REPS, WEEKS))
    mean = 6 * np.exp(rng.normal(0, 0.35, (REPS, 1)) + wander) * season * days / 5
    start = WEEKS - AFTER
    amounts = counts(rng, np.asarray(mean, dtype=np.float64))
    recent, long = (amounts[:, span].sum(1) / days[:, span].sum(1) for span in (slice(start - 8, start), slice(0, start - 8)))
    who = int(np.argmin(recent / long))
    amounts[who, start:] = counts(rng, mean[who, start:] * planted)
    planned = np.zeros(amounts.shape, np.bool_)
    planned[who, start:] = True
    effect = coaching_effect(Series(amounts, np.asarray(days, dtype=np.float64), planned), who, start, WEEKS, ALL)
    return Tried(effect, (effect.after or 0) / max(effect.before or 0, 0.05) - 1)


@pytest.mark.parametrize("planted", [0.7, 1.0, 1.3, 1.6])
def test_intervals_cover_what_was_planted(planted: float) -> None:
    tried = [lowest_gets_a_plan(seed, planted) for seed in range(250)]
    inside = [one.effect.interval[0] <= planted - 1 <= one.effect.interval[1] for one in tried if one.effect.interval]
    assert len(inside) == 250
    assert 0.74 <= np.mean(inside) <= 0.86


def test_chance_is_called_a_success_no_more_often_than_stated() -> None:
    tried = [lowest_gets_a_plan(seed, 1.0) for seed in range(1000, 1500)]
    assert np.mean([one.effect.outcome is Outcome.ABOVE for one in tried]) <= STATED + 0.02
    assert np.mean([one.effect.outcome is Outcome.BELOW for one in tried]) <= STATED + 0.02


def test_before_and_after_alone_calls_coming_back_a_success_and_the_expected_path_does_not() -> None:
    tried = [lowest_gets_a_plan(seed, 1.0) for seed in range(300)]
    assert np.mean([one.naive for one in tried]) > 0.3
    assert abs(np.mean([one.effect.effect for one in tried if one.effect.effect is not None])) < 0.08


def flat(rate: float = 10.0, reps: int = REPS) -> Series:
    amounts = np.random.default_rng(1).poisson(rate, (reps, WEEKS)).astype(np.float64)
    return Series(amounts, np.ones(amounts.shape), np.zeros(amounts.shape, np.bool_))


def test_too_early_says_how_many_weeks_it_takes() -> None:
    young = coaching_effect(flat(), 0, WEEKS - 2, WEEKS, ALL)
    assert young.outcome is Outcome.EARLY
    assert "needs about" in young.sentence
    assert (young.needs or 0) >= 4
    thin = coaching_effect(flat(0.3), 0, WEEKS - 6, WEEKS, ALL)
    assert thin.outcome is Outcome.EARLY
    assert (thin.needs or 0) > 6
    none = coaching_effect(flat(), 0, WEEKS, WEEKS, ALL)
    assert (none.outcome, none.needs) == (Outcome.EARLY, 4)


def test_a_doubling_is_seen_and_a_team_that_rises_together_is_none() -> None:
    series = flat()
    series.amounts[0, -10:] *= 2
    assert coaching_effect(series, 0, WEEKS - 10, WEEKS, ALL).outcome is Outcome.ABOVE
    series = flat()
    series.amounts[:, -10:] *= 2
    assert coaching_effect(series, 0, WEEKS - 10, WEEKS, ALL).outcome is Outcome.SAME


def test_without_peers_or_past_it_says_so() -> None:
    assert "3 comparable people" in coaching_effect(flat(reps=4), 0, WEEKS - 8, WEEKS, np.ones(4, np.bool_)).sentence
    joiner = flat()
    joiner.exposure[0, : WEEKS - 12] = 0
    assert "earlier past" in coaching_effect(joiner, 0, WEEKS - 8, WEEKS, ALL).sentence
    young = flat()
    young.exposure[:, : WEEKS - 30] = 0
    assert coaching_effect(young, 0, WEEKS - 8, WEEKS, ALL).outcome in (Outcome.UNKNOWN, Outcome.SAME, Outcome.EARLY)
    with pytest.raises(ValueError, match="outside"):
        coaching_effect(flat(), 0, 70, 90, ALL)
    with pytest.raises(ValueError, match="same people"):
        Series(np.ones((2, 3)), np.ones((2, 3)), np.zeros((3, 3), np.bool_))
