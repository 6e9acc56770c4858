"""Errors of the engine that comparing it with the oracle brought to light, each with a test of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pytest

from acme.company import SETTINGS, records
from paceline.metrics.ask import ask
from paceline.metrics.reading import Reading
from paceline.metrics.store import Store
from paceline.sales.periods import Period, epoch_day
from paceline.sales.scope import Scope
from tests.oracle.agreement import open_store
from tests.soundness import pinned

_NOW = date(2026, 5, 1)
_BEFORE = date(2026, 2, 10)
Q1 = Period.between(date(2026, 1, 1), date(2026, 4, 1))
JANUARY, FEBRUARY = Period.between(date(2026, 1, 1), date(2026, 2, 1)), Period.between(date(2026, 2, 1), date(2026, 3, 1))


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    opened = open_store(pinned.records(), pinned.SETTINGS, _NOW)
    yield opened
    opened.engine.close()


def _read(store: Store, slug: str, rep: str, period: Period = Q1, as_of: date | None = None) -> Reading:
    return ask(store, slug, Scope.rep(rep), period, as_of=as_of).only()


def test_a_cohort_is_dated_where_its_owner_is_and_sourced_pipeline_where_the_sourcer_is(store: Store) -> None:
    assert _read(store, "cohort_win_rate", "tok", FEBRUARY).denominator == 1
    assert _read(store, "cohort_win_rate", "tok", JANUARY).denominator == 0
    assert _read(store, "pipeline_generated", "hon", JANUARY).value == 1000


def test_a_deal_first_owned_after_its_start_is_its_owner_s_from_the_start(store: Store) -> None:
    assert _read(store, "new_opportunities_created", "fay", Period.between(date(2026, 1, 10), date(2026, 1, 11))).value == 1
    assert _read(store, "new_opportunities", "fay").value == 1


def test_a_deal_without_history_was_open_at_no_known_stage_on_a_past_day(store: Store) -> None:
    assert _read(store, "average_opportunity_age", "gus", as_of=_BEFORE).denominator == 1
    assert _read(store, "weighted_pipeline", "gus", as_of=_BEFORE).value is None, "a stage made up would have a probability"
    assert _read(store, "weighted_pipeline", "gus", JANUARY).value is None, "the same, looking back"


def test_velocity_keeps_a_negative_cycle(store: Store) -> None:
    assert _read(store, "sales_velocity", "neg").value == pytest.approx(1 * 1 * 1000 / -4)


def test_a_commit_is_worth_what_it_was_on_the_day_it_was_said(store: Store) -> None:
    assert _read(store, "forecast_accuracy", "sam").value == pytest.approx(1)


def test_a_sum_of_unknown_amounts_is_unknown(store: Store) -> None:
    assert _read(store, "revenue", "una").value is None
    assert _read(store, "sales_volume", "una").value == 1


def test_what_a_lead_merged_away_became_is_not_what_its_survivor_became(store: Store) -> None:
    assert _read(store, "contacts_engaged", "lea").value == 1
    assert _read(store, "accounts_touched", "lea").value == 0


def test_a_merge_into_a_record_that_came_later_had_not_happened_yet(store: Store) -> None:
    assert _read(store, "accounts_touched", "mia", as_of=_BEFORE).value == 1


def test_a_contact_was_not_at_an_account_that_came_later(store: Store) -> None:
    assert _read(store, "accounts_touched", "nia").value == 1
    assert _read(store, "accounts_touched", "nia", as_of=_BEFORE).value == 0


@pytest.mark.parametrize("rep", ["oli", "ron"])
def test_an_ownership_begins_anew_only_by_a_transfer(store: Store, rep: str) -> None:
    """Neither a change to the same owner nor closing and reopening parts 5 from 25 January."""
    assert _read(store, "days_between_touches", rep, JANUARY).value == 20


def test_untouched_needs_the_crm_too(store: Store) -> None:
    assert _read(store, "untouched_opportunities", "cal").value is None, "cal's CRM was connected in 2025 alone"


def test_the_first_touch_ever_is_of_a_new_account(store: Store) -> None:
    assert _read(store, "new_accounts_touched", "nel").value == 1


def test_what_ends_in_the_course_of_a_period_s_first_day_is_of_the_period(store: Store) -> None:
    assert _read(store, "average_opportunity_size", "las", FEBRUARY).value == 1000
    assert _read(store, "slip_rate", "las", FEBRUARY).denominator == 1, "due when the month began, at an earlier stage"


def test_a_change_at_midnight_does_not_hide_what_is_due(store: Store) -> None:
    assert _read(store, "slip_rate", "mid", FEBRUARY).denominator == 1


def test_a_won_deal_is_no_progress_of_who_handed_it_over(store: Store) -> None:
    assert _read(store, "opportunity_progressions", "pro").value == 0, "it was clo's at close"


def test_a_meeting_ahead_counts_though_nobody_knows_when_it_was_booked(store: Store) -> None:
    to_june = Period.between(date(2026, 4, 1), date(2026, 7, 1))
    assert _read(store, "opportunities_without_next_meeting", "boo", to_june).value == 0


def test_days_between_two_stated_connections_are_not_connected() -> None:
    rows = records()
    stated = rows["connection"].schema.empty_table().to_pylist()
    for nth, (first, until) in enumerate(((date(2026, 1, 1), date(2026, 2, 1)), (date(2026, 3, 1), None))):
        stated.append({
            "id": f"c{nth}", "rep_id": "ana", "kind": "mailbox", "from_day": epoch_day(first),
            "until_day": None if until is None else epoch_day(until)})
    rows = {**rows, "connection": pa.Table.from_pylist(stated, schema=rows["connection"].schema)}
    store = open_store(rows, SETTINGS, _NOW)
    months = [Period.containing("month", date(2026, month, 15), SETTINGS) for month in (1, 2, 3)]
    values = [ask(store, "emails_sent", Scope.rep("ana"), month)[0].value for month in months]
    store.engine.close()
    assert values[0] is not None
    assert values[1] is None, "the mailbox wasn't connected in February"
    assert values[2] == pytest.approx(values[2] or 0)
    assert values[2] is not None
