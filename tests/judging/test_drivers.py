"""Drivers end to end: parts add up to the gap of what is read, and planted changes are named and dated."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from acme.company import SETTINGS
from paceline.judging import drivers_weeks
from paceline.judging.drivers import AGAINST, GOAL, PAST, PEERS, Drivers, DriversError, drivers_of
from paceline.judging.drivers_read import quantities
from paceline.metrics.ask import ask
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from tests.judging.test_people import acme
from tests.judging.watched import UNTIL, watched

QUARTER = Period.containing("quarter", UNTIL - timedelta(days=1), SETTINGS)


@cache
def found(kind: str, metric: str, against: str = PAST) -> Drivers:
    rep, _ = watched().planted(kind)
    return drivers_of(watched().store, metric, QUARTER, Scope.rep(rep), against)


@pytest.mark.parametrize("against", AGAINST)
@pytest.mark.parametrize(("kind", "metric"), [("meetings_drop", "revenue"), ("replies_halve", "pipeline_generated")])
def test_parts_add_up_to_the_gap_of_what_is_read(kind: str, metric: str, against: str) -> None:
    made = found(kind, metric, against)
    split = made.split
    read = ask(watched().store, metric, Scope.rep(watched().planted(kind)[0]), QUARTER).only().value
    assert split.here == pytest.approx(read)
    assert sum(one.part for one in split.leaves) == pytest.approx(split.gap)
    assert sum(one.part for one in split.top) == pytest.approx(split.gap)
    assert all(one.interval is not None and one.interval[0] <= one.interval[1] for one in split.drivers)


def test_a_planted_drop_of_meetings_is_dated_to_its_weeks() -> None:
    _, since = watched().planted("meetings_drop")
    turned = {one.turn.driver: one for one in found("meetings_drop", "revenue").turns}
    assert abs((turned["meetings"].week - since).days) <= 14
    assert (turned["meetings"].turn.change or 0) < -0.3
    assert "chance alone" in turned["meetings"].sentence
    assert found("meetings_drop", "revenue", PEERS).look[0].startswith("paceline explain ")


def test_the_question_is_of_whom_and_when_the_gap_is() -> None:
    day = QUARTER.until - timedelta(days=10)
    made = drivers_of(watched().store, "revenue", QUARTER, Scope.company(), as_of=day)
    assert "role AE" in made.notes[0]
    assert made.look
    assert all('--role "AE" --period' in one and one.endswith(f"--as-of {day}") for one in made.look)


def test_halved_replies_are_a_named_driver_below_the_past_and_the_peers() -> None:
    for against in (PAST, PEERS):
        made = found("replies_halve", "pipeline_generated", against)
        (responses,) = [one for one in made.split.leaves if one.name == "responses per contact"]
        assert responses.named
        assert responses.part < 0
        assert responses in made.named


def test_everybodys_weeks_are_read_once_for_whoever_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    store = watched().store
    asked: list[date | None] = []

    def read(*words: Any) -> Any:
        asked.append(words[-1])
        return quantities(*words)

    monkeypatch.setattr(drivers_weeks, "quantities", read)
    store.refresh(store.now)
    whose = (Scope.rep(watched().planted("meetings_drop")[0]), Scope.team("Team 1"))
    turns = [drivers_of(store, "revenue", QUARTER, scope).turns for scope in whose]
    assert turns[0] != turns[1]
    assert len(asked) == 1


def test_a_team_is_held_against_its_past_and_its_goal_and_told_whose_result_it_is() -> None:
    made = drivers_of(watched().store, "revenue", QUARTER, Scope.team("Team 1"), GOAL)
    assert "the goal of" in made.reference
    assert any("role AE" in note for note in made.notes)
    assert sum(one.part for one in made.split.leaves) == pytest.approx(made.split.gap)


def test_what_cannot_be_split_is_told() -> None:
    store = acme()
    quarter = Period.containing("quarter", date(2026, 1, 1), SETTINGS)
    cases = (
        ("revenue", quarter, "ana", GOAL, "neither the own past nor peers"),
        ("win_rate", quarter, "ana", PAST, "there is a tree for"),
        ("revenue", quarter.after().after(), "ana", PAST, "hasn't begun"),
        ("revenue", quarter, "ana", PEERS, "1 peers of the same role, it takes 3"),
        ("revenue", quarter.after(), "bob", GOAL, "no goal for revenue"),
        ("revenue", quarter, "ana", "moon", "a gap is one to"),
    )
    for metric, period, rep, against, words in cases:
        with pytest.raises(DriversError, match=words):
            drivers_of(store, metric, period, Scope.rep(rep), against)


def test_every_role_that_brings_the_result_is_looked_at_and_no_other() -> None:
    """SDRs have no revenue: their activity waters nothing down. Pipeline is sourced by both roles: all of it is split."""
    made = drivers_of(watched().store, "revenue", QUARTER, Scope.company())
    assert made.notes[0] == "Only those in the role AE are looked at: it is their result."
    sourced = drivers_of(watched().store, "pipeline_generated", QUARTER, Scope.company())
    reps = ask(watched().store, "pipeline_generated", Scope.company(), QUARTER, ("rep",), mean_of_reps=False)
    known = sum(one.value or 0.0 for one in reps if dict(one.group)["rep"])
    assert sourced.split.here == pytest.approx(known)


def test_turns_are_told_with_their_unit() -> None:
    (turn,) = [one for one in found("meetings_drop", "revenue").turns if one.turn.driver == "meetings"]
    assert " per person and working day (−" in turn.sentence


def test_questions_are_asked_of_metrics_that_have_a_value_alone() -> None:
    made = found("meetings_drop", "revenue", PEERS)
    assert made.look
    for one in made.look:
        slug = one.split()[2]
        assert ask(watched().store, slug, Scope.company(), QUARTER).only().value is not None
