"""Links in messages: absolute, to the very page and period."""

from __future__ import annotations

from django.core import signing
from django.urls import reverse

from paceline.pages.dashboards.address import Address, word_of
from paceline.people.models import User
from paceline.project.running import running
from paceline.sales.periods import Period

_SALT = "paceline.unsubscribe"
_here = "http://127.0.0.1:8321"


def served_at(address: str) -> None:
    """Where this process serves; links begin with it, unless ``paceline.toml`` says where people open the pages."""
    global _here
    _here = address


def absolute(path: str) -> str:
    """A path of ours as people outside open it."""
    return (running().project.config.pages.address or _here) + path


def metric_page(slug: str, period: Period, level: str, name: str) -> str:
    """A metric of a rep or a team over a period; a path."""
    whose = {"rep": name} if level == "rep" else {"team": name}
    return reverse("metric", args=[slug]) + Address().query(period=word_of(period), **whose)


def unsubscribe(user: User, kind: str) -> str:
    """Where one POST ends a kind of message; absolute. It works without a log-in, and only for this."""
    return absolute(reverse("unsubscribe", args=[signing.dumps([str(user.public_id), kind], salt=_SALT)]))


def unsubscribed(token: str) -> tuple[str, str] | None:
    """Whose (public id) and which kind of message a token ends; None for one that isn't ours."""
    try:
        who, kind = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(who), str(kind)
