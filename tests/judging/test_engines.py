"""What is said of a company is the same on PostgreSQL as on DuckDB, sentence by sentence, with the numbers behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from paceline.judging.compare import compare
from paceline.judging.drivers import drivers_of
from paceline.judging.forecast import foresee
from paceline.judging.segments import segments
from paceline.judging.signals import signals
from paceline.metrics.store import Store
from paceline.sales.periods import Period, from_epoch_day
from paceline.sales.scope import Scope
from paceline.warehouse.engine import Engine
from tests.judging.deal_world import FIRST, SETTINGS, store_of, world

COMPANY = Scope.company()
DAYS = 500
UNTIL = from_epoch_day(FIRST + DAYS)
QUARTER = Period.containing("quarter", UNTIL - timedelta(days=1), SETTINGS)
YEAR = Period.between(UNTIL - timedelta(days=365), UNTIL)


def _signals(store: Store) -> list[str]:
    found = signals(store, COMPANY)
    told = [*found.digest, *(one.sentence for one in (*found.common, *found.firing)), *(str(one) for one in found.unknown)]
    return [*told, str(found.budget)]


def _forecast(store: Store) -> list[str]:
    lines = [line for metric in ("revenue", "pipeline_generated") for line in foresee(store, metric, QUARTER, COMPANY).lines]
    return [f"{line.sentence} {line.outlook.draws.mean():.6g}" for line in lines if line.outlook is not None]


def _segments(store: Store) -> list[str]:
    found = segments(store, COMPANY, YEAR, "source")
    rows = [(group.name, name, one) for group in found.groups for name, one in group.measures.items()]
    return [*found.sentences, *(f"{name} {measure} {one.n} {one.adjusted:.6g} {one.verdict}" for name, measure, one in rows
                                if one.adjusted is not None)]  # fmt: skip


def _drivers(store: Store) -> list[str]:
    found = drivers_of(store, "revenue", QUARTER, COMPANY)
    return [*found.notes, *found.look, *(f"{one.name} {one.part:.6g} {one.named}" for one in found.split.drivers)]


JUDGED: dict[str, Callable[[Store], list[str]]] = {
    "signals": _signals,
    "compare": lambda store: [one.sentence for one in compare(store, COMPANY, YEAR, ["win_rate", "new_opportunities"])],
    "forecast": _forecast,
    "segments": _segments,
    "drivers": _drivers,
}


@pytest.mark.engine
@pytest.mark.slow
def test_judgements_are_the_same_on_postgresql(duckdb_engine: Engine, postgres_engine: Engine) -> None:
    here = store_of(duckdb_engine, world(DAYS), DAYS)
    for name in sorted(duckdb_engine.tables()):  # that facts are built alike has tests of its own
        postgres_engine.put(name, duckdb_engine.query(f"SELECT * FROM {duckdb_engine.quoted(name)}"))
    there = Store(postgres_engine, SETTINGS, here.now)
    for name, judge in JUDGED.items():
        said = judge(here)
        assert len(said) > 1, name
        assert judge(there) == said, name
