"""When did a driver turn? The week from which a weekly series runs at another rate, and how rarely chance alone does as much.

Every split of the series in a before and an after is tried, the most telling kept, and held against the same search on the
series with its weeks shuffled (a permutation test, so no shape of the weeks' spread is assumed). What a week is expected to
bring follows how much was worked and how everybody else did, both given as exposure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEAST = 3  # weeks on each side of a turn
FEWEST = 10  # weeks with exposure altogether
RARE = 0.05  # a turn is told when chance does as much in no more than this share of shuffles
SHUFFLES = 400


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


def find_turn(driver: str, amounts: Floats, exposure: Floats, rng: np.random.Generator, shuffles: int = SHUFFLES) -> Turn | None:
    """The turn of a series ``amounts`` over ``exposure`` (weeks without exposure are passed over), or None where none is rare
    enough.

    Rates before and after are in amounts per exposure. ValueError for arrays of different length.
    """
    if len(amounts) != len(exposure):
        raise ValueError(f"{len(amounts)} weeks of amounts, {len(exposure)} of exposure")
    seen = np.isfinite(amounts) & np.isfinite(exposure) & (exposure > 0)
    if int(seen.sum()) < FEWEST or float(amounts[seen].sum()) <= 0:
        return None
    y, x = amounts[seen], exposure[seen]
    place, best = _search(y[None, :], x[None, :])
    orders = rng.permuted(np.tile(np.arange(len(y)), (shuffles, 1)), axis=1)
    _, shuffled = _search(y[orders], x[orders])
    chance = float((1 + (shuffled >= best[0] - 1e-12).sum()) / (shuffles + 1))
    if chance > RARE:
        return None
    at = int(place[0])
    week = int(np.flatnonzero(seen)[at])
    return Turn(driver, week, float(y[:at].sum() / x[:at].sum()), float(y[at:].sum() / x[at:].sum()), chance)


def _search(y: Floats, x: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """(first week of the after, statistic) of each row: the largest standardised difference of rates over all splits."""
    weeks = y.shape[1]
    upto_y, upto_x = y.cumsum(axis=1), x.cumsum(axis=1)
    all_y, all_x = upto_y[:, -1:], upto_x[:, -1:]
    splits = slice(LEAST - 1, weeks - LEAST)
    expected = all_y * upto_x[:, splits] / all_x
    share = upto_x[:, splits] / all_x
    # Variance of a part of a fixed sum, as of counts; how widely weeks really spread is in the shuffles.
    score = (upto_y[:, splits] - expected) ** 2 / np.maximum(all_y * share * (1 - share), 1e-12)
    best = score.argmax(axis=1)
    return best + LEAST, np.take_along_axis(score, best[:, None], axis=1)[:, 0]


def earliest_turn(
    series: Mapping[str, tuple[Floats, Floats]], rng: np.random.Generator
) -> tuple[Turn | None, Sequence[Turn]]:
    """(the earliest turn, all of them in order of week) among drivers' series (amounts, exposure) over the same weeks.

    With several series the bar is raised: a turn must be rarer by
    their number (Bonferroni), else one of ten quiet drivers would turn by chance every other time.
    """
    found = []
    for name, (amounts, exposure) in series.items():
        turn = find_turn(name, amounts, exposure, rng, max(SHUFFLES, 40 * len(series)))
        if turn is not None and turn.chance * len(series) <= 2 * RARE:
            found.append(turn)
    found.sort(key=lambda turn: (turn.week, turn.chance))
    return (found[0] if found else None), found
