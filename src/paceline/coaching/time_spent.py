"""Coaching time: whom managers met, and for how long. Numbers alone; what was said is nobody's but the two's.

*Reps met*: of those who reported to the manager throughout the window, or were met in it, the share that was met in it.
*Minutes a rep*: minutes of 1:1s held in the window or month over the people who report to the manager.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from paceline.coaching.clock import day_of
from paceline.coaching.models import OneOnOne, State
from paceline.sales.periods import Period, add_months, epoch_day
from paceline.sales.scope import Stint

WINDOWS = (14, 28)
VERSION = 1  # of this definition


@dataclass(frozen=True)
class Held:
    """A 1:1 that took place."""

    manager_id: str
    rep_id: str
    day: date
    minutes: int


@dataclass(frozen=True)
class Met:
    """How many of how many were met in a window. ``share`` None: nobody was to be met."""

    days: int
    met: int
    of: int

    @property
    def share(self) -> float | None:
        """0 to 1."""
        return self.met / self.of if self.of else None


@dataclass(frozen=True)
class OfRep:
    """One report: when last met (None: never), minutes in the last 28 days."""

    rep_id: str
    last: date | None
    minutes: int


@dataclass(frozen=True)
class Spent:
    """A manager's coaching time. ``met``: a window each of ``WINDOWS``. ``months``: minutes a rep, the running month last."""

    manager_id: str
    reps: tuple[OfRep, ...]
    met: tuple[Met, ...]
    months: tuple[tuple[Period, float], ...]


def held_until(day: date) -> list[Held]:
    """All that were held up to a day."""
    found = OneOnOne.objects.filter(state=State.HELD, ended_at__date__lte=day)
    return [
        Held(manager, rep, day_of(began or ended), minutes)
        for manager, rep, began, ended, minutes in found.values_list("manager_id", "rep_id", "began_at", "ended_at", "minutes")
        if ended is not None
    ]


def spent(managers: Iterable[str], held: Iterable[Held], stints: Sequence[Stint], day: date, months: int = 3) -> list[Spent]:
    """Each manager's time as of a day, for those who report to them then; managers without reports are left out."""
    by_manager: dict[str, list[Held]] = {}
    for one in held:
        by_manager.setdefault(one.manager_id, []).append(one)
    found = []
    for manager in managers:
        since = reports_since(manager, stints, day)
        if since:
            found.append(_of(manager, since, by_manager.get(manager, []), day, months))
    return found


def reports_since(manager: str, stints: Sequence[Stint], day: date) -> dict[str, date]:
    """Who reports to the manager on a day, and since when without a break."""
    on = epoch_day(day)
    found = {}
    for stint in stints:
        there = stint.from_day <= on < stint.until_day and (stint.left_day is None or stint.left_day > on)
        if there and stint.manager_id == manager and stint.rep_id != manager:
            found[stint.rep_id] = _since(stint, stints)
    return {rep: date.fromordinal(date(1970, 1, 1).toordinal() + max(first, -600_000)) for rep, first in found.items()}


def _since(stint: Stint, stints: Sequence[Stint]) -> int:
    """The first day of the stints that end in this one under the same manager."""
    first = max(stint.from_day, stint.hired_day) if stint.hired_day is not None else stint.from_day
    same = (s for s in stints if s.rep_id == stint.rep_id and s.manager_id == stint.manager_id)
    before = next((s for s in same if s.until_day == stint.from_day), None)
    return first if before is None else min(first, _since(before, stints))


def _of(manager: str, since: dict[str, date], held: Sequence[Held], day: date, months: int) -> Spent:
    own = [one for one in held if one.rep_id in since]
    reps = tuple(_rep(rep, [one for one in own if one.rep_id == rep], day) for rep in sorted(since))
    return Spent(manager, reps, tuple(_met(days, since, own, day) for days in WINDOWS), _months(own, len(since), day, months))


def _rep(rep: str, own: Sequence[Held], day: date) -> OfRep:
    recent = day - timedelta(days=WINDOWS[-1])
    return OfRep(rep, max((one.day for one in own), default=None), sum(one.minutes for one in own if one.day > recent))


def _met(days: int, since: dict[str, date], own: Sequence[Held], day: date) -> Met:
    begin = day - timedelta(days=days)  # the window's days are those after it
    met = {one.rep_id for one in own if one.day > begin}
    throughout = {rep for rep, first in since.items() if first <= begin + timedelta(days=1)}
    return Met(days, len(met), len(met | throughout))


def _months(own: Sequence[Held], reports: int, day: date, months: int) -> tuple[tuple[Period, float], ...]:
    first = day.replace(day=1)
    periods = [Period("month", add_months(first, -back), add_months(first, 1 - back)) for back in range(months - 1, -1, -1)]
    return tuple(
        (period, sum(one.minutes for one in own if period.first <= one.day < period.until) / reports) for period in periods
    )
