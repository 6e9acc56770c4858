"""Each known way to get a sales metric wrong has a test of its name, on acme, through the public ``ask``.

What the numbers are made of is worked out in ``acme/answers``.
"""

from __future__ import annotations

from datetime import date

import pytest

from acme.company import SETTINGS
from paceline.metrics.ask import ask
from paceline.metrics.reading import Reading
from paceline.metrics.store import Store
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.stats.intervals import wilson

Q1 = Period.containing("quarter", date(2026, 1, 15), SETTINGS)
JANUARY, FEBRUARY, MARCH = (Period.containing("month", date(2026, month, 15), SETTINGS) for month in (1, 2, 3))
SEEN = date(2026, 4, 10)
COMPANY = Scope.company()


def read(store: Store, metric: str, scope: Scope, period: Period = Q1, as_of: date = SEEN) -> Reading:
    return ask(store, metric, scope, period, as_of=as_of)[0]


def test_unanswered_denominator_is_none_not_zero(acme: Store) -> None:
    reading = read(acme, "win_rate", Scope.rep("sue"))
    assert reading.value is None
    assert reading.none_because
    assert read(acme, "emails_sent", Scope.rep("max")).value is None, "no mailbox is connected: unknown, not 0"


def test_unknown_is_none_where_the_denominator_is_a_constant(acme: Store) -> None:
    assert read(acme, "talk_minutes", Scope.rep("max")).value is None, "the sixty seconds of a minute aren't data of max"


def test_measured_zero_is_zero(acme: Store) -> None:
    assert read(acme, "sales_volume", Scope.rep("sue")).value == 0
    assert read(acme, "no_show_rate", Scope.rep("bob")).value == 0


def test_days_to_close_run_from_start_to_close(acme: Store) -> None:
    assert read(acme, "sales_cycle", Scope.rep("ana")).value == pytest.approx(74)


def test_win_rate_is_by_count_and_the_one_by_value_says_so(acme: Store) -> None:
    assert read(acme, "win_rate", Scope.rep("ana")).value == pytest.approx(2 / 3)
    by_value = read(acme, "win_rate_by_value", Scope.rep("ana"))
    assert by_value.value == pytest.approx(1)
    assert "value" in by_value.metric.name


def test_history_stays_with_the_owner_at_the_time(acme: Store) -> None:
    assert read(acme, "new_opportunities_created", Scope.rep("bob")).value == 3, "O6 began as bob's"
    assert read(acme, "opportunities_engaged", Scope.rep("bob")).value == 5, "he touched O6 while it was his"
    assert read(acme, "revenue", Scope.team("North")).value == pytest.approx(32_800), "bob's O3 was won while he was in North"
    assert read(acme, "revenue", Scope.team("South")).value == pytest.approx(11_000)


def test_several_currencies_are_never_summed_raw(acme: Store) -> None:
    assert read(acme, "revenue", Scope.rep("bob")).value == pytest.approx(8_800 + 5_000 + 6_000), "EUR 8,000 at 1.10"


def test_opportunity_with_three_contacts_counts_its_amount_once(acme: Store) -> None:
    assert read(acme, "average_deal_size", Scope.rep("ana"), FEBRUARY).value == pytest.approx(10_000), "O1"
    assert read(acme, "revenue", Scope.rep("ana"), FEBRUARY).value == pytest.approx(10_000)
    assert read(acme, "weighted_pipeline", Scope.rep("ana")).value == pytest.approx(7_500), "O6 has two contacts"


def test_split_deal_is_one_deal_and_its_credit_adds_up(acme: Store) -> None:
    assert read(acme, "sales_volume", COMPANY, MARCH).value == 2, "O4 and O5"
    assert read(acme, "revenue", COMPANY, MARCH).value == pytest.approx(25_000)


def test_open_deals_due_in_the_month_are_not_closed_in_it(acme: Store) -> None:
    reading = read(acme, "win_rate", Scope.rep("bob"), MARCH)
    assert (reading.numerator, reading.denominator) == (1, 2), "O9 was due on 1 March and is still open"


def test_distinct_counts_are_not_added_up_over_days(acme: Store) -> None:
    months = [read(acme, "accounts_touched", Scope.rep("ana"), month).value or 0 for month in (JANUARY, FEBRUARY, MARCH)]
    quarter = read(acme, "accounts_touched", Scope.rep("ana")).value
    assert months == [1, 2, 3]
    assert quarter == 4


