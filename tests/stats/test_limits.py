"""The band of what is usual, against a worked example."""

from __future__ import annotations

import pytest

from paceline.stats.limits import natural_limits


def test_worked_by_hand() -> None:
    # mean 12; moving ranges 2, 4, 2, 1, 3 → 2.4; 2.66 × 2.4 = 6.384
    assert natural_limits([11, 13, 9, 11, 12, 15]) == pytest.approx((71 / 6 - 6.384, 71 / 6 + 6.384))


def test_too_few_numbers_say_nothing() -> None:
    assert natural_limits([1, 2, 3, 4, 5]) is None


def test_no_change_no_width() -> None:
    assert natural_limits([3.0] * 8) == (3.0, 3.0)
