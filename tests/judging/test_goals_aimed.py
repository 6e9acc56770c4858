"""Goals of several people taken together: a team's own goal stands for its people, wherever all of them are meant."""

from __future__ import annotations

import pytest

from paceline.judging.goals_aimed import Aims

HOME = {"ann": "North", "bob": "North", "cat": "South", "dan": "South", "eve": None}
SET = {("rep", "ann"): 90.0, ("rep", "bob"): 50.0, ("rep", "cat"): 70.0, ("team", "South"): 200.0, ("rep", "eve"): 5.0}


@pytest.mark.parametrize(("people", "together"), [
    (["ann", "bob"], 140), (["cat", "dan"], 200), (["cat"], 70), (["dan"], None), (["ann", "cat", "dan"], 290),
    (["ann", "cat"], 160), ([], None),
])
def test_of_some_people(people: list[str], together: float | None) -> None:
    assert Aims(SET, HOME).of_people(people) == together


def test_of_a_team_and_of_the_company() -> None:
    found = Aims(SET, HOME)
    assert (found.of("team", "North"), found.of("team", "South"), found.of("team", "West")) == (140, 200, None)
    assert found.of("company") == 140 + 200 + 5
    assert Aims({**SET, ("company", ""): 400.0}, HOME).of("company") == 400
    assert Aims({}, HOME).of("company") is None


def test_who_left_and_a_team_that_nobody_is_in_count_for_the_company() -> None:
    found = Aims({**SET, ("rep", "gone"): 30.0, ("team", "East"): 60.0}, HOME)
    assert found.of("company") == 140 + 200 + 5 + 30 + 60
    assert found.of("rep", "gone") == 30


def test_who_leads_a_team_is_not_missing_in_it() -> None:
    home = {**HOME, "max": "South"}
    assert Aims(SET, home).of_people(["cat", "dan"]) == 70
    assert Aims(SET, home, {"max"}).of_people(["cat", "dan"]) == 200
