"""Which goals to set: for each person (or team) of a scope, from what comparable people came to in earlier periods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

import numpy as np

from paceline.insight.goals_levels import LEVELS, Past, Recommendation, recommend
from paceline.judging.goals import COMPANY, REP, TEAM
from paceline.judging.goals_calendar import Calendar, calendar
from paceline.judging.goals_draws import is_flow
from paceline.judging.goals_set import THE_COMPANY, GoalError
from paceline.judging.people import Person, people
from paceline.metrics.ask import ask
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Metric
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.saying.said import Said, catalogued, joined, own_words, say
from paceline.saying.values import Day

PERIODS = 8  # earlier ones that are looked at
TENURED_DAYS = 182  # at a period's beginning: who is newer is still ramping, and says nothing of what is usual
FEWEST_ALIKE = 4  # people of the same role and segment: fewer, and the role is compared with


@dataclass(frozen=True)
class Suggested:
    """A recommendation for a person, a team or the company (whose subject is empty). ``present``: share of a full-timer's
    working days in the period; of the others: people.
    """

    level: str
    subject: str
    name: str
    present: float
    compared_with: Said
    found: Recommendation


def recommendations(
    store: Store, metric: str, period: Period, scope: Scope, *, levels: Sequence[float] = LEVELS, as_of: date | None = None
) -> tuple[Suggested, ...]:
    """The company, where it is asked for as a whole, the scope's teams, and a line a person. From earlier periods of the same
    grain that ended before the as-of day.

    Raises GoalError for a metric that isn't a sum over days, or nobody in the scope.
    """
    declared = store.catalog.get(metric)
    if declared is None:
        raise GoalError(say("no metric is called '{metric}'", metric=metric))
    if not is_flow(declared):
        name = catalogued(declared.name)
        raise GoalError(say("{metric} isn't a sum over days: goals are recommended for counts and sums", metric=name))
    today = store.view(as_of).day
    asked = people(store, min(today, period.until - timedelta(days=1)), scope, as_of)
    if not asked:
        raise GoalError(say("nobody sells in {whom} on {day}", whom=scope.label, day=Day(today)))
    earlier = [period.before()]
    while earlier[-1].until > today + timedelta(days=1):  # the running one says nothing yet
        earlier.append(earlier[-1].before())
    earlier = earlier[-1:]
    while len(earlier) < PERIODS:
        earlier.append(earlier[-1].before())
    days = calendar(store, min(earlier[-1].first, period.first), max(period.until, earlier[0].until), as_of)
    seen = _past(store, declared, earlier, days, as_of)
    rng = np.random.default_rng([period.first_day, period.until_day])
    out = [_of_person(one, seen, days, period, levels, rng) for one in asked]
    wholes = () if scope.one_rep is not None else (_COMPANY, _TEAMS) if scope.is_company else (_TEAMS,)
    above = [_of_wholes(whole, store, declared, earlier, days, period, asked, levels, rng, as_of) for whole in wholes]
    return tuple(chain(*above, out))


@dataclass(frozen=True)
class _Seen:
    role: str | None
    segment: str | None
    past: Past


def _past(store: Store, metric: Metric, earlier: Sequence[Period], days: Calendar, as_of: date | None) -> list[_Seen]:
    """What every tenured seller came to in each earlier period, with what they were then."""
    readings = ask(store, metric.slug, Scope.company(), earlier, ("rep",), as_of=as_of, mean_of_reps=False)
    values = {(dict(r.group)["rep"], r.period): r.value for r in readings}
    begun = [place for place, one in enumerate(earlier) if any(value for (_, of), value in values.items() if of == one)]
    out = []
    for one in earlier[: max(begun, default=-1) + 1]:  # the latest first: before anybody had any, nothing was recorded
        for person in people(store, one.until - timedelta(days=1), Scope.company(), as_of):
            value = values.get((person.rep, one))
            tenure = person.tenure_days(one.first)
            if value is not None and (tenure is None or tenure >= TENURED_DAYS):
                out.append(_Seen(person.role, person.segment, Past(person.rep, value, days.present(person.rep, one))))
    return out


def _of_person(
    one: Person, seen: Sequence[_Seen], days: Calendar, period: Period, levels: Sequence[float], rng: np.random.Generator
) -> Suggested:
    alike = [row for row in seen if (row.role, row.segment) == (one.role, one.segment)]
    role = own_words(one.role) if one.role else say("no role recorded")
    words = joined([role, one.segment or ""], ", ")
    if len({row.past.person for row in alike}) < FEWEST_ALIKE:
        alike = [row for row in seen if row.role == one.role]
        words = role
    # One's own periods count whatever one was then, as long as the role was the same.
    own = [row for row in seen if row.past.person == one.rep and row.role == one.role and row not in alike]
    present = days.present(one.rep, period)
    mine = [row.past for row in seen if row.past.person == one.rep]
    tenure = one.tenure_days(period.first)
    if seen and not any(past.total for past in mine) and (tenure is None or tenure >= TENURED_DAYS):
        return Suggested(REP, one.rep, one.name, present, words, _never(len(alike), len(mine)))
    found = recommend(one.rep, [row.past for row in (*alike, *own)], present, rng, levels)
    return Suggested(REP, one.rep, one.name, present, words, found)


def _never(periods: int, own: int) -> Recommendation:
    """For somebody who was there for long and never had any: peers' levels would be made of nothing."""
    why = say(
        "No goal to recommend to those who never had any of it, though they aren't new: nothing says what they would come to."
    )
    return Recommendation((), None, 0, periods, own, why)


@dataclass(frozen=True)
class _Whole:
    """How people make up a whole that has goals of its own: a team, or the company."""

    level: str
    by: tuple[str, ...]
    of: Callable[[Person], str | None]
    compared_with: Said


_TEAMS = _Whole(TEAM, ("team",), lambda person: person.team or None, say("teams"))
_COMPANY = _Whole(COMPANY, (), lambda _: "", say("its own past"))


def _of_wholes(
    whole: _Whole, store: Store, metric: Metric, earlier: Sequence[Period], days: Calendar, period: Period,
    asked: Sequence[Person], levels: Sequence[float], rng: np.random.Generator, as_of: date | None,
) -> list[Suggested]:  # fmt: skip
    """Teams beside teams, the company beside its own past: each as large as the people present in it."""
    readings = ask(store, metric.slug, Scope.company(), earlier, whole.by, as_of=as_of, mean_of_reps=False)
    values = {(dict(r.group)["team"] if whole.by else "", r.period): r.value for r in readings}
    begun = [place for place, one in enumerate(earlier) if any(value for (_, of), value in values.items() if of == one)]
    past = []
    for one in earlier[: max(begun, default=-1) + 1]:
        size = _sizes(whole, people(store, one.until - timedelta(days=1), Scope.company(), as_of), days, one)
        past += [Past(name, value, size[name]) for name in size if (value := values.get((name, one))) is not None]
    now = _sizes(whole, asked, days, period)
    return [
        Suggested(
            whole.level, name, name or THE_COMPANY, many, whole.compared_with,
            recommend(name, past, many, rng, levels, alone=whole.level == COMPANY),
        )
        for name, many in sorted(now.items())
    ]  # fmt: skip


def _sizes(whole: _Whole, some: Sequence[Person], days: Calendar, period: Period) -> dict[str, float]:
    """How many full-timers were there in each."""
    size: dict[str, float] = {}
    for person in some:
        if (name := whole.of(person)) is not None:
            size[name] = size.get(name, 0.0) + days.present(person.rep, period)
    return size
