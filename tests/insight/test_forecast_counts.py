"""Ranges of counts hold as often as they say, of reps, of teams and of all together, in small companies where much changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from paceline.insight.backtest import Cut, score
from paceline.insight.backtest_counts import MEASURE, replay_counts
from paceline.insight.forecast_counts import WEEKS, CountLine, OpenDays, forecast_counts
from paceline.insight.forecast_pace import Weeks, learn_pace, measure_shocks

Floats = npt.NDArray[np.float64]
DAYS, FIRST = 560, 20_000
SHARED = 0.12  # spread (log) of what a stretch of weeks does to all


def open_days(reps: int, closed: tuple[int, int] = (0, 0)) -> OpenDays:
    """Five days of seven, a holiday now and then, and closed altogether from the one day of the world up to the other."""
    days = ((np.arange(-400, DAYS) % 7 < 5) & (np.arange(-400, DAYS) % 41 != 0)).astype(np.float64)
    days[closed[0] + 400 : closed[1] + 400] = 0.0
    return OpenDays(FIRST - 400, {f"r{rep}": days for rep in range(reps)})


def world(seed: int, reps: int = 10, pace: float = 0.7, shared: float = SHARED) -> Mapping[str, list[Any]]:
    """Daily counts of reps of two teams: levels differ, drift, and are pushed by what six weeks do to all; people are away."""
    rng = np.random.default_rng([seed, 77])
    day = np.arange(DAYS)
    common = np.repeat(rng.normal(0, shared, DAYS // 42 + 1), 42)[:DAYS]
    own = np.cumsum(rng.normal(0, 0.03, (reps, DAYS // 7 + 1)), axis=1)[:, day // 7] + rng.normal(0, 0.3, (reps, 1))
    mean = pace * np.exp(common + own) * open_days(1).of_rep["r0"][400:]
    for rep in range(reps):
        for start in rng.integers(0, DAYS, 6).tolist():
            mean[rep, start : start + 8] = 0.0
    counts = rng.poisson(mean)
    who, at = np.nonzero(counts)
    return {
        "rep_id": [f"r{one}" for one in who], "team": [f"t{one % 2}" for one in who], "day": (FIRST + at).tolist(),
        "value": counts[who, at].tolist(),
    }  # fmt: skip


@pytest.mark.parametrize("length", [30, 91])
def test_ranges_hold_for_reps_teams_and_all(length: int) -> None:
    replays = []
    for seed in range(30):
        for now in (260, 400):
            cut = Cut("some", FIRST + now, FIRST + now, FIRST + now + length)
            replays.append(replay_counts(world(seed), cut, np.random.default_rng(seed), 300, open_days(10)))
    found = {one.level: one for one in score(replays, (MEASURE,))}
    assert found["rep"].n == 600
    for level, least, most in (("rep", 0.76, 0.84), ("team", 0.74, 0.88), ("company", 0.70, 0.90)):
        assert least <= found[level].coverage <= most, (level, found[level].coverage)
        assert found[level].crps_to_bootstrap < 1.0


def test_what_people_have_in_common_is_learnt_from_history_and_believed_without_one() -> None:
    def common(shared: float, weeks: int) -> list[float]:
        found = []
        for seed in range(12):
            rng = np.random.default_rng([seed, 5])
            shock = np.repeat(rng.normal(0, shared, weeks // 4 + 1), 4)[:weeks]
            amounts = rng.poisson(4 * np.exp(shock), (8, weeks)).astype(np.float64)
            days = np.full((8, weeks), 5.0)
            past = Weeks(amounts, days, days, np.ones((8, weeks), dtype=np.bool_))
            found.append(measure_shocks(past, np.arange(8) % 2, 4, learn_pace(past)).common)
        return found

    calm, moved, young = common(0.0, WEEKS), common(0.3, WEEKS), common(0.3, 10)
    assert np.mean(calm) < 0.07
    assert np.mean(moved) == pytest.approx(0.3, abs=0.08)
    assert young == [pytest.approx(0.10)] * 12, "nothing could be measured: what is believed before counts"


def test_closed_days_count_nothing_and_open_ones_make_up_for_them() -> None:
    columns = world(3, shared=0.0)

    def middle(closed: tuple[int, int], first: int = 400, until: int = 430) -> float:
        rng = np.random.default_rng(1)
        lines = forecast_counts(columns, FIRST + 400, FIRST + first, FIRST + until, rng, 800, open_days(10, closed))
        return company(lines).outlook.middle

    usual = middle((0, 0))
    assert middle((415, 430)) == pytest.approx(usual / 2, rel=0.12)
    assert middle((400, 430)) == 0
    assert middle((0, 0), 415, 430) == pytest.approx(usual / 2, rel=0.12), "days before the period don't count"
    with pytest.raises(ValueError, match="open days are known on"):
        middle((0, 0), 400, DAYS + 1)


def test_who_is_away_counts_nothing_until_the_day_of_return() -> None:
    columns = world(3, shared=0.0)
    before = [at for at, day in enumerate(columns["day"]) if columns["rep_id"][at] != "r4" or day < FIRST + 330]
    columns = {name: [values[at] for at in before] for name, values in columns.items()}
    usual = open_days(10)
    worked = {rep: days.copy() for rep, days in usual.of_rep.items()}
    worked["r4"][330 + 400 : 415 + 400] = 0.0  # away for twelve weeks, back in the middle of the month
    worked["r5"][405 + 400 : 430 + 400] = 0.0  # begins later: nobody knows of it

    def middle(rep: str, days: OpenDays) -> float:
        lines = forecast_counts(columns, FIRST + 400, FIRST + 400, FIRST + 430, np.random.default_rng(1), 2000, days)
        return next(line.outlook.middle for line in lines if (line.level, line.name) == ("rep", rep))

    told = OpenDays(usual.first, usual.of_rep, worked)
    month = 30 / 330 * sum(value for rep, value in zip(columns["rep_id"], columns["value"], strict=True) if rep == "r4")
    assert middle("r4", told) == pytest.approx(month / 2, rel=0.35)
    assert middle("r4", usual) > 1.2 * middle("r4", told), "the calendar alone says that it is half a month"
    assert middle("r5", told) == pytest.approx(middle("r5", usual), rel=0.15)
    worked["r4"][330 + 400 : 431 + 400] = 0.0
    assert middle("r4", told) == 0


def test_who_has_left_is_not_replayed() -> None:
    columns, cut = world(4), Cut("some", FIRST + 300, FIRST + 300, FIRST + 330)
    rng = np.random.default_rng(1)
    there = replay_counts(columns, cut, rng, 50, open_days(10), {"r2": FIRST + 300, "r3": FIRST + 301})
    assert there.reps == ("r0", "r1", "r3", "r4", "r5", "r6", "r7", "r8", "r9")


def company(lines: tuple[CountLine, ...]) -> CountLine:
    return next(line for line in lines if line.level == "company")
