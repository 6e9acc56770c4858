"""Local time, vectorised: each zone's offset on each day is looked up once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from .draw import Ints

EPOCH = date(1970, 1, 1)
DAY_SECONDS = 86_400


def epoch_day(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def as_date(day: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=int(day))


@dataclass(frozen=True)
class Clock:
    """Offsets of every zone, ``(zones, days)`` seconds east of UTC, from ``first_day`` on.

    An offset is that of local noon, so times in the hours around a clock change may be off by the change: our people sleep then.
    """

    zones: tuple[str, ...]
    first_day: int
    offsets: Ints

    def offset(self, zone: Ints, day: Ints) -> Ints:
        """Seconds east of UTC on that day; days outside of the table take its nearest one."""
        return np.asarray(self.offsets[zone, np.clip(day - self.first_day, 0, self.offsets.shape[1] - 1)])

    def instant(self, zone: Ints, day: Ints, second: Ints) -> Ints:
        """Seconds since 1970 UTC of a local day and second of that day."""
        return np.asarray(day * DAY_SECONDS + second - self.offset(zone, day))

    def local(self, zone: Ints, instant: Ints) -> tuple[Ints, Ints]:
        """(day, second of the day) on the zone's wall clock."""
        shifted = instant + self.offset(zone, instant // DAY_SECONDS)
        return shifted // DAY_SECONDS, shifted % DAY_SECONDS


def make_clock(zones: tuple[str, ...], first_day: int, until_day: int) -> Clock:
    """The clock of these zones over ``first_day`` to ``until_day`` (not included)."""
    noons = [datetime.combine(as_date(day), datetime.min.time()).replace(hour=12) for day in range(first_day, until_day)]
    rows = [[_seconds_east(noon, ZoneInfo(zone)) for noon in noons] for zone in zones]
    return Clock(zones, first_day, np.array(rows, dtype=np.int64))


def _seconds_east(noon: datetime, zone: ZoneInfo) -> int:
    offset = noon.replace(tzinfo=zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
