"""What a store can tell about itself."""

from __future__ import annotations

from paceline.metrics.catalog import CATALOG
from paceline.metrics.check import check
from paceline.metrics.store import Store
from paceline.sales.periods import parse
from tests.metrics.facts_by_hand import NOW, SETTINGS, connections, day, stint, store_of


def test_every_metric_is_lit_or_says_why(full_store: Store) -> None:
    found = check(full_store, parse("2026-Q3", full_store.settings, NOW))
    assert [light.reading.slug for light in found.lights] == list(CATALOG)
    assert all(light.lit or light.why for light in found.lights)
    assert sum(light.lit for light in found.lights) > 60


def test_health_counts_what_is_wrong() -> None:
    def outcome(number: int, **more: object) -> dict[str, object]:
        return {
            "opportunity_id": f"o{number}",
            "rep_id": "ann",
            "day": day("2026-07-01"),
            "owner": True,
            "won": True,
            "valued": True,
            **more,
        }

    store = store_of(
        {
            "stint": [stint("ann")],
            "connection": connections("ann"),
            "outcome": [
                outcome(1, amount_cents=100, cycle_days=-3),
                outcome(2),
                outcome(3, valued=False, amount_cents=0, cycle_days=4),
            ],
        },
        {
            "stage": [{"id": "w", "name": "Won", "position": 9, "outcome": "won"}],
            "opportunity": [{"id": f"o{n}", "stage_id": "w"} for n in (1, 2, 3, 4)],
        },
    )
    found = {health.slug: (health.bad, health.of) for health in check(store, parse("2026-Q3", SETTINGS, NOW)).health}
    assert found["won_without_amount"] == (1, 3)
    assert found["negative_cycle"] == (1, 3)
    assert found["start_unknown"] == (1, 3)
    assert found["amount_not_positive"] == (1, 3)
    assert found["closed_at_unknown_time"] == (1, 4)
