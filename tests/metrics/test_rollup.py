"""Roll-ups and rows give the same readings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from paceline.metrics import rollup
from paceline.metrics.ask import ask
from paceline.metrics.reading import Readings
from paceline.metrics.store import Store
from paceline.sales.periods import Period, parse
from paceline.sales.scope import Scope
from tests.metrics.facts_by_hand import NOW, SETTINGS

ROLLED = [
    "emails_sent",
    "email_engagement_rate",
    "dials",
    "talk_minutes",
    "revenue",
    "win_rate",
    "average_deal_size",
    "talk_ratio",
    "email_response_rate",
    "meetings_per_opportunity_closed",
    "moves_forward",
    "leads_answered_within_1_hour",
]


@pytest.fixture
def rolled_store(full_store: Store) -> Iterator[Store]:
    engine = full_store.engine
    made = rollup.rollups(full_store.view().frame.tables, full_store.catalog.values())
    for name, expression in made.items():
        engine.create(name, expression)
    yield Store(engine, full_store.settings, full_store.now)
    for name in made:
        engine.drop(name)


def _period() -> Period:
    return parse("2026-Q3", SETTINGS, NOW)


def test_roll_ups_and_rows_give_the_same_readings(full_store: Store, rolled_store: Store) -> None:
    for scope, by in ((Scope.company(), ("rep", "month")), (Scope.company(), ("team",)), (Scope.team("South"), ())):
        rows = ask(full_store, ROLLED, scope, _period(), by)
        rolled = ask(rolled_store, ROLLED, scope, _period(), by)
        assert _numbers(rolled) == _numbers(rows)
    assert any(question.rolled for question in rolled_store.view()._sql)
    assert not any(question.rolled for question in full_store.view()._sql)


def _numbers(readings: Readings) -> list[tuple[object, ...]]:
    return [
        (r.slug, r.period, r.group, r.numerator, r.denominator, r.n, r.value and pytest.approx(r.value), r.none_because)
        for r in readings
    ]


def test_what_does_not_add_up_over_days_is_never_rolled_up(rolled_store: Store) -> None:
    ask(rolled_store, ["accounts_touched", "meetings_held", "sales_cycle_median"], Scope.company(), _period())
    asked = [question for question in rolled_store.view()._sql if not question.rolled]
    assert {"touch_person", "meeting", "outcome"} <= {question.rows for question in asked}


def test_slices_go_to_the_rows(rolled_store: Store) -> None:
    readings = ask(rolled_store, "revenue", Scope.company(), _period(), ("source",))
    assert {dict(r.group)["source"] for r in readings} <= {"web", "event", None}
    assert not any(question.rolled for question in rolled_store.view()._sql if "source" in question.by)
