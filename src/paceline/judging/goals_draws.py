"""Draws of what a period comes to, of any metric that can be foretold: for reps, teams and the company.

Money and wins: the pipeline's forecast. Counts and sums: each rep's own past weeks. Shares and means: what is there so far and as
many cases more as the past brought. Others (stocks, medians, arithmetic): none, because…
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from paceline.insight.goals_chance import mean_draws, share_draws
from paceline.judging.forecast import ForecastError, foresee
from paceline.judging.forecast_counts import count_draws
from paceline.metrics.ask import ask
from paceline.metrics.reading import Reading
from paceline.metrics.relations import RELATIONS
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Grain, Kind, Measure, Metric, Unit, at_grain
from paceline.sales.periods import Period, from_epoch_day
from paceline.sales.scope import Scope
from paceline.saying.said import Said, catalogued, say

Floats = npt.NDArray[np.float64]

DRAWS = 1000
PAST_WEEKS = 52  # of shares and means


@dataclass(frozen=True)
class Draws:
    """(draws,) of the period's end by (level, id); ``because`` says why those that aren't there can't be told."""

    ends: Mapping[tuple[str, str], Floats]
    because: Said

    def of(self, level: str, subject: str) -> tuple[Floats | None, Said | None]:
        """The draws, or why there are none."""
        found = self.ends.get((level, subject))
        return (found, None) if found is not None and len(found) else (None, self.because)


def is_flow(metric: Metric) -> bool:
    """Whether a period's value grows with its days: a count or sum of rows dated in it."""
    term = at_grain(metric.numerator, Grain.REP)
    if metric.denominator is not None or not isinstance(term, Measure):
        return False
    return _dated(term) and term.kind is not Kind.QUANTILE


def _dated(measure: Measure) -> bool:
    """Whether its rows are events of the period, not states at its end."""
    return measure.window.kind == "same" and RELATIONS[measure.rows].flow


def draws_of(store: Store, metric: Metric, period: Period, now: int, as_of: date | None = None) -> Draws:
    """Draws of everybody's period end as seen when day ``now`` begins, in the metric's unit."""
    rng = np.random.default_rng([now, period.first_day, period.until_day])
    try:
        seen = foresee(store, metric.slug, period, Scope.company(), as_of=as_of, draws=DRAWS)
    except ForecastError as error:
        if is_flow(metric):
            return _distinct(store, metric, period, now, rng, as_of)
        if metric.interval in ("wilson", "mean") and all(_dated(measure) for measure in metric.measures):
            return _ratios(store, metric, period, now, rng, as_of)
        return Draws({}, error.said)
    ends = {(line.level, line.id): line.outlook.draws for line in seen.lines if line.outlook is not None}
    why = next((line.none_because for line in seen.lines if line.none_because), say("nothing is known of them"))
    return Draws(ends, why)


def _readings(store: Store, metric: Metric, period: Period, level: str, as_of: date | None) -> dict[str, Reading]:
    cut = () if level == "company" else (level,)
    found = ask(store, metric.slug, Scope.company(), period, cut, as_of=as_of, mean_of_reps=False)
    return {dict(reading.group).get(level) or "": reading for reading in found}


def _distinct(store: Store, metric: Metric, period: Period, now: int, rng: np.random.Generator, as_of: date | None) -> Draws:
    """Counts of different things: weeks don't add up where one comes again, so days to come are cut as the past overlapped."""
    found = count_draws(store, metric.slug, now, period.first_day, period.until_day, rng, DRAWS, as_of)
    if not found.reps:
        return Draws({}, say("nobody has any {metric} in the half year before", metric=catalogued(metric.name, inside=True)))
    ahead = dict(zip(found.reps, found.draws * _overlap(store, metric, period, now, as_of), strict=True))
    begun = period.first_day < now
    so_far = {level: _readings(store, metric, period, level, as_of) if begun else {} for level in ("rep", "team", "company")}
    home = {s.rep_id: s.team for s in store.view(as_of).stints if s.from_day < now <= s.until_day}
    ends: dict[tuple[str, str], Floats] = {}
    for rep, drawn in ahead.items():
        ends["rep", rep] = drawn + _value(so_far["rep"].get(rep))
    for team in {name for name in home.values() if name}:
        mine = [drawn for rep, drawn in ahead.items() if home.get(rep) == team]
        if mine:
            ends["team", team] = np.sum(mine, axis=0) + _value(so_far["team"].get(team))
    ends["company", ""] = np.sum(list(ahead.values()), axis=0) + _value(so_far["company"].get(""))
    return Draws(ends, say("nothing of theirs is known of the half year before"))


