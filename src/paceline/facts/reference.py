"""Tables made from calendars: what the clock, the money and the working day are on each day. Python makes them, once a year.

Their years are whole: from 1 January of the first record's year to 31 December of the year of the last record + 400 days, so that
a day's load changes nothing in them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from paceline.facts import schema
from paceline.facts.queries import Queries
from paceline.facts.tables import Tables
from paceline.sales.records import BY_NAME, Type

MARGIN_DAYS = 400
EARLIEST, LATEST = date(1970, 1, 1), date(2100, 1, 1)  # dates outside are slips of the pen: they have no local day
_EPOCH = date(1970, 1, 1)
_DAY = 86_400
READ = ("rep", "rep_role", "absence", "holiday", "exchange_rate")  # the record tables that reference tables are made of

Days = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Years:
    """Days of whole years: ``first`` is in, ``until`` is out; days since 1970."""

    first: int
    until: int

    @property
    def days(self) -> Days:
        """Each day."""
        return np.arange(self.first, self.until, dtype=np.int64)

    def joined(self, other: Years) -> Years:
        """The smallest range of years that has both."""
        return Years(min(self.first, other.first), max(self.until, other.until))


EMPTY = Years(0, 365)  # of a store without a dated record


def build(queries: Queries, years: Years) -> None:
    """Write ref_zone_offset, ref_rate and ref_workday for those years."""
    t = queries.t
    for name, table in (("zone_offset", zone_offsets(_zones(queries), t.settings.time_zone, years)),
                        ("rate", _rates(queries, years)), ("workday", _workdays(queries, years))):
        queries.engine.put(f"{t.prefix}ref_{name}", table)


def years_of(queries: Queries, names: Iterable[str] = tuple(BY_NAME)) -> Years | None:
    """The years that the instants and close days in those record tables need; None where there are none."""
    found: list[int] = []
    for name in names:
        if _dated_columns(name):
            row = queries.rows(f"years {name}", partial(_ends_of, record=name)).to_pylist()[0]
            found += [_as_day(column, value) for column, value in row.items() if value is not None]
    usual = [day for day in found if _number(EARLIEST) <= day < _number(LATEST)]
    if not usual:
        return None
    last = _date(min(max(usual) + MARGIN_DAYS, _number(LATEST) - 1))
    return Years(_number(date(_date(min(usual)).year, 1, 1)), _number(date(last.year + 1, 1, 1)))


def _ends(table: ir.Table, columns: Iterable[str]) -> ir.Table:
    return table.aggregate(**{f"{end}_{column}": getattr(table[column], end)() for column in columns for end in ("min", "max")})


def _ends_of(t: Tables, record: str) -> ir.Table:
    return _ends(t.rec(record), _dated_columns(record))


def stored_years(queries: Queries) -> Years:
    """The years that the stored tables have."""
    row = queries.rows("stored years", lambda t: _ends(t.ref("zone_offset"), ("utc_day",))).to_pylist()[0]
    return Years(row["min_utc_day"], row["max_utc_day"] + 1)


def zone_offsets(zones: Iterable[str], fallback: str, years: Years) -> pa.Table:
    """`ref_zone_offset` for those zones; a zone that nobody knows has the fallback's offsets, so that no day goes missing."""
    rows: list[tuple[str, int, int, int, int]] = []
    for name in sorted(set(zones) | {fallback}):
        zone = _zone(name, fallback)
        offset = _offset(zone, years.first * _DAY)
        for day in range(years.first, years.until):
            after = _offset(zone, (day + 1) * _DAY)
            if after == offset:
                rows.append((name, day, 0, _DAY, offset))
            else:
                second = _change(zone, day * _DAY, offset)
                rows += [(name, day, 0, second, offset), (name, day, second, _DAY, after)] if second < _DAY else \
                    [(name, day, 0, _DAY, offset)]
            offset = after
    return _table("zone_offset", list(zip(*rows, strict=True)))


def _zone(name: str, fallback: str) -> ZoneInfo:
    for candidate in (name, fallback):
        try:
            return ZoneInfo(candidate)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return ZoneInfo("UTC")


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at, UTC).astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _change(zone: ZoneInfo, start: int, offset: int) -> int:
    """The first second of the UTC day starting at ``start`` with another offset than ``offset`` (bisection)."""
    low, high = 0, _DAY
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, start + middle) == offset else (low, middle)
    return high


def _rates(queries: Queries, years: Years) -> pa.Table:
    """`ref_rate`: each rate on every day until the currency's next; the company's own currency is always 1."""
    t, rows = queries.t, _records(queries, "exchange_rate")
    values = {t.settings.currency: np.ones(years.until - years.first)}
    for row in sorted(rows, key=lambda r: (r["from_day"], r["id"])):
        if row["currency"] != t.settings.currency:
            line = values.setdefault(row["currency"], np.full(years.until - years.first, np.nan))
            line[max(row["from_day"] - years.first, 0):] = row["rate"]
    parts = []
    for currency, line in sorted(values.items()):
        known = ~np.isnan(line)
        parts.append(_table("rate", [[currency] * int(known.sum()), years.days[known], line[known]]))
    return pa.concat_tables(parts)


def _zones(queries: Queries) -> list[str]:
    return sorted({str(rep["time_zone"]) for rep in _records(queries, "rep") if rep["time_zone"] is not None})


