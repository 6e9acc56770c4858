"""When did a driver turn? The week from which a weekly series runs at another rate, and how rarely chance alone does as much.

Every split of the series in a before and an after is tried, the most telling kept, and held against the same search on the
series with their weeks shuffled (a permutation test, so no shape of the weeks' spread is assumed). What a week is expected to
bring follows how much was worked and how everybody else did, both given as exposure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEAST = 3  # weeks on each side of a turn
FEWEST = 10  # weeks with exposure altogether
TOGETHER = 0.1  # a turn is told when chance does as much, in any of the series, in no more than this share of shuffles
SHUFFLES = 1000


@dataclass(frozen=True)
class Turn:
    """A driver's turn: ``week`` is the first (a position) at the new rate. ``chance`` that mere chance turns a series as much."""

    driver: str
    week: int
    before: float
    after: float
    chance: float

    @property
    def change(self) -> float | None:
        """Relative; None from nothing."""
        return self.after / self.before - 1 if self.before > 0 else None


def turns(
    series: Mapping[str, tuple[Floats, Floats]], rng: np.random.Generator, rare: float = TOGETHER, shuffles: int = SHUFFLES
) -> tuple[Turn, ...]:
    """The drivers that turned, the earliest first, among series (amounts, exposure) over the same weeks.

    Rates before and after are in amounts per exposure; weeks without exposure are passed over. Of sets of quiet series, the share
    ``rare`` has a turn in any: each chance is that any of the series turns as rarely by itself, from the same weeks shuffled in
    all of them at once (Westfall & Young 1993, step-down left out). ValueError for arrays of different length.
    """
    kept: dict[str, tuple[Floats, Floats]] = {}
    for name, (amounts, exposure) in series.items():
        if len(amounts) != len(exposure):
            raise ValueError(f"{len(amounts)} weeks of amounts, {len(exposure)} of exposure")
        seen = np.isfinite(amounts) & np.isfinite(exposure) & (exposure > 0)
        if int(seen.sum()) >= FEWEST and float(amounts[seen].sum()) > 0:
            kept[name] = np.where(seen, amounts, 0.0), np.where(seen, exposure, 0.0)
    if not kept:
        return ()
    weeks = len(next(iter(kept.values()))[0])
    orders = np.vstack((np.arange(weeks), rng.permuted(np.tile(np.arange(weeks), (shuffles, 1)), axis=1)))
    found = {name: _search(y[orders], x[orders]) for name, (y, x) in kept.items()}
    alone = {name: _rarity(score) for name, (_, score) in found.items()}
    rarest = np.min(list(alone.values()), axis=0)
    out = []
    for name, (place, _) in found.items():
        chance = float((rarest <= alone[name][0] + 1e-12).mean())
        (y, x), at = kept[name], int(place[0])
        if chance <= rare and float(x[:at].sum()) > 0 and float(x[at:].sum()) > 0:
            out.append(Turn(name, at, float(y[:at].sum() / x[:at].sum()), float(y[at:].sum() / x[at:].sum()), chance))
    return tuple(sorted(out, key=lambda turn: (turn.week, turn.chance)))


def _rarity(score: Floats) -> Floats:
    """Of each row, the share of rows with at least its score."""
    ranked = np.sort(score)
    return np.asarray(1 - np.searchsorted(ranked, score - 1e-12, side="left") / len(score), dtype=np.float64)


def _search(y: Floats, x: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """(first week of the after, statistic) of each row: the largest standardised difference of rates over all splits."""
    weeks = y.shape[1]
    upto_y, upto_x = y.cumsum(axis=1), x.cumsum(axis=1)
    all_y, all_x = upto_y[:, -1:], upto_x[:, -1:]
    splits = slice(LEAST - 1, weeks - LEAST)
    share = upto_x[:, splits] / all_x
    expected = all_y * share
    # Variance of a part of a fixed sum, as of counts; how widely weeks really spread is in the shuffles.
    even = all_y * share * (1 - share)
    score = np.where(even > 0, (upto_y[:, splits] - expected) ** 2 / np.maximum(even, 1e-12), 0.0)
    best = score.argmax(axis=1)
    return best + LEAST, np.take_along_axis(score, best[:, None], axis=1)[:, 0]
