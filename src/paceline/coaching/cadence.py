"""When the two of a series meet next. All in the series' own zone: 14:00 stays 14:00 when the clocks change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NEVER, MOST_WEEKS = 0, 8


@dataclass(frozen=True)
class Cadence:
    """Every ``weeks`` weeks from the week of ``first`` on (0: by agreement), on a weekday (1: Monday), at a time in a zone."""

    weeks: int
    weekday: int
    at: time
    zone: str
    first: date

    def __post_init__(self) -> None:
        """ValueError where it names no day."""
        if not (NEVER <= self.weeks <= MOST_WEEKS and 1 <= self.weekday <= 7):
            raise ValueError(f"a series repeats every 0 to {MOST_WEEKS} weeks on a weekday from 1 to 7")

    def next_after(self, moment: datetime) -> datetime | None:
        """The first meeting after an instant; None where there is no rhythm."""
        if self.weeks == NEVER:
            return None
        zone = ZoneInfo(self.zone)
        monday = self.first - timedelta(days=self.first.isoweekday() - 1)
        start = max(moment.astimezone(zone).date(), self.first)
        passed = (start - monday).days // 7
        week = passed - passed % self.weeks
        while True:
            day = monday + timedelta(weeks=week, days=self.weekday - 1)
            found = datetime.combine(day, self.at, zone)
            if day >= self.first and found > moment:
                return found
            week += self.weeks
