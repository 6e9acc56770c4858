"""Groups of deals: the mix taken out by hand, equal groups left alone, weak ones found, lists no falser than stated."""

from __future__ import annotations

import numpy as np
import pytest

from paceline.insight.compare import Verdict
from paceline.insight.segments import FEWEST, against_rest, choose_mix, codes, compare_groups
from paceline.insight.segments_ratio import fit_groups


def test_the_mix_by_hand() -> None:
    # Web sells mostly to small companies, who buy more. Small: web 30 of 60, fair 10 of 20. Large: web 2 of 20, fair 6 of 60.
    cells = {("web", "small"): (30, 60), ("fair", "small"): (10, 20), ("web", "large"): (2, 20), ("fair", "large"): (6, 60)}
    group = [name for (name, _), (_, n) in cells.items() for _ in range(n)]
    size = [name for (_, name), (_, n) in cells.items() for _ in range(n)]
    won = np.array([float(i < hits) for hits, n in cells.values() for i in range(n)])
    plain = {one.group: one for one in compare_groups(won, group)}
    fair = {one.group: one for one in compare_groups(won, group, codes(size))}
    assert plain["web"].raw == pytest.approx(32 / 80)
    assert plain["web"].verdict is Verdict.ABOVE
    assert fair["web"].adjusted == pytest.approx(48 / 160)  # 30 of 60 is 10 of 20, and 2 of 20 is 6 of 60: no difference at all
    assert fair["web"].difference == pytest.approx(0, abs=0.02)
    assert fair["web"].verdict is not Verdict.ABOVE


def test_mantel_and_haenszels_weights_by_hand() -> None:
    # Stratum A: 3 of 4 against 1 of 4, weight 2; stratum B: 1 of 2 against 3 of 6, weight 1.5. 2 · 0.5 ÷ 3.5 = 0.2857.
    won = np.array([1, 1, 1, 0, 1, 0, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0], np.float64)
    group = np.array([1] * 4 + [0] * 4 + [1] * 2 + [0] * 6)
    found = against_rest(won, group, np.array([0] * 8 + [1] * 8), 2)
    assert found.difference.tolist() == pytest.approx([-0.2857, 0.2857], abs=1e-4)


def test_deals_without_a_counterpart_say_nothing_and_are_counted() -> None:
    won = np.array([1.0] * 10 + [0.0] * 10 + [1.0] * 20)
    group = np.array([0] * 10 + [1] * 10 + [0] * 20)
    found = against_rest(won, group, np.array([0] * 20 + [1] * 20), 2)
    assert found.comparable.tolist() == pytest.approx([1 / 3, 1.0])
    assert found.difference.tolist() == [1.0, -1.0]
    alone = against_rest(won, group, group, 2)
    assert np.isnan(alone.difference).all()


def test_the_finest_mix_in_which_deals_can_be_compared_is_chosen() -> None:
    group = np.array([0, 1] * 50)
    columns = {"rep": [f"r{i % 2}" for i in range(100)], "source": [f"s{i // 4 % 3}" for i in range(100)]}
    orders = (("rep", "source"), ("source",), ())
    assert choose_mix(group, 2, columns, orders) == ("source",)  # each rep sells one group alone
    assert choose_mix(group, 2, columns, (("rep",), ())) == ()


def test_a_group_of_few_deals_is_not_called() -> None:
    won = np.array([1.0, 0.0] * 40 + [1.0] * (FEWEST - 1) + [1.0] * 6)
    found = {one.group: one for one in compare_groups(won, ["a"] * 80 + ["b"] * (FEWEST - 1) + ["c"] * 6)}
    assert found["b"].verdict is Verdict.TOO_FEW
    assert found["b"].estimate is None
    assert found["b"].raw == 1.0
    assert found["c"].verdict is Verdict.TOO_FEW
    assert found["c"].needs is not None
    assert found["c"].needs > 6


def test_nothing_and_one_group_alone_give_no_comparison() -> None:
    assert compare_groups(np.zeros(0), []) == ()
    (one,) = compare_groups(np.ones(30), ["a"] * 30)
    assert one.verdict is Verdict.TOO_FEW
    (two, _) = compare_groups(np.zeros(30), ["a", None] * 15)
    assert two.verdict is Verdict.TOO_FEW
    with pytest.raises(ValueError, match="3 values, but 2 groups"):
        compare_groups(np.zeros(3), ["a", "b"])


