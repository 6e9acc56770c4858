"""Writing to the audit log, and proving that nobody edited it.

Each entry's digest is an HMAC over its content and the digest before it. Whoever changes, removes or inserts an entry breaks
every digest after it; without the project's secret key nobody can make them anew. The database refuses UPDATE and DELETE, too.
What a chain can't show is its end cut off: ``head`` gives the last number and digest, to be kept elsewhere.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from paceline.access.models import AuditEntry
from paceline.people.models import User

FIRST = "0" * 64
_LOCK = 0x9ACE  # PostgreSQL's advisory lock under which entries are numbered


@dataclass(frozen=True)
class Break:
    """Where the chain doesn't hold, and how."""

    number: int
    wrong: str


def note(what: str, who: User | None, about: Mapping[str, str | int | bool | None] | None = None) -> AuditEntry:
    """Add an entry. ``about`` says of what, in ids and settings' names; no names of people, no addresses."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = AuditEntry.objects.order_by("-number").first()
        number, before = (last.number + 1, last.digest) if last is not None else (1, FIRST)
        at = timezone.now()
        told = dict(about or {})
        person = str(who.public_id) if who is not None else ""
        digest = _digest(number, at, person, what, told, before)
        return AuditEntry.objects.create(number=number, at=at, who=person, what=what, about=told, before=before, digest=digest)


def breaks() -> Iterator[Break]:
    """Everything that is wrong with the log, in order; nothing for a log that nobody touched."""
    before, expected = FIRST, 1
    for entry in AuditEntry.objects.order_by("number").iterator():
        if entry.number != expected:
            yield Break(expected, f"entries {expected} to {entry.number - 1} are missing")
        elif entry.before != before:
            yield Break(entry.number, "it doesn't follow the entry before it")
        digest = _digest(entry.number, entry.at, entry.who, entry.what, entry.about, entry.before)
        if not hmac.compare_digest(entry.digest, digest):
            yield Break(entry.number, "its content was changed")
        before, expected = entry.digest, entry.number + 1


def head() -> tuple[int, str]:
    """The last entry's number and digest; 0 and zeros for an empty log."""
    last = AuditEntry.objects.order_by("-number").first()
    return (last.number, last.digest) if last is not None else (0, FIRST)


def _digest(number: int, at: datetime, who: str, what: str, about: Mapping[str, object], before: str) -> str:
    content = json.dumps([number, at.timestamp(), who, what, about, before], sort_keys=True, ensure_ascii=False)
    key = f"audit:{settings.SECRET_KEY}".encode()
    return hmac.new(key, content.encode(), "sha256").hexdigest()
