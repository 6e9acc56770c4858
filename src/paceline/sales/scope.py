"""Whose rows: a required value that every question carries, so that no page can forget the filter.

There is no default. ``Scope.company()`` says "everybody's" aloud. Scopes combine with ``&`` (both must hold). What a rep was
(team, role, manager…) is what they were on the row's day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from paceline.saying.said import Said, alternatives, joined, say

ATTRIBUTES = ("rep", "role", "segment", "team", "manager", "territory")


@dataclass(frozen=True)
class Stint:
    """What a rep was from ``from_day`` up to, and without, ``until_day`` (days since 1970-01-01)."""

    rep_id: str
    from_day: int
    until_day: int
    name: str | None = None
    role: str | None = None
    segment: str | None = None
    team: str | None = None
    manager_id: str | None = None
    territory: str | None = None
    hired_day: int | None = None
    left_day: int | None = None

    def attribute(self, name: str) -> str | None:
        """The value of one of ``ATTRIBUTES``; ``manager`` is the direct one. KeyError otherwise."""
        return {"rep": self.rep_id, "role": self.role, "segment": self.segment, "team": self.team, "manager": self.manager_id,
                "territory": self.territory}[name]


@dataclass(frozen=True)
class Clause:
    """One condition: the attribute has one of the values. For ``manager``, directly or through others."""

    attribute: str
    values: frozenset[str]


@dataclass(frozen=True)
class Scope:
    """Whose rows; all clauses must hold. No clauses: the whole company. Use the named constructors."""

    clauses: tuple[Clause, ...]

    @staticmethod
    def company() -> Scope:
        """Everybody, and rows that are nobody's."""
        return Scope(())

    @staticmethod
    def rep(rep_id: str) -> Scope:
        """One rep's rows."""
        return Scope.reps([rep_id])

    @staticmethod
    def reps(rep_ids: Iterable[str]) -> Scope:
        """The rows of these reps; of none of them, nobody's."""
        return Scope((Clause("rep", frozenset(rep_ids)),))

    @staticmethod
    def team(name: str) -> Scope:
        """Rows of the days on which their rep was in the team."""
        return Scope._of("team", name)

    @staticmethod
    def teams(names: Iterable[str]) -> Scope:
        """Rows of the days on which their rep was in one of the teams."""
        return Scope((Clause("team", frozenset(names)),))

    @staticmethod
    def role(name: str) -> Scope:
        """Rows of the days on which their rep had the role."""
        return Scope._of("role", name)

    @staticmethod
    def segment(name: str) -> Scope:
        """Rows of the days on which their rep sold to the segment."""
        return Scope._of("segment", name)

    @staticmethod
    def territory(name: str) -> Scope:
        """Rows of the days on which their rep had the territory."""
        return Scope._of("territory", name)

    @staticmethod
    def manager(rep_id: str) -> Scope:
        """Rows of the days on which their rep reported to the manager, directly or through others; not the manager's own."""
        return Scope._of("manager", rep_id)

    @staticmethod
    def _of(attribute: str, value: str) -> Scope:
        return Scope((Clause(attribute, frozenset([value])),))

    def __and__(self, other: Scope) -> Scope:
        return Scope(self.clauses + tuple(clause for clause in other.clauses if clause not in self.clauses))

    @property
    def is_company(self) -> bool:
        """Whether it takes everything, rows without a rep included."""
        return not self.clauses

    @property
    def one_rep(self) -> str | None:
        """The rep's id, when the scope is at most one rep's rows."""
        for clause in self.clauses:
            if clause.attribute == "rep" and len(clause.values) == 1:
                return next(iter(clause.values))
        return None

    @property
    def one_team(self) -> str | None:
        """The team's name, when the scope is one whole team and nothing else."""
        (clause, *others) = self.clauses or (None,)
        if clause is None or others or clause.attribute != "team" or len(clause.values) != 1:
            return None
        return next(iter(clause.values))

    @property
    def label(self) -> Said:
        """In words: ``the company``, ``team North``, ``role AE, manager R1``."""
        return self.label_with({})

    def label_with(self, names: Mapping[str, str]) -> Said:
        """The label with people's names for their ids, where there are any: ``rep Ada Byron``."""
        if self.is_company:
            return say("the company")
        return joined((_told(clause, names) for clause in self.clauses), ", ")

    def members(self, stints: Sequence[Stint]) -> tuple[Stint, ...]:
        """The stints (possibly cut shorter) on whose days a rep is in the scope; never two of a rep on the same day."""
        taken = tuple(stints)
        for clause in sorted(self.clauses, key=lambda one: one.attribute == "manager"):  # the costly look last, at those left
            taken = _held(taken, clause, stints)
        return taken


