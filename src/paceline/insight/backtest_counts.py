"""How good the forecast of a count would have been: its own past replayed, without looking ahead, against own average."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from paceline.insight.backtest import Cut, Replay, cuts_between
from paceline.insight.forecast_counts import OpenDays, forecast_counts
from paceline.insight.pipeline import day_numbers, indexed
from paceline.stats.pool import tally, week_draws

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WEEKS = 26  # of the own average; who counted nothing in them isn't foretold
LEARN_WEEKS = 13  # of values that must have been seen before a day is replayed
MEASURE = "count"


def count_cuts(first_seen: int, end: int, grain: str, fiscal_start_month: int = 1) -> tuple[Cut, ...]:
    """Days worth replaying for values seen on ``first_seen <= day < end``: as ``backtest.cuts``. ValueError for another grain."""
    return cuts_between(first_seen + 7 * LEARN_WEEKS, end, grain, fiscal_start_month)


def replay_counts(
    columns: Mapping[str, Sequence[Any]], cut: Cut, rng: np.random.Generator, draws: int = 1000,
    open_days: OpenDays | None = None, left: Mapping[str, int] | None = None,
) -> Replay:  # fmt: skip
    """Forecast the cut from the rows (rep_id, team, day, value) before its day; look up what came. Reps with a value before.

    ``left``: the day on which a rep left; who had left by then isn't forecast.
    """
    day = day_numbers(columns["day"], None)
    there = np.array([(left or {}).get(rep, cut.now + 1) > cut.now for rep in columns["rep_id"]], dtype=np.bool_)
    known = (day < cut.now) & there
    past = {name: [values[row] for row in np.flatnonzero(known).tolist()] for name, values in columns.items()}
    made = {line.name: line.outlook.draws for line in forecast_counts(
        past, cut.now, cut.first, cut.until, rng, draws, open_days) if line.level == "rep"}  # fmt: skip
    reps = tuple(sorted(made))
    number = {name: which for which, name in enumerate(reps)}
    mine = np.array([number.get(str(name), -1) for name in columns["rep_id"]], dtype=np.int64)
    value = np.array([float(one or 0) for one in columns["value"]]).reshape(len(day))

    def total(first: int, until: int) -> Floats:
        some = (mine >= 0) & (day >= first) & (day < until)
        return tally(mine[some], len(reps), value[some])

    weeks, many = _weeks(mine, day, value, len(reps), cut.now)
    days = cut.until - cut.now
    so_far = total(cut.first, cut.now)
    share = days / (cut.until - cut.first)
    average = so_far + weeks.sum(axis=1) / np.maximum(many, 1) * days / 7
    last = so_far + total(cut.first - (cut.until - cut.first), cut.first) * share
    own = week_draws(rng.random((int(np.ceil(days / 7)), draws)), weeks, many, days / 7)
    team = indexed([word or "" for word in past["team"]])[1]
    home = np.zeros(len(reps), dtype=np.int64)
    home[mine[known]] = team
    use = np.flatnonzero(total(cut.now - 7 * WEEKS, cut.now) > 0)
    unknown = np.full(len(use), np.nan)
    return Replay(
        cut, tuple(reps[which] for which in use.tolist()), home[use], {MEASURE: np.array([made[name] for name in reps])[use]},
        {MEASURE: so_far[use, None] + own[use]}, {MEASURE: average[use]}, {MEASURE: last[use]}, {MEASURE: unknown},
        {MEASURE: total(cut.first, cut.until)[use]}, np.zeros(0), np.zeros(0, dtype=np.bool_),
    )  # fmt: skip


def _weeks(rep: Ints, day: Ints, value: Floats, reps: int, now: int) -> tuple[Floats, Ints]:
    """((reps, weeks) sums back from ``now``, the latest first; how many each rep has been seen)."""
    back = (now - 1 - day) // 7
    some = (rep >= 0) & (day < now) & (back < WEEKS)
    table = tally(rep[some] * WEEKS + back[some], reps * WEEKS, value[some]).reshape(reps, WEEKS)
    start = np.full(reps, now, dtype=np.int64)
    known = rep >= 0
    np.minimum.at(start, rep[known], day[known])
    return table, np.clip((now - start + 6) // 7, 0, WEEKS)
