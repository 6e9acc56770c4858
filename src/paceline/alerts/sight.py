"""Whose alerts a person may see: those of the people and whole teams in sight through her door."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from paceline.access.doors import Door
from paceline.alerts.models import Alert
from paceline.judging.people import people
from paceline.metrics.store import Store
from paceline.sales.scope import Scope

REP, TEAM = "rep", "team"


def subjects(store: Store, scope: Scope, as_of: date | None = None) -> set[tuple[str, str]]:
    """(level, name) of the scope's sellers on the day, and of the teams all of whose sellers are among them."""
    day = store.view(as_of).day
    mine = people(store, day, scope, as_of)
    reps = {one.rep for one in mine}
    partly = {one.team for one in people(store, day, Scope.company(), as_of) if one.rep not in reps}
    return {(REP, rep) for rep in reps} | {(TEAM, one.team) for one in mine if one.team and one.team not in partly}


def seen_through(door: Door) -> QuerySet[Alert]:
    """The alerts of whoever is in sight."""
    found = subjects(door.store, door.sight())
    reps = [name for level, name in found if level == REP]
    teams = [name for level, name in found if level == TEAM]
    return Alert.objects.filter(Q(level=REP, name__in=reps) | Q(level=TEAM, name__in=teams))
