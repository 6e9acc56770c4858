"""Goals as they stand: attainment, pace by the past's own shape of the period, and the chance to reach them.

standing(store, period, scope) → GoalLine…    goal_predictions(lines) → what is kept of them
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from paceline.insight.goals_chance import Reach, reach
from paceline.insight.goals_pace import STRAIGHT, Pace, Shape, pace
from paceline.judging.goals_calendar import Calendar, as_period, calendar
from paceline.judging.goals_draws import Draws, draws_of, is_flow
from paceline.judging.goals_shape import usual_shape
from paceline.judging.pipeline import first_unknown_day
from paceline.judging.record import Prediction
from paceline.metrics.ask import ask
from paceline.metrics.reading import shown
from paceline.metrics.store import Store, View
from paceline.metrics.vocabulary import Metric, Unit
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.saying.said import Said, joined, say, say_many
from paceline.saying.values import Number

Floats = npt.NDArray[np.float64]

REP, TEAM, COMPANY = "rep", "team", "company"
_UNREAD = (None, say("nothing is known of them"))


@dataclass(frozen=True)
class Goal:
    """One goal as it is stored. ``target`` in the metric's unit (money in whole units of the company's currency)."""

    id: str
    level: str  # rep, team or company
    subject: str  # the rep's id, the team's name, or empty
    metric: str
    first: int
    until: int
    target: float


@dataclass(frozen=True)
class GoalLine:
    """A goal and how it stands. ``value``: read so far, None: ``none_because``. ``pace`` None: not a sum over days, or not begun.
    ``reach`` None: ``no_chance_because``.
    """

    goal: Goal
    name: str
    period: Period
    metric: Metric
    currency: str
    value: float | None
    none_because: Said | None
    pace: Pace | None
    reach: Reach | None
    no_chance_because: Said | None
    sentence: Said

    @property
    def attainment(self) -> float | None:
        """The value so far as a share of the target."""
        return None if self.value is None else self.value / self.goal.target


def goals_in(view: View, period: Period, metric: str | None = None) -> tuple[Goal, ...]:
    """The goals that overlap the period, known amounts only, in order of metric, days and subject."""
    goal = view.frame.fact("goal")
    rows = goal.filter(goal.from_day < period.until_day, goal.until_day > period.first_day, goal.target.notnull())
    found = []
    for row in view.engine.query(rows).to_pylist():
        if metric is not None and row["metric"] != metric:
            continue
        level, subject = (REP, row["rep_id"]) if row["rep_id"] else (TEAM, row["team"]) if row["team"] else (COMPANY, "")
        found.append(Goal(row["goal_id"], level, subject, row["metric"], row["from_day"], row["until_day"], row["target"]))
    return tuple(sorted(found, key=lambda one: (one.metric, one.first, one.until, one.level, one.subject, one.id)))


def standing(
    store: Store, period: Period, scope: Scope, *, metric: str | None = None, as_of: date | None = None
) -> tuple[GoalLine, ...]:
    """Every goal of the scope that overlaps the period, over its own days, as known at the end of a day (None: now).

    Goals for metrics that the catalogue doesn't have are left out. The same question gives the same chances.
    """
    view = store.view(as_of)
    goals = [one for one in goals_in(view, period, metric) if one.target > 0 and _within(one, scope, view)]
    groups: dict[tuple[str, int, int], list[Goal]] = {}
    for one in goals:
        groups.setdefault((one.metric, one.first, one.until), []).append(one)
    lines: list[GoalLine] = []
    for (slug, first, until), some in groups.items():
        whole = as_period(first, until, store.settings)
        if slug in store.catalog:
            lines += _Group(store, as_of, whole, _in_units(store.catalog[slug], some), store.catalog[slug]).lines()
    return tuple(lines)


def _in_units(metric: Metric, goals: Sequence[Goal]) -> list[Goal]:
    """Targets of money are stored in cents."""
    per = 100.0 if metric.unit is Unit.MONEY else 1.0
    return [Goal(g.id, g.level, g.subject, g.metric, g.first, g.until, g.target / per) for g in goals]


def _within(goal: Goal, scope: Scope, view: View) -> bool:
    if scope.is_company:
        return True
    members = [s for s in view.members(scope) if s.from_day < goal.until and s.until_day > goal.first]
    if goal.level == REP:
        return any(stint.rep_id == goal.subject for stint in members)
    named = {value for clause in scope.clauses if clause.attribute == "team" for value in clause.values}
    return goal.level == TEAM and goal.subject in named and len(scope.clauses) == 1


@dataclass
class _Group:
    """Goals of one metric over the same days: read, paced and drawn together."""

    store: Store
    as_of: date | None
    period: Period
    goals: list[Goal]
    metric: Metric

    def lines(self) -> list[GoalLine]:
        view, now = self.store.view(self.as_of), first_unknown_day(self.store, self.as_of)
        values = {level: self._values(level) for level in {goal.level for goal in self.goals}}
        names = {stint.rep_id: stint.name or stint.rep_id for stint in view.stints}
        running = self.period.first_day < now < self.period.until_day
        ahead: Draws | None = None
        if now < self.period.until_day:
            ahead = draws_of(self.store, self.metric, self.period, now, self.as_of)
        days = calendar(self.store, self.period.first, self.period.until, self.as_of)
        shape = (
            usual_shape(self.store, self.metric.slug, self.period, self.as_of)
            if running and self.metric.denominator is None
            else STRAIGHT
        )
        return [
            self._line(goal, names.get(goal.subject, goal.subject), values[goal.level].get(goal.subject, _UNREAD), ahead, days,
                       shape, now)
            for goal in self.goals
        ]  # fmt: skip

    def _values(self, level: str) -> Mapping[str, tuple[float | None, Said | None]]:
        cut = () if level == COMPANY else (level,)
        readings = ask(self.store, self.metric.slug, Scope.company(), self.period, cut, as_of=self.as_of, mean_of_reps=False)
        return {dict(r.group).get(level) or "": (r.value, r.none_because) for r in readings}

    def _line(
        self, goal: Goal, name: str, read: tuple[float | None, Said | None], ahead: Draws | None, days: Calendar, shape: Shape,
        now: int,
    ) -> GoalLine:  # fmt: skip
        value, because = read
        step, chance, why = None, None, None
        begun = self.period.first_day < now
        if value is not None and begun and is_flow(self.metric):
            elapsed, length = self._elapsed(goal, days, now)
            step = pace(goal.target, value, elapsed, length, shape)
        if ahead is None:
            why = say("the period is over")
        else:
            drawn, why = ahead.of(goal.level, goal.subject)
            if drawn is not None:
                chance = reach(drawn, goal.target, self.metric.direction.way == "lower")
        words = self._sentence(goal, value, because, step, chance, why, ahead is None)
        currency = self.store.settings.currency
        return GoalLine(goal, name, self.period, self.metric, currency, value, because, step, chance, why, words)

    def _elapsed(self, goal: Goal, days: Calendar, now: int) -> tuple[float, float]:
        """(share of the working days over, how many there are): a rep's own, else everybody's mean."""
        reps = [goal.subject] if goal.level == REP else list(days.work.reps)
        table = np.array([days.own(rep, self.period) for rep in reps]) if reps else np.zeros((1, self.period.days))
        done = min(max(now - self.period.first_day, 0), self.period.days)
        total = float(table.sum())
        if total <= 0:
            return done / self.period.days, float(self.period.days)
        return float(table[:, :done].sum()) / total, total / max(int((table.sum(axis=1) > 0).sum()), 1)

    def _sentence(
        self, goal: Goal, value: float | None, because: Said | None, step: Pace | None, chance: Reach | None, why: Said | None,
        over: bool,
    ) -> Said:  # fmt: skip
        unit, currency = self.metric.unit, self.store.settings.currency
        aim = shown(goal.target, unit, currency)
        if value is None:
            words = say("No value against the goal of {aim}, because {reason}.", aim=aim, reason=because or "")
        else:
            share = Number(value / goal.target, ".0%")
            words = say("{value} of {aim} ({share}).", value=shown(value, unit, currency), aim=aim, share=share)
        if over:
            return words if value is None else joined([words, self._met(value, goal.target)])
        if step is not None:
            words = joined([words, _pace_words(step)])
        no_chance = say("No chance can be given, because {reason}.", reason=why or "")
        return joined([words, no_chance if chance is None else chance.sentence])

    def _met(self, value: float, target: float) -> Said:
        lower = self.metric.direction.way == "lower"
        met = value <= target if lower else value >= target
        return say("Reached.") if met else say("Missed.")


def _pace_words(step: Pace) -> Said:
    if step.so_far >= step.target:
        return say("The goal is reached.")
    days = round(abs(step.days))
    if days == 0:
        return say("On the usual pace.")
    by = say("a straight line")
    if step.periods:
        by = say_many("the shape of {number} earlier period", "the shape of {number} earlier periods", step.periods)
    if step.days > 0:
        return say_many(
            "{number} working day ahead of the usual pace, by {by}.", "{number} working days ahead of the usual pace, by {by}.",
            days, by=by,
        )  # fmt: skip
    return say_many(
        "{number} working day behind the usual pace, by {by}.", "{number} working days behind the usual pace, by {by}.",
        days, by=by,
    )  # fmt: skip


def goal_predictions(lines: Sequence[GoalLine], as_of_day: int) -> list[Prediction]:
    """What is kept: the chance of each goal whose period is running or to come, its outcome told by the metric."""
    return [
        Prediction(
            "goal chance", as_of_day, line.goal.level, line.goal.subject, line.goal.metric, line.goal.first, line.goal.until,
            line.reach.chance, target=line.goal.target, said=line.reach.sentence,
        )
        for line in lines
        if line.reach is not None and line.metric.direction.way != "lower"
    ]  # fmt: skip
