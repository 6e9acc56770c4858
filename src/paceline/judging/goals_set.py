"""Goals to be written: one for each person of a scope, prorated and ramped; told as records, which the ordinary load brings in.

goals_for(store, …) → Planned, whose ``records`` are rows of the table ``goal``    retired(store, ids) → rows that take goals back
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from paceline.insight.goals import NO_RAMP, Hire, Prorated, Ramp, measure_ramp, prorate
from paceline.judging.goals import COMPANY, REP, TEAM, Goal, goals_in
from paceline.judging.goals_calendar import Calendar, calendar
from paceline.judging.goals_draws import is_flow
from paceline.judging.people import Person, people
from paceline.judging.weekly import weekly
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Metric, Unit
from paceline.sales.periods import Period, epoch_day, from_epoch_day
from paceline.sales.records import BY_NAME
from paceline.sales.scope import Scope
from paceline.saying.said import NOTHING, Said, SaidError, catalogued, joined, noted, say
from paceline.saying.values import Day, Number

SOURCE = "goals"
TENURED_WEEKS = 52  # of tenure: from there on one's weeks say what is usual
_RAMP_METRIC = "meetings_held"
THE_COMPANY = noted("the company")


class GoalError(SaidError):
    """Goals that can't be set as asked; the message says everything that is wrong, and the remedy."""


@dataclass(frozen=True)
class Set:
    """One goal to be written. ``prorated`` None: a team's, the company's, or of a metric that isn't a sum over days: the target
    as given.
    """

    subject: str
    name: str
    level: str
    target: float
    prorated: Prorated | None
    replaces: float | None

    @property
    def sentence(self) -> Said:
        """How the target came about."""
        words = (self.prorated.sentence if self.prorated else NOTHING) or say("in full")
        if self.replaces is None:
            return words
        return joined([words, say("was {target}", target=Number(self.replaces, ",.10g"))], "; ")


@dataclass(frozen=True)
class Planned:
    """What would be written, and the rows. ``notes``: what a reader should know (whom a goal makes no sense for, why no ramp)."""

    metric: Metric
    period: Period
    goals: tuple[Set, ...]
    notes: tuple[Said, ...]
    records: Mapping[str, pa.Table]


def goals_for(
    store: Store, metric: str, target: float, period: Period, scope: Scope, *, team: str | None = None, company: bool = False,
    prorated: bool = True, ramp: Ramp | None = None, replace: bool = False,
) -> Planned:  # fmt: skip
    """A goal for each person who sells in the scope in the period, or one for a ``team``, or the ``company``, as a whole.

    ``target``: a full-timer's past the ramp, in the metric's unit. ``ramp``: what new hires reach; None: as measured on past
    ones. ``replace``: goals for the same days and metric are written anew. Raises GoalError for a metric that there isn't, a
    target that can't be, nobody to set it for, and goals that are there already.
    """
    declared = store.catalog.get(metric)
    if declared is None:
        raise GoalError(say("no metric is called '{metric}'", metric=metric))
    _check(declared, target)
    notes: list[Said] = []
    days = calendar(store, period.first, period.until)
    if company:
        chosen = [Set("", THE_COMPANY, COMPANY, target, None, None)]
    elif team is not None:
        chosen = [Set(team, team, TEAM, target, None, None)]
    else:
        chosen = _for_people(store, declared, target, period, scope, days, prorated, ramp, notes)
    if not chosen:
        nobody = noted("nobody sells in {whom} in {period}: there is no one to set a goal for")
        raise GoalError(say(nobody, whom=scope.label, period=period.told))
    there = {(goal.level, goal.subject): goal for goal in _there(store, declared, period)}
    return _planned(declared, period, chosen, notes, there, replace, store)


def retired(store: Store, ids: Collection[str]) -> Mapping[str, pa.Table]:
    """The records that take goals back: kept with their history, counted nowhere from now on. GoalError for unknown ids."""
    goal = store.view().frame.tables.rec("goal")
    names = [column.name for column in BY_NAME["goal"].columns]
    rows = store.engine.query(goal.filter(goal.id.isin(sorted(ids))).select(*names)).to_pylist()
    if missing := sorted(set(ids) - {row["id"] for row in rows}):
        raise GoalError(say("no goal has the id {ids}", ids=", ".join(missing)))
    return {"goal": _table([{**row, "deleted": True} for row in rows])}


