"""Loading is an idempotent merge by key, which loses no version and can be killed."""

from __future__ import annotations

import time

import pyarrow as pa
import pytest

from paceline.sales.records import TABLES
from paceline.warehouse.engine import Engine, WarehouseError
from paceline.warehouse.load import clear_changes, load, pending_changes
from paceline.warehouse.store import create_store, current_name, past_name, unbound, unbound_past

NOW = 1_700_000_000


@pytest.fixture
def store(engine: Engine) -> Engine:
    create_store(engine)
    return engine


def accounts(**rows: tuple[str | None, int | None]) -> pa.Table:
    """id → (name, created_at)."""
    return pa.table({
        "id": list(rows), "name": pa.array([row[0] for row in rows.values()], pa.string()),
        "created_at": pa.array([row[1] for row in rows.values()], pa.int64())})


def contents(store: Engine) -> dict[str, list[str]]:
    """Every stored row of accounts, as text, in a fixed order."""
    return {name: sorted(map(repr, store.query(f"SELECT * FROM {name}").to_pylist()))
            for name in (current_name("account"), past_name("account"), "changed")}


def test_a_new_store_has_every_table_and_can_be_made_again(store: Engine) -> None:
    create_store(store)
    for table in TABLES:
        assert {current_name(table.name), past_name(table.name)} <= store.tables()
    assert store.query(unbound("lead")).num_rows == 0


def test_insert_update_unchanged(store: Engine) -> None:
    first = load(store, {"account": accounts(a=("A", 5), b=("B", NOW + 9), c=(None, None))}, "crm", NOW)
    done = first.tables["account"]
    assert (done.read, done.inserted, done.updated, done.unchanged, done.duplicates) == (3, 3, 0, 0, 0)
    second = load(store, {"account": accounts(a=("A", 5), b=("B2", NOW + 9), c=("C", None), d=("D", 7))}, "crm", NOW + 10)
    done = second.tables["account"]
    assert (done.read, done.inserted, done.updated, done.unchanged) == (4, 1, 2, 1)
    assert sorted(done.changed.to_pylist()) == ["b", "c", "d"]
    assert second.changes == 3
    account = unbound("account")
    rows = store.query(account.select("id", "name", "known_at", "record_source", "source_id").order_by("id")).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("a", "A", 5, "crm", "a"), ("b", "B2", NOW + 10, "crm", "b"),
        ("c", "C", NOW + 10, "crm", "c"), ("d", "D", NOW + 10, "crm", "d")]
    past = unbound_past("account")
    rows = store.query(past.select("id", "name", "known_at", "superseded_at").order_by("id")).to_pylist()
    assert [tuple(row.values()) for row in rows] == [("b", "B", NOW, NOW + 10), ("c", None, 0, NOW + 10)]
    log = store.query('SELECT * FROM load_log ORDER BY load_id').to_pylist()
    assert [(row["load_id"], row["inserted"], row["updated"], row["unchanged"]) for row in log] == [(1, 3, 0, 0), (2, 1, 2, 1)]


def test_the_same_load_twice_changes_nothing(store: Engine) -> None:
    batch = {"account": accounts(a=("A", 5), b=(None, None))}
    load(store, batch, "crm", NOW)
    before = contents(store)
    again = load(store, batch, "crm", NOW + 1)
    assert again.changes == 0
    assert contents(store) == before


def test_tables_without_a_moment_are_always_known_by_a_first_load(store: Engine) -> None:
    stages = pa.table({"id": ["s"], "name": ["S"], "position": [1], "outcome": ["open"]})
    load(store, {"stage": stages}, "crm", NOW)
    load(store, {"stage": pa.table({"id": ["t"], "name": ["T"], "position": [2], "outcome": ["open"]})}, "crm", NOW + 1)
    load(store, {"stage": pa.table({"id": ["u"], "name": ["U"], "position": [3], "outcome": ["open"]})}, "files", NOW + 2)
    stage = unbound("stage")
    assert store.query(stage.order_by("id").select("known_at"))["known_at"].to_pylist() == [0, NOW + 1, 0]


