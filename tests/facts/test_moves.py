"""Moves, stays in stages and arrivals, worked out by hand."""

from __future__ import annotations

from paceline.sales.settings import Settings, Thresholds
from paceline.warehouse.engine import Engine
from tests.facts.small import DEALS, STAGES, Row, at, change, day, rows_of, store

REPS: list[Row] = [{"id": name, "name": name} for name in ("ana", "bob", "cyd")]
FACTS = (*DEALS, "move", "stage_visit", "arrival")


def deal(**columns: object) -> Row:
    """An open opportunity of Ana's, created on 5 January 2026."""
    return {"id": "O", "owner_id": "ana", "stage_id": "demo", "created_at": at("2026-01-05T09:00"), **columns}


def stage_changes(*steps: tuple[str, str, int]) -> list[Row]:
    return [change(str(n), "O", "stage", old, new, f"2026-01-{day_:02}T09:00") for n, (old, new, day_) in enumerate(steps)]


def test_moves_forward_back_over_a_stage_and_to_the_ends(duckdb_engine: Engine) -> None:
    steps = stage_changes(("new", "offer", 7), ("offer", "demo", 9), ("demo", "lost", 11), ("lost", "demo", 13),
                          ("demo", "won", 15))
    store(duckdb_engine, facts=FACTS, rep=REPS, opportunity=[deal(stage_id="won")], opportunity_change=steps)
    assert rows_of(duckdb_engine, "move", "day", "from_position", "to_position", "forward", "regression", "skip") == [
        (day("2026-01-07"), 1, 3, True, False, True), (day("2026-01-09"), 3, 2, False, True, False),
        (day("2026-01-11"), 2, None, False, False, False), (day("2026-01-13"), None, 2, False, False, False),
        (day("2026-01-15"), 2, 4, True, False, True)]


def test_skips_are_of_stages_not_of_numbers(duckdb_engine: Engine) -> None:
    tens = [{**stage, "position": 10 * int(str(stage["position"]))} for stage in STAGES]
    steps = stage_changes(("new", "demo", 7), ("demo", "offer", 9))
    store(duckdb_engine, facts=FACTS, rep=REPS, stage=tens, opportunity=[deal(stage_id="offer")], opportunity_change=steps)
    assert rows_of(duckdb_engine, "move", "from_position", "to_position", "skip") == [(10, 20, False), (20, 30, False)]


def test_stays_end_when_their_stage_does_whatever_else_changes(duckdb_engine: Engine) -> None:
    changes = [*stage_changes(("new", "demo", 7), ("demo", "won", 15)),
               change("x", "O", "amount", None, "100", "2026-01-10T09:00"),
               change("y", "O", "owner", "ana", "bob", "2026-01-12T09:00")]
    store(duckdb_engine, facts=FACTS, rep=REPS, opportunity=[deal(stage_id="won", owner_id="bob")], opportunity_change=changes)
    assert rows_of(duckdb_engine, "stage_visit", "entered_day", "day", "rep_id", "stage", "days", "advanced", "won") == [
        (day("2026-01-05"), day("2026-01-07"), "ana", "New", 2, True, True),
        (day("2026-01-07"), day("2026-01-15"), "bob", "Demo", 8, True, True)]


def arrivals(engine: Engine, gifts: list[tuple[str, str, str]], **columns: object) -> list[tuple[object, ...]]:
    changes = [change(str(n), "O", "owner", old, new, when, "max") for n, (old, new, when) in enumerate(gifts)]
    store(engine, facts=FACTS, rep=REPS, opportunity=[deal(owner_id=gifts[-1][1], **columns)], opportunity_change=changes)
    return rows_of(engine, "arrival", "day", "rep_id", "how")


CREATED = (day("2026-01-05"), "ana", "created")


def test_given_and_given_back_within_a_day_is_no_arrival(duckdb_engine: Engine) -> None:
    assert arrivals(duckdb_engine, [("ana", "bob", "2026-01-10T09:00"), ("bob", "ana", "2026-01-11T09:00")]) == [CREATED]


def test_given_back_a_second_later_than_a_day_counts_twice(duckdb_engine: Engine) -> None:
    assert arrivals(duckdb_engine, [("ana", "bob", "2026-01-10T09:00"), ("bob", "ana", "2026-01-11T09:00:01")]) == [
        CREATED, (day("2026-01-10"), "bob", "transferred"), (day("2026-01-11"), "ana", "transferred")]


def test_to_and_fro_and_to_again_leaves_the_last(duckdb_engine: Engine) -> None:
    assert arrivals(duckdb_engine,
                    [("ana", "bob", "2026-01-10T09:00"), ("bob", "ana", "2026-01-10T10:00"), ("ana", "bob", "2026-01-10T11:00"),
                                    ("bob", "cyd", "2026-01-10T12:00")]) == [
        CREATED, (day("2026-01-10"), "bob", "transferred"), (day("2026-01-10"), "cyd", "transferred")]


def test_transferred_after_its_close_or_before_its_start_is_no_arrival(duckdb_engine: Engine) -> None:
    closed = {"stage_id": "lost", "closed_at": at("2026-01-20T09:00")}
    assert arrivals(duckdb_engine, [("bob", "ana", "2026-01-01T09:00"), ("ana", "cyd", "2026-01-21T09:00")],
                    **closed) == [CREATED]


def test_a_bulk_reassignment_is_marked(duckdb_engine: Engine) -> None:
    settings = Settings(thresholds=Thresholds(bulk_transfer_count=3))
    deals = [deal(id=f"O{n}", owner_id="bob") for n in range(4)]
    changes = [change(str(n), f"O{n}", "owner", "ana", "bob", "2026-01-10T09:00", "max" if n < 3 else None) for n in range(4)]
    store(duckdb_engine, settings, facts=FACTS, rep=REPS, opportunity=deals, opportunity_change=changes)
    assert [row for row in rows_of(duckdb_engine, "arrival", "opportunity_id", "how", "bulk") if row[1] == "transferred"] == [
        ("O0", "transferred", True), ("O1", "transferred", True), ("O2", "transferred", True), ("O3", "transferred", False)]
