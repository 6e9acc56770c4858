"""The list of a manager's people: who is next, who hasn't been met for long, what has changed for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from paceline.access.doors import Person
from paceline.access.gate import Visitor
from paceline.coaching.clock import day_of
from paceline.coaching.models import OneOnOne, State
from paceline.coaching.pair import Pair
from paceline.judging.signals import Signal
from paceline.pages.dashboards import written
from paceline.pages.one_on_ones.pairing import reports

LONG_DAYS = 14  # without a 1:1: who wasn't met for longer stands out


@dataclass(frozen=True)
class Report:
    """Somebody whom a visitor meets: the 1:1 to come (None: none yet), when they last met (None: never), how many metrics of
    theirs changed for the worse, how many points somebody put on the agenda.
    """

    person: Person
    one: OneOnOne | None
    met: date | None
    changed: int
    points: int


def people_of(visitor: Visitor, falls: Sequence[Signal]) -> list[Report]:
    """Everybody who reports to the visitor, and whom else the visitor meets; whose is next first, then who waits longest."""
    own = visitor.user.rep_id
    if not own:
        return []
    planned = {one.rep_id: one for one in OneOnOne.objects.filter(manager_id=own, state=State.PLANNED)}
    last = _last_met(own)
    there = {person.rep_id: person for person in visitor.door.people() if person.rep_id != own}
    direct = {person.rep_id for person in reports(visitor)}
    changed = Counter(one.name for one in falls if one.level == "rep")
    ordered = sorted((direct | planned.keys()) & there.keys(), key=lambda rep: _order(planned.get(rep), last.get(rep)))
    return [Report(there[rep], planned.get(rep), last.get(rep), changed[rep], _added(planned.get(rep))) for rep in ordered]


def _added(one: OneOnOne | None) -> int:
    """How many points of the agenda somebody added, and nobody ticked off."""
    return 0 if one is None else one.items.filter(removed=False, done_at=None).exclude(by="").count()


def list_of(visitor: Visitor, falls: Sequence[Signal]) -> list[dict[str, Any]]:
    """The same, in words."""
    return [_shown(visitor, one, visitor.door.store.view().day) for one in people_of(visitor, falls)]


def _shown(visitor: Visitor, of: Report, today: date) -> dict[str, Any]:
    from paceline.pages.one_on_ones.reading import address_of, moment

    pair, one, met = Pair(visitor.user.rep_id, of.person.rep_id), of.one, of.met
    return {
        "name": of.person.name,
        "href": address_of(visitor, pair),
        "next": moment(one.at, pair) if one is not None else "",
        "overdue": one is not None and one.at is not None and day_of(one.at) < today,
        "on": one is not None and one.is_on,
        "last": written.day_brief(met) if met else "",
        "ago": written.ago((today - met).days) if met else "",
        "long": met is not None and (today - met).days > LONG_DAYS,
        "changed": of.changed,
        "items": of.points,
    }


def _last_met(manager: str) -> dict[str, date]:
    held = OneOnOne.objects.filter(manager_id=manager, state=State.HELD).exclude(ended_at=None)
    found: dict[str, date] = {}
    for rep, ended in held.order_by("ended_at").values_list("rep_id", "ended_at"):
        assert isinstance(ended, datetime)
        found[rep] = day_of(ended)
    return found


def _order(one: OneOnOne | None, met: date | None) -> tuple[bool, float, str]:
    at = one.at.timestamp() if one is not None and one.at is not None else 0.0
    return at == 0.0, at, met.isoformat() if met else ""
