"""The chance to win shows itself only where it can be trusted, and fields that know the outcome are found."""

from __future__ import annotations

from typing import Any

import numpy as np

from paceline.insight.leaks import audit, usable
from paceline.insight.pipeline import NEVER
from paceline.insight.winchance import Deals, beyond_luck, fit_win_chance
from paceline.stats.scores import reliability
from tests.insight.forecast_worlds import maven_columns

NOW = 560


def deals(effect: float, drift: float = 0.0, seed: int = 3, n: int = 4000) -> Deals:
    rng = np.random.default_rng(seed)
    created = rng.integers(0, 500, n)
    source = rng.choice(["web", "fair", "cold"], n)
    amount = np.round(rng.lognormal(9, 1, n), 2)
    closed = created + rng.integers(1, 80, n)
    late = closed >= NOW - 91
    odds = -0.4 + effect * ((source == "web") * 1.2 - (source == "cold") * 0.8 - 0.5 * (np.log(amount) - 9)) - drift * late
    won = rng.random(n) < 1 / (1 + np.exp(-odds))
    table: dict[str, Any] = {
        "opportunity_id": [str(i) for i in range(n)],
        "created_day": created,
        "closed_day": closed,
        "won": won,
    }
    return Deals.from_columns({**table, "source": source.tolist(), "amount": amount.tolist()}, ["source", "amount"])


def test_a_model_that_proves_itself_is_used_with_reasons() -> None:
    some = deals(1.0)
    learnt = fit_win_chance(some, NOW)
    assert learnt.mode == "model"
    assert learnt.trial is not None
    assert learnt.trial.error <= 0.03
    assert learnt.trial.auc > 0.65
    assert sum(row.n for row in learnt.trial.table) == learnt.trial.n
    chances = learnt.chances(some.rows(np.arange(300)), NOW)
    web = [one for row, one in enumerate(chances) if some.fields["source"][row] == "web"]
    cold = [one for row, one in enumerate(chances) if some.fields["source"][row] == "cold"]
    assert np.mean([one.chance for one in web]) > np.mean([one.chance for one in cold]) + 0.2
    assert any(word.startswith("source web") and points > 0 for one in web for word, points in one.reasons)
    assert "of 100 deals like this" in web[0].sentence
    lifts = learnt.lifts(some.rows(np.arange(300)), NOW)
    assert min(lifts.values()) < 1 < max(lifts.values())


def test_without_signal_the_base_rate_is_shown() -> None:
    some = deals(0.0)
    learnt = fit_win_chance(some, NOW)
    assert learnt.mode == "base rate"
    assert {one.chance for one in learnt.chances(some.rows(np.arange(20)), NOW)} == {learnt.base}
    assert learnt.lifts(some, NOW) == {}


def test_it_switches_itself_off_when_the_world_moved() -> None:
    some = deals(0.3, drift=1.0)
    learnt = fit_win_chance(some, NOW)
    assert learnt.mode == "off"
    assert "Switched off" in learnt.why
    assert learnt.chances(some, NOW) == ()
    assert fit_win_chance(some.rows(np.arange(50)), NOW).mode == "off"


def test_what_is_shown_is_calibrated_out_of_time() -> None:
    """On 20 companies: what was let through is held against the deals of the weeks after."""
    errors = []
    for seed in range(20, 40):
        some = deals(0.7, seed=seed)
        learnt = fit_win_chance(some, NOW - 60)
        after = some.rows((some.closed >= NOW - 60) & (some.created < NOW - 60))
        if learnt.mode == "model" and len(after.ids) > 100:
            said = np.array([one.chance for one in learnt.chances(after, NOW - 60)])
            errors.append(beyond_luck(reliability(said, after.won)))
    assert len(errors) >= 12
    assert np.median(errors) <= 0.03


def test_later_deals_are_not_looked_at() -> None:
    some = deals(1.0)
    flipped = Deals(some.ids, some.created, some.closed, np.where(some.closed >= 450, ~some.won, some.won), some.fields)
    one, two = fit_win_chance(some, 450), fit_win_chance(flipped, 450)
    assert one.why == two.why
    assert np.array_equal(one.weights, two.weights)


def test_each_kind_of_leak_is_found() -> None:
    some = deals(0.5)
    rng = np.random.default_rng(0)
    n = len(some.ids)
    still = some.created >= 420
    closed = np.where(still, NEVER, some.closed)
    won = some.won & ~still
    rounds = np.where(rng.random(n) < np.where(won, 0.2, 0.6), 5000.0, 5123.5)
    fields = {
        **some.fields,
        "days to close": (some.closed - some.created + 200 * won).tolist(),
        "contract": [None if open_ else "signed" for open_ in still.tolist()],
        "quote": rounds.tolist(),
    }
    mixed = np.where(still & (rng.random(n) < 0.6), NEVER, closed)  # so that some of the late ones are closed
    leaks = audit(Deals(some.ids, some.created, np.where(still & (rng.random(n) < 0.5), some.closed, mixed), won, fields), {
        "source": [int(day) - 1 if row % 5 == 0 else None for row, day in enumerate(some.closed)],
        "amount": [int(day) for day in some.created],
    })  # fmt: skip
    found = {(leak.field, leak.test) for leak in leaks}
    assert ("source", "changed late") in found
    assert ("days to close", "too good") in found
    assert ("quote", "rounded") in found
    assert "amount" not in {leak.field for leak in leaks}
    assert set(usable(some, leaks).fields) == {"amount"}


def test_maven_fills_in_the_account_at_the_close_and_is_not_told_apart() -> None:
    table = Deals.from_columns(maven_columns(), ["rep_id", "size_band", "account"])
    leaks = audit(table)
    assert [(leak.field, leak.test) for leak in leaks] == [("account", "filled at close")]
    learnt = fit_win_chance(usable(table, leaks), 17_501)  # 2017-12-01
    assert learnt.mode != "model"
    assert learnt.trial is not None
    assert 0.45 < learnt.trial.auc < 0.6
