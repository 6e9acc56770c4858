"""Tails, CUSUM, scan, posteriors and the smallest change that shows, against known answers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bench.cusum import cusum
from paceline.stats.detectable import smallest_change
from paceline.stats.dispersion import measured_spread, prior_of
from paceline.stats.posterior import beta_binomial, gamma_poisson, log_means, normal_means
from paceline.stats.scan import Kind, Prior, Spread, compare_stretches, scan, score_of_stretch
from paceline.stats.tails import beta_binomial_tails, negative_binomial_tails


def test_negative_binomial_tails_are_scipys() -> None:
    mean, variance = 12.0, 30.0
    law = stats.nbinom(mean**2 / (variance - mean), mean / variance)
    for y in (0, 3, 12, 40):
        low, high = negative_binomial_tails(y, mean, variance)
        assert low == pytest.approx(law.cdf(y) - law.pmf(y) / 2, rel=1e-6)
        assert low + high == pytest.approx(1)
    assert float(negative_binomial_tails(5, 8.0, 8.0)[0]) == pytest.approx(
        stats.poisson(8).cdf(5) - stats.poisson(8).pmf(5) / 2, rel=1e-3
    )


def test_beta_binomial_tails_are_scipys() -> None:
    share, rho = 0.3, 0.05
    law = stats.betabinom(40, share * (1 / rho - 1), (1 - share) * (1 / rho - 1))
    for hits in (0, 7, 12, 40):
        low, _ = beta_binomial_tails(hits, 40, share, rho)
        assert low == pytest.approx(law.cdf(hits) - law.pmf(hits) / 2, rel=1e-6)
    with pytest.raises(ValueError, match="no share"):
        beta_binomial_tails(5, 4, 0.3, 0)


def test_cusum_adds_up_what_is_beyond_the_slack() -> None:
    found = cusum(np.array([[0.0, -2.0, -1.5, np.nan, 3.0]]))
    assert found.low[0].tolist() == [0.0, 1.5, 2.5, 2.5, 0.0]
    assert found.high[0].tolist() == [0.0, 0.0, 0.0, 0.0, 2.5]
    assert found.low_weeks[0].tolist() == [0, 1, 2, 3, 0]


def test_cusum_keeps_its_textbook_run_length() -> None:
    """Page's two-sided CUSUM with k = 0.5 and h = 4 runs 168 weeks between false alarms."""
    path = cusum(np.random.default_rng(3).normal(size=(400, 1500)))
    reached = np.maximum(path.low, path.high) >= 4
    run = np.where(reached.any(axis=1), reached.argmax(axis=1) + 1, 1500)
    assert run.mean() == pytest.approx(168, rel=0.12)


def test_measured_spread_finds_what_was_drawn() -> None:
    rng = np.random.default_rng(4)
    level = rng.uniform(30, 60, (40, 1, 1))
    role = np.zeros(40, np.int64)
    weeks = np.ones((40, 1, 100))
    counts = rng.poisson(level * rng.gamma(1 / 0.05, 0.05, weeks.shape)).astype(np.float64)
    assert measured_spread(Kind.COUNT, counts, weeks, role).between.mean() == pytest.approx(0.05, rel=0.15)
    n = np.full(weeks.shape, 40.0)
    chance = rng.beta(0.3 * 24, 0.7 * 24, weeks.shape)
    hits = rng.binomial(40, chance).astype(np.float64)
    assert measured_spread(Kind.RATE, hits, n, role).between.mean() == pytest.approx(0.04, rel=0.2)


def test_scan_scores_are_standard_normal_where_nothing_changed_and_loud_where_it_did() -> None:
    rng = np.random.default_rng(5)
    y = rng.poisson(30.0, (300, 60)).astype(np.float64)
    y[0, 50:] = rng.poisson(15.0, 10)
    x = np.ones_like(y)
    spread = Spread(np.zeros(300), np.full(300, 1e-4))
    prior = Prior(np.full(300, 30.0), np.full(300, 0.02))
    found = scan(Kind.COUNT, y, x, spread, prior)
    assert np.isnan(found.low[:, :8]).all(), "too little went before"
    assert found.low[0, 57] < -6
    assert found.low_weeks[0, 57] == 8
    parts = [(part[1:, 52:].sum(axis=1), part[1:, 26:52].sum(axis=1)) for part in (y, x, x)]
    score, expected, _ = compare_stretches(
        Kind.COUNT, (parts[0][0], parts[1][0], parts[2][0]), (parts[0][1], parts[1][1], parts[2][1]), spread.of(slice(1, None)),
        prior.of(slice(1, None)))  # fmt: skip
    assert abs(score.mean()) < 0.15
    assert score.std() == pytest.approx(1, abs=0.12)
    assert expected.mean() == pytest.approx(240, rel=0.02)


