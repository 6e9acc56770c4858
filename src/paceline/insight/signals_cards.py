"""A change found becomes a card: its numbers over the weeks since, what was allowed for, what moved with it, and its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy import special

from paceline.insight.cards import NOTABLE, Allowed, Card, Moved, State, sentence_of
from paceline.insight.signals_budget import Bars, Group
from paceline.insight.signals_pace import Pace
from paceline.insight.signals_states import Episode
from paceline.insight.signals_table import FULL_WEEK, Weekly
from paceline.saying.said import NOTHING, Said, say, say_many
from paceline.saying.values import Change, Number
from paceline.stats.intervals import z_value
from paceline.stats.scan import REFERENCE, Kind, compare_stretches
from paceline.stats.tails import beta_binomial_tails, negative_binomial_tails

Floats = npt.NDArray[np.float64]

TOGETHER = 2.0  # score beyond which another metric is said to have moved in the same weeks


def card_of(
    weekly: Weekly, pace: Pace, groups: tuple[Group, ...], group: Group, bars: Bars, one: Episode, meaning: Mapping[str, float]
) -> Card:
    """The card of a change: the weeks from its onset to now (or its end) against the half year before it."""
    rep, metric = int(group.rep[one.series]), int(group.metric[one.series])
    last = group.y.shape[1] - 1 if one.until is None else one.until
    weeks = slice(one.onset, last + 1)
    rows = np.array([one.series])
    score, expected, variance = (float(value[0]) for value in _stretch(group, rows, one.onset, last + 1))
    seen = float(group.y[one.series, weeks].sum())
    n = float(weekly.x[rep, metric, weeks].sum())  # as counted, before anything was allowed for
    per = 1.0 if group.kind is Kind.COUNT else max(n, 1e-9)
    observed, awaited, reach = seen / per, expected / per, z_value(0.8) * sqrt(max(variance, 0)) / per
    ceiling = 1.0 if group.kind is Kind.RATE else float("inf")
    change = observed / awaited - 1 if awaited > 0 else 0.0
    firing = one.until is None
    clearest = max(one.score, score * one.direction)
    quarters = bars.quarters_between(
        group.kind, int(group.band[one.series]), one.direction, clearest, float(weekly.here[rep].sum())
    )
    name = weekly.metrics[metric]
    card = Card(
        weekly.reps[rep], weekly.roles[weekly.role[rep]], name, group.kind.value, one.direction, weekly.weeks[one.fired],
        weekly.weeks[one.onset], weekly.weeks[last], State.FIRING if firing else State.OK, one.back, observed, awaited,
        (max(awaited - reach, 0.0), min(awaited + reach, ceiling)), seen if group.kind is Kind.COUNT else n, change, clearest,
        _chance(group.kind, (seen, n, expected, variance), one.direction), quarters,
        _allowed(weekly, pace, group.kind, rep, metric, one.onset, last + 1),
        _moved(weekly, groups, rep, metric, one.onset, last + 1) if firing else (),
        tuple(int(row) for row in weekly.row[rep, metric, weeks] if row >= 0),
        NOTHING, meaning.get(name, 1.0), _usual(weekly, group, one, n) / per,
    )  # fmt: skip
    return replace(card, sentence=sentence_of(card))


def _usual(weekly: Weekly, group: Group, one: Episode, n: float) -> float:
    """What the half year before would give over as much working time (or as many things), nothing else allowed for."""
    base = slice(max(one.onset - REFERENCE, 0), one.onset)
    before = weekly.x[group.rep[one.series], group.metric[one.series], base].sum()
    return float(group.y[one.series, base].sum() / before * n) if before > 0 else 0.0


def _stretch(group: Group, rows: npt.NDArray[np.int64], begin: int, until: int) -> tuple[Floats, Floats, Floats]:
    """Score, expected and variance of the weeks [begin, until) against the half year before, for some series."""
    base = max(begin - REFERENCE, 0)
    y, x = group.y[rows], group.x[rows]
    now = tuple(values[:, begin:until].sum(axis=1) for values in (y, x, x**2))
    before = tuple(values[:, base:begin].sum(axis=1) for values in (y, x, x**2))
    return compare_stretches(
        group.kind, (now[0], now[1], now[2]), (before[0], before[1], before[2]), group.spread.of(rows), group.prior.of(rows)
    )


def _chance(kind: Kind, numbers: tuple[float, float, float, float], direction: int) -> float:
    """Chance of a sum so far out, from (sum, exposure, expected, variance).

    Negative binomial, beta-binomial, normal for means.
    """
    seen, n, expected, variance = numbers
    if kind is Kind.COUNT:
        low, high = negative_binomial_tails(seen, expected, variance)
        return float(low if direction < 0 else high)
    if kind is Kind.RATE and n >= 2:
        share = min(max(expected / n, 1e-6), 1 - 1e-6)
        rho = (variance / (n * share * (1 - share)) - 1) / (n - 1)
        return beta_binomial_tails(round(seen), round(n), share, rho)[0 if direction < 0 else 1]
    return float(special.ndtr(-direction * (seen - expected) / sqrt(max(variance, 1e-12))))


def _allowed(weekly: Weekly, pace: Pace, kind: Kind, rep: int, metric: int, begin: int, until: int) -> tuple[Allowed, ...]:
    out = []
    weeks = slice(begin, until)
    days = weekly.days[rep, weeks]
    off = float(np.nansum(np.maximum(FULL_WEEK - days, 0)))
    if kind is Kind.COUNT and off > 0:
        out.append(Allowed("days off", _days_off(off, FULL_WEEK * len(days))))
    away = int((pace.worked[rep, weeks] < 1).sum())
    if kind is Kind.COUNT and away:
        words = say_many(
            "{number} week with hardly any activity counted as possible absence",
            "{number} weeks with hardly any activity counted as possible absence", away,
        )  # fmt: skip
        out.append(Allowed("possible absence", words))
    before = slice(max(begin - REFERENCE, 0), begin)
    team = _team_in(weekly, pace, rep, metric, weeks) / max(_team_in(weekly, pace, rep, metric, before), 1e-9) - 1
    if abs(team) >= NOTABLE:
        role = weekly.roles[weekly.role[rep]]
        out.append(Allowed("team", say("the other {role}s were at {change} in these weeks", role=role, change=Change(team))))
    ramp = float(pace.ramp[rep, weeks].mean())
    if kind is Kind.COUNT and ramp < 1 - NOTABLE:
        words = say("a hire of this tenure is expected at {share} of a full pace", share=Number(ramp, ".0%"))
        out.append(Allowed("ramp", words))
    return tuple(out)


def _days_off(off: float, of: float) -> Said:
    return say("{off} of {days} working days were holidays or leave", off=Number(off, ".0f"), days=Number(of, ".0f"))


def _team_in(weekly: Weekly, pace: Pace, rep: int, metric: int, weeks: slice) -> float:
    """How the others stood in some weeks, each week as much as the rep's own of it counts."""
    own = weekly.x[rep, metric, weeks]
    return float((own * pace.team[rep, metric, weeks]).sum() / own.sum()) if own.sum() > 0 else 1.0


def _moved(weekly: Weekly, groups: tuple[Group, ...], rep: int, metric: int, begin: int, until: int) -> tuple[Moved, ...]:
    """Other metrics of the rep that were out over the same weeks, the clearest three."""
    out = []
    for group in groups:
        rows = np.flatnonzero((group.rep == rep) & (group.metric != metric))
        if not len(rows):
            continue
        score, expected, _ = _stretch(group, rows, begin, until)
        seen = group.y[rows, begin:until].sum(axis=1)
        for i in np.flatnonzero((np.abs(score) >= TOGETHER) & (expected > 0)):
            out.append(Moved(weekly.metrics[group.metric[rows[i]]], float(seen[i] / expected[i] - 1), float(score[i])))
    return tuple(sorted(out, key=lambda m: -abs(m.score))[:3])
