"""Each rep's readings held against own past, peers and goal, from a company's own store.

compare(store, scope, period) → Comparison…: above, usual, below or too few to call, how sure that is, and the smallest change
that could be seen within eight weeks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from paceline.insight.compare import LIKELY, UNLIKELY, Amount, Judgement, Verdict, compare_with_past
from paceline.insight.compare_peers import Person as Peer
from paceline.insight.compare_peers import compare_with_peers
from paceline.insight.signals import Standing, judge_weekly
from paceline.judging.compare_amounts import Cell, Table, amounts, dispersion
from paceline.judging.goals import standing as goal_standing
from paceline.judging.people import Person, WorkDays, people, workdays
from paceline.judging.signals_metrics import Judged, as_series, judged
from paceline.judging.weekly import weekly
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Category, Metric
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.saying.said import Said, SaidError, catalogued, joined, say

PAST = 8  # earlier periods of one's own
FULL_WEEK = 5.0
SETTLING = timedelta(weeks=13)  # after the hire, whose periods aren't one's usual past
NO_ROLE, NO_SEGMENT = "no role", "no segment"


class NotComparableError(SaidError):
    """A metric that can't be held against anything fairly; the message says why."""


@dataclass(frozen=True)
class Comparison:
    """One rep's reading of one metric.

    ``value``: as read; ``none_because``: why there is none, or no comparison. ``past`` and ``peers`` are None where there is
    nothing to read, ``goal`` where none is set. ``smallest_fall``: the smallest lasting fall of the rep's weeks to be seen
    within 8 weeks. It is None where none would be, or the metric isn't watched by the week (``watched``).
    """

    person: Person
    metric: Metric
    period: Period
    value: float | None
    none_because: Said | None
    past: Judgement | None
    peers: Judgement | None
    goal: Judgement | None
    watched: bool
    smallest_fall: float | None

    @property
    def sentence(self) -> Said:
        """All that was found, in words."""
        said = [say("Own past: {what}", what=self.past.sentence)] if self.past else []
        said += [say("Peers: {what}", what=self.peers.sentence)] if self.peers else []
        said += [say("Goal: {what}", what=self.goal.sentence)] if self.goal else []
        reason = self.none_because or ""
        if said:
            return joined(said)
        return say("No value: {reason}.", reason=reason) if self.value is None else say("Not compared: {reason}.", reason=reason)


def usual_metrics(store: Store) -> tuple[str, ...]:
    """What is compared where nothing is asked for: the results, and the activity that drives them directly."""
    drivers = {"revenue", "pipeline_generated"}
    return tuple(
        one.slug
        for one in judged(store.catalog)
        if one.metric.category is Category.RESULT or (drivers & set(one.metric.drives) and one.denominator is None)
    )


def compare(
    store: Store, scope: Scope, period: Period, metrics: Sequence[str] | None = None, *, as_of: date | None = None
) -> tuple[Comparison, ...]:
    """Compare the scope's people who sell, by metric then name.

    Peers are the company's: same role and segment, past their ramp or equally far in it; who was away more than half of the
    period, or left, is none. A period not over is held against as many days of the ones before. NotComparableError for metrics
    that aren't sums over sums (medians, states at a day).
    """
    view = store.view(as_of)
    chosen = [_comparable(store, slug) for slug in (metrics or usual_metrics(store))]
    so_far = Period.between(period.first, min(period.until, view.day + timedelta(days=1)))
    periods = _earlier(period, so_far)
    day = so_far.until - timedelta(days=1)
    everyone, shown = (people(store, day, one, as_of) for one in (Scope.company(), scope))
    work = workdays(store, Scope.company(), periods[-1].first, so_far.until, as_of)
    cells = amounts(store, chosen, (so_far, *periods), work, as_of)
    smallest = _smallest(store, as_of)
    goals = _goals(store, period, scope, as_of)
    out = []
    for one in chosen:
        mine = _of_metric(one.metric, everyone)
        pasts = {who.rep: _own_past(who, cells[one.slug], periods) for who in mine}
        spread = dispersion([(past, now.amount) for who in mine if (now := cells[one.slug].get((who.rep, 0))) is not None
                             and now.amount is not None and (past := pasts[who.rep])])  # fmt: skip
        by_peers = _peers(one, mine, cells[one.slug], so_far, work, spread, len(store.settings.work_days))
        of_shown = {who.rep for who in shown}
        out += [
            _comparison(one, who, so_far, cells[one.slug].get((who.rep, 0)), pasts[who.rep], by_peers.get(who.rep),
                        goals.get((who.rep, one.slug)), smallest.get((who.rep, one.slug)))
            for who in mine if who.rep in of_shown
        ]  # fmt: skip
    return tuple(out)


