"""When a person may be told something: not in quiet hours, not on days off, not while she is away. Pure; all in her own zone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAYS = 60  # looked ahead: who is away for longer is told then, as long as it isn't too late


@dataclass(frozen=True)
class Hours:
    """``quiet_from`` to ``quiet_until``: minutes after midnight, over midnight where the first is the later, nothing where they
    are the same. ``free``: whether a day is one on which she isn't told anything. ``morning``: when her morning message comes.
    """

    zone: ZoneInfo
    quiet_from: int
    quiet_until: int
    morning: int
    free: Callable[[date], bool]

    def next_allowed(self, now: datetime) -> datetime:
        """The first moment from now on at which she may be told something (UTC)."""
        local = now.astimezone(self.zone)
        for _ in range(_DAYS):
            if self.free(local.date()):
                local = self._at(local.date() + timedelta(days=1), 0)
            elif self._quiet(local):
                local = self._end(local)
            else:
                break
        return local.astimezone(UTC)

    def morning_of(self, now: datetime) -> tuple[date, datetime] | None:
        """The day, and until when its morning message may be sent (UTC): until noon, or for four hours. None: it isn't the time,
        or no day for it.
        """
        day = now.astimezone(self.zone).date()
        begin = self._at(day, self.morning)
        until = max(self._at(day, 12 * 60), begin + timedelta(hours=4))
        if not begin <= now <= until or self.free(day):
            return None
        return day, until.astimezone(UTC)

    def _quiet(self, local: datetime) -> bool:
        minute = local.hour * 60 + local.minute
        if self.quiet_from == self.quiet_until:
            return False
        if self.quiet_from < self.quiet_until:
            return self.quiet_from <= minute < self.quiet_until
        return minute >= self.quiet_from or minute < self.quiet_until

    def _end(self, local: datetime) -> datetime:
        """When the quiet hours that hold now are over."""
        today = self._at(local.date(), self.quiet_until)
        return today if today > local else self._at(local.date() + timedelta(days=1), self.quiet_until)

    def _at(self, day: date, minute: int) -> datetime:
        """A wall clock's time; one that is skipped when clocks go forward is the moment after."""
        wall = datetime.combine(day, time(minute // 60 % 24, minute % 60), self.zone)
        return wall.astimezone(UTC).astimezone(self.zone)
