"""The agenda of the next 1:1: what is on it, in which order, what is done.

``add`` is how any page puts something onto it. Points made from what changed are stored only when somebody touches the agenda.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.db import transaction
from django.utils.http import url_has_allowed_host_and_scheme

from paceline.coaching.clock import now as clock_now
from paceline.coaching.models import Item, Kind, OneOnOne, State
from paceline.coaching.pair import Pair
from paceline.coaching.series import cadence_of, series_of
from paceline.saying.keeping import as_json
from paceline.saying.said import Said, SaidError, say

LONGEST = 500


class AgendaError(SaidError):
    """Something can't be put onto an agenda; the message says why."""


@dataclass(frozen=True)
class Point:
    """Something to talk about. ``key``: of which an agenda has one; ``text``: a sentence that can be told in any language, or
    somebody's own words; ``link``: an address of ours, or empty.
    """

    kind: str
    key: str
    text: str
    link: str = ""


def add(manager_id: str, rep_id: str, by: str, kind: str, text: str, link: str = "", key: str = "") -> Item:
    """Put something onto the next 1:1 of the two; gives what is there by now. Adding the same (``key``; by default kind and text)
    again changes nothing, but brings back what was taken off; what came by itself is somebody's from then on.

    ``by``: the id of whoever adds it. Raises AgendaError for an empty text, an unknown kind, a link that leads elsewhere.
    """
    pair = Pair(manager_id, rep_id)
    told = _plain(text)
    if by not in pair:
        raise AgendaError(say("only the two of a 1:1 change its agenda"))
    if not told:
        raise AgendaError(say("there is nothing to talk about: the text is empty"))
    if kind not in Kind.values:
        raise AgendaError(say("'{kind}' is no kind of point; there are: {kinds}", kind=kind, kinds=", ".join(Kind.values)))
    if link and not is_ours(link):
        raise AgendaError(say("a point links to a page of ours: an address that begins with one /"))
    name = key or f"{kind}:{blake2b(told.encode(), digest_size=8).hexdigest()}"
    with transaction.atomic():
        to_come = upcoming(pair)
        found, new = Item.objects.get_or_create(
            one_on_one=to_come, key=name[:100],
            defaults={"kind": kind, "text": told, "said": _kept(text), "link": link, "by": by, "place": _last_place(to_come)},
        )  # fmt: skip
        if not new and (found.removed or not found.by):
            found.removed, found.by = False, found.by or by
            found.save(update_fields=["removed", "by"])
    return found


def take_back(pair: Pair, by: str, key: str) -> None:
    """Undo what ``by`` added: a point that would be there anyway, as it was made from what changed, comes back by itself.

    Raises AgendaError for one that isn't there, was added by the other, or was talked about.
    """
    found = Item.objects.filter(one_on_one__state=State.PLANNED, key=key, by=by, done_at=None, removed=False)
    if not found.filter(one_on_one__manager_id=pair.manager_id, one_on_one__rep_id=pair.rep_id).delete()[0]:
        raise AgendaError(say("this point isn't on the agenda any more"))


def added_by(person: str) -> frozenset[tuple[str, str]]:
    """What somebody put onto agendas that are to come, and nobody took off: (rep's id, key of the point)."""
    found = Item.objects.filter(one_on_one__state=State.PLANNED, by=person, done_at=None, removed=False)
    return frozenset(found.values_list("one_on_one__rep_id", "key")) if person else frozenset()


def is_ours(link: str) -> bool:
    """Whether an address stays on our own pages: also as a browser reads it, which leaves out tabs and ends of lines."""
    return link.startswith("/") and len(link) <= LONGEST and url_has_allowed_host_and_scheme(link, allowed_hosts=None)


def upcoming(pair: Pair, now: datetime | None = None) -> OneOnOne:
    """The next 1:1 of the two, made where there is none yet: on the series' next date, else without one."""
    series = series_of(pair)
    start: dict[str, object] = {}
    if series is not None:
        last = OneOnOne.objects.filter(**pair.ids).exclude(state=State.PLANNED).first()
        moment = now or clock_now()
        before = max([moment, *([last.at] if last is not None and last.at is not None else [])])
        start = {"at": cadence_of(series).next_after(before), "minutes": series.minutes}
    return OneOnOne.objects.get_or_create(**pair.ids, state=State.PLANNED, defaults=start)[0]


