"""Signals: lasting changes of reps' metrics against their own pace, from a plain table of weekly series.

judge_weekly(table, now) → Signals

The table has a row a rep × metric × week: rep, role, metric, kind (count, rate, mean), week, value, n, workdays. Absences
are filtered first; then each series is held against its own half year, allowing for working days, the role's week and the
ramp; what fires is set by a budget of false alarms measured on the table's own scrambled history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from paceline.insight.absence import Notice, notices
from paceline.insight.cards import Card, State, digest_of
from paceline.insight.signals_budget import Bars, Delay, Group, band_label, calibrated, groups_of, measured_delays
from paceline.insight.signals_cards import card_of
from paceline.insight.signals_pace import Pace, measure_pace
from paceline.insight.signals_states import Episode, episodes
from paceline.insight.signals_table import Weekly, read_weekly
from paceline.saying.said import Said, say, say_many
from paceline.saying.values import Day
from paceline.stats.detectable import smallest_change
from paceline.stats.scan import REFERENCE, Kind, running, score_of_stretch

Floats = npt.NDArray[np.float64]

BUDGETS = (0.5, 1.0, 2.0)  # false alarms per rep and quarter that a company can choose from
SHORTEST = 4  # weeks that a level is known from, where a card asks what came after the last one
STALE = 14  # days behind the others' last week, or now behind the table's, from which a metric is unknown


@dataclass(frozen=True)
class Standing:
    """A rep's metric today: its state and why, the pace, and the smallest fall and rise that 8 weeks would show (None.

    None would).
    """

    rep: str
    metric: str
    state: State
    because: Said
    a_week: float
    smallest_fall: float | None
    smallest_rise: float | None


@dataclass(frozen=True)
class Signals:
    """What changed as of ``now``.

    ``cards`` fire; ``past`` fired and went out. ``delays``: what each class of metric lets one see.
    """

    now: date
    cards: tuple[Card, ...]
    past: tuple[Card, ...]
    notices: tuple[Notice, ...]
    standings: tuple[Standing, ...]
    delays: tuple[Delay, ...]
    bars: Mapping[str, float]
    budget: float
    improvements: float
    rep_quarters: float

    def of_rep(self, rep: str) -> tuple[Card, ...]:
        """A rep's firing cards, weightiest first."""
        return tuple(card for card in self.cards if card.rep == rep)

    def digest(self) -> tuple[Said, ...]:
        """The three things that matter."""
        fresh = [
            notice for notice in self.notices if notice.since + timedelta(weeks=notice.weeks) >= self.now - timedelta(days=7)
        ]
        return digest_of(self.cards, fresh)


def judge_weekly(
    table: Any,
    now: date,
    *,
    budget: float = 1.0,
    improvements: float = 1.0,
    meaning: Mapping[str, float] | None = None,
    seed: int = 0,
) -> Signals:
    """Judge a table of weekly series (or one laid out as ``Weekly``) as of ``now``; weeks not over by then aren't looked at.

    ``budget`` and ``improvements``: false alarms per rep-quarter, over all the table's metrics, of falls and rises.
    ``meaning``: weight of a metric for the rep's result (below 0: less is better), 1 where not given. ValueError names what
    is wrong with the table.
    """
    if budget <= 0 or improvements <= 0:
        raise ValueError(
            f"a budget of false alarms is above 0 (usual: {', '.join(map(str, BUDGETS))}), not {min(budget, improvements)}"
        )
    weekly = table if isinstance(table, Weekly) else read_weekly(table, now)
    if not weekly.weeks:
        return Signals(now, (), (), (), (), (), {}, budget, improvements, 0.0)
    pace = measure_pace(weekly)
    groups = groups_of(weekly, pace)
    bars = calibrated(weekly, groups, {-1: budget, 1: improvements}, seed)
    cards: list[Card] = []
    standings: list[Standing] = []
    for group in groups:
        found = _episodes(group, bars)
        cards += [card_of(weekly, pace, groups, group, bars, one, (meaning or {})) for one in found]
        standings += _standings(weekly, group, bars, found, now)
    cards.sort(key=lambda card: (-card.weight, card.rep, card.metric))
    return Signals(
        now,
        tuple(card for card in cards if card.state is State.FIRING),
        tuple(sorted((c for c in cards if c.state is not State.FIRING), key=lambda c: (c.fired, c.rep, c.metric, c.since))),
        notices(weekly.reps, weekly.weeks, pace.worked),
        tuple(sorted(standings, key=lambda one: (one.rep, one.metric))),
        measured_delays(weekly, groups, bars, seed),
        {f"{k.value} {band_label(k, b)}, {'falls' if d < 0 else 'rises'}": bar for (k, b, d), bar in bars.bar.items()},
        budget, improvements, float(np.isfinite(weekly.days).sum() / 13),
    )  # fmt: skip


