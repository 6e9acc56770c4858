"""What a page's URL says: the pages' only state. Keys are few, short and the same on every page.

``period`` (any word that the command line takes), ``vs`` comparison, ``as_of`` day, and whose rows: ``role``, ``team``,
``segment``, ``territory``, ``manager``. Defaults aren't written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from urllib.parse import urlencode

from django.utils.translation import gettext, gettext_lazy

from paceline.pages.asked import BadQuestionError
from paceline.sales.periods import Period

PERIOD = "trailing_28"
WINDOWS = {
    "this_week": gettext_lazy("This week"),
    "last_week": gettext_lazy("Last week"),
    "trailing_28": gettext_lazy("Last 28 days"),
    "this_month": gettext_lazy("This month"),
    "last_month": gettext_lazy("Last month"),
    "this_quarter": gettext_lazy("This quarter"),
    "last_quarter": gettext_lazy("Last quarter"),
}
COMPARISONS = {
    "own": gettext_lazy("own usual range"),
    "before": gettext_lazy("period before"),
    "year": gettext_lazy("a year before"),
    "peers": gettext_lazy("median of the role"),
}


class AddressError(BadQuestionError):
    """A URL that can't be answered as it stands; the message says what can. Answered with 400."""


@dataclass(frozen=True)
class Address:
    """The state of a page. Empty words are no condition."""

    period: str = PERIOD
    vs: str = "own"
    role: str = ""
    team: str = ""
    segment: str = ""
    territory: str = ""
    manager: str = ""
    as_of: str = ""

    @staticmethod
    def read(query: Mapping[str, str], **defaults: str) -> Address:
        """From a query string's fields; unknown keys are somebody else's. AddressError for an unknown comparison."""
        known = {field.name: query[field.name].strip() for field in fields(Address) if query.get(field.name, "").strip()}
        address = Address(**{**defaults, **known})
        if address.vs not in COMPARISONS:
            choices = ", ".join(COMPARISONS)
            raise AddressError(
                gettext("vs=%(word)s is no comparison; there are: %(choices)s") % {"word": address.vs, "choices": choices}
            )
        return address

    def query(self, **changes: str) -> str:
        """The query string of this state with some changes, the leading ``?`` included; empty for the default state."""
        own = {key: value for key, value in changes.items() if key in _DEFAULTS}
        said = {key: own.get(key, getattr(self, key)) for key in _DEFAULTS}
        pairs = [(key, value) for key, value in said.items() if value != _DEFAULTS[key]]
        pairs += [(key, value) for key, value in changes.items() if key not in own and value]
        return f"?{urlencode(pairs)}" if pairs else ""


_DEFAULTS = {field.name: field.default for field in fields(Address)}  # a table's every cell has an address

# How many periods before the one asked show what is usual.
_EARLIER = {
    "day": 25, "week": 25, "trailing_7": 25, "trailing_28": 12, "month": 17, "quarter": 7, "fiscal_quarter": 7, "trailing_90": 7,
    "year": 3, "fiscal_year": 3, "range": 7,
}  # fmt: skip


@dataclass(frozen=True)
class Course:
    """The periods up to the one asked, which is the last. ``so_far``: it isn't over, and the earlier ones end as early."""

    periods: tuple[Period, ...]
    so_far: bool

    @property
    def last(self) -> Period:
        """The period asked."""
        return self.periods[-1]

    @staticmethod
    def to(period: Period, today: date) -> Course:
        """The course up to a period. One that is running is held against the same first days of those before."""
        whole = [period]
        for _ in range(_EARLIER[period.grain]):
            whole.insert(0, whole[0].before())
        elapsed = (today - period.first).days + 1
        if elapsed >= period.days:
            return Course(tuple(whole), False)
        return Course((*(_begun(one, elapsed) for one in whole[:-1]), period), True)


def _begun(period: Period, days: int) -> Period:
    """The first days of a period, as a range; the whole of one that has no more."""
    return period if period.days <= days else Period.between(period.first, date.fromordinal(period.first.toordinal() + days))


def word_of(period: Period) -> str:
    """The period as a URL's word that ``parse`` reads back to the same days."""
    return f"{period.first}..{period.until}"
