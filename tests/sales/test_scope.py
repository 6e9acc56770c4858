"""Whose rows: by what a rep was on the day."""

from __future__ import annotations

from paceline.sales.scope import Scope, Stint

STINTS = (
    Stint("ann", 0, 50, team="North", role="AE", manager_id="bob"),
    Stint("ann", 50, 100, team="South", role="AE", manager_id="cat"),
    Stint("bob", 0, 30, manager_id="cat"),
    Stint("bob", 30, 100, manager_id="dan"),
    Stint("cat", 0, 100, manager_id="eve"),
    Stint("dan", 0, 100, manager_id="bob"),  # a circle with bob: must end
)


def _ranges(scope: Scope) -> set[tuple[str, int, int]]:
    return {(stint.rep_id, stint.from_day, stint.until_day) for stint in scope.members(STINTS)}


def test_a_team_is_that_of_the_day() -> None:
    assert _ranges(Scope.team("North")) == {("ann", 0, 50)}


def test_both_must_hold() -> None:
    assert _ranges(Scope.team("North") & Scope.role("AE") & Scope.rep("bob")) == set()
    assert _ranges(Scope.role("AE") & Scope.rep("ann")) == {("ann", 0, 50), ("ann", 50, 100)}


def test_a_manager_has_the_whole_tree_of_the_time() -> None:
    assert _ranges(Scope.manager("eve")) == {("ann", 0, 30), ("ann", 50, 100), ("bob", 0, 30), ("cat", 0, 100), ("dan", 0, 30)}


def test_nobody_is_not_everybody() -> None:
    assert _ranges(Scope.reps([])) == set()
    assert Scope.reps([]) != Scope.company()
    assert len(Scope.company().members(STINTS)) == len(STINTS)


def test_labels_and_one_rep() -> None:
    assert Scope.company().label == "the company"
    assert (Scope.team("North") & Scope.role("AE")).label == "team North, role AE"
    assert Scope.rep("ann").one_rep == "ann"
    assert Scope.reps(["ann", "bob"]).one_rep is None
