"""Facts of past days are built once, and only a load that brings a past of its own makes them anew."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from paceline.metrics.ask import ask
from paceline.metrics.store import Store, day_end
from paceline.project.loading import load_records
from paceline.project.past import KEPT_DAYS, past_facts
from paceline.sales.periods import Period, epoch_day
from paceline.sales.scope import Scope
from paceline.sales.settings import Settings
from paceline.warehouse.engine import Engine
from paceline.warehouse.engines.duckdb import open_duckdb

SETTINGS = Settings()
DAY = date(2026, 3, 31)
LOADED = day_end(date(2026, 6, 1), SETTINGS)
QUARTER = Period.between(date(2026, 1, 1), date(2026, 4, 1))


def deals(amount: int) -> dict[str, pa.Table]:
    closed = epoch_day(date(2026, 2, 3))
    return {
        "rep": pa.table({"id": ["r"], "name": ["Rep"]}),
        "stage": pa.table({"id": ["o", "w"], "name": ["Open", "Won"], "position": [1, 2], "outcome": ["open", "won"]}),
        "opportunity": pa.table({
            "id": ["d"], "owner_id": ["r"], "stage_id": ["w"], "amount_cents": [amount],
            "close_day": pa.array([closed], pa.int32()), "created_at": [day_end(date(2026, 1, 1), SETTINGS)],
        }),
    }  # fmt: skip


def load(engine: Engine, batch: dict[str, pa.Table], source: str, at: int) -> None:
    load_records(engine, SETTINGS, batch, source, lambda _: None, known_at=at)


def revenue(engine: Engine) -> float | None:
    store = Store(engine, SETTINGS, LOADED + 10_000, past_facts=past_facts)
    return ask(store, "revenue", Scope.company(), QUARTER, as_of=DAY).only().value


def test_a_later_load_leaves_them_and_a_new_source_does_not() -> None:
    engine = open_duckdb()
    marker = f"asof_{epoch_day(DAY)}_made"
    load(engine, deals(100_00), "crm", LOADED)
    assert revenue(engine) == 100.0
    made = engine.query(f"select * from {marker}").to_pylist()
    load(engine, deals(250_00), "crm", LOADED + 100)
    assert revenue(engine) == 100.0  # what was known then
    assert engine.query(f"select * from {marker}").to_pylist() == made
    another = deals(70_00) | {"rep": pa.table({"id": ["r2"], "name": ["Other"]})}
    another["opportunity"] = another["opportunity"].set_column(0, "id", pa.array(["d2"]))
    load(engine, another, "other crm", LOADED + 200)
    assert revenue(engine) == 170.0  # it brought a past that we hadn't heard of
    assert engine.query(f"select * from {marker}").to_pylist() != made


def test_only_the_latest_sets_are_kept() -> None:
    engine = open_duckdb()
    load(engine, deals(100_00), "crm", LOADED)
    for number in range(KEPT_DAYS + 1):
        engine.put(f"asof_{number}_fact_mail", pa.table({"x": [1]}))
        engine.put(f"asof_{number}_made", pa.table({"made_of": ["then"], "at": [1_000 + number]}))
    assert revenue(engine) == 100.0
    kept = {name.split("_")[1] for name in engine.tables() if name.startswith("asof_")}
    assert kept == {str(number) for number in range(2, KEPT_DAYS + 1)} | {str(epoch_day(DAY))}