def _weeks(now: int, many: int) -> list[Period]:
    """Stretches of seven days up to, and without, day ``now``, the latest first."""
    return [Period.between(from_epoch_day(now - 7 * back - 7), from_epoch_day(now - 7 * back)) for back in range(many)]


def _value(reading: Reading | None) -> float:
    return 0.0 if reading is None or reading.value is None else reading.value


def _overlap(store: Store, metric: Metric, period: Period, now: int, as_of: date | None) -> float:
    """A period's count of different things ÷ the sum of its weeks' counts, reps together, over the 13 weeks before."""
    whole = Period.between(from_epoch_day(now - min(period.days, 91)), from_epoch_day(now))
    weeks = [
        Period.between(from_epoch_day(now - 7 * back - 7), from_epoch_day(now - 7 * back)) for back in range(whole.days // 7)
    ]
    if not weeks:
        return 1.0
    readings = ask(store, metric.slug, Scope.company(), [whole, *weeks], ("rep",), as_of=as_of, mean_of_reps=False)
    together = sum(reading.value or 0.0 for reading in readings if reading.period == whole)
    apart = sum(reading.value or 0.0 for reading in readings if reading.period != whole)
    return min(together / apart, 1.0) if apart else 1.0


def _ratios(store: Store, metric: Metric, period: Period, now: int, rng: np.random.Generator, as_of: date | None) -> Draws:
    """A share's or a mean's end: the year before says at which rate, and how many cases a week, what is to come comes."""
    weeks = _weeks(now, PAST_WEEKS)
    left = (period.until_day - max(now, period.first_day)) / 7
    ends: dict[tuple[str, str], Floats] = {}
    for level in ("rep", "team", "company"):
        cut = () if level == "company" else (level,)
        past: dict[str, list[tuple[float, float]]] = {}
        for reading in ask(store, metric.slug, Scope.company(), weeks, cut, as_of=as_of, mean_of_reps=False):
            top, bottom = reading.numerator, reading.denominator
            past.setdefault(dict(reading.group).get(level) or "", []).append((top or 0.0, bottom or 0.0))
        so_far = _readings(store, metric, period, level, as_of) if period.first_day < now else {}
        for name, rows in past.items():
            drawn = _ratio(metric, so_far.get(name), np.array(rows), left, rng)
            if drawn is not None:
                ends[level, name] = drawn
    return Draws(ends, say("nothing of theirs is known of the year before"))


def _ratio(metric: Metric, so_far: Reading | None, weeks: Floats, left: float, rng: np.random.Generator) -> Floats | None:
    seen = weeks[weeks[:, 1] > 0]
    if not len(seen):
        return None
    per = 100.0 if metric.unit is Unit.MONEY else 1.0
    told = (so_far.numerator or 0.0, so_far.denominator or 0.0) if so_far is not None else (0.0, 0.0)
    more = float(weeks[:, 1].sum()) / len(weeks) * left
    if metric.interval == "wilson":
        total = seen.sum(axis=0)
        drawn = share_draws(told, (float(total[0]), float(total[1])), more, rng, DRAWS)
    else:
        mean = seen[:, 0].sum() / seen[:, 1].sum()
        # Weeks' means say how single values spread: a mean of n spreads by the root of n less than one.
        values = mean + (seen[:, 0] / seen[:, 1] - mean) * np.sqrt(seen[:, 1])
        drawn = mean_draws(told, np.asarray(values, dtype=np.float64), more, rng, DRAWS) / per
    return drawn if np.isfinite(drawn).any() else None
