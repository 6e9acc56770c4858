"""Outcomes, starts and lines, worked out by hand."""

from __future__ import annotations

from paceline.sales.settings import Settings
from paceline.warehouse.engine import Engine
from tests.facts.small import DEALS, PARIS, Row, at, change, day, rows_of, store

REPS: list[Row] = [{"id": "ana", "name": "Ana", "time_zone": "Europe/Paris"},
                   {"id": "kol", "name": "Kol", "time_zone": "Asia/Kolkata"},
                   {"id": "syd", "name": "Syd", "time_zone": "Australia/Sydney"}]
FACTS = (*DEALS, "opportunity", "outcome", "line")


def won(**columns: object) -> Row:
    """A won opportunity of Ana's, created on 5 January 2026 at noon in Paris, closed on 31 March."""
    return {"id": "O", "name": "Deal", "account_id": "A", "owner_id": "ana", "stage_id": "won",
            "created_at": at("2026-01-05T11:00"),
            "amount_cents": 100_00, "close_day": day("2026-03-31"), **columns}


def test_without_any_history_the_close_date_closes(duckdb_engine: Engine) -> None:
    store(duckdb_engine, facts=FACTS, rep=REPS,
          opportunity=[won(), won(id="P", stage_id="lost", amount_cents=0), won(id="Q", close_day=None)])
    assert rows_of(duckdb_engine, "outcome", "opportunity_id", "day", "won", "lost", "valued", "cycle_days", "credit_cents") == [
        ("O", day("2026-03-31"), True, False, True, 85, 100_00), ("P", day("2026-03-31"), False, True, False, 85, 0)]


def test_only_the_final_close_of_a_deal_reopened_twice_counts(duckdb_engine: Engine) -> None:
    changes = [change(str(n), "O", "stage", old, new, f"2026-02-{day_:02}T09:00") for n, (old, new, day_) in enumerate(
        [("demo", "won", 1), ("won", "demo", 3), ("demo", "lost", 5), ("lost", "offer", 7), ("offer", "won", 9)])]
    store(duckdb_engine, facts=FACTS, rep=REPS, opportunity=[won(close_day=None)], opportunity_change=changes)
    assert rows_of(duckdb_engine, "outcome", "day", "won", "cycle_days") == [(day("2026-02-09"), True, 35)]


def test_lost_at_midnight_belongs_to_the_local_day_of_its_owner(duckdb_engine: Engine) -> None:
    deals = [won(id=name, owner_id=name, stage_id="lost", closed_at=at(when)) for name, when in (
        ("kol", "2026-03-10T18:30"), ("syd", "2026-04-05T13:59:59"), ("ana", "2026-03-29T22:00"))]
    # Kolkata is 5:30 ahead: midnight sharp of the 11th. In Sydney summer time ended that morning: still the 5th.
    # In Paris it has just begun: midnight sharp of the 30th.
    store(duckdb_engine, facts=FACTS, rep=REPS, opportunity=deals)
    assert rows_of(duckdb_engine, "outcome", "rep_id", "day") == [
        ("ana", day("2026-03-30")), ("kol", day("2026-03-11")), ("syd", day("2026-04-05"))]


def test_owner_at_the_move_has_the_deal_and_the_close_date_dates_it(duckdb_engine: Engine) -> None:
    changes = [change("1", "O", "stage", "demo", "won", "2026-02-01T09:00"),
               change("2", "O", "owner", "ana", "kol", "2026-02-02T09:00")]
    store(duckdb_engine, facts=FACTS, rep=REPS, opportunity=[won(owner_id="kol")], opportunity_change=changes)
    assert rows_of(duckdb_engine, "outcome", "rep_id", "day", "owner") == [("ana", day("2026-03-31"), True)]


def test_splits_share_revenue_and_the_owner_without_one_has_none(duckdb_engine: Engine) -> None:
    splits: list[Row] = [{"id": "1", "opportunity_id": "O", "rep_id": "kol", "share": 0.335},
                         {"id": "2", "opportunity_id": "M", "rep_id": "syd", "share": 0.665}]
    merged = won(id="M", merged_into_id="N"), won(id="N", merged_into_id="O")
    store(duckdb_engine, facts=FACTS, rep=REPS, opportunity=[won(amount_cents=10_01), *merged], opportunity_split=splits)
    # 335.335 and 665.665 cents; the deal is one deal whatever its splits.
    assert rows_of(duckdb_engine, "outcome", "rep_id", "owner", "share", "credit_cents", "amount_cents") == [
        ("ana", True, 0.0, 0, 10_01), ("kol", False, 0.335, 335, 10_01), ("syd", False, 0.665, 666, 10_01)]


