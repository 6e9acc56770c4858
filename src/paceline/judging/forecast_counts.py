"""A count's own past weeks from a store, as the forecast of counts wants them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from paceline.insight.forecast_counts import WEEKS, forecast_counts
from paceline.metrics.ask import ask
from paceline.metrics.store import Store
from paceline.sales.periods import Period, from_epoch_day
from paceline.sales.scope import Scope

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CountDraws:
    """By rep: draws of the days to come, and what own average and the days just past would say of them."""

    reps: tuple[str, ...]
    draws: Floats  # (reps, draws)
    average: Floats
    last: Floats


def week_rows(store: Store, metric: str, now: int, weeks: int, as_of: date | None = None) -> dict[str, list[Any]]:
    """Plain rows (rep_id, team, day, value) of the weeks of seven days up to, and without, day ``now``; unknown ones left out.

    A rep's weeks begin with the first stint in which they were employed.
    """
    view = store.view(as_of)
    periods = [Period.between(from_epoch_day(now - 7 * back - 7), from_epoch_day(now - 7 * back)) for back in range(weeks)]
    team = {stint.rep_id: stint.team for stint in view.stints if stint.from_day < now <= stint.until_day}
    hired = {stint.rep_id: stint.hired_day for stint in view.stints}
    left = {stint.rep_id: stint.left_day for stint in view.stints}
    rows: dict[str, list[Any]] = {name: [] for name in ("rep_id", "team", "day", "value")}
    for reading in ask(store, metric, Scope.company(), periods, ("rep",), as_of=as_of, mean_of_reps=False):
        rep, day = dict(reading.group)["rep"], reading.period.first_day
        gone = left.get(rep or "")
        if rep is None or reading.value is None or (gone is not None and gone <= now):
            continue
        start = hired.get(rep)
        if start is None or day + 7 > start:
            for column, value in zip(rows.values(), (rep, team.get(rep), day, reading.value), strict=True):
                column.append(value)
    return rows


def count_draws(
    store: Store, metric: str, now: int, first: int, until: int, rng: np.random.Generator, draws: int, as_of: date | None = None
) -> CountDraws:
    """The days ``max(now, first) <= day < until`` of each rep whose past weeks are known and not all 0."""
    rows = week_rows(store, metric, now, WEEKS, as_of)
    active = {rep for rep, value in zip(rows["rep_id"], rows["value"], strict=True) if value}
    kept = [at for at, rep in enumerate(rows["rep_id"]) if rep in active]
    rows = {name: [values[at] for at in kept] for name, values in rows.items()}
    reps = tuple(sorted(active))
    if not reps:
        return CountDraws((), np.zeros((0, draws)), np.zeros(0), np.zeros(0))
    days = until - max(now, first)
    lines = forecast_counts(rows, now, now, now + max(days, 1), rng, draws)
    found = {line.name: line.outlook for line in lines if line.level == "rep"}
    part = 1.0 if days > 0 else 0.0
    mine = {rep: [v for r, v in zip(rows["rep_id"], rows["value"], strict=True) if r == rep] for rep in reps}
    late = {rep: [v for r, d, v in zip(*(rows[name] for name in ("rep_id", "day", "value")), strict=True)
                  if r == rep and d >= now - max(days, 7)] for rep in reps}  # fmt: skip
    return CountDraws(
        reps,
        np.array([(found[rep].draws - found[rep].so_far) * part for rep in reps]),
        np.array([sum(mine[rep]) / len(mine[rep]) * days / 7 for rep in reps]),
        np.array([sum(late[rep]) / max(len(late[rep]), 1) * days / 7 for rep in reps]),
    )
