"""Goals: prorated and ramped, recommended with honest chances, paced by the history's shape, planned backwards."""

from __future__ import annotations

import numpy as np
import pytest

from paceline.insight.goals import NO_RAMP, Hire, Ramp, given_ramp, measure_ramp, prorate, rising
from paceline.insight.goals_chance import mean_draws, reach, share_draws
from paceline.insight.goals_levels import Past, recommend, rounded
from paceline.insight.goals_pace import STRAIGHT, pace, shape_of
from paceline.insight.goals_plan import Rates, plan, share_in_time

YEAR = np.tile([1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0], 13)  # a quarter of weeks


def test_a_joiner_a_leaver_a_part_timer_and_somebody_away_have_their_share() -> None:
    full = float(YEAR.sum())
    joiner, leaver, away = YEAR.copy(), YEAR.copy(), YEAR.copy()
    joiner[:35] = 0
    leaver[70:] = 0
    away[14:28] = 0
    part = YEAR * 0.6
    assert [prorate(650, days, full).target for days in (YEAR, joiner, leaver, away, part)] == pytest.approx(
        [650, 400, 500, 550, 390]
    )
    assert "62% of the working time" in prorate(650, joiner, full).sentence
    assert prorate(650, YEAR, full).sentence == ""
    assert prorate(650, YEAR * 0, full).target == 0
    with pytest.raises(ValueError, match="without a working day"):
        prorate(650, YEAR, 0)


def test_a_new_hires_days_count_as_much_as_past_hires_reached() -> None:
    ramp = given_ramp((0.25, 0.5, 0.75))
    tenure = np.arange(91.0)
    found = prorate(100, YEAR, float(YEAR.sum()), tenure, ramp)
    assert found.ramped == pytest.approx(0.5, abs=0.02)
    assert found.present == 1
    assert prorate(100, YEAR, float(YEAR.sum()), tenure + 400, ramp).target == 100
    assert "for the ramp" in found.sentence


def test_a_ramp_is_measured_on_hires_and_never_falls() -> None:
    rng = np.random.default_rng(3)
    true = np.clip(0.25 + 0.75 * np.arange(40) / 20, 0, 1)
    hires = [Hire(rng.poisson(20 * true).tolist(), [1.0] * 40) for _ in range(9)]
    ramp = measure_ramp(hires, 20.0)
    assert ramp is not None
    assert ramp.hires == 9
    assert 16 <= ramp.weeks <= 24
    assert (np.diff(ramp.shares) >= 0).all()
    assert ramp.share([0, 10**4]) == pytest.approx([0.3, 1.0], abs=0.1)
    assert measure_ramp(hires[:4], 20.0) is None
    assert measure_ramp(hires, 0.0) is None
    assert NO_RAMP.share([0, 50]).tolist() == [1, 1]
    with pytest.raises(ValueError, match="between 0 and 1"):
        given_ramp((25, 50))
    assert rising(np.array([1.0, 3.0, 2.0]), np.ones(3)).tolist() == [1.0, 2.5, 2.5]
    assert Ramp((0.5,)).share([-3, 6, 7]).tolist() == [0.5, 0.5, 1.0]


def test_pace_follows_the_shape_of_the_past_not_a_straight_line() -> None:
    rush = YEAR * np.where(np.arange(91) >= 70, 4.0, 1.0)  # the last three weeks bring over half
    shape = shape_of([(rush, YEAR)] * 5)
    half = pace(100, 30, 0.5, 65, shape)
    assert half.expected < 40
    assert pace(100, 30, 0.5, 65, STRAIGHT).expected == 50
    on_it = pace(100, float(100 * shape.at(0.5)), 0.5, 65, shape)
    assert on_it.ahead == pytest.approx(0)
    assert on_it.days == pytest.approx(0, abs=0.1)
    assert pace(100, 60, 0.5, 65, shape).days > 10
    assert pace(100, 0, 0.5, 65, shape).days == pytest.approx(-32.5)
    assert "ahead" in pace(100, 60, 0.5, 65, shape).sentence
    assert "straight line" in pace(100, 30, 0.5, 65).sentence
    assert pace(100, 120, 0.9, 65, shape).sentence == "The goal is reached."
    with pytest.raises(ValueError, match="above 0"):
        pace(0, 1, 0.5, 65)


def test_a_shape_rises_from_nothing_to_all_whatever_the_past() -> None:
    rng = np.random.default_rng(4)
    for _ in range(50):
        periods = [(rng.poisson(0.3, 91).astype(float), rng.integers(0, 2, 91).astype(float)) for _ in range(rng.integers(0, 6))]
        shape = shape_of(periods)
        assert shape.reached[-1] == pytest.approx(1)
        assert 0 <= shape.reached[0] < 0.5
        assert (np.diff(shape.reached) >= 0).all()


def test_recommended_levels_are_reached_as_often_as_said() -> None:
    reached, said = np.zeros(3), np.zeros(3)
    for seed in range(300):
        rng = np.random.default_rng([seed, 812])
        levels = 40 * np.exp(rng.normal(0, 0.3, 8))
        history = [Past(str(who), float(rng.poisson(rng.gamma(levels[who])))) for who in range(8) for _ in range(5)]
        came = rng.poisson(rng.gamma(levels[0]))
        found = recommend("0", history, 1.0, rng)
        reached += [came >= level.target for level in found.levels]
        said += [level.chance for level in found.levels]
    assert reached / 300 == pytest.approx(said / 300, abs=0.07)


