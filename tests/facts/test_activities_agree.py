"""The facts of activities are the same on every engine, row by row."""

import math
from typing import Any

import pytest

from paceline.facts import schema
from paceline.facts.tables import Tables
from paceline.warehouse.engine import Engine
from tests.facts import test_calls, test_mails, test_meetings, test_people, test_touches
from tests.facts.activities import ACTIVITIES, COMMON, FACTS, SETTINGS, joined
from tests.facts.small import store

RECORDS = joined(COMMON, *(test.COMPANY for test in (test_people, test_mails, test_meetings, test_touches, test_calls)))


def _build(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    store(engine, SETTINGS, FACTS, **RECORDS)
    return {name: engine.query(Tables(SETTINGS).fact(name)).to_pylist() for name in ACTIVITIES}


def _by_key(fact: str, rows: list[dict[str, Any]]) -> dict[tuple[str, ...], dict[str, Any]]:
    return {tuple(str(row[column]) for column in schema.BY_NAME[fact].key): row for row in rows}


@pytest.fixture(scope="module")
def expected() -> dict[str, list[dict[str, Any]]]:
    from paceline.warehouse.engines.duckdb import open_duckdb

    engine = open_duckdb()
    rows = _build(engine)
    engine.close()
    return rows


@pytest.mark.parametrize("name", ACTIVITIES)
def test_keys_are_unique(expected: dict[str, list[dict[str, Any]]], name: str) -> None:
    assert expected[name]
    assert len(_by_key(name, expected[name])) == len(expected[name])


@pytest.mark.engine
@pytest.mark.parametrize("other", ["postgres_engine", "spark_engine"])
def test_engines_agree(expected: dict[str, list[dict[str, Any]]], other: str, request: pytest.FixtureRequest) -> None:
    facts = _build(request.getfixturevalue(other))
    for name in ACTIVITIES:
        ours, theirs = _by_key(name, expected[name]), _by_key(name, facts[name])
        assert ours.keys() == theirs.keys(), name
        for key, row in ours.items():
            differing = {
                column: (value, theirs[key][column]) for column, value in row.items() if not _same(value, theirs[key][column])
            }
            assert not differing, (name, key)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12)
    return bool(one == other)
