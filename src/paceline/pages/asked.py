"""What the URL asks: whose rows, which days, as of when. The URL is the only state of a page.

=============  ==================================================================================================
``period``     which days, in the words of the command line: ``2026-Q3``, ``last_month``, ``trailing_28`` …
``as_of``      a past day (``YYYY-MM-DD``): everything as it was known at that day's end
``rep``        one person, by the CRM's id
``team`` ``role`` ``segment`` ``territory``    narrow the rows in sight
``manager``    those below a manager, by the CRM's id
=============  ==================================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from paceline.access.doors import Door
from paceline.access.gate import Asking
from paceline.metrics.store import Store
from paceline.pages.told import fault_in_words
from paceline.sales.periods import Period, PeriodError, parse
from paceline.sales.scope import ATTRIBUTES, Clause, Scope

PERIOD = "trailing_28"


class BadQuestionError(ValueError):
    """The URL asks for something that can't be understood; the message says how it is written. Answered with 400."""


@dataclass(frozen=True)
class Asked:
    """A page's question: what to ask (``store``, ``scope``, ``period``, ``as_of``), and the day that counts as today."""

    door: Door
    scope: Scope
    period: Period
    as_of: date | None
    today: date

    @property
    def store(self) -> Store:
        """The store that answers."""
        return self.door.store


def asked(request: Asking, rep: str | None = None, period: str = PERIOD) -> Asked:
    """The question of a request; ``rep``: the person the page is about; ``period``: what counts when the URL names none.

    Raises BadQuestionError (400), NotInSight (404).
    """
    return asked_in(request.GET.dict(), request.door, rep, period)


def asked_in(words: Mapping[str, str], door: Door, rep: str | None = None, period: str = PERIOD) -> Asked:
    """The same, from the URL's words and a door."""
    as_of = _day(words.get("as_of"))
    today = door.store.view(as_of).day
    try:
        days = parse(words.get("period") or period, door.store.settings, today)
    except PeriodError as error:
        raise BadQuestionError(fault_in_words(error)) from None
    return Asked(door, door.narrowed(wanted_in(words, rep)), days, as_of, today)


def wanted_in(words: Mapping[str, str], rep: str | None = None) -> Scope:
    """The scope that the words name, of whomever it may be."""
    named = {name: words.get(name) for name in ATTRIBUTES} | ({"rep": rep} if rep is not None else {})
    return Scope(tuple(Clause(name, frozenset([value])) for name, value in named.items() if value))


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuestionError(gettext("%(day)s is no day: write it as 2026-06-30") % {"day": text}) from None
