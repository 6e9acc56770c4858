"""Records as known and true at an instant."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa
import pytest

from paceline.sales.records import BY_NAME, TABLES
from paceline.warehouse.engine import Engine
from paceline.warehouse.history import as_known, restated
from paceline.warehouse.load import load
from paceline.warehouse.store import canonical_schema, create_store

LOADED = 1_000_000
STAGES = pa.table({
    "id": ["new", "talk", "won", "lost", "x1"], "name": ["New", "Talk", "Won", "Lost", "Other"], "position": [1, 2, 3, 4, 1],
    "outcome": ["open", "open", "won", "lost", "open"], "pipeline": [None, None, None, None, "other"]})


@pytest.fixture
def store(engine: Engine) -> Engine:
    create_store(engine)
    return engine


def rows(store: Engine, table: str, at: int | None) -> dict[str, dict[str, Any]]:
    found = {row["id"]: row for row in store.query(as_known(table, at)).to_pylist()}
    assert store.query(as_known(table, at)).num_rows == len(found), "one row an id"
    return found


def deal(**values: Any) -> pa.Table:
    return pa.Table.from_pylist([{"id": "d", "created_at": 100, "stage_id": "new", **values}])


def change(key: str, at: int, field: str, old: str | None, new: str | None) -> dict[str, Any]:
    return {"id": key, "opportunity_id": "d", "field": field, "old": old, "new": new, "changed_at": at}


def test_every_table_compiles_and_keeps_its_columns(duckdb_engine: Engine) -> None:
    create_store(duckdb_engine)
    for table in TABLES:
        for at in (None, LOADED):
            assert duckdb_engine.query(as_known(table.name, at)).schema == canonical_schema(table)


def test_versions_follow_the_moments_of_knowing(store: Engine) -> None:
    load(store, {"account": pa.table({"id": ["a", "b"], "name": ["A", "B"], "created_at": [10, 20]})}, "crm", LOADED)
    load(store, {"account": pa.table({"id": ["a", "c"], "name": ["A2", "C"], "created_at": [10, 15]})}, "crm", LOADED + 50)
    names = {at: {key: row["name"] for key, row in rows(store, "account", at).items()}
             for at in (9, 10, 20, LOADED + 49, LOADED + 50, None)}
    assert names == {
        9: {}, 10: {"a": "A"}, 20: {"a": "A", "b": "B"}, LOADED + 49: {"a": "A", "b": "B"},
        LOADED + 50: {"a": "A2", "b": "B", "c": "C"}, None: {"a": "A2", "b": "B", "c": "C"}}


def test_meetings_booked_by_then(store: Engine) -> None:
    meetings = pa.table({"id": ["m", "n"], "booked_at": pa.array([100, None], pa.int64()), "start_at": [900, 900]})
    load(store, {"meeting": meetings}, "crm", LOADED)
    assert set(rows(store, "meeting", 99)) == {"n"}  # booked at an unknown time: always there
    assert set(rows(store, "meeting", 100)) == {"m", "n"}


def test_a_deals_later_changes_are_undone(store: Engine) -> None:
    history = [
        change("1", 200, "stage", "new", "talk"), change("2", 300, "stage", "talk", "won"),
        change("3", 200, "owner", None, "ann"), change("4", 300, "owner", "ann", "bob"),
        change("5", 250, "amount", "1000", "2000"), change("6", 250, "close_day", "2024-02-29", "2024-03-01")]
    deals = deal(stage_id="won", owner_id="bob", amount_cents=2000, close_day=day("2024-03-01"), closed_at=300)
    load(store, {"stage": STAGES, "opportunity": deals, "opportunity_change": pa.Table.from_pylist(history)}, "crm", LOADED)
    kept = ("stage_id", "owner_id", "amount_cents", "close_day", "closed_at")
    seen = {at: tuple(rows(store, "opportunity", at)["d"][c] for c in kept) for at in (150, 220, 299, 300, None)}
    assert seen == {
        150: ("new", None, 1000, day("2024-02-29"), None),
        220: ("talk", "ann", 1000, day("2024-02-29"), None),
        299: ("talk", "ann", 2000, day("2024-03-01"), None),
        300: ("won", "bob", 2000, day("2024-03-01"), 300),
        None: ("won", "bob", 2000, day("2024-03-01"), 300)}
    assert rows(store, "opportunity", 99) == {}


def test_a_deal_that_closed_without_recorded_changes_was_open_at_an_unknown_stage(store: Engine) -> None:
    deals = pa.Table.from_pylist([
        {"id": "d", "created_at": 100, "stage_id": "won", "close_day": 2},
        {"id": "e", "created_at": 100, "stage_id": "lost", "close_day": 2, "closed_at": 500},
        {"id": "f", "created_at": 100, "stage_id": "talk", "close_day": 2},
    ], schema=canonical_schema(BY_NAME["opportunity"]))
    load(store, {"stage": STAGES, "opportunity": deals}, "crm", LOADED)
    stage = {at: [row["stage_id"] for _, row in sorted(rows(store, "opportunity", at).items())]
             for at in (499, 500, 3 * 86_400 - 2, 3 * 86_400 - 1)}
    assert stage == {
        499: [None, None, "talk"], 500: [None, "lost", "talk"],
        3 * 86_400 - 2: [None, "lost", "talk"], 3 * 86_400 - 1: ["won", "lost", "talk"]}


def test_what_was_loaded_before_the_instant_stays_as_it_was_known(store: Engine) -> None:
    """The answer for a past day must not change with what later loads bring."""
    load(store, {"stage": STAGES, "opportunity": deal(stage_id="talk", amount_cents=5)}, "crm", LOADED)
    at = LOADED + 10
    before = rows(store, "opportunity", at)
    late = [change("1", LOADED + 5, "stage", "talk", "won"), change("2", LOADED + 20, "stage", "won", "talk"),
            change("3", LOADED + 20, "amount", "77", "5")]
    won = deal(stage_id="won", amount_cents=6)
    load(store, {"opportunity_change": pa.Table.from_pylist(late), "opportunity": won}, "crm", at + 30)
    assert rows(store, "opportunity", at) == before
    assert rows(store, "opportunity", at + 30)["d"]["stage_id"] == "won"


def test_a_deal_closed_today_is_closed_today(store: Engine) -> None:
    """Its close day isn't over yet; the version known now says closed all the same."""
    today = LOADED // 86_400
    load(store, {"stage": STAGES, "opportunity": deal(stage_id="won", close_day=today)}, "crm", LOADED)
    assert rows(store, "opportunity", LOADED)["d"]["stage_id"] == "won"
    assert rows(store, "opportunity", LOADED - 1)["d"]["stage_id"] is None


