"""Habits: a real one is found, an idle one isn't called, and the sentence never says why."""

from __future__ import annotations

import numpy as np

from paceline.insight.compare import Verdict
from paceline.insight.strategies import Case, compare_strategies
from paceline.saying.said import own_words


def case(rng: np.random.Generator, name: str, effect: float, n: int = 600) -> Case:
    """A habit that better reps have more often; it adds ``effect`` to the chance of a win."""
    rep = rng.integers(0, 8, n)
    followed = rng.random(n) < 0.2 + 0.07 * rep
    won = rng.random(n) < 0.1 + 0.04 * rep + effect * followed
    return Case(own_words(name), followed, won, rep)


def test_a_habit_that_wins_is_found_and_one_of_good_reps_alone_is_not() -> None:
    rng, worlds = np.random.default_rng(31), 40
    found, false = 0, 0
    for _ in range(worlds):
        real, idle, other = compare_strategies([case(rng, "real", 0.18), case(rng, "idle", 0.0), case(rng, "other", 0.0)])
        found += real.verdict is Verdict.ABOVE
        false += (idle.verdict in (Verdict.ABOVE, Verdict.BELOW)) + (other.verdict in (Verdict.ABOVE, Verdict.BELOW))
    assert found / worlds >= 0.9
    assert false / (found + false) <= 0.25


def test_the_sentence_tells_both_shares_and_no_cause() -> None:
    (one,) = compare_strategies([case(np.random.default_rng(5), "real", 0.3, 2000)])
    assert one.verdict is Verdict.ABOVE
    assert one.sentence.startswith(
        f"Won: {one.with_it:.0%} of {one.followed} with it, {one.without_it:.0%} of {one.not_followed:,} without"
    )
    assert "doesn't say that it brings it" in one.sentence
    assert "because" not in one.sentence


def test_too_few_who_did_or_did_not_are_not_called() -> None:
    few = Case(own_words("few"), np.array([True] * 3 + [False] * 50), np.array([True] * 53), np.zeros(53, np.int64))
    (one,) = compare_strategies([few])
    assert one.verdict is Verdict.TOO_FEW
    assert one.sentence == "Too few to call: 3 did, 50 didn't; it takes 5 of each."
    small = case(np.random.default_rng(6), "small", 0.05, 40)
    (two,) = compare_strategies([small])
    assert two.verdict is Verdict.TOO_FEW
    assert "needs about" in two.sentence
