"""1:1s: whom one meets, what is on the agenda, what was agreed and came of it. Each is for its two alone; a private note, for
whoever wrote it.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from pydantic import Field

from paceline.access.audit import note
from paceline.api.answers import Answer, Listing, Person, Shape, instant
from paceline.api.caller import Caller, Visiting
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part, version_of_ids
from paceline.api.question import Query
from paceline.coaching import agenda, notes, wishes
from paceline.coaching.clock import day_of
from paceline.coaching.holding import history, last_held
from paceline.coaching.models import Action, Item, OneOnOne, State, Wish
from paceline.coaching.pair import Pair
from paceline.coaching.prepared import Prepared
from paceline.pages.dashboards import judged
from paceline.pages.one_on_ones.gather import prepared
from paceline.pages.one_on_ones.listing import people_of
from paceline.pages.one_on_ones.pairing import boss_of, names, one_of, pair_in, pair_with
from paceline.pages.one_on_ones.points import points
from paceline.pages.one_on_ones.reading import address_of
from paceline.sales.scope import Scope


class Meeting(Shape):
    """Somebody with whom one has 1:1s."""

    person: Person
    leads: bool = Field(description="Whether the caller is the manager of the two.")
    next_at: datetime | None = Field(description="Null: no date yet.")
    is_on: bool = Field(description="It began and isn't over.")
    last_met: date | None
    changed: int | None = Field(description="How many of the rep's metrics changed for the worse; null: of those above.")
    points: int = Field(description="How many points somebody put on the agenda.")
    link: str


class MeetingsAnswer(Listing):
    """Whom one meets: those above, then those below, whose is next first."""

    items: list[Meeting]


class Point(Shape):
    """A point of an agenda. ``by`` null: it was made from what changed."""

    key: str
    kind: str
    text: str
    link: str | None
    by: str | None
    done: bool


class Agreed(Shape):
    """Something agreed: who does what in the days from ``first`` to ``last``, and, of a metric, what it is to come to."""

    id: int
    text: str
    who: str
    first: date
    last: date
    metric: str | None
    target: float | None
    done_at: datetime | None
    outcome: str | None = Field(description="above, below or same as expected, early, unknown; null: not looked at yet.")
    sentence: str | None


class Asked(Shape):
    """What the rep asked the manager for."""

    kind: str
    text: str
    state: str
    answer: str | None
    at: datetime


class Notes(Shape):
    """What was written: one's own for both, one's own private, the other's for both. Nobody sees another's private one."""

    shared: str
    private: str
    others: str


class Was(Shape):
    """A 1:1 that was, or was to be."""

    public_id: UUID
    day: date
    held: bool
    minutes: int


class OneOnOneAnswer(Answer):
    """A 1:1. ``prepared``: the numbers laid before the two (days end before ``until``), as they were shown if it is over."""

    public_id: UUID | None = Field(description="Null: nobody has touched it yet.")
    manager: Person
    rep: Person
    state: str
    at: datetime | None
    minutes: int
    agenda: list[Point]
    agreed: list[Agreed] = Field(description="In this one.")
    asked: list[Asked]
    notes: Notes
    prepared: Prepared
    history: list[Was]


class NextQuery(Query):
    """With whom."""

    rep: str = Field(description="The rep of the two, by the CRM's id; one's own id for the 1:1 with one's manager.")
    manager: str = Field("", description="Of one's own: which manager, if not the present one.")


class PastQuery(Query):
    """Which one."""

    public_id: UUID = Field(description="A 1:1's id, as in the history.")


def meetings(caller: Caller, query: Paged) -> MeetingsAnswer:
    """Whom the caller meets."""
    door = caller.door("see_one_on_ones")
    visitor = Visiting(caller.user, door)
    found = [*_above(caller, visitor), *_below(caller, visitor)]
    some, cursor = part(found, query, door.store, version_of_ids(found))
    link = caller.link(reverse("one_on_ones"))
    return MeetingsAnswer(as_of=instant(door.store.now), link=link, next_cursor=cursor, items=list(some))


def _above(caller: Caller, visitor: Visiting) -> list[Meeting]:
    """The caller's 1:1s with those above."""
    own = visitor.user.rep_id
    if not own:
        return []
    planned = OneOnOne.objects.filter(rep_id=own, state=State.PLANNED).values_list("manager_id", flat=True)
    boss = boss_of(visitor, own)
    found = []
    for manager in dict.fromkeys(([boss] if boss and boss != own else []) + list(planned)):
        pair = Pair(manager, own)
        one, last = agenda.to_come(pair), last_held(pair)
        found.append(Meeting(
            person=Person(rep_id=manager, name=names(visitor, manager)[manager]), leads=False, changed=None,
            next_at=None if one is None else one.at, is_on=one is not None and one.is_on,
            last_met=day_of(last.ended_at) if last is not None and last.ended_at else None,
            points=sum(not item.removed and bool(item.by) for item in one.items.filter(done_at=None)) if one is not None else 0,
            link=caller.link(address_of(visitor, pair)),
        ))  # fmt: skip
    return found


