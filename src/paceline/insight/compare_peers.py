"""People held against their peers: same role and segment, all past their ramp or equally far in it.

By what their true rates may be.

People who were away, or have left, are no peers. A list of who is below (or above) is made for a stated share of it to be
wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from paceline.insight.compare import MATERIAL, Amount, Judgement, Verdict, shown, too_few
from paceline.saying.said import Said, joined, say
from paceline.saying.values import Number
from paceline.stats.intervals import z_value
from paceline.stats.posterior import Posterior, beta_binomial, gamma_poisson, normal_means
from paceline.stats.scan import Kind

Floats = npt.NDArray[np.float64]

PEERS_LEVEL = 0.8
FALSE_SHARE = 0.2  # of a list of people below (or above) their peers that may be there by chance
NOTABLE = 0.1  # of the peers' mean: who is nearer to it is neither below nor above, however sure that is
FEWEST_PEERS = 5
RAMPED = 26  # weeks of tenure from which one is compared with all who are past them
STEP = 13  # weeks of tenure that hires share with those they are compared with
PRESENT = 0.5  # share of the working time below which a period says nothing of one


@dataclass(frozen=True)
class Person:
    """One rep's period: the amount, what says who her peers are, her tenure in weeks, and the share of working time present."""

    rep: str
    role: str
    segment: str
    tenure: float
    amount: Amount
    present: float = 1.0
    departed: bool = False

    @property
    def stage(self) -> int:
        """Of tenure: 0 and 1 while ramping (a quarter each), 2 from half a year on."""
        return min(int(self.tenure // STEP), RAMPED // STEP)

    @property
    def counts(self) -> bool:
        """Whether the period can be compared at all."""
        return not self.departed and self.present >= PRESENT and self.amount.denominator > 0


def compare_with_peers(
    people: Sequence[Person], unit: str = "", false_share: float = FALSE_SHARE, dispersion: float = 1.0
) -> tuple[Judgement, ...]:
    """Judge each against role × segment × tenure, or role × tenure where a segment has fewer than five; in the order given.

    ``dispersion``: of counts, measured variance ÷ mean within a rep. ValueError when kinds differ or ``false_share`` isn't
    within 0 and 1.
    """
    if len({one.amount.kind for one in people}) > 1:
        raise ValueError("people are compared in one metric at a time")
    if not 0 < false_share < 1:
        raise ValueError(f"a share of a list lies between 0 and 1, not {false_share}")
    found: list[_Standing | None] = [None] * len(people)
    lists_at = np.zeros((len(people), 2))
    for rows in _groups(people):
        law = _posterior([people[i].amount for i in rows], dispersion)
        estimate, (low, high) = law.estimate(), law.interval(PEERS_LEVEL)
        below, under, over = law.below(law.mean), law.below(law.mean * (1 - NOTABLE)), 1 - law.below(law.mean * (1 + NOTABLE))
        for place, i in enumerate(rows):
            own = (float(estimate[place]), float(low[place]), float(high[place]), float(below[place]))
            lists_at[i] = float(under[place]), float(over[place])
            found[i] = _Standing(*own, law.mean, len(rows) - 1)
    lists = {verdict: listed(lists_at[:, i], false_share) for i, verdict in enumerate((Verdict.BELOW, Verdict.ABOVE))}
    return tuple(_judged(people[i], one, i, lists, unit) for i, one in enumerate(found))


@dataclass(frozen=True)
class _Standing:
    estimate: float
    low: float
    high: float
    below: float
    mean: float
    peers: int


def _groups(people: Sequence[Person]) -> list[list[int]]:
    """Who is compared with whom: positions, each at most in one group."""
    by_segment: dict[tuple[str, str, int], list[int]] = {}
    for i, one in enumerate(people):
        if one.counts:
            by_segment.setdefault((one.role, one.segment, one.stage), []).append(i)
    out = [rows for rows in by_segment.values() if len(rows) > FEWEST_PEERS]
    left: dict[tuple[str, int], list[int]] = {}
    for (role, _, stage), rows in by_segment.items():
        if len(rows) <= FEWEST_PEERS:
            left.setdefault((role, stage), []).extend(rows)
    return out + [rows for rows in left.values() if len(rows) > FEWEST_PEERS]


def _posterior(amounts: Sequence[Amount], dispersion: float) -> Posterior:
    top, bottom = (np.array([getattr(one, name) for one in amounts]) for name in ("numerator", "denominator"))
    if amounts[0].kind is Kind.RATE:
        return beta_binomial(top, bottom)
    if amounts[0].kind is Kind.COUNT:
        return gamma_poisson(top, bottom, dispersion)
    squares = np.array([one.squares if one.squares is not None else np.nan for one in amounts])
    within = np.nansum(squares - top**2 / bottom) / max(np.nansum(np.where(np.isfinite(squares), bottom - 1, 0)), 1)
    if not np.isfinite(squares).any():
        raise ValueError("means need the sum of squares of what they average, else nobody knows how sure they are")
    return normal_means(top / bottom, np.sqrt(max(float(within), 1e-18) / bottom))


def listed(chance: Floats, false_share: float) -> frozenset[int]:
    """The longest list of the likeliest such that on average no more than ``false_share`` of it is wrong. Positions."""
    order = np.argsort(-chance, kind="stable")
    wrong = np.cumsum(1 - chance[order]) / np.arange(1, len(order) + 1)
    return frozenset(order[: int((wrong <= false_share).sum())].tolist())


def _judged(person: Person, standing: _Standing | None, place: int, lists: dict[Verdict, frozenset[int]], unit: str) -> Judgement:
    amount = person.amount
    if standing is None:
        why = _why_not(person)
        words = say("{what}. Too few to call: {why}.", what=amount.named(unit), why=why)
        return Judgement("peers", Verdict.TOO_FEW, amount.value, None, None, None, amount.n, None, words, peers=None)
    interval, mean = (standing.low, standing.high), standing.mean
    on = [verdict for verdict, rows in lists.items() if place in rows]
    wide = standing.low < mean * (1 - MATERIAL) or standing.high > mean * (1 + MATERIAL)
    verdict = on[0] if on else Verdict.TOO_FEW if wide else Verdict.USUAL
    needs = _needs(amount, mean, standing) if verdict is Verdict.TOO_FEW else None
    words = _sentence(amount, standing, verdict, needs, unit)
    return Judgement(
        "peers", verdict, amount.value, mean, standing.estimate, interval, amount.n, standing.below, words, needs,
        peers=standing.peers,
    )  # fmt: skip


def _why_not(person: Person) -> Said:
    if person.departed:
        return say("has left")
    if person.present < PRESENT:
        return say("present {share} of the working time", share=Number(person.present, ".0%"))
    if person.amount.denominator <= 0:
        return say("nothing to count in")
    return say("fewer than {many} peers of this role and tenure", many=FEWEST_PEERS)


def _needs(amount: Amount, mean: float, standing: _Standing) -> int:
    """n at which the interval would lie within a difference that matters, or beyond it: it shrinks with the root of n."""
    half = max(standing.high - standing.low, 1e-12) / 2
    room = max(MATERIAL * mean - abs(standing.estimate - mean), NOTABLE * mean, 1e-12)
    by_now = amount.n * (half / room) ** 2
    if amount.kind is Kind.RATE and 0 < mean < 1:
        alone = z_value(PEERS_LEVEL) ** 2 * (1 - mean) / (mean * MATERIAL**2)
        by_now = min(max(by_now, amount.n + 1), max(alone, amount.n + 1))
    return ceil(max(by_now, amount.n + 1))


def _sentence(amount: Amount, standing: _Standing, verdict: Verdict, needs: int | None, unit: str) -> Said:
    best, low, high, mean = (
        shown(value, amount.kind) for value in (standing.estimate, standing.low, standing.high, standing.mean)
    )
    what = amount.named(unit)
    if amount.kind is Kind.COUNT:
        words = say(
            "{what}; best estimate {best} a week, between {low} and {high}; peers {mean} a week.",
            what=what, best=best, low=low, high=high, mean=mean,
        )  # fmt: skip
    else:
        words = say(
            "{what}; best estimate {best}, between {low} and {high}; peers {mean}.",
            what=what, best=best, low=low, high=high, mean=mean,
        )  # fmt: skip
    if verdict is Verdict.TOO_FEW:
        return joined([words, too_few(needs)])
    return joined([words, _AMONG_PEERS.get(verdict, say("As usual among them."))])


_AMONG_PEERS = {Verdict.ABOVE: say("Above the peers."), Verdict.BELOW: say("Below the peers.")}
