"""Shapes: stocks, gaps, progressions, slips, shares of goals. Each with rows that can be counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from paceline.facts.schema import FOREVER
from paceline.metrics.ask import ask
from paceline.metrics.reading import Reading
from paceline.metrics.store import Store
from paceline.sales.periods import parse
from paceline.sales.scope import Scope
from tests.metrics.facts_by_hand import NOW, SETTINGS, at, connections, day, stint, store_of


def _span(opportunity: str, rep: str, since: str, until: str | None, **more: Any) -> dict[str, Any]:
    return {
        "opportunity_id": opportunity,
        "rep_id": rep,
        "from_day": day(since),
        "until_day": FOREVER if until is None else day(until),
        "last_day": FOREVER if until is None else day(until),  # it ended at noon
        "from_at": at(since),
        "until_at": None if until is None else at(until),
        "start_day": day(since),
        "stage_day": day(since),
        "owned_from_at": at(since),
        "stage_id": "s1",
        "position": 1,
        "valued": True,
        "account_id": f"a-{opportunity}",
        **more,
    }


def _touch(opportunity: str, rep: str, on: str, gap: int | None, **more: Any) -> dict[str, Any]:
    return {
        "touch_id": f"{opportunity}-{on}",
        "rep_id": rep,
        "kind": "email",
        "day": day(on),
        "at": at(on),
        "opportunity_id": opportunity,
        "owned": True,
        "owned_from_at": at("2026-07-01"),
        "gap_days": gap,
        **more,
    }


def _move(opportunity: str, rep: str, on: str, before: int, after: int | None, to: str = "s1") -> dict[str, Any]:
    return {
        "opportunity_id": opportunity,
        "rep_id": rep,
        "day": day(on),
        "at": at(on),
        "from_position": before,
        "to_position": after,
        "to_stage_id": to,
        "forward": after is not None and after > before,
        "regression": after is not None and after < before,
    }


def _store(records: dict[str, Any] | None = None, **facts: Any) -> Store:
    people = {"stint": [stint("ann", role="AE"), stint("bob", role="AE")], "connection": connections("ann", "bob")}
    return store_of({**people, **facts}, records)


def _read(store: Store, slug: str, period: str = "2026-Q3", scope: Scope | None = None) -> Reading:
    return ask(store, slug, scope or Scope.company(), parse(period, SETTINGS, NOW)).only()


def test_days_between_touches_takes_the_open_gap_when_it_is_longer() -> None:
    store = _store(
        {"meeting": [{"id": "m", "start_at": at("2026-09-20"), "booked_at": at("2026-09-10")}]},
        span=[
            _span("quick", "ann", "2026-07-01", None),
            _span("slow", "ann", "2026-07-01", None),
            _span("met", "ann", "2026-07-01", None),
        ],
        touch_opportunity=[
            _touch("quick", "ann", "2026-09-01", None),
            _touch("quick", "ann", "2026-09-11", 10),  # open: 4 days, shorter than 10
            _touch("slow", "ann", "2026-07-05", None),
            _touch("slow", "ann", "2026-07-15", 10),  # open: 62 days
            _touch("met", "ann", "2026-07-05", None),
            _touch("met", "ann", "2026-07-25", 20),  # open, but a meeting lies ahead
        ],
        meeting=[
            {
                "meeting_id": "m",
                "rep_id": "ann",
                "day": day("2026-09-20"),
                "at": at("2026-09-20"),
                "account_id": "a-met",
                "held": True,
            }
        ],
    )
    reading = _read(store, "days_between_touches")
    assert reading.value == 20  # the middle of 10, 20 and (10 + 62) / 2


def test_a_transfer_restarts_the_gap() -> None:
    store = _store(
        span=[_span("o", "bob", "2026-09-01", None, owned_from_at=at("2026-09-01"))],
        touch_opportunity=[_touch("o", "ann", "2026-07-05", None)],
    )
    assert _read(store, "days_between_touches").none_because == "no opportunity has a gap between touches"


def test_progressions_compare_the_start_with_the_end() -> None:
    stages = {
        "stage": [
            {"id": "s1", "name": "Open", "position": 1, "outcome": "open"},
            {"id": "won", "name": "Won", "position": 9, "outcome": "won"},
        ]
    }
    store = _store(
        stages,
        span=[_span(name, "ann", "2026-06-01", None) for name in ("up", "updown")] + [_span("given", "bob", "2026-06-01", None)],
        move=[
            _move("up", "ann", "2026-07-05", 1, 2),
            _move("updown", "ann", "2026-07-05", 1, 2),
            _move("updown", "ann", "2026-07-09", 2, 1),
            _move("given", "ann", "2026-07-05", 1, 3),
            _move("won", "bob", "2026-08-01", 2, 99, "won"),
            _move("lost", "bob", "2026-07-01", 1, 2),
            _move("lost", "bob", "2026-08-01", 2, None, "lost"),
        ],
    )
    by_rep = ask(store, "opportunity_progressions", Scope.company(), parse("2026-Q3", SETTINGS, NOW), ("rep",))
    assert {r.name: r.value for r in by_rep} == {"Ann": 1, "Bob": 1}  # bob's is the won one
    assert (_read(store, "moves_forward").value, _read(store, "regressions").value) == (5, 1)


def test_slip_rate_looks_at_what_was_due_when_the_period_began() -> None:
    store = _store(
        span=[
            _span("kept", "ann", "2026-01-01", "2026-05-10", close_day=day("2026-05-10")),
            _span("slipped", "ann", "2026-01-01", "2026-06-20", close_day=day("2026-06-25")),
            _span("slipped", "ann", "2026-06-20", None, close_day=day("2026-08-01"), from_at=at("2026-06-20")),
            _span("never due", "ann", "2026-01-01", None, close_day=day("2026-09-01")),
            _span("started in it", "ann", "2026-05-01", None, close_day=day("2026-06-01")),
            _span("pulled in", "ann", "2026-01-01", "2026-05-01", close_day=day("2026-09-01")),
            _span("pulled in", "ann", "2026-05-01", None, close_day=day("2026-06-01"), from_at=at("2026-05-01")),
        ]
    )
    reading = _read(store, "slip_rate", "2026-Q2")
    assert (reading.numerator, reading.denominator) == (1, 3)


def test_stuck_takes_the_stage_s_own_limit() -> None:
    ended = day("2026-06-01")
    visits = [
        {"opportunity_id": f"v{n}", "at": n, "stage_id": "s2", "days": n + 20, "won": True, "day": ended} for n in range(20)
    ]
    store = _store(
        stage_visit=visits,
        span=[
            _span("configured", "ann", "2026-08-20", None, limit_days=20),  # 26 days
            _span("history", "ann", "2026-08-12", None, stage_id="s2"),  # 34 days, the 75th percentile is 34.25
            _span("over", "ann", "2026-08-11", None, stage_id="s2"),
            _span("company", "ann", "2026-08-11", None, stage_id="s3"),  # no history of its own
            _span("floor", "ann", "2026-09-02", None, limit_days=3),  # 13 days: no limit is shorter than 14
        ],
    )
    reading = _read(store, "stuck_opportunities")
    assert reading.value == 3


def test_untouched_counts_from_the_start_when_never_touched() -> None:
    store = _store(
        span=[
            _span("new", "ann", "2026-09-10", None),
            _span("old", "ann", "2026-08-01", None),
            _span("t", "ann", "2026-07-01", None),
        ],
        touch_opportunity=[_touch("t", "bob", "2026-09-10", None, owned=False)],
    )
    assert _read(store, "untouched_opportunities").value == 1


def test_goals_count_in_proportion_to_their_days() -> None:
    store = _store(
        goal=[
            {
                "goal_id": "g",
                "rep_id": "ann",
                "metric": "revenue",
                "from_day": day("2026-07-01"),
                "until_day": day("2026-10-01"),
                "target": 920_00.0,
            }
        ],
        outcome=[
            {
                "opportunity_id": "o",
                "rep_id": "ann",
                "day": day("2026-07-03"),
                "won": True,
                "valued": True,
                "owner": True,
                "share": 1.0,
                "credit_cents": 155_00,
                "amount_cents": 155_00,
            }
        ],
        span=[
            _span("due", "ann", "2026-07-01", None, close_day=day("2026-09-30"), native_cents=306_00, start_day=day("2026-07-01"))
        ],
    )
    assert _read(store, "quota_attainment", "2026-07").value == pytest.approx(155 / 310)
    assert _read(store, "quota_attainment").value == pytest.approx(155 / 920)
    assert _read(store, "pipeline_coverage").value == pytest.approx(306 / (920 - 155))
    assert _read(store, "quota_attainment", scope=Scope.rep("bob")).none_because == "no revenue goal is set for these days"


def test_costs_per_new_customer_and_one_sales_cycle_earlier() -> None:
    won = {"won": True, "valued": True, "owner": True, "first_won": True, "cycle_days": 31, "account_id": "a", "rep_id": "ann"}
    store = _store(
        cost=[
            {"cost_id": "c1", "from_day": day("2026-07-01"), "until_day": day("2026-08-01"), "amount_cents": 310_00},
            {"cost_id": "c2", "from_day": day("2026-08-01"), "until_day": day("2026-09-01"), "amount_cents": 620_00},
        ],
        outcome=[{**won, "opportunity_id": "o", "day": day("2026-08-03")}],
    )
    assert _read(store, "customer_acquisition_cost", "2026-08").value == 620
    assert _read(store, "customer_acquisition_cost_lagged", "2026-08").value == 310
    assert _read(store, "customer_acquisition_cost", "2026-06").none_because == "no cost is given for these days"
    assert _read(store, "customer_acquisition_cost", "2026-07").none_because == "no new customer was won"


def test_forecast_accuracy_takes_the_last_commit_before_the_period() -> None:
    def call(name: str, on: str, cents: int) -> dict[str, Any]:
        return {
            "forecast_call_id": name,
            "rep_id": "ann",
            "from_day": day("2026-07-01"),
            "until_day": day("2026-08-01"),
            "category": "commit",
            "amount_cents": cents,
            "at": at(on),
            "early": on < "2026-07-01",
        }

    store = _store(
        forecast=[call("early", "2026-06-01", 50_00), call("last", "2026-06-30", 80_00), call("late", "2026-07-02", 99_00)],
        outcome=[
            {
                "opportunity_id": "o",
                "rep_id": "ann",
                "day": day("2026-07-03"),
                "won": True,
                "valued": True,
                "owner": True,
                "share": 1.0,
                "credit_cents": 100_00,
            }
        ],
    )
    assert _read(store, "forecast_accuracy", "2026-07").value == pytest.approx(0.8)
    assert _read(store, "forecast_accuracy", "2026-Q3").none_because == "no commit was made for this period, or it isn't over"


def test_an_unanswered_lead_is_slower_than_any_answered() -> None:
    def lead(number: int, seconds: int | None) -> dict[str, Any]:
        return {
            "lead_id": f"l{number}",
            "rep_id": "ann",
            "day": day("2026-07-03"),
            "at": at("2026-07-03"),
            "business_seconds": seconds,
            "team_business_seconds": None if seconds is None else seconds + 60,
            "first_attempt_at": None if seconds is None else at("2026-07-04"),
        }

    store = _store(lead=[lead(1, 100), lead(2, 300), lead(3, None)])
    assert _read(store, "lead_response_time").value == 360  # a team's clock starts at the creation
    assert _read(store, "lead_response_time", scope=Scope.rep("ann")).value == 300
    assert _read(store, "leads_answered_within_5_minutes").value == pytest.approx(2 / 3)
    most = _store(lead=[lead(1, 100), lead(2, None), lead(3, None)])
    assert _read(most, "lead_response_time").none_because == "more are unanswered than the quantile leaves room for"
    assert _read(most, "leads_never_answered").value == pytest.approx(2 / 3)


def test_sales_velocity_is_its_four_parts() -> None:
    won = {"rep_id": "ann", "day": day("2026-09-01"), "valued": True, "owner": True}
    store = _store(
        span=[_span("a", "ann", "2026-09-01", None), _span("b", "ann", "2026-09-01", None)],
        outcome=[
            {
                **won,
                "opportunity_id": "w",
                "won": True,
                "lost": False,
                "amount_cents": 1000_00,
                "credit_cents": 1000_00,
                "cycle_days": 40,
            },
            {**won, "opportunity_id": "l", "won": False, "lost": True, "amount_cents": 10_00, "credit_cents": 0, "cycle_days": 9},
        ],
    )
    assert _read(store, "sales_velocity").value == pytest.approx(2 * 0.5 * 1000 / 40)
