"""The facts of opportunities, leads, aims and days come out the same on every engine."""

from __future__ import annotations

import pytest

from paceline.facts import build, refresh
from paceline.facts.tables import Tables
from paceline.sales.settings import Settings
from paceline.simulation.random_company import tiny
from paceline.warehouse.compiled import Kept
from paceline.warehouse.engine import Engine
from paceline.warehouse.engines.duckdb import open_duckdb
from paceline.warehouse.load import load
from paceline.warehouse.store import create_store
from tests.facts.small import DEALS, PARIS, Row, at, rows_of, store
from tests.facts.test_refresh import REPS, START, Company, tables
from tests.facts.test_refresh_activities import pieces

FACTS = (*DEALS, "opportunity", "outcome", "line", "move", "stage_visit", "arrival", "address", "lead_key", "attempt",
         "lead", "goal", "forecast", "cost", "connection")


def records() -> dict[str, list[Row]]:
    """A random company with leads, aims and merges."""
    company = Company(3)
    rows = company.batch(25, 15)
    for name, more in company.rare().items():
        known = {row["id"]: row for row in (*rows.get(name, []), *more)}
        rows[name] = list(known.values())
    role: Row = {"id": "1", "rep_id": "ana", "from_day": 20_460, "role": "AE", "team": "North", "work_start_minute": 480,
                 "work_end_minute": 960}
    return {
        **rows, "rep": REPS, "rep_role": [role, {**role, "id": "2", "from_day": 20_480, "until_day": 20_500, "team": "South"}],
        "absence": [{"id": "1", "rep_id": "ana", "from_day": 20_470, "until_day": 20_475}],
        "lead_assignment": [{"id": "1", "lead_id": "L1", "rep_id": "ana", "assigned_at": START + 30 * 86_400}],
        "goal": [{"id": "g", "rep_id": "ana", "metric": "revenue", "from_day": 20_454, "until_day": 20_544, "target": 1000.0,
                  "currency": "USD"},
                 {"id": "m", "team": "North", "metric": "meetings_held", "from_day": 20_454, "until_day": 20_544,
                  "target": 40.0}],
        "forecast_call": [{"id": "f", "rep_id": "syd", "from_day": 20_454, "until_day": 20_544, "category": "commit",
                           "amount_cents": 5,
                           "submitted_at": at("2026-01-31T20:00")}],
        "line_item": [{"id": f"l{name}", "opportunity_id": name, "product_id": "Y", "quantity": 2.0, "list_cents": 55,
                       "sold_cents": 51, "currency": "USD"} for name in sorted(company.deals)],
        "cost": [{"id": "c", "from_day": 20_454, "until_day": 20_544, "amount_cents": 333, "currency": "USD"}],
    }


def facts_of(engine: Engine, settings: Settings = PARIS) -> dict[str, list[tuple[object, ...]]]:
    store(engine, settings, facts=FACTS, **records())
    return {name: rows_of(engine, name, *(column.name for column in build.fact_of(name).columns)) for name in FACTS}


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.parametrize("other", ["postgres_engine", "spark_engine"])
def test_every_engine_gives_what_duckdb_gives(other: str, request: pytest.FixtureRequest) -> None:
    here = open_duckdb()
    expected = facts_of(here)
    here.close()
    assert [name for name in FACTS if not expected[name]] == []  # each has rows to compare
    found = facts_of(request.getfixturevalue(other))
    for name in FACTS:
        assert found[name] == expected[name], name


def test_a_past_day_lies_beside_today(duckdb_engine: Engine) -> None:
    store(duckdb_engine, PARIS, facts=(), **records())
    build.build(duckdb_engine, PARIS)
    as_of = START + 20 * 86_400
    build.build(duckdb_engine, PARIS, as_of=as_of, prefix="past_")
    then = duckdb_engine.query(Tables(PARIS, as_of, "past_").fact("outcome"))
    now = duckdb_engine.query(Tables(PARIS).fact("outcome"))
    assert 0 < then.num_rows < now.num_rows


@pytest.mark.engine
@pytest.mark.slow
def test_a_day_loaded_into_postgresql_gives_what_a_full_build_gives(
    postgres_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Kept, "check", False)  # other tests do that
    monkeypatch.setattr("paceline.facts.activity_refresh.LARGE", 2.0)  # so little history would be built anew
    monkeypatch.setattr(refresh, "LARGE", 2.0)
    engine, company = postgres_engine, tiny(0)
    create_store(engine)
    for number, piece in enumerate(pieces(company.records, 2)):
        load(engine, piece, "test", 1_900_000_000 + number)
        done = refresh.refresh(engine, company.settings)
    assert done["touch_person"] == done["reply"] == done["life"] == done["lead"] == "part"
    refreshed = tables(engine)
    build.build(engine, company.settings)
    for name, rows in tables(engine).items():
        assert refreshed[name] == rows, name