def _drawn(
    rng: np.random.Generator, rates: np.ndarray[tuple[int, ...], np.dtype[np.float64]], deals: int
) -> tuple[list[str], list[str], np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Deals whose reps differ, and who sell the groups in different parts: the mix must be taken out."""
    groups = len(rates)
    skill = rng.normal(0, 0.5, 8)
    mixes = rng.dirichlet(np.full(groups, 1.5), 8)
    rep = rng.integers(0, 8, deals)
    group = np.array([rng.choice(groups, p=mixes[one]) for one in rep])
    odds = np.log(rates[group] / (1 - rates[group])) + skill[rep]
    return (
        [f"g{one}" for one in group],
        [f"r{one}" for one in rep],
        (rng.random(deals) < 1 / (1 + np.exp(-odds))).astype(np.float64),
    )


def test_equal_groups_are_called_no_more_often_than_stated() -> None:
    rng, worlds, called, naive = np.random.default_rng(4711), 60, 0, 0
    for _ in range(worlds):
        group, rep, won = _drawn(rng, np.full(6, 0.3), 900)
        verdicts = [one.verdict for one in compare_groups(won, group, codes(rep))]
        called += any(one in (Verdict.ABOVE, Verdict.BELOW) for one in verdicts)
        naive += any(one.verdict in (Verdict.ABOVE, Verdict.BELOW) for one in compare_groups(won, group))
    assert called / worlds <= 0.2
    assert naive > called  # without the mix taken out, the reps' skill shows up as the groups'


def test_of_the_groups_listed_as_below_a_fifth_at_most_is_wrong_and_the_weak_one_is_found() -> None:
    rng, worlds, right, wrong, found = np.random.default_rng(1234), 60, 0, 0, 0
    for _ in range(worlds):
        rates = 1 / (1 + np.exp(-rng.normal(np.log(0.3 / 0.7), 0.25, 8)))
        rates[0] = 0.15
        group, rep, won = _drawn(rng, rates, 1600)
        mean = float(np.mean(won))
        for one in compare_groups(won, group, codes(rep)):
            if one.verdict is Verdict.BELOW:
                below = rates[int(one.group[1:])] < mean
                right, wrong = right + below, wrong + (not below)
                found += one.group == "g0"
    assert wrong / (right + wrong) <= 0.25
    assert found / worlds >= 0.9


@pytest.mark.parametrize("scale", [1.0, 12.0])
def test_intervals_cover_and_means_are_compared_too(scale: float) -> None:
    """Skewed amounts, in two strata of which one has deals so many times larger, and all groups alike in both."""
    rng, inside, n, called = np.random.default_rng(99), 0, 0, 0
    for _ in range(40):
        group, large = rng.integers(0, 6, 400), rng.random(400) < 0.3
        value = np.where(large, scale, 1.0) * 1000 * rng.lognormal(0, 0.8, 400)
        for one in compare_groups(value, [f"g{i}" for i in group], large.astype(np.int64)):
            assert one.difference_low is not None
            assert one.difference_high is not None
            inside += one.difference_low <= 0 <= one.difference_high
            called += one.verdict in (Verdict.ABOVE, Verdict.BELOW)
            n += 1
    assert inside / n >= 0.76
    assert called / n <= 0.05


def test_amounts_are_fitted_with_their_strata_by_hand() -> None:
    """Web's deals are worth twice the fair's in either size, and large ones ten times small ones: the mix tells nothing else."""
    rows = [("web", 0, 200.0)] * 60 + [("fair", 0, 100.0)] * 20 + [("web", 1, 2_000.0)] * 20 + [("fair", 1, 1_000.0)] * 60
    group = np.array([int(name == "web") for name, _, _ in rows])
    found = fit_groups(np.array([value for _, _, value in rows]), group, np.array([size for _, size, _ in rows]), 2)
    assert found.adjusted[1] / found.adjusted[0] == pytest.approx(2, rel=0.02)
    assert found.adjusted[0] == pytest.approx((80 * 100 + 80 * 1_000) / 160, rel=0.02)
    assert found.mean == pytest.approx(found.adjusted.mean(), rel=1e-9)  # 80 deals each
    with pytest.raises(ValueError, match="0 or above"):
        fit_groups(np.array([-1.0, 2.0]), np.array([0, 1]), np.zeros(2, np.int64), 2)


def test_intervals_of_amounts_cover_what_was_planted() -> None:
    """Skewed amounts of five groups that differ, sold by reps of different skill in different mixes, a third of deals lost."""
    rng, inside, n = np.random.default_rng(77), 0, 0
    for _ in range(40):
        true, skill = np.exp(rng.normal(0, 0.5, 5)), np.exp(rng.normal(0, 0.3, 8))
        mixes, rep = rng.dirichlet(np.full(5, 2.0), 8), rng.integers(0, 8, 500)
        group = np.array([rng.choice(5, p=mixes[one]) for one in rep])
        brought = true[group] * skill[rep] * rng.lognormal(0, 0.5, 500) * (rng.random(500) < 2 / 3)
        found = compare_groups(brought, [f"g{one}" for one in group], rep)
        truth = true * float(skill[rep].mean()) * brought.mean() / (true[group] * skill[rep]).mean()
        for one in found:
            if one.low is not None and one.high is not None:
                inside += one.low <= truth[int(one.group[1:])] <= one.high
                n += 1
    assert inside / n >= 0.76