def test_a_row_that_another_source_replaces_is_known_by_then(store: Engine) -> None:
    load(store, {"account": accounts(a=("A", 5))}, "crm", NOW)
    load(store, {"account": accounts(a=("A2", 5))}, "files", NOW + 1)
    assert store.query(unbound("account").select("known_at", "record_source")).to_pylist() == [
        {"known_at": NOW + 1, "record_source": "files"}]


def test_duplicate_keys_the_last_wins(duckdb_engine: Engine) -> None:
    create_store(duckdb_engine)
    batch = pa.concat_tables([accounts(a=("A", 1), b=("B", 1)), accounts(a=("A2", 1))])
    done = load(duckdb_engine, {"account": batch}, "crm", NOW).tables["account"]
    assert (done.read, done.inserted, done.duplicates) == (3, 2, 1)
    assert set(duckdb_engine.query(unbound("account"))["name"].to_pylist()) == {"A2", "B"}


def test_pending_changes_wait_until_cleared(store: Engine) -> None:
    load(store, {"account": accounts(a=("A", 1), b=("B", 1))}, "crm", NOW)
    load(store, {"account": accounts(a=("A2", 1))}, "crm", NOW)
    assert {name: sorted(ids.to_pylist()) for name, ids in pending_changes(store).items()} == {"account": ["a", "b"]}
    clear_changes(store)
    assert pending_changes(store) == {}


@pytest.mark.parametrize(("batch", "message"), [
    ({"acount": accounts(a=("A", 1))}, "no record table 'acount' .did you mean 'account'"),
    ({"account": pa.table({"id": ["a"], "nmae": ["A"]})}, "account: unknown columns 'nmae' .did you mean 'name'"),
    ({"account": pa.table({"id": pa.array([None], pa.string())})}, "account: 1 rows have no id"),
    ({"account": pa.table({"name": ["A"]})}, "account: 1 rows have no id"),
    ({"account": pa.table({"id": ["a"], "employees": ["many"]})}, r"account\.employees"),
    ({"opportunity_change": pa.table({"id": ["c"], "field": ["amount"], "old": ["1,200"]})}, "change.old.*integer cents"),
    ({"opportunity_change": pa.table({"id": ["c"], "field": ["close_day"], "new": ["2024-02-30"]})}, "YYYY-MM-DD"),
])
def test_faulty_batches_are_refused_whole(duckdb_engine: Engine, batch: dict[str, pa.Table], message: str) -> None:
    create_store(duckdb_engine)
    with pytest.raises(ValueError, match=message):
        load(duckdb_engine, {"rep": pa.table({"id": ["r"], "name": ["R"]}), **batch}, "crm", NOW)
    assert duckdb_engine.query(unbound("rep")).num_rows == 0


def test_loads_come_in_the_order_of_knowing(duckdb_engine: Engine) -> None:
    create_store(duckdb_engine)
    load(duckdb_engine, {"account": accounts(a=("A", 1))}, "crm", NOW)
    with pytest.raises(ValueError, match="in the order of knowing"):
        load(duckdb_engine, {"account": accounts(a=("B", 1))}, "crm", NOW - 1)
    report = load(duckdb_engine, {"account": accounts(a=("B", 1))}, "crm")
    assert abs(report.at - time.time()) < 60


def test_not_a_number_is_unknown_and_no_change(duckdb_engine: Engine) -> None:
    create_store(duckdb_engine)
    batch = {"cost": pa.table({"id": ["a"]}), "exchange_rate": pa.table({"id": ["a"], "rate": [float("nan")]})}
    load(duckdb_engine, batch, "crm", NOW)
    assert load(duckdb_engine, batch, "crm", NOW).changes == 0
    assert duckdb_engine.query(unbound("exchange_rate"))["rate"].to_pylist() == [None]


def test_an_older_store_gains_columns_and_a_newer_one_is_refused(store: Engine) -> None:
    load(store, {"account": accounts(a=("A", 1))}, "crm", NOW)
    account = unbound("account")
    store.create("rec_account", account.drop("tier"))
    create_store(store)
    assert store.query(account).to_pylist()[0]["tier"] is None
    store.create("rec_account", account.mutate(mood=account.name))
    with pytest.raises(WarehouseError, match=r"mood.*newer"):
        create_store(store)
