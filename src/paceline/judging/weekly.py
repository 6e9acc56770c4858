"""The weekly series of a company's reps and teams, read from its store in one query for all metrics over the same rows.

weekly(store) → Weeks: a rep × metric × week, as `judge_weekly` takes it. Unknown (no connection, another role, not matured,
stale) is never 0. by_team(weeks) adds the same series up for teams, as_one(weeks) for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from paceline.insight.signals_table import FULL_WEEK, Weekly
from paceline.judging.people import people, workdays
from paceline.judging.signals_metrics import Judged, judged
from paceline.judging.weekly_known import known_weeks
from paceline.metrics import rollup
from paceline.metrics.answer import Asked, rows_of_periods, step_of
from paceline.metrics.compile import Question
from paceline.metrics.store import Store, View
from paceline.metrics.vocabulary import Kind, Measure, Unit
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.saying.said import Said
from paceline.stats.scan import Kind as SeriesKind

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

WEEKS = 104  # looked at
NO_ROLE, NO_TEAM = "no role", "no team"
COMPANY = "company"  # the subject that is everybody together
_QUARTER = timedelta(weeks=13)


@dataclass(frozen=True)
class Weeks:
    """Weekly series of subjects (reps or teams). Arrays are subjects × metrics × weeks; weeks begin on ``mondays``.

    ``top`` ÷ ``bottom`` is the value: sums as readings have them, money in whole units. Of counts it is ``top`` itself, and
    ``bottom`` the working days it comes from. NaN: unknown. ``days``: subjects × weeks of working days, NaN where not there.
    ``role``, ``team``: subjects × weeks, empty where there is no word of them. ``now``: the day as of which.
    ``why``: subject and metric → why its latest weeks are unknown, where they are.
    """

    now: date
    reps: tuple[str, ...]
    metrics: tuple[Judged, ...]
    mondays: tuple[date, ...]
    top: Floats
    bottom: Floats
    days: Floats
    role: npt.NDArray[np.str_]
    team: npt.NDArray[np.str_]
    why: Mapping[tuple[str, str], Said] = field(default_factory=dict)

    def series(self) -> Weekly:
        """As the signals read them. A subject's role is the last one; ``row`` is the place in ``table()``."""
        count = np.array([one.kind is SeriesKind.COUNT for one in self.metrics])[None, :, None]
        known = np.isfinite(self.top) & np.isfinite(self.days)[:, None, :]
        x = np.nan_to_num(self.bottom) / np.where(count, FULL_WEEK, self._unit())
        x = np.where(known, x, 0.0)
        y = np.where(x > 0, np.nan_to_num(self.top) / np.where(count, 1.0, self._unit()), 0.0)
        row = np.where(known, np.cumsum(known).reshape(known.shape) - 1, -1)
        names = [_last(roles) for roles in self.role]
        roles = tuple(sorted(set(names)))
        return Weekly(
            self.reps, roles, tuple(one.slug for one in self.metrics), tuple(one.kind for one in self.metrics), self.mondays,
            np.array([roles.index(name) for name in names], np.int64), y, x, self.days, np.asarray(known.any(axis=2)), row,
        )  # fmt: skip

    def _unit(self) -> Floats:
        """What one of n is, a metric: 1, but for sums over sums (a share of money) the usual sum of a row."""
        out = np.ones(len(self.metrics))
        for place, one in enumerate(self.metrics):
            if one.denominator is not None and one.denominator.kind is Kind.SUM:
                told = self.bottom[:, place][self.bottom[:, place] > 0]
                out[place] = np.median(told) if len(told) else 1.0
        return out[None, :, None]

    def table(self) -> dict[str, list[object]]:
        """The plain table: rep, role, metric, kind, week, value, n, workdays; a row wherever something is known."""
        series = self.series()
        subject, metric, week = np.nonzero(series.row >= 0)
        y, x = series.y[subject, metric, week], series.x[subject, metric, week]
        count = np.array([kind is SeriesKind.COUNT for kind in series.kinds])[metric]
        value = np.where(count, y, np.divide(y, x, out=np.zeros_like(y), where=x > 0))
        return {
            "rep": [self.reps[i] for i in subject],
            "role": [series.roles[series.role[i]] for i in subject],
            "metric": [series.metrics[i] for i in metric],
            "kind": [series.kinds[i].value for i in metric],
            "week": [self.mondays[i] for i in week],
            "value": value.tolist(),
            "n": np.where(count, y, x).tolist(),
            "workdays": self.days[subject, week].tolist(),
        }


def _last(values: npt.NDArray[np.str_]) -> str:
    told = [str(value) for value in values if value]
    return told[-1] if told else NO_ROLE