def _check(metric: Metric, target: float) -> None:
    if not target > 0 or not np.isfinite(target):
        raise GoalError(say("a goal is above 0, not {target}", target=Number(target, ",.10g")))
    if metric.unit is Unit.PERCENT and target > 1.5 and metric.interval == "wilson":
        raise GoalError(
            say(
                "{metric} is a share: a goal of {target} can't be reached. Write {target}% or {fraction}",
                metric=catalogued(metric.name), target=Number(target, ",.10g"), fraction=Number(target / 100, ",.10g"),
            )
        )


def _for_people(
    store: Store, metric: Metric, target: float, period: Period, scope: Scope, days: Calendar, prorated: bool, ramp: Ramp | None,
    notes: list[Said],
) -> list[Set]:  # fmt: skip
    flow = is_flow(metric)
    if not flow and prorated:
        notes.append(
            say("{metric} isn't a sum over days: everybody has the target in full.", metric=catalogued(metric.name))
        )
    ramps: dict[str, Ramp] = {}
    out = []
    for one in _sellers(store, period, scope):
        if not flow or not prorated:
            out.append(Set(one.rep, one.name, REP, target, None, None))
            continue
        full = days.full_days(one.rep, period)
        if full <= 0:
            notes.append(say("{who}: no working day of {period} is known, so no goal.", who=one.name, period=period.told))
            continue
        tenure = None if one.hired is None else np.arange(period.first_day, period.until_day) - epoch_day(one.hired)
        role = one.role or ""
        young = tenure is not None and int(tenure[0]) < 7 * TENURED_WEEKS
        if young and role not in ramps:
            ramps[role] = ramp or _measured(store, metric, role, notes)
        share = ramps[role] if young else NO_RAMP
        made = prorate(target, days.own(one.rep, period), full, None if tenure is None else tenure.astype(np.float64), share)
        if made.target <= 0:
            notes.append(say("{who} doesn't work on any day of {period}: no goal.", who=one.name, period=period.told))
            continue
        out.append(Set(one.rep, one.name, REP, _neat(made.target, metric), made, None))
    return out


def _neat(target: float, metric: Metric) -> float:
    """Whole units: nobody has a goal of 41.37 meetings."""
    return float(max(round(target), 1)) if metric.unit in (Unit.COUNT, Unit.MONEY) else target


def _sellers(store: Store, period: Period, scope: Scope) -> list[Person]:
    """Everyone who sells in the scope on some day of the period: who joins in it, or leaves, too."""
    found: dict[str, Person] = {}
    last = epoch_day(period.until) - 1
    joins = {stint.hired_day for stint in store.view().stints if stint.hired_day is not None}
    edges = sorted({period.first_day, last, *(day for day in joins if period.first_day < day <= last)})
    for day in edges:
        for one in people(store, from_epoch_day(day), scope):
            found.setdefault(one.rep, one)
    return sorted(found.values(), key=lambda one: (one.name, one.rep))


