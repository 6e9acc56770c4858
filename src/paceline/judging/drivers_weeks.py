"""What everybody did in the last whole weeks: in them a driver's turn is looked for, and told from what all did that week.

The same for whomever one looks at, so it is worked out once for a view of the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from paceline.judging.drivers_read import Family, quantities
from paceline.judging.people import workdays
from paceline.metrics.store import Store
from paceline.sales.periods import Period
from paceline.sales.scope import Scope

Floats = npt.NDArray[np.float64]
TURN_WEEKS = 40  # in which a turn is looked for


@dataclass(frozen=True)
class Weeks:
    """``values``: people × weeks × quantities (NaN: unknown); ``days``: people × weeks, working days."""

    mondays: tuple[date, ...]
    row: Mapping[str, int]
    names: tuple[str, ...]
    values: Floats
    days: Floats

    def together(self, reps: Iterable[str]) -> tuple[dict[str, Floats], Floats]:
        """(quantity → its sum by week, working days by week) of these people. Unknown ones are left out; of all: unknown."""
        mine = [self.row[rep] for rep in reps if rep in self.row]
        some = self.values[mine]
        sums = np.where(np.isfinite(some).any(axis=0), np.nansum(some, axis=0), np.nan)
        return {name: sums[:, place] for place, name in enumerate(self.names)}, self.days[mine].sum(axis=0)


def weeks_until(store: Store, family: Family, end: date, as_of: date | None = None) -> Weeks:
    """Everybody's last TURN_WEEKS weeks before a Monday."""
    return store.view(as_of).once(("weeks", family.metric, end), lambda: _read(store, family, end, as_of))


def _read(store: Store, family: Family, end: date, as_of: date | None) -> Weeks:
    mondays = tuple(end - timedelta(weeks=back) for back in range(TURN_WEEKS, 0, -1))
    periods = [Period.between(monday, monday + timedelta(weeks=1)) for monday in mondays]
    found = quantities(store, family, Scope.company(), periods, as_of)
    work = workdays(store, Scope.company(), mondays[0], end, as_of)
    reps = sorted({rep for rep, _ in found} | set(work.reps))
    row, week = {rep: place for place, rep in enumerate(reps)}, {period: place for place, period in enumerate(periods)}
    names = tuple(next(iter(found.values()))) if found else ()
    values = np.full((len(reps), len(periods), len(names)), np.nan)
    for (rep, period), of in found.items():
        values[row[rep], week[period]] = [of[name] for name in names]
    days = np.zeros((len(reps), len(periods)))
    days[[row[rep] for rep in work.reps]] = np.nansum(work.days.reshape(len(work.reps), len(periods), 7), axis=2)
    return Weeks(mondays, row, names, values, days)