def weekly(store: Store, as_of: date | None = None, weeks: int = WEEKS, metrics: Sequence[str] | None = None) -> Weeks:
    """The series of everyone in the company who sells or sold in those whole weeks up to now, of the metrics judged (or these).

    Always the whole company's: who is usual can't be told from one rep. Show only what the reader may see.
    """
    view = store.view(as_of)
    now = datetime.fromtimestamp(view.as_of + 1, ZoneInfo(store.settings.time_zone)).date()
    last = now - timedelta(days=now.weekday())  # the Monday that the last whole week ends before
    mondays = tuple(last - timedelta(weeks=weeks - i) for i in range(weeks))
    chosen = tuple(one for one in judged(store.catalog) if metrics is None or one.slug in metrics)
    reps = _sellers(store, mondays, now, as_of)
    work = workdays(store, Scope.company(), mondays[0], last, as_of)
    place = {rep: row for row, rep in enumerate(work.reps)}
    _, days = work.by_week()
    days = np.array([days[place[rep]] if rep in place else np.full(weeks, np.nan) for rep in reps]).reshape(len(reps), weeks)
    role, team = _attributes(view, reps, mondays)
    _of_last_role(days, role)
    top, bottom = _numbers(view, chosen, reps, mondays, days)
    known, why = known_weeks(view, chosen, reps, role, mondays, days)
    return Weeks(now, reps, chosen, mondays, np.where(known, top, np.nan), np.where(known, bottom, np.nan), days, role, team, why)


