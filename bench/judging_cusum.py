"""The scan beside the classic alarm: CUSUM of weekly scores (Page 1954), on the same companies and the same budget."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from bench.cusum import BAR, cusum
from bench.judging import Score, add_up
from bench.weekly import FIRST_MONDAY, Company, Life, company
from paceline.insight.signals_budget import SHARE, Group, groups_of, scrambled
from paceline.insight.signals_pace import measure_pace
from paceline.insight.signals_states import starts
from paceline.insight.signals_table import Weekly, read_weekly
from paceline.stats.scan import REFERENCE, compare_stretches, running

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
FEWEST = 8  # weeks before a week is judged
SCRAMBLES = 2


class Fired:
    """A card as the score adds it up: whose, of what, which way, and when it began."""

    def __init__(self, rep: str, metric: str, direction: int, week: int) -> None:
        self.rep, self.metric, self.direction = rep, metric, direction
        self.fired = FIRST_MONDAY + timedelta(weeks=week)


class Cards:
    """What `add_up` reads of signals."""

    def __init__(self, cards: list[Fired]) -> None:
        self.cards, self.past = tuple(cards), ()


def judge_with_cusum(seeds: Iterable[int], life: Life | None = None, reps: int = 50, budget: float | None = 1.0) -> Score:
    """Like `judge_companies`, with CUSUM. ``budget`` None: the textbook's bar, h = 4."""
    score = Score()
    for seed in seeds:
        drawn = company(seed, reps, life=life)
        add_up(score, drawn, _cards(drawn, budget))  # type: ignore[arg-type]
    return score


def _cards(drawn: Company, budget: float | None) -> Cards:
    weekly = read_weekly(drawn.table(), drawn.now)
    groups = groups_of(weekly, measure_pace(weekly))
    rng, out = np.random.default_rng(0), []
    orders = [scrambled(rng, weekly) for _ in range(SCRAMBLES)]
    for group in groups:
        paths, null = _path(group), [_path(group, order) for order in orders]
        for side, direction in enumerate((-1, 1)):
            for band in range(len(SHARE)):
                mine = np.flatnonzero(group.band == band)
                bar = BAR
                if budget is not None:
                    bar = _bar(np.concatenate([one[side][mine] for one in null]), _allowed(weekly, groups, band, budget))
                begun, _ = starts(paths[side][mine], np.full(len(mine), bar))
                out += [Fired(weekly.reps[group.rep[mine[i]]], weekly.metrics[group.metric[mine[i]]], direction, int(week))
                        for i, week in np.argwhere(begun)]  # fmt: skip
    return Cards(out)


def _path(group: Group, order: npt.NDArray[np.int64] | None = None) -> tuple[Floats, Floats]:
    """Both sums of the series' weekly scores, each week against the half year before it."""
    y, x = group.y, group.x
    if order is not None:
        y, x = (np.take_along_axis(values, order[group.rep], axis=1) for values in (y, x))
    ends = np.arange(y.shape[1])
    sums = tuple(running(values)[:, ends] - running(values)[:, np.maximum(ends - REFERENCE, 0)] for values in (y, x, x**2))
    score, _, _ = compare_stretches(group.kind, (y, x, x**2), (sums[0], sums[1], sums[2]), group.spread, group.prior)
    usual = x.sum(axis=1, keepdims=True) / np.maximum((x > 0).sum(axis=1, keepdims=True), 1)
    found = cusum(np.where((x > 0) & (sums[1] >= FEWEST * usual), score, np.nan))
    return found.low, found.high


def _allowed(weekly: Weekly, groups: tuple[Group, ...], band: int, budget: float) -> float:
    """Alarms a series and week of a band, so that all together keep to the budget, shared as the scan's is."""
    weeks = {b: sum(int((group.x[group.band == b] > 0).sum()) for group in groups) for b in range(len(SHARE))}
    weighted = sum(SHARE[b] * number for b, number in weeks.items())
    rep_weeks = float(np.isfinite(weekly.days).sum())
    return budget * SHARE[band] * rep_weeks / 13 / max(weighted, 1e-9)


def _bar(null: Floats, allowed: float) -> float:
    low, high = 1.0, 40.0
    for _ in range(14):
        middle = (low + high) / 2
        begun = int(starts(null, np.full(len(null), middle))[0].sum())
        low, high = (middle, high) if begun > allowed * null.size else (low, middle)
    return high
