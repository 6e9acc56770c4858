"""Which drivers make up a gap: a result's gap to a goal, to one's own past or to peers, split over the tree of what it is
made of.

A result is a product: revenue = closed deals × win rate × deal size × credit. Each factor may be a product itself: closed
deals = opportunities worked × closings per opportunity; opportunities = meetings × opportunities per meeting; and so on down
to touches. All factors at the ends of the tree (its leaves) form one product; the gap is split over them (``drivers_split``),
and a branch's part is the sum of its leaves': it is the very part that the branch would get as one factor.

How sure a part is comes from resampling weeks, on both sides. A driver is named only when its 80 % interval leaves out 0. A
share of the gap is arithmetic; it is no proof of a cause.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import stats

from paceline.insight.drivers_split import split
from paceline.saying.said import Said, SaidError, catalogued, joined, say

Floats = npt.NDArray[np.float64]

LEVEL = 0.8
DRAWS = 1000
_TINY, _CROSSED = 0.02, 5.0  # a gap below that share of the results, or so many times below its parts, has no shares to tell
_EXACT = 1e-9  # relative: how far a product may be from its parent's value to be called the same


@dataclass(frozen=True)
class Factor:
    """One factor of a tree: a quantity over another (``under`` None: the quantity itself). ``parts``: the factors it is made
    of.
    """

    name: str
    over: str
    under: str | None = None
    metric: str | None = None  # the metric that shows its records
    parts: tuple[Factor, ...] = ()

    def leaves(self) -> tuple[Factor, ...]:
        """The ends of its branches, itself if it has none."""
        return tuple(leaf for part in self.parts for leaf in part.leaves()) if self.parts else (self,)

    def value(self, side: Mapping[str, float]) -> float:
        """From quantities by name; NaN where it is out of nothing, or unknown."""
        top = side.get(self.over, float("nan"))
        if self.under is None:
            return top
        bottom = side.get(self.under, float("nan"))
        return top / bottom if bottom else float("nan")


@dataclass(frozen=True)
class Side:
    """One side of a gap: quantities by name as they were, and by week (an array each; None: not known by week).

    ``weeks`` are drawn with replacement to say how sure the quantities are: each is taken to be off by as much as the sum of the
    drawn weeks is off the sum of all. ``groups``: for peers, to whom each week belongs, whole people being drawn first.
    """

    totals: Mapping[str, float]
    weeks: Mapping[str, Floats] = field(default_factory=dict)
    groups: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Driver:
    """A factor's part in the gap, with its interval (None: nothing says how sure). ``named``: the interval leaves out 0."""

    name: str
    depth: int
    part: float
    interval: tuple[float, float] | None
    here: float | None
    there: float | None
    metric: str | None
    leaf: bool

    @property
    def named(self) -> bool:
        """Whether it can be told from no part at all."""
        return self.interval is not None and (self.interval[0] > 0 or self.interval[1] < 0)


@dataclass(frozen=True)
class Split:
    """A gap and its drivers, in the tree's order (each branch before its parts). ``unsplit``: branches that couldn't be, and
    why.
    """

    against: str
    here: float
    there: float
    drivers: tuple[Driver, ...]
    unsplit: tuple[Said, ...] = ()

    @property
    def gap(self) -> float:
        """Here less there."""
        return self.here - self.there

    @property
    def has_shares(self) -> bool:
        """Whether parts can be told as shares of the gap: not of one that is tiny, or in which large parts cancel out."""
        crossed = sum(abs(driver.part) for driver in self.top) > _CROSSED * abs(self.gap)
        return not crossed and abs(self.gap) > _TINY * max(abs(self.here), abs(self.there))

    @property
    def leaves(self) -> tuple[Driver, ...]:
        """The parts that add up to the gap."""
        return tuple(driver for driver in self.drivers if driver.leaf)

    @property
    def top(self) -> tuple[Driver, ...]:
        """The first level: these add up to the gap, too."""
        return tuple(driver for driver in self.drivers if driver.depth == 0)


def split_gap(
    against: str, tree: Sequence[Factor], here: Side, there: Side, rng: np.random.Generator | None = None, draws: int = DRAWS
) -> Split:
    """The gap of the tree's product, ``here`` less ``there``. ``rng`` None: without intervals.

    A branch whose parts are unknown on a side, or don't multiply to it, stays whole and is told in ``unsplit``. ValueError where
    a factor of the first level is unknown on both sides.
    """
    told: list[Said] = []
    kept = tuple(_cut(factor, here.totals, there.totals, told) for factor in tree)
    leaves = [leaf for factor in kept for leaf in factor.leaves()]
    sides = [np.array([leaf.value(side.totals) for leaf in leaves]) for side in (here, there)]
    lost = [catalogued(leaf.name) for leaf, a, b in zip(leaves, *sides, strict=True) if np.isnan(a) and np.isnan(b)]
    if lost:
        raise SaidError(say("nothing is known of {names} on either side", names=joined(lost, ", ")))
    filled = [np.where(np.isnan(a), b, a) for a, b in (sides, sides[::-1])]
    parts = split(*sides)
    spread = None if rng is None else _drawn(leaves, here, there, rng, draws)
    out: list[Driver] = []
    for factor in kept:
        _told(factor, 0, leaves, parts, spread, (here, there), out)
    return Split(against, float(filled[0].prod()), float(filled[1].prod()), tuple(out), tuple(told))


