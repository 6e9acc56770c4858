"""What is told, before it is known how: a few lines with links. Each way to reach a person writes it down in its own manner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

MOST_LINES = 5  # of a message that isn't a review: who wants more opens the page


@dataclass(frozen=True)
class Line:
    """One thing: ``text`` first, ``detail`` after it, both plain. ``href``: the very page and period. ``mark``: worse, better or
    empty.
    """

    text: str
    detail: str = ""
    href: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Section:
    """Lines under a heading."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Button:
    """A link to act on."""

    label: str
    href: str


@dataclass(frozen=True)
class Message:
    """A message, already in the reader's language.

    ``id``: the same at every try, so that a receiver who knows it drops the second. ``kind``: alert, normal, digest, week, month,
    test. ``footer``: why one gets it. ``unsubscribe``: an address that ends these messages by one POST, and the words for it.
    """

    id: str
    kind: str
    subject: str
    lead: str = ""
    sections: tuple[Section, ...] = ()
    buttons: tuple[Button, ...] = ()
    footer: str = ""
    unsubscribe: str = ""
    unsubscribe_words: str = ""
    at: str = ""  # ISO 8601, when it was written
    data: Mapping[str, Any] = field(default_factory=dict)  # the same for programs

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines, in order."""
        return tuple(line for section in self.sections for line in section.lines)

    def as_plain(self) -> dict[str, Any]:
        """As JSON can keep it."""
        return asdict(self)

    @staticmethod
    def from_plain(told: Mapping[str, Any]) -> Message:
        """What ``as_plain`` gave."""
        sections = tuple(Section(one["title"], tuple(Line(**line) for line in one["lines"])) for one in told["sections"])
        buttons = tuple(Button(**one) for one in told["buttons"])
        return Message(**{**told, "sections": sections, "buttons": buttons})
