"""Goals on the pages: who may set them, what is shown before they are set, what stays of them, what a rep may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from paceline.judging.goals import Goal, goals_in
from paceline.metrics.ask import ask
from paceline.pages.dashboards import judged, later
from paceline.project.running import Running
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from tests.product.conftest import Cast

QUARTER = "2026-Q3"  # nothing is set for it by the simulation
PERIOD = Period.between(date(2026, 7, 1), date(2026, 10, 1))
Opened = Callable[[str], Client]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is worked out in the background is waited for."""
    monkeypatch.setattr(later, "WAIT", 120.0)


def there(place: Running, rep_id: str) -> list[Goal]:
    return [one for one in goals_in(place.store.view(), PERIOD, "meetings_held") if one.subject == rep_id]


def asked(rep_id: str, **more: str) -> dict[str, str]:
    wanted = {"metric": "meetings_held", "whose": f"rep:{rep_id}", "period": QUARTER, "target": "30", "prorate": "on"}
    return {**wanted, "ramp": "50", **more}


def test_a_manager_sees_each_part_first_then_sets_changes_and_takes_back(place: Running, cast: Cast, browser: Opened) -> None:
    from paceline.access.models import AuditEntry
    from paceline.pages.plan.models import GoalChange

    rep, manager = cast.rep_id("rep"), browser("manager")
    shown = manager.post("/goals/set/", asked(rep, reason="a new quarter"))
    assert shown.status_code == 200
    assert "Set it so" in shown.content.decode()
    assert there(place, rep) == []
    try:
        done = manager.post("/goals/set/", asked(rep, reason="a new quarter", confirm="yes"))
        assert done.status_code == 302
        (goal,) = there(place, rep)
        change = GoalChange.objects.get(goal_id=goal.id)
        assert (change.by, change.reason, change.full) == (cast["manager"], "a new quarter", 30.0)
        assert goal.target == max(round(30 * (change.present or 0) * (change.ramped or 0)), 1)
        assert AuditEntry.objects.filter(what="goals_set").exists()

        own = browser("rep").get("/goals/", {"period": QUARTER}).content.decode()
        assert "Meetings held" in own
        assert "Propose a goal" in own
        assert "/goals/set/" not in own
        again = manager.post("/goals/set/", asked(rep, confirm="yes"))
        assert "already has a goal" in again.content.decode()

        address = f"/goals/one/{goal.id}/"
        assert manager.post(address, {"do": "change", "target": "x", "reason": ""}).content.decode().count("wrong-text") == 2
        assert manager.post(address, {"do": "change", "target": "40", "reason": "more is asked"}).status_code == 302
        assert [one.target for one in there(place, rep)] == [40.0]
        page = browser("rep").get(address).content.decode()
        assert "more is asked" in page
        assert "Take the goal back" not in page
        assert browser("rep").post(address, {"do": "retire"}).status_code == 403
        assert browser("other_manager").get(address).status_code == 404
        assert browser("other_manager").post(address, {"do": "retire"}).status_code == 404
        assert manager.post(address, {"do": "retire", "reason": "a mistake"}).status_code == 302
        assert there(place, rep) == []
    finally:
        for goal in there(place, rep):
            manager.post(f"/goals/one/{goal.id}/", {"do": "retire"})


def test_everything_that_is_wrong_is_told_at_once(cast: Cast, browser: Opened) -> None:
    wrong = {"metric": "revenue", "whose": "rep:nobody", "period": QUARTER, "target": "a lot", "ramp": "300"}
    answer = browser("manager").post("/goals/set/", wrong)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert page.count("wrong-text") == 3
    assert "This isn’t an amount" in page
    outside = browser("manager").post("/goals/set/", asked(cast.rep_id("other_rep")))
    assert outside.status_code == 400
    own = browser("manager").post("/goals/set/", asked(cast.rep_id("manager")))
    assert own.status_code == 400


def test_a_rep_proposes_and_the_manager_decides(place: Running, cast: Cast, browser: Opened) -> None:
    from paceline.pages.plan.models import GoalProposal

    told = {"metric": "meetings_held", "period": QUARTER, "target": "25", "reason": "two new territories"}
    assert browser("rep").post("/goals/propose/", told).status_code == 302
    one = GoalProposal.objects.get()
    assert (one.rep_id, one.target, one.accepted) == (cast.rep_id("rep"), 25.0, None)
    assert "two new territories" in browser("manager").get("/goals/").content.decode()
    assert "two new territories" not in browser("other_manager").get("/goals/").content.decode()
    decide = f"/goals/proposals/{one.pk}/"
    assert browser("other_manager").post(decide, {"accept": "yes"}).status_code == 404
    assert browser("rep").post(decide, {"accept": "yes"}).status_code == 403
    try:
        assert browser("manager").post(decide, {"accept": "yes", "answer": "go on"}).status_code == 302
        assert [goal.target for goal in there(place, cast.rep_id("rep"))] == [25.0]
        assert "go on" in browser("rep").get("/goals/").content.decode()
        assert browser("manager").post(decide, {"accept": "no"}).status_code == 404
    finally:
        for goal in there(place, cast.rep_id("rep")):
            browser("manager").post(f"/goals/one/{goal.id}/", {"do": "retire"})


