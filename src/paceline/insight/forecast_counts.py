"""How any count will end a period (meetings, new opportunities, replies): from its own dated values, as a distribution.

So far + days to come: each rep's pace (amount a day worked, late weeks weighing more, shrunk to the peers') over days open for
work less absences (known ones, and as many as past stretches had), with the measured overdispersion of weeks, and shocks common
to all, of a team, and of each alone, as large as earlier stretches of the same length were off by. Sums of the draws of reps are
the draws of their team.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from paceline.insight.forecast import Outlook
from paceline.insight.forecast_pace import Weeks, learn_pace, measure_shocks
from paceline.insight.pipeline import ColumnsError, day_numbers, indexed
from paceline.saying.said import Said, say
from paceline.saying.values import Number
from paceline.stats.pool import shocks, tally

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

COLUMNS = ("rep_id", "team", "day", "value")
WEEKS = 52
DRAWS = 1000


@dataclass(frozen=True)
class OpenDays:
    """Days from ``first`` on, by rep: open for work (1; 0: weekends, public holidays), and worked (the same without absences).

    Absences count in the past, and those that have begun until their end; later ones aren't known ahead. A rep who isn't in it
    has the mean of all; one without days worked is never away.
    """

    first: int
    of_rep: Mapping[str, Floats]
    worked: Mapping[str, Floats] = field(default_factory=dict)

    def between(self, reps: Sequence[str], first: int, until: int) -> tuple[Floats, Floats]:
        """(reps, days) open and worked on ``first <= day < until``. ValueError where that isn't covered."""
        begin, end = first - self.first, until - self.first
        length = min((len(days) for days in (*self.of_rep.values(), *self.worked.values())), default=0)
        if begin < 0 or end > length:
            raise ValueError(f"open days are known on {self.first} to {self.first + length}, not on {first} to {until}")
        everyone = np.mean([days[:length] for days in self.of_rep.values()], axis=0)
        shape = len(reps), end - begin
        open_ = np.array([self.of_rep.get(rep, everyone)[begin:end] for rep in reps]).reshape(shape)
        pairs = zip(reps, open_, strict=True)
        worked = np.array([self.worked[rep][begin:end] if rep in self.worked else row for rep, row in pairs]).reshape(shape)
        return open_, np.minimum(worked, open_)


@dataclass(frozen=True)
class CountLine:
    """The forecast of a count of a rep, a team or the company."""

    level: str
    name: str
    outlook: Outlook
    sentence: Said


def forecast_counts(
    columns: Mapping[str, Sequence[Any]], now: int, first: int, until: int, rng: np.random.Generator, draws: int = DRAWS,
    open_days: OpenDays | None = None,
) -> tuple[CountLine, ...]:  # fmt: skip
    """Period ``first <= day < until`` as seen when ``now`` begins, from rows (rep, team, day, value); a day without row is 0.

    Weekly series come with the first day of each week. Rows from ``now`` on aren't looked at. ``open_days`` covers the ``WEEKS``
    weeks before ``now`` and the days up to ``until``; without it all days are alike. ColumnsError for a missing column,
    ValueError if ``now`` lies after the period.
    """
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        raise ColumnsError(f"no column {', '.join(missing)}; needed are {', '.join(COLUMNS)}")
    if not first < until or now > until:
        raise ValueError(f"day {now} can't look at the end of {first} to {until}")
    reps, rep = indexed(columns["rep_id"])
    teams, team = indexed([word or "" for word in columns["team"]])
    day = day_numbers(columns["day"], None)
    value = np.array([float(number or 0) for number in columns["value"]]).reshape(len(day))
    past = day < now
    team_of_rep = np.zeros(len(reps), dtype=np.int64)
    team_of_rep[rep[np.argsort(day, kind="stable")]] = team[np.argsort(day, kind="stable")]
    so_far = tally(rep[past & (day >= first)], len(reps), value[past & (day >= first)])
    start = max(now, first)
    begin = now - 7 * WEEKS
    open_, worked = (np.ones((len(reps), until - begin)),) * 2 if open_days is None else open_days.between(reps, begin, until)
    weeks = _weeks((rep[past], day[past], value[past]), now, open_, worked)
    days = weeks.to_come(worked[:, 7 * WEEKS :], open_[:, 7 * WEEKS :])[:, start - now :].sum(axis=1)
    ahead = _ahead(rng, weeks, days, round((until - start) / 7), team_of_rep, draws)
    everyone = np.arange(len(reps))
    groups = [("company", "", everyone)]
    groups += [("team", name, np.flatnonzero(team_of_rep == which)) for which, name in enumerate(teams)]
    groups += [("rep", name, everyone[which : which + 1]) for which, name in enumerate(reps)]
    return tuple(_line(level, name, so_far[who], ahead[who]) for level, name, who in groups)


def _line(level: str, name: str, so_far: Floats, ahead: Floats) -> CountLine:
    done, rest = float(so_far.sum()), ahead.sum(axis=0)
    outlook = Outlook(done + rest, done, 0.0, float(rest.mean()))
    low, high = outlook.interval
    told = [Number(value, ".0f") for value in (done, float(rest.mean()), outlook.middle, low, high)]
    words = say(
        "{so_far} so far + {more} expected; the middle is {middle}, 8 in 10 chance of {low} to {high}.",
        so_far=told[0], more=told[1], middle=told[2], low=told[3], high=told[4],
    )  # fmt: skip
    return CountLine(level, name, outlook, words)


def _weeks(rows: tuple[Ints, Ints, Floats], now: int, open_: Floats, worked: Floats) -> Weeks:
    """Weeks counted back from ``now``; the days begin ``WEEKS`` before it. A rep's weeks begin with the first row."""
    rep, day, value = rows
    reps, back = len(open_), (now - 1 - day) // 7
    some = back < WEEKS
    table = tally(rep[some] * WEEKS + back[some], reps * WEEKS, value[some]).reshape(reps, WEEKS)
    start = np.full(reps, now, dtype=np.int64)
    np.minimum.at(start, rep, day)
    inside = np.arange(WEEKS)[None, :] < np.clip((now - start + 6) // 7, 0, WEEKS)[:, None]

    def by_week(days: Floats) -> Floats:
        return np.asarray(days[:, : 7 * WEEKS].reshape(reps, WEEKS, 7).sum(axis=2)[:, ::-1], dtype=np.float64)

    return Weeks(table, by_week(worked), by_week(open_), inside)


def _ahead(rng: np.random.Generator, weeks: Weeks, to_come: Floats, length: int, team_of_rep: Ints, draws: int) -> Floats:
    """(reps, draws) of the days to come. Negative binomial given the pace and the shocks: variance = spread × mean."""
    pace = learn_pace(weeks)
    size = measure_shocks(weeks, team_of_rep, max(length, 1), pace)
    shock = shocks(rng, int(team_of_rep.max(initial=0)) + 1, size.common, size.team, draws)[team_of_rep]
    shock = shock * np.exp(rng.normal(0.0, size.own, (len(to_come), draws)))
    shock = shock * weeks.attended(rng, max(length, 1), draws)
    expected = pace.draws(rng, draws) * shock * to_come[:, None]
    more = max(pace.spread - 1, 1e-3)
    return np.asarray(rng.poisson(rng.standard_gamma(expected / more) * more), dtype=np.float64)