def _measured(store: Store, metric: Metric, role: str, notes: list[Said]) -> Ramp:
    """The role's ramp as past hires showed it, in the metric itself where weeks of it can be read, else in meetings held."""
    series = weekly(store, metrics=(metric.slug,))
    if not series.metrics:
        series = weekly(store, metrics=(_RAMP_METRIC,))
    found = None
    if series.metrics:
        hired = {stint.rep_id: stint.hired_day for stint in store.view().stints}
        mondays = np.array([epoch_day(day) for day in series.mondays])
        top, worked = series.top[:, 0], np.nan_to_num(series.days) / 5
        mine = [row for row, rep in enumerate(series.reps) if series.role[row, -1] == role or role in series.role[row]]
        tenure = {row: (mondays - hired[series.reps[row]]) // 7 for row in mine if hired.get(series.reps[row]) is not None}
        usual = _usual(mine, tenure, top, worked)
        hires = [
            Hire(np.nan_to_num(top[row, weeks >= 0]).tolist(), (worked[row] * np.isfinite(top[row]))[weeks >= 0].tolist())
            for row, weeks in tenure.items()
            if (weeks == 0).any()
        ]
        found = measure_ramp(hires, usual)
    if found is None:
        notes.append(say(
            "The ramp of {role} can't be measured (too few past hires): new people have the full target. Give one: percent of "
            "each month, such as 25,50,75",
            role=role or say("people without a role"),
        ))  # fmt: skip
        return NO_RAMP
    notes.append(say(
        "The ramp of {role} is measured on {hires} past hires: {weeks} weeks.", role=role, hires=found.hires, weeks=found.weeks
    ))  # fmt: skip
    return found


def _usual(rows: Sequence[int], tenure: Mapping[int, Any], top: Any, worked: Any) -> float:
    """A tenured person's full week."""
    done = weeks = 0.0
    for row in rows:
        old = tenure[row] >= TENURED_WEEKS if row in tenure else np.ones(top.shape[1], dtype=np.bool_)
        known = old & np.isfinite(top[row])
        done, weeks = done + float(top[row, known].sum()), weeks + float(worked[row, known].sum())
    return done / weeks if weeks else 0.0


def _there(store: Store, metric: Metric, period: Period) -> list[Goal]:
    return list(goals_in(store.view(), period, metric.slug))


def _planned(
    metric: Metric, period: Period, chosen: Sequence[Set], notes: Sequence[Said], there: Mapping[tuple[str, str], Goal],
    replace: bool, store: Store,
) -> Planned:  # fmt: skip
    """The rows; a goal for exactly these days is replaced under its own id, one that only overlaps is an error."""
    per = 100.0 if metric.unit is Unit.MONEY else 1.0
    wrong, goals, rows = [], [], []
    for one in chosen:
        old = there.get((one.level, one.subject))
        if old is not None:
            there_is = say(
                "{who} already has a goal of {target} from {first} to {last}",
                who=say(THE_COMPANY) if one.level == COMPANY else one.name, target=Number(old.target / per, ",.10g"),
                first=Day(from_epoch_day(old.first)), last=Day(from_epoch_day(old.until) - timedelta(days=1)),
            )  # fmt: skip
            if (old.first, old.until) != (period.first_day, period.until_day):
                wrong.append(say(
                    "{there_is}, which overlaps {period}: set it for those days, or mend it where it came from",
                    there_is=there_is, period=period.told,
                ))  # fmt: skip
                continue
            if not replace:
                wrong.append(say("{there_is}: replace it to write it anew", there_is=there_is))
                continue
        goals.append(Set(one.subject, one.name, one.level, one.target, one.prorated, None if old is None else old.target / per))
        rows.append(_row(one, metric, period, store, None if old is None else old.id))
    if wrong:
        raise GoalError(joined(wrong, "; "))
    return Planned(metric, period, tuple(goals), tuple(dict.fromkeys(notes)), {"goal": _table(rows)})


def _row(one: Set, metric: Metric, period: Period, store: Store, old: str | None) -> dict[str, Any]:
    name = old or f"goal:{metric.slug}:{period.first}:{period.until}:{one.level}:{one.subject}"
    return {
        "id": name, "rep_id": one.subject if one.level == REP else None, "team": one.subject if one.level == TEAM else None,
        "metric": metric.slug, "from_day": period.first_day, "until_day": period.until_day, "target": one.target,
        "currency": store.settings.currency if metric.unit is Unit.MONEY else None, "deleted": None,
    }  # fmt: skip


_KINDS = {"from_day": pa.int32(), "until_day": pa.int32(), "target": pa.float64(), "deleted": pa.bool_()}


def _table(rows: Sequence[dict[str, Any]]) -> pa.Table:
    kinds = [(column.name, _KINDS.get(column.name, pa.string())) for column in BY_NAME["goal"].columns]
    return pa.Table.from_pylist(list(rows), schema=pa.schema(kinds))
