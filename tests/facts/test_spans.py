"""Spans: owner, stage, amount and close date from instant to instant, worked out by hand."""

from __future__ import annotations

from paceline.facts.schema import FOREVER
from paceline.warehouse.engine import Engine
from tests.facts.small import PARIS, STAGES, Row, at, change, day, rows_of, store

ANA: Row = {"id": "ana", "name": "Ana", "time_zone": "Europe/Paris"}
SYD: Row = {"id": "syd", "name": "Syd", "time_zone": "Australia/Sydney"}


def deal(**columns: object) -> Row:
    """An open opportunity of Ana's, created on 5 January 2026 at noon in Paris."""
    return {"id": "O", "name": "Deal", "owner_id": "ana", "stage_id": "demo", "created_at": at("2026-01-05T11:00"),
            "amount_cents": 100_00, "close_day": day("2026-03-31"), **columns}


def test_open_deal_without_history_is_one_span(duckdb_engine: Engine) -> None:
    store(duckdb_engine, rep=[ANA], opportunity=[deal()])
    assert rows_of(duckdb_engine, "span", "rep_id", "from_day", "until_day", "until_at", "stage_id", "position", "native_cents",
                   "start_day", "stage_day", "close_day", "currency") == [
        ("ana", day("2026-01-05"), FOREVER, None, "demo", 2, 100_00, day("2026-01-05"), day("2026-01-05"), day("2026-03-31"),
         "EUR")]


def test_closed_deal_without_history_was_open_at_an_unknown_stage_to_the_end_of_its_close_day(duckdb_engine: Engine) -> None:
    store(duckdb_engine, rep=[ANA], opportunity=[deal(stage_id="won")])
    assert rows_of(duckdb_engine, "span", "from_day", "until_day", "until_at", "stage_id", "position") == [
        (day("2026-01-05"), day("2026-03-31"), at("2026-03-31T23:59:59+02:00"), None, None)]


def test_unknown_start_is_open_on_every_day_before_its_close(duckdb_engine: Engine) -> None:
    store(duckdb_engine, rep=[ANA], opportunity=[deal(created_at=None, stage_id="lost", closed_at=at("2026-02-01T12:00"))])
    assert rows_of(duckdb_engine, "span", "from_day", "until_day", "start_day", "stage_day") == [
        (-FOREVER, day("2026-02-01"), None, None)]


def test_closed_at_an_unknown_time_is_open_on_no_day(duckdb_engine: Engine) -> None:
    store(duckdb_engine, rep=[ANA], opportunity=[deal(stage_id="won", close_day=None)])
    assert rows_of(duckdb_engine, "span", "from_day") == []


def test_reopened_twice_has_three_open_stretches_and_one_owner_each(duckdb_engine: Engine) -> None:
    changes = [
        change("1", "O", "stage", "demo", "lost", "2026-01-10T09:00"),
        change("2", "O", "stage", "lost", "demo", "2026-01-20T09:00"),
        change("3", "O", "stage", "demo", "won", "2026-01-25T09:00"),
        change("4", "O", "stage", "won", "offer", "2026-02-01T09:00"),
        change("5", "O", "stage", "offer", "won", "2026-02-03T09:00")]
    store(duckdb_engine, rep=[ANA], opportunity=[deal(stage_id="won")], opportunity_change=changes)
    assert rows_of(duckdb_engine, "span", "from_day", "until_day", "stage_id", "stage_day") == [
        (day("2026-01-05"), day("2026-01-10"), "demo", day("2026-01-05")),
        (day("2026-01-20"), day("2026-01-25"), "demo", day("2026-01-20")),
        (day("2026-02-01"), day("2026-02-03"), "offer", day("2026-02-01"))]


def test_changes_of_the_same_second_are_applied_in_order_of_id(duckdb_engine: Engine) -> None:
    when = "2026-01-08T10:00"
    changes = [change("b", "O", "amount", "20000", "30000", when), change("a", "O", "amount", "10000", "20000", when),
               change("c", "O", "stage", "new", "demo", when), change("d", "O", "owner", "bob", "ana", when)]
    store(duckdb_engine, rep=[ANA], opportunity=[deal(amount_cents=300_00)], opportunity_change=changes)
    assert rows_of(duckdb_engine, "span", "from_at", "rep_id", "stage_id", "native_cents", "owned_from_at") == [
        (at("2026-01-05T11:00"), "bob", "new", 100_00, at("2026-01-05T11:00")),
        (at(when), "ana", "demo", 300_00, at(when))]