def _words(clause: Clause, names: Mapping[str, str]) -> list[str]:
    people = clause.attribute in ("rep", "manager")
    return [names.get(value, value) if people else value for value in sorted(clause.values)]


def _told(clause: Clause, names: Mapping[str, str]) -> Said:
    who = _words(clause, names)
    whom = alternatives(who) if who else say("nobody")
    match clause.attribute:
        case "rep":
            return say("rep {who}", who=whom)
        case "team":
            return say("team {who}", who=whom)
        case "role":
            return say("role {who}", who=whom)
        case "manager":
            return say("manager {who}", who=whom)
        case "segment":
            return say("segment {who}", who=whom)
        case _:
            return say("territory {who}", who=whom)


def _held(taken: Sequence[Stint], clause: Clause, stints: Sequence[Stint]) -> tuple[Stint, ...]:
    if clause.attribute != "manager":
        return tuple(stint for stint in taken if stint.attribute(clause.attribute) in clause.values)
    by_rep: dict[str, list[Stint]] = {}
    for stint in stints:
        by_rep.setdefault(stint.rep_id, []).append(stint)
    return tuple(part for stint in taken for part in _under(stint, clause.values, by_rep))


def _under(stint: Stint, managers: frozenset[str], by_rep: dict[str, list[Stint]]) -> list[Stint]:
    """The parts of a stint on whose days one of the managers is somewhere above."""
    edges = {stint.from_day, stint.until_day}
    _collect_edges(stint.manager_id, stint, by_rep, edges, set())
    days = sorted(edges)
    parts = [_cut(stint, first, until) for first, until in pairwise(days)
             if _reports_to(stint.rep_id, first, managers, by_rep)]
    return _joined(parts)


def _collect_edges(manager: str | None, within: Stint, by_rep: dict[str, list[Stint]], edges: set[int], seen: set[str]) -> None:
    """Days within the stint on which anyone above changes manager."""
    if manager is None or manager in seen:
        return
    seen.add(manager)
    for stint in by_rep.get(manager, []):
        if stint.from_day < within.until_day and within.from_day < stint.until_day:
            edges.update(day for day in (stint.from_day, stint.until_day) if within.from_day < day < within.until_day)
            _collect_edges(stint.manager_id, within, by_rep, edges, seen)


def _reports_to(rep_id: str, day: int, managers: frozenset[str], by_rep: dict[str, list[Stint]]) -> bool:
    seen: set[str] = set()
    current: str | None = rep_id
    while current is not None and current not in seen:  # a circle of managers must not run for ever
        seen.add(current)
        current = next((s.manager_id for s in by_rep.get(current, []) if s.from_day <= day < s.until_day), None)
        if current in managers:
            return True
    return False


def _cut(stint: Stint, first: int, until: int) -> Stint:
    return Stint(stint.rep_id, first, until, stint.name, stint.role, stint.segment, stint.team, stint.manager_id, stint.territory,
                 stint.hired_day, stint.left_day)


def _joined(parts: list[Stint]) -> list[Stint]:
    whole: list[Stint] = []
    for part in parts:
        if whole and whole[-1].until_day == part.from_day:
            whole[-1] = _cut(part, whole[-1].from_day, part.until_day)
        else:
            whole.append(part)
    return whole
