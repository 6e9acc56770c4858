"""Long lists in parts. A cursor knows its place, its question and the data's version: parts of one list never come from two."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterable, Sequence
from hashlib import blake2s
from typing import TypeVar

from pydantic import Field

from paceline.api.question import Query
from paceline.api.refusal import Refused
from paceline.metrics.store import Store
from paceline.pages.dashboards.kept import version_of

Item = TypeVar("Item")
MOST = 1000


class Paged(Query):
    """How much of a list."""

    limit: int = Field(100, ge=1, le=MOST, description="How many items at most.")
    cursor: str = Field("", description="Where to go on: `next_cursor` of the answer before.")


def part(items: Sequence[Item], query: Paged, store: Store, version: str = "") -> tuple[Sequence[Item], str | None]:
    """The items asked for, and the cursor after them. Raises Refused for a cursor of another list, or of older data.

    ``version``: of what isn't in the store.
    """
    whole = f"{version_of(store)}{version}"
    first = place_of(query, whole) if query.cursor else 0
    until = first + query.limit
    return items[first:until], None if until >= len(items) else cursor_at(until, query, whole)


def place_of(query: Paged, version: str = "") -> int:
    """The place that the query's cursor keeps. Raises Refused for a cursor of another list, or of another version of it."""
    return _read(query.cursor, _mark(query, version))


def cursor_at(place: int, query: Paged, version: str = "") -> str:
    """A cursor that keeps a place (0 or more) in the list that the query asks for."""
    return _written(place, _mark(query, version))


def _mark(query: Paged, version: str) -> str:
    asked = query.model_dump_json(exclude={"cursor", "limit"})
    return blake2s(f"{type(query).__name__}{asked}{version}".encode(), digest_size=6).hexdigest()


def version_of_ids(ids: Iterable[object]) -> str:
    """The version of a list of the application's own: which things are in it, in which order."""
    return blake2s(",".join(map(str, ids)).encode(), digest_size=6).hexdigest()


def _written(first: int, mark: str) -> str:
    return urlsafe_b64encode(f"{first}.{mark}".encode()).decode().rstrip("=")


def _read(cursor: str, mark: str) -> int:
    try:
        first, _, found = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition(".")
        place = int(first)
    except (Error, ValueError):
        raise Refused(400, "bad_cursor", "This cursor can't be read. Ask again without one.") from None
    if found != mark or place < 0:
        raise Refused(400, "old_cursor", "The cursor is of another question, or the data changed. Ask again without one.")
    return place
