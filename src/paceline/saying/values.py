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
    def sign(self) -> str:
        """A plus, where the form tells it of a number that isn't below 0."""
        return "+" if str(self).startswith("+") else ""

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
    """An amount in units of its currency; cents only below a thousand. ``brief``: in few characters, ``82k USD``."""

    value: float
    currency: str
    brief: bool = False

    def __str__(self) -> str:
        if self.brief:
            return f"{_in_short(self.value)} {self.currency}".rstrip()
        return f"{self.value:,.2f} {self.currency}" if abs(self.value) < 1000 else f"{self.value:,.0f} {self.currency}"


def _in_short(units: float) -> str:
    if abs(units) >= 999_500:
        return f"{units / 1e6:.2f}m"
    if abs(units) >= 9_950:
        return f"{units / 1e3:.0f}k"
    return f"{units / 1e3:.1f}k" if abs(units) >= 999.5 else f"{units:.0f}"


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
    """A term of the catalogue. ``inside`` a sentence English begins it small; ``at_start`` any language begins it large."""

    term: str
    inside: bool = False
    at_start: bool = False

    def __str__(self) -> str:
        return self.begun(self.term[:1].lower() + self.term[1:] if self.inside else self.term)

    def begun(self, text: str) -> str:
        """The text, or its translation, as it stands where a sentence begins."""
        return text[:1].upper() + text[1:] if self.at_start else text


# Text (a name) stays as it is; whole numbers are told with separators; a sentence may stand within another one.
Value = str | int | Number | Change | Money | Day | Span | Word
