"""How far off the pipeline's own forecasts were: it is replayed from earlier days of which the outcome is known by now.

From the replays come the bias (wins seen ÷ wins expected, of the company and of each rep, shrunk) and the size of the shocks that
hit all reps at once, or a team, on top of chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.insight.pipeline import NEVER, Opportunities
from paceline.stats.pool import prior_strength, tally

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

REPLAYS = 6
LEARN = 60  # days of closes that a replay needs before it
AGES = (7, 15, 30, 45, 60, 75, 90, 120, 180)  # an open deal's class is the number of these ages it has reached
CLASSES = len(AGES) + 2  # the last one: deals not created yet
NEW = CLASSES - 1
_SHORTEST = 14  # days of a replay's horizon
_BELIEF = 3.0  # how many replays the prior beliefs weigh
_COMMON, _TEAM = 0.12, 0.08  # shocks (standard deviations of the log) believed before anything is measured


@dataclass(frozen=True)
class Bias:
    """Factors on expected wins by rep and by class of deal, and shocks (standard deviations of the log)."""

    of_rep: Floats
    of_class: Floats
    pull: float  # how far a rep's expected wins go from what the pipeline says (0) to the own pace (1), see ``pulled``
    common: float
    team: float
    replays: int


@dataclass(frozen=True)
class Expected:
    """Wins expected of the days to come: by the pipeline, (reps, classes), and at each rep's own pace, (reps,)."""

    by_class: Floats
    own: Floats


def pulled(due: Floats, own: Floats, pull: float) -> Floats:
    """Factor from the wins a pipeline expects to their geometric mean with the own pace's; small numbers are damped.

    A rep with an unusually full book rarely wins in proportion: there is only so much time.
    """
    return np.asarray(((own + 0.5) / (due + 0.5)) ** pull, dtype=np.float64)


def unbiased(known: Opportunities) -> Bias:
    """No replay was possible: no correction, shocks as believed."""
    return Bias(np.ones(len(known.reps)), np.ones(CLASSES), 0.0, _COMMON, _TEAM, 0)


def age_class(age: Ints) -> Ints:
    """The class of open deals of those ages."""
    return np.searchsorted(np.asarray(AGES), age, side="right").astype(np.int64)


def measure_bias(known: Opportunities, now: int, length: int, expect: Callable[[Opportunities, int, int], Expected]) -> Bias:
    """Replay ``expect(opportunities as of a day, day, until)`` → expected wins; compare with what came."""
    replays = replay_days(known, now, length)
    if not replays:
        return unbiased(known)
    expected = [expect(known.as_of(day), day, until) for day, until in replays]
    due, own = np.array([one.by_class for one in expected]), np.array([one.own for one in expected])
    got = np.array([_wins(known, day, until) for day, until in replays])
    overlap = _overlap(replays)
    of_class = _classes(got.sum(axis=1), due.sum(axis=1), overlap)
    got, due = got.sum(axis=2), (due * of_class).sum(axis=2)
    pull = _pull(got, due, own, overlap)
    due = due * pulled(due, own, pull)
    common, company = _company(got.sum(axis=1), due.sum(axis=1))
    due = due * company
    seen, awaited = got.sum(axis=0) / overlap, due.sum(axis=0) / overlap
    strength = prior_strength(seen, awaited)
    of_rep = company * (seen + strength) / (awaited + strength)
    return Bias(of_rep, of_class, pull, common, _teams(known, got, due), len(replays))


def _pull(got: Floats, due: Floats, own: Floats, overlap: float) -> float:
    """Posterior mean of the pull, from (replays, reps): Poisson likelihood given each replay's total, flat prior; then halved.

    Halved, since the own weeks enter the pool once more, and two views err less when they differ.
    """
    tried = np.linspace(0.0, 1.0, 21)
    log = np.zeros(len(tried))
    for which, pull in enumerate(tried.tolist()):
        mean = (due + 0.5) * pulled(due, own, pull)
        log[which] = float((got * np.log(mean / mean.sum(axis=1, keepdims=True))).sum()) / overlap
    weight = np.exp(log - log.max())
    return float((weight * tried).sum() / weight.sum()) / 2


def replay_days(known: Opportunities, now: int, length: int) -> list[tuple[int, int]]:
    """(day, until) to replay, the latest first: over by ``now``, with something to learn from before.

    Where history is too short for the whole horizon, shorter ones up to ``now`` are replayed too.
    """
    if not known.opened or length <= 0:
        return []
    first, step = known.opened + LEARN, max(21, length // 2)
    full = [(day, day + length) for day in range(now - length, first - 1, -step)][:REPLAYS]
    short = [(day, now) for day in range(max(now - length + 21, first), now - max(_SHORTEST, length // 3) + 1, 21)]
    return full + short[: max(0, 3 - len(full))]


def _overlap(replays: list[tuple[int, int]]) -> float:
    """How many times a day is counted because replays overlap (at least 1)."""
    covered = {day for start, until in replays for day in range(start, until)}
    return max(1.0, sum(until - start for start, until in replays) / len(covered))


def _wins(known: Opportunities, first: int, until: int) -> Floats:
    """(reps, classes) wins on ``first <= day < until``, by the deal's class on the first day."""
    inside = known.won & (known.closed >= first) & (known.closed < until) & (known.closed < NEVER)
    age = first - known.created[inside]
    kind = np.where(age <= 0, NEW, age_class(age))
    counts = tally(known.rep[inside] * CLASSES + kind, len(known.reps) * CLASSES)
    return counts.reshape(len(known.reps), CLASSES)


def _classes(got: Floats, due: Floats, overlap: float) -> Floats:
    """Factor of each class, from (replays, classes): shrunk by how much classes are off beyond luck, and by few replays."""
    seen, expected = got.sum(axis=0) / overlap, due.sum(axis=0) / overlap
    strength = prior_strength(seen, expected, 5.0)
    return np.asarray((seen + strength) / (expected + strength), dtype=np.float64)


def _company(got: Floats, due: Floats) -> tuple[float, float]:
    """(shock common to all, bias): mean log ratio, shrunk towards none; what it varies by beyond Poisson."""
    log = np.log((got + 2.0) / (due + 2.0))
    n = len(log)
    bias = float(log.mean()) * n / (n + _BELIEF)
    left = float((((log - bias) ** 2) - 1 / (due + 2.0)).sum())
    return float(np.sqrt(max((_BELIEF * _COMMON**2 + left) / (n + _BELIEF), 0.02**2))), float(np.exp(bias))


def _teams(known: Opportunities, got: Floats, due: Floats) -> float:
    """Shock of a team: what its log ratios vary by beyond the company's and Poisson."""
    teams = len(known.teams)
    member = np.zeros((len(known.reps), teams))
    member[np.arange(len(known.reps)), known.team_of_rep] = 1.0
    seen, expected = got @ member, due @ member
    many = expected >= 3
    if teams < 2 or not many.any():
        return _TEAM
    whole = np.log((got.sum(axis=1) + 2.0) / (due.sum(axis=1) + 2.0))
    left = (np.log((seen + 0.5) / (expected + 0.5)) - whole[:, None]) ** 2 - 1 / (expected + 0.5)
    believed = _BELIEF * teams
    return float(np.sqrt(max((believed * _TEAM**2 + float(left[many].sum())) / (believed + int(many.sum())), 0.02**2)))
