"""What every data page does first: read the address, find the period, take the scope from the user's door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from paceline.access.gate import Asking
from paceline.metrics.store import Store
from paceline.pages.asked import Asked as Question
from paceline.pages.asked import asked as pages_asked
from paceline.pages.dashboards import written
from paceline.pages.dashboards.address import COMPARISONS, PERIOD, WINDOWS, Address, AddressError, Course
from paceline.sales.periods import Period
from paceline.sales.scope import Scope


@dataclass(frozen=True)
class Asked:
    """A request, read."""

    request: Asking
    address: Address
    question: Question
    course: Course

    @property
    def scope(self) -> Scope:
        """The rows in sight that the address wants."""
        return self.question.scope

    @property
    def period(self) -> Period:
        """The period asked."""
        return self.question.period

    @property
    def store(self) -> Store:
        """What is asked."""
        return self.question.store

    @property
    def as_of(self) -> date | None:
        """The day as known at the end of which; None: now."""
        return self.question.as_of

    @property
    def today(self) -> date:
        """The as-of day."""
        return self.question.today

    @property
    def about(self) -> str:
        """Whose numbers the page shows, in words."""
        rep = self.scope.one_rep
        if rep is not None:
            names = [stint.name for stint in self.store.view(self.as_of).stints if stint.rep_id == rep and stint.name]
            return names[-1] if names else rep
        words = (self.address.role, self.address.team, self.address.segment, self.address.territory)
        return ", ".join(word for word in words if word) or gettext("everybody in sight")

    @property
    def currency(self) -> str:
        """The company's."""
        return self.store.settings.currency

    def base(self, **more: Any) -> dict[str, Any]:
        """What every template needs: the address, its choices, the period's words."""
        return {
            "address": self.address,
            "period": written.period(self.period),
            "so_far": self.course.so_far,
            "today": written.day(self.today),
            "windows": self._windows(),
            "comparisons": [(key, words, key == self.address.vs) for key, words in COMPARISONS.items()],
            **more,
        }

    def _windows(self) -> list[tuple[str, str, bool]]:
        chosen = [(word, str(words), word == self.address.period) for word, words in WINDOWS.items()]
        if self.address.period not in WINDOWS:
            chosen.insert(0, (self.address.period, written.period(self.period), True))
        return chosen


def asked(request: Asking, *, rep: str | None = None, period: str = PERIOD, ahead: bool = False) -> Asked:
    """Read a request; ``rep``: the person the page is about; ``ahead``: a period that hasn't begun may be asked, too.

    Raises AddressError or BadQuestionError for what can't be read, and NotInSight for a rep that the user doesn't see.
    """
    address = Address.read(request.GET.dict(), period=period)
    question = pages_asked(request, rep, period)
    if question.period.first > question.today:
        if ahead:
            return Asked(request, address, question, Course((question.period,), False))
        told = {"period": written.period(question.period), "day": written.day(question.today)}
        raise AddressError(gettext("%(period)s hasn't begun on %(day)s.") % told)
    return Asked(request, address, question, Course.to(question.period, question.today))


def choices(scope_values: Mapping[str, str], chosen: str) -> list[tuple[str, str, bool]]:
    """The options of a selection: value, words, whether it is chosen."""
    return [(value, words, value == chosen) for value, words in scope_values.items()]
