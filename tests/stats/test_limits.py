"""The band of what is usual, against a worked example."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from paceline.stats.limits import floored, natural_limits, usual

Floats = npt.NDArray[np.float64]
SERIES = 600


def test_worked_by_hand() -> None:
    # mean 12; moving ranges 2, 4, 2, 1, 3 → 2.4; 2.66 × 2.4 = 6.384
    assert natural_limits([11, 13, 9, 11, 12, 15]) == pytest.approx((71 / 6 - 6.384, 71 / 6 + 6.384))


def test_too_few_numbers_say_nothing() -> None:
    assert natural_limits([1, 2, 3, 4, 5]) is None


def test_no_change_no_width() -> None:
    assert natural_limits([3.0] * 8) == (3.0, 3.0)


def _marked(series: Callable[[np.random.Generator, int], Floats], before: int) -> float:
    """The share of unchanged series whose value after ``before`` others lies outside of the limits."""
    out, rng = 0, np.random.default_rng([41, before])
    for _ in range(SERIES):
        *past, last = series(rng, before + 1).tolist()
        low, high = natural_limits(past) or (last, last)
        out += not low <= last <= high
    return out / SERIES


def _counts(rng: np.random.Generator, n: int) -> Floats:
    return rng.poisson(12, n).astype(float)


def _walk(rng: np.random.Generator, n: int) -> Floats:
    return np.asarray(100 + np.cumsum(rng.normal(size=n)))


def _growing(rng: np.random.Generator, n: int) -> Floats:
    return np.asarray(100 + np.cumsum(rng.normal(0.5, 1, n)))


def _on_a_line(rng: np.random.Generator, n: int) -> Floats:
    return np.asarray(100 + np.arange(n) + 2 * rng.normal(size=n))


def _open_deals(rng: np.random.Generator, n: int) -> Floats:
    """So many open deals: some begin each week, one in seven ends."""
    open_, levels = 40, []
    for _ in range(n + 20):
        open_ += int(rng.poisson(6)) - int(rng.binomial(open_, 1 / 7))
        levels.append(float(open_))
    return np.array(levels[20:])


@pytest.mark.parametrize("series", [_counts, _walk, _growing, _on_a_line, _open_deals])
@pytest.mark.parametrize(("before", "most"), [(12, 0.06), (26, 0.03)])
def test_hardly_any_unchanged_series_is_marked(
    series: Callable[[np.random.Generator, int], Floats], before: int, most: float
) -> None:
    assert _marked(series, before) <= most


def test_a_fall_of_a_count_and_of_a_stock_is_still_seen() -> None:
    rng = np.random.default_rng(43)
    counts = stocks = 0
    for _ in range(SERIES):
        low, _ = natural_limits(rng.poisson(40, 26).tolist()) or (0.0, 0.0)
        counts += int(rng.poisson(15)) < low
        stock = _walk(rng, 26)
        low, _ = natural_limits(stock.tolist()) or (0.0, 0.0)
        stocks += float(stock[-1]) - 6 < low  # six weeks' steps in one
    assert counts >= 0.85 * SERIES
    assert stocks >= 0.9 * SERIES


def test_a_stock_stands_around_its_last_value_and_usual_step() -> None:
    # Steps 10, 12, 8, 10, 10 (mean 10): their moving ranges 2, 4, 2, 0 → 2 × 2.66 = 5.32; three deviations 3 × √2 = 4.24.
    assert natural_limits([100, 110, 122, 130, 140, 150]) == pytest.approx((160 - 5.32, 160 + 5.32))


def test_what_was_usual_before_a_leap_isnt_unusual_after_it() -> None:
    # Days between touches of a rep: 3 or 4 in most periods, 25 in the last. 7.5 is no good news.
    gaps = [2.9, 4.4, 3.6, 2.9, 3.5, 3.0, 3.9, 3.9, 3.8, 6.5, 14.3, 25.0]
    low, middle, high = usual(gaps) or (0.0, 0.0, 0.0)
    assert low < 2.9
    assert middle == pytest.approx(3.85)
    assert high > 25
    assert natural_limits(gaps) == (low, high)


def test_steady_steps_are_no_leaps() -> None:
    assert usual([100, 110, 122, 130, 140, 150]) == pytest.approx((154.68, 160, 165.32))


@pytest.mark.parametrize(("limit", "values", "low"), [
    (-9.7, [35.0, 9.0], 0.0), (-9.7, [35.0, -1.0], -1.0), (-0.5, [3.0, -1.0], -0.5), (2.0, [3.0], 2.0)])
def test_what_was_never_below_nothing_isnt_expected_there(limit: float, values: list[float], low: float) -> None:
    assert floored(limit, values) == low
