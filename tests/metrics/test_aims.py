"""Goals and costs of reps, teams and the company: whose they are on which day."""

from __future__ import annotations

from typing import Any

import pytest

from paceline.metrics.ask import ask
from paceline.metrics.explain import CONTRIBUTION, explain
from paceline.metrics.reading import shown
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Unit
from paceline.sales.periods import parse
from paceline.sales.scope import Scope
from tests.metrics.facts_by_hand import NOW, SETTINGS, connections, day, stint, store_of

# ann goes from North to South on 16 July; bob is in North, cid in no team.
_STINTS = [
    stint("ann", None, "2026-07-16", team="North", role="AE"),
    stint("ann", "2026-07-16", None, team="South", role="AE"),
    stint("bob", team="North", role="AE"),
    stint("cid", role="AE"),
]


def _goal(
    name: str, rep: str | None, team: str | None, target: float, since: str = "2026-07-01", until: str = "2026-08-01"
) -> dict[str, Any]:
    return {
        "goal_id": name,
        "rep_id": rep,
        "team": team,
        "metric": "revenue",
        "from_day": day(since),
        "until_day": day(until),
        "target": target * 100,
    }


def _won(name: str, rep: str, on: str, amount: int, share: float = 1.0) -> dict[str, Any]:
    return {
        "opportunity_id": name,
        "rep_id": rep,
        "day": day(on),
        "won": True,
        "valued": True,
        "owner": True,
        "share": share,
        "credit_cents": amount * 100,
        "amount_cents": amount * 100,
    }


def _store(**facts: list[dict[str, Any]]) -> Store:
    return store_of({"stint": _STINTS, "connection": connections("ann", "bob", "cid"), **facts})


def _ask(store: Store, scope: Scope, slug: str = "quota_attainment", period: str = "2026-07") -> tuple[float, float]:
    """Numerator and denominator, in units of money; the records of both add up to them."""
    reading = ask(store, slug, scope, parse(period, SETTINGS, NOW)).only()
    for records in explain(store, reading).records:
        assert sum(records.table[CONTRIBUTION].to_pylist()) == pytest.approx(records.number)
    assert reading.numerator is not None
    assert reading.denominator is not None
    return reading.numerator / 100, reading.denominator / 100


def test_a_rep_s_goal_counts_by_the_day_for_the_team_of_that_day() -> None:
    store = _store(
        goal=[_goal("a", "ann", None, 310), _goal("b", "bob", None, 620)], outcome=[_won("o", "ann", "2026-07-20", 80)]
    )
    assert _ask(store, Scope.rep("ann")) == pytest.approx((80, 310))
    assert _ask(store, Scope.team("North")) == pytest.approx((0, 620 + 150)), "15 of ann's 31 days"
    assert _ask(store, Scope.team("South")) == pytest.approx((80, 160))
    assert _ask(store, Scope.role("AE")) == pytest.approx((80, 930))
    by_team = ask(store, "quota_attainment", Scope.company(), parse("2026-07", SETTINGS, NOW), ("team",))
    assert {r.group[0][1]: r.denominator for r in by_team} == {"North": pytest.approx(770_00), "South": pytest.approx(160_00)}


def test_a_team_s_own_goal_stands_for_those_of_its_reps_on_its_days() -> None:
    store = _store(
        goal=[
            _goal("a", "ann", None, 310),
            _goal("b", "bob", None, 620),
            _goal("n", None, "North", 2000, "2026-07-01", "2026-07-21"),
            _goal("m", None, "North", 100, "2026-07-11", "2026-07-21"),
        ],
        outcome=[_won("p", "bob", "2026-07-02", 40)],
    )
    assert _ask(store, Scope.rep("bob")) == pytest.approx((40, 620))
    assert _ask(store, Scope.team("North")) == pytest.approx((40, 2100 + 11 * 20)), "on 21-31 July bob's own again"
    assert _ask(store, Scope.team("South")) == pytest.approx((0, 160))
    assert _ask(store, Scope.company()) == pytest.approx((40, 2100 + 220 + 160))
    assert _ask(store, Scope.role("AE")) == pytest.approx((40, 930)), "any other group: its reps'"
    assert _ask(store, Scope.team("North"), period="2026-08") == pytest.approx((0, 0))


