"""The 1:1s of a day, for Today: whom one meets, what waits for an answer, what one promised and is due."""

from __future__ import annotations

from datetime import date
from typing import Any

from paceline.access.doors import NotInSight
from paceline.access.gate import Asking, Visitor, may
from paceline.coaching import agenda, wishes
from paceline.coaching.actions import due
from paceline.coaching.models import OneOnOne, State
from paceline.pages.dashboards import written
from paceline.pages.one_on_ones.pairing import names, pair_in, pair_of
from paceline.pages.one_on_ones.reading import address_of, moment, zone_of


def meetings_today(request: Asking) -> dict[str, Any]:
    """Empty lists for who has no 1:1s of their own."""
    own, day = request.user.rep_id, request.door.store.view().day
    if not own or not may(request, "see_one_on_ones"):
        return {"meetings": [], "waiting": 0, "promised": []}
    return {
        "meetings": [_meeting(request, one) for one in planned_today(request)],
        "waiting": len(wishes.waiting_for(own)),
        "promised": [
            {"text": each.text, "due": written.day_brief(each.until), "late": each.until < day} for each in due(own, day)
        ],
    }


def planned_today(visitor: Visitor) -> list[OneOnOne]:
    """The 1:1s that a manager has today, in each pair's own zone, by time."""
    own, day = visitor.user.rep_id, visitor.door.store.view().day
    planned = OneOnOne.objects.filter(manager_id=own, state=State.PLANNED).exclude(at=None).order_by("at") if own else ()
    return [one for one in planned if _is_on(one, day)]


def points_on(one: OneOnOne) -> int:
    """How many points of its agenda are still to be talked about."""
    return sum(item.done_at is None and not item.removed for item in agenda.on_it(one))


def one_on_one_with(request: Asking, rep_id: str) -> str:
    """Where the visitor's next 1:1 with (or, of the own page, as) this person is; empty where there is none."""
    if not may(request, "hold_one_on_ones"):
        return ""
    try:
        return address_of(request, pair_of(request, rep_id))
    except NotInSight:
        return ""


def _is_on(one: OneOnOne, day: date) -> bool:
    """Whether it is on that day, in the two's own zone."""
    return one.at is not None and one.at.astimezone(zone_of(pair_in(one))).date() == day


def _meeting(request: Asking, one: OneOnOne) -> dict[str, Any]:
    pair = pair_in(one)
    return {
        "name": names(request, pair.rep_id)[pair.rep_id],
        "at": moment(one.at, pair),
        "href": address_of(request, pair),
        "points": points_on(one),
    }
