"""A sentence in a reader's language: its text from the catalogue, its values by the language's rules."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from paceline.saying.said import Joined, Said, Sentence, filled
from paceline.saying.values import Change, Day, Money, Number, Span, Value, Word


class Language(Protocol):
    """What a language has to know: its catalogue, and how it writes values."""

    def text(self, text: str) -> str:
        """The translation of a text."""
        ...

    def inside(self, text: str) -> str:
        """A term as it stands inside a sentence."""
        ...

    def plural(self, one: str, many: str, number: int) -> str:
        """The translation of a text about a number of things."""
        ...

    def number(self, value: float, decimals: int) -> str:
        """With so many decimals."""
        ...

    def share(self, value: float, decimals: int) -> str:
        """A fraction as a percentage."""
        ...

    def change(self, value: float) -> str:
        """A fraction as a percentage with its sign."""
        ...

    def money(self, value: float, currency: str, brief: bool) -> str:
        """An amount in units of its currency; ``brief``: in few characters."""
        ...

    def day(self, day: date) -> str:
        """A date."""
        ...

    def span(self, of: Span) -> str:
        """A period."""
        ...


def in_language(said: str, language: Language) -> str:
    """Tell it. What isn't ``Said``, or is somebody's own words, stays as it is."""
    form = said.form if isinstance(said, Said) else None
    if isinstance(form, Joined):
        return form.between.join(in_language(part, language) for part in form.parts)
    if isinstance(form, Sentence):
        values = {name: _written(value, language) for name, value in form.values.items()}
        if form.many is None:
            return filled(language.text(form.text), values)
        return filled(language.plural(form.text, form.many, form.number), values)
    return str(said)


def _written(value: Value, language: Language) -> str:
    match value:
        case str():
            return in_language(value, language)
        case int():
            return language.number(value, 0)
        case Number():
            return value.sign + (language.share if value.is_share else language.number)(value.value, value.decimals)
        case Change():
            return language.change(value.value)
        case Money():
            return language.money(value.value, value.currency, value.brief)
        case Day():
            return language.day(value.day)
        case Span():
            return language.span(value)
        case Word():
            text = language.text(value.term)
            return value.begun(language.inside(text) if value.inside else text)
