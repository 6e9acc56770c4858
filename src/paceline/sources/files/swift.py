"""The common spellings of numbers, dates and times, a whole column at once. Everything else goes, value by value, the
careful way.

Each function here must agree with its counterpart in ``numbers`` and ``moments``; a property test holds them to it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from paceline.sources.files.moments import DAY_SECONDS, YEARS

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

_QUARTER = 900  # since 1972 every zone changes its clock at a multiple of 15 minutes
_SAFE_SINCE = 2 * 365 * DAY_SECONDS
_DAYS_BEFORE_MONTH = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334])
_MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def matching(column: pa.Array, pattern: str) -> Flags:
    """Which values match (nulls don't)."""
    found: Flags = pc.fill_null(pc.match_substring_regex(column, pattern), False).to_numpy(zero_copy_only=False)
    return found


def cents(column: pa.Array, pattern: str = r"^-?[0-9]{1,15}(\.[0-9]{1,2})?$") -> tuple[Ints, Flags]:
    """Plain decimals → cents, exactly; and which values were plain."""
    good = matching(column, pattern)
    out = np.zeros(len(column), np.int64)
    if good.any():
        exact = column.filter(pa.array(good)).cast(pa.decimal128(20, 2))
        # A decimal128 is a little-endian 128-bit count of hundredths: its low half is the value, as it fits 64 bits.
        halves = np.frombuffer(exact.buffers()[1], np.int64)[2 * exact.offset : 2 * (exact.offset + len(exact))]
        out[good] = halves[::2]
    return out, good


def integers(column: pa.Array) -> tuple[Ints, Flags]:
    """Plain whole numbers of up to 18 digits."""
    good = matching(column, r"^-?[0-9]{1,18}$")
    out = np.zeros(len(column), np.int64)
    if good.any():
        out[good] = column.filter(pa.array(good)).cast(pa.int64()).to_numpy(zero_copy_only=False)
    return out, good


def floats(column: pa.Array) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], Flags]:
    """Plain decimals of up to 15 digits each side."""
    good = matching(column, r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$")
    out = np.zeros(len(column), np.float64)
    if good.any():
        out[good] = column.filter(pa.array(good)).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return out, good


def iso_moments(column: pa.Array, lengths: tuple[int, ...]) -> tuple[Ints, Flags, Flags]:
    """ISO dates and times of the given lengths (10, 19, 20 or 25 characters) → seconds, which were good, which named a zone."""
    number = len(column)
    seconds, good, zoned = np.zeros(number, np.int64), np.zeros(number, np.bool_), np.zeros(number, np.bool_)
    sizes = pc.fill_null(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
    for length in lengths:
        rows = np.flatnonzero(sizes == length)
        if len(rows):
            # Values of one length lie end to end: one matrix, a row a value, a column a character.
            picked = pa.concat_arrays([column.take(pa.array(rows))])
            offsets = np.frombuffer(picked.buffers()[1], np.int32)
            start = offsets[picked.offset]
            matrix = np.frombuffer(picked.buffers()[2], np.uint8)[start : start + length * len(rows)].reshape(len(rows), length)
            seconds[rows], good[rows] = _read_matrix(matrix)
            zoned[rows] = length >= 20
    return seconds, good, zoned


def _read_matrix(matrix: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> tuple[Ints, Flags]:
    length = matrix.shape[1]
    year, ok_year = _number(matrix, 0, 4)
    month, ok_month = _number(matrix, 5, 2)
    day, ok_day = _number(matrix, 8, 2)
    good = ok_year & ok_month & ok_day & (matrix[:, 4] == ord("-")) & (matrix[:, 7] == ord("-"))
    good &= (year >= YEARS.start) & (year < YEARS.stop) & (month >= 1) & (month <= 12)
    safe = np.clip(month, 1, 12) - 1
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    good &= (day >= 1) & (day <= _MONTH_DAYS[safe] + (leap & (safe == 1)))
    past = year - 1
    days = past * 365 + past // 4 - past // 100 + past // 400 + _DAYS_BEFORE_MONTH[safe] + (leap & (safe > 1)) + day - 1 - 719_162
    seconds = days * DAY_SECONDS
    if length > 10:
        clock, ok_clock = _clock(matrix)
        seconds, good = seconds + clock, good & ok_clock
    return seconds, good


def _clock(matrix: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> tuple[Ints, Flags]:
    hour, ok_hour = _number(matrix, 11, 2)
    minute, ok_minute = _number(matrix, 14, 2)
    second, ok_second = _number(matrix, 17, 2)
    good = ok_hour & ok_minute & ok_second & (hour < 24) & (minute < 60) & (second < 60)
    good &= (
        ((matrix[:, 10] == ord("T")) | (matrix[:, 10] == ord(" "))) & (matrix[:, 13] == ord(":")) & (matrix[:, 16] == ord(":"))
    )
    clock = hour * 3600 + minute * 60 + second
    if matrix.shape[1] == 20:
        good &= matrix[:, 19] == ord("Z")
    elif matrix.shape[1] == 25:
        hours, ok_hours = _number(matrix, 20, 2)
        minutes, ok_minutes = _number(matrix, 23, 2)
        minus = matrix[:, 19] == ord("-")
        good &= ok_hours & ok_minutes & (minus | (matrix[:, 19] == ord("+"))) & (matrix[:, 22] == ord(":"))
        good &= (minutes < 60) & (hours * 60 + minutes <= 14 * 60)
        clock = clock - np.where(minus, -1, 1) * (hours * 3600 + minutes * 60)
    return clock, good


def _number(matrix: np.ndarray[tuple[int, int], np.dtype[np.uint8]], start: int, digits: int) -> tuple[Ints, Flags]:
    part = matrix[:, start : start + digits].astype(np.int64) - ord("0")
    good: Flags = np.all((part >= 0) & (part <= 9), axis=1)
    value: Ints = part @ (10 ** np.arange(digits - 1, -1, -1, dtype=np.int64))
    return value, good


def to_utc(clock: Ints, zone: str) -> Ints:
    """Seconds of a zone's clock → seconds of UTC.

    The hour that comes twice is its first; one that doesn't exist moves on by the gap.
    """
    info = ZoneInfo(zone)
    blocks = np.where(clock >= _SAFE_SINCE, clock // _QUARTER * _QUARTER, clock)
    distinct, where = np.unique(blocks, return_inverse=True)
    start = datetime(1970, 1, 1)
    offsets = np.array([_offset(info, start + timedelta(seconds=int(block))) for block in distinct], np.int64)
    result: Ints = clock - offsets[where] if len(clock) else clock
    return result


def _offset(zone: ZoneInfo, clock: datetime) -> int:
    moment = clock.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    return int((clock - moment).total_seconds())