def _comparable(store: Store, slug: str) -> Judged:
    found = as_series(store.catalog[slug])
    if isinstance(found, str):
        name = catalogued(store.catalog[slug].name)
        raise NotComparableError(say("{metric} can't be compared fairly: {why}", metric=name, why=found))
    return found


def _earlier(period: Period, so_far: Period) -> tuple[Period, ...]:
    """The periods before of the same grain, the latest first, cut to as many days as have passed of this one."""
    out, one = [], period
    for _ in range(PAST):
        one = one.before()
        until = one.until if so_far.until == period.until else min(one.until, one.first + timedelta(days=so_far.days))
        out.append(Period.between(one.first, until))
    return tuple(out)


def _of_metric(metric: Metric, everyone: Sequence[Person]) -> tuple[Person, ...]:
    """Whose metric it is: those in its roles, where anybody is; else everybody."""
    meant = {role.casefold() for role in metric.roles}
    mine = tuple(one for one in everyone if (one.role or "").casefold() in meant)
    return mine or tuple(everyone)


def _own_past(person: Person, cells: Table, periods: Sequence[Period]) -> list[Amount]:
    """Earlier periods in the same role, once settled in."""
    settled = None if person.hired is None else person.hired + SETTLING
    found = []
    for number, one in enumerate(periods, 1):
        cell = cells.get((person.rep, number))
        if (
            cell is not None
            and cell.amount is not None
            and (settled is None or one.first >= settled)
            and cell.role == person.role
        ):
            found.append(cell.amount)
    return found


def _peers(
    one: Judged, mine: Sequence[Person], cells: Table, so_far: Period, work: WorkDays, spread: float, a_week: int
) -> dict[str, Judgement]:
    usual = so_far.days * a_week / 7
    peers = []
    for who in mine:
        cell = cells.get((who.rep, 0))
        if cell is not None and cell.amount is not None:
            tenure = who.tenure_days(so_far.until)
            here = work.between(who.rep, so_far.first, so_far.until) / usual
            peers.append(
                Peer(who.rep, who.role or NO_ROLE, who.segment or NO_SEGMENT, 1e4 if tenure is None else tenure / 7, cell.amount,
                     min(here, 1.0))
            )  # fmt: skip
    if not peers:
        return {}
    judgements = compare_with_peers(peers, one.metric.name.lower(), dispersion=spread)
    return {peer.rep: judgement for peer, judgement in zip(peers, judgements, strict=True)}


def _comparison(
    one: Judged, who: Person, period: Period, cell: Cell | None, past: list[Amount], peers: Judgement | None,
    goal: Judgement | None, standing: Standing | None,
) -> Comparison:  # fmt: skip
    known = cell is not None and cell.amount is not None
    own = compare_with_past(cell.amount, past, one.metric.name.lower()) if cell is not None and cell.amount is not None else None
    because = None if known else say("nobody of the scope then") if cell is None else cell.because
    return Comparison(
        who, one.metric, period, None if cell is None else cell.value, because, own, peers, goal, standing is not None,
        None if standing is None else standing.smallest_fall,
    )  # fmt: skip


def _smallest(store: Store, as_of: date | None) -> dict[tuple[str, str], Standing]:
    """What the signals say of each rep's weeks, at the company's budget."""
    weeks = weekly(store, as_of)
    wanted = store.settings.judgement
    found = judge_weekly(weeks.series(), weeks.now, budget=wanted.false_alarms, improvements=wanted.false_praise)
    return {(one.rep, one.metric): one for one in found.standings}


def _goals(store: Store, period: Period, scope: Scope, as_of: date | None) -> dict[tuple[str, str], Judgement]:
    """Rep and metric → how the latest goal that overlaps the period stands."""
    out: dict[tuple[str, str], Judgement] = {}
    for line in sorted(goal_standing(store, period, scope, as_of=as_of), key=lambda line: line.goal.until):
        if line.goal.level == "rep" and line.reach is not None:
            chance, target = line.reach.chance, line.reach.target
            verdict = Verdict.ABOVE if chance >= LIKELY else Verdict.BELOW if chance <= UNLIKELY else Verdict.USUAL
            low, high = line.reach.interval
            out[line.goal.subject, line.goal.metric] = Judgement(
                "goal", verdict, line.reach.middle / target, target, line.reach.middle, (low / target, high / target),
                float("nan") if line.value is None else line.value, chance, line.reach.sentence,
            )  # fmt: skip
    return out


def spread_of(comparisons: Sequence[Comparison]) -> Mapping[str, tuple[float, float]]:
    """Metric → the lowest and highest value that a picture of its peers' intervals must hold."""
    ends: dict[str, list[float]] = {}
    for one in comparisons:
        if one.peers is not None and one.peers.interval is not None:
            ends.setdefault(one.metric.slug, []).extend([*one.peers.interval, one.peers.reference or one.peers.interval[0]])
    return {slug: (float(np.min(values)), float(np.max(values))) for slug, values in ends.items()}
