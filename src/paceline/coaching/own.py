"""What is kept about one person in 1:1s, to be taken out or erased. What the other of the two wrote is the other's."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from paceline.coaching.models import Action, Item, Note, OneOnOne, Series, Wish
from paceline.people.models import User


def own_one_on_ones(user: User) -> dict[str, Any]:
    """Plain values: when the person met whom, and everything they wrote themselves."""
    person = user.rep_id
    if not person:
        return {}
    return {
        "held": [
            {"with": one.rep_id if one.manager_id == person else one.manager_id, "state": one.state, "minutes": one.minutes,
             "at": _iso(one.at), "ended_at": _iso(one.ended_at)}
            for one in _of(person)
        ],
        "notes": [
            {"private": note.private, "text": note.text, "at": _iso(note.changed_at)} for note in Note.objects.filter(by=person)
        ],
        "points": [
            {"text": item.text, "kind": item.kind, "at": _iso(item.created_at)} for item in Item.objects.filter(by=person)
        ],
        "agreed": [
            {"text": each.text, "metric": each.metric, "target": each.target, "from": each.first.isoformat(),
             "until": each.until.isoformat(), "done_at": _iso(each.done_at), "came": each.came}
            for each in Action.objects.filter(Q(by=person) | Q(who=person) | Q(one_on_one__rep_id=person))
        ],
        "asked_for": [
            {"kind": wish.kind, "text": wish.text, "state": wish.state, "answer": wish.answer, "at": _iso(wish.created_at)}
            for wish in Wish.objects.filter(rep_id=person)
        ],
    }  # fmt: skip


def erase_one_on_ones(user: User | None, rep_id: str) -> None:
    """Erase what the person wrote, and as a rep everything that was written about them. When the two met stays, as numbers."""
    person = rep_id or (user.rep_id if user is not None else "")
    if not person:
        return
    about = OneOnOne.objects.filter(rep_id=person)
    Note.objects.filter(Q(by=person) | Q(one_on_one__in=about)).delete()
    Item.objects.filter(Q(by=person) | Q(one_on_one__in=about)).delete()
    Action.objects.filter(Q(by=person) | Q(who=person) | Q(one_on_one__in=about)).delete()
    about.update(shown={})
    Wish.objects.filter(rep_id=person).delete()
    Wish.objects.filter(manager_id=person).update(answer="")
    Series.objects.filter(Q(rep_id=person) | Q(manager_id=person)).delete()


def _of(person: str) -> QuerySet[OneOnOne]:
    return OneOnOne.objects.filter(Q(manager_id=person) | Q(rep_id=person))


def _iso(at: Any) -> str | None:
    return None if at is None else at.isoformat()