@pytest.mark.parametrize("kind", list(Kind))
def test_one_stretch_scores_as_in_arrays(kind: Kind) -> None:
    now, before = (12.0, 40.0, 420.0), (80.0, 200.0, 2100.0)
    many, _, _ = compare_stretches(
        kind, tuple(np.array([v]) for v in now), tuple(np.array([v]) for v in before),  # type: ignore[arg-type]
        Spread(np.array([0.3]), np.array([0.02])), Prior(np.array([0.5]), np.array([9.0])))  # fmt: skip
    assert score_of_stretch(kind, now, before, (0.3, 0.02, 0.5, 9.0)) == pytest.approx(float(many[0]))


def test_the_smallest_change_that_shows_is_seen_eight_times_in_ten() -> None:
    spread, bar = Spread(np.zeros(1), np.array([0.02])), 2.8
    (fall,) = smallest_change(Kind.COUNT, np.array([40.0]), np.array([1.0]), spread, bar)
    assert 0.15 < fall < 0.4
    rng = np.random.default_rng(6)
    y = rng.poisson(40 * rng.gamma(50, 1 / 50, (3000, 34))).astype(np.float64)
    y[:, 26:] = rng.binomial(y[:, 26:].astype(np.int64), 1 - fall)
    many = Spread(np.zeros(3000), np.full(3000, 0.02))
    found = scan(Kind.COUNT, y, np.ones_like(y), many, Prior(np.full(3000, 40.0), np.full(3000, 0.02)))
    assert 0.7 <= float((found.low[:, 26:].min(axis=1) <= -bar).mean()) <= 0.97, "the scan looks eight times, the formula once"
    assert smallest_change(Kind.COUNT, np.array([0.3]), np.array([1.0]), Spread(np.zeros(1), np.zeros(1)), bar)[0] == np.inf


def test_prior_is_the_roles_rate() -> None:
    y, x = np.full((6, 1, 50), 4.0), np.full((6, 1, 50), 2.0)
    prior = prior_of(y, x, np.array([0, 0, 0, 1, 1, 1]))
    assert prior.rate.tolist() == [2.0] * 6


def test_posteriors_draw_towards_the_peers_the_less_is_known() -> None:
    found = beta_binomial([0, 300, 30, 28, 33], [2, 1000, 100, 100, 100])
    estimate = found.estimate()
    assert abs(estimate[0] - 0.3) < 0.08, "two losses say little"
    assert estimate[1] == pytest.approx(0.3, abs=0.01)
    low, high = found.interval()
    assert (high - low)[0] > 2 * (high - low)[1]
    assert found.below(found.mean).shape == (5,)
    with pytest.raises(ValueError, match="between 0 and n"):
        beta_binomial([3], [2])


def test_a_lone_persons_posterior_is_near_her_own_cases() -> None:
    (estimate,) = gamma_poisson([520], [26]).estimate()
    assert estimate == pytest.approx(20, rel=0.02)
    low, high = (float(edge[0]) for edge in gamma_poisson([520], [26]).interval())
    assert (low, high) == pytest.approx((20 - 1.2816 * 20 / 520**0.5, 20 + 1.2816 * 20 / 520**0.5), rel=0.02)
    wide = gamma_poisson([520], [26], dispersion=4.0).interval()
    assert float((wide[1] - wide[0])[0]) == pytest.approx(2 * (high - low), rel=0.1)
    with pytest.raises(ValueError, match="exposure"):
        gamma_poisson([0], [0])


def test_normal_means_cover_their_truths() -> None:
    rng = np.random.default_rng(8)
    covered = []
    for _ in range(30):
        true = rng.normal(100, 12, 20)
        found = normal_means(rng.normal(true, 15), np.full(20, 15.0))
        low, high = found.interval()
        covered.append(((low <= true) & (true <= high)).mean())
    assert 0.72 <= np.mean(covered) <= 0.9
    with pytest.raises(ValueError, match="error above 0"):
        normal_means([1.0], [0.0])


def test_log_means_cover_their_truths_and_stay_above_0_however_far_apart_they_are() -> None:
    rng = np.random.default_rng(9)
    covered = []
    for spread in (0.1, 2.0) * 15:
        true, error = rng.normal(5, spread, 12), rng.uniform(0.02, 0.6, 12)
        low, high = log_means(rng.normal(true, error), error).interval()
        covered.append(((low <= np.exp(true)) & (np.exp(true) <= high)).mean())
        assert (low > 0).all()
    assert 0.74 <= np.mean(covered) <= 0.88
    with pytest.raises(ValueError, match="error above 0"):
        log_means([0.0, 1.0], [1.0, 0.0])
