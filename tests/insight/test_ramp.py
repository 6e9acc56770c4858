"""New hires beside past ones: the rank by hand, how often normal hires are called slow, whether slow ones are found, time to."""

from __future__ import annotations

import numpy as np
import pytest

from paceline.insight.ramp import FEWEST, RATE, Hire, fan, one_in, pace, stand
from paceline.insight.ramp_time import bar, expected, productive_month, time_to_productivity

FULL, RAMP_MONTHS = 6.0, 5.0


def hire(rep: str, counts: list[float], days: float = 21.0, left: bool = False) -> Hire:
    return Hire(rep, "AE", "smb", 20_000, np.array(counts, float), np.full(len(counts), days), left)


def drawn(
    rng: np.random.Generator, rep: str, months: int, ramp: float = RAMP_MONTHS, full: float = FULL, alike: float = 8
) -> Hire:
    """A hire whose pace goes from a quarter to all of it within so many months, with luck and a pace of their own."""
    own = full * rng.gamma(alike, 1 / alike)
    share = np.clip(0.25 + 0.75 * np.arange(0.5, months) / ramp, 0.25, 1)
    days = rng.integers(14, 23, months).astype(float)
    return Hire(rep, "AE", "smb", 20_000 + int(rng.integers(900)), rng.poisson(own * share * days / 21).astype(float), days)


def test_the_rank_by_hand() -> None:
    past = [
        hire(f"p{i}", [total / 4] * 4) for i, total in enumerate((20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 42, 44, 46, 48))
    ]
    one = stand(hire("new", [6.0, 5.0, 5.0, 5.0]), past, "opportunities")
    assert (one.higher, one.n) == (14, 15)
    assert one.chance == pytest.approx(2 / 16)
    assert one.sentence.startswith(
        "Month 4: 21 opportunities (5.25 a full month), lower than 14 of 15 past hires (median 8.5); "
        "a normal hire stands this low 1 time in 8"
    )


def test_a_half_timer_and_one_hired_before_a_holiday_are_measured_by_their_days() -> None:
    whole, half = hire("a", [4.0, 6.0]), hire("b", [2.0, 3.0], days=10.5)
    assert pace(whole).tolist() == pace(half).tolist() == [4.0, 6.0]
    assert np.isnan(pace(hire("c", [1.0], days=4.0))).all()


def test_below_nine_past_hires_it_says_so_and_calls_nobody_slow() -> None:
    past = [hire(f"p{i}", [8.0] * 6) for i in range(FEWEST - 1)]
    one = stand(hire("new", [0.0, 0.0]), past, "wins")
    assert one.slow is None
    assert one.chance is None
    assert one.sentence == "Month 2: 0 wins (0 a full month). Too few to call: 8 past hires got as far, it takes 9."
    assert stand(hire("new", []), past).sentence == "Not a whole month of tenure yet."
    assert "nothing known" in stand(hire("new", [float("nan")] * 2), past).sentence


def test_one_is_never_among_the_past_hires_that_one_is_held_against() -> None:
    cohort = [hire(f"p{i}", [float(i)] * 6) for i in range(12)]
    assert stand(cohort[0], cohort).n == 11
    assert stand(cohort[0], cohort).higher == 11


@pytest.mark.parametrize("past_hires", [9, 24])
def test_normal_hires_are_called_slow_no_more_often_than_stated_however_often_one_looks(past_hires: int) -> None:
    rng, worlds = np.random.default_rng(9_000 + past_hires), 250
    ever, last = 0, 0
    for world in range(worlds):
        past = [drawn(rng, f"p{i}", 12) for i in range(past_hires)]
        new = drawn(rng, "new", 6)
        looks = [stand(_until(new, month), past) for month in range(1, 7)]
        assert all(look.slow is not None for look in looks), world
        ever += any(look.slow for look in looks)
        last += looks[-1].chance is not None and looks[-1].chance <= RATE
    assert ever / worlds <= RATE + 0.02
    assert last / worlds <= RATE + 0.02
    assert ever / worlds >= 0.02  # a rule that never speaks would pass the above


@pytest.mark.parametrize(("full", "alike", "least"), [(40.0, 25.0, 0.8), (6.0, 8.0, 0.3)])
def test_slow_hires_are_found_by_what_is_counted_often(full: float, alike: float, least: float) -> None:
    # After half a year at 40 % of the pace where others are at all of it. Meetings tell it; of six opportunities a month, and
    # people who differ by a third anyway, a single look at month six finds half of them, and looking every month a bit less.
    rng, worlds = np.random.default_rng(77), 150
    found = 0
    for _ in range(worlds):
        past = [drawn(rng, f"p{i}", 12, RAMP_MONTHS, full, alike) for i in range(20)]
        slow = drawn(rng, "new", 6, 30.0, full, alike)
        found += any(stand(_until(slow, month), past).slow for month in range(1, 7))
    assert found / worlds >= least


