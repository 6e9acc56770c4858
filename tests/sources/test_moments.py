"""Dates and times as people write them: what each text must mean, or that it must be refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.sources.files import swift
from paceline.sources.files.moments import FormatError, Moment, compile_format, read_moment
from paceline.sources.files.remarks import Remark

# Text → the date, without a format said.
DAYS = {
    "2020-01-05": "2020-01-05",
    "2020-02-29": "2020-02-29",
    "2021-02-29": None,
    "2020-02-30": None,
    "2020-13-01": None,
    "2020-00-10": None,
    "2020-01-00": None,
    "2020-1-5": None,
    "20200105": None,
    "2020/01/05": "2020-01-05",
    "2020/1/5": "2020-01-05",
    "2020.01.05": "2020-01-05",
    "31/12/2020": "2020-12-31",
    "12/31/2020": "2020-12-31",
    "31.12.2020": "2020-12-31",
    "31-12-2020": "2020-12-31",
    "03/04/2020": None,
    "3.4.2020": None,
    "05/05/2020": "2020-05-05",
    "32/12/2020": None,
    "31/13/2020": None,
    "1/2/20": None,
    "5 Jan 2020": "2020-01-05",
    "05-Jan-2020": "2020-01-05",
    "Jan 5, 2020": "2020-01-05",
    "January 5, 2020": "2020-01-05",
    "5 janvier 2020": None,
    "31 Sep 2020": None,
    "Sept 5, 2020": "2020-09-05",
    "43831": None,
    "today": None,
    "": None,
    "0000-00-00": None,
    "1899-12-31": None,
    "2201-01-01": None,
    "1900-01-01": "1900-01-01",
    "2020-01-05x": None,
    " 2020-01-05": None,
    "2020-01-05T10:00:00": "2020-01-05",
    "２０２０-01-05": None,
    "2020-W01-1": None,
    "2020-005": None,
    "12/2020": None,
    "2020": None,
    "1/1/1/2020": None,
    "31/12-2020": None,
}
# Text → instant in UTC (naive ones as if UTC).
INSTANTS = {
    "2020-01-05T10:20:30Z": (2020, 1, 5, 10, 20, 30),
    "2020-01-05 10:20:30": (2020, 1, 5, 10, 20, 30),
    "2020-01-05T10:20": (2020, 1, 5, 10, 20),
    "2020-01-05T10:20:30+02:00": (2020, 1, 5, 8, 20, 30),
    "2020-01-05T10:20:30-0530": (2020, 1, 5, 15, 50, 30),
    "2020-01-05T10:20:30.999Z": (2020, 1, 5, 10, 20, 30),
    "2020-01-05 10:20:30 UTC": (2020, 1, 5, 10, 20, 30),
    "2020-01-05T24:00:00Z": None,
    "2020-01-05T10:60:00Z": None,
    "2020-01-05T10:20:60Z": None,
    "2020-01-05T10:20:30+15:00": None,
    "2020-01-05T10:20:30+01:75": None,
    "2020-01-05T10Z": None,
    "2020-01-05T1:20:30Z": None,
    "31/12/2020 23:59:59": (2020, 12, 31, 23, 59, 59),
    "2020-01-05": (2020, 1, 5),
    "2020-01-05T10:20:30+02": (2020, 1, 5, 8, 20, 30),
    "2020-01-05T10:20:30CET": None,
}
FORMATS = [
    ("03/04/2020", ["%d/%m/%Y"], "2020-04-03"),
    ("03/04/2020", ["%m/%d/%Y"], "2020-03-04"),
    ("3.4.20", ["%d.%m.%y"], "2020-04-03"),
    ("3.4.70", ["%d.%m.%y"], "1970-04-03"),
    ("2020-04-03", ["%d/%m/%Y"], None),
    ("2020-04-03", ["%d/%m/%Y", "iso"], "2020-04-03"),
    ("31/02/2020", ["%d/%m/%Y"], None),
    ("04-Mar-2020", ["%d-%b-%Y"], "2020-03-04"),
    ("Tue 03 March 2020", ["%a %d %B %Y"], "2020-03-03"),
    ("43831", ["excel"], "2020-01-01"),
    ("42369", ["excel1904"], "2020-01-01"),
    ("60", ["excel"], None),
    ("61", ["excel"], "1900-03-01"),
    ("1577836800", ["epoch"], "2020-01-01"),
    ("1577836800000", ["epoch_ms"], "2020-01-01"),
    ("99999999999999999", ["epoch"], None),
    ("abc", ["excel"], None),
    ("20200403", ["%Y%m%d"], "2020-04-03"),
    ("12/31/2020", ["%d/%m/%Y", "%m/%d/%Y"], "2020-12-31"),
    ("03/04/2020 01:30 PM", ["%d/%m/%Y %I:%M %p"], "2020-04-03"),
    ("03/04/2020 13:30 PM", ["%d/%m/%Y %I:%M %p"], None),
    ("nan", ["excel"], None),
]


def timegm(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> float:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()


def day_of(found: Moment | Remark) -> str | None:
    return None if isinstance(found, Remark) else str(date(1970, 1, 1) + timedelta(days=found.day))


@pytest.mark.parametrize(("text", "expected"), DAYS.items())
def test_days(text: str, expected: str | None) -> None:
    assert day_of(read_moment(text)) == expected


@pytest.mark.parametrize(("text", "expected"), INSTANTS.items())
def test_instants(text: str, expected: tuple[int, ...] | None) -> None:
    found = read_moment(text)
    seconds = None if isinstance(found, Remark) else found.seconds
    moment = None if expected is None else int(timegm(*expected))
    assert seconds == moment


@pytest.mark.parametrize(("text", "formats", "expected"), FORMATS)
def test_formats(text: str, formats: list[str], expected: str | None) -> None:
    assert day_of(read_moment(text, tuple(formats))) == expected


def test_an_ambiguous_date_names_both_readings() -> None:
    found = read_moment("03/04/2020")
    assert isinstance(found, Remark)
    assert "2020-04-03 or 2020-03-04" in found.wrong
    assert "%d/%m/%Y" in found.remedy


def test_twelve_hour_clock() -> None:
    clock = {text: read_moment(f"2020-01-01 {text}", ("%Y-%m-%d %I:%M %p",)) for text in ("12:30 AM", "12:30 PM", "01:00 pm")}
    midnight = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
    assert [m.seconds - midnight for m in clock.values() if isinstance(m, Moment)] == [1800, 45000, 46800]


def test_excel_time_is_to_the_second() -> None:
    found = read_moment("43831.75", ("excel",))
    assert isinstance(found, Moment)
    assert found.seconds == int(datetime(2020, 1, 1, 18, tzinfo=UTC).timestamp())


@pytest.mark.parametrize("written", ["%Q", "%Y-%m", "%d/%m/%Y %d", "plain", "%", "%I:%M %d %m %Y"])
def test_bad_formats_say_so(written: str) -> None:
    with pytest.raises(FormatError):
        compile_format(written)


moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 12, 31))


@given(
    st.lists(
        st.tuples(moments, st.integers(-14 * 60, 14 * 60), st.sampled_from(["day", "plain", "T", "Z", "offset"])), max_size=20
    )
)
def test_whole_columns_read_as_single_values_do(rows: list[tuple[datetime, int, str]]) -> None:
    texts = [spelled(moment.replace(microsecond=0), minutes, how) for moment, minutes, how in rows] + [
        "2020-02-30",
        "xxxx-xx-xx",
        "2020-01-01T25:00:00",
    ]
    seconds, good, zoned = swift.iso_moments(pa.array(texts), (10, 19, 20, 25))
    for index, text in enumerate(texts):
        found = read_moment(text)
        assert good[index] == isinstance(found, Moment)
        if isinstance(found, Moment):
            assert (seconds[index], zoned[index]) == (found.seconds, found.zoned)


def spelled(moment: datetime, minutes: int, how: str) -> str:
    if how == "offset":
        return moment.replace(tzinfo=timezone(timedelta(minutes=minutes))).isoformat()
    return {
        "day": moment.date().isoformat(),
        "plain": moment.isoformat(" "),
        "T": moment.isoformat(),
        "Z": moment.isoformat() + "Z",
    }[how]


@given(
    st.lists(moments, min_size=1, max_size=20),
    st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
)
def test_a_zones_clock_is_taken_to_utc(clocks: list[datetime], zone: str) -> None:
    whole = [clock.replace(microsecond=0) for clock in clocks]
    local = np.array([(clock - datetime(1970, 1, 1)) // timedelta(seconds=1) for clock in whole], np.int64)
    expected = [int((clock.replace(tzinfo=ZoneInfo(zone)) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) for clock in whole]
    assert swift.to_utc(local, zone).tolist() == expected


@given(st.lists(st.integers(-(10**16), 10**16), min_size=1), st.lists(st.text(max_size=8)))
def test_cents_of_whole_columns_are_exact(values: list[int], junk: list[str]) -> None:
    texts = [f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}" for value in values]
    found, good = swift.cents(pa.array(texts + junk))
    assert found[: len(values)].tolist() == values
    assert good[: len(values)].all()


@given(st.text(max_size=24))
def test_any_text_is_a_moment_or_a_remark(text: str) -> None:
    read_moment(text)
    read_moment(text, ("%d/%m/%Y", "excel", "epoch", "iso"))
