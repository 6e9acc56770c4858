"""What a deal brings when it is won: past wins' amounts, the rep's own as far as reps differ beyond luck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.insight.pipeline import NEVER, UNKNOWN, Opportunities
from paceline.insight.pipeline_odds import MEMORY

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_FEW, _MANY = 4.0, 400.0  # bounds of the weight of the company's wins against the rep's own, in wins
_RATIOS = 10  # wins whose amount was known before, from which on an open deal's amount is trusted by their ratios


@dataclass(frozen=True)
class WonValues:
    """Amounts of past wins, sorted by band and rep, to be drawn from. Cents."""

    by_cell: Floats  # sorted by (band, rep)
    cell_start: Ints
    cell_size: Ints
    by_band: Floats
    band_start: Ints
    band_size: Ints
    ratios: Floats  # closing ÷ opening amount of past wins; [1.0] while too few are known
    strength: float
    reps: int

    @property
    def empty(self) -> bool:
        """Nothing was won with a known amount yet."""
        return len(self.by_cell) == 0

    def draw(self, rng: np.random.Generator, rep: Ints, band: Ints) -> Floats:
        """An amount for each won deal of those reps and bands; 0 while nothing was ever won."""
        if self.empty:
            return np.zeros(len(rep))
        cell = band * self.reps + rep
        own = self.cell_size[cell]
        mine = rng.random(len(rep)) * (own + self.strength) < own
        band_known = self.band_size[band] > 0
        start = np.where(mine, self.cell_start[cell], np.where(band_known, self.band_start[band], 0))
        size = np.where(mine, own, np.where(band_known, self.band_size[band], len(self.by_band)))
        at = start + np.floor(rng.random(len(rep)) * size).astype(np.int64)
        at = np.minimum(at, len(self.by_cell) - 1)
        return np.asarray(np.where(mine, self.by_cell[at], self.by_band[at]), dtype=np.float64)

    def mean(self, rep: Ints, band: Ints) -> Floats:
        """The expected amount of a won deal of those reps and bands."""
        if self.empty:
            return np.zeros(len(rep))
        cell = band * self.reps + rep
        own, own_sum = self.cell_size[cell], _sums(self.by_cell, self.cell_start, self.cell_size)[cell]
        bands = _sums(self.by_band, self.band_start, self.band_size)
        usual = np.where(self.band_size > 0, bands / np.maximum(self.band_size, 1), self.by_band.mean())
        return np.asarray((own_sum + self.strength * usual[band]) / (own + self.strength), dtype=np.float64)


def fit_values(known: Opportunities, now: int) -> WonValues:
    """Amounts of the wins of the last ``MEMORY`` days."""
    recent = known.won & (known.closed < NEVER) & (known.closed >= now - MEMORY) & (known.closing != UNKNOWN)
    row = np.flatnonzero(recent)
    cents, rep, band = known.closing[row].astype(np.float64), known.rep[row], known.band[row]
    reps, bands = len(known.reps), len(known.bands)
    cell = band * reps + rep
    order = np.argsort(cell, kind="stable")
    cell_size = np.bincount(cell, minlength=reps * bands)
    band_size = np.bincount(band, minlength=bands)
    both = known.opening[row] > 0
    ratios = cents[both] / known.opening[row][both]
    return WonValues(
        cents[order],
        np.cumsum(cell_size) - cell_size,
        cell_size,
        cents[order],  # sorted by cell is sorted by band
        np.cumsum(band_size) - band_size,
        band_size,
        ratios if len(ratios) >= _RATIOS else np.ones(1),
        _strength(cents, cell, band),
        reps,
    )


def _strength(cents: Floats, cell: Ints, band: Ints) -> float:
    """How many wins the company's amounts weigh: variance within reps ÷ variance between reps of a band, of log amounts."""
    some = cents > 0
    if some.sum() < 20:
        return 20.0
    log, cell, band = np.log(cents[some]), cell[some], band[some]
    log = log - (np.bincount(band, log) / np.maximum(np.bincount(band), 1))[band]
    n = np.bincount(cell)
    mean = np.bincount(cell, log) / np.maximum(n, 1)
    within = float(((log - mean[cell]) ** 2).sum()) / max(len(log) - int((n > 0).sum()), 1)
    between = float((n * mean**2).sum() - within * (n > 0).sum()) / len(log)
    return float(np.clip(within / between, _FEW, _MANY)) if between > 0 else _MANY


def _sums(values: Floats, start: Ints, size: Ints) -> Floats:
    summed = np.concatenate(([0.0], np.cumsum(values)))
    return np.asarray(summed[start + size] - summed[start], dtype=np.float64)
