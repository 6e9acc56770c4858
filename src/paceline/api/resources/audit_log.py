"""The audit log, newest first. Its cursors know an entry's number: what is added meanwhile doesn't shift them."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from pydantic import Field, JsonValue

from paceline.access.audit import head
from paceline.access.models import AuditEntry
from paceline.api.answers import Listing, Shape, instant
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, cursor_at, place_of
from paceline.people.models import User


class Entry(Shape):
    """One thing done."""

    number: int = Field(description="Counts without gaps.")
    at: datetime
    who: str | None = Field(description="The user's id; null: nobody was logged in.")
    name: str | None = Field(description="What that user is called now; null: the account is gone.")
    what: str
    about: dict[str, JsonValue]
    digest: str = Field(description="An HMAC over the entry and the digest before it.")


class AuditAnswer(Listing):
    """Entries, newest first."""

    last_number: int
    last_digest: str = Field(description="Kept elsewhere, it shows a log whose end was cut off.")
    items: list[Entry]


class AuditQuery(Paged):
    """Which entries."""

    what: str = Field("", description="Only this deed, such as exported or user_changed.")
    who: str = Field("", description="Only this user's, by id (`public_id` of /users).")


def audit(caller: Caller, query: AuditQuery) -> AuditAnswer:
    """A part of the log."""
    store = caller.door("see_audit").store
    entries = AuditEntry.objects.order_by("-number")
    for field in ("what", "who"):
        if wanted := getattr(query, field):
            entries = entries.filter(**{field: wanted})
    if query.cursor:
        entries = entries.filter(number__lt=place_of(query))
    some = list(entries[: query.limit + 1])
    shown, more = some[: query.limit], len(some) > query.limit
    names = {str(user.public_id): user.name for user in User.objects.all()}
    number, digest = head()
    cursor = cursor_at(shown[-1].number, query) if more else None
    return AuditAnswer(
        as_of=instant(store.now), link=caller.link(reverse("audit")), next_cursor=cursor, last_number=number, last_digest=digest,
        items=[Entry(number=one.number, at=one.at, who=one.who or None, name=names.get(one.who), what=one.what, about=one.about,
                     digest=one.digest) for one in shown],
    )  # fmt: skip


OPERATIONS = (Operation("api_audit", "audit", "see_audit", "The audit log.", AuditQuery, AuditAnswer, audit),)
