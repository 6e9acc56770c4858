"""Coaching time: whom each manager met, and for how long. No word of what was said."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from paceline.api.answers import Listing, Person, Shape, instant, period_of
from paceline.api.answers import Period as Days
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part, version_of_ids
from paceline.coaching.time_spent import VERSION, Spent
from paceline.pages.one_on_ones.spending import names_of, times_of


class MetReps(Shape):
    """Of those who reported to the manager throughout the last ``days`` days, or were met in them, how many were met."""

    days: int
    met: int
    of: int
    share: float | None


class Month(Shape):
    """Minutes of 1:1s in a month over the people who report to the manager."""

    month: Days
    minutes_a_rep: float


class OfRep(Shape):
    """A report: when last met (null: never), minutes in the last 28 days."""

    person: Person
    last_met: date | None
    minutes: int


class Manager(Shape):
    """A manager's time."""

    person: Person
    definition_version: int
    met: list[MetReps]
    months: list[Month]
    reps: list[OfRep]


class CoachingTimeAnswer(Listing):
    """Managers in sight; who met the smallest share first."""

    items: list[Manager]


def coaching_time(caller: Caller, query: Paged) -> CoachingTimeAnswer:
    """Each manager in sight."""
    door = caller.door("see_coaching_time")
    found, names = times_of(door), names_of(door)
    some, cursor = part(found, query, door.store, version_of_ids(found))
    return CoachingTimeAnswer(
        as_of=instant(door.store.now), link=caller.link(reverse("coaching_time")), next_cursor=cursor,
        items=[_manager(one, names) for one in some],
    )  # fmt: skip


def _manager(of: Spent, names: dict[str, str]) -> Manager:
    def person(rep_id: str) -> Person:
        return Person(rep_id=rep_id, name=names.get(rep_id, rep_id))

    return Manager(
        person=person(of.manager_id), definition_version=VERSION,
        met=[MetReps(days=one.days, met=one.met, of=one.of, share=one.share) for one in of.met],
        months=[Month(month=period_of(period), minutes_a_rep=minutes) for period, minutes in of.months],
        reps=[OfRep(person=person(one.rep_id), last_met=one.last, minutes=one.minutes) for one in of.reps],
    )  # fmt: skip


OPERATIONS = (
    Operation("api_coaching_time", "coaching-time", "see_coaching_time", "Whom managers met in 1:1s, and for how long.",
              Paged, CoachingTimeAnswer, coaching_time),
)  # fmt: skip
