"""What judgement says, for pages: signals, goals, forecast; each worked out once for a version of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from paceline.alerts.sight import subjects
from paceline.judging.forecast import Foresight, foresee
from paceline.judging.goals import COMPANY, REP, TEAM, GoalLine, standing
from paceline.judging.people import people
from paceline.judging.signals import CompanySignals, Signal, signals
from paceline.metrics.reading import Reading
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Metric
from paceline.pages.dashboards.kept import keep_for_the_day, kept_for_the_day, one
from paceline.pages.dashboards.later import NotYetError, soon
from paceline.sales.periods import Period
from paceline.sales.scope import Scope

RECENT = timedelta(days=28)


def changes(store: Store, scope: Scope, as_of: date | None = None) -> CompanySignals:
    """The signals of a scope: of its people, and of teams wholly within it.

    The company is judged once for everybody; looking at a page doesn't count as being told, so nothing is remembered.
    """
    company = Scope.company()
    whole = kept_for_the_day(store, "signals", as_of, lambda: signals(store, company, as_of=as_of, remember=False))
    return (
        whole
        if scope.is_company
        else kept_for_the_day(store, ("signals", scope), as_of, lambda: _within(store, whole, scope, as_of))
    )


def changes_told(store: Store) -> CompanySignals:
    """The company's signals, judged anew, and from now on told: what is new today gets the id under which the store keeps it."""
    return keep_for_the_day(store, "signals", signals(store, Scope.company()))


def _within(store: Store, whole: CompanySignals, scope: Scope, as_of: date | None) -> CompanySignals:
    inside_scope = subjects(store, scope, as_of)
    reps = {name for level, name in inside_scope if level == REP}

    def inside(found: Sequence[Signal]) -> tuple[Signal, ...]:
        return tuple(one for one in found if (one.level, one.name) in inside_scope)

    return replace(
        whole,
        falls=inside(whole.falls),
        praise=inside(whole.praise),
        neither=inside(whole.neither),
        dismissed=inside(whole.dismissed),
        notices=tuple(pair for pair in whole.notices if pair[1].rep in reps),
        unknown=tuple(one for one in whole.unknown if one.name in reps),
        standings=tuple(one for one in whole.standings if one.rep in reps),
        names={rep: name for rep, name in whole.names.items() if rep in reps},
        common=(),
    )


def foreseen(store: Store, metric: str, period: Period, scope: Scope, as_of: date | None = None) -> Foresight:
    """The forecast of a period's end. Raises ForecastError."""
    return kept_for_the_day(
        store, ("forecast", metric, period, scope), as_of, lambda: foresee(store, metric, period, scope, as_of=as_of)
    )


def goal_lines(store: Store, period: Period, scope: Scope, as_of: date | None = None) -> tuple[GoalLine, ...]:
    """The goals of a scope and how they stand: of its people, and of teams wholly within it.

    The company's are worked out once for everybody: whose goal it is changes nothing about it.
    """
    whole = kept_for_the_day(store, ("goals", period), as_of, lambda: standing(store, period, Scope.company(), as_of=as_of))
    if scope.is_company:
        return whole
    view = store.view(as_of)
    members = view.members(scope)
    day = max(period.first, min(view.day, period.until - timedelta(days=1)))
    sellers = kept_for_the_day(store, ("sellers", day), as_of, lambda: people(store, day, Scope.company(), as_of))
    inside = {stint.rep_id for stint in members}
    partly = {one.team for one in sellers if one.rep not in inside}
    teams = {one.team for one in sellers if one.team and one.team not in partly}

    def seen(line: GoalLine) -> bool:
        goal = line.goal
        if goal.level == REP:
            return any(s.rep_id == goal.subject and s.from_day < goal.until and s.until_day > goal.first for s in members)
        return goal.level == TEAM and goal.subject in teams and scope.one_rep is None

    return tuple(line for line in whole if seen(line))


def goals_soon(
    store: Store, period: Period, scope: Scope, as_of: date | None = None, wait: float | None = None
) -> tuple[GoalLine, ...]:
    """``goal_lines``; raises NotYetError while the company's are being worked out."""
    soon(store, ("goals", period), as_of, lambda: goal_lines(store, period, Scope.company(), as_of), wait)
    return goal_lines(store, period, scope, as_of)