def test_a_joiner_without_a_past_is_taken_for_one_of_the_peers_and_no_history_says_so() -> None:
    rng = np.random.default_rng(1)
    history = [Past(str(who), 50.0 + who) for who in range(5) for _ in range(3)]
    joiner = recommend("new", history, 0.5, rng)
    assert (joiner.own, joiner.people, joiner.periods) == (0, 5, 15)
    assert joiner.middle == pytest.approx(26, abs=1)
    none = recommend("new", history[:7], 1.0, rng)
    assert none.levels == ()
    assert "7 earlier periods" in none.sentence
    nothing = recommend("new", [Past(str(who % 5), 0.0) for who in range(20)], 1.0, rng)
    assert (nothing.levels, nothing.middle) == ((), 0)
    assert "too little was reached" in nothing.sentence
    away = recommend("new", [Past("0", 50.0, 0.1)] * 20, 1.0, rng)
    assert away.levels == ()
    with pytest.raises(ValueError, match="between 0 and 1"):
        recommend("0", history, 1.0, rng, levels=(40,))
    assert [rounded(value) for value in (7.4, 57.2, 183, 126_400, 774_000)] == [7, 57, 185, 125_000, 770_000]


def test_shares_and_means_are_drawn_from_what_is_there_and_what_is_to_come() -> None:
    rng = np.random.default_rng(2)
    done = share_draws((30, 100), (200, 600), 0, rng)
    assert set(done.tolist()) == {0.3}
    ahead = share_draws((0, 0), (200, 600), 50, rng)
    assert np.nanmean(ahead) == pytest.approx(1 / 3, abs=0.02)
    assert np.isnan(share_draws((0, 0), (1, 3), 0, rng)).all()
    assert np.nanmean(mean_draws((1000, 10), np.array([100.0, 300.0] * 20), 10, rng)) == pytest.approx(150, abs=8)
    with pytest.raises(ValueError, match="past values"):
        mean_draws((0, 0), np.array([]), 5, rng)
    with pytest.raises(ValueError, match="hits"):
        share_draws((3, 2), (1, 2), 1, rng)


def test_the_chance_of_a_goal_turns_round_where_lower_is_better() -> None:
    draws = np.arange(100.0)
    assert reach(draws, 80).chance == pytest.approx(0.2)
    assert reach(draws, 80, lower_is_better=True).chance == pytest.approx(0.81)
    assert "most likely 62% of it" in reach(draws, 80).sentence
    with pytest.raises(ValueError, match="draws"):
        reach(np.array([np.nan]), 10)


def test_chances_of_share_goals_are_reliable() -> None:
    said, came = [], []
    for seed in range(600):
        rng = np.random.default_rng([seed, 99])
        rate = rng.beta(6, 12)
        past, so_far = rng.binomial(120, rate), rng.binomial(20, rate)
        end = (so_far + rng.binomial(25, rate)) / 45
        said.append(reach(share_draws((so_far, 20), (past, 120), 25, rng, 400), 1 / 3).chance)
        came.append(end >= 1 / 3)
    chance, fact = np.array(said), np.array(came)
    assert ((chance - fact) ** 2).mean() < 0.8 * fact.mean() * (1 - fact.mean())
    for bin in range(5):
        some = (chance >= bin / 5) & (chance < (bin + 1) / 5 + (bin == 4))
        assert some.sum() < 30 or abs(chance[some].mean() - fact[some].mean()) < 0.1


RATES = Rates(30, 70, np.full(30, 10.0), np.tile([20.0, 40.0, 60.0], 10), 4.0)


def test_planning_backwards_gives_opportunities_and_meetings_with_a_range() -> None:
    rng = np.random.default_rng(5)
    found = plan(300, 100, np.full(500, 80.0), RATES, 90, 12, rng)
    # 120 are missing; an opportunity brings 0.3 × 10 × the share decided in time.
    middle, low, high = found.opportunities or (0, 0, 0)
    assert found.missing == pytest.approx(120)
    assert middle == pytest.approx(120 / (3 * share_in_time(RATES.cycles, 90)), rel=0.1)
    assert low < middle < high
    assert (found.meetings_a_week or (0,))[0] == pytest.approx(middle * 4 / 12, abs=1)
    assert "more opportunities" in found.sentence
    assert "meetings a week" in found.sentence
    assert "deal size 10," in found.sentence
    assert "deal size 10 USD" in plan(300, 100, np.full(500, 80.0), RATES, 90, 12, rng, currency="USD").sentence


def test_a_plan_is_honest_when_deals_take_longer_than_what_is_left() -> None:
    rng = np.random.default_rng(6)
    late = plan(300, 100, np.full(500, 80.0), RATES, 18, 2.5, rng)
    assert late.opportunities is None
    assert "new deals come too late" in late.sentence
    assert "120 EUR are missing" in plan(300, 100, np.full(500, 80.0), RATES, 18, 2.5, rng, currency="EUR").sentence
    tight = plan(300, 100, np.full(500, 80.0), RATES, 45, 6, rng)
    assert tight.opportunities is not None
    assert "Time is short" in tight.sentence
    assert plan(300, 310, np.zeros(5), RATES, 45, 6, rng).sentence == "The goal is reached."
    assert plan(300, 100, np.zeros(5), RATES, 0, 0, rng).sentence == "The period is over."
    few = plan(300, 100, np.zeros(5), Rates(2, 3, np.ones(2), np.ones(2)), 45, 6, rng)
    assert "Too few to plan with" in few.sentence
    pipeline = plan(300, 100, np.zeros(0), Rates(20, 0, np.full(20, 10.0), np.zeros(0)), 45, 6, rng)
    assert pipeline.opportunities == (20, 20, 20)
    assert "win rate" not in pipeline.sentence
