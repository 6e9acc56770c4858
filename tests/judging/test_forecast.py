"""The forecast of a store: it agrees with readings, adds up, knows goals and calls, and says so where nothing is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest

from paceline.facts.build import build
from paceline.judging import forecast as forecast_of
from paceline.judging.forecast import ForecastError, Foresight, foresee
from paceline.judging.forecast_lines import deal_predictions, predictions
from paceline.judging.pipeline import Pipeline
from paceline.judging.record import keep, kept, settle
from paceline.judging.record_scores import scores
from paceline.judging.winchance import Chances, win_chances
from paceline.metrics.ask import ask
from paceline.metrics.store import Store
from paceline.sales.periods import Period, epoch_day, from_epoch_day, parse
from paceline.sales.scope import Scope
from paceline.warehouse.engine import Engine
from paceline.warehouse.engines.duckdb import open_duckdb
from paceline.warehouse.store import create_store
from tests.judging.deal_world import DAY, FIRST, SETTINGS, World, store_of, world

DAYS = 500
TODAY = from_epoch_day(FIRST + DAYS - 1)  # 12 November 2025
QUARTER = parse("this_quarter", SETTINGS, TODAY)


def aimed(days: int = DAYS) -> World:
    """The company of deals with goals, and what Ann called."""
    made = world(days)
    first, until = QUARTER.first_day, QUARTER.until_day
    for rep, target in (("ann", 90_000.0), ("bob", 50_000.0)):
        made.add("goal", id=f"g-{rep}", rep_id=rep, metric="revenue", from_day=first, until_day=until, target=target)
    made.add("goal", id="g-south", team="South", metric="revenue", from_day=first, until_day=until, target=200_000.0)
    for number, (category, cents, day) in enumerate(
        (("commit", 5_000_000, 1), ("commit", 6_000_000, 20), ("best_case", 9_000_000, 20))
    ):
        made.add("forecast_call", id=f"f{number}", rep_id="ann", from_day=first, until_day=until, category=category,
                 amount_cents=cents, currency="EUR", submitted_at=(first + day) * DAY)  # fmt: skip
    return made


@pytest.fixture(scope="module")
def company() -> Iterator[Store]:
    engine = open_duckdb()
    yield store_of(engine, aimed(), DAYS)
    engine.close()


@pytest.fixture(scope="module")
def seen(company: Store) -> Foresight:
    return foresee(company, "revenue", QUARTER, Scope.company(), draws=400)


def test_so_far_is_what_the_metric_reads(company: Store, seen: Foresight) -> None:
    whole = ask(company, "revenue", Scope.company(), QUARTER).only()
    assert seen.line("company").so_far == whole.value
    for level in ("team", "rep"):
        for reading in ask(company, "revenue", Scope.company(), QUARTER, (level,)):
            assert seen.line(level, dict(reading.group)[level] or "").so_far == reading.value


def test_reps_add_up_to_teams_and_the_company(seen: Foresight) -> None:
    looks = {(line.level, line.id): line.outlook for line in seen.lines}
    draws = {key: look.draws for key, look in looks.items() if look is not None}
    reps = sum(values for (level, _), values in draws.items() if level == "rep")
    assert np.allclose(draws["company", ""], reps)
    assert np.allclose(draws["team", "North"], draws["rep", "ann"] + draws["rep", "bob"])
    line = seen.line("company")
    assert (line.open_deals or 0) + (line.stale_deals or 0) == len(seen.deals)
    assert " won + " in line.sentence
    assert "EUR" in line.sentence


def test_goals_are_held_against_the_draws(seen: Foresight) -> None:
    ann, south = seen.line("rep", "ann"), seen.line("team", "South")
    assert ann.goal == 90_000
    assert ann.outlook is not None
    assert ann.chance == (ann.outlook.draws >= 90_000).mean()
    assert "likely to reach the goal of 90,000 EUR" in ann.goal_sentence
    assert (seen.line("team", "North").goal, south.goal, seen.line("company").goal) == (140_000, 200_000, 340_000)
    assert seen.line("rep", "cat").goal is None
    assert seen.line("rep", "cat").chance is None
    assert seen.line("rep", "cat").goal_sentence == ""


def test_the_latest_call_stands_beside(seen: Foresight) -> None:
    ann = seen.line("rep", "ann")
    assert (ann.said("commit"), ann.said("best_case"), ann.said("pipeline")) == (60_000, 90_000, None)
    assert seen.line("company").said("commit") == 60_000
    assert seen.line("rep", "bob").said("commit") is None


def test_a_past_day_knows_the_call_of_then(company: Store) -> None:
    day = QUARTER.first_day + 10
    earlier = Store(company.engine, company.settings, (day + 1) * DAY - 1)
    then = foresee(earlier, "revenue", QUARTER, Scope.company(), draws=100)
    assert then.line("rep", "ann").said("commit") == 50_000
    assert then.now == day + 1
    assert then.line("company").so_far == ask(earlier, "revenue", Scope.company(), QUARTER).only().value
    midday = Store(company.engine, company.settings, day * DAY + 12 * 3600)
    assert foresee(midday, "revenue", QUARTER, Scope.company(), draws=50).now == day, "a day that isn't over is still to come"


def test_scopes_have_their_own_line(company: Store, seen: Foresight) -> None:
    north = foresee(company, "revenue", QUARTER, Scope.team("North"), draws=400)
    assert [line.level for line in north.lines] == ["scope", "team", "rep", "rep"]
    assert north.line("scope").outlook is not None
    assert np.allclose(north.lines[0].outlook.draws, seen.line("team", "North").outlook.draws)  # type: ignore[union-attr]
    assert {deal.rep_id for deal in north.deals} <= {"ann", "bob"}
    ann = foresee(company, "revenue", QUARTER, Scope.rep("ann"), draws=100)
    assert [line.level for line in ann.lines] == ["scope", "rep"]
    assert ann.lines[0].goal == 90_000


def test_wins_and_other_sums_are_foretold(company: Store) -> None:
    wins = foresee(company, "sales_volume", QUARTER, Scope.company(), draws=300).line("company")
    assert wins.outlook is not None
    assert wins.outlook.draws.min() >= (wins.so_far or 0)
    made = foresee(company, "pipeline_generated", QUARTER, Scope.company(), draws=300)
    line = made.line("company")
    assert line.outlook is not None
    assert line.outlook.interval[0] > (line.so_far or 0)
    assert made.deals == ()
    assert line.open_deals is None
    assert "so far" in line.sentence
    for slug in ("win_rate", "accounts_touched", "average_opportunity_age"):
        with pytest.raises(ForecastError, match="can't be foretold"):
            foresee(company, slug, QUARTER, Scope.company())


def test_periods_over_ahead_and_too_far(company: Store) -> None:
    over = foresee(company, "revenue", QUARTER.before(), Scope.company(), draws=50).line("company")
    assert over.outlook is not None
    assert over.outlook.interval == (over.so_far, over.so_far)
    assert "the period is over" in over.sentence
    ahead = foresee(company, "revenue", QUARTER.after(), Scope.company(), draws=400).line("company")
    assert ahead.so_far == 0
    assert ahead.outlook is not None
    usual = [
        ask(company, "revenue", Scope.company(), period).only().value or 0
        for period in (QUARTER.before(), QUARTER.before().before())
    ]
    assert 0.4 * np.mean(usual) < ahead.outlook.middle < 2 * np.mean(usual)
    with pytest.raises(ForecastError, match="more than a year ahead"):
        foresee(company, "revenue", Period.between(date(2028, 1, 1), date(2028, 4, 1)), Scope.company())


def test_the_same_question_has_the_same_answer(company: Store) -> None:
    one = foresee(company, "revenue", QUARTER, Scope.company(), draws=100).lines[0].sentence
    company.refresh(company.now)  # else what is kept would be compared with itself
    assert foresee(company, "revenue", QUARTER, Scope.company(), draws=100).lines[0].sentence == one


def test_chances_are_learned_once_for_all_scopes_and_results(company: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    company.refresh(company.now)
    learned: list[int] = []

    def learn(pipeline: Pipeline, now: int) -> Chances:
        learned.append(now)
        return win_chances(pipeline, now)

    monkeypatch.setattr(forecast_of, "win_chances", learn)
    for scope in (Scope.company(), Scope.team("South"), Scope.rep("ann")):
        for metric in ("revenue", "sales_volume"):
            foresee(company, metric, QUARTER, scope)
    assert len(learned) == 1


def test_of_many_periods_asked_only_the_latest_are_kept(company: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    company.refresh(company.now)
    monkeypatch.setattr(forecast_of, "MOST_KEPT", 2)
    for draws in (20, 21, 22, 23):
        foresee(company, "sales_volume", QUARTER, Scope.company(), draws=draws)
    kept: dict[tuple[str, Period, int], object] = company.view().once("to come", dict)
    assert [draws for _, _, draws in kept] == [22, 23]


def test_what_is_said_today_is_scored_when_the_quarter_is_over(seen: Foresight) -> None:
    engine = open_duckdb()
    early = store_of(engine, aimed(), DAYS)
    day = epoch_day(seen.as_of)
    said = predictions(seen.lines, seen.period, day)
    assert {(one.kind, one.level) for one in said} == {
        ("forecast", "company"), ("forecast", "team"), ("forecast", "rep"), ("goal chance", "company"), ("goal chance", "team"),
        ("goal chance", "rep"), ("commit call", "rep"), ("best case call", "rep"),
    }  # fmt: skip
    assert seen.chances is not None
    assert keep(engine, said + deal_predictions(seen.chances.of_deal, day), early.now) >= len(said)
    assert settle(early, early.now) == 0
    engine.close()
    engine = open_duckdb()
    late = store_of(engine, aimed(DAYS + 60), DAYS + 60)
    keep(engine, said + deal_predictions(seen.chances.of_deal, day), early.now)
    settle(late, late.now)
    came = {(one.prediction.kind, one.prediction.level, one.prediction.name): one.actual for one in kept(engine)}
    assert came["forecast", "rep", "ann"] == ask(late, "revenue", Scope.rep("ann"), QUARTER).only().value
    assert came["goal chance", "rep", "ann"] in (0.0, 1.0)
    assert came["commit call", "rep", "ann"] == came["best case call", "rep", "ann"] == came["forecast", "rep", "ann"]
    assert all("oo few" in one.sentence for one in scores(engine) if one.kind == "forecast")
    engine.close()


@pytest.mark.parametrize("days", [1, 20])
def test_a_young_company_is_told_what_is_missing(days: int) -> None:
    engine = open_duckdb()
    store = store_of(engine, world(days), days)
    made = foresee(store, "revenue", parse("this_quarter", SETTINGS, store.view().day), Scope.company(), draws=50)
    line = made.line("company")
    if line.outlook is None:
        assert line.none_because is not None
        assert "nothing to learn from" in line.none_because
        assert line.sentence.startswith("No forecast, because")
    else:
        assert any("too short" in note for note in made.notes)
    engine.close()


def test_a_count_that_nobody_has_is_unknown(company: Store) -> None:
    line = foresee(company, "emails_sent", QUARTER, Scope.company(), draws=50).line("company")
    assert line.outlook is None
    assert line.so_far is None


def test_nobody_and_nothing(duckdb_engine: Engine) -> None:
    create_store(duckdb_engine)
    build(duckdb_engine, SETTINGS)
    store = Store(duckdb_engine, SETTINGS, 20_000 * DAY - 1)
    made = foresee(store, "revenue", parse("this_month", SETTINGS, store.view().day), Scope.company())
    assert [line.level for line in made.lines] == ["company"]
    assert made.line("company").outlook is None
    assert "there was no opportunity" in (made.line("company").none_because or "")
    assert made.deals == ()


def test_one_rep_whose_deals_are_all_open(duckdb_engine: Engine) -> None:
    made = world(60, reps=("ann",))
    made.rows["opportunity_change"] = []
    for deal in made.rows["opportunity"]:
        deal["stage_id"] = "new"
    store = store_of(duckdb_engine, made, 60)
    seen = foresee(store, "revenue", parse("this_quarter", SETTINGS, store.view().day), Scope.company(), draws=50)
    assert seen.line("company").outlook is None
    assert "no opportunity was closed" in seen.line("company").sentence
