"""The records add up to the number, for every metric."""

from __future__ import annotations

import pytest

from paceline.metrics.aggregate import LONGEST
from paceline.metrics.ask import ask
from paceline.metrics.catalog import CATALOG
from paceline.metrics.explain import Explanation, explain
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Kind
from paceline.sales.periods import parse
from paceline.sales.scope import Scope
from tests.metrics.facts_by_hand import NOW

QUARTER = "2026-Q3"


def _adds_up(explanation: Explanation) -> None:
    for records in explanation.records:
        given = records.table.column("contribution").to_pylist()
        if records.measure.kind is Kind.QUANTILE:
            assert records.number == pytest.approx(_quantile([v for v in given if v is not None], records.measure.quantile))
        else:
            assert sum(given) == pytest.approx(records.number or 0)


def _quantile(values: list[float], share: float) -> float | None:
    if not values:
        return None
    ranked = sorted(values)
    place = share * (len(ranked) - 1)
    low = int(place)
    high = min(low + 1, len(ranked) - 1)
    middle = ranked[low] + (place - low) * (ranked[high] - ranked[low])
    return None if middle > LONGEST / 1e3 else middle


@pytest.mark.parametrize("slug", CATALOG)
def test_the_records_add_up_to_the_number(slug: str, full_store: Store) -> None:
    period = parse(QUARTER, full_store.settings, NOW)
    _adds_up(explain(full_store, ask(full_store, slug, Scope.company(), period, mean_of_reps=False).only()))


@pytest.mark.parametrize("slug", ["win_rate", "accounts_touched", "sales_velocity", "lead_response_time", "days_between_touches"])
def test_of_a_rep_of_a_team_too(slug: str, full_store: Store) -> None:
    period = parse(QUARTER, full_store.settings, NOW)
    for reading in ask(full_store, slug, Scope.team("South"), period, ("rep",)):
        _adds_up(explain(full_store, reading))


def test_the_sentence_has_the_numbers(full_store: Store) -> None:
    period = parse(QUARTER, full_store.settings, NOW)
    reading = ask(full_store, "win_rate", Scope.company(), period).only()
    told = explain(full_store, reading)
    assert f"{reading.numerator:g} deals won ÷ {reading.denominator:g} deals won or lost" in told.sentence
    assert (
        told.formula == "count(outcome) where won and owner and valued ÷ count(outcome) where (won or lost) and owner and valued"
    )
    assert "v1" in told.definition
    assert "fact_outcome" in told.sql[0]
