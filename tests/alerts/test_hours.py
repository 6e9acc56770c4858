"""When somebody may be told something: in her own zone, outside of quiet hours and days off, through changes of the clocks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.alerts.hours import Hours

BERLIN = "Europe/Berlin"
ZONES = st.sampled_from([BERLIN, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC"])
MINUTES = st.integers(0, 24 * 60 - 1)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


def _weekend(day: date) -> bool:
    return day.isoweekday() > 5


def _hours(zone: str = BERLIN, quiet: tuple[int, int] = (19 * 60, 7 * 60), free: Callable[[date], bool] = _weekend) -> Hours:
    return Hours(ZoneInfo(zone), quiet[0], quiet[1], 450, free)


def _berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN))


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-06-30 10:00", "2026-06-30 10:00"),  # a Tuesday's morning
        ("2026-06-30 19:00", "2026-07-01 07:00"),
        ("2026-06-30 03:00", "2026-06-30 07:00"),
        ("2026-07-03 20:00", "2026-07-06 07:00"),  # Friday night: Monday
        ("2026-07-04 12:00", "2026-07-06 07:00"),
        ("2026-03-27 20:00", "2026-03-30 07:00"),  # over the night in which clocks go forward
        ("2026-10-23 20:00", "2026-10-26 07:00"),  # and back
    ],
)
def test_the_next_moment(now: str, then: str) -> None:
    assert _hours().next_allowed(_berlin(now)) == _berlin(then)


@given(ZONES, MINUTES, MINUTES, MOMENTS)
def test_the_next_moment_is_allowed_and_not_before_now(zone: str, begin: int, end: int, now: datetime) -> None:
    hours = _hours(zone, (begin, end))
    found = hours.next_allowed(now)
    local = found.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    assert found >= now
    assert not _weekend(local.date())
    if begin < end:
        assert not begin <= minute < end
    elif begin > end:
        assert end <= minute < begin
    assert hours.next_allowed(found) == found


@given(ZONES, MOMENTS)
def test_without_quiet_hours_and_days_off_it_is_now(zone: str, now: datetime) -> None:
    assert _hours(zone, (600, 600), lambda _: False).next_allowed(now) == now


def test_the_morning_is_her_own_and_ends_at_noon() -> None:
    hours = _hours("America/New_York")

    def at(text: str) -> tuple[date, datetime] | None:
        return hours.morning_of(datetime.fromisoformat(text).replace(tzinfo=UTC))

    assert at("2026-06-30 11:29") is None  # 07:29 there
    assert at("2026-06-30 11:30") == (date(2026, 6, 30), datetime(2026, 6, 30, 16, tzinfo=UTC))
    assert at("2026-06-30 16:01") is None
    assert at("2026-07-04 12:00") is None  # a Saturday


def test_who_is_away_for_months_is_told_when_it_may_still_matter_or_not_at_all() -> None:
    hours = _hours(free=lambda _: True)
    now = _berlin("2026-06-30 10:00")
    assert hours.next_allowed(now) >= now + timedelta(days=30)
    assert hours.morning_of(now) is None
