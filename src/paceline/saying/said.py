"""``Said``: a sentence in English that can be told in another language, and kept without losing that.

>>> say("{who} has {count} open deals", who="Ann Lee", count=3)
'Ann Lee has 3 open deals'

It is a ``str``, so whoever knows English only needs nothing else. A field that holds a sentence is typed ``Said``: an f-string
isn't one, and the type checker says so. ``in_language`` tells it; ``as_json`` and ``from_json`` keep it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from paceline.saying.values import Number, Value, Word


@dataclass(frozen=True)
class Sentence:
    """A text with named places, as it stands in the catalogue, and what stands there. ``many`` (and ``number``): where it has a
    plural.
    """

    text: str
    values: Mapping[str, Value] = field(default_factory=dict)
    many: str | None = None
    number: int = 0


@dataclass(frozen=True)
class Joined:
    """Several, one after the other. A plain ``str`` among them is a name, and stays."""

    parts: tuple[str, ...]
    between: str


class Said(str):
    """A sentence; ``form`` is what it was made of, None where it is a name or somebody's own words."""

    form: Sentence | Joined | None

    def __new__(cls, text: str, form: Sentence | Joined | None = None) -> Said:
        """Made by ``say``, ``say_many``, ``joined``, ``catalogued`` and ``own_words``."""
        made = super().__new__(cls, text)
        made.form = form
        return made


def say(text: str, /, **values: Value) -> Said:
    """A sentence: a text of the catalogue, with a value for each of its ``{places}``. KeyError where one is missing."""
    return Said(filled(text, english(values)), Sentence(text, values)) if values else _as_it_stands(text)


@cache  # thousands of readings say the same
def _as_it_stands(text: str) -> Said:
    return Said(filled(text, {}), Sentence(text, {}))


def say_many(one: str, many: str, number: int, /, **values: Value) -> Said:
    """A sentence about a number of things, which stands at ``{number}``."""
    values = {"number": number, **values}
    return Said(filled(one if number == 1 else many, english(values)), Sentence(one, values, many, number))


def say_amount(one: str, many: str, amount: Number, /) -> Said:
    """A sentence about an amount, which stands at ``{number}`` rounded as it is told: ``1 day``, ``4.5 days``."""
    return say_many(one, many, 1 if str(amount) == "1" else 2, number=amount)


def joined(parts: Iterable[str], between: str = " ") -> Said:
    """One after the other; empty ones are left out."""
    there = tuple(part for part in parts if part)
    return Said(between.join(there), Joined(there, between))


@cache
def catalogued(term: str, inside: bool = False) -> Said:
    """A term of the catalogue, such as a metric's name; ``inside`` a sentence English begins it small."""
    return say("{term}", term=Word(term, inside))


def noted(text: str) -> str:
    """A text that ``say`` is given elsewhere: so marked, it comes into the catalogue."""
    return text


def own_words(text: str) -> Said:
    """A name, or what somebody wrote: the same in every language."""
    return Said(text)


def alternatives(parts: Iterable[str]) -> Said:
    """``a or b or c``."""
    *before, last = parts
    return say("{some} or {last}", some=alternatives(before), last=last) if before else joined([last])


def listed(parts: Iterable[str]) -> Said:
    """``a, b and c``."""
    *before, last = parts
    return say("{some} and {last}", some=joined(before, ", "), last=last) if before else joined([last])


def ending(sentence: str) -> Said:
    """A sentence with its full stop; one that ends as a question needs none."""
    return joined([sentence, "" if sentence.endswith(("?", "!", ".", "…")) else "."], "")


def english(values: Mapping[str, Value]) -> dict[str, str]:
    """The values as English has them."""
    return {name: f"{value:,}" if isinstance(value, int) else str(value) for name, value in values.items()}


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled."""
    return text.format_map(values)


class SaidError(ValueError):
    """An error whose message can be told in any language, where it was made by ``say``."""

    @property
    def said(self) -> Said:
        """The message."""
        (message,) = self.args
        return message if isinstance(message, Said) else own_words(str(message))


NOTHING = joined(())
