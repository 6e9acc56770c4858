"""Action plans and what came of the metrics they aim at, from a store.

effects(store, plans) → PlanEffect…    coaching_predictions(…) → what is kept of them
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from paceline.insight.coaching import OUTCOMES, Effect, Outcome, Series, coaching_effect
from paceline.judging.record import Prediction, kept, settle_with
from paceline.judging.signals_metrics import not_judged
from paceline.judging.weekly import Weeks, weekly
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Metric
from paceline.sales.periods import epoch_day
from paceline.saying.said import Said, SaidError, catalogued, joined, say
from paceline.saying.values import Day
from paceline.stats.scan import Kind

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

RAMPING_WEEKS = 26  # of tenure in which peers' weeks say nothing of what is usual
KIND = "coaching"
_FULL_WEEK = 5.0


class PlanError(SaidError):
    """A plan whose metric can't be followed, or that can't be; the message says why."""


@dataclass(frozen=True)
class ActionPlan:
    """What a rep and a manager agreed on: the metric to move, on the days [first, until), to which value (None: just better).

    ``target``: as readings have it; of a count, for a full working week.
    """

    rep: str
    metric: str
    first: date
    until: date
    target: float | None = None


@dataclass(frozen=True)
class PlanEffect:
    """A plan and its metric's difference from the expected path. ``better``: the way the difference goes is the better one;
    None where there is none, or the metric has no better way.
    """

    plan: ActionPlan
    name: str
    metric: Metric
    over: bool
    effect: Effect
    better: bool | None

    @property
    def sentence(self) -> Said:
        """The effect in words, with the metric."""
        return joined([catalogued(self.metric.name), self.effect.sentence], ": ")


def effects(store: Store, plans: Sequence[ActionPlan], *, as_of: date | None = None) -> tuple[PlanEffect, ...]:
    """What came of each plan, as known at the end of a day (None: now), from whole weeks.

    A plan's weeks begin with the first Monday in it. Weeks with any of these plans are left out of what says what is usual.
    Raises PlanError naming every plan that can't be followed.
    """
    wrong = [why for plan in plans if (why := why_not(store, plan))]
    if wrong:
        raise PlanError(joined(wrong, "; "))
    names = {stint.rep_id: stint.name or stint.rep_id for stint in store.view(as_of).stints}
    out = []
    for slug in dict.fromkeys(plan.metric for plan in plans):
        weeks = weekly(store, as_of, metrics=(slug,))
        some = [plan for plan in plans if plan.metric == slug]
        series, tenured = _series(weeks, store, some)
        out += [_effect(plan, names, store.catalog[slug], weeks, series, tenured) for plan in some]
    order = {id(plan): place for place, plan in enumerate(plans)}
    return tuple(sorted(out, key=lambda one: order[id(one.plan)]))


def why_not(store: Store, plan: ActionPlan) -> Said | None:
    """Why the plan can't be followed; None: it can."""
    if plan.metric not in store.catalog:
        return say("no metric is called '{metric}'", metric=plan.metric)
    why = not_judged(store.catalog).get(plan.metric)
    if why is not None:
        return say("{metric} can't be followed week by week: {why}", metric=catalogued(store.catalog[plan.metric].name), why=why)
    if plan.until <= plan.first:
        return say("a plan ends after it begins, not from {first} to {until}", first=Day(plan.first), until=Day(plan.until))
    return None


