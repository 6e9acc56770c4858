"""Groups of deals compared fairly: products, territories, sources, segments, account types, habits.

A group's deals may do well because of who sold them or where they came from. So each group is compared with all the others
*within* strata (the same segment and source, say), and the differences are pooled with weights n·m ÷ (n + m): the estimator of
Mantel and Haenszel (1959) for a difference, with the variance of Greenland and Robins (1985). Unlike direct standardisation it
stands strata in which a group has few deals or none; deals without a counterpart in any stratum say nothing, and their share
is told. The result is put at the company's mix, and all groups' results are judged together by the peers' model.
Shares (of deals won) are pooled so; amounts, which can't be below 0, are compared by ratios (``segments_ratio``).
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
from paceline.insight.segments_ratio import fit_groups
from paceline.stats.posterior import Posterior, beta_binomial, log_means

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
    """Each group's share (values 0 and 1) against all others' within strata, pooled over strata (see above)."""
    strata = int(stratum.max(initial=0)) + 1
    cell = group * strata + stratum
    n = np.bincount(cell, minlength=groups * strata).reshape(groups, strata).astype(np.float64)
    total = np.bincount(cell, values, minlength=groups * strata).reshape(groups, strata).astype(np.float64)
    others, theirs = n.sum(axis=0) - n, total.sum(axis=0) - total
    weight = np.where((n > 0) & (others > 0), n * others / np.maximum(n + others, 1), 0.0)
    apart = total / np.maximum(n, 1) - theirs / np.maximum(others, 1)
    sizes = weight.sum(axis=1)
    some = np.maximum(sizes, 1e-12)
    middle = (total.sum(axis=0) + values.mean()) / (n.sum(axis=0) + 1)
    spread = middle * (1 - middle)  # variance of one deal within each stratum
    variance = (weight**2 * spread * (1 / np.maximum(n, 1) + 1 / np.maximum(others, 1))).sum(axis=1) / some**2
    comparable = (n * (others > 0)).sum(axis=1) / np.maximum(n.sum(axis=1), 1)
    known = sizes > 0
    return Against(np.where(known, (weight * apart).sum(axis=1) / some, np.nan), np.where(known, variance, np.nan), comparable)


def choose_mix(
    group: Ints, groups: int, columns: Mapping[str, Sequence[str | None]], orders: Sequence[Sequence[str]]
) -> tuple[str, ...]:
    """The first of the ``orders`` (names of columns to stratify by) in which enough deals have a counterpart; else none."""
    for names in orders:
        stratum = codes(*(columns[name] for name in names)) if names else np.zeros(len(group), np.int64)
        found = against_rest(np.zeros(len(group)), group, stratum, groups).comparable
        n = np.bincount(group, minlength=groups)
        if float(found @ n) / max(int(n.sum()), 1) >= COMPARABLE:
            return tuple(names)
    return ()


def compare_groups(
    values: Floats, group: Sequence[str | None], stratum: Ints | None = None, false_share: float = FALSE_SHARE
) -> tuple[Compared, ...]:
    """Each group of deals, by name, in one measure: shares (values 0 and 1) or means of what is 0 or above.

    The list of groups above (or below) the company is as long as a share of ``false_share`` of it being wrong allows.
    ValueError unless values and groups are of one length.
    """
    if len(values) != len(group):
        raise ValueError(f"{len(values)} values, but {len(group)} groups")
    names = sorted({one or NO_WORD for one in group})
    place = {name: number for number, name in enumerate(names)}
    which = np.array([place[one or NO_WORD] for one in group], np.int64)
    layer = np.zeros(len(values), np.int64) if stratum is None else stratum
    if not len(values):
        return ()
    n = np.bincount(which, minlength=len(names))
    sums = np.bincount(which, values, minlength=len(names)).astype(np.float64)
    shares = set(np.unique(values).tolist()) <= {0.0, 1.0}
    mean = float(values.mean())
    told: dict[int, Compared] = {}
    found = _as_shares(values, which, layer, n) if shares or mean <= 0 else _as_amounts(values, which, layer, n)
    usable = [number for number in range(len(names)) if n[number] >= FEWEST and np.isfinite(found.adjusted[number])]
    if len(usable) > 1 and mean > 0:
        told = _judged(names, usable, n, sums, found, false_share)
    return tuple(
        told.get(number) or _silent(names[number], n[number], sums[number], found, number) for number in range(len(names))
    )


@dataclass(frozen=True)
class _Adjusted:
    """Each group's mean at the company's mix, its standard error (of amounts: of the logarithm), share with a counterpart.

    ``mean``: all groups' together.
    """

    adjusted: Floats
    error: Floats
    mean: float
    comparable: Floats
    shares: bool


def _as_shares(values: Floats, group: Ints, stratum: Ints, n: Ints) -> _Adjusted:
    found, rest, mean = against_rest(values, group, stratum, len(n)), 1 - n / n.sum(), float(values.mean())
    adjusted = np.clip(mean + rest * found.difference, 0.0, 1.0)
    return _Adjusted(adjusted, rest * np.sqrt(found.variance), mean, found.comparable, True)


def _as_amounts(values: Floats, group: Ints, stratum: Ints, n: Ints) -> _Adjusted:
    found = fit_groups(values, group, stratum, len(n))
    return _Adjusted(found.adjusted, found.error, found.mean, found.comparable, False)


def _silent(name: str, n: int, total: float, found: _Adjusted, number: int) -> Compared:
    share = float(found.comparable[number])
    needs = FEWEST if n < FEWEST else None
    raw = float(total / n) if n else None
    return Compared(name, int(n), raw, None, None, None, None, None, None, None, Verdict.TOO_FEW, needs, share)


def _judged(
    names: Sequence[str], usable: Sequence[int], n: Ints, sums: Floats, found: _Adjusted, false_share: float
) -> dict[int, Compared]:
    """The usable groups, all at the company's mix, judged together."""
    rows, mean = np.array(usable), found.mean
    rest, adjusted = 1 - n[rows] / n.sum(), found.adjusted[rows]
    error = np.maximum(found.error[rows], 1e-9 * (mean if found.shares else 1.0))
    law = _posterior(adjusted, error, mean, n[rows]) if found.shares else log_means(np.log(adjusted), error)
    apart_from_mean = adjusted - mean if found.shares else np.log(adjusted / mean)
    estimate, (low, high) = law.estimate(), law.interval(PEERS_LEVEL)
    under, over = law.below(mean * (1 - NOTABLE)), 1 - law.below(mean * (1 + NOTABLE))
    apart_at_all = _chance_of_equals(apart_from_mean, error, rest) <= false_share / 2  # there are two lists
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


def _posterior(adjusted: Floats, error: Floats, mean: float, n: Ints) -> Posterior:
    # As many deals as would give a plain share this standard error; a group without a win keeps its own size.
    share = np.clip((adjusted * n + mean) / (n + 1), 1e-6, 1 - 1e-6)
    worth = np.clip(share * (1 - share) / error**2, 1.0, 4.0 * n)
    return beta_binomial(adjusted * worth, worth)
