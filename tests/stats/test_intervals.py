"""Intervals against published values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.stats.intervals import mean_interval, t_value, wilson


def test_wilson_of_ten_in_twenty() -> None:
    assert wilson(10, 20) == pytest.approx((0.29930, 0.70070), abs=1e-5)


def test_two_of_two_is_less_sure_than_45_of_60() -> None:
    two, many = wilson(2, 2), wilson(45, 60)
    assert two is not None
    assert many is not None
    assert two[0] < many[0]


@given(st.integers(1, 1000), st.floats(0, 1))
def test_wilson_holds_the_share(n: int, part: float) -> None:
    hits = round(part * n)
    interval = wilson(hits, n)
    assert interval is not None
    assert 0 <= interval[0] <= hits / n + 1e-12
    assert hits / n - 1e-12 <= interval[1] <= 1


def test_no_interval_without_rows_and_no_share_above_one() -> None:
    assert wilson(0, 0) is None
    with pytest.raises(ValueError, match="no share"):
        wilson(3, 2)


@pytest.mark.parametrize(
    ("degrees", "value"),
    [
        (1, 12.7062),
        (2, 4.30265),
        (3, 3.18245),
        (4, 2.77645),
        (10, 2.22814),
        (30, 2.04227),
    ],
)
def test_students_t(degrees: int, value: float) -> None:
    assert t_value(degrees) == pytest.approx(value, rel=5e-3)


def test_mean_of_1_to_5() -> None:
    assert mean_interval(15, 55, 5) == pytest.approx((3 - 1.96325, 3 + 1.96325), rel=1e-4)
    assert mean_interval(10, 30, 4) is None  # too few
