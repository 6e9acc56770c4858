"""The curve against worked examples: remission times of Freireich (1963), as printed in the textbooks, and one by hand."""

from __future__ import annotations

import pytest

from paceline.stats.kaplan_meier import kaplan_meier

# Weeks in remission of 21 patients on 6-MP; True: relapsed, False: still in remission when last seen.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [bool(int(c)) for c in "111010100110001100000"]


def test_the_textbook_example() -> None:
    curve = kaplan_meier(WEEKS, RELAPSED)
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.waiting.round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert (curve.n, curve.events, curve.last) == (21, 9, 35)
    assert curve.quantile(0.5) == 23
    assert curve.quantile(0.9) is None


def test_five_hires_by_hand() -> None:
    # Month 2: one of 5 → 4/5. Month 3: one left. Month 4: one of 3 → 4/5 · 2/3 = 8/15. Month 6: one of 2 → 4/15.
    curve = kaplan_meier([2, 3, 4, 6, 7], [True, False, True, True, False])
    assert curve.waiting.tolist() == pytest.approx([4 / 5, 8 / 15, 4 / 15])
    assert curve.share(1.9) == 1.0
    assert curve.share(5) == pytest.approx(8 / 15)
    assert curve.quantile(0.5) == 6
    assert curve.quantile(0.4, given=4) == 6  # of the 8/15 who waited longer than month 4, half had it by month 6


def test_greenwoods_variance_by_hand() -> None:
    # After month 1, 4 of 5 wait: variance of log(-log S) is 1/(5·4) ÷ log(0.8)² = 1.0041; at 80 %, z = 1.2816.
    curve = kaplan_meier([1, 2, 2, 2, 2], [True, False, False, False, False])
    assert (curve.low[0], curve.high[0]) == pytest.approx((0.4466, 0.9401), abs=5e-4)
    assert curve.low[0] < 0.8 < curve.high[0]


def test_when_it_happened_to_all_nobody_waits() -> None:
    curve = kaplan_meier([1, 2, 3], [True, True, True])
    assert curve.waiting.tolist() == pytest.approx([2 / 3, 1 / 3, 0])
    assert curve.low[-1] == 0.0
    assert curve.high[-1] == curve.high[-2]
    assert curve.interval(0.5)[1] is None


def test_what_makes_no_sense_is_refused() -> None:
    for durations, happened in (([], []), ([1, 2], [True]), ([0, 1], [True, True])):
        with pytest.raises(ValueError, match="duration above 0"):
            kaplan_meier(durations, happened)
