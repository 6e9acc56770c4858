"""What was said is kept as it was said, once, and scored when the outcome is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from acme import company as acme
from paceline.facts.build import build
from paceline.judging.forecast import foresee
from paceline.judging.record import NO_END, Baselines, Prediction, keep, kept, settle, settle_with, summary
from paceline.judging.record_scores import FEWEST, scores, track
from paceline.metrics.ask import ask
from paceline.metrics.store import Store
from paceline.sales.periods import parse
from paceline.sales.scope import Scope
from paceline.sales.settings import Settings
from paceline.warehouse.engine import Engine
from paceline.warehouse.load import load
from paceline.warehouse.store import create_store

DAY = 86_400
FIRST, UNTIL = acme.day("2026-01-01"), acme.day("2026-04-01")
SAID = acme.day("2026-02-01")
DRAWS = np.random.default_rng(1).normal(30_000, 8_000, 2000)


def said(name: str = "ana", **changes: object) -> Prediction:
    one = Prediction(
        "forecast", SAID, "rep", name, "revenue", FIRST, UNTIL, 30_000.0, 20_000.0, 40_000.0, quantiles=summary(DRAWS),
        baselines=Baselines(25_000.0, 10_000.0, 60_000.0, summary(DRAWS + 9_000)), said="30k",
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


def deal_said(name: str, chance: float) -> Prediction:
    return Prediction("win chance", SAID, "deal", name, "win", SAID, NO_END, chance)


def store(engine: Engine, day: int) -> Store:
    now = day * DAY - 1
    create_store(engine)
    load(engine, acme.records(), "acme", now)
    build(engine, acme.SETTINGS)
    return Store(engine, acme.SETTINGS, now)


def test_what_is_said_twice_is_kept_once_and_never_rewritten(engine: Engine) -> None:
    assert keep(engine, [said(), said("bob")], SAID * DAY + 60) == 2
    assert keep(engine, [said(point=1.0, said="other"), said("cat")], SAID * DAY + 120) == 1
    assert {(one.prediction.name, one.prediction.point, one.made_at % DAY) for one in kept(engine)} == {
        ("ana", 30_000.0, 60),
        ("bob", 30_000.0, 60),
        ("cat", 30_000.0, 120),
    }
    assert keep(engine, [said(as_of=SAID + 1)], (SAID + 1) * DAY) == 1
    again = next(one.prediction for one in kept(engine) if one.prediction.name == "ana")
    assert again.baselines.own_average == 25_000.0
    assert again.baselines.own_weeks == pytest.approx(said().baselines.own_weeks, rel=1e-5)
    assert again.quantiles == pytest.approx(said().quantiles, rel=1e-5)
    assert again.id == said().id


def test_hindsight_is_not_kept(duckdb_engine: Engine) -> None:
    assert keep(duckdb_engine, [said()], (SAID + 2) * DAY) == 0
    assert keep(duckdb_engine, [said(as_of=UNTIL, until=UNTIL)], UNTIL * DAY) == 0
    assert kept(duckdb_engine) == ()


def test_outcomes_are_those_of_the_metrics(duckdb_engine: Engine) -> None:
    """Acme's first quarter: Ana won O1 and O4, of which a part is Bob's: 24,000; Bob O3 (8,000 EUR) and O5, too."""
    engine = duckdb_engine
    asked = store(engine, acme.day("2026-04-10"))
    deals = [deal_said(name, 0.4) for name in ("O1", "O2", "O9")]
    goal = replace(said(), kind="goal chance", point=0.7, target=30_000.0, low=None, high=None, quantiles=())
    keep(engine, [said(), said("", level="company"), goal, *deals, said("nobody")], SAID * DAY)
    early = Store(engine, acme.SETTINGS, acme.day("2026-03-01") * DAY - 1)
    assert settle(early, early.now) == 1, "O1 was won on 20 February; the quarter isn't over, O2 not lost yet"
    assert settle(asked, acme.day("2026-04-10") * DAY) > 0
    assert settle(asked, acme.day("2026-04-10") * DAY) == 0
    came = {(one.prediction.kind, one.prediction.name): one for one in kept(engine)}
    assert came["forecast", "ana"].actual == 24_000
    assert came["forecast", "ana"].inside is True
    assert came["goal chance", "ana"].actual == 0
    assert came["win chance", "O1"].actual == 1
    assert came["win chance", "O2"].actual == 0
    assert came["win chance", "O9"].actual is None
    assert came["forecast", "nobody"].actual is None
    assert (came["forecast", ""].actual or 0) > 24_000


def test_a_confirmed_signal_counts(duckdb_engine: Engine) -> None:
    cards = [said(f"r{which}", kind="signal", low=None, high=None, quantiles=()) for which in range(FEWEST)]
    keep(duckdb_engine, cards, SAID * DAY)
    outcomes = {one.id: float(which % 3 > 0) for which, one in enumerate(cards)}
    assert settle_with(duckdb_engine, {**outcomes, "unknown": 1.0}, SAID * DAY) == FEWEST
    assert settle_with(duckdb_engine, dict.fromkeys(outcomes, 0.0), SAID * DAY) == 0
    (one,) = scores(duckdb_engine)
    assert one.happened == pytest.approx(20 / 30)
    assert "67% of 30 were confirmed" in one.sentence


def test_scores_are_those_of_what_was_said(duckdb_engine: Engine) -> None:
    """Outcomes drawn from the very distribution that was said: eight in ten inside, and better than a shifted one."""
    rng = np.random.default_rng(3)
    low, high = np.quantile(DRAWS, [0.1, 0.9])
    some = [said(f"r{which}", low=float(low), high=float(high)) for which in range(400)]
    keep(duckdb_engine, some, SAID * DAY)
    settle_with(duckdb_engine, {one.id: float(rng.choice(DRAWS)) for one in some}, UNTIL * DAY)
    (one,) = scores(duckdb_engine, "forecast")
    assert one.n == 400
    assert one.coverage == pytest.approx(0.8, abs=0.05)
    assert (one.crps_to_own_weeks or 9) < 0.85
    assert (one.mae_to_weighted_pipeline or 9) < 0.3
    assert (one.mae_to_last_period or 9) < 0.5
    assert one.sentence.startswith("Said 80%, were ")


def test_too_few_outcomes_say_so_and_one_outcome_counts_once(duckdb_engine: Engine) -> None:
    daily = [said(as_of=SAID + day) for day in range(40)]
    for one in daily:
        keep(duckdb_engine, [one], one.as_of * DAY)
    settle_with(duckdb_engine, {one.id: 30_000.0 for one in daily}, UNTIL * DAY)
    (found,) = scores(duckdb_engine)
    assert (found.n, found.coverage, found.enough) == (1, None, False)
    assert found.sentence == "Too few to say how often we are wrong: 1 outcome is known yet, it takes 30."
    assert track([], "forecast").sentence.startswith("Too few")
    assert scores(duckdb_engine, "ramp") == ()


def test_chances_have_a_reliability_table(duckdb_engine: Engine) -> None:
    rng = np.random.default_rng(4)
    chance = rng.uniform(0.05, 0.95, 500)
    some = [deal_said(f"d{which}", float(p)) for which, p in enumerate(chance)]
    keep(duckdb_engine, some, SAID * DAY)
    settle_with(duckdb_engine, {one.id: float(rng.random() < p) for one, p in zip(some, chance, strict=True)}, UNTIL * DAY)
    (one,) = scores(duckdb_engine)
    assert len(one.reliability) == 10
    assert all(abs(row.said - row.happened) < 0.25 for row in one.reliability)
    assert (one.brier or 9) < (one.base_brier or 0)


def test_a_store_without_predictions_has_no_record(duckdb_engine: Engine) -> None:
    assert scores(duckdb_engine) == ()
    create_store(duckdb_engine)
    build(duckdb_engine, Settings())
    assert settle(Store(duckdb_engine, Settings(), DAY), DAY) == 0


def test_acme_has_splits_and_its_forecast_says_so(duckdb_engine: Engine) -> None:
    asked = store(duckdb_engine, acme.day("2026-03-22"))
    made = foresee(asked, "revenue", parse("2026-Q1", acme.SETTINGS, date(2026, 3, 21)), Scope.company(), draws=50)
    ana = made.line("rep", "ana")
    assert ana.so_far == ask(asked, "revenue", Scope.rep("ana"), made.period).only().value == 24_000
    assert ana.goal == 30_000
    assert ana.said("commit") == 26_000
    assert any("splits" in note for note in made.notes)
    assert any("too short to replay" in note for note in made.notes)
    assert made.line("company").outlook is not None
