"""Goals said to be reached with a chance are reached as often, on simulated companies whose seeds weren't looked at before."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from paceline.insight.forecast import forecast
from paceline.insight.forecast_counts import forecast_counts
from paceline.insight.goals_chance import reach
from paceline.simulation import Size
from tests.insight.forecast_worlds import simulated

EPOCH = date(1970, 1, 1)
QUARTERS = [(date(2025, 10, 1), date(2026, 1, 1)), (date(2026, 1, 1), date(2026, 4, 1)), (date(2026, 4, 1), date(2026, 7, 1))]
Pairs = list[tuple[float, bool]]


def held(pairs: Pairs) -> tuple[float, float, list[tuple[int, float]]]:
    """(Brier score, the base rate's, (how many, how far off) of each fifth of the chances)."""
    said, came = (np.array(column, dtype=np.float64) for column in zip(*pairs, strict=True))
    place = np.minimum((said * 5).astype(int), 4)
    bins = [(int((place == at).sum()), float(abs(said[place == at].mean() - came[place == at].mean()))) for at in range(5)]
    return float(((said - came) ** 2).mean()), float(came.mean() * (1 - came.mean())), bins


def is_reliable(pairs: Pairs) -> None:
    brier, base, bins = held(pairs)
    assert brier < 0.8 * base
    assert all(off <= 0.1 for many, off in bins if many >= 60), bins


def revenue(seed: int) -> Pairs:
    """Each rep's chance of 60, 100 and 140 % of the own quarterly mean, a quarter and 60 % into three quarters."""
    deals = simulated(Size("goals", 30, 3, 21, 0.2, 0.0), seed)
    pairs: Pairs = []
    for first, until in (((one - EPOCH).days for one in quarter) for quarter in QUARTERS):
        for part in (0.25, 0.6):
            now = int(first + part * (until - first))
            made = forecast(deals, now, first, until, np.random.default_rng([seed, now]), draws=400)
            for at, name in enumerate(deals.reps):
                mine = deals.won & (deals.rep == at)
                usual = np.maximum(deals.closing[mine & (deals.closed < first) & (deals.closed >= first - 365)], 0).sum() / 4
                came = np.maximum(deals.closing[mine & (deals.closed >= first) & (deals.closed < until)], 0).sum()
                if usual > 0 and any(line.name == name for line in made.lines):
                    draws = made.line("rep", name).revenue.draws
                    pairs += [(reach(draws, k * usual).chance, bool(came >= k * usual)) for k in (0.6, 1.0, 1.4)]
    return pairs


def meetings(seed: int) -> Pairs:
    """Daily counts of ten reps with levels, weekdays, month ends and shocks in common; chances of 90 to 110 % of the own mean."""
    rng = np.random.default_rng([seed, 1234])
    days = np.arange(273)
    shock = np.exp(rng.normal(0, 0.08, 40))[days // 7] * (1 + 0.15 * (days % 30 > 24)) * (days % 7 < 5)
    mean = np.maximum(rng.gamma(6, 0.1, (10, 1)) * shock, 1e-9)
    counts: npt.NDArray[np.int64] = rng.poisson(rng.gamma(mean / 0.5, 0.5))
    rep, day = (grid.ravel() for grid in np.indices(counts.shape))
    columns = {"rep_id": rep.astype(str).tolist(), "team": (rep % 2).astype(str).tolist(), "day": day.tolist(),
               "value": counts.ravel().tolist()}  # fmt: skip
    pairs: Pairs = []
    for now in (207, 237):
        for line in forecast_counts(columns, now, 182, 273, rng, 400):
            if line.level == "rep":
                usual, came = counts[int(line.name), :182].sum() / 2, counts[int(line.name), 182:].sum()
                pairs += [(reach(line.outlook.draws, k * usual).chance, bool(came >= k * usual)) for k in (0.9, 1.0, 1.1)]
    return pairs


def test_chances_of_revenue_goals_are_reliable() -> None:
    is_reliable([pair for seed in (961, 962, 963) for pair in revenue(seed)])


def test_chances_of_count_goals_are_reliable() -> None:
    is_reliable([pair for seed in range(30) for pair in meetings(seed)])