def test_amounts_and_close_days_that_were_emptied(duckdb_engine: Engine) -> None:
    changes = [change("1", "O", "amount", "10000", None, "2026-01-08T10:00"),
               change("2", "O", "close_day", "2026-02-28", None, "2026-01-09T10:00")]
    store(duckdb_engine, rep=[ANA], opportunity=[deal(amount_cents=None, close_day=None)], opportunity_change=changes)
    assert rows_of(duckdb_engine, "span", "from_day", "native_cents", "close_day", "valued") == [
        (day("2026-01-05"), 100_00, day("2026-02-28"), True), (day("2026-01-08"), None, day("2026-02-28"), True),
        (day("2026-01-09"), None, None, True)]


def test_accepted_stage_starts_it_and_what_was_before_counts_nowhere(duckdb_engine: Engine) -> None:
    stages = [{**stage, "accepted": stage["id"] == "demo"} for stage in STAGES]
    changes = [change("1", "O", "amount", "5000", "10000", "2026-01-06T10:00"),
               change("2", "O", "stage", "new", "offer", "2026-01-09T10:00")]
    never = deal(id="P", stage_id="new")
    store(duckdb_engine, rep=[ANA], stage=stages, opportunity=[deal(stage_id="offer"), never], opportunity_change=changes)
    assert rows_of(duckdb_engine, "span", "opportunity_id", "from_day", "start_day", "stage_id") == [
        ("O", day("2026-01-09"), day("2026-01-09"), "offer")]


def test_accepted_stage_never_reached_starts_at_its_closing(duckdb_engine: Engine) -> None:
    stages = [{**stage, "accepted": stage["id"] == "demo"} for stage in STAGES]
    changes = [change("1", "O", "stage", "new", "lost", "2026-01-09T10:00")]
    untold = deal(id="P", stage_id="won", close_day=day("2026-01-31"))
    store(duckdb_engine, rep=[ANA], stage=stages, opportunity=[deal(stage_id="lost"), untold], opportunity_change=changes)
    assert rows_of(duckdb_engine, "life", "opportunity_id", "start_at", "closed_at") == [
        ("O", at("2026-01-09T10:00"), at("2026-01-09T10:00")), ("P", at("2026-01-05T11:00"), at("2026-01-31T23:59:59+01:00"))]
    assert rows_of(duckdb_engine, "span", "opportunity_id", "from_day") == [("P", day("2026-01-05"))]


def test_handover_across_time_zones_leaves_no_day_twice_or_out(duckdb_engine: Engine) -> None:
    # At 15:00 UTC it is the 10th in Paris and already the 11th in Sydney; the way back at 14:00 UTC meets the 20th and the 21st.
    changes = [change("1", "O", "owner", "ana", "syd", "2026-01-10T15:00"),
               change("2", "O", "owner", "syd", "ana", "2026-01-20T14:00")]
    store(duckdb_engine, rep=[ANA, SYD], opportunity=[deal()], opportunity_change=changes)
    assert rows_of(duckdb_engine, "span", "from_day", "until_day", "rep_id") == [
        (day("2026-01-05"), day("2026-01-11"), "ana"), (day("2026-01-11"), day("2026-01-20"), "syd"),
        (day("2026-01-20"), FOREVER, "ana")]


def test_deleted_test_and_merged_records_count_nowhere(duckdb_engine: Engine) -> None:
    store(duckdb_engine, rep=[ANA], opportunity=[
        deal(), deal(id="D", deleted=True), deal(id="T", test=True), deal(id="M", merged_into_id="O")])
    assert rows_of(duckdb_engine, "span", "opportunity_id") == [("O",)]


def test_settings_give_the_currency_and_zone_of_a_deal_without(duckdb_engine: Engine) -> None:
    store(duckdb_engine, PARIS, opportunity=[deal(owner_id=None, created_at=at("2026-01-05T23:30"))])
    assert rows_of(duckdb_engine, "span", "rep_id", "from_day", "currency") == [(None, day("2026-01-06"), "EUR")]