def _cut(factor: Factor, here: Mapping[str, float], there: Mapping[str, float], told: list[Said]) -> Factor:
    """The factor with the branches that really multiply to it, on both sides."""
    if not factor.parts:
        return factor
    parts = tuple(_cut(part, here, there, told) for part in factor.parts)
    if all(_multiplies(factor, parts, side) for side in (here, there)):
        return Factor(factor.name, factor.over, factor.under, factor.metric, parts)
    told.append(say("{factor} isn't split further: {why}", factor=catalogued(factor.name), why=_why(parts, here, there)))
    return Factor(factor.name, factor.over, factor.under, factor.metric)


def _multiplies(factor: Factor, parts: Sequence[Factor], side: Mapping[str, float]) -> bool:
    whole = factor.value(side)
    product = float(np.prod([part.value(side) for part in parts]))
    return bool(np.isfinite(product) and np.isfinite(whole) and abs(product - whole) <= _EXACT * max(abs(whole), 1e-12))


def _why(parts: Sequence[Factor], here: Mapping[str, float], there: Mapping[str, float]) -> Said:
    for side in (here, there):
        for part in parts:
            if not np.isfinite(part.value(side)):
                return say("{factor} is unknown", factor=catalogued(part.name))
    return say("its parts don't multiply to it")


def _told(
    factor: Factor, depth: int, leaves: Sequence[Factor], parts: Floats, spread: Floats | None, sides: tuple[Side, Side],
    out: list[Driver],
) -> None:  # fmt: skip
    own = factor.leaves()
    at = [place for place, leaf in enumerate(leaves) if leaf in own]
    interval = None
    if spread is not None:
        edges = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
        low, high = np.quantile(spread[:, at].sum(axis=1), edges)
        interval = (float(low), float(high))
    values = [factor.value(side.totals) for side in sides]
    here, there = (value if np.isfinite(value) else None for value in values)
    out.append(Driver(factor.name, depth, float(parts[at].sum()), interval, here, there, factor.metric, not factor.parts))
    for part in factor.parts:
        _told(part, depth + 1, leaves, parts, spread, sides, out)


def _drawn(leaves: Sequence[Factor], here: Side, there: Side, rng: np.random.Generator, draws: int) -> Floats:
    """(draws, leaves) of the parts, weeks of both sides drawn anew."""
    factors = []
    for side in (here, there):
        totals = _resampled(side, rng, draws)
        columns = []
        for leaf in leaves:
            top = totals.get(leaf.over, np.full(draws, side.totals.get(leaf.over, np.nan)))
            if leaf.under is not None:
                bottom = totals.get(leaf.under, np.full(draws, side.totals.get(leaf.under, np.nan)))
                top = np.divide(top, bottom, out=np.full(draws, np.nan), where=bottom > 0)
            columns.append(top)
        factors.append(np.column_stack(columns))
    return split(factors[0], factors[1])


def _resampled(side: Side, rng: np.random.Generator, draws: int) -> dict[str, Floats]:
    """Quantities of each draw. The same weeks are drawn for all quantities, so what moves together stays together."""
    if not side.weeks:
        return {}
    names = list(side.weeks)
    table = np.array([np.nan_to_num(side.weeks[name]) for name in names])
    weeks = table.shape[1]
    counts = _counts(side.groups, weeks, rng, draws)
    sums = counts @ table.T
    out = {}
    for place, name in enumerate(names):
        usual = float(table[place].sum())
        total = side.totals.get(name, float("nan"))
        ratio = 1 + (sums[:, place] / usual - 1) * _stretch(weeks) if usual > 0 else np.ones(draws)
        out[name] = np.maximum(total * ratio, 0.0)
    return out


def _stretch(weeks: int) -> float:
    """What makes up for drawing from few weeks: they vary by (n − 1)/n of fresh ones, Student's t is wider."""
    if weeks < 2:
        return 1.0
    edge = (1 + LEVEL) / 2
    return float(np.sqrt(weeks / (weeks - 1)) * stats.t.ppf(edge, weeks - 1) / stats.norm.ppf(edge))


def _counts(groups: npt.NDArray[np.int64] | None, weeks: int, rng: np.random.Generator, draws: int) -> Floats:
    """(draws, weeks) how often each week is drawn; people first, then weeks within each drawn person."""
    if groups is None:
        return rng.multinomial(weeks, np.full(weeks, 1 / weeks), draws).astype(np.float64)
    people = np.unique(groups)
    out = np.zeros((draws, weeks))
    taken = rng.multinomial(len(people), np.full(len(people), 1 / len(people)), draws)
    for place, person in enumerate(people.tolist()):
        own = np.flatnonzero(groups == person)
        drawn = rng.multinomial(len(own), np.full(len(own), 1 / len(own)), draws)
        out[:, own] = drawn * taken[:, place][:, None]
    return out
