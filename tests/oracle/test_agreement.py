"""The engine agrees with the oracle on random small companies full of edge cases: every metric, whoever and whenever is asked.

``PACELINE_ORACLE_SEEDS=7,8,9`` (or ``7-20``) asks other companies than the six of every day, and everything of each.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pytest

from paceline.metrics.store import Store
from paceline.sales.periods import Period
from paceline.sales.settings import Settings
from paceline.simulation.random_company import tiny
from tests.oracle.agreement import differences, open_oracle, open_store
from tests.oracle.oracle import By

NOW = date(2026, 4, 30)
_NAMED = os.environ.get("PACELINE_ORACLE_SEEDS", "")
_BY_TEAM = (1, 2)  # of the seeds of every day, those asked by team, too
_PAST = ((1, 0), (2, 1))  # and those asked as of which past day: building its facts costs most of the time


def _seeds() -> tuple[int, ...]:
    if not _NAMED:
        return (1, 2, 3, 4, 5, 6)
    ends = [part.partition("-") for part in _NAMED.split(",")]
    return tuple(seed for low, _, high in ends for seed in range(int(low), int(high or low) + 1))


def _periods(settings: Settings, seed: int) -> list[Period]:
    """A quarter, a month and a week; which month and week differs from seed to seed."""
    inside = date(2025, 12, 3) + timedelta(days=17 * seed % 113)
    return [Period.containing("quarter", date(2026, 2, 1), settings), Period.containing("month", inside, settings),
            Period.containing("week", inside, settings)]


def _past_days(seed: int) -> tuple[date, date]:
    """A day in the course of the quarter, and the last of a month."""
    return date(2026, 1, 7) + timedelta(days=11 * seed % 47), date(2026, 2, 28)


Asked = tuple[int, Store, duckdb.DuckDBPyConnection]


@pytest.fixture(scope="module", params=_seeds())
def asked(request: pytest.FixtureRequest) -> Iterator[Asked]:
    """A company's seed, its store and its oracle."""
    company = tiny(request.param)
    store = open_store(company.records, company.settings, NOW)
    yield request.param, store, open_oracle(company.records)
    store.engine.close()


def _differences(asked: Asked, day: date, *bys: By) -> str:
    seed, store, oracle = asked
    return "\n".join(str(found) for found in differences(store, oracle, _periods(store.settings, seed), day, bys))


@pytest.mark.slow
def test_the_engine_agrees_with_the_oracle_on_every_rep_and_the_company(asked: Asked) -> None:
    assert not _differences(asked, NOW, "rep", "company")


@pytest.mark.slow
def test_the_engine_agrees_with_the_oracle_on_every_team(asked: Asked) -> None:
    if not _NAMED and asked[0] not in _BY_TEAM:
        pytest.skip("of this company only reps are asked every day")
    assert not _differences(asked, NOW, "team")


@pytest.mark.slow
@pytest.mark.parametrize("which", [0, 1])
def test_the_engine_agrees_with_the_oracle_on_what_was_so_on_a_past_day(asked: Asked, which: int) -> None:
    if not _NAMED and (asked[0], which) not in _PAST:
        pytest.skip("of this company only today is asked every day")
    assert not _differences(asked, _past_days(asked[0])[which], "rep", "team", "company")
