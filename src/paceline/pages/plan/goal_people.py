"""Whose goals somebody may set: the people in sight but oneself, teams that are wholly in sight, and the company's."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from paceline.access.doors import Door, Person
from paceline.access.gate import Visitor, door_of
from paceline.access.rules import Rows, rows_of
from paceline.judging.goals import COMPANY, REP, TEAM, Goal
from paceline.pages.asked import Asked
from paceline.pages.plan.goals import sellers
from paceline.people.roles import Role
from paceline.sales.scope import Scope


@dataclass(frozen=True)
class Whose:
    """Whose goal: its scope, and the team (or that it is the company) where it is one for all of them as a whole."""

    scope: Scope
    team: str | None = None
    company: bool = False


class Setter:
    """What a visitor may set goals for; nobody where the rules say no."""

    def __init__(self, visitor: Visitor, of: Asked) -> None:
        allowed = rows_of("set_goals", Role(visitor.user.role)) is not None
        self.door: Door | None = door_of(visitor.user, "set_goals") if allowed else None
        people = [] if self.door is None else self.door.people(of.as_of)
        self.people: dict[str, Person] = {one.rep_id: one for one in people if not self._is_own(one.rep_id)}
        everybody = {one.rep: one.team for one in sellers(of.store, of.today, of.as_of)}
        partly = {team for rep, team in everybody.items() if rep not in self.people}
        self.teams = sorted({team for team in everybody.values() if team and team not in partly} if self.people else ())
        self.roles = sorted({one.role for one in self.people.values() if one.role and one.rep_id in everybody})
        self.company = self.door is not None and self.door.rows is Rows.ALL
        self.sellers = {rep: one for rep, one in self.people.items() if rep in everybody}

    def _is_own(self, rep_id: str) -> bool:
        """Nobody sets their own goal, but for those who may set everybody's."""
        return self.door is not None and self.door.rows is not Rows.ALL and rep_id == self.door.rep_id

    def may_change(self, goal: Goal) -> bool:
        """Whether the goal is one of those."""
        if goal.level == REP:
            return goal.subject in self.people
        if goal.level == COMPANY:
            return self.company
        return goal.level == TEAM and goal.subject in self.teams

    def choices(self) -> list[tuple[str, str]]:
        """The options of the form, and what they are called."""
        found = [("company:", gettext("the company as a whole"))] if self.company else []
        found += [(f"team:{team}", gettext("%(team)s as a whole") % {"team": team}) for team in self.teams]
        found += [(f"each:{team}", gettext("everybody in %(team)s") % {"team": team}) for team in self.teams]
        found += [(f"role:{role}", gettext("everybody in the role %(role)s") % {"role": role}) for role in self.roles]
        return found + [(f"rep:{rep}", one.name) for rep, one in self.sellers.items()]

    def read(self, word: str) -> Whose:
        """An option of the form. KeyError for another."""
        if self.door is None or word not in dict(self.choices()):
            raise KeyError(word)
        kind, name = word.split(":", 1)
        if kind == COMPANY:
            return Whose(self.door.sight(), company=True)
        if kind == "rep":
            return Whose(self.door.rep(name))
        if kind == "role":
            return Whose(self.door.narrowed(Scope.role(name)) & Scope.reps(set(self.people)))
        scope = self.door.narrowed(Scope.team(name)) & Scope.reps(set(self.people))
        return Whose(scope, name if kind == "team" else None)
