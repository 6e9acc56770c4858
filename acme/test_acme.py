"""Acme's answers, worked by hand over its rows, are those of the oracle and those of the engine."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from acme.company import SETTINGS, records
from paceline.metrics.ask import ask
from paceline.metrics.catalog import CATALOG
from paceline.metrics.store import Store
from paceline.sales.periods import Period, epoch_day
from paceline.sales.scope import Scope
from tests.oracle.agreement import open_oracle, open_store, same
from tests.oracle.oracle import COMPANY, By, answer, prepare

_QUARTER = (date(2026, 1, 1), date(2026, 4, 1))
_SEEN = date(2026, 4, 10)
_TODAY = date(2026, 5, 1)


@dataclass(frozen=True)
class Worked:
    """One answer worked by hand; ``value`` None: there is none, because."""

    slug: str
    who: str
    period: Period
    as_of: date
    value: float | None
    working: str

    def __str__(self) -> str:
        return f"{self.slug}-{self.who}-{self.period.first}-{self.as_of}"


def _worked(slug: str, row: dict[str, Any]) -> Worked:
    period = Period.between(row.get("first", _QUARTER[0]), row.get("until", _QUARTER[1]))
    value = row["numerator"] / row["denominator"] if "denominator" in row else row.get("value")
    assert (value is None) == ("none" in row), f"{slug} of {row['who']}: either a number or why there is none"
    return Worked(slug, row["who"], period, row.get("as_of", _SEEN), value, row["working"])


ANSWERS = [
    _worked(slug, row) for path in sorted((Path(__file__).parent / "answers").glob("*.toml"))
    for slug, rows in tomllib.loads(path.read_text(encoding="utf-8")).items() for row in rows
]


@pytest.fixture(scope="module")
def oracle() -> duckdb.DuckDBPyConnection:
    return open_oracle(records())


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    opened = open_store(records(), SETTINGS, _TODAY)
    yield opened
    opened.engine.close()


def test_every_metric_has_answers_and_a_none() -> None:
    answered = {worked.slug for worked in ANSWERS}
    none = {worked.slug for worked in ANSWERS if worked.value is None}
    assert answered == set(CATALOG)
    assert none == set(CATALOG)


@pytest.mark.parametrize("worked", ANSWERS, ids=str)
def test_the_oracle_gives_the_answer_worked_by_hand(oracle: duckdb.DuckDBPyConnection, worked: Worked) -> None:
    kind, _, name = worked.who.partition(":")
    by: By = "team" if name else "company" if kind == "company" else "rep"
    group = name or (COMPANY if by == "company" else kind)
    _prepare(oracle, worked.as_of)
    answers = answer(oracle, worked.slug, worked.period.first_day, worked.period.until_day, epoch_day(worked.as_of), by)
    value = answers.get(group, (None, None, None))[0]
    assert same(worked.value, value), f"{value} is not {worked.value}: {worked.working}"


@pytest.mark.parametrize("worked", ANSWERS, ids=str)
def test_the_engine_gives_the_answer_worked_by_hand(store: Store, worked: Worked) -> None:
    kind, _, name = worked.who.partition(":")
    scope = Scope.team(name) if name else Scope.company() if kind == "company" else Scope.rep(kind)
    reading = ask(store, worked.slug, scope, worked.period, as_of=worked.as_of, mean_of_reps=False)[0]
    assert same(worked.value, reading.value), f"{reading.value} ({reading.none_because}) is not {worked.value}: {worked.working}"
    assert (reading.value is None) == bool(reading.none_because)


def _prepare(oracle: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Preparing costs a second: only when the day changes."""
    known = oracle.execute("SELECT getvariable('asof_day')").fetchone()
    if known is None or known[0] != epoch_day(as_of):
        prepare(oracle, SETTINGS, epoch_day(as_of))
