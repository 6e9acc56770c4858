"""Roll-ups of which only the changed days are redone are those made anew."""

from __future__ import annotations

import math

from paceline.facts.tables import Tables
from paceline.metrics.catalog import CATALOG
from paceline.metrics.rollup import rollups
from paceline.project.loading import load_records
from paceline.simulation.random_company import tiny
from paceline.warehouse.engine import Engine
from tests.facts.test_refresh_activities import pieces


def _rows(engine: Engine, name: str) -> dict[object, dict[str, object]]:
    return {(row["rep_id"], row["day"]): row for row in engine.query(f"SELECT * FROM {name}").to_pylist()}


def _same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9)  # floats are added in another order
    return one == other


def test_changed_days_alone_are_rolled_up_again(duckdb_engine: Engine) -> None:
    engine, company = duckdb_engine, tiny(3)
    for number, piece in enumerate(pieces(company.records, 4)):
        load_records(engine, company.settings, piece, "test", lambda _: None, 1_900_000_000 + number)
    for name, expression in rollups(Tables(company.settings), CATALOG.values()).items():
        kept = _rows(engine, name)
        engine.create(name, expression)
        made = _rows(engine, name)
        assert kept.keys() == made.keys(), name
        for key, row in made.items():
            assert all(_same(value, kept[key][column]) for column, value in row.items()), (name, key)
