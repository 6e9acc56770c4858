"""How much of a period somebody is there for, and which period a range of days is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from paceline.judging.people import WorkDays, workdays
from paceline.metrics.store import Store
from paceline.sales.periods import Period, epoch_day, from_epoch_day
from paceline.sales.scope import Scope
from paceline.sales.settings import Settings

Floats = npt.NDArray[np.float64]

_GRAINS = ("quarter", "fiscal_quarter", "month", "year", "fiscal_year", "week")


def as_period(first: int, until: int, settings: Settings) -> Period:
    """The calendar period of exactly these days, so that the one before is exact; else a range."""
    begin, end = from_epoch_day(first), from_epoch_day(until)
    for grain in _GRAINS:
        whole = Period.containing(grain, begin, settings)
        if (whole.first, whole.until) == (begin, end):
            return whole
    return Period.between(begin, end)


@dataclass(frozen=True)
class Calendar:
    """Working days of a period (or several): each rep's own, and a full-timer's with the same public holidays."""

    work: WorkDays
    full: dict[str, Floats]  # by rep, a value a day from ``work.first``
    first: date

    def own(self, rep: str, period: Period) -> Floats:
        """The rep's working days, a value a day of the period; 0 where not employed."""
        if rep not in self.work.reps:
            return np.zeros(period.days)
        row = self.work.reps.index(rep)
        return np.nan_to_num(self.work.days[row, self._span(period)])

    def full_days(self, rep: str, period: Period) -> float:
        """A full-timer's working days in the period."""
        return float(self.full[rep][self._span(period)].sum()) if rep in self.full else 0.0

    def present(self, rep: str, period: Period) -> float:
        """The rep's working days as a share of a full-timer's, 0 to 1."""
        full = self.full_days(rep, period)
        return min(float(self.own(rep, period).sum()) / full, 1.0) if full else 0.0

    def _span(self, period: Period) -> slice:
        return slice((period.first - self.first).days, (period.until - self.first).days)


def calendar(store: Store, first: date, until: date, as_of: date | None = None) -> Calendar:
    """Everybody's working days on [first, until). ValueError when these are no days."""
    work = workdays(store, Scope.company(), first, until, as_of)
    tables, engine = store.view(as_of).frame.tables, store.engine
    reps = engine.query(tables.rec("rep").select("id", "holiday_calendar")).to_pylist()
    holidays: dict[str, set[int]] = {}
    for row in engine.query(tables.rec("holiday").select("calendar", "day")).to_pylist():
        holidays.setdefault(row["calendar"], set()).add(row["day"])
    begin = epoch_day(first)
    usual = [str((first + timedelta(days=day)).isoweekday()) in store.settings.work_days for day in range((until - first).days)]
    full = {}
    for row in reps:
        days = np.array(usual, dtype=np.float64)
        off = [day - begin for day in holidays.get(row["holiday_calendar"] or "", ()) if 0 <= day - begin < len(days)]
        days[off] = 0.0
        full[row["id"]] = days
    return Calendar(work, full, first)
