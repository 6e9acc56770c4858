"""How good a forecast was: CRPS, coverage, Brier score, calibration, AUC. Numbers in, numbers out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def crps(draws: Floats, actual: Floats) -> Floats:
    """Continuous ranked probability score of each forecast, in the unit of ``actual``; 0 is perfect.

    ``draws`` is (forecasts, draws), ``actual`` (forecasts,). Gneiting and Raftery (2007), eq. 21: E|X − y| − ½ E|X − X′|,
    the second term from the sorted draws. With one draw it is the absolute error. ValueError if the shapes don't fit.
    """
    if draws.ndim != 2 or draws.shape[0] != len(actual) or draws.shape[1] == 0:
        raise ValueError(f"draws of shape {draws.shape} don't fit {len(actual)} outcomes")
    ordered = np.sort(draws, axis=1)
    n = ordered.shape[1]
    weights = (2 * np.arange(1, n + 1) - n - 1) / (n * n)
    return np.asarray(np.abs(ordered - actual[:, None]).mean(axis=1) - ordered @ weights, dtype=np.float64)


def quantile_crps(quantiles: Floats, actual: Floats) -> Floats:
    """The same from (forecasts, n) quantiles at the levels (i + ½)/n: twice the mean pinball loss (Gneiting and Ranjan 2011).

    ValueError if the shapes don't fit.
    """
    if quantiles.ndim != 2 or quantiles.shape[0] != len(actual) or quantiles.shape[1] == 0:
        raise ValueError(f"quantiles of shape {quantiles.shape} don't fit {len(actual)} outcomes")
    level = (np.arange(quantiles.shape[1]) + 0.5) / quantiles.shape[1]
    off = actual[:, None] - quantiles
    return np.asarray(2 * np.where(off >= 0, level * off, (level - 1) * off).mean(axis=1), dtype=np.float64)


def covered(draws: Floats, actual: Floats, level: float = 0.8) -> Floats:
    """Whether each outcome lies in the central interval of its draws: 1 inside, 0 outside, in between on its edge.

    Counts have ties: an outcome equal to a bound counts with the share of its draws' mass there that the interval needs, so
    that a calibrated forecast of whole numbers covers ``level`` on average and not more. ValueError unless 0 < level < 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    below = (draws < actual[:, None]).mean(axis=1)
    upto = (draws <= actual[:, None]).mean(axis=1)
    low, high = 0.5 - level / 2, 0.5 + level / 2
    inside = np.minimum(upto, high) - np.maximum(below, low)
    mass = upto - below
    strictly = ((below >= low) & (below <= high)).astype(np.float64)
    return np.asarray(np.where(mass > 0, np.clip(inside / np.where(mass > 0, mass, 1.0), 0.0, 1.0), strictly), dtype=np.float64)


def inside(draws: Floats, actual: Floats, level: float = 0.8) -> Bools:
    """Whether each outcome lies between the interval's two shown bounds, both included (what a reader of the interval checks)."""
    low, high = np.quantile(draws, [0.5 - level / 2, 0.5 + level / 2], axis=1)
    return np.asarray((actual >= low) & (actual <= high), dtype=np.bool_)


def brier(chance: Floats, happened: Bools) -> float:
    """Mean squared distance between the stated chance and what happened (0 or 1). NaN for no forecasts."""
    return float(np.mean((chance - happened) ** 2)) if len(chance) else float("nan")


@dataclass(frozen=True)
class ReliabilityBin:
    """Forecasts that said about the same: how many, what they said on average, and what share happened."""

    n: int
    said: float
    happened: float


def reliability(chance: Floats, happened: Bools, bins: int = 10) -> tuple[ReliabilityBin, ...]:
    """The reliability table: forecasts in order of their chance, in ``bins`` groups of about the same size."""
    order = np.argsort(chance, kind="stable")
    groups = np.array_split(order, min(bins, len(order))) if len(order) else []
    return tuple(ReliabilityBin(len(g), float(chance[g].mean()), float(happened[g].mean())) for g in groups if len(g))


def calibration_error(table: tuple[ReliabilityBin, ...]) -> float:
    """Expected calibration error: mean distance between said and happened, weighted by n. NaN for an empty table."""
    n = sum(row.n for row in table)
    return sum(row.n * abs(row.said - row.happened) for row in table) / n if n else float("nan")


def auc(score: Floats, happened: Bools) -> float:
    """Area under the ROC curve (Mann–Whitney): how often a case that happened scored above one that didn't; ties count half.

    NaN unless both kinds are there.
    """
    hits = int(happened.sum())
    misses = len(happened) - hits
    if not hits or not misses:
        return float("nan")
    _, group, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[group]
    return float((rank[happened].sum() - hits * (hits + 1) / 2) / (hits * misses))