def test_goals_come_as_a_file_and_the_export_is_noted(browser: Opened) -> None:
    from paceline.access.models import AuditEntry

    page = browser("manager").get("/goals.csv").content.decode()
    lines = [line for line in page.splitlines() if not line.startswith("#")]
    assert lines[0].startswith("goal_id,level,who,name,metric,first_day,last_day,target")
    assert len(lines) > 1
    assert AuditEntry.objects.filter(what="exported").exists()


def test_recommendations_lead_to_the_form_filled_in_and_plans_say_what_it_takes(cast: Cast, browser: Opened) -> None:
    page = browser("manager").get("/goals/recommended/", {"metric": "meetings_held", "period": QUARTER}).content.decode()
    assert "whose=rep%3A" in page
    assert "Compared with" in page
    assert browser("rep").get("/goals/recommended/", {"metric": "meetings_held"}).status_code == 200
    plan = browser("manager").get("/goals/plan/", {"rep": cast.rep_id("rep"), "target": "100000", "period": "this_quarter"})
    assert plan.status_code == 200
    assert "At these rates" in plan.content.decode()
    assert browser("manager").get("/goals/plan/", {"target": "x"}).status_code == 400


def test_a_page_that_is_being_worked_out_says_so_and_loads_again(browser: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "WAIT", 0.0)
    words = {"period": "2026-05", "as_of": "2026-05-11"}
    answer = browser("admin").get("/goals/", words)
    assert answer.status_code == 200
    assert answer["Refresh"] == str(later.AGAIN)
    assert "Being worked out" in answer.content.decode()
    monkeypatch.setattr(later, "WAIT", 120.0)
    assert "Being worked out" not in browser("admin").get("/goals/", words).content.decode()


def test_the_companys_goal_is_set_by_who_sees_everybody_and_shown_beside_what_peoples_add_up_to(
    place: Running, cast: Cast, browser: Opened
) -> None:
    wanted = asked("", whose="company:", target="900", confirm="yes")
    executive = browser("executive")
    assert browser("manager").post("/goals/set/", wanted).status_code == 400
    try:
        assert executive.post("/goals/set/", wanted).status_code == 302
        (goal,) = there(place, "")
        assert (goal.level, goal.subject, goal.target) == ("company", "", 900.0)
        assert "the company already has a goal" in executive.post("/goals/set/", wanted).content.decode()
        executive.post("/goals/set/", asked(cast.rep_id("rep"), confirm="yes"))

        page = executive.get("/goals/", {"period": QUARTER}).content.decode()
        assert "of the company’s." in page
        assert f"/goals/one/{goal.id}/" in page
        address = f"/goals/one/{goal.id}/"
        assert executive.post(address, {"do": "change", "target": "950", "reason": "more is asked"}).status_code == 302
        assert [one.target for one in there(place, "")] == [950.0]
        assert [browser(name).get(address).status_code for name in ("rep", "manager")] == [404, 404]
        assert "900" not in browser("manager").get("/goals/", {"period": QUARTER}).content.decode()
        assert executive.post(address, {"do": "retire", "reason": "a mistake"}).status_code == 302
        assert there(place, "") == []
    finally:
        for one in [*there(place, ""), *there(place, cast.rep_id("rep"))]:
            executive.post(f"/goals/one/{one.id}/", {"do": "retire"})


def test_a_goal_of_all_as_a_whole_stands_beside_the_sum_of_peoples(place: Running) -> None:
    """On Today and in the reviews; a manager hears of his team's, and of the company's nothing."""
    store, now = place.store, Period.containing("quarter", place.store.view().day, place.store.settings)
    lines = [one for one in judged.goal_lines(store, now, Scope.company()) if one.goal.metric == "revenue"]
    mine = next(one for one in lines if one.goal.level == "rep")
    stint = next(one for one in store.view().stints if one.rep_id == mine.goal.subject and one.team and one.manager_id)
    team, boss = str(stint.team), Scope.manager(str(stint.manager_id))
    whole = replace(mine, goal=replace(mine.goal, level="company", subject="", target=1e6), name="")
    teams = replace(mine, goal=replace(mine.goal, level="team", subject=team, target=4e5), name=team)

    first, second, *_ = judged.together(store, [*lines, whole, teams], Scope.company())
    assert (first.line, first.target, first.people) == (whole, 1e6, 0)
    assert first.reading.value == ask(store, "revenue", Scope.company(), now).only().value
    assert second.line is None
    assert second.target == sum(one.goal.target for one in lines if one.goal.level == "rep")

    theirs, *_ = judged.together(store, [mine, teams], boss)
    assert (theirs.line, theirs.target) == (teams, 4e5)
    assert theirs.reading.value == ask(store, "revenue", Scope.team(team) & boss, now).only().value
    other = replace(teams, goal=replace(teams.goal, subject="Another", target=1e5))
    both, people = judged.together(store, [mine, teams, other], boss)
    assert (both.line, both.teams, both.target, both.people) == (None, tuple(sorted((team, "Another"))), 5e5, 2)
    assert both.reading.value == theirs.reading.value, "nobody is in the other team"
    assert (people.teams, people.people) == ((), 1)
