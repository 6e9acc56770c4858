"""The engine agrees with the oracle on random small companies full of edge cases.

``PACELINE_ORACLE_SEEDS=0,1,2`` names more companies; one is asked by default, since building facts takes seconds.
"""

from __future__ import annotations

import os
from datetime import date

import pytest

from paceline.sales.periods import Period
from paceline.simulation.random_company import tiny
from tests.oracle.agreement import differences, open_oracle, open_store
from tests.oracle.oracle import QUERIES

_PERIODS = (Period.between(date(2026, 1, 1), date(2026, 4, 1)), Period.between(date(2026, 2, 1), date(2026, 3, 1)))
_NOW = date(2026, 4, 30)

# Where the two don't agree on every edge yet, with what is known of why. Acme's answers hold for these, too.
UNSETTLED = {
    "cohort_win_rate": "the fact dates a start in the zone of who sourced it, the metric credits the owner then",
    "account_type_mix": "the same",
    "average_opportunity_age": "the same day of the start, seen from different zones",
    "average_opportunity_age_median": "the same",
    "new_opportunities": "an owner given hours after the start gets it on the start's day (definitions) or on that day (fact)",
    "new_opportunities_created": "the same",
    "pipeline_generated": "to be found out",
    "days_between_touches": "to be found out: ownership that begins anew",
    "stuck_opportunities": "to be found out: day on which a stage was entered, before the start was reached",
    "meetings_per_opportunity_closed": "to be found out: meetings before the start, or after the close",
    "patience": "back-channels within united speech; a first word of ours has no switch before it",
    "longest_monologue": "as patience",
    "interactivity": "as patience",
    "talk_minutes": "to be found out: no known length",
    "weighted_pipeline": "all amounts unknown: none (engine) or 0 (definitions: add nothing to sums)",
    "sales_velocity": "a negative cycle gives no value in the engine",
    "forecast_accuracy": "commits of several reps for periods of different ends",
    "quota_attainment": "a target of a few cents, rounded",
    "lead_response_time": "a team's clock with a creditless lead",
    "email_response_rate": "mails of the same second",
}


def _seeds() -> list[int]:
    return [int(seed) for seed in os.environ.get("PACELINE_ORACLE_SEEDS", "1").split(",")]


@pytest.mark.slow
@pytest.mark.parametrize("seed", _seeds())
def test_the_engine_agrees_with_the_oracle(seed: int) -> None:
    company = tiny(seed)
    store = open_store(company.records, company.settings, _NOW)
    settled = tuple(slug for slug in QUERIES if slug not in UNSETTLED)
    found = [str(difference) for difference in differences(store, open_oracle(company.records), _PERIODS, _NOW, settled)]
    store.engine.close()
    assert not found, "\n".join(found)


def test_what_is_unsettled_is_a_metric() -> None:
    assert set(UNSETTLED) <= set(QUERIES)
