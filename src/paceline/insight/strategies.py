"""Habits of selling held against what came of the deals: an association, never a cause.

Whoever compares deals "with three contacts" to those without compares deals that lived long with deals that died young: a deal
needs time to gather contacts (immortal time bias). So both are fixed at one moment, the landmark (Anderson, Cain and Gelber
1983): only deals still open then are looked at, only what was done until then counts as the habit, and what came of them is
looked for over the same stretch afterwards. Deals whose stretch isn't over yet are left out, won or not. The two sorts of deals
are compared within strata, as groups are (see ``segments``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from paceline.insight.compare import MATERIAL, Verdict, too_few
from paceline.insight.compare_peers import FALSE_SHARE, NOTABLE, PEERS_LEVEL, listed
from paceline.insight.segments import FEWEST, against_rest
from paceline.saying.said import Said, joined, say
from paceline.saying.values import Number
from paceline.stats.intervals import z_value

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

WON = say("Won")
USUAL_SPREAD = 0.3  # of the mean: differences between habits that are usual; larger ones are believed less readily


@dataclass(frozen=True)
class Case:
    """What is known of one habit. ``followed`` and ``succeeded``: a case each; ``stratum``: alike cases share a number.

    ``came``: what success is, in a word.
    """

    name: Said
    followed: Bools
    succeeded: Bools
    stratum: Ints
    came: Said = WON


@dataclass(frozen=True)
class Strategy:
    """A habit: how many cases followed it, the share of success with and without, the difference within strata (8 in 10)."""

    name: Said
    followed: int
    not_followed: int
    with_it: float | None
    without_it: float | None
    difference: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    needs: int | None
    comparable: float
    came: Said = WON

    @property
    def sentence(self) -> Said:
        """In words: what went along with it, and how sure that is."""
        if self.difference is None or self.low is None or self.high is None:
            return say(
                "Too few to call: {did} did, {others} didn't; it takes {needs} of each.",
                did=self.followed, others=self.not_followed, needs=FEWEST,
            )  # fmt: skip
        points, low, high = (Number(100 * value, "+.0f") for value in (self.difference, self.low, self.high))
        seen = say(
            "{came}: {with_it} of {did} with it, {without} of {others} without; among those alike {points} points "
            "(8 in 10: {low} to {high})",
            came=self.came, with_it=Number(self.with_it or 0, ".0%"), did=self.followed, points=points, low=low, high=high,
            without=Number(self.without_it or 0, ".0%"), others=self.not_followed,
        )  # fmt: skip
        if self.verdict is Verdict.TOO_FEW:
            return joined([say("{seen}.", seen=seen), too_few(self.needs)])
        if self.verdict is Verdict.USUAL:
            return say("{seen}: hardly any difference.", seen=seen)
        if self.verdict is Verdict.ABOVE:
            return say("{seen}: it goes along with success, which doesn't say that it brings it.", seen=seen)
        return say("{seen}: it goes along with failure, which doesn't say that it brings it.", seen=seen)


def compare_strategies(cases: Sequence[Case], false_share: float = FALSE_SHARE) -> tuple[Strategy, ...]:
    """Each habit, those with a notable difference listed so that no more than ``false_share`` of the list is there by luck."""
    found = [_difference(case) for case in cases]
    means = [float(case.succeeded.mean()) if len(case.succeeded) else 0.0 for case in cases]
    pairs = tuple(zip(found, means, strict=True))
    over, under = (np.array([_beyond(one, sign * NOTABLE * mean, sign) for one, mean in pairs]) for sign in (1, -1))
    above, below = listed(over, false_share), listed(under, false_share)
    return tuple(
        _strategy(case, one, mean, Verdict.ABOVE if at in above else Verdict.BELOW if at in below else None)
        for at, (case, one, mean) in enumerate(zip(cases, found, means, strict=True))
    )


@dataclass(frozen=True)
class _Law:
    """A normal belief in a difference."""

    middle: float
    error: float
    comparable: float


def _difference(case: Case) -> _Law | None:
    did = int(case.followed.sum())
    if min(did, len(case.followed) - did) < FEWEST:
        return None
    rest = against_rest(case.succeeded.astype(np.float64), case.followed.astype(np.int64), case.stratum, 2)
    apart, variance = float(rest.difference[1]), float(rest.variance[1])
    if not np.isfinite(apart) or variance <= 0:
        return None
    usual = (USUAL_SPREAD * max(float(case.succeeded.mean()), 0.01)) ** 2
    keep = usual / (usual + variance)
    return _Law(apart * keep, sqrt(variance * keep), float(rest.comparable[1]))


def _beyond(law: _Law | None, edge: float, sign: int) -> float:
    """Chance that the difference lies beyond the edge on that side."""
    if law is None:
        return 0.0
    under = NormalDist(law.middle, law.error).cdf(edge)
    return 1 - under if sign > 0 else under


def _strategy(case: Case, law: _Law | None, mean: float, on: Verdict | None) -> Strategy:
    did, n = int(case.followed.sum()), len(case.followed)
    with_it = float(case.succeeded[case.followed].mean()) if did else None
    without = float(case.succeeded[~case.followed].mean()) if did < n else None
    if law is None:
        return Strategy(case.name, did, n - did, with_it, without, None, None, None, Verdict.TOO_FEW, 2 * FEWEST, 0.0, case.came)
    half = z_value(PEERS_LEVEL) * law.error
    material = MATERIAL * max(mean, 1e-9)
    verdict = on or (Verdict.TOO_FEW if max(abs(law.middle - half), abs(law.middle + half)) > material else Verdict.USUAL)
    room = max(material - abs(law.middle), material / 3)
    needs = ceil(max(n * (half / room) ** 2, n + 1)) if verdict is Verdict.TOO_FEW else None
    ends = (law.middle, law.middle - half, law.middle + half)
    return Strategy(case.name, did, n - did, with_it, without, *ends, verdict, needs, law.comparable, case.came)