def _series(weeks: Weeks, store: Store, plans: Iterable[ActionPlan]) -> tuple[Series, Bools]:
    """(the metric's weeks, people × weeks: past the ramp). Counts over full working weeks."""
    counts = weeks.metrics[0].kind is Kind.COUNT
    amounts, exposure = weeks.top[:, 0].copy(), weeks.bottom[:, 0].copy()
    if counts:
        exposure = exposure / _FULL_WEEK
    planned = np.zeros(amounts.shape, np.bool_)
    row = {rep: place for place, rep in enumerate(weeks.reps)}
    for plan in plans:
        if plan.rep in row:
            inside = [plan.first - timedelta(days=6) <= monday < plan.until for monday in weeks.mondays]
            planned[row[plan.rep], inside] = True
    hired = {stint.rep_id: stint.hired_day for stint in store.view().stints}
    mondays = np.array([epoch_day(monday) for monday in weeks.mondays])
    tenured = np.array([
        np.ones(len(mondays), np.bool_) if (day := hired.get(rep)) is None else mondays - day >= 7 * RAMPING_WEEKS
        for rep in weeks.reps
    ])  # fmt: skip
    return Series(amounts, exposure, planned), tenured.reshape(amounts.shape)


def _effect(
    plan: ActionPlan, names: Mapping[str, str], metric: Metric, weeks: Weeks, series: Series, tenured: Bools
) -> PlanEffect:
    name = names.get(plan.rep, plan.rep)
    if plan.rep not in weeks.reps:
        return PlanEffect(plan, name, metric, plan.until <= weeks.now, _nothing(say("{who} doesn't sell", who=name)), None)
    person = weeks.reps.index(plan.rep)
    start = next((place for place, monday in enumerate(weeks.mondays) if monday >= plan.first), len(weeks.mondays))
    until = sum(monday + timedelta(days=7) <= max(plan.until, plan.first) for monday in weeks.mondays)
    until = max(until, start)
    role = str(weeks.role[person, -1])
    peers = np.array([str(roles[-1]) == role for roles in weeks.role])
    # One's own weeks count in whatever tenure; peers' only once they are past their ramp.
    exposure = np.where(tenured, series.exposure, 0.0)
    exposure[person] = series.exposure[person]
    counts = weeks.metrics[0].kind is Kind.COUNT
    unit = "a week" if counts else "%" if weeks.metrics[0].kind is Kind.RATE else ""
    if weeks.mondays and plan.first < weeks.mondays[0]:
        found = _nothing(say("it began before the {weeks} weeks that are looked at", weeks=len(weeks.mondays)))
    else:
        found = coaching_effect(Series(series.amounts, exposure, series.planned), person, start, until, peers, plan.target, unit)
    return PlanEffect(plan, name, metric, plan.until <= weeks.now, found, _better(metric, found))


def _nothing(why: Said) -> Effect:
    words = say("{outcome}: {why}.", outcome=OUTCOMES[Outcome.UNKNOWN], why=why)
    return Effect(Outcome.UNKNOWN, 0, None, None, None, None, None, None, 0, 0, None, words)


def _better(metric: Metric, found: Effect) -> bool | None:
    way = metric.direction.way
    if found.outcome not in (Outcome.ABOVE, Outcome.BELOW) or way not in ("higher", "lower"):
        return None
    return (found.outcome is Outcome.ABOVE) == (way == "higher")


def coaching_predictions(found: Iterable[PlanEffect], as_of_day: int) -> list[Prediction]:
    """What is said of plans that still run: the difference and its interval. Scored against the whole plan's when it is over."""
    return [
        Prediction(
            KIND, as_of_day, "rep", one.plan.rep, one.plan.metric, epoch_day(one.plan.first), epoch_day(one.plan.until),
            one.effect.effect, *one.effect.interval, target=one.plan.target, said=one.sentence,
        )
        for one in found
        if not one.over and one.effect.interval is not None
    ]  # fmt: skip


def settle_plans(store: Store, found: Iterable[PlanEffect], now: int) -> int:
    """Write down what came of plans that are over, for what was said while they ran. How many were new."""
    came = {
        (one.plan.rep, one.plan.metric, epoch_day(one.plan.first), epoch_day(one.plan.until)): one.effect.effect
        for one in found
        if one.over and one.effect.effect is not None
    }
    outcomes = {}
    for one in kept(store.engine, KIND):
        said = one.prediction
        effect = came.get((said.name, said.metric, said.first, said.until))
        if one.actual is None and effect is not None:
            outcomes[said.id] = effect
    return settle_with(store.engine, outcomes, now)