def _records(queries: Queries, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = queries.rows(f"all {name}", lambda t: t.rec(name)).to_pylist()
    return rows


def _workdays(queries: Queries, years: Years) -> pa.Table:
    """`ref_workday` of every rep: the working hours of his role then, without days off."""
    t = queries.t
    reps = sorted(_records(queries, "rep"), key=lambda r: str(r["id"]))
    roles = _by(_records(queries, "rep_role"), "rep_id")
    away = _by(_records(queries, "absence"), "rep_id")
    holidays = _by(_records(queries, "holiday"), "calendar")
    clock = _Clock(years, t.settings.time_zone)
    parts = [_table("workday", [[], [], [], [], []])]
    for rep in reps:
        off = _days_off(rep, away.get(rep["id"], []), holidays.get(rep["holiday_calendar"], []), years)
        start, seconds = _hours(clock, rep["time_zone"] or t.settings.time_zone, roles.get(rep["id"], []), t)
        seconds[off] = 0
        parts.append(_table("workday", [pa.repeat(pa.scalar(rep["id"]), len(start)), years.days, start, seconds,
                                        np.cumsum(seconds) - seconds]))
    return pa.concat_tables(parts)


def _by(rows: list[dict[str, object]], column: str) -> dict[object, list[dict[str, object]]]:
    grouped: dict[object, list[dict[str, object]]] = {}
    for row in rows:
        grouped.setdefault(row[column], []).append(row)
    return grouped


def _days_off(rep: dict[str, object], absences: list[dict[str, object]], holidays: list[dict[str, object]],
              years: Years) -> npt.NDArray[np.bool_]:
    """Days before hire, after leaving, holidays and absences."""
    ranges = [(row["from_day"], row["until_day"]) for row in absences]
    ranges += [(row["day"], _int(row["day"]) + 1) for row in holidays]
    if rep["hired_day"] is not None:
        ranges.append((years.first, rep["hired_day"]))
    if rep["left_day"] is not None:
        ranges.append((rep["left_day"], years.until))
    off = np.zeros(years.until - years.first, dtype=np.bool_)
    for first, until in ranges:
        off[max(_int(first) - years.first, 0):max(_int(until) - years.first, 0)] = True
    return off


def _hours(clock: _Clock, zone: str, roles: list[dict[str, object]], t: Tables) -> tuple[Days, Days]:
    """Start of work and seconds of work on each day, days off not yet taken out."""
    settings, years = t.settings, clock.years
    start, seconds = clock.work(zone, settings.work_days, settings.work_start_minute, settings.work_end_minute)
    start, seconds = start.copy(), seconds.copy()
    for role in sorted(roles, key=lambda r: (_int(r["from_day"]), str(r["id"]))):
        opens, closes = (given if given is not None else usual for given, usual in (
            (role["work_start_minute"], settings.work_start_minute), (role["work_end_minute"], settings.work_end_minute)))
        own_start, own_seconds = clock.work(zone, str(role["work_days"] or settings.work_days), _int(opens), _int(closes))
        until = years.until if role["until_day"] is None else _int(role["until_day"])
        cut = slice(max(_int(role["from_day"]) - years.first, 0), max(until - years.first, 0))
        start[cut], seconds[cut] = own_start[cut], own_seconds[cut]
    return start, seconds


class _Clock:
    """Working hours in a zone, each computed once: few reps have their own."""

    def __init__(self, years: Years, fallback: str) -> None:
        self.years, self._fallback = years, fallback
        self._instants: dict[tuple[str, int], Days] = {}
        self._work: dict[tuple[str, str, int, int], tuple[Days, Days]] = {}

    def work(self, zone: str, week: str, opens: int, closes: int) -> tuple[Days, Days]:
        """Start of work and seconds of work on each day, by wall clock."""
        key = (zone, week, opens, closes)
        if key not in self._work:
            start = self._at(zone, opens)
            worked = np.isin((self.years.days + 3) % 7 + 1, [int(day) for day in week if day.isdigit()])  # day 0 was a Thursday
            self._work[key] = start, np.where(worked, np.maximum(self._at(zone, closes) - start, 0), 0)
        return self._work[key]

    def _at(self, zone: str, minute: int) -> Days:
        key = (zone, minute)
        if key not in self._instants:
            info = _zone(zone, self._fallback)
            wall = [datetime(1970, 1, 1) + timedelta(days=int(day), minutes=minute) for day in self.years.days]
            self._instants[key] = np.array([int(w.replace(tzinfo=info).timestamp()) for w in wall], dtype=np.int64)
        return self._instants[key]


def _dated_columns(name: str) -> tuple[str, ...]:
    columns = [column.name for column in BY_NAME[name].columns if column.type is Type.AT]
    return (*columns, "close_day") if name == "opportunity" else tuple(columns)


def _as_day(column: str, value: int) -> int:
    return value if column.endswith("close_day") else value // _DAY


def _number(day: date) -> int:
    return (day - _EPOCH).days


def _date(day: int) -> date:
    return _EPOCH + timedelta(days=day)


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


_ARROW = {Type.TEXT: pa.string(), Type.INTEGER: pa.int64(), Type.NUMBER: pa.float64(), Type.AT: pa.int64(), Type.DAY: pa.int32()}
_SCHEMAS = {
    reference.name: pa.schema([(column.name, _ARROW[column.type]) for column in reference.columns])
    for reference in schema.REFERENCES
}


def _table(name: str, columns: list[object]) -> pa.Table:
    shape = _SCHEMAS[name]
    arrays = [pa.array(column, type=field.type) if not isinstance(column, pa.Array) else column.cast(field.type)
              for column, field in zip(columns, shape, strict=True)]
    return pa.Table.from_arrays(arrays, schema=shape)


