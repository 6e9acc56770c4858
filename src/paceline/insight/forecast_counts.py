"""How any count will end a period (meetings, new opportunities, replies): from its own dated values, as a distribution.

So far + days to come, which are pooled half and half from (a) the rep's rate, late weeks weighing more, shrunk towards the
peers', with the measured overdispersion and a shock common to the team, and (b) the rep's own weeks resampled. Picks are
shared: sums of the draws of reps are the draws of their team.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from paceline.insight.forecast import Outlook
from paceline.insight.pipeline import ColumnsError, day_numbers, indexed
from paceline.stats.pool import pooled, shocks, tally, week_draws

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

COLUMNS = ("rep_id", "team", "day", "value")
WEEKS = 26
HALF_LIFE = 8.0  # weeks
DRAWS = 1000
_FEWEST_WEEKS = 4
_COMMON, _TEAM, _OWN = 0.08, 0.05, 0.10  # shocks (standard deviation of the log) believed before any is measured
_BELIEF = 3.0  # how many measured ones that belief weighs
_BLOCK, _BEFORE = 4, 12  # weeks held against the weeks before them, to measure how much rates change


@dataclass(frozen=True)
class CountLine:
    """The forecast of a count of a rep, a team or the company."""

    level: str
    name: str
    outlook: Outlook
    sentence: str


def forecast_counts(
    columns: Mapping[str, Sequence[Any]], now: int, first: int, until: int, rng: np.random.Generator, draws: int = DRAWS
) -> tuple[CountLine, ...]:
    """Period ``first <= day < until`` as seen when ``now`` begins, from rows (rep, team, day, value); a day without row is 0.

    Weekly series come with the first day of each week. Rows from ``now`` on aren't looked at. ColumnsError for a missing column,
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
    ahead = _ahead(rng, _weeks(rep[past], day[past], value[past], len(reps), now), (until - now) / 7, team_of_rep, draws)
    everyone = np.arange(len(reps))
    groups = [("company", "", everyone)]
    groups += [("team", name, np.flatnonzero(team_of_rep == which)) for which, name in enumerate(teams)]
    groups += [("rep", name, everyone[which : which + 1]) for which, name in enumerate(reps)]
    return tuple(_line(level, name, so_far[who], ahead[who]) for level, name, who in groups)


def _line(level: str, name: str, so_far: Floats, ahead: Floats) -> CountLine:
    done, rest = float(so_far.sum()), ahead.sum(axis=0)
    outlook = Outlook(done + rest, done, 0.0, float(rest.mean()))
    low, high = outlook.interval
    parts = f"{done:.0f} so far + {rest.mean():.0f} expected"
    words = f"{parts}; the middle is {outlook.middle:.0f}, 8 in 10 chance of {low:.0f} to {high:.0f}."
    return CountLine(level, name, outlook, words)


def _weeks(rep: Ints, day: Ints, value: Floats, reps: int, now: int) -> tuple[Floats, Ints]:
    """((reps, weeks) sums counted back from ``now``, latest first; how many weeks each rep has been seen)."""
    back = (now - 1 - day) // 7
    some = back < WEEKS
    table = tally(rep[some] * WEEKS + back[some], reps * WEEKS, value[some]).reshape(reps, WEEKS)
    start = np.full(reps, now, dtype=np.int64)
    np.minimum.at(start, rep, day)
    return table, np.clip((now - start + 6) // 7, 0, WEEKS)


def _ahead(rng: np.random.Generator, seen: tuple[Floats, Ints], length: float, team_of_rep: Ints, draws: int) -> Floats:
    weeks, known = seen
    inside = np.arange(WEEKS)[None, :] < known[:, None]
    weight = 0.5 ** (np.arange(WEEKS) / HALF_LIFE)[None, :] * inside
    total, span = (weeks * weight).sum(axis=1), weight.sum(axis=1)
    usual = float(total.sum() / max(float(span.sum()), 1e-9))
    mean = total / np.maximum(span, 1e-9)
    spread = _overdispersion(weeks, mean, inside)
    reach = float(((mean - usual) ** 2 * span).sum() - spread * usual * (span > 0).sum()) / max(float(span.sum()), 1e-9)
    strength = float(np.clip(spread * usual / reach, 0.2, 50)) if reach > 0 else 50.0  # in weeks
    shape = np.maximum((total + strength * usual) / spread, 1e-9)
    rate = rng.standard_gamma(shape[:, None], (len(weeks), draws)) * spread / (span + strength)[:, None]
    # What drifts does so with time: from the middle of the weeks learnt from to the middle of those to come.
    further = np.sqrt((HALF_LIFE / np.log(2) + length / 2) / ((_BLOCK + _BEFORE) / 2))
    common, own_drift = (size * further for size in _drift(weeks, known, spread))
    shock = shocks(rng, int(team_of_rep.max(initial=0)) + 1, common, _TEAM, draws)[team_of_rep]
    shock = shock * np.exp(rng.normal(0.0, own_drift, (len(weeks), draws)))
    expected = rate * shock * length
    more = max(spread - 1, 1e-3)  # negative binomial with variance = spread × mean
    counted = rng.poisson(rng.standard_gamma(expected / more) * more).astype(np.float64)
    picks = rng.random((int(np.ceil(length)), draws))
    own = week_draws(picks, weeks, known, length) * shock
    mixed = pooled(rng.random(draws) < 0.5, counted, own)
    return np.where((known < _FEWEST_WEEKS)[:, None], counted, mixed)


def _drift(weeks: Floats, known: Ints, spread: float) -> tuple[float, float]:
    """How much four weeks differ from the twelve before them, beyond what weeks vary by: all reps at once, and each alone.

    Standard deviations of the log. People and seasons change: without it, ranges of a month or a quarter are too narrow.
    """
    alone, together = [], []
    for back in range(0, WEEKS - _BLOCK - _BEFORE + 1, _BLOCK):
        long = known >= back + _BLOCK + _BEFORE
        got = weeks[long, back : back + _BLOCK].sum(axis=1)
        due = weeks[long, back + _BLOCK : back + _BLOCK + _BEFORE].sum(axis=1) * _BLOCK / _BEFORE
        some = due >= 3 * spread  # the logarithm of less is luck alone
        if not some.any():
            continue
        noise = spread * (1 + _BLOCK / _BEFORE)
        whole = float(np.log((got[some].sum() + spread) / (due[some].sum() + spread)))
        together.append(whole**2 - noise / float(due[some].sum()))
        log = np.log((got[some] + spread / 2) / (due[some] + spread / 2)) - whole
        alone += (log**2 - noise / due[some]).tolist()
    common = (_BELIEF * _COMMON**2 + sum(together)) / (_BELIEF + len(together))
    own = (_BELIEF * _OWN**2 + sum(alone)) / (_BELIEF + len(alone))
    return float(np.sqrt(np.clip(common, 0.03**2, 0.5**2))), float(np.sqrt(np.clip(own, 0.03**2, 0.7**2)))


def _overdispersion(weeks: Floats, mean: Floats, inside: npt.NDArray[np.bool_]) -> float:
    """Variance ÷ mean of weeks around each rep's rate, all reps together; at least 1."""
    expected = (mean[:, None] * inside).sum()
    return max(1.0, float((((weeks - mean[:, None]) ** 2) * inside).sum() / expected)) if expected > 0 else 1.0
