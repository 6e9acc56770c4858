"""How such periods usually went, from a store: what share of the total was there after which share of the working days."""

from __future__ import annotations

from datetime import date

import numpy as np

from paceline.insight.goals_pace import Shape, shape_of
from paceline.judging.goals_calendar import calendar
from paceline.metrics.ask import ask
from paceline.metrics.store import Store
from paceline.sales.periods import Period, epoch_day
from paceline.sales.scope import Scope

SHAPE_PERIODS = 6  # earlier periods that say how a period usually goes


def usual_shape(store: Store, metric: str, period: Period, as_of: date | None = None) -> Shape:
    """The shape of the periods before, of everybody together: one person's would be mostly chance. Straight without any past."""
    earlier = [period.before()]
    while len(earlier) < SHAPE_PERIODS:
        earlier.append(earlier[-1].before())
    start = min(one.first for one in earlier)
    days = calendar(store, start, period.first, as_of)
    known = {}
    for reading in ask(store, metric, Scope.company(), earlier, ("day",), as_of=as_of, mean_of_reps=False):
        known[reading.period.first_day] = reading.value
    table = np.nansum(days.work.days, axis=0) if len(days.work.reps) else np.zeros((period.first - start).days)
    begin = epoch_day(start)
    past = []
    for one in earlier:
        done = np.array([known.get(day) or 0.0 for day in range(one.first_day, one.until_day)])
        past.append((done, table[one.first_day - begin : one.until_day - begin]))
    return shape_of(past)
