"""Groups of deals read from a store: acme by hand, a simulated company's weak segment, effort beside value, growth, cuts."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from acme.company import SETTINGS as ACME
from acme.company import records
from paceline.insight.compare import Verdict
from paceline.judging.segments import MEASURES, SegmentsError, segments
from paceline.metrics.store import Store
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.simulation.company import simulate
from paceline.simulation.sizes import Size
from tests.metrics.facts_by_hand import connections, day, stint, store_of
from tests.oracle.agreement import open_store

YEAR = Period.between(date(2025, 9, 16), date(2026, 9, 16))


def _company() -> Store:
    """Two years of deals: fairs win more and grow; web sells larger deals; half of the touches go to cold calls."""
    rng = np.random.default_rng(12)
    chances, sizes = {"web": 0.3, "fair": 0.55, "cold": 0.3}, {"web": 2.0, "fair": 1.0, "cold": 1.0}
    outcomes: list[dict[str, Any]] = []
    touches: list[dict[str, Any]] = []
    for number in range(1800):
        source = ("web", "fair", "cold")[number % 3]
        on = day("2024-09-16") + int(rng.integers(0, 730))
        if source == "fair" and on < YEAR.first_day and rng.random() < 0.5:
            continue
        won = bool(rng.random() < chances[source])
        rep = f"r{int(rng.integers(0, 4))}"
        row = {"opportunity_id": f"o{number}", "rep_id": rep, "day": on, "source": source, "owner": True, "won": won}
        row |= {"lost": not won, "valued": True, "share": 1.0, "cycle_days": int(rng.integers(10, 60)), "segment": "smb"}
        row |= {
            "amount_cents": round(100_000 * sizes[source] * rng.lognormal(0, 0.4)),
            "product_id": "p1" if number % 2 else None,
        }
        outcomes.append(row)
        for touch in range(4 if source == "cold" else 2):
            touches.append(
                {"touch_id": f"t{number}-{touch}", "rep_id": rep, "opportunity_id": f"o{number}", "day": on - 3}
                | {"kind": "meeting" if touch == 0 else "email"}
            )
    stints = [stint(f"r{i}", team="North" if i < 2 else "South", role="AE", territory=f"T{i % 2}") for i in range(4)]
    facts = {
        "outcome": outcomes,
        "touch_opportunity": touches,
        "stint": stints,
        "connection": connections("r0", "r1", "r2", "r3"),
    }
    return store_of(facts, {"product": [{"id": "p1", "name": "Anvil"}]})


@pytest.fixture(scope="module")
def company() -> Store:
    return _company()


def test_sources_are_compared_with_how_sure_that_is(company: Store) -> None:
    found = segments(company, Scope.company(), YEAR, "source")
    by_name = {group.name: group for group in found.groups}
    assert by_name["fair"].measures["win_rate"].verdict is Verdict.ABOVE
    assert by_name["web"].measures["deal_size"].verdict is Verdict.ABOVE
    assert by_name["fair"].measures["cycle_days"].verdict is Verdict.USUAL
    assert found.mix["win_rate"] == ("rep",)  # all are of one segment
    one = by_name["fair"].measures["win_rate"]
    assert one.difference_low is not None
    assert one.difference_high is not None
    assert one.difference_low < 0.25 < one.difference_high + 0.05
    (said,) = [line for line in found.sentences if line.startswith("fair wins")]
    assert "points more than the rest (8 in 10: " in said
    assert "Deals of the same rep compared." in said
    assert all("because" not in line for line in found.sentences)


def test_effort_stands_beside_value(company: Store) -> None:
    by_name = {group.name: group for group in segments(company, Scope.company(), YEAR, "source").groups}
    assert by_name["cold"].touches == pytest.approx(0.5, abs=0.04)
    assert by_name["cold"].meetings == pytest.approx(1 / 3, abs=0.04)
    assert sum(group.value or 0 for group in by_name.values()) == pytest.approx(1)
    assert by_name["cold"].value is not None
    assert by_name["cold"].value < 0.25
    took, worth = by_name["cold"].touches, by_name["cold"].value
    text = [line for line in segments(company, Scope.company(), YEAR, "source").sentences if line.startswith("cold took")]
    assert text == [f"cold took {took:.0%} of the touches and stands for {worth:.0%} of the expected value."]


def test_growth_is_against_the_year_before(company: Store) -> None:
    found = segments(company, Scope.company(), YEAR, "source")
    assert found.before == Period.between(date(2024, 9, 16), date(2025, 9, 16))
    by_name = {group.name: group.growth for group in found.groups}
    assert by_name["fair"].low is not None
    assert by_name["fair"].low > 0.3
    assert by_name["web"].low is not None
    assert by_name["web"].high is not None
    assert by_name["web"].low < 0.1 < by_name["web"].high + 0.2
    later = segments(company, Scope.company(), Period.between(date(2025, 1, 1), date(2026, 1, 1)), "source")
    assert later.before is None  # the records begin in September 2024


def test_a_team_sees_its_own_deals(company: Store) -> None:
    north = segments(company, Scope.team("North"), YEAR, "source")
    south = segments(company, Scope.team("South"), YEAR, "source")
    whole = segments(company, Scope.company(), YEAR, "source")
    for a, b, both in zip(north.groups, south.groups, whole.groups, strict=True):
        assert a.measures["win_rate"].n + b.measures["win_rate"].n == both.measures["win_rate"].n
        assert 0 < a.measures["win_rate"].n < both.measures["win_rate"].n


def test_products_have_names_and_the_unknown_is_told_but_not_talked_of(company: Store) -> None:
    found = segments(company, Scope.company(), YEAR, "product")
    assert [group.name for group in found.groups] == ["Anvil", "unknown"]
    assert not [line for line in found.sentences if line.startswith("unknown")]


def test_rows_for_programs(company: Store) -> None:
    rows = segments(company, Scope.company(), YEAR, "territory").to_arrow().to_pylist()
    assert [(row["group"], row["measure"]) for row in rows] == [(name, measure) for name in ("T0", "T1") for measure in MEASURES]
    assert all(row["low"] <= row["estimate"] <= row["high"] for row in rows)


def test_another_cut_is_refused(company: Store) -> None:
    with pytest.raises(SegmentsError, match="can't be compared by 'colour'; they can by product, territory"):
        segments(company, Scope.company(), YEAR, "colour")


def test_acme_by_hand() -> None:
    # The quarter: fair won O1 (10,000) and O5 (5,000) and lost O15; web won O3 (8,800) and O4 (20,000) and lost O2 and O14.
    # O8 has an amount of 0: out.
    store = open_store(records(), ACME, date(2026, 4, 10))
    found = segments(store, Scope.company(), Period("quarter", date(2026, 1, 1), date(2026, 4, 1)), "source")
    raw = {(group.name, name): (one.n, round(one.raw or 0, 4)) for group in found.groups for name, one in group.measures.items()}
    assert raw["fair", "win_rate"] == (3, 0.6667)
    assert raw["web", "win_rate"] == (4, 0.5)
    assert raw["fair", "deal_size"] == (2, 7_500.0)
    assert raw["web", "deal_size"] == (2, 14_400.0)
    assert raw["fair", "value"] == (3, 5_000.0)
    assert raw["web", "value"] == (4, 7_200.0)
    assert {one.verdict for group in found.groups for one in group.measures.values()} == {Verdict.TOO_FEW}
    assert found.sentences == ()
    store.engine.close()


def test_the_simulated_companys_weak_segment_is_found() -> None:
    made = simulate(Size("deals", sellers=30, managers=3, months=12, pace=0.05, recorded=0.0), 204, date(2026, 10, 1))
    silent = ("email", "email_recipient", "call", "call_turn", "meeting", "meeting_attendee")
    rows = {name: table.slice(0, 0) if name in silent else table for name, table in made.records.items()}
    store = open_store(rows, made.settings, date(2026, 9, 30))
    found = segments(store, Scope.company(), Period.between(date(2025, 10, 1), date(2026, 10, 1)), "segment")
    weak = made.truths.of("weak_segment")[0].segment
    below = {group.name for group in found.groups if group.measures["win_rate"].verdict is Verdict.BELOW}
    assert below == {weak}
    assert all(group.touches is None for group in found.groups)  # nobody's activity is known: no share, and not 0
    store.engine.close()
