"""How often are we wrong? One value tells of every kind of prediction and of every card, to those who may know."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from paceline.insight.cards import Card, State
from paceline.judging.record import CALLS, NO_END, Prediction, keep, settle_with
from paceline.judging.record_all import KINDS, track_record
from paceline.judging.record_scores import FEWEST, scores
from paceline.judging.told import Fresh, judge, tell
from paceline.sales.periods import epoch_day, from_epoch_day
from paceline.saying.said import own_words
from paceline.warehouse.engine import Engine

DAY = 86_400
SAID = epoch_day(date(2026, 2, 1))
FIRST, UNTIL = epoch_day(date(2026, 1, 1)), epoch_day(date(2026, 4, 1))


def forecast(name: str, point: float = 100.0) -> Prediction:
    return Prediction("forecast", SAID, "rep", name, "revenue", FIRST, UNTIL, point, point - 50, point + 50)


def call(one: Prediction, point: float, kind: str = CALLS["commit"]) -> Prediction:
    return replace(one, kind=kind, point=point, low=None, high=None)


def test_a_store_that_said_nothing_names_every_kind(duckdb_engine: Engine) -> None:
    found = track_record(duckdb_engine)
    assert tuple(one.kind for one in found.kinds) == KINDS
    assert (found.made, found.settled, found.alarms.told, found.latest) == (0, 0, 0, ())
    assert found.kind("forecast").sentence == "None was made yet."
    with pytest.raises(KeyError, match="there are forecast, commit call"):
        found.kind("guess")


def test_a_reps_own_word_is_held_beside_ours_of_the_same_day(duckdb_engine: Engine) -> None:
    """Everybody ends at 120: our middle of 100 is off by 20, calls of 150 by 30 and never reached, those of 110 by 10."""
    some = [forecast(f"r{number}") for number in range(FEWEST)]
    said = [call(one, 150.0 if number % 3 else 110.0) for number, one in enumerate(some)]
    keep(duckdb_engine, some + said, SAID * DAY)
    settle_with(duckdb_engine, {one.id: 120.0 for one in some + said}, UNTIL * DAY)
    (track,) = track_record(duckdb_engine).kind("commit call").tracks
    assert track.n == FEWEST
    assert track.happened == pytest.approx(1 / 3)
    assert track.mae == pytest.approx((2 * 30 + 10) / 3)
    assert track.mae_to_ours == pytest.approx((2 * 30 + 10) / 3 / 20)
    assert track.sentence == "33% of 30 calls were reached. Their error was 1.17 of our middle's."
    assert scores(duckdb_engine, "commit call") == (track,)


def test_counts_days_and_what_came_last(duckdb_engine: Engine) -> None:
    early, late = forecast("ana"), replace(forecast("bob"), until=UNTIL + 30)
    deal = Prediction("win chance", SAID, "deal", "O1", "win", SAID, NO_END, 0.4)
    keep(duckdb_engine, [early, late, deal], SAID * DAY)
    settle_with(duckdb_engine, {early.id: 90.0}, UNTIL * DAY)
    settle_with(duckdb_engine, {deal.id: 1.0}, (UNTIL + 1) * DAY)
    found = track_record(duckdb_engine)
    kind = found.kind("forecast")
    assert (kind.made, kind.settled, kind.waiting) == (2, 1, 1)
    assert (kind.first, kind.due) == (date(2026, 2, 1), from_epoch_day(UNTIL + 33))
    assert found.kind("win chance").due is None, "a deal ends when it ends"
    assert [one.prediction.name for one in found.latest] == ["O1", "ana"]
    assert [one.prediction.name for one in track_record(duckdb_engine, latest=1).latest] == ["O1"]


def test_who_may_see_one_rep_learns_of_no_other(duckdb_engine: Engine) -> None:
    keep(duckdb_engine, [forecast("ana"), forecast("bob")], SAID * DAY)
    tell(duckdb_engine, [fresh("ana"), fresh("bob")], set(), SAID * DAY)
    found = track_record(duckdb_engine, only={("rep", "ana")})
    assert found.made == 1
    assert found.alarms.told == 1
    assert track_record(duckdb_engine, only=set()).made == 0


def fresh(name: str, better: bool = False) -> Fresh:
    since = from_epoch_day(SAID)
    card = Card(name, "AE", "meetings_held", "count", -1, since, since, since, State.FIRING, False, 10.0, 20.0, (15.0, 25.0),
                10.0, -0.5, 4.0, 0.001, 12.0, (), (), (), own_words("said"))  # fmt: skip
    return Fresh("rep", name, card, better, own_words("fewer meetings"))


def test_alarms_and_praise_are_counted_apart(duckdb_engine: Engine) -> None:
    cards = tell(duckdb_engine, [fresh("ana"), fresh("bob"), fresh("cat", better=True)], set(), SAID * DAY)
    judge(duckdb_engine, cards[0].id, True, "she was ill", SAID * DAY)
    judge(duckdb_engine, cards[1].id, False, "a fair", SAID * DAY)
    found = track_record(duckdb_engine)
    assert (found.alarms.told, found.alarms.confirmed, found.alarms.dismissed) == (2, 1, 1)
    assert (found.praise.told, found.praise.judged) == (1, 0)
    assert [(one.metric, one.verdicts.told) for one in found.cards] == [("meetings_held", 3)]


def test_chances_show_their_reliability_by_level(duckdb_engine: Engine) -> None:
    rng = np.random.default_rng(8)
    some = [
        Prediction("goal chance", SAID, level, f"s{number}", "revenue", FIRST, UNTIL, float(rng.uniform()), target=10.0)
        for number in range(100)
        for level in ("rep", "team")
    ]
    keep(duckdb_engine, some, SAID * DAY)
    settle_with(duckdb_engine, {one.id: float(rng.random() < (one.point or 0)) for one in some}, UNTIL * DAY)
    kind = track_record(duckdb_engine).kind("goal chance")
    assert [(one.level, one.n) for one in kind.tracks] == [(None, 200)]
    assert {one.level: one.n for one in kind.levels} == {"rep": 100, "team": 100}
    assert sum(row.n for row in kind.tracks[0].reliability) == 200
