"""Leads, working time, stints and connections, worked out by hand."""

from __future__ import annotations

from paceline.facts.schema import FOREVER
from paceline.warehouse.engine import Engine
from tests.facts.small import DEALS, PARIS, Row, at, day, rows_of, store

REPS: list[Row] = [{"id": "ana", "name": "Ana", "time_zone": "Europe/Paris", "holiday_calendar": "FR"},
                   {"id": "bob", "name": "Bob", "time_zone": "America/New_York"}]
FACTS = (*DEALS, "address", "lead_key", "attempt", "lead", "connection")


def mail(id_: str, rep: str, when: str, **columns: object) -> Row:
    return {"id": id_, "rep_id": rep, "direction": "outbound", "sent_at": at(when), **columns}


def to(mail_id: str, address: str) -> Row:
    return {"id": f"{mail_id}-{address}", "email_id": mail_id, "address": address}


def test_first_human_attempt_makes_the_rep_and_the_clock_stops_at_night(duckdb_engine: Engine) -> None:
    # Friday 27 March 2026, 16:30 in Paris, to Monday 30 March, 9:10: over the weekend in which summer time begins.
    leads: list[Row] = [{"id": "L", "email": "Lee@Them.example", "owner_id": "bob", "created_at": at("2026-03-27T16:00+01:00")}]
    mails = [mail("m0", "bob", "2026-03-27T16:40+01:00", automated=True), mail("m1", "ana", "2026-03-30T09:10+02:00"),
             mail("m2", "bob", "2026-03-30T09:20+02:00"), mail("m9", "bob", "2026-03-27T15:00+01:00")]
    given: list[Row] = [{"id": "1", "lead_id": "L", "rep_id": "ana", "assigned_at": at("2026-03-27T16:30+01:00")}]
    store(duckdb_engine, PARIS, FACTS, rep=REPS, lead=leads, email=mails, lead_assignment=given,
          email_recipient=[to(row["id"], " lee@them.example") for row in mails])
    assert rows_of(duckdb_engine, "lead", "rep_id", "day", "first_attempt_at", "wall_seconds", "business_seconds",
                   "team_wall_seconds",
                   "team_business_seconds") == [
        ("ana", day("2026-03-27"), at("2026-03-30T09:10+02:00"), 63 * 3600 + 40 * 60, 40 * 60, 64 * 3600 + 10 * 60,
         70 * 60)]


def test_unanswered_lead_goes_to_the_first_assignee_without_times(duckdb_engine: Engine) -> None:
    leads: list[Row] = [{"id": "L", "owner_id": "ana", "created_at": at("2026-03-27T23:30")},
                        {"id": "M", "created_at": at("2026-03-27T23:30")}]
    given: list[Row] = [{"id": "1", "lead_id": "L", "rep_id": "bob", "assigned_at": at("2026-03-28T10:00")},
                        {"id": "2", "lead_id": "L", "rep_id": "ana", "assigned_at": at("2026-03-29T10:00")}]
    store(duckdb_engine, PARIS, FACTS, rep=REPS, lead=leads, lead_assignment=given)
    assert rows_of(duckdb_engine, "lead", "lead_id", "rep_id", "day", "assigned_at", "wall_seconds", "business_seconds") == [
        ("L", "bob", day("2026-03-27"), at("2026-03-28T10:00"), None, None),
        ("M", None, day("2026-03-28"), at("2026-03-27T23:30"), None, None)]


def test_calls_reach_a_lead_by_link_by_contact_and_by_address_of_a_merged_one(duckdb_engine: Engine) -> None:
    leads: list[Row] = [
        {"id": "L", "created_at": at("2026-03-02T10:00")},
        {"id": "G", "email": "old@them.example", "created_at": at("2026-03-01T10:00"), "merged_into_id": "L"},
        {"id": "C", "created_at": at("2026-03-02T10:00"), "converted_contact_id": "K", "converted_at": at("2026-03-05T10:00")},
        {"id": "D", "created_at": at("2026-03-02T10:00")}]
    calls: list[Row] = [{"id": f"c{n}", "rep_id": "ana", "direction": "outbound", "started_at": at("2026-03-02T10:00") + n,
                         **link} for n, link in enumerate(
        [{"address": "old@them.example"}, {"contact_id": "K"}, {"lead_id": "D"}])]
    store(duckdb_engine, PARIS, FACTS, rep=REPS, lead=leads, call=calls, contact=[{"id": "K", "email": "kim@them.example"}])
    assert rows_of(duckdb_engine, "lead", "lead_id", "team_wall_seconds") == [("C", 1), ("D", 2), ("L", 0)]