def _sellers(store: Store, mondays: Sequence[date], now: date, as_of: date | None) -> tuple[str, ...]:
    days = [*(mondays[0] + _QUARTER * i for i in range(1, len(mondays) // 13 + 1)), now - timedelta(days=1)]
    return tuple(sorted({one.rep for day in days for one in people(store, day, Scope.company(), as_of)}))


def _attributes(view: View, reps: tuple[str, ...], mondays: Sequence[date]) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.str_]]:
    """Each rep's role and team on the weeks' Mondays, empty where there is no word of them."""
    first = (mondays[0] - date(1970, 1, 1)).days
    row = {rep: i for i, rep in enumerate(reps)}
    role = np.full((len(reps), len(mondays)), "", object)
    team = role.copy()
    for stint in view.stints:
        if stint.rep_id in row:
            begin, until = (max(-(-(day - first) // 7), 0) for day in (stint.from_day, stint.until_day))
            role[row[stint.rep_id], begin:until] = stint.role or NO_ROLE
            team[row[stint.rep_id], begin:until] = stint.team or NO_TEAM
    return role.astype(np.str_), team.astype(np.str_)


def _of_last_role(days: Floats, role: npt.NDArray[np.str_]) -> None:
    """Weeks in an earlier role aren't one's own past: they become weeks before the hire."""
    for row in range(len(days)):
        there = np.flatnonzero(np.isfinite(days[row]))
        if len(there):
            before = there[role[row, there] != role[row, there[-1]]]
            days[row, : before[-1] + 1 if len(before) else 0] = np.nan


def _numbers(
    view: View, chosen: Sequence[Judged], reps: tuple[str, ...], mondays: Sequence[date], days: Floats
) -> tuple[Floats, Floats]:
    """Numerators and denominators (working days of counts), reps × metrics × weeks; 0 where there are no rows."""
    shape = (len(reps), len(chosen), len(mondays))
    top, bottom = np.zeros(shape), np.repeat(days[:, None, :], len(chosen), axis=1)
    found: dict[Measure, Floats] = {}
    for measures in _together(view, chosen):
        found |= _asked(view, measures, reps, mondays)
    for place, one in enumerate(chosen):
        scale = 100.0 if one.metric.unit is Unit.MONEY else 1.0
        top[:, place] = found[one.numerator] / scale
        if one.denominator is not None:
            bottom[:, place] = found[one.denominator]
        if one.matured is not None:
            unripe = found[one.matured.have] < found[one.matured.of]
            top[:, place][unripe] = np.nan
    return top, bottom


def _together(view: View, chosen: Sequence[Judged]) -> Iterable[tuple[Measure, ...]]:
    """The measures to ask, each once, those of one query together: of the same rows, all from the roll-up, all counting the same
    things, or neither.
    """
    found: dict[tuple[str, bool, tuple[str, ...]], dict[Measure, None]] = {}
    for one in chosen:
        for measure in (one.numerator, one.denominator, *_matured(one)):
            if measure is not None:
                things = measure.columns if measure.kind is Kind.DISTINCT else ()
                found.setdefault((measure.rows, _is_rolled(view, measure), things), {})[measure] = None
    return map(tuple, found.values())


def _is_rolled(view: View, measure: Measure) -> bool:
    return measure.rows in view.rolled and rollup.can_serve(measure)


def _matured(one: Judged) -> tuple[Measure, ...]:
    return () if one.matured is None else (one.matured.have, one.matured.of)


def _asked(view: View, measures: tuple[Measure, ...], reps: tuple[str, ...], mondays: Sequence[date]) -> dict[Measure, Floats]:
    """The measures by rep and week, reps × weeks."""
    rows, window = measures[0].rows, measures[0].window
    weeks = tuple(Period("week", monday, monday + timedelta(days=7)) for monday in mondays)
    periods = rows_of_periods(view, Asked(weeks, ("rep",), None, {}), window)
    step = step_of(rows, measures, periods)
    question = Question(rows, measures, ("rep",), False, _is_rolled(view, measures[0]), step)
    table = view.engine.query(view.sql(question, periods, []))
    place = {rep: row for row, rep in enumerate(reps)}
    who = np.array([place.get(rep, -1) for rep in table.column(1).to_pylist()], np.int64)
    week = np.asarray(table.column(0), np.int64)
    out = {}
    for number, measure in enumerate(measures):
        values = np.zeros((len(reps), len(mondays)))
        told = np.nan_to_num(np.asarray(table.column(2 + number).to_numpy(zero_copy_only=False), np.float64))
        values[who[who >= 0], week[who >= 0]] = told[who >= 0]
        out[measure] = values
    return out


def by_team(weeks: Weeks) -> Weeks:
    """The same series of teams: sums over those who were in the team that week. Who has no team is in none."""
    teams = tuple(sorted({str(name) for name in np.unique(weeks.team) if name and name != NO_TEAM}))
    return _added_up(weeks, teams, [weeks.team == name for name in teams], "team")


def as_one(weeks: Weeks) -> Weeks:
    """The same series of everybody together: one subject, ``COMPANY``; each from the week on in which its records come at half
    their usual rate at least, for their beginning is no growth."""
    whole = _added_up(weeks, (COMPANY,), [np.ones(weeks.days.shape, np.bool_)], COMPANY)
    count = np.array([one.kind is SeriesKind.COUNT for one in weeks.metrics])[:, None]
    amount = np.nan_to_num(np.where(count, whole.top[0], whole.bottom[0]))
    usual = np.array([np.median(row[row > 0]) if (row > 0).any() else 0.0 for row in amount])[:, None]
    begun = np.logical_or.accumulate(amount >= usual / 2, axis=1)[None]
    return replace(whole, top=np.where(begun, whole.top, np.nan), bottom=np.where(begun, whole.bottom, np.nan))


def _added_up(weeks: Weeks, names: tuple[str, ...], members: Sequence[Truths], label: str) -> Weeks:
    """Sums over the members (reps × weeks) of each.

    Working days are their people's, scaled so that the largest week is a full one: what counts is how they change.
    """
    shape = (len(names), len(weeks.metrics), len(weeks.mondays))
    top, bottom, days = np.full(shape, np.nan), np.full(shape, np.nan), np.full((shape[0], shape[2]), np.nan)
    for place, named in enumerate(members):
        member = named & np.isfinite(weeks.days)
        days[place] = np.where(member.any(axis=0), np.where(member, np.nan_to_num(weeks.days), 0).sum(axis=0), np.nan)
        for metric in range(shape[1]):
            top[place, metric], bottom[place, metric] = _team_sums(weeks, metric, member)
    scale = FULL_WEEK / np.where(np.isfinite(days), days, 0).max(axis=1, initial=FULL_WEEK, keepdims=True)
    count = np.array([one.kind is SeriesKind.COUNT for one in weeks.metrics])[None, :, None]
    bottom = np.where(count, bottom * scale[:, None, :], bottom)
    labels = np.full((len(names), shape[2]), label)
    own = np.array([[name] * shape[2] for name in names], np.str_).reshape(len(names), shape[2])
    return Weeks(weeks.now, names, weeks.metrics, weeks.mondays, top, bottom, days * scale, labels, own)


def _team_sums(weeks: Weeks, metric: int, member: Truths) -> tuple[Floats, Floats]:
    """Sums of the members whose week is known, unknown where that is less than half of the time of those whose metric it is."""
    told = np.isfinite(weeks.top[:, metric])
    known, meant = member & told, member & told.any(axis=1, keepdims=True)
    worked = np.nan_to_num(weeks.days)
    enough = 2 * (worked * known).sum(axis=0) >= (worked * meant).sum(axis=0)
    top, bottom = (np.where(known, np.nan_to_num(values[:, metric]), 0).sum(axis=0) for values in (weeks.top, weeks.bottom))
    there = enough & known.any(axis=0)
    return np.where(there, top, np.nan), np.where(there, bottom, np.nan)
