"""Readings over facts written by hand: each number can be counted in the rows."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from paceline.facts.schema import FOREVER
from paceline.metrics.ask import AskError, ask
from paceline.metrics.store import Store
from paceline.sales.periods import Period, parse
from paceline.sales.scope import Scope
from tests.metrics.facts_by_hand import NOW, SETTINGS, at, connections, day, stint, store_of

STINTS = [
    stint("ann", None, "2026-08-01", team="North", role="AE"),
    stint("ann", "2026-08-01", team="South", role="AE"),
    stint("bob", team="South", role="AE"),
    stint("cat", team="South", role="SDR"),
]


def _outcome(number: int, rep: str, on: str, won: bool, cents: int | None = 100_00, **more: Any) -> dict[str, Any]:
    return {
        "opportunity_id": f"o{number}",
        "rep_id": rep,
        "day": day(on),
        "owner": True,
        "won": won,
        "lost": not won,
        "valued": True,
        "share": 1.0,
        "amount_cents": cents,
        "credit_cents": cents,
        "cycle_days": number,
        **more,
    }


def _touch(number: int, rep: str, on: str, person: str, account: str, **more: Any) -> dict[str, Any]:
    return {
        "touch_id": f"email:{number}",
        "rep_id": rep,
        "kind": "email",
        "day": day(on),
        "at": at(on),
        "person_id": person,
        "account_id": account,
        "own_open": True,
        **more,
    }


def _span(number: int, rep: str, since: str, until: str | None, **more: Any) -> dict[str, Any]:
    return {
        "opportunity_id": f"o{number}",
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
        **more,
    }


FACTS: dict[str, list[dict[str, Any]]] = {
    "stint": STINTS,
    "connection": connections("ann", "bob"),
    "outcome": [
        _outcome(1, "ann", "2026-07-10", True),
        _outcome(2, "ann", "2026-08-10", True, 301_00),
        _outcome(3, "ann", "2026-08-11", False),
        _outcome(4, "bob", "2026-09-15", True, None),
        _outcome(5, "bob", "2026-09-16", True),  # the day after now
        _outcome(6, "bob", "2026-08-20", False, -5, valued=False),
        # a deal shared: the owner has 60 %, the other's row doesn't make it two deals
        _outcome(7, "bob", "2026-08-21", True, 1000_00, credit_cents=600_00, share=0.6),
        _outcome(7, "ann", "2026-08-21", True, 1000_00, credit_cents=400_00, share=0.4, owner=False),
    ],
    "touch_person": [
        _touch(1, "ann", "2026-07-02", "p1", "a1"),
        _touch(2, "ann", "2026-07-03", "p1", "a1"),
        _touch(3, "ann", "2026-07-03", "p2", "a1"),
        _touch(4, "bob", "2026-07-05", "p1", "a1"),
        _touch(5, "bob", "2026-07-05", "p3", "a2"),
    ],
    "meeting": [
        {"meeting_id": "m1", "rep_id": rep, "day": day("2026-08-05"), "at": at("2026-08-05"), "held": True}
        for rep in ("ann", "bob")
    ]
    + [{"meeting_id": "m2", "rep_id": "bob", "day": day("2026-09-20"), "at": at("2026-09-20"), "held": True}],
    "span": [
        _span(1, "ann", "2026-06-01", "2026-07-10", native_cents=50_00),
        _span(2, "ann", "2026-06-10", None, native_cents=70_00),
        _span(3, "bob", "2026-08-01", None, native_cents=100_00, currency="USD"),
        _span(4, "bob", "2026-07-01", "2026-07-01"),
    ],
    "rate": [{"currency": "USD", "day": day("2026-09-15"), "rate": 0.915}],
}


@pytest.fixture(scope="module")
def store() -> Store:
    return store_of(FACTS)


def _quarter() -> Period:
    return parse("2026-Q3", SETTINGS, NOW)


def _value(store: Store, slug: str, scope: Scope, by: tuple[str, ...] = (), **group: str) -> float | None:
    return ask(store, slug, scope, _quarter(), by).where(**group).only().value


def test_win_rate_is_by_count_of_the_owners_valued_deals(store: Store) -> None:
    reading = ask(store, "win_rate", Scope.company(), _quarter()).only()
    assert (reading.numerator, reading.denominator, reading.n) == (4, 5, 5)
    assert reading.value == 0.8
    assert reading.interval == pytest.approx((0.37553, 0.96380), abs=1e-4)


def test_what_is_dated_after_now_is_not_there(store: Store) -> None:
    assert _value(store, "sales_volume", Scope.rep("bob")) == 2
    assert _value(store, "meetings_held", Scope.company()) == 1


def test_money_is_in_units_and_the_numerator_in_cents(store: Store) -> None:
    reading = ask(store, "revenue", Scope.rep("ann"), _quarter()).only()
    assert (reading.numerator, reading.value, reading.text) == (801_00, 801.0, "801.00 EUR")
    assert _value(store, "revenue", Scope.company()) == 100 + 301 + 600 + 400


def test_an_unknown_amount_is_no_amount_of_zero(store: Store) -> None:
    reading = ask(store, "average_deal_size", Scope.company(), _quarter()).only()
    assert reading.value == pytest.approx(1401 / 3)
    assert [str(part) for part in reading.coverage if "amount" in part.words] == ["won deals with an amount: 3 of 4 (75%)"]
    assert _value(store, "average_deal_size_median", Scope.company()) == 301


def test_the_team_is_that_of_the_day(store: Store) -> None:
    by_team = ask(store, "sales_volume", Scope.company(), _quarter(), ("team",))
    assert {dict(r.group)["team"]: r.value for r in by_team} == {"North": 1, "South": 3}
    assert _value(store, "sales_volume", Scope.team("North")) == 1
    assert _value(store, "sales_volume", Scope.team("South"), ("rep",), rep="ann") == 1


def test_a_team_counts_a_thing_once_and_is_pooled(store: Store) -> None:
    assert _value(store, "accounts_touched", Scope.company()) == 2
    by_rep = ask(store, "accounts_touched", Scope.company(), _quarter(), ("rep",))
    assert {dict(r.group)["rep"]: r.value for r in by_rep} == {"ann": 1, "bob": 2, "cat": None}
    pooled = ask(store, "contacts_per_account", Scope.company(), _quarter()).only()
    assert (pooled.value, pooled.mean_of_reps) == (3 / 2, (2 / 1 + 2 / 2) / 2)
    assert _value(store, "meetings_held", Scope.team("South")) == 1  # both reps were on it


def test_unknown_is_never_zero(store: Store) -> None:
    cat = ask(store, "emails_sent", Scope.company(), _quarter(), ("rep",)).where(rep="cat").only()
    assert cat.text == "none, because no mailbox is connected for Cat"
    assert ask(store, "emails_sent", Scope.rep("ann"), _quarter()).only().text == "0"
    nothing = ask(store, "win_rate", Scope.rep("cat"), _quarter()).only()
    assert (nothing.value, nothing.none_because) == (None, "Cat never had an opportunity or a lead")
    earlier = ask(store, "win_rate", Scope.rep("ann"), parse("2026-Q2", SETTINGS, NOW)).only()
    assert earlier.text == "none, because no deal was won or lost"


def test_a_stock_is_taken_at_the_snapshot(store: Store) -> None:
    june = parse("2026-06", SETTINGS, NOW)
    age = ask(store, "average_opportunity_age", Scope.company(), [june, _quarter()])
    assert age[0].value == pytest.approx((29 + 20) / 2)
    assert age[1].value == pytest.approx((day("2026-09-15") - day("2026-06-10") + day("2026-09-15") - day("2026-08-01")) / 2)
    assert age[1].n == 2


def test_open_amounts_are_converted_at_the_day(store: Store) -> None:
    assert ask(store, "average_opportunity_size", Scope.rep("bob"), parse("trailing_7", SETTINGS, NOW)).only().value == 91.5
    august = ask(store, "average_opportunity_size", Scope.rep("bob"), parse("2026-08", SETTINGS, NOW)).only()
    # there is no rate on 31 August
    assert august.text == "none, because the amount is unknown in all of its rows (no amount, or no exchange rate)"
    assert [str(part) for part in august.coverage][-1] == "opportunities owned with an amount: 0 of 1 (0%)"


def test_sub_periods_add_up_for_what_adds_up(store: Store) -> None:
    months = ask(store, "sales_volume", Scope.company(), _quarter(), ("month",))
    assert [(r.period.label, r.value) for r in months] == [("July 2026", 1), ("August 2026", 2), ("September 2026", 1)]


def test_a_period_that_has_not_begun(store: Store) -> None:
    reading = ask(store, "sales_volume", Scope.company(), parse("2026-Q4", SETTINGS, NOW)).only()
    assert reading.text == "none, because Q4 2026 hasn't begun on 2026-09-15"


def test_errors_say_what_is_near(store: Store) -> None:
    with pytest.raises(AskError, match="did you mean 'win_rate'"):
        ask(store, "winrate", Scope.company(), _quarter())
    with pytest.raises(AskError, match="did you mean 'team'"):
        ask(store, "win_rate", Scope.company(), _quarter(), ("teams",))
    with pytest.raises(AskError, match="emails_sent can't be cut by product; it can by rep, team"):
        ask(store, "emails_sent", Scope.company(), _quarter(), ("product",))


def test_readings_go_to_polars_and_notebooks(store: Store) -> None:
    readings = ask(store, ["win_rate", "revenue"], Scope.company(), _quarter(), ("rep",))
    frame = pl.DataFrame(readings)
    assert frame.height == 6
    assert frame.filter(pl.col("metric") == "revenue")["value"].to_list() == [801.0, 600.0, None]
    assert "<td>Win rate</td>" in readings._repr_html_()
    assert "Win rate, Ann, Q3 2026: 66.67 %" in repr(readings)


def test_a_past_day_without_a_way_to_build_it(store: Store) -> None:
    with pytest.raises(ValueError, match="past day"):
        ask(store, "win_rate", Scope.company(), _quarter(), as_of=date(2026, 8, 1))


def test_unknown_amounts_alone_are_no_revenue_of_zero(store: Store) -> None:
    day_of_it = ask(store, "revenue", Scope.rep("bob"), parse("2026-09-15", SETTINGS, NOW)).only()
    assert day_of_it.text == "none, because the credit is unknown in all of its rows (no amount, or no exchange rate)"