def test_half_a_cent_is_rounded_away_from_zero(duckdb_engine: Engine) -> None:
    splits: list[Row] = [{"id": name, "opportunity_id": name, "rep_id": "kol", "share": 0.5} for name in ("O", "P")]
    store(duckdb_engine, facts=FACTS, rep=REPS, opportunity=[won(amount_cents=5), won(id="P", amount_cents=-5)],
          opportunity_split=splits)
    assert rows_of(duckdb_engine, "outcome", "rep_id", "credit_cents", "valued") == [
        ("ana", 0, False), ("ana", 0, True), ("kol", -3, False), ("kol", 3, True)]


def test_amounts_are_converted_at_the_close_day_and_unknown_without_a_rate(duckdb_engine: Engine) -> None:
    rates: list[Row] = [{"id": "1", "currency": "USD", "from_day": day("2026-01-01"), "rate": 0.9},
                        {"id": "2", "currency": "USD", "from_day": day("2026-03-31"), "rate": 0.8},
                        {"id": "3", "currency": "GBP", "from_day": day("2026-04-01"), "rate": 1.2}]
    deals = [won(currency="USD"), won(id="P", currency="GBP"), won(id="Q", currency="EUR"),
             won(id="R", currency="USD", close_day=day("2026-03-30"))]
    store(duckdb_engine, facts=FACTS, rep=REPS, opportunity=deals, exchange_rate=rates)
    assert rows_of(duckdb_engine, "outcome", "opportunity_id", "amount_cents") == [("O", 80_00), ("P", None), ("Q", 100_00),
                                                                                   ("R", 90_00)]
    assert rows_of(duckdb_engine, "opportunity", "opportunity_id", "amount_cents") == [("O", 90_00), ("P", None), ("Q", 100_00),
                                                                                       ("R", 90_00)]


def test_first_win_of_an_account_survives_its_merge(duckdb_engine: Engine) -> None:
    accounts: list[Row] = [{"id": "A", "type": "prospect", "segment": "small"}, {"id": "B", "merged_into_id": "A"}]
    deals = [won(close_day=day("2026-02-01")), won(id="P", account_id="B", close_day=day("2026-01-31")),
             won(id="Q", account_id=None)]
    store(duckdb_engine, facts=FACTS, rep=REPS, account=accounts, opportunity=deals)
    assert rows_of(duckdb_engine, "outcome", "opportunity_id", "account_id", "first_won", "segment", "account_type") == [
        ("O", "A", False, "small", "prospect"), ("P", "A", True, "small", "prospect"), ("Q", None, False, None, None)]


def test_opportunity_is_credited_to_who_sourced_it_on_that_reps_day(duckdb_engine: Engine) -> None:
    deals = [won(sourced_by_id="syd", created_by_id="kol", created_at=at("2026-01-05T20:00")), won(id="P", created_by_id="kol"),
             won(id="Q")]
    store(duckdb_engine, facts=FACTS, rep=REPS, opportunity=deals)
    assert rows_of(duckdb_engine, "opportunity", "opportunity_id", "rep_id", "owner_id", "day", "won_day") == [
        ("O", "syd", "ana", day("2026-01-06"), day("2026-03-31")), ("P", "kol", "ana", day("2026-01-05"), day("2026-03-31")),
        ("Q", "ana", "ana", day("2026-01-05"), day("2026-03-31"))]


def test_lines_of_a_won_deal(duckdb_engine: Engine) -> None:
    lines: list[Row] = [
        {"id": "1", "opportunity_id": "O", "product_id": "X", "quantity": 3.0, "list_cents": 10_00, "sold_cents": 9_00},
        {"id": "2", "opportunity_id": "O", "product_id": "Y", "quantity": 1.0, "list_cents": 0, "sold_cents": 27_00},
        {"id": "3", "opportunity_id": "L", "product_id": "X", "quantity": 1.0, "list_cents": 10_00, "sold_cents": 9_00}]
    store(duckdb_engine, Settings(currency="EUR"), facts=FACTS, rep=REPS, line_item=lines,
          opportunity=[won(), won(id="L", stage_id="lost")])
    assert rows_of(duckdb_engine, "line", "line_item_id", "rep_id", "day", "list_cents", "sold_cents", "discount_cents") == [
        ("1", "ana", day("2026-03-31"), 30_00, 27_00, 3_00), ("2", "ana", day("2026-03-31"), None, 27_00, None)]
    assert rows_of(duckdb_engine, "outcome", "opportunity_id", "product_id") == [("L", "X"), ("O", "X")]


def test_a_record_sets_own_zone_is_the_companys(duckdb_engine: Engine) -> None:
    store(duckdb_engine, PARIS, facts=FACTS,
          opportunity=[won(owner_id="nobody", stage_id="lost", closed_at=at("2026-03-31T22:30"))])
    assert rows_of(duckdb_engine, "outcome", "rep_id", "day") == [("nobody", day("2026-04-01"))]
