"""Drivers: parts sum to the gap, zeros included; intervals hold; a turn is dated and chance seldom makes one."""

from __future__ import annotations

import numpy as np
import pytest

from paceline.insight.drivers import Factor, Side, split_gap
from paceline.insight.drivers_split import log_mean, split
from paceline.insight.drivers_turn import turns

TREE = (
    Factor("closed deals", "closed", parts=(Factor("opportunities", "opps"), Factor("closings", "closed", "opps"))),
    Factor("win rate", "won", "closed"),
    Factor("deal size", "amount", "won"),
)


def test_parts_sum_to_the_gap_for_random_products_with_zeros() -> None:
    rng = np.random.default_rng(1)
    for _ in range(400):
        n = int(rng.integers(1, 8))
        here, there = (rng.lognormal(0, 2, n) * (rng.random(n) > 0.2) for _ in range(2))
        gap = here.prod() - there.prod()
        parts = split(here, there)
        assert parts.sum() == pytest.approx(gap, rel=1e-12, abs=1e-12 * float(np.abs(parts).sum()) + 1e-300)
        assert split(there, here).sum() == pytest.approx(-gap, rel=1e-12, abs=1e-300)


def test_a_zero_takes_the_whole_gap_as_in_the_limit() -> None:
    assert split([0, 3, 5], [2, 3, 4]).tolist() == [-24, 0, 0]
    assert split([0, 3, 0], [2, 3, 4]).tolist() == [-12, 0, -12]
    assert split([2, 3], [0, 3]).tolist() == [6, 0]
    assert split([0, 3], [0, 5]).tolist() == [0, 0]
    near = split([1e-200, 3, 5], [2, 3, 4])
    assert near == pytest.approx([-24, 0, 0], abs=0.05)


def test_an_unknown_factor_is_taken_as_on_the_other_side() -> None:
    assert split([0, np.nan, np.nan], [10, 0.4, 100]).tolist() == [-400, 0, 0]
    with pytest.raises(ValueError, match="0 and more"):
        split([-1, 2], [1, 2])


def test_the_logarithmic_mean_lies_between_and_is_steady_near_equality() -> None:
    assert log_mean(2, 2) == 2
    assert log_mean(2, 2 + 1e-14) == pytest.approx(2)
    assert 1 < log_mean(1, 8) < 8
    assert log_mean(0, 5) == 0


def side(opps: float, closed: float, won: float, amount: float) -> Side:
    return Side({"opps": opps, "closed": closed, "won": won, "amount": amount})


def test_a_branchs_part_is_the_sum_of_its_leaves_in_random_trees() -> None:
    rng = np.random.default_rng(2)
    for _ in range(200):
        sides = []
        for _ in range(2):
            opps = float(rng.integers(0, 20))
            closed = float(rng.integers(0, 15))
            won = float(rng.integers(0, int(closed) + 1))
            sides.append(side(opps, closed, won, won * 100 * float(rng.uniform(0.5, 2))))
        if all(one.totals["closed"] == 0 for one in sides) or all(one.totals["won"] == 0 for one in sides):
            continue
        found = split_gap("own past", TREE, sides[0], sides[1])
        assert found.gap == pytest.approx(sides[0].totals["amount"] - sides[1].totals["amount"])
        assert sum(driver.part for driver in found.top) == pytest.approx(found.gap, abs=1e-6)
        assert sum(driver.part for driver in found.leaves) == pytest.approx(found.gap, abs=1e-6)


def test_a_branch_that_cannot_be_split_stays_whole_and_says_why() -> None:
    found = split_gap("peers", TREE, side(0, 4, 2, 200), side(10, 5, 2, 300))
    assert [driver.name for driver in found.drivers] == ["closed deals", "win rate", "deal size"]
    assert "closings is unknown" in found.unsplit[0]
    with pytest.raises(ValueError, match="win rate"):
        split_gap("peers", TREE, side(5, 0, 0, 0), side(5, 0, 0, 0))


