"""What a rep asks the manager for: a 1:1, a goal, a fix of the data; and the answer."""

from __future__ import annotations

from datetime import datetime

from paceline.coaching.models import Wish, WishKind, WishState
from paceline.coaching.pair import Pair
from paceline.saying.said import SaidError, say


class WishError(SaidError):
    """Something can't be asked or answered as it stands; the message says why."""


def ask(pair: Pair, kind: str, text: str, now: datetime, link: str = "") -> Wish:
    """The rep of the two asks for something. Raises WishError for an unknown kind, and for a fix or a goal without words."""
    told = " ".join(text.split())[:500]
    if kind not in WishKind.values:
        raise WishError(say("'{kind}' can't be asked for; there are: {kinds}", kind=kind, kinds=", ".join(WishKind.values)))
    if not told and kind != WishKind.ONE_ON_ONE:
        raise WishError(say("say what it is about"))
    return Wish.objects.create(**pair.ids, kind=kind, text=told, link=link, created_at=now)


def answer(wish: Wish, granted: bool, words: str, now: datetime) -> None:
    """The manager of the two answers; an answer may be changed."""
    wish.state = WishState.GRANTED if granted else WishState.DECLINED
    wish.answer, wish.answered_at = " ".join(words.split())[:500], now
    wish.save(update_fields=["state", "answer", "answered_at"])


def waiting_for(manager_id: str) -> list[Wish]:
    """What a manager hasn't answered yet, the oldest first."""
    return list(Wish.objects.filter(manager_id=manager_id, state=WishState.OPEN)) if manager_id else []


def of_two(pair: Pair, most: int = 10) -> list[Wish]:
    """The latest of the two, open ones first."""
    found = Wish.objects.filter(**pair.ids).order_by("-created_at", "-pk")[:most]
    return sorted(found, key=lambda wish: wish.state != WishState.OPEN)