def changes_soon(store: Store, scope: Scope, as_of: date | None = None, wait: float | None = None) -> CompanySignals:
    """``changes``; raises NotYetError while the company's are being worked out."""
    soon(store, "signals", as_of, lambda: changes(store, Scope.company(), as_of), wait)
    return changes(store, scope, as_of)


def few(found: Sequence[Signal], now: date, most: int) -> tuple[Signal, ...]:
    """The few that matter: one for each person or team, the recent before those known for long, the weightier first."""
    best: dict[str, Signal] = {}
    for signal in sorted(found, key=lambda one: (one.card.fired < now - RECENT, -one.card.weight)):
        best.setdefault(signal.name, signal)
    return tuple(best.values())[:most]


@dataclass(frozen=True)
class Together:
    """The goals of several people taken together: what is read of all of them, against the sum of what is aimed at.

    ``expected``: by now at the usual pace; None where that is unknown for somebody. ``people``: how many goals were added up.
    ``scope``: their rows, without those of people who have no such goal. ``line``: one goal of all of them as a whole, the
    company's or the only team's in sight, to which nothing was added up. ``teams``: of several in sight, each with a goal of
    its own, these are what was added up; else empty.
    """

    metric: Metric
    period: Period
    scope: Scope
    reading: Reading
    target: float
    expected: float | None
    people: int
    line: GoalLine | None = None
    teams: tuple[str, ...] = ()

    @property
    def share(self) -> float | None:
        """Of the target."""
        return None if self.reading.value is None else self.reading.value / self.target


def together(store: Store, lines: Sequence[GoalLine], scope: Scope, as_of: date | None = None) -> tuple[Together, ...]:
    """Metric by metric: the goal of all as a whole, then people's added up, where the metric's values may be."""
    found = []
    for (slug, period), some in _groups(lines, {COMPANY, TEAM}).items():
        company = [line for line in some if line.goal.level == COMPANY]
        teams = sorted({line.goal.subject for line in some if line.goal.level == TEAM})
        if company or len(teams) == 1:
            found += [_as_one(store, line, scope, as_of) for line in company or some]
        elif some[0].metric.denominator is None:
            theirs = scope & Scope.teams(teams)
            found.append(replace(_added_up(store, slug, period, some, theirs, as_of), teams=tuple(teams)))
    for (slug, period), some in _groups(lines, {REP}).items():
        if some[0].metric.denominator is None:
            theirs = scope & Scope.reps(sorted({line.goal.subject for line in some}))
            found.append(_added_up(store, slug, period, some, theirs, as_of))
    return tuple(sorted(found, key=lambda one: (one.metric.slug, one.period.first, one.line is None, not one.teams)))


def _groups(lines: Sequence[GoalLine], levels: set[str]) -> dict[tuple[str, Period], list[GoalLine]]:
    """The goals of some levels by metric and days."""
    found: dict[tuple[str, Period], list[GoalLine]] = {}
    for line in lines:
        if line.goal.level in levels:
            found.setdefault((line.metric.slug, line.period), []).append(line)
    return found


def _added_up(store: Store, slug: str, period: Period, some: Sequence[GoalLine], theirs: Scope, as_of: date | None) -> Together:
    paces = [line.pace for line in some]
    expected = sum(pace.expected for pace in paces if pace is not None) if all(paces) else None
    target = sum(line.goal.target for line in some)
    reading = one(store, slug, theirs, period, as_of=as_of)
    return Together(some[0].metric, period, theirs, reading, target, expected, len(some))


def _as_one(store: Store, line: GoalLine, scope: Scope, as_of: date | None) -> Together:
    theirs = scope if line.goal.level == COMPANY else scope & Scope.team(line.goal.subject)
    reading = one(store, line.metric.slug, theirs, line.period, as_of=as_of)
    expected = None if line.pace is None else line.pace.expected
    return Together(line.metric, line.period, theirs, reading, line.goal.target, expected, 0, line)


def likely_end(
    store: Store, of: Metric, period: Period, scope: Scope, as_of: date | None = None, wait: float | None = None
) -> tuple[float, float] | None:
    """Between what the period will end, 8 in 10; None where that isn't foretold, or not yet."""
    if of.slug not in ("revenue", "sales_volume"):
        return None
    try:
        found = soon(
            store, ("forecast", of.slug, period, scope), as_of, lambda: foreseen(store, of.slug, period, scope, as_of), wait
        )  # fmt: skip
    except NotYetError:
        return None
    first, *_ = found.lines
    return None if first.outlook is None else first.outlook.interval