def weeks(rng: np.random.Generator, opps: float, chance: float, many: int) -> Side:
    begun = rng.poisson(opps, many)
    closed = rng.binomial(begun, 0.5)
    won = rng.binomial(closed, chance)
    amount = np.array([rng.lognormal(4, 0.6, deals).sum() for deals in won])
    table = {"opps": begun * 1.0, "closed": closed * 1.0, "won": won * 1.0, "amount": amount}
    return Side({name: float(column.sum()) * 13 / many for name, column in table.items()}, table)


@pytest.mark.parametrize(("opps", "chance", "planted"), [(6.0, 0.4, None), (3.2, 0.4, "opportunities"), (6.0, 0.15, "win rate")])
def test_intervals_hold_and_the_planted_driver_is_named(opps: float, chance: float, planted: str | None) -> None:
    value = np.exp(4 + 0.18)
    true = split([opps * 13, 0.5, chance, value], [6 * 13, 0.5, 0.4, value])
    inside, named = np.zeros(4), np.zeros(4)
    for seed in range(120):
        rng = np.random.default_rng([seed, 77])
        found = split_gap("own past", TREE, weeks(rng, opps, chance, 13), weeks(rng, 6, 0.4, 52), rng, 300)
        for place, leaf in enumerate(found.leaves):
            low, high = leaf.interval or (0, 0)
            inside[place] += low <= true[place] <= high
            named[place] += leaf.named
    assert inside.mean() / 120 == pytest.approx(0.8, abs=0.06)
    for place, name in enumerate(("opportunities", "closings", "win rate", "deal size")):
        if name == planted:
            assert named[place] / 120 > 0.85
        else:
            assert named[place] / 120 < 0.33


def test_a_turn_is_found_near_its_week_and_quiet_series_seldom_turn() -> None:
    rng = np.random.default_rng(8)
    ones, near, false = np.ones(40), 0, 0
    for _ in range(60):
        usual = rng.poisson(rng.gamma(10 / 0.8, 0.8, 40)).astype(float)
        false += bool(turns({"quiet": (usual, ones)}, rng, 0.05, 200))
        usual[28:] = rng.poisson(5, 12)
        found = turns({"halved": (usual, ones)}, rng, 0.05, 200)
        near += any(abs(turn.week - 28) <= 3 and (turn.change or 0) < -0.3 for turn in found)
    assert near >= 42
    assert false <= 8


def test_of_sets_of_quiet_series_few_have_a_turn_in_any() -> None:
    rng = np.random.default_rng(10)
    some = 0
    for _ in range(100):
        shared = rng.gamma(4, 0.25, 40)
        series = {str(name): (rng.poisson(6 * shared).astype(float), np.ones(40)) for name in range(6)}
        some += bool(turns(series, rng, shuffles=300))
    assert some <= 17


def test_the_earliest_turn_comes_first_and_exposure_is_no_turn() -> None:
    rng = np.random.default_rng(9)
    ones = np.ones(40)
    early, late = (rng.poisson(np.where(np.arange(40) < start, 20, 8)).astype(float) for start in (15, 27))
    found = turns({"late": (late, ones), "early": (early, ones)}, rng)
    assert [turn.driver for turn in found] == ["early", "late"]
    half = np.where(np.arange(40) < 20, 5.0, 2.5)
    assert not turns({"away half the week": (rng.poisson(half * 4).astype(float), half)}, rng, 0.05)
    assert not turns({"short": (np.ones(5), np.ones(5))}, rng)
    with pytest.raises(ValueError, match="exposure"):
        turns({"odd": (np.ones(5), np.ones(4))}, rng)


def test_a_tiny_gap_has_no_shares_and_nor_has_one_of_large_parts_that_cancel_out() -> None:
    tree = (Factor("deals", "deals"), Factor("size", "money", "deals"))
    for here, there, told in (
        ({"deals": 10.0, "money": 1_000.0}, {"deals": 8.0, "money": 640.0}, True),
        ({"deals": 10.0, "money": 1_000.0}, {"deals": 10.0, "money": 990.0}, False),
        ({"deals": 20.0, "money": 1_100.0}, {"deals": 10.0, "money": 1_000.0}, False),
    ):
        assert split_gap("own past", tree, Side(here), Side(there)).has_shares is told