def _below(caller: Caller, visitor: Visiting) -> list[Meeting]:
    """The caller's 1:1s with those below."""
    falls = judged.changes(visitor.door.store, Scope.company()).falls
    return [
        Meeting(
            person=Person(rep_id=of.person.rep_id, name=of.person.name), leads=True, changed=of.changed,
            next_at=None if of.one is None else of.one.at, is_on=of.one is not None and of.one.is_on, last_met=of.met,
            points=of.points, link=caller.link(address_of(visitor, Pair(visitor.user.rep_id, of.person.rep_id))),
        )
        for of in people_of(visitor, falls)
    ]  # fmt: skip


def following(caller: Caller, query: NextQuery) -> OneOnOneAnswer:
    """The next 1:1 of the caller and somebody."""
    visitor = Visiting(caller.user, caller.door("see_one_on_ones"))
    pair = pair_with(visitor, query.rep, query.manager)
    return told(caller, visitor, pair, agenda.to_come(pair))


def past(caller: Caller, query: PastQuery) -> OneOnOneAnswer:
    """One of the caller's, as it was shown."""
    visitor = Visiting(caller.user, caller.door("see_one_on_ones"))
    one = one_of(visitor, query.public_id)
    return told(caller, visitor, pair_in(one), one)


def told(caller: Caller, visitor: Visiting, pair: Pair, one: OneOnOne | None) -> OneOnOneAnswer:
    """A 1:1 as its page shows it; that it was read is in the audit log, and no word of it."""
    store, own = visitor.door.store, visitor.user.rep_id
    note("one_on_one_opened", caller.user, {"person": pair.rep_id, "one_on_one": str(one.public_id) if one is not None else ""})
    planned = one is None or one.is_planned
    laid = Prepared(store.view().day, store.settings.currency)
    if one is None or planned or one.shown:
        laid = prepared(visitor, pair, one)
    asked = wishes.of_two(pair)
    known = names(visitor, pair.manager_id, pair.rep_id)
    seen = notes.read(one, own)
    page = address_of(visitor, pair) if one is None or planned else reverse("one_on_one", args=[one.public_id])
    return OneOnOneAnswer(
        as_of=instant(store.now), link=caller.link(page), public_id=None if one is None else one.public_id,
        manager=Person(rep_id=pair.manager_id, name=known[pair.manager_id]),
        rep=Person(rep_id=pair.rep_id, name=known[pair.rep_id]),
        state=State.PLANNED if one is None else one.state, at=None if one is None else one.at,
        minutes=30 if one is None else one.minutes,
        agenda=[point_of(item) for item in agenda.on_it(one, points(store, pair, laid, asked) if planned else [])],
        agreed=[agreed_of(action) for action in (one.actions.all() if one is not None else ())],
        asked=[_asked(wish) for wish in asked],
        notes=Notes(shared=seen.shared, private=seen.private, others=seen.others), prepared=laid,
        history=[_was(each) for each in history(pair)],
    )  # fmt: skip


def point_of(item: Item) -> Point:
    """A point of an agenda."""
    return Point(key=item.key, kind=item.kind, text=item.text, link=item.link or None, by=item.by or None,
                 done=item.done_at is not None)  # fmt: skip


def agreed_of(one: Action) -> Agreed:
    """Something agreed."""
    return Agreed(
        id=one.pk, text=one.text, who=one.who, first=one.first, last=date.fromordinal(one.until.toordinal() - 1),
        metric=one.metric or None, target=one.target, done_at=one.done_at, outcome=one.came.get("outcome") or None,
        sentence=one.came.get("sentence") or None,
    )  # fmt: skip


def _asked(wish: Wish) -> Asked:
    return Asked(kind=wish.kind, text=wish.text, state=wish.state, answer=wish.answer or None, at=wish.created_at)


def _was(one: OneOnOne) -> Was:
    return Was(public_id=one.public_id, day=day_of(one.ended_at or one.created_at), held=one.state == State.HELD,
               minutes=one.minutes)  # fmt: skip


OPERATIONS = (
    Operation("api_one_on_ones", "one-on-ones", "see_one_on_ones", "Whom one meets in 1:1s.", Paged, MeetingsAnswer, meetings),
    Operation("api_one_on_one", "one-on-ones/past/<uuid:public_id>", "see_one_on_ones", "A 1:1 that was, as it was shown.",
              PastQuery, OneOnOneAnswer, past),
    Operation("api_next_one_on_one", "one-on-ones/<path:rep>", "see_one_on_ones", "The next 1:1 with somebody, prepared.",
              NextQuery, OneOnOneAnswer, following),
)  # fmt: skip
