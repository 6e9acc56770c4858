"""A count's own past weeks from a store, as the forecast of counts wants them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from paceline.insight.forecast_counts import WEEKS, OpenDays, forecast_counts
from paceline.judging.goals_calendar import calendar
from paceline.metrics.ask import ask
from paceline.metrics.store import Store
from paceline.sales.periods import EPOCH, Period, add_months, from_epoch_day
from paceline.sales.scope import Scope
from paceline.stats.pool import tally

Floats = npt.NDArray[np.float64]
Rows = dict[str, list[Any]]

ACTIVE_WEEKS = 26  # whoever counted nothing in these is foretold nothing; the own average is theirs, too
_COLUMNS = ("rep_id", "team", "day", "value")


@dataclass(frozen=True)
class CountDraws:
    """By rep: draws of the days to come, and what own average and the days just past would say of them."""

    reps: tuple[str, ...]
    draws: Floats  # (reps, draws)
    average: Floats
    last: Floats
    shared: float = 1.0  # the company's reading ÷ the sum of its reps' of the past weeks


def week_rows(store: Store, metric: str, now: int, weeks: int, as_of: date | None = None) -> Rows:
    """Plain rows (rep_id, team, day, value) of the weeks of seven days up to, and without, day ``now``; unknown ones left out.

    A rep's weeks begin with their first one here; who has left by ``now`` isn't in it.
    """
    periods = [Period.between(from_epoch_day(now - 7 * back - 7), from_epoch_day(now - 7 * back)) for back in range(weeks)]
    gone = {stint.rep_id for stint in store.view(as_of).stints if stint.left_day is not None and stint.left_day <= now}
    return _rows(store, metric, periods, as_of, gone)


def day_rows(store: Store, metric: str, now: int) -> Rows:
    """The same by single days, from the first one on which the metric counts anything; days on which nothing did are left out.

    Days on which somebody wasn't here or connected are nobody's: a rep's rows begin with the first day that counts something.
    """
    (whole,) = ask(store, metric, Scope.company(), Period.between(EPOCH, from_epoch_day(now)), mean_of_reps=False)
    if not whole.value:
        return {name: [] for name in _COLUMNS}
    years = [Period.between(first, min(add_months(first, 12), from_epoch_day(now))) for first in _years(from_epoch_day(now))]
    some = [year for year in years if ask(store, metric, Scope.company(), year, mean_of_reps=False).only().value]
    days = [day for year in some for day in year.split("day", store.settings)]
    rows = _rows(store, metric, days, None, set())
    kept = [at for at, value in enumerate(rows["value"]) if value]
    return {name: [values[at] for at in kept] for name, values in rows.items()}


def _years(today: date) -> list[date]:
    """The starts of the twelve years up to a day."""
    return [add_months(today, -12 * back) for back in range(12, 0, -1)]


def _rows(store: Store, metric: str, periods: list[Period], as_of: date | None, gone: set[str]) -> Rows:
    """Rep by rep and team by team: the team is that of then."""
    hired = {stint.rep_id: stint.hired_day for stint in store.view(as_of).stints}
    rows: Rows = {name: [] for name in _COLUMNS}
    for reading in ask(store, metric, Scope.company(), periods, ("rep", "team"), as_of=as_of, mean_of_reps=False):
        rep, team, day = dict(reading.group)["rep"], dict(reading.group)["team"], reading.period.first_day
        if rep is None or reading.value is None or rep in gone:
            continue
        start = hired.get(rep)
        if start is None or reading.period.until_day > start:
            for column, value in zip(rows.values(), (rep, team, day, reading.value), strict=True):
                column.append(value)
    return rows


def count_draws(
    store: Store, metric: str, now: int, first: int, until: int, rng: np.random.Generator, draws: int, as_of: date | None = None
) -> CountDraws:
    """The days ``max(now, first) <= day < until`` of each rep whose past weeks are known and not all 0."""
    rows = week_rows(store, metric, now, WEEKS, as_of)
    late = [day >= now - 7 * ACTIVE_WEEKS for day in rows["day"]]
    active = {rep for rep, value, is_late in zip(rows["rep_id"], rows["value"], late, strict=True) if value and is_late}
    rows = _kept(rows, [rep in active for rep in rows["rep_id"]])
    reps = tuple(sorted(active))
    if not reps:
        return CountDraws((), np.zeros((0, draws)), np.zeros(0), np.zeros(0))
    begin = max(now, first)
    days = until - begin
    lines = forecast_counts(
        rows, now, begin, max(until, begin + 1), rng, draws, open_between(store, now, max(until, begin + 1), as_of)
    )
    found = {line.name: line.outlook for line in lines if line.level == "rep"}
    part = 1.0 if days > 0 else 0.0
    return CountDraws(
        reps,
        np.array([found[rep].draws * part for rep in reps]),
        _mean_weeks(rows, reps, now - 7 * ACTIVE_WEEKS) * days / 7,
        _mean_weeks(rows, reps, now - max(days, 7)) * days / 7,
        _shared(store, metric, now, sum(rows["value"]), as_of, reps),
    )


def open_between(store: Store, now: int, until: int, as_of: date | None = None) -> OpenDays:
    """Which days are open for work, and worked, from as long before ``now`` as the forecast of counts learns from."""
    first = now - 7 * WEEKS
    days = calendar(store, from_epoch_day(first), from_epoch_day(until), as_of)
    return OpenDays(first, days.full, dict(zip(days.work.reps, np.nan_to_num(days.work.days), strict=True)))


def _kept(rows: Rows, some: list[bool]) -> Rows:
    return {name: [value for value, kept in zip(values, some, strict=True) if kept] for name, values in rows.items()}


def _mean_weeks(rows: Rows, reps: tuple[str, ...], since: int) -> Floats:
    """(reps,) means of the weeks that began on day ``since`` or later; 0 without any."""
    late = [day >= since for day in rows["day"]]
    who = np.searchsorted(np.array(reps), np.array(_kept(rows, late)["rep_id"], dtype=str)).astype(np.int64)
    value = np.array(_kept(rows, late)["value"], dtype=np.float64)
    return np.asarray(tally(who, len(reps), value) / np.maximum(tally(who, len(reps)), 1), dtype=np.float64)


def _shared(store: Store, metric: str, now: int, summed: float, as_of: date | None, reps: tuple[str, ...]) -> float:
    """How much counts for all together of what counts for each: a meeting of two reps counts for both, and once for all."""
    past = Period.between(from_epoch_day(now - 7 * WEEKS), from_epoch_day(now))
    whole = ask(store, metric, Scope.reps(reps), past, as_of=as_of, mean_of_reps=False).only().value
    return min(1.0, whole / summed) if whole and summed else 1.0
