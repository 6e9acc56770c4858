"""Periods: half-open, exact, and readable both ways."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.sales.periods import GRAINS, Period, PeriodError, epoch_day, from_epoch_day, parse
from paceline.sales.settings import Settings

DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))
GRAIN = st.sampled_from([grain for grain in GRAINS if grain != "range"])
SETTINGS = st.builds(Settings, fiscal_start_month=st.integers(1, 12), week_start=st.integers(1, 7))
TODAY = date(2026, 8, 5)


@given(GRAIN, DAYS, SETTINGS)
def test_a_period_contains_its_day(grain: str, day: date, settings: Settings) -> None:
    period = Period.containing(grain, day, settings)
    assert period.first <= day < period.until


@given(GRAIN, DAYS, SETTINGS)
def test_the_one_before_ends_where_this_begins_and_has_the_same_grain(grain: str, day: date, settings: Settings) -> None:
    period = Period.containing(grain, day, settings)
    before = period.before()
    assert (before.until, before.grain) == (period.first, grain)
    assert before == Period.containing(grain, before.until - timedelta(days=1), settings)
    assert before.after() == period


@given(GRAIN, DAYS, SETTINGS)
def test_a_split_covers_every_day_once(grain: str, day: date, settings: Settings) -> None:
    period = Period.containing(grain, day, settings)
    for finer in ("day", "week", "month"):
        parts = period.split(finer, settings)
        assert (parts[0].first, parts[-1].until) == (period.first, period.until)
        assert all(left.until == right.first for left, right in pairwise(parts))


@given(GRAIN, DAYS, SETTINGS)
def test_a_year_before_is_of_the_same_kind(grain: str, day: date, settings: Settings) -> None:
    period = Period.containing(grain, day, settings)
    earlier = period.year_before()
    assert 363 <= (period.first - earlier.first).days <= 366
    assert abs(earlier.days - period.days) <= 1


@given(DAYS)
def test_epoch_days_go_both_ways(day: date) -> None:
    assert from_epoch_day(epoch_day(day)) == day


def test_the_quarter_before_the_first_begins_on_1_october() -> None:
    quarter = parse("2026-Q1", Settings(), TODAY)
    assert quarter.before() == Period("quarter", date(2025, 10, 1), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("text", "first", "until", "label"),
    [
        ("2026", date(2026, 1, 1), date(2027, 1, 1), "2026"),
        ("2026-Q3", date(2026, 7, 1), date(2026, 10, 1), "Q3 2026"),
        ("2024-02", date(2024, 2, 1), date(2024, 3, 1), "February 2024"),
        ("2026-W30", date(2026, 7, 20), date(2026, 7, 27), "week of 20 July 2026"),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 4), "week of 28 December 2020"),
        ("FY26-Q2", date(2026, 1, 1), date(2026, 4, 1), "FY26 Q2"),
        ("FY2026", date(2025, 10, 1), date(2026, 10, 1), "FY26"),
        ("2026-01-15..2026-03-01", date(2026, 1, 15), date(2026, 3, 1), "15 January 2026 – 28 February 2026"),
        ("last_quarter", date(2026, 4, 1), date(2026, 7, 1), "Q2 2026"),
        ("this month", date(2026, 8, 1), date(2026, 9, 1), "August 2026"),
        ("trailing_28", date(2026, 7, 9), date(2026, 8, 6), "28 days to 5 August 2026"),
        ("yesterday", date(2026, 8, 4), date(2026, 8, 5), "4 August 2026"),
    ],
)
def test_words_and_labels(text: str, first: date, until: date, label: str) -> None:
    period = parse(text, Settings(fiscal_start_month=10), TODAY)
    assert (period.first, period.until, period.label) == (first, until, label)


def test_a_fiscal_year_that_starts_in_january_is_the_calendar_year() -> None:
    assert parse("FY26-Q2", Settings(), TODAY) == Period("fiscal_quarter", date(2026, 4, 1), date(2026, 7, 1))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("last_quater", "did you mean 'last_quarter'"),
        ("2026-13", "no such date"),
        ("2026-03-01..2026-01-01", "end after it begins"),
        ("soon", "2026-Q3"),
    ],
)
def test_a_word_not_understood_says_what_to_write(text: str, word: str) -> None:
    with pytest.raises(PeriodError, match=word):
        parse(text, Settings(), TODAY)