def to_come(pair: Pair) -> OneOnOne | None:
    """The next 1:1 of the two, where there is one already."""
    return OneOnOne.objects.filter(**pair.ids, state=State.PLANNED).first()


def planned_by(manager_id: str) -> dict[str, datetime]:
    """When a manager next meets whom: the CRM ids of the people with a planned 1:1 that has its time."""
    planned = OneOnOne.objects.filter(manager_id=manager_id, state=State.PLANNED).exclude(at=None) if manager_id else ()
    return {one.rep_id: one.at for one in planned if one.at is not None}


def write_down(one: OneOnOne, points: Sequence[Point]) -> None:
    """Store the points made from what changed that aren't on the agenda yet, after those that are."""
    known = set(one.items.values_list("key", flat=True))
    place = _last_place(one)
    fresh = [point for point in points if point.key not in known]
    Item.objects.bulk_create([
        Item(
            one_on_one=one, kind=point.kind, key=point.key, text=_plain(point.text), said=_kept(point.text), link=point.link,
            place=place + number,
        )
        for number, point in enumerate(fresh)
    ])  # fmt: skip


def on_it(one: OneOnOne | None, points: Sequence[Point] = ()) -> list[Item]:
    """The agenda as it is shown: what is stored, then the points that nobody touched yet (without a number of their own)."""
    stored = list(one.items.all()) if one is not None else []
    known = {item.key for item in stored}
    fresh = [
        Item(kind=p.kind, key=p.key, text=_plain(p.text), said=_kept(p.text), link=p.link) for p in points if p.key not in known
    ]
    return [item for item in stored if not item.removed] + fresh


def tick(one: OneOnOne, key: str, done: bool, now: datetime) -> None:
    """Tick a point off, or open it again. Raises AgendaError for one that isn't there."""
    item = _item(one, key)
    item.done_at = now if done else None
    item.save(update_fields=["done_at"])


def move(one: OneOnOne, key: str, by: int) -> None:
    """Move a point so many places down (up: below 0). Raises AgendaError for one that isn't there."""
    _item(one, key)
    there = [item for item in one.items.all() if not item.removed]
    at = next(place for place, item in enumerate(there) if item.key == key)
    item = there.pop(at)
    there.insert(min(max(at + by, 0), len(there)), item)
    for place, each in enumerate(there):
        each.place = place
    Item.objects.bulk_update(there, ["place"])


def take_off(one: OneOnOne, key: str) -> None:
    """Take a point off. One made from what changed is remembered, so that it doesn't come back by itself."""
    item = _item(one, key)
    item.removed = True
    item.save(update_fields=["removed"])


def carry_over(one: OneOnOne, following: OneOnOne) -> None:
    """What somebody had put on the agenda and wasn't talked about is on the next one's."""
    for item in one.items.filter(done_at=None, removed=False).exclude(by=""):
        Item.objects.get_or_create(
            one_on_one=following, key=item.key,
            defaults={
                "kind": item.kind, "text": item.text, "said": item.said, "link": item.link, "by": item.by,
                "place": _last_place(following),
            },
        )  # fmt: skip


def _plain(text: str) -> str:
    return " ".join(text.split())[:LONGEST]


def _kept(text: str) -> Any:
    """A sentence as it is kept; None for somebody's own words, which the plain text has."""
    return as_json(text) if isinstance(text, Said) and text.form is not None else None


def _item(one: OneOnOne, key: str) -> Item:
    found = one.items.filter(key=key, removed=False).first()
    if found is None:
        raise AgendaError(say("this point isn't on the agenda any more"))
    return found


def _last_place(one: OneOnOne) -> int:
    last = one.items.order_by("place").last()
    return 0 if last is None else last.place + 1
