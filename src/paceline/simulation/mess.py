"""The dice and the drawer of the nasty company: days on boundaries, the same second twice, fields left empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from ..sales.records import TABLES
from ..sales.settings import Settings
from .clock import DAY_SECONDS, as_date, epoch_day

ZONES = (
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "America/New_York",
    "Europe/Paris",
    "Pacific/Honolulu",
    "UTC",
)
OWN = ("own.example", "own-group.example")
CURRENCIES = ("USD", "EUR", "GBP", "CHF", "JPY")  # CHF has rates only from the middle on, JPY has none

T = TypeVar("T")
Row = dict[str, Any]


@dataclass
class Mess:
    """The company in the making: the dice, the window, and the rows so far by table."""

    dice: Random
    settings: Settings
    first: int  # days since 1970
    until: int
    rows: dict[str, list[Row]] = field(default_factory=lambda: {table.name: [] for table in TABLES})
    zones: dict[str, str] = field(default_factory=dict)  # of the reps
    moments: list[int] = field(default_factory=list)  # instants used so far: some are used again, to the second

    def add(self, table: str, /, **columns: Any) -> str:
        """Append a row, with the next id of its table unless one is given; returns the id."""
        rows = self.rows[table]
        columns.setdefault("id", f"{table.replace('opportunity', 'opp').replace('_', '-')}-{len(rows) + 1:04d}")
        rows.append(columns)
        return str(columns["id"])

    def ids(self, table: str) -> list[str]:
        """The ids of a table so far."""
        return [str(row["id"]) for row in self.rows[table]]

    def odds(self, probability: float) -> bool:
        """True with that probability."""
        return self.dice.random() < probability

    def some(self, pool: Sequence[T], empty: float = 0.0) -> Any:
        """One of the pool, or None with probability ``empty`` (and where the pool is empty)."""
        return None if not pool or self.odds(empty) else self.dice.choice(pool)

    def day(self, low: int | None = None, high: int | None = None) -> int:
        """A day of the window, often a boundary of a month, quarter or week."""
        low, high = self.first if low is None else low, self.until - 1 if high is None else high
        drawn = self.dice.randint(low, max(high, low))
        if self.odds(0.3):
            day = as_date(drawn).replace(day=1)
            drawn = epoch_day(day) - self.dice.choice((0, 0, 1))
        elif self.odds(0.15):
            drawn -= (drawn + 3) % 7
        return min(max(drawn, low), max(high, low))

    def at(self, low: int | None = None, high: int | None = None, rep: str | None = None) -> int:
        """An instant within days ``low`` to ``high``: now and then midnight sharp, a second beside it, or one used before."""
        zone = ZoneInfo(self.zones.get(rep or "", self.settings.time_zone))
        start = (self.first if low is None else low) * DAY_SECONDS
        end = (self.until if high is None else high + 1) * DAY_SECONDS - 1
        if self.moments and self.odds(0.08):
            at = self.dice.choice(self.moments)
        else:
            local = datetime.combine(as_date(self.day(low, high)), datetime.min.time(), tzinfo=zone)
            edge = self.odds(0.25)
            at = int(local.timestamp()) + (
                self.dice.choice((-1, 0, 1, -3600, 3600)) if edge else self.dice.randrange(DAY_SECONDS)
            )
        at = min(max(at, start), max(end, start))
        self.moments.append(at)
        return at

    def after(self, at: int, rep: str | None = None) -> int:
        """An instant at or after another one, before the end: the same second, minutes or days later, or a boundary."""
        last = self.until * DAY_SECONDS - 1
        if self.odds(0.12):
            return min(at, last)
        if self.odds(0.3):
            return min(at + self.dice.randrange(1, 7200), last)
        if self.odds(0.3):
            return max(at, self.at(at // DAY_SECONDS, min(at // DAY_SECONDS + 40, self.until - 1), rep))
        return min(at + self.dice.randrange(1, 25 * DAY_SECONDS), last)
