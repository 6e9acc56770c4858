"""Scores of forecasts, against sums by hand and what calibrated forecasts must give."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from paceline.stats.scores import auc, brier, calibration_error, covered, crps, inside, reliability


def test_crps_of_one_draw_is_the_absolute_error_and_of_a_normal_the_known_formula() -> None:
    assert crps(np.array([[3.0]]), np.array([5.0])) == pytest.approx([2.0])
    assert crps(np.array([[0.0, 2.0]]), np.array([1.0])) == pytest.approx([0.5])
    draws = np.random.default_rng(0).normal(size=(1, 200_000))
    by_hand = 0.7 * (2 * stats.norm.cdf(0.7) - 1) + 2 * stats.norm.pdf(0.7) - 1 / np.sqrt(np.pi)
    assert crps(draws, np.array([0.7]))[0] == pytest.approx(by_hand, abs=0.005)
    with pytest.raises(ValueError, match="don't fit"):
        crps(np.zeros((2, 3)), np.zeros(3))


@pytest.mark.parametrize("mean", [0.3, 2.0, 40.0])
def test_calibrated_counts_are_covered_as_often_as_said(mean: float) -> None:
    rng = np.random.default_rng(1)
    draws, actual = rng.poisson(mean, (2000, 500)).astype(float), rng.poisson(mean, 2000).astype(float)
    assert covered(draws, actual).mean() == pytest.approx(0.8, abs=0.025)
    assert inside(draws, actual).mean() >= covered(draws, actual).mean() - 0.01
    with pytest.raises(ValueError, match="level"):
        covered(draws, actual, 1.0)


def test_brier_reliability_and_auc_by_hand() -> None:
    said, came = np.array([0.1, 0.1, 0.9, 0.9]), np.array([False, True, True, True])
    assert brier(said, came) == pytest.approx((0.01 + 0.81 + 0.01 + 0.01) / 4)
    table = reliability(said, came, 2)
    assert [(row.n, row.happened) for row in table] == [(2, 0.5), (2, 1.0)]
    assert [row.said for row in table] == pytest.approx([0.1, 0.9])
    assert calibration_error(table) == pytest.approx(0.25)
    assert auc(said, came) == pytest.approx((1 + 1 + 0.5) / 3)
    assert np.isnan(auc(said, np.ones(4, dtype=bool)))
    assert np.isnan(calibration_error(()))
