"""What stands in the places of a sentence. Each is text as English has it, and can be written by another language's rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Number:
    """A number; ``form`` is the format in English (``,.0f``). One that ends in % takes a fraction (``.0%`` of 0.31: 31%)."""

    value: float
    form: str = ","

    def __str__(self) -> str:
        return format(self.value, self.form)

    @property
    def is_share(self) -> bool:
        """Whether it is told as a percentage."""
        return self.form.endswith("%")

    @property
    def decimals(self) -> int:
        """How many decimals it is told with."""
        return len(str(self).rstrip("%").partition(".")[2])


@dataclass(frozen=True)
class Change:
    """A relative change, with its sign: ``+18%``, ``−6%`` of a fraction."""

    value: float

    def __str__(self) -> str:
        return f"{'−' if self.value < 0 else '+'}{abs(self.value):.0%}"


@dataclass(frozen=True)
class Money:
    """An amount in units of its currency; cents only below a thousand."""

    value: float
    currency: str

    def __str__(self) -> str:
        return f"{self.value:,.2f} {self.currency}" if abs(self.value) < 1000 else f"{self.value:,.0f} {self.currency}"


@dataclass(frozen=True)
class Day:
    """A date; ``form`` is the format in English: ``2026-05-12``, or ``%-d %b %Y`` for ``12 May 2026``."""

    day: date
    form: str = "%Y-%m-%d"

    def __str__(self) -> str:
        return self.day.strftime(self.form)


@dataclass(frozen=True)
class Span:
    """A period: ``label`` in English, its grain (``month``, ``range``…), and its days: ``first <= day < until``."""

    label: str
    grain: str
    first: date
    until: date

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class Word:
    """A term of the catalogue (a metric's name): ``inside`` a sentence English begins it small."""

    term: str
    inside: bool = False

    def __str__(self) -> str:
        return self.term[:1].lower() + self.term[1:] if self.inside else self.term


# Text (a name) stays as it is; whole numbers are told with separators; a sentence may stand within another one.
Value = str | int | Number | Change | Money | Day | Span | Word