def _episodes(group: Group, bars: Bars) -> list[Episode]:
    if not len(group.y):
        return []
    sums = tuple(running(values).tolist() for values in (group.y, group.x, group.x**2))
    # After a change the role's word says nothing of the new level: it is worth half a thing counted, so that none isn't never.
    slight = np.minimum(group.prior.exposure, 0.5 / np.maximum(group.prior.rate, 1e-9))
    columns = (group.spread.within, group.spread.between, group.prior.rate, slight)
    series = list(zip(*(column.tolist() for column in columns), strict=True))

    def held(row: int, begin: int, until: int, base_begin: int, base_until: int) -> float:
        base_begin = max(base_begin, 0)
        y, x, squares = (total[row] for total in sums)
        now = (y[until] - y[begin], x[until] - x[begin], squares[until] - squares[begin])
        before = (y[base_until] - y[base_begin], x[base_until] - x[base_begin], squares[base_until] - squares[base_begin])
        if base_until - base_begin < SHORTEST or before[1] <= 0 or now[1] <= 0:
            return float("nan")
        return score_of_stretch(group.kind, now, before, series[row])

    directions = {d: np.array([bars.bar[group.kind, int(band), d] for band in group.band]) for d in (-1, 1)}
    scores = {-1: -group.scan.low, 1: group.scan.high}
    return episodes(scores, directions, {-1: group.scan.low_weeks, 1: group.scan.high_weeks}, held)


def _standings(weekly: Weekly, group: Group, bars: Bars, found: list[Episode], now: date) -> list[Standing]:
    if not len(group.y):
        return []
    recent = slice(max(group.y.shape[1] - REFERENCE, 0), None)
    usual = group.x[:, recent].sum(axis=1) / np.maximum((group.x[:, recent] > 0).sum(axis=1), 1)
    rate = group.y[:, recent].sum(axis=1) / np.maximum(group.x[:, recent].sum(axis=1), 1e-9)
    smallest = [
        smallest_change(
            group.kind, rate, usual, group.spread, np.array([bars.bar[group.kind, int(b), d] for b in group.band]), d < 0
        )
        for d in (-1, 1)
    ]
    firing = {one.series for one in found if one.until is None}
    known = weekly.row[group.rep, group.metric] >= 0  # a week without a case is known: no deal closed isn't no data
    last = np.where(known, np.arange(group.x.shape[1]), -1).max(axis=1)
    # What takes weeks to mature (replies) is late for everybody: stale is who is later than the others.
    latest = {metric: int(last[group.metric == metric].max()) for metric in np.unique(group.metric)}
    out = []
    for i in range(len(group.y)):
        state, because = _state(group, i, int(last[i]), latest[group.metric[i]], weekly, now, i in firing)
        fall, rise = (float(s[i]) if np.isfinite(s[i]) and usual[i] > 0 else None for s in smallest)
        out.append(
            Standing(weekly.reps[group.rep[i]], weekly.metrics[group.metric[i]], state, because,
                     float(rate[i] * usual[i] if group.kind is Kind.COUNT else rate[i]), fall, rise)
        )  # fmt: skip
    return out


def _state(group: Group, i: int, last: int, latest: int, weekly: Weekly, now: date, firing: bool) -> tuple[State, Said]:
    if 7 * (latest - last) > STALE:
        return State.UNKNOWN, _no_data(weekly.weeks[last])
    if (now - weekly.weeks[-1]).days > 7 + STALE:
        return State.UNKNOWN, _no_data(weekly.weeks[-1])
    if firing:
        return State.FIRING, say("a lasting change of the pace")
    if not np.isfinite(group.scan.low[i, -3:]).any():
        return State.UNKNOWN, say_many(
            "{number} week with data: too few to know the usual pace", "{number} weeks with data: too few to know the usual pace",
            int((group.x[i] > 0).sum()),
        )  # fmt: skip
    return State.OK, say("within what is usual")


def _no_data(since: date) -> Said:
    return say("no data since the week of {week}", week=Day(since, "%-d %b %Y"))


__all__ = ["BUDGETS", "Pace", "Signals", "Standing", "judge_weekly"]
