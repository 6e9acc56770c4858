"""Habits read as of a landmark: a real one is found, a long life isn't taken for a habit, what isn't known is said."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from paceline.insight.compare import Verdict
from paceline.insight.strategies import Strategy
from paceline.judging.strategies import ANSWERED, CONTACTS_NAME, FOLLOWED, MET, SENIOR, Strategies, strategies
from paceline.metrics.store import Store
from paceline.sales.scope import Scope
from tests.metrics.facts_by_hand import connections, day, stint, store_of

REPS = tuple(f"r{i}" for i in range(5))


def company(deals: int = 1500, senior_wins: float = 0.25, mailbox: bool = True) -> Store:
    """Contacts are met at the same pace in every deal, won or lost: who lives longer has more. A director met early wins more."""
    rng = np.random.default_rng(41)
    rows: dict[str, list[dict[str, Any]]] = {"opportunity": [], "opportunity_person": [], "touch_opportunity": [], "lead": []}
    for number in range(deals):
        name, rep = f"o{number}", REPS[number % 5]
        start = day("2025-01-01") + int(rng.integers(0, 420))
        early = bool(rng.random() < 0.4)
        won = bool(rng.random() < 0.25 + senior_wins * early)
        life = int(rng.gamma(3, 30 if won else 15)) + 2  # lost deals die young
        ends = {"won_day": start + life if won else None, "lost_day": None if won else start + life}
        rows["opportunity"].append({"opportunity_id": name, "owner_id": rep, "rep_id": rep, "day": start, "source": "web"} | ends)
        rows["opportunity_person"] += [
            {"opportunity_id": name, "person_id": f"p{k}", "day": start + 8 * k, "decides": early and k == 0}
            for k in range(life // 8 + 1)
        ]
        meeting = start + int(rng.integers(1, 25))
        if meeting < start + life:
            rows["touch_opportunity"].append(_touch(name, rep, meeting, "meeting"))
            if rng.random() < 0.5:
                rows["touch_opportunity"].append(_touch(name, rep, meeting + 1, "email"))
    for number in range(900):
        quick = bool(rng.random() < 0.5)
        came = bool(rng.random() < 0.15 + 0.15 * quick)
        on = day("2025-06-01") + int(rng.integers(0, 300))
        rows["lead"].append(
            {"lead_id": f"l{number}", "rep_id": REPS[number % 5], "day": on, "at": on * 86_400, "assigned_at": on * 86_400}
            | {"source": "web", "business_seconds": 1800 if quick else None, "opportunity_day": on + 10 if came else None}
        )
    kinds = ("crm", "mailbox") if mailbox else ("crm",)
    return store_of({**rows, "stint": [stint(rep, role="AE") for rep in REPS], "connection": connections(*REPS, kinds=kinds)})


def _touch(deal: str, rep: str, on: int, kind: str) -> dict[str, Any]:
    return {"touch_id": f"{deal}-{on}-{kind}", "rep_id": rep, "opportunity_id": deal, "day": on, "at": on * 86_400, "kind": kind}


@pytest.fixture(scope="module")
def found() -> Strategies:
    return strategies(company(), Scope.company())


def habit(found: Strategies, name: str) -> Strategy:
    return next(one for one in found.found if one.name == name)


def test_a_director_met_early_is_found(found: Strategies) -> None:
    one = habit(found, SENIOR)
    assert one.verdict is Verdict.ABOVE
    assert one.low is not None
    assert one.low > 0
    assert "doesn't say that it brings it" in one.sentence


def test_a_long_life_is_not_taken_for_a_habit(found: Strategies) -> None:
    # Of all decided deals, those with three contacts or more were won far more often, for lost ones die before they have three.
    # At the landmark every deal looked at has had the same time.
    store = company()
    view = store.view()
    people = view.engine.query(view.frame.fact("opportunity_person").group_by("opportunity_id").agg(n=lambda t: t.count()))
    many = {row["opportunity_id"] for row in people.to_pylist() if row["n"] >= 3}
    deals = view.engine.query(view.frame.fact("opportunity").select("opportunity_id", "won_day")).to_pylist()
    shares = [
        np.mean([row["won_day"] is not None for row in deals if (row["opportunity_id"] in many) == side])
        for side in (True, False)
    ]
    assert shares[0] > 1.5 * shares[1]
    one = habit(found, CONTACTS_NAME)
    assert one.verdict not in (Verdict.ABOVE, Verdict.BELOW)


def test_idle_habits_are_not_called_and_a_quick_answer_is(found: Strategies) -> None:
    assert habit(found, MET).verdict not in (Verdict.ABOVE, Verdict.BELOW)
    assert habit(found, FOLLOWED).verdict not in (Verdict.ABOVE, Verdict.BELOW)
    quick = habit(found, ANSWERED)
    assert quick.verdict is Verdict.ABOVE
    assert quick.sentence.startswith("Became opportunities: ")


def test_only_deals_open_at_the_landmark_whose_stretch_is_over_count(found: Strategies) -> None:
    store = company()
    rows = store.engine.query(store.view().frame.fact("opportunity").select("day", "won_day", "lost_day")).to_pylist()
    today = day("2026-09-15")
    alive = [
        row
        for row in rows
        if (row["won_day"] or row["lost_day"]) > row["day"] + found.landmark
        and row["day"] + found.landmark + found.horizon <= today
        and row["day"] > today - 730
    ]
    one = habit(found, SENIOR)
    assert one.followed + one.not_followed == len(alive)


def test_where_no_activity_is_connected_nothing_is_said() -> None:
    found = strategies(company(40, mailbox=False), Scope.company())
    assert set(found.missing) == {CONTACTS_NAME, SENIOR, MET, FOLLOWED}
    assert [one.name for one in found.found] == [ANSWERED]


def test_as_of_a_day_without_history_all_is_missing() -> None:
    empty = store_of({"stint": [stint("r0", role="AE")]}, now=date(2026, 1, 1))
    found = strategies(empty, Scope.company())
    assert not found.found
    assert set(found.missing) == {CONTACTS_NAME, SENIOR, MET, FOLLOWED, ANSWERED}
    assert found.to_arrow().num_rows == 0
