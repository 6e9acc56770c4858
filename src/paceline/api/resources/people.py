"""People in sight."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from pydantic import Field

from paceline.access.doors import Person as Seen
from paceline.api.answers import Listing, Shape, instant
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part
from paceline.sales.periods import from_epoch_day


class PersonNow(Shape):
    """Someone as they are on the as-of day."""

    rep_id: str
    name: str
    role: str | None
    team: str | None
    segment: str | None
    manager_id: str | None
    hired: date | None
    link: str


class PeopleAnswer(Listing):
    """People by name."""

    items: list[PersonNow]


class PeopleQuery(Paged):
    """Which people."""

    team: str = Field("", description="Only those who are in this team.")
    role: str = Field("", description="Only those who have this role.")
    as_of: date | None = Field(None, description="As they were on a past day. Default: now.")


def people(caller: Caller, query: PeopleQuery) -> PeopleAnswer:
    """Those whom the caller sees."""
    door = caller.door("see_rep")
    wanted = {name: value for name in ("team", "role") if (value := getattr(query, name))}
    found = [one for one in door.people(query.as_of) if all(getattr(one, name) == value for name, value in wanted.items())]
    some, cursor = part(found, query, door.store)
    items = [person_now(caller, one) for one in some]
    at = instant(door.store.view(query.as_of).as_of)
    return PeopleAnswer(as_of=at, link=caller.link(reverse("people")), next_cursor=cursor, items=items)


def person_now(caller: Caller, one: Seen) -> PersonNow:
    """A person in sight."""
    return PersonNow(
        rep_id=one.rep_id, name=one.name, role=one.role, team=one.team, segment=one.segment, manager_id=one.manager_id,
        hired=None if one.hired_day is None else from_epoch_day(one.hired_day),
        link=caller.link(reverse("rep", args=[one.rep_id])),
    )  # fmt: skip


OPERATIONS = (Operation("api_people", "people", "see_rep", "The people in sight.", PeopleQuery, PeopleAnswer, people),)
