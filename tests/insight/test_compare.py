"""Readings held against own past, peers and goal: verdicts, intervals and sentences; coverage and lists on drawn peers."""

from __future__ import annotations

import numpy as np
import pytest

from paceline.insight.compare import Amount, Verdict, compare_with_past, likelihood
from paceline.insight.compare_peers import Person, compare_with_peers, listed
from paceline.stats.scan import Kind


def rates(hits: list[int], n: list[int], tenure: float = 100) -> list[Person]:
    return [Person(f"R{i}", "AE", "SMB", tenure, Amount(Kind.RATE, k, m)) for i, (k, m) in enumerate(zip(hits, n, strict=True))]


def test_a_clear_fall_below_the_own_past() -> None:
    past = [Amount(Kind.COUNT, count, 4) for count in (84, 92, 88, 90, 85, 91)]
    one = compare_with_past(Amount(Kind.COUNT, 40, 4), past, "meetings")
    assert one.verdict is Verdict.BELOW
    assert one.reference == pytest.approx(530 / 24)
    assert one.chance is not None
    assert one.chance < 0.001
    assert one.sentence == "40 meetings in 4 weeks; usual for this rep is 88.3, between 69.6 and 109. Below the own past."


def test_usual_needs_enough_to_show_a_difference_that_matters() -> None:
    enough = compare_with_past(
        Amount(Kind.COUNT, 160, 4), [Amount(Kind.COUNT, count, 4) for count in (150, 165, 158, 162, 155, 161)]
    )
    assert enough.verdict is Verdict.USUAL
    assert enough.smallest is not None
    assert enough.smallest < 0.35
    few = compare_with_past(Amount(Kind.COUNT, 3, 4), [Amount(Kind.COUNT, count, 4) for count in (2, 4, 3, 5, 1, 3, 2, 4, 3, 3)])
    assert few.verdict is Verdict.TOO_FEW
    assert few.needs is not None
    assert 40 < few.needs < 400
    assert f"Too few to call (needs about {few.needs:,})." in few.sentence


def test_a_restless_past_has_a_wider_interval() -> None:
    calm, restless = (
        [Amount(Kind.COUNT, count, 4) for count in counts] for counts in ((50, 52, 48, 50, 51, 49), (10, 95, 30, 80, 15, 70))
    )
    now = Amount(Kind.COUNT, 30, 4)
    one, two = compare_with_past(now, calm), compare_with_past(now, restless)
    assert one.interval is not None
    assert two.interval is not None
    assert two.interval[1] - two.interval[0] > 2 * (one.interval[1] - one.interval[0])
    assert one.verdict is Verdict.BELOW
    assert two.verdict is not Verdict.BELOW


def test_rates_and_means_against_the_own_past() -> None:
    past = [Amount(Kind.RATE, k, 100) for k in (30, 28, 33, 31, 29)]
    assert compare_with_past(Amount(Kind.RATE, 12, 100), past).verdict is Verdict.BELOW
    means = [Amount(Kind.MEAN, total, 20) for total in (2000, 2100, 1950, 2050, 1980)]
    assert compare_with_past(Amount(Kind.MEAN, 2900, 20), means).verdict is Verdict.ABOVE
    assert compare_with_past(Amount(Kind.MEAN, 2020, 20), means).verdict is Verdict.USUAL


def test_no_past_no_verdict() -> None:
    one = compare_with_past(Amount(Kind.COUNT, 5, 4), [Amount(Kind.COUNT, 6, 4)])
    assert one.verdict is Verdict.TOO_FEW
    assert "1, needs about 4" in one.sentence
    with pytest.raises(ValueError, match="own kind"):
        compare_with_past(Amount(Kind.COUNT, 5, 4), [Amount(Kind.RATE, 1, 4)])
    with pytest.raises(ValueError, match="no share"):
        Amount(Kind.RATE, 5, 4)


def test_own_past_calls_few_unchanged_periods_out() -> None:
    """Outside 95 % should be 5 in 100, also when weeks spread twice as wide as a Poisson."""
    rng = np.random.default_rng(9001)
    out = 0
    for _ in range(600):
        shape = rng.uniform(20, 60)
        counts = rng.poisson(rng.gamma(shape, 1, 9))
        past = [Amount(Kind.COUNT, int(count), 4) for count in counts[:-1]]
        verdict = compare_with_past(Amount(Kind.COUNT, int(counts[-1]), 4), past).verdict
        out += verdict in (Verdict.ABOVE, Verdict.BELOW)
    assert 0.02 <= out / 600 <= 0.09


