"""Who is judged, and how much each worked: the people of a scope on a day who sell, and their working days.

people(store, day, scope) → Person…    workdays(store, scope, first, until) → WorkDays
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from paceline.metrics.store import Store, View
from paceline.sales.periods import epoch_day, from_epoch_day
from paceline.sales.scope import Scope, Stint
from paceline.sales.settings import Settings

Floats = npt.NDArray[np.float64]

# A role with one of these words leads; whoever leads is judged as a seller only with a goal of their own.
LEADING = ("manager", "director", "head", "vp", "vice", "chief", "president", "cro", "ceo", "coo")
SELLING = ("account manager", "account director", "customer success manager", "territory manager", "client manager")
_GOAL_YEAR = 365  # days up to the day asked in which a goal of one's own says that one sells


@dataclass(frozen=True)
class Person:
    """Who sells in the scope on a day, and what they were then. ``hired`` and ``left`` are None where nobody said."""

    rep: str
    name: str
    role: str | None
    segment: str | None
    team: str | None
    manager: str | None
    territory: str | None
    hired: date | None
    left: date | None

    def tenure_days(self, day: date) -> int | None:
        """Days with the company on that day (0 on the first); None where the day of hire isn't known."""
        return None if self.hired is None else (day - self.hired).days


def people(store: Store, day: date, scope: Scope, as_of: date | None = None) -> tuple[Person, ...]:
    """Who is in the scope on that day and sells, by name then id.

    Left out: who wasn't hired yet or had left by then, and who leads (people report to them, or the role says so) without a
    goal of their own in the year up to the day. ``as_of``: as known at the end of that day.
    """
    return sellers(store.view(as_of), day, scope)


def sellers(view: View, day: date, scope: Scope) -> tuple[Person, ...]:
    """``people``, of a view."""
    return view.once(("people", day, scope), lambda: _people(view, epoch_day(day), scope))


def _people(view: View, number: int, scope: Scope) -> tuple[Person, ...]:
    there = [stint for stint in view.stints if _is_there(stint, number)]
    bosses = {stint.manager_id for stint in there if stint.manager_id != stint.rep_id}
    with_goal = view.once(("people with a goal", number), lambda: _with_goal(view, number))
    chosen = [
        stint
        for stint in view.members(scope)
        if _is_there(stint, number) and (stint.rep_id in with_goal or not _leads(stint, bosses))
    ]
    return tuple(sorted((_person(stint) for stint in chosen), key=lambda one: (one.name, one.rep)))


def _is_there(stint: Stint, day: int) -> bool:
    hired = stint.hired_day is None or stint.hired_day <= day
    return hired and stint.from_day <= day < stint.until_day and (stint.left_day is None or day < stint.left_day)


def _leads(stint: Stint, bosses: set[str | None]) -> bool:
    role = (stint.role or "").casefold()
    named = any(word in role.replace("-", " ").split() for word in LEADING) and not any(words in role for words in SELLING)
    return stint.rep_id in bosses or named


def _with_goal(view: View, day: int) -> frozenset[str]:
    goal = view.frame.fact("goal")
    rows = goal.filter(goal.rep_id.notnull() & (goal.from_day <= day) & (goal.until_day > day - _GOAL_YEAR))
    return frozenset(view.engine.query(rows.select("rep_id").distinct())["rep_id"].to_pylist())


def _person(stint: Stint) -> Person:
    return Person(
        stint.rep_id, stint.name or stint.rep_id, stint.role, stint.segment, stint.team, stint.manager_id, stint.territory,
        _date(stint.hired_day), _date(stint.left_day),
    )  # fmt: skip


def _date(day: int | None) -> date | None:
    return None if day is None else from_epoch_day(day)


@dataclass(frozen=True)
class WorkDays:
    """Working days of each rep: ``days`` is reps × days from ``first``, a full-time day is 1.

    0: a holiday, an absence, a free day, before the hire, after leaving; NaN: not in the scope that day. A part-timer's
    day counts for its part; nobody's for more than 1.
    """

    reps: tuple[str, ...]
    first: date
    days: Floats

    @cached_property
    def _row(self) -> dict[str, int]:
        return {rep: row for row, rep in enumerate(self.reps)}

    def between(self, rep: str, first: date, until: date) -> float:
        """A rep's working days in [first, until), what lies outside the days asked left out; 0 for who isn't there."""
        row = self._row.get(rep)
        begin, end = max((first - self.first).days, 0), max((until - self.first).days, 0)
        return 0.0 if row is None else float(np.nansum(self.days[row, begin:end]))

    def by_week(self) -> tuple[tuple[date, ...], Floats]:
        """Mondays of the whole weeks, and reps × weeks of working days; NaN where not one day of the week is in the scope."""
        skip = (7 - self.first.weekday()) % 7
        weeks = max((self.days.shape[1] - skip) // 7, 0)
        cut = self.days[:, skip : skip + 7 * weeks].reshape(len(self.reps), weeks, 7)
        told = np.isfinite(cut).any(axis=2)
        mondays = tuple(self.first + timedelta(days=skip + 7 * week) for week in range(weeks))
        return mondays, np.where(told, np.nansum(cut, axis=2), np.nan)


def workdays(store: Store, scope: Scope, first: date, until: date, as_of: date | None = None) -> WorkDays:
    """Working days of the scope's reps on the days [first, until), from the calendars: holidays, absences, part time, hire
    and leaving are in them. A rep counts on the days on which they are in the scope.

    One query. ValueError when the days are none.
    """
    if until <= first:
        raise ValueError(f"working days are asked from a day to a later one, not from {first} to {until}")
    view = store.view(as_of)
    begin, length = epoch_day(first), (until - first).days
    members = [stint for stint in view.members(scope) if stint.from_day < begin + length and stint.until_day > begin]
    reps = tuple(sorted({stint.rep_id for stint in members}))
    row = {rep: number for number, rep in enumerate(reps)}
    out = np.full((len(reps), length), np.nan)
    for stint in members:
        _employed(out[row[stint.rep_id]], stint, begin)
    _fill(out, row, view, begin)
    return WorkDays(reps, first, out)


def _employed(days: Floats, stint: Stint, begin: int) -> None:
    """Days of the stint with the company become 0 (working time is added later)."""
    from_day = max(stint.from_day, begin if stint.hired_day is None else stint.hired_day, begin)
    until_day = min(stint.until_day, begin + len(days), stint.left_day if stint.left_day is not None else begin + len(days))
    days[from_day - begin : max(until_day - begin, 0)] = 0.0


def _fill(out: Floats, row: dict[str, int], view: View, begin: int) -> None:
    work = view.frame.tables.ref("workday")
    rows = work.filter((work.day >= begin) & (work.day < begin + out.shape[1]) & (work.seconds > 0))
    found = view.engine.query(rows.select("rep_id", "day", "seconds"))
    place = np.asarray(pc.fill_null(pc.index_in(found["rep_id"], pa.array(list(row), pa.string())), -1))
    mine = place >= 0
    at, seconds = np.asarray(found["day"])[mine] - begin, np.asarray(found["seconds"])[mine]
    part = np.minimum(seconds / full_day(view.settings), 1.0)
    kept = np.isfinite(out[place[mine], at])  # a day outside the scope or the employment stays unknown
    out[place[mine][kept], at[kept]] = part[kept]


def full_day(settings: Settings) -> int:
    """Seconds of the company's usual working day."""
    return 60 * (settings.work_end_minute - settings.work_start_minute)