def _until(one: Hire, month: int) -> Hire:
    return Hire(one.rep, one.role, one.segment, one.hired, one.amount[:month], one.exposure[:month])


def test_the_fan_is_of_those_who_had_the_month() -> None:
    drawn_fan = fan([hire("a", [2.0, 4.0]), hire("b", [4.0]), hire("c", [6.0])], months=3)
    assert drawn_fan.n.tolist() == [3, 1, 0]
    assert drawn_fan.quantiles[2, :2].tolist() == [4.0, 4.0]
    assert np.isnan(drawn_fan.quantiles[:, 2]).all()


def test_rates_are_shares_of_what_they_are_out_of() -> None:
    past = [Hire(f"p{i}", "AE", "smb", 1, np.array([2.0 + i, 3.0]), np.array([20.0, 20.0])) for i in range(12)]
    one = stand(Hire("new", "AE", "smb", 2, np.array([1.0, 2.0]), np.array([10.0, 20.0])), past, "won", counted=False)
    assert one.pace == pytest.approx(0.1)
    assert one.higher == 12
    assert "10% won, lower than 12 of 12 past hires" in one.sentence


def test_full_productivity_is_sustained_over_three_months() -> None:
    assert productive_month(hire("a", [1, 8, 1, 1, 5, 5, 5]), 6.0) == 5  # 8 in one month alone is luck: (8 + 1 + 1) ÷ 3 < 4.8
    assert productive_month(hire("a", [1, 2, 2]), 6.0) is None
    assert productive_month(hire("a", [9, 9]), 6.0) is None  # not three months yet
    assert bar([5.0, 7.0, 6.0, float("nan"), 9.0]) is None
    assert bar([5.0, 7.0, 6.0, 8.0, 9.0]) == 7.0


def test_when_a_hire_gets_there_is_read_from_those_who_waited_as_long() -> None:
    past = [
        hire(f"p{i}", [1.0] * (3 + i % 5) + [6.0] * 6) for i in range(15)
    ]  # productive in months 3 to 7: (1 + 6 + 6) ÷ 3 ≥ 4.0
    early = expected(hire("new", [1.0]), past, 5.0)
    late = expected(hire("new", [1.0] * 7), past, 5.0)
    assert (early.low, early.middle, early.high) == (3.0, 5.0, 7.0)
    assert late.low == 6.0
    assert late.middle == 6.0
    assert early.sentence == "Full productivity most likely in month 5, 8 in 10 from month 3 to 7 (15 past hires)."
    assert expected(hire("new", [6.0] * 3), past, 5.0).reached == 1
    assert "Too few past hires" in expected(hire("new", [1.0]), past[:4], 5.0).sentence
    assert "tenured peers" in expected(hire("new", [1.0]), past, None).sentence


def test_who_left_before_getting_there_is_censored_not_forgotten() -> None:
    stayed = [hire(f"p{i}", [1.0] * 3 + [6.0] * 6) for i in range(6)]
    gone = [hire(f"g{i}", [1.0] * 8, left=True) for i in range(6)]
    only, both = time_to_productivity(stayed, 5.0), time_to_productivity(stayed + gone, 5.0)
    assert only is not None
    assert both is not None
    assert only.share(6) == 0.0
    assert both.share(6) == 0.5


def test_chances_in_words() -> None:
    assert one_in(2 / 16) == "1 time in 8"
    assert one_in(0.5) == "5 times in 10"


def test_a_hire_is_expected_by_their_own_pace_and_not_by_their_tenure_alone() -> None:
    """All past hires rise alike, by one a month to 6: who does half as much at month 3 gets there later, who does more sooner."""
    past = [hire(f"p{i}", [float(min(month + 1, 6)) for month in range(14)]) for i in range(12)]
    found = {rate: expected(hire("new", [rate * (month + 1) for month in range(3)]), past, 5.0) for rate in (0.7, 1.0, 1.6)}
    middles = [one.middle for one in found.values()]
    assert None not in middles
    assert middles[0] > middles[1] > middles[2]  # type: ignore[operator]
    assert found[1.0].middle == productive_month(past[0], 5.0)