def test_distinct_counts_are_not_added_up_over_reps(acme: Store) -> None:
    assert read(acme, "contacts_engaged", COMPANY).value == 15
    assert read(acme, "meetings_held", COMPANY).value == 9, "the meeting of two reps counts once for the company"
    assert read(acme, "meetings_per_opportunity", COMPANY).value == pytest.approx(6 / 12), "O6 had two owners"


def test_medians_are_not_averaged(acme: Store) -> None:
    assert read(acme, "sales_cycle_median", COMPANY).value == pytest.approx(83.5), "not the mean of 74 and 95.5"


def test_ratios_are_pooled_and_the_mean_of_reps_stands_beside(acme: Store) -> None:
    reading = read(acme, "win_rate", COMPANY)
    assert reading.value == pytest.approx(4 / 7)
    assert reading.mean_of_reps == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_out_of_office_replies_are_no_responses(acme: Store) -> None:
    assert read(acme, "responses", Scope.rep("ana"), Period.between(date(2026, 1, 12), date(2026, 1, 13))).value == 0
    assert read(acme, "responses", Scope.rep("ana"), JANUARY).value == 1, "the human reply two days later"


def test_calendar_answers_and_bounces_are_no_responses(acme: Store) -> None:
    assert read(acme, "responses", Scope.rep("ana"), FEBRUARY).value == 0
    assert read(acme, "responses", Scope.rep("ana"), Period.between(date(2026, 3, 1), date(2026, 3, 10))).value == 0


def test_each_instance_of_a_recurring_meeting_counts_on_its_date(acme: Store) -> None:
    assert read(acme, "meetings_held", Scope.rep("ana"), JANUARY).value == 3
    assert read(acme, "meetings_held", Scope.rep("ana"), FEBRUARY).value == 1, "the fourth was cancelled; M14"


def test_reopened_deal_counts_once_at_its_final_close(acme: Store) -> None:
    assert read(acme, "win_rate", Scope.rep("bob"), JANUARY).value is None
    assert read(acme, "win_rate", Scope.rep("bob"), JANUARY, date(2026, 1, 31)).value == 0, "lost, as known then"
    assert read(acme, "sales_volume", Scope.rep("bob")).value == 2


def test_merged_deal_counts_under_the_survivor(acme: Store) -> None:
    assert read(acme, "pipeline_generated", Scope.rep("bob")).value == pytest.approx(18_000), "O7 was O6 twice"


def test_period_before_is_of_the_same_grain(acme: Store) -> None:
    assert Q1.before() == Period.containing("quarter", date(2025, 10, 1), SETTINGS)
    assert Q1.before().first == date(2025, 10, 1), "not 90 days back, 3 October"
    assert read(acme, "new_opportunities", COMPANY, Q1.before()).value == 5, "O15 on 1 October, O3, O1, O9, O5"


def test_midnight_utc_is_not_shifted_into_another_day(acme: Store) -> None:
    february = read(acme, "win_rate", Scope.rep("bob"), FEBRUARY)
    assert (february.numerator, february.denominator) == (1, 2), "O14 was lost on 28 February in New York, 1 March in UTC"
    eleventh = Period.between(date(2026, 2, 11), date(2026, 2, 12))
    assert read(acme, "emails_sent", Scope.rep("ana"), eleventh).value == 1, "sent at 0:30 in Paris, the day before in UTC"


def test_dates_without_time_are_never_shifted(acme: Store) -> None:
    ninth = Period.between(date(2026, 2, 9), date(2026, 2, 10))
    assert read(acme, "sales_volume", Scope.rep("bob"), ninth).value == 1, "the close date, not the day O3 was moved to won"


def test_two_of_two_is_not_ranked_above_forty_five_of_sixty(acme: Store) -> None:
    few, many = wilson(2, 2), wilson(45, 60)
    assert few is not None
    assert many is not None
    assert few[0] < many[0]
    reading = read(acme, "no_show_rate", Scope.rep("bob"))
    assert reading.interval is not None, "0 of 3 is shown with how little it says"
    assert reading.interval[1] > 0.3


def test_costs_one_cycle_earlier_are_those_of_the_days_that_are_over(acme: Store) -> None:
    reading = read(acme, "customer_acquisition_cost_lagged", COMPANY, as_of=date(2026, 2, 10))
    assert reading.value is None, "1 January – 10 February moved back 86 days ends before any cost"
