"""A simulated company: its shape, its mess, its planted truths, and that it is always the same."""

from __future__ import annotations

import time
from datetime import date
from functools import cache

import pytest

from paceline.simulation import SIZES, Company, simulate
from paceline.simulation.conform import problems

UNTIL = date(2026, 7, 1)


@cache
def demo(seed: int = 7) -> Company:
    return simulate(SIZES["demo"], seed, UNTIL)


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_records_are_canonical(seed: int) -> None:
    assert problems(demo(seed).records) == []


def test_same_seed_same_bytes() -> None:
    again = simulate(SIZES["demo"], 7, UNTIL)
    assert all(again.records[name].equals(rows) for name, rows in demo().records.items())
    assert again.truths == demo().truths


def test_other_seed_other_company() -> None:
    assert not demo(8).records["rep"].equals(demo().records["rep"])
    assert demo(8).truths != demo().truths


def test_demo_takes_seconds() -> None:
    began = time.process_time()
    simulate(SIZES["demo"], 10, UNTIL)
    assert time.process_time() - began < 10
