"""What the engine says, in the reader's language: whatever shows a sentence of it asks ``in_words``."""

from __future__ import annotations

from datetime import date, timedelta
from typing import overload

from django.utils.translation import get_language, gettext, ngettext

from paceline.pages.dashboards import written
from paceline.sales.periods import Period
from paceline.saying.said import SaidError
from paceline.saying.telling import in_language
from paceline.saying.values import Span


class Readers:
    """The reader's language: our catalogue, and values as CLDR has them."""

    def text(self, text: str) -> str:
        """The translation."""
        return gettext(text)

    def inside(self, text: str) -> str:
        """English begins terms small there; other languages as their catalogue has them."""
        return text[:1].lower() + text[1:] if (get_language() or "en").startswith("en") else text

    def plural(self, one: str, many: str, number: int) -> str:
        """The translation for a number of things."""
        return ngettext(one, many, number)

    def number(self, value: float, decimals: int) -> str:
        """``12,5``."""
        return written.number(value, decimals)

    def share(self, value: float, decimals: int) -> str:
        """``63 %``."""
        return written.share(value, decimals)

    def change(self, value: float) -> str:
        """``+18 %``."""
        return written.signed_share(value)

    def money(self, value: float, currency: str, brief: bool) -> str:
        """``10.005.534 €``, ``10,0 Mio. €``."""
        return (written.money_brief if brief else written.money)(value, currency)

    def day(self, day: date) -> str:
        """``12.05.2026``."""
        return written.day(day)

    def span(self, of: Span) -> str:
        """``Mai 2026``; what is counted back from a day, or begins a fiscal year, by its days."""
        if of.grain in ("fiscal_quarter", "fiscal_year"):
            return of.label
        if of.grain in ("month", "quarter", "year"):
            return written.period(Period(of.grain, of.first, of.until))
        return written.days(of.first, of.until - timedelta(days=1))


_READERS = Readers()


@overload
def in_words(said: str) -> str: ...


@overload
def in_words(said: None) -> None: ...


def in_words(said: str | None) -> str | None:
    """A sentence in the reader's language, values as it writes them; None stays None."""
    if said is None:
        return None
    return in_language(said, _READERS)


def fault_in_words(error: ValueError) -> str:
    """What is wrong, in the reader's language, where the engine can tell it."""
    return in_words(error.said if isinstance(error, SaidError) else str(error))