def test_intervals_among_peers_cover_true_rates_and_lists_keep_their_false_share() -> None:
    """80 % intervals over peers who differ not at all, a little and much; and who is listed as below is mostly below."""
    rng = np.random.default_rng(9002)
    for spread in (0.0, 0.15, 0.3):
        covered, wrong, on_list, all_ = 0, 0, 0, 0
        for _ in range(25):
            p = 0.26 * np.exp(rng.normal(0, spread, 25)) if spread else np.full(25, 0.26)
            n = rng.poisson(45, 25) + 1
            people = rates(rng.binomial(n, p).tolist(), n.tolist())
            for true, one in zip(p, compare_with_peers(people), strict=True):
                assert one.interval is not None
                covered += one.interval[0] <= true <= one.interval[1]
                all_ += 1
                if one.verdict in (Verdict.BELOW, Verdict.ABOVE) and spread:
                    on_list += 1
                    wrong += (true < p.mean()) != (one.verdict is Verdict.BELOW)
        assert covered / all_ >= 0.70, spread
        if spread:
            assert on_list > 20
            assert wrong / on_list <= 0.25, spread


def test_counts_among_peers_cover_true_rates() -> None:
    rng = np.random.default_rng(9003)
    covered = all_ = 0
    for _ in range(25):
        true = 3 * np.exp(rng.normal(0, 0.25, 20))
        weeks = rng.uniform(6, 13, 20)
        people = [Person(f"R{i}", "AE", "", 60, Amount(Kind.COUNT, int(rng.poisson(t * w)), w)) for i, (t, w) in
                  enumerate(zip(true, weeks, strict=True))]  # fmt: skip
        for rate, one in zip(true, compare_with_peers(people), strict=True):
            assert one.interval is not None
            covered += one.interval[0] <= rate <= one.interval[1]
            all_ += 1
    assert 0.70 <= covered / all_ <= 0.95


def test_few_deals_are_too_few_to_call() -> None:
    people = rates([6, 9, 8, 7, 9, 8, 10], [29, 30, 31, 28, 30, 33, 32])
    one = compare_with_peers(people, "won")[0]
    assert one.verdict is Verdict.TOO_FEW
    assert one.sentence.startswith("won 6 of 29 (21%); best estimate ")
    assert "Too few to call (needs about" in one.sentence


def test_hires_absent_and_departed_people_are_no_peers() -> None:
    old = rates([300, 310, 290, 305, 295, 300], [1000] * 6)
    hire = Person("new", "AE", "SMB", 8, Amount(Kind.RATE, 100, 1000))
    away = Person("away", "AE", "SMB", 100, Amount(Kind.RATE, 1, 10), present=0.2)
    gone = Person("gone", "AE", "SMB", 100, Amount(Kind.RATE, 10, 1000), departed=True)
    found = compare_with_peers([*old, hire, away, gone])
    assert found[0].peers == 5
    assert found[0].reference == pytest.approx(0.3, abs=0.01)
    assert [one.verdict for one in found[6:]] == [Verdict.TOO_FEW] * 3
    assert "fewer than 5 peers of this role and tenure" in found[6].sentence
    assert "present 20% of the working time" in found[7].sentence
    assert "has left" in found[8].sentence


def test_a_small_segment_is_compared_with_the_whole_role() -> None:
    people = [Person(f"R{i}", "AE", "SMB" if i < 3 else "ENT", 100, Amount(Kind.RATE, 30, 100)) for i in range(6)]
    assert {one.peers for one in compare_with_peers(people)} == {5}


def test_means_among_peers() -> None:
    people = [Person(f"R{i}", "AE", "", 90, Amount(Kind.MEAN, 100.0 * m, 50, squares=50 * (2 * m) ** 2 + 50)) for i, m in
              enumerate((20, 21, 19, 20, 20.5, 40))]  # fmt: skip
    found = compare_with_peers(people)
    assert found[-1].verdict is Verdict.ABOVE
    with pytest.raises(ValueError, match="squares"):
        compare_with_peers([Person(f"R{i}", "AE", "", 90, Amount(Kind.MEAN, 100, 50)) for i in range(7)])


def test_a_list_is_as_long_as_its_false_share_allows() -> None:
    assert listed(np.array([0.99, 0.9, 0.7, 0.65, 0.3]), 0.2) == {0, 1, 2, 3}
    assert listed(np.array([0.75, 0.6]), 0.2) == frozenset()


def test_a_chance_counted_in_draws_is_never_told_as_certain() -> None:
    told = [likelihood(chance) for chance in (0.0, 0.004, 0.5, 1.0)]
    assert told == ["less than 1%", "less than 1%", "50%", "more than 99%"]
