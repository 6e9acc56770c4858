"""A fair board: people of one role, each by what a full month of work brought; who is new, or was hardly there, isn't placed.

board(of, scope, role, metric) → Board
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from paceline.access.doors import PEERS_AT_LEAST
from paceline.insight.ramp import FULL_MONTH
from paceline.judging.goals_draws import is_flow
from paceline.judging.people import workdays
from paceline.metrics.reading import Reading
from paceline.metrics.vocabulary import Metric
from paceline.pages.asked import Asked
from paceline.pages.dashboards.kept import kept, readings
from paceline.pages.dashboards.team import people_of, ramp_week
from paceline.sales.scope import Scope

FEWEST = PEERS_AT_LEAST  # people placed: of fewer there is no board
LEAST_PRESENT = 0.5  # of the working days of whoever worked most: below it a pace says little
LEAST_OF_RATE = 5  # cases: a rate of fewer is mostly chance

NEW, ABSENT, FEW, NONE = "ramping", "absent", "few", "none"


@dataclass(frozen=True)
class Placed:
    """Somebody on the board. ``pace``: per full month of 21 working days for sums, else the value; None: not placed, ``why``."""

    rep: str
    name: str
    reading: Reading
    days: float
    pace: float | None
    why: str = ""
    week: int | None = None


@dataclass(frozen=True)
class Board:
    """Best first, then who isn't placed. ``enough``: whether there are people enough for a board at all."""

    metric: Metric
    role: str
    flow: bool
    placed: tuple[Placed, ...]
    apart: tuple[Placed, ...]

    @property
    def enough(self) -> bool:
        """Whether at least ``FEWEST`` people are placed."""
        return len(self.placed) >= FEWEST

    def place(self, rep: str) -> tuple[int, int] | None:
        """From which to which place somebody stands (equals share places); None: not placed."""
        mine = next((one.pace for one in self.placed if one.rep == rep), None)
        if mine is None:
            return None
        paces = [one.pace for one in self.placed]
        first = paces.index(mine) + 1
        return first, first + paces.count(mine) - 1


def board(of: Asked, scope: Scope, role: str, metric: Metric) -> Board:
    """The board of a role's people in a scope, in the period asked."""
    key = ("board", scope, role, metric.slug, of.period)
    return kept(of.store, key, of.as_of, lambda: _made(of, scope, role, metric))


def roles_of(of: Asked, scope: Scope) -> list[str]:
    """The roles of the scope's people, those with most people first."""
    roles = [stint.role for stint in people_of(of.store, scope, of.period, of.as_of).values() if stint.role]
    return sorted(set(roles), key=lambda role: (-roles.count(role), role))


def _made(of: Asked, scope: Scope, role: str, metric: Metric) -> Board:
    people = {rep: stint for rep, stint in people_of(of.store, scope, of.period, of.as_of).items() if stint.role == role}
    found = readings(of.store, [metric.slug], scope & Scope.reps(people), [of.period], ("rep",), as_of=of.as_of)
    until = min(of.period.until, of.today + timedelta(days=1))
    work = workdays(of.store, Scope.reps(people), of.period.first, until, of.as_of)
    days = {rep: work.between(rep, of.period.first, until) for rep in people}
    most, flow = max(days.values(), default=0.0), is_flow(metric)
    everybody = []
    for reading in found:
        rep = dict(reading.group)["rep"]
        if rep is None or rep not in people:
            continue
        week = ramp_week(people[rep], of.period, of.today)
        why = _why(reading, flow, week, days[rep], most)
        pace = None if why or reading.value is None else reading.value * FULL_MONTH / days[rep] if flow else reading.value
        everybody.append(Placed(rep, people[rep].name or rep, reading, days[rep], pace, why, week))
    placed = [one for one in everybody if one.pace is not None]
    ordered = sorted(placed, key=lambda one: _order(one, metric.direction.way == "lower"))
    apart = sorted((one for one in everybody if one.pace is None), key=lambda one: one.name.casefold())
    return Board(metric, role, flow, tuple(ordered), tuple(apart))


def _order(one: Placed, lower: bool) -> tuple[float, str]:
    pace = one.pace or 0.0
    return (pace if lower else -pace), one.name.casefold()


def _why(reading: Reading, flow: bool, week: int | None, days: float, most: float) -> str:
    """Why somebody isn't placed; empty: they are."""
    if week is not None:
        return NEW
    if reading.value is None:
        return NONE
    if flow and (days <= 0 or days < LEAST_PRESENT * most):
        return ABSENT
    return FEW if not flow and reading.n < LEAST_OF_RATE else ""


def values_of(some: Sequence[Placed]) -> list[float]:
    """The paces, without whose they are."""
    return [one.pace for one in some if one.pace is not None]
