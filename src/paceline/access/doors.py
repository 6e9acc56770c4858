"""The only way from a user to a store and a scope: what the user may see, and nothing else.

A page never makes a ``Scope`` by itself. It asks its door: ``door.sight()`` for all rows in sight, ``door.rep(rep_id)`` for one
person's, ``door.narrowed(scope)`` for what the URL wants of them. Who isn't in sight isn't there: ``NotInSight`` becomes a 404.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import Http404

from paceline.access.rules import Rows, rows_of
from paceline.metrics.store import Store
from paceline.people.roles import Role
from paceline.sales.periods import epoch_day
from paceline.sales.scope import Scope, Stint

# In a smaller circle values without names would have names.
PEERS_AT_LEAST = 5


class NotInSight(Http404):
    """Nobody, or nobody whom the user may see."""


@dataclass(frozen=True)
class Person:
    """Someone in sight, as they are on a day."""

    rep_id: str
    name: str
    role: str | None
    team: str | None
    segment: str | None
    manager_id: str | None
    hired_day: int | None
    left_day: int | None


@dataclass(frozen=True)
class Door:
    """What one user may see by one action. ``rep_id`` empty: the user is no person of the CRM."""

    store: Store
    role: Role | None
    rep_id: str
    rows: Rows
    peers_allowed: bool = False

    def sight(self) -> Scope:
        """All rows in sight. A manager's are those of the people below, on the days they were; his own are ``rep(own)``."""
        if self.rows is Rows.ALL:
            return Scope.company()
        if self.rows is Rows.TREE and self.rep_id:
            return Scope.manager(self.rep_id)
        if self.rows is Rows.OWN and self.rep_id:
            return Scope.rep(self.rep_id)
        return Scope.reps([])

    def rep(self, rep_id: str) -> Scope:
        """A person's rows, as far as they are in sight. Raises NotInSight when none of the person's days is."""
        own = rep_id == self.rep_id and self.rows is not Rows.NOBODY
        wanted = Scope.rep(rep_id) if own else Scope.rep(rep_id) & self.sight()
        if not self.store.view().members(wanted):
            raise NotInSight("nobody of that name")
        return wanted

    def narrowed(self, wanted: Scope) -> Scope:
        """What is in sight of the rows that are wanted; a scope of one person is ``rep`` of that person."""
        one = wanted.one_rep
        return wanted & (self.rep(one) if one is not None else self.sight())

    def people(self, as_of: date | None = None) -> list[Person]:
        """Those whom the user sees, as they are on the day (default: today), sorted by name, without those who had left."""
        view = self.store.view(as_of)
        on = epoch_day(view.day)
        there = [stint for stint in view.members(self.sight()) if stint.from_day <= on < stint.until_day]
        own = [stint for stint in view.stints if self._is_own(stint) and stint.from_day <= on < stint.until_day]
        return _sorted_people([*there, *(stint for stint in own if stint.rep_id not in {one.rep_id for one in there})], on)

    def sees(self, rep_id: str) -> bool:
        """Whether any of the person's days is in sight."""
        try:
            self.rep(rep_id)
        except NotInSight:
            return False
        return True

    def peers(self, rep_id: str, as_of: date | None = None) -> Scope | None:
        """Over whose rows values without names may be shown beside a person's: the team of the day.

        None when the company doesn't allow it, or the team is so small that values would have names.
        Raises NotInSight for a person who isn't in sight. What is made of it may name nobody.
        """
        self.rep(rep_id)
        view = self.store.view(as_of)
        on = epoch_day(view.day)
        today = [stint for stint in view.stints if stint.from_day <= on < stint.until_day and not _left(stint, on)]
        team = next((stint.team for stint in today if stint.rep_id == rep_id), None)
        if not self.peers_allowed or team is None:
            return None
        members = {stint.rep_id for stint in today if stint.team == team}
        return Scope.team(team) & Scope.reps(members) if len(members) >= PEERS_AT_LEAST else None

    def _is_own(self, stint: Stint) -> bool:
        return bool(self.rep_id) and stint.rep_id == self.rep_id and self.rows is not Rows.NOBODY


def door_to(store: Store, action: str, role: Role | None, rep_id: str, peers_allowed: bool) -> Door:
    """The door that the action opens to someone of this role; with nobody's rows behind it where the rules say no."""
    rows = rows_of(action, role)
    return Door(store, role, rep_id, Rows.NOBODY if rows is None else rows, peers_allowed)


def _left(stint: Stint, on: int) -> bool:
    return stint.left_day is not None and stint.left_day <= on


def _sorted_people(stints: Iterable[Stint], on: int) -> list[Person]:
    people = [
        Person(s.rep_id, s.name or s.rep_id, s.role, s.team, s.segment, s.manager_id, s.hired_day, s.left_day)
        for s in stints
        if not _left(s, on)
    ]
    return sorted(people, key=lambda person: (person.name.casefold(), person.rep_id))
