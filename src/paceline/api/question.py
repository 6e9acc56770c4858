"""What a request's words mean: whose rows, which days, as known when. The same words as in the pages' addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from django.http import Http404
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from paceline.access.doors import Door
from paceline.api.refusal import Problems, not_found
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Metric
from paceline.pages.asked import wanted_in
from paceline.pages.dashboards.address import Course, word_of
from paceline.sales.periods import Period, PeriodError, epoch_day, parse
from paceline.sales.scope import ATTRIBUTES, Scope

_NARROWING = tuple(name for name in ATTRIBUTES if name not in ("rep", "manager"))


def _split(value: Any) -> Any:
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


# Several words in one parameter: ``a,b``.
Words = Annotated[tuple[str, ...], BeforeValidator(_split)]


class Query(BaseModel):
    """What can be sent; anything else is a mistake, and is told."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Whose(Query):
    """Whose rows, as known when."""

    rep: str = Field("", description="One person, by the CRM's id, or by name if only one in sight is called so.")
    team: str = Field("", description="Only rows of days on which their rep was in this team.")
    role: str = Field("", description="Only rows of days on which their rep had this role.")
    segment: str = Field("", description="Only rows of days on which their rep sold to this segment.")
    territory: str = Field("", description="Only rows of days on which their rep had this territory.")
    manager: str = Field("", description="Only rows of those below this manager, by id or name.")
    as_of: date | None = Field(None, description="A past day: everything as it was known at that day's end. Default: now.")


class When(Whose):
    """Whose rows, which days, as known when."""

    period: str = Field(
        "trailing_28",
        description="Which days: 2026, 2026-Q3, 2026-07, 2026-W30, 2026-07-31, FY26-Q2, today, this_week, last_month, "
        "this_quarter, trailing_28 …, or FIRST..UNTIL (without the day UNTIL).",
    )


@dataclass(frozen=True)
class Question:
    """A request, understood. ``words``: the same for a page's address."""

    door: Door
    scope: Scope
    period: Period
    as_of: date | None
    today: date
    words: tuple[tuple[str, str], ...]

    @property
    def store(self) -> Store:
        """What is asked."""
        return self.door.store

    @property
    def course(self) -> Course:
        """The periods up to the one asked."""
        return Course.to(self.period, self.today)


def understood(door: Door, query: Whose, problems: Problems) -> Question:
    """The question of a query through a door. Raises Refused: 422 with every problem, 404 for a person out of sight."""
    as_of = query.as_of
    today = door.store.view(as_of).day
    words = {name: value for name in ATTRIBUTES if (value := getattr(query, name))}
    for name in _NARROWING:
        if name in words:
            _check_known(door, name, words[name], problems)
    for name in ("rep", "manager"):
        if name in words:
            words[name] = _person(door, words[name], as_of)
    period = _period(door, query.period, today, problems) if isinstance(query, When) else None
    problems.check()
    try:
        scope = door.narrowed(wanted_in(words))
    except Http404:
        raise not_found() from None
    period = period or Period.containing("day", today, door.store.settings)
    address = {"period": word_of(period), **words, **({} if as_of is None else {"as_of": str(as_of)})}
    return Question(door, scope, period, as_of, today, tuple(address.items()))


def _period(door: Door, word: str, today: date, problems: Problems) -> Period | None:
    try:
        period = parse(word, door.store.settings, today)
    except PeriodError as error:
        problems.add("period", str(error), "For example: last_month, 2026-Q3, trailing_28.")
        return None
    if period.first > today:
        problems.add("period", f"{period.label} hasn't begun on {today}.", "Ask for one that has.")
        return None
    return period


def _check_known(door: Door, name: str, value: str, problems: Problems) -> None:
    """A team, role… that nobody in sight ever was in is a slip of the pen."""
    known = sorted({found for stint in door.store.view().members(door.sight()) if (found := stint.attribute(name))})
    if value not in known:
        problems.unknown(name, name, value, known)


def _person(door: Door, word: str, as_of: date | None) -> str:
    """The id of a person in sight, by id or name. Whoever isn't in sight isn't there: the word comes back as it is."""
    if door.sees(word) or word == door.rep_id:
        return word
    stints = door.store.view(as_of).stints
    named = {stint.rep_id for stint in stints if (stint.name or "").casefold() == word.casefold() and door.sees(stint.rep_id)}
    return named.pop() if len(named) == 1 else word


def metrics_of(store: Store, slugs: Sequence[str], problems: Problems, field: str = "metrics") -> tuple[Metric, ...]:
    """The metrics of these slugs; unknown ones become problems."""
    if not slugs:
        problems.add(field, "No metric is named.", f"Add {field}=revenue, or several: {field}=revenue,win_rate.")
    for slug in slugs:
        if slug not in store.catalog:
            problems.unknown(field, "metric", slug, list(store.catalog))
    return tuple(store.catalog[slug] for slug in dict.fromkeys(slugs) if slug in store.catalog)


def name_of(door: Door, rep_id: str, as_of: date | None) -> str:
    """What a person is called on the as-of day."""
    view = door.store.view(as_of)
    on = epoch_day(view.day)
    named = [stint for stint in view.stints if stint.rep_id == rep_id and stint.name and stint.from_day <= on]
    return named[-1].name or rep_id if named else rep_id
