"""Bars tell the numbers, and a gap is no low bar."""

from __future__ import annotations

from paceline.cli.sparkline import sparkline


def test_from_zero_to_the_largest() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█"


def test_stands_on_zero_so_that_small_changes_look_small() -> None:
    assert sparkline([100, 101, 99]) == "███"


def test_unknown_is_a_dot_and_zero_a_bar() -> None:
    assert sparkline([None, 0, 4]) == "·▁█"
    assert sparkline([None, None]) == "··"


def test_all_zero_is_flat() -> None:
    assert sparkline([0, 0]) == "▁▁"


def test_negative_numbers_reach_below() -> None:
    assert sparkline([-7, 0]) == "▁█"
