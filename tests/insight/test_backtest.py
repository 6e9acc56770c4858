"""The forecast held against what a company could have without us, on past days: the acceptance figures."""

from __future__ import annotations

import numpy as np
import pytest

from paceline.insight.backtest import Cut, Scores, backtest, cuts, replay
from paceline.insight.pipeline import Opportunities
from paceline.simulation.sizes import SMALL
from tests.insight.forecast_worlds import maven, simulated, steady

UNSEEN = (201, 202, 203)  # seeds of companies that nothing was tuned on


def reps(scores: tuple[Scores, ...], kind: str) -> Scores:
    return next(one for one in scores if (one.kind, one.level, one.measure) == (kind, "rep", "revenue"))


def test_cuts_are_days_whose_end_is_known() -> None:
    known = Opportunities.from_columns(steady())
    for grain in ("month", "quarter"):
        found = cuts(known, grain)
        assert found
        assert all(one.first <= one.now < one.until <= 403 for one in found)
        assert min(one.now for one in found) >= known.opened + 90
    with pytest.raises(ValueError, match="not 'week'"):
        cuts(known, "week")


def test_a_replay_does_not_look_ahead() -> None:
    columns = steady()
    cut = Cut("month, start", 300, 300, 330)
    one = replay(Opportunities.from_columns(columns), cut, np.random.default_rng(1), 100)
    kept = [row for row, day in enumerate(columns["created_day"]) if day < 300]
    past = {name: [values[row] for row in kept] for name, values in columns.items()}
    past["won"] = [won and end < 300 for won, end in zip(past["won"], past["closed_day"], strict=True)]
    past["amount_cents"] = [
        None if end is None or end >= 300 else cents for cents, end in zip(past["amount_cents"], past["closed_day"], strict=True)
    ]
    past["closed_day"] = [None if end is None or end >= 300 else end for end in past["closed_day"]]
    two = replay(Opportunities.from_columns(past), cut, np.random.default_rng(1), 100)
    for name in ("draws", "bootstrap", "average", "last", "weighted"):
        assert np.array_equal(getattr(one, name)["revenue"], getattr(two, name)["revenue"])
    assert two.actual["revenue"].sum() == 0 < one.actual["revenue"].sum()


def test_maven_months() -> None:
    known = maven()
    score = reps(backtest(known, cuts(known, "month"), np.random.default_rng(1), 500), "month")
    assert score.n == 420
    assert 0.76 <= score.coverage <= 0.84
    assert score.crps_to_bootstrap <= 0.90
    assert score.mae_to_average <= 0.90
    assert score.mae_to_last_period <= 0.75
    assert score.mae_to_weighted_pipeline <= 0.20


def test_maven_quarters() -> None:
    known = maven()
    scores = backtest(known, cuts(known, "quarter"), np.random.default_rng(1), 500)
    score, start = reps(scores, "quarter"), reps(scores, "quarter, start")
    assert 0.76 <= score.coverage <= 0.84
    assert score.crps_to_bootstrap <= 0.90
    assert start.crps_to_bootstrap <= 0.90
    assert start.mae_to_average <= 0.90
    assert score.mae_to_average <= 0.92  # measured 0.90 with the cuts within quarters: on the edge
    assert score.mae_to_weighted_pipeline <= 0.40


@pytest.mark.slow
def test_simulated_companies_not_tuned_on() -> None:
    found: list[tuple[Scores, Scores]] = []
    for seed in UNSEEN:
        known = simulated(SMALL, seed)
        late = [[cut for cut in cuts(known, grain) if cut.now >= 20_270] for grain in ("month", "quarter")]
        month = backtest(known, late[0][::3], np.random.default_rng(1), 400)
        quarter = backtest(known, late[1][::2], np.random.default_rng(1), 400)
        found.append((reps(month, "month"), reps(quarter, "quarter")))
    for which in (0, 1):
        some = [pair[which] for pair in found]
        n = [one.n for one in some]
        assert all(0.74 <= one.coverage <= 0.88 for one in some)
        assert 0.76 <= np.average([one.coverage for one in some], weights=n) <= 0.84
        assert np.average([one.crps_to_bootstrap for one in some], weights=n) <= 0.90
        assert np.average([one.mae_to_average for one in some], weights=n) <= 0.90
