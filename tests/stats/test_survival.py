"""The life table finds hazards it was given, by age and calendar; pools and priors do as they say."""

from __future__ import annotations

import numpy as np
import pytest

from paceline.stats.pool import pooled, prior_strength, ratio_draws, shocks, week_draws
from paceline.stats.survival import Cases, calendar, chance_of_end, count, fit_hazard


def world(seed: int, rush: float = 1.0, now: int = 720, opened: int = 0) -> Cases:
    """20 cases a day; hazards 0.01 (first kind, times ``rush`` in a month's last days) and 0.02."""
    rng = np.random.default_rng(seed)
    start = np.repeat(np.arange(now), 20)
    days = calendar(0, now + 200)
    age = np.arange(200)
    day = start[:, None] + age[None, :]
    first = 0.01 * np.where(days.last_days[np.minimum(day, now + 199)] == 1, rush, 1.0)
    draw = rng.random(day.shape)
    hit = draw < first + 0.02
    at = np.where(hit.any(axis=1), hit.argmax(axis=1), 10_000)
    kind = np.where(
        at < 200,
        np.where(draw[np.arange(len(at)), np.minimum(at, 199)] < first[np.arange(len(at)), np.minimum(at, 199)], 1, 2),
        0,
    )
    end = start + at
    kept = end >= opened
    return Cases(start[kept], np.where(end < now, end, 1 << 20)[kept], np.where(end < now, kind, 0)[kept])


@pytest.mark.parametrize("opened", [0, 120])
def test_hazards_are_found_also_when_the_beginning_was_not_seen(opened: int) -> None:
    cases, days = world(1, opened=opened), calendar(0, 720)
    counts = count(cases, opened, 720, 120)
    for kind, true in ((0, 0.01), (1, 0.02)):
        hazard = fit_hazard(counts, kind, days, 720, 1e6)
        assert hazard.by_age[:60].mean() == pytest.approx(true, rel=0.08)
        assert np.abs(np.log(hazard.of_quarter)).max() < 0.1


def test_a_rush_at_the_months_end_is_found() -> None:
    days = calendar(0, 720)
    hazard = fit_hazard(count(world(2, rush=3.0), 0, 720, 120), 0, days, 720, 1e6)
    assert hazard.last_days[1] / hazard.last_days[0] == pytest.approx(3.0, rel=0.15)


def test_the_table_ends_with_its_oldest_age() -> None:
    days = calendar(0, 800)
    hazard = fit_hazard(count(world(3), 0, 720, 50), 0, days, 720, 365)
    assert hazard.at(np.array([51, 200]), days, np.array([730, 730])).tolist() == [0, 0]


def test_competing_chances_by_hand() -> None:
    chance = chance_of_end(np.full((1, 1000), 0.01), np.full((1, 1000), 0.03))
    assert chance[0, -1] == pytest.approx(0.25)
    assert chance[0, 0] == pytest.approx((1 - np.exp(-0.04)) / 4)
    assert chance_of_end(np.zeros((1, 5)), np.ones((1, 5)))[0, -1] == 0


def test_months_of_the_quarter_follow_the_fiscal_year() -> None:
    days = calendar(0, 120)  # January to April 1970
    assert days.of_quarter[[0, 31, 59, 90]].tolist() == [0, 1, 2, 0]
    assert calendar(0, 120, 2).of_quarter[[0, 31, 59, 90]].tolist() == [2, 0, 1, 2]
    assert days.weekday[0] == 3  # a Thursday
    assert days.last_days[[25, 26, 30, 31]].tolist() == [0, 1, 1, 0]


def test_priors_know_luck_from_difference() -> None:
    rng = np.random.default_rng(0)
    expected = np.full(400, 20.0)
    assert prior_strength(rng.poisson(expected).astype(float), expected) > 200
    spread = rng.poisson(expected * rng.gamma(10, 0.1, 400)).astype(float)
    assert prior_strength(spread, expected) == pytest.approx(10, rel=0.35)
    draws = ratio_draws(rng, np.array([0.0, 40.0]), np.array([20.0, 20.0]), 10.0, 4000)
    assert draws.mean(axis=1) == pytest.approx([10 / 30, 50 / 30], rel=0.05)


def test_weeks_are_drawn_together_and_parts_of_weeks_count_in_part() -> None:
    weeks = np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0], [5.0, 0.0, 0.0], [7.0, 7.0, 7.0]])
    picks = np.random.default_rng(0).random((3, 500))
    total = week_draws(picks, weeks, np.array([3, 3, 1, 0]), 2.5)
    assert np.allclose(total[1], 10 * total[0])
    assert np.allclose(total[2], 12.5)
    assert not total[3].any()
    assert total[0].mean() == pytest.approx(5.0, rel=0.05)
    mixed = pooled(picks[0] < 0.5, total, -total)
    assert np.allclose(mixed[0] + mixed[1], (mixed[:2]).sum(axis=0))
    factor = shocks(np.random.default_rng(0), 3, 0.2, 0.0, 5000)
    assert np.allclose(factor[0], factor[2])
    assert np.log(factor[0]).std() == pytest.approx(0.2, rel=0.05)
