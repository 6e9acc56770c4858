"""Notes: one shared and one private text of each of the two. Nobody else reads either."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from paceline.coaching.models import Note, OneOnOne

LONGEST = 20_000


@dataclass(frozen=True)
class Notes:
    """What one of the two sees: the own shared and private text, and the other's shared one."""

    shared: str
    private: str
    others: str


def write(one: OneOnOne, by: str, private: bool, text: str, now: datetime) -> None:
    """Keep a text; an empty one is none. PermissionError for anybody but the two."""
    if by not in (one.manager_id, one.rep_id) or not by:
        raise PermissionError("only the two of a 1:1 write notes")
    kept = text.strip()[:LONGEST]
    if kept:
        Note.objects.update_or_create(one_on_one=one, by=by, private=private, defaults={"text": kept, "changed_at": now})
    else:
        Note.objects.filter(one_on_one=one, by=by, private=private).delete()


def read(one: OneOnOne | None, reader: str) -> Notes:
    """What a reader sees of a 1:1's notes; nothing for anybody but the two."""
    if one is None or reader not in (one.manager_id, one.rep_id) or not reader:
        return Notes("", "", "")
    seen = list(one.notes.filter(Q(private=False) | Q(by=reader)))
    texts = {(note.by == reader, note.private): note.text for note in seen}
    return Notes(texts.get((True, False), ""), texts.get((True, True), ""), texts.get((False, False), ""))