def test_a_lead_becomes_an_opportunity_and_a_customer(duckdb_engine: Engine) -> None:
    deal: Row = {"account_id": "A", "owner_id": "ana", "stage_id": "won", "created_at": at("2026-03-04T10:00"), "amount_cents": 1}
    deals = [{**deal, "id": "O", "stage_id": "demo"}, {**deal, "id": "P", "close_day": day("2026-05-01")},
             {**deal, "id": "Q", "created_at": at("2026-01-01T10:00"), "close_day": day("2026-04-01")}]
    leads: list[Row] = [{"id": "L", "created_at": at("2026-03-02T10:00"), "converted_at": at("2026-03-05T10:00"),
                         "converted_account_id": "A", "converted_opportunity_id": "O"}]
    store(duckdb_engine, PARIS, FACTS, rep=REPS, lead=leads, opportunity=deals, account=[{"id": "A"}])
    assert rows_of(duckdb_engine, "lead", "opportunity_day", "customer_day") == [(day("2026-03-05"), day("2026-05-01"))]


def test_working_days_know_holidays_absences_hire_and_the_clock_change(duckdb_engine: Engine) -> None:
    reps: list[Row] = [{**REPS[0], "hired_day": day("2026-03-24"), "left_day": day("2026-04-02")}]
    roles: list[Row] = [{"id": "1", "rep_id": "ana", "from_day": day("2026-03-28"), "work_days": "7", "work_start_minute": 60,
                         "work_end_minute": 240, "until_day": day("2026-03-30")}]
    t = store(duckdb_engine, PARIS, FACTS, rep=reps, rep_role=roles,
              holiday=[{"id": "1", "calendar": "FR", "day": day("2026-03-26")}],
              absence=[{"id": "1", "rep_id": "ana", "from_day": day("2026-03-31"), "until_day": day("2026-04-01")}],
              lead=[{"id": "L", "created_at": at("2026-03-27T10:00")}])
    work = t.ref("workday")
    found = duckdb_engine.query(work.filter(work.seconds > 0).order_by("day")).to_pylist()
    hours = 8 * 3600
    # On Sunday the 29th she works from 1:00 to 4:00, of which the clock change takes an hour.
    assert [(row["day"], row["start_at"], row["seconds"], row["before_seconds"]) for row in found] == [
        (day("2026-03-24"), at("2026-03-24T09:00+01:00"), hours, 0),
        (day("2026-03-25"), at("2026-03-25T09:00+01:00"), hours, hours),
        (day("2026-03-27"), at("2026-03-27T09:00+01:00"), hours, 2 * hours),
        (day("2026-03-29"), at("2026-03-29T01:00+01:00"), 7200, 3 * hours),
        (day("2026-03-30"), at("2026-03-30T09:00+02:00"), hours, 3 * hours + 7200),
        (day("2026-04-01"), at("2026-04-01T09:00+02:00"), hours, 4 * hours + 7200)]


def test_stints_cover_all_days_and_the_later_of_overlapping_roles_holds(duckdb_engine: Engine) -> None:
    roles: list[Row] = [{"id": "1", "rep_id": "ana", "from_day": 100, "until_day": 300, "role": "SDR"},
                        {"id": "2", "rep_id": "ana", "from_day": 200, "until_day": 250, "role": "AE"}]
    store(duckdb_engine, PARIS, ("stint",), rep=REPS, rep_role=roles)
    assert rows_of(duckdb_engine, "stint", "rep_id", "from_day", "until_day", "role") == [
        ("ana", -FOREVER, 100, None), ("ana", 100, 200, "SDR"), ("ana", 200, 250, "AE"), ("ana", 250, 300, "SDR"),
        ("ana", 300, FOREVER, None), ("bob", -FOREVER, FOREVER, None)]


def test_connections_are_stated_or_seen(duckdb_engine: Engine) -> None:
    store(duckdb_engine, PARIS, FACTS, rep=REPS, connection=[{"id": "1", "rep_id": "ana", "kind": "mailbox", "from_day": 20_000}],
          email=[mail("m", "ana", "2026-03-02T10:00"), mail("n", "bob", "2026-03-02T03:00")],
          opportunity=[{"id": "O", "owner_id": "bob", "stage_id": "won"}])
    assert rows_of(duckdb_engine, "connection", "rep_id", "kind", "from_day", "until_day", "stated") == [
        ("ana", "mailbox", 20_000, FOREVER, True), ("bob", "crm", -FOREVER, FOREVER, False),
        ("bob", "mailbox", day("2026-03-01"), FOREVER, False)]
