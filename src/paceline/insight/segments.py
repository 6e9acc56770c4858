"""Groups of deals compared fairly: products, territories, sources, segments, account types, habits.

A group's deals may do well because of who sold them or where they came from. So each group is compared with all the others
*within* strata (the same segment and source, say), and the differences are pooled with weights n·m ÷ (n + m): the estimator of
Mantel and Haenszel (1959) for a difference, with the variance of Greenland and Robins (1985). Unlike direct standardisation it
stands strata in which a group has few deals or none; deals without a counterpart in any stratum say nothing, and their share
is told. The result is put at the company's mix, and all groups' results are judged together by the peers' model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from paceline.insight.compare import MATERIAL, Verdict
from paceline.insight.compare_peers import FALSE_SHARE, NOTABLE, PEERS_LEVEL, listed
from paceline.stats.posterior import Posterior, beta_binomial, normal_means

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

COMPARABLE = 0.8  # of the deals must have a counterpart elsewhere for a mix to be adjusted for
FEWEST = 5  # deals of a group, to say anything of it
NO_WORD = "unknown"


@dataclass(frozen=True)
class Compared:
    """One group in one measure. ``raw``: its own mean; ``adjusted``: at the company's mix.

    ``estimate``, ``low``, ``high``: of the adjusted. ``difference``: from the rest, with ``difference_low`` and
    ``difference_high`` (8 in 10). ``comparable``: share of its deals that have a counterpart. ``needs``: about how many deals a
    verdict would take. None: nothing to say it from.
    """

    group: str
    n: int
    raw: float | None
    adjusted: float | None
    estimate: float | None
    low: float | None
    high: float | None
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    verdict: Verdict
    needs: int | None
    comparable: float


@dataclass(frozen=True)
class Against:
    """Groups against the rest: mean difference, its variance, share of deals with a counterpart; arrays a group."""

    difference: Floats
    variance: Floats
    comparable: Floats


def codes(*columns: Sequence[str | None]) -> Ints:
    """One number a row for each combination of values that occurs; of no columns, 0 throughout."""
    rows = list(zip(*columns, strict=True))
    names = {row: place for place, row in enumerate(dict.fromkeys(rows))}
    return np.array([names[row] for row in rows], np.int64)


def against_rest(values: Floats, group: Ints, stratum: Ints, groups: int) -> Against:
    """Each group against all others within strata, pooled over strata (see above). Shares are 0 and 1."""
    strata = int(stratum.max(initial=0)) + 1
    cell = group * strata + stratum
    n = np.bincount(cell, minlength=groups * strata).reshape(groups, strata).astype(np.float64)
    total = np.bincount(cell, values, minlength=groups * strata).reshape(groups, strata).astype(np.float64)
    others, theirs = n.sum(axis=0) - n, total.sum(axis=0) - total
    weight = np.where((n > 0) & (others > 0), n * others / np.maximum(n + others, 1), 0.0)
    apart = total / np.maximum(n, 1) - theirs / np.maximum(others, 1)
    sizes = weight.sum(axis=1)
    some = np.maximum(sizes, 1e-12)
    spread = _spread(values, cell, n, total)
    variance = (weight**2 * spread * (1 / np.maximum(n, 1) + 1 / np.maximum(others, 1))).sum(axis=1) / some**2
    comparable = (n * (others > 0)).sum(axis=1) / np.maximum(n.sum(axis=1), 1)
    known = sizes > 0
    return Against(np.where(known, (weight * apart).sum(axis=1) / some, np.nan), np.where(known, variance, np.nan), comparable)


def _spread(values: Floats, cell: Ints, n: Floats, total: Floats) -> Floats:
    """Variance of one deal within each stratum: p(1 − p) of shares, else as large beside its mean as in all strata together.

    (Amounts spread in proportion to their size: one variance for all strata would take large deals for as alike as small ones.)
    """
    middle = (total.sum(axis=0) + values.mean()) / (n.sum(axis=0) + 1)
    if set(np.unique(values).tolist()) <= {0.0, 1.0}:
        return np.asarray(middle * (1 - middle))
    size = np.maximum(middle[cell % n.shape[1]], 1e-9 * max(float(np.abs(values).max()), 1e-9))
    apart = ((values - (total / np.maximum(n, 1)).ravel()[cell]) / size) ** 2
    free = float(np.maximum(n - 1, 0).sum())
    relative = float(apart.sum()) / free if free > 0 else float(values.var()) / max(float(values.mean()) ** 2, 1e-12)
    return np.asarray(np.maximum(relative, 1e-9) * middle**2)


def choose_mix(
    group: Ints, groups: int, columns: Mapping[str, Sequence[str | None]], orders: Sequence[Sequence[str]]
) -> tuple[str, ...]:
    """The first of the ``orders`` (names of columns to stratify by) in which enough deals have a counterpart; else none."""
    for names in orders:
        stratum = codes(*(columns[name] for name in names)) if names else np.zeros(len(group), np.int64)
        found = against_rest(np.zeros(len(group)), group, stratum, groups).comparable
        n = np.bincount(group, minlength=groups)
        if float(found @ n / max(n.sum(), 1)) >= COMPARABLE:
            return tuple(names)
    return ()


def compare_groups(
    values: Floats, group: Sequence[str | None], stratum: Ints | None = None, false_share: float = FALSE_SHARE
) -> tuple[Compared, ...]:
    """Each group of deals, by name, in one measure: shares (values 0 and 1) or means of what is above 0.

    The list of groups above (or below) the company is as long as a share of ``false_share`` of it being wrong allows.
    ValueError unless values and groups are of one length.
    """
    if len(values) != len(group):
        raise ValueError(f"{len(values)} values, but {len(group)} groups")
    names = sorted({one or NO_WORD for one in group})
    place = {name: number for number, name in enumerate(names)}
    which = np.array([place[one or NO_WORD] for one in group], np.int64)
    layer = np.zeros(len(values), np.int64) if stratum is None else stratum
    n = np.bincount(which, minlength=len(names))
    judged = [number for number in range(len(names)) if n[number] >= FEWEST]
    found = against_rest(values, which, layer, len(names)) if len(values) else Against(*(np.zeros(0),) * 3)
    usable = [number for number in judged if np.isfinite(found.difference[number])]
    mean = float(values.mean()) if len(values) else 0.0
    sums = np.bincount(which, values, minlength=len(names)).astype(np.float64)
    told: dict[int, Compared] = {}
    if len(usable) > 1 and mean > 0:
        told = _judged(names, usable, n, sums, mean, found, false_share, set(np.unique(values).tolist()) <= {0.0, 1.0})
    return tuple(
        told.get(number) or _silent(names[number], n[number], sums[number], found, number) for number in range(len(names))
    )


def _silent(name: str, n: int, total: float, found: Against, number: int) -> Compared:
    share = float(found.comparable[number])
    needs = FEWEST if n < FEWEST else None
    raw = float(total / n) if n else None
    return Compared(name, int(n), raw, None, None, None, None, None, None, None, Verdict.TOO_FEW, needs, share)


def _judged(
    names: Sequence[str],
    usable: Sequence[int],
    n: Ints,
    sums: Floats,
    mean: float,
    found: Against,
    false_share: float,
    shares: bool,
) -> dict[int, Compared]:
    """The usable groups, all at the company's mix, judged together."""
    rows = np.array(usable)
    rest = 1 - n[rows] / n.sum()
    adjusted = mean + rest * found.difference[rows]
    error = np.maximum(rest * np.sqrt(found.variance[rows]), 1e-9 * mean)
    law = _posterior(adjusted, error, mean, n[rows], shares)
    estimate, (low, high) = law.estimate(), law.interval(PEERS_LEVEL)
    under, over = law.below(mean * (1 - NOTABLE)), 1 - law.below(mean * (1 + NOTABLE))
    apart_at_all = _chance_of_equals(adjusted - mean, error, rest) <= false_share / 2  # there are two lists
    below, above = (listed(side, false_share) if apart_at_all else frozenset[int]() for side in (under, over))
    out = {}
    for at, number in enumerate(usable):
        wide = low[at] < mean * (1 - MATERIAL) or high[at] > mean * (1 + MATERIAL)
        few = Verdict.TOO_FEW if wide else Verdict.USUAL
        verdict = Verdict.BELOW if at in below and high[at] < mean else Verdict.ABOVE if at in above and low[at] > mean else few
        half = float(high[at] - low[at]) / 2
        room = max(MATERIAL * mean - abs(float(estimate[at]) - mean), MATERIAL * mean / 3)
        needs = ceil(max(n[number] * (half / room) ** 2, n[number] + 1)) if verdict is Verdict.TOO_FEW else None
        apart, least, most = (float((value - mean) / max(rest[at], 1e-9)) for value in (estimate[at], low[at], high[at]))
        out[number] = Compared(
            names[number], int(n[number]), float(sums[number] / n[number]), float(adjusted[at]), float(estimate[at]),
            float(low[at]), float(high[at]), apart, least, most, verdict, needs, float(found.comparable[number]),
        )  # fmt: skip
    return out


def _chance_of_equals(apart: Floats, error: Floats, rest: Floats) -> float:
    """Chance that groups which are all alike differ so much (Cochran's Q, 1954): a list of equals would be wrong throughout.

    A group is part of the mean that it is held against, so each counts for the part that is not its own.
    """
    return float(chdtrc(len(apart) - 1, float((rest * (apart / error) ** 2).sum())))


def _posterior(adjusted: Floats, error: Floats, mean: float, n: Ints, shares: bool) -> Posterior:
    if not shares:
        return normal_means(adjusted, error)
    # As many deals as would give a plain share this standard error; a group without a win keeps its own size.
    share = np.clip((adjusted * n + mean) / (n + 1), 1e-6, 1 - 1e-6)
    worth = np.clip(share * (1 - share) / error**2, 1.0, 4.0 * n)
    return beta_binomial(np.clip(adjusted, 0, 1) * worth, worth)