def test_what_anyone_of_the_team_wins_counts_for_the_team_s_own_goal() -> None:
    store = _store(
        goal=[_goal("n", None, "North", 1000)],
        outcome=[_won("o", "bob", "2026-07-02", 40), _won("p", "ann", "2026-07-20", 7), _won("q", "cid", "2026-07-20", 3)],
    )
    assert _ask(store, Scope.team("North")) == pytest.approx((40, 1000)), "ann is in South by then"
    assert _ask(store, Scope.company()) == pytest.approx((40, 1000))
    assert ask(store, "quota_attainment", Scope.rep("bob"), parse("2026-07", SETTINGS, NOW)).only().none_because == (
        "no revenue goal is set for these days"
    )
    assert _ask(store, Scope.team("North"), "pipeline_coverage") == pytest.approx((0, 960))
    told = explain(store, ask(store, "pipeline_coverage", Scope.team("North"), parse("2026-07", SETTINGS, NOW)).only())
    assert f"÷ {shown(960, Unit.MONEY, SETTINGS.currency)} (" in told.sentence, "what is still to be won is money, no cents"


def test_the_company_s_own_goal_stands_for_all_others_on_its_days() -> None:
    store = _store(
        goal=[
            _goal("c", None, None, 1000, "2026-07-01", "2026-07-11"),
            _goal("n", None, "North", 310),
            _goal("d", "cid", None, 31),
        ],
        outcome=[_won("o", "ann", "2026-07-02", 5), _won("p", "ann", "2026-07-25", 7), _won("q", "cid", "2026-07-25", 3)],
    )
    assert _ask(store, Scope.company()) == pytest.approx((5 + 3, 1000 + 21 * 10 + 21)), "ann's 25th in South is under no goal"
    assert _ask(store, Scope.team("North")) == pytest.approx((5, 310))


def test_a_rep_s_cost_counts_by_the_day_for_the_team_of_that_day() -> None:
    cost = {
        "cost_id": "c",
        "rep_id": "ann",
        "from_day": day("2026-07-01"),
        "until_day": day("2026-08-01"),
        "amount_cents": 310_00,
    }
    first = {"first_won": True, "account_id": "a"}
    store = _store(
        cost=[cost, {**cost, "cost_id": "s", "rep_id": None}], outcome=[{**_won("o", "bob", "2026-07-02", 40), **first}]
    )
    assert _ask(store, Scope.team("North"), "customer_acquisition_cost") == pytest.approx((150, 0.01)), "one customer"
    assert _ask(store, Scope.company(), "customer_acquisition_cost") == pytest.approx((620, 0.01))
    assert _ask(store, Scope.team("South"), "customer_acquisition_cost") == pytest.approx((160, 0))


def test_a_deal_of_which_the_owner_has_no_share_is_no_revenue_of_zero() -> None:
    store = _store(
        outcome=[_won("o", "bob", "2026-07-02", 0, share=0.0), {**_won("p", "bob", "2026-07-03", 0), "credit_cents": None}]
    )
    reading = ask(store, "revenue", Scope.rep("bob"), parse("2026-07", SETTINGS, NOW)).only()
    assert reading.value is None, "his one deal has no known amount"


def test_costs_of_a_negative_cycle_are_not_those_of_later_days() -> None:
    """Wrong dates make a cycle negative: one cycle earlier is then the same days, never later ones."""
    costs = [
        {"cost_id": on, "rep_id": None, "from_day": day(on), "until_day": day(on) + 1, "amount_cents": 100_00}
        for on in ("2026-07-31", "2026-08-01")
    ]
    won = {**_won("o", "bob", "2026-07-02", 40), "first_won": True, "account_id": "a", "cycle_days": -5}
    store = _store(cost=costs, outcome=[won])
    assert _ask(store, Scope.company(), "customer_acquisition_cost_lagged") == pytest.approx((100, 0.01))
