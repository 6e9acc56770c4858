"""Growth and seasons: known answers, coverage on drawn periods, shapes told only where there is one and time enough."""

from __future__ import annotations

import numpy as np
import pytest

from paceline.insight.trends import CLEAR, growth, season


def test_growth_and_its_words() -> None:
    found = growth([100.0] * 20, [100.0] * 10)
    assert found.growth == pytest.approx(1.0)
    assert found.low is not None
    assert found.low > 0
    assert found.text.startswith("+100% (")
    assert growth([100.0] * 4, [100.0] * 10).text == "too few"


def test_the_interval_of_growth_covers() -> None:
    rng, inside, n = np.random.default_rng(8), 0, 400
    for _ in range(n):
        now, before = (rng.gamma(2, 500, max(rng.negative_binomial(60, 60 / (60 + mean)), 5)) for mean in (36, 30))
        found = growth(now.tolist(), before.tolist())
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= 36 / 30 - 1 <= found.high
    assert 0.76 <= inside / n <= 0.9


def test_the_quarters_last_month_is_found_and_luck_is_not() -> None:
    rng = np.random.default_rng(2)
    found = season(rng.poisson([[20, 22, 40]] * 8).tolist(), 3)
    assert found.clear
    assert found.factors is not None
    assert found.factors[2] > 1.2
    assert sum(found.factors) == pytest.approx(3)
    false = sum(season(rng.poisson([[25, 25, 25]] * 8).tolist(), 3, seed=i).clear for i in range(60))
    assert false / 60 <= CLEAR + 0.05


def test_a_short_history_has_no_season() -> None:
    assert season([[1, 2, 3]] * 5, 3).factors is None
    assert season([[5] * 12], 12).needs == 2
    with pytest.raises(ValueError, match="3 months, not 4"):
        season([[1, 2, 3, 4]], 4)