def test_leads_are_unconverted_before_their_conversion(store: Engine) -> None:
    leads = pa.table({"id": ["l"], "created_at": [100], "converted_at": [200], "converted_opportunity_id": ["d"]})
    load(store, {"lead": leads}, "crm", LOADED)
    assert rows(store, "lead", 199)["l"]["converted_opportunity_id"] is None
    assert rows(store, "lead", 199)["l"]["converted_at"] is None
    assert rows(store, "lead", 200)["l"]["converted_opportunity_id"] == "d"


def test_restatements_are_listed(store: Engine) -> None:
    load(store, {"stage": STAGES, "opportunity": deal(amount_cents=1)}, "crm", LOADED)
    load(store, {"opportunity": deal(amount_cents=2)}, "crm", LOADED + 1)
    load(store, {"opportunity": deal(amount_cents=2, owner_id="ann")}, "crm", LOADED + 2)
    load(store, {"opportunity": pa.Table.from_pylist([{"id": "new", "stage_id": "new"}])}, "crm", LOADED + 3)
    listed = [tuple(row.values()) for row in restated(store, LOADED, LOADED + 9).to_pylist()]
    assert listed == [
        ("opportunity", "d", "amount_cents", "1", "2", LOADED + 1), ("opportunity", "d", "owner_id", None, "ann", LOADED + 2)]
    assert restated(store, LOADED + 1, LOADED + 2).num_rows == 1
    assert restated(store, LOADED + 2, LOADED + 9).num_rows == 0


def day(text: str) -> int:
    return datetime.date.fromisoformat(text).toordinal() - datetime.date(1970, 1, 1).toordinal()
