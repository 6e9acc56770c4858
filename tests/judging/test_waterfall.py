"""The change of a pipeline: acme's worked by hand; on random companies it ends where the engine's own open amount does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from acme.company import SETTINGS, records
from paceline.judging.waterfall import PipelineChange, PipelineError, pipeline_change
from paceline.metrics.ask import ask
from paceline.metrics.store import Store
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.simulation.random_company import tiny
from tests.oracle.agreement import open_store

QUARTER = Period("quarter", date(2026, 1, 1), date(2026, 4, 1))


@pytest.fixture(scope="module")
def acme() -> Iterator[Store]:
    store = open_store(records(), SETTINGS, date(2026, 5, 1))
    yield store
    store.engine.close()


def told(change: PipelineChange) -> dict[str, dict[str, int]]:
    """Part → deal → whole dollars; deals without a known amount left out."""
    return {
        part.cause.value: {move.deal: move.cents // 100 for move in part.moves if move.cents}
        for part in change.change.parts
        if part.cents
    }


def test_the_quarter_worked_by_hand(acme: Store) -> None:
    # Open on 31 December: O1 10,000; O3 8,000 EUR at 1.05; O5 5,000; O9 7,000; O15 3,000.
    # Open on 31 March: O6 15,000 (begun and grown since); O9 7,000; O12 4,000; O13 of unknown amount.
    # O3 was won at 1.10; O5 was lost and reopened in between, which the two days don't show; O4 and O14 came and went.
    change = pipeline_change(acme, Scope.company(), date(2025, 12, 31), date(2026, 3, 31))
    assert (change.change.opening, change.change.closing, change.change.unknown) == (33_400_00, 26_000_00, 1)
    assert told(change) == {
        "new": {"O4": 20_000, "O6": 15_000, "O14": 6_000, "O12": 4_000},
        "currency": {"O3": 400},
        "won": {"O4": -20_000, "O1": -10_000, "O3": -8_800, "O5": -5_000},
        "lost": {"O14": -6_000, "O15": -3_000},
    }
    assert change.sentence == (
        "Open pipeline: from 33,400 USD to 26,000 USD between 2025-12-31 and 2026-03-31: new +45,000 (7); won -43,800 (5); "
        "lost -9,000 (3). 1 open without a known amount add nothing."
    )


def test_a_slipped_deal_leaves_the_quarter_and_a_handed_over_one_its_rep(acme: Store) -> None:
    # Of the quarter, ana had O1 and O4 open on 15 February; on the 16th bob gave her O6 (12,000, due 15 March), she raised it to
    # 15,000 and moved it to 15 May. O2 and O8 have no amount that counts.
    ana = pipeline_change(acme, Scope.rep("ana"), date(2026, 2, 15), date(2026, 3, 7), QUARTER)
    assert told(ana) == {"transferred in": {"O6": 15_000}, "won": {"O1": -10_000}}
    bob = pipeline_change(acme, Scope.rep("bob"), date(2026, 2, 15), date(2026, 3, 7), QUARTER)
    assert told(bob) == {"transferred out": {"O6": -12_000}, "lost": {"O14": -6_000}}
    company = pipeline_change(acme, Scope.company(), date(2026, 2, 15), date(2026, 3, 7), QUARTER)
    assert told(company) == {"grown": {"O6": 3_000}, "won": {"O1": -10_000}, "lost": {"O14": -6_000}}
    later = pipeline_change(acme, Scope.rep("ana"), date(2026, 3, 7), date(2026, 3, 31), QUARTER)
    assert told(later) == {"won": {"O4": -20_000}, "slipped": {"O6": -15_000}}
    assert told(pipeline_change(acme, Scope.rep("ana"), date(2026, 3, 7), date(2026, 3, 31))) == {"won": {"O4": -20_000}}


def test_a_deal_closed_on_the_first_day_and_open_on_the_second_was_reopened(acme: Store) -> None:
    change = pipeline_change(acme, Scope.rep("bob"), date(2026, 1, 31), date(2026, 2, 15))
    assert told(change) == {"reopened": {"O5": 5_000}, "currency": {"O3": 400}, "won": {"O3": -8_800}}
    over = pipeline_change(acme, Scope.rep("bob"), date(2026, 1, 31), date(2026, 3, 31))
    assert told(over)["reopened"] == {"O5": 5_000}
    assert told(over)["won"] == {"O3": -8_800, "O5": -5_000}


def test_a_rep_who_changes_teams_takes_the_deals_along(acme: Store) -> None:
    north = pipeline_change(acme, Scope.team("North"), date(2026, 2, 15), date(2026, 3, 7))
    assert told(north) == {
        "grown": {"O6": 3_000},
        "won": {"O1": -10_000},
        "transferred out": {"O9": -7_000, "O14": -6_000, "O5": -5_000, "O15": -3_000},
    }
    south = pipeline_change(acme, Scope.team("South"), date(2026, 2, 15), date(2026, 3, 7))
    # O14 came with bob and was lost; O12 began with him.
    assert told(south) == {
        "new": {"O12": 4_000},
        "transferred in": {"O9": 7_000, "O14": 6_000, "O5": 5_000, "O15": 3_000},
        "lost": {"O14": -6_000},
    }


def test_days_the_wrong_way_round_and_days_to_come_are_refused(acme: Store) -> None:
    for first, last in ((date(2026, 3, 1), date(2026, 3, 1)), (date(2026, 3, 1), date(2026, 5, 2))):
        with pytest.raises(PipelineError, match="the first day must lie before the second"):
            pipeline_change(acme, Scope.company(), first, last)


@pytest.mark.parametrize("seed", [31])
def test_it_begins_and_ends_at_the_engines_own_open_amount(seed: int) -> None:
    # The metric's numerator is another computation of the same words: open at the snapshot, due by the period's end.
    company, dice = tiny(seed), Random(seed)
    now = date(2026, 4, 20)
    store = open_store(company.records, company.settings, now)
    first = now - timedelta(days=dice.randrange(40, 120))
    last = first + timedelta(days=dice.randrange(5, 40))
    reps = sorted({stint.rep_id for stint in store.view().stints})
    teams = sorted({stint.team for stint in store.view().stints if stint.team})
    scopes = [Scope.company(), Scope.rep(dice.choice(reps)), Scope.team(dice.choice(teams))]
    whole = Period.between(first, date(2200, 1, 1))
    moved = 0
    for scope in scopes:
        due = dice.choice((Period.between(first - timedelta(days=60), last + timedelta(days=dice.randrange(60))), whole))
        change = pipeline_change(store, scope, first, last, due).change
        for day, cents in ((first, change.opening), (last, change.closing)):
            reading = ask(store, "pipeline_coverage", scope, due, as_of=day, mean_of_reps=False).only()
            assert (reading.numerator or 0) == cents, (scope, due, day)
        moved += len(change.parts)
        pipeline_change(store, scope, first, last)  # deals without a close date too: it raises if it doesn't add up
    assert moved > 5
    store.engine.close()
