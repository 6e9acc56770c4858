"""A person takes out everything that is kept about them; an erased account leaves no name, no address, no way in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

from django.test import Client

from paceline.access.audit import breaks
from paceline.access.erasing import erase
from paceline.access.models import AuditEntry
from paceline.judging.goals import goals_in
from paceline.pages.plan.goal_set_views import EVER
from paceline.people import invitations, keys
from paceline.people.models import Invitation
from paceline.project.running import Running
from tests.product.conftest import Cast


def test_the_file_has_account_log_and_records_of_the_person_alone(cast: Cast, browser: Callable[[str], Client]) -> None:
    keys.make(cast["rep"], "Sheet")
    told = json.loads(browser("rep").get("/you/data.json").content)
    assert told["account"]["email"] == "rep@example.com"
    assert [key["name"] for key in told["keys"]] == ["Sheet"]
    assert "own_data_taken_out" in {entry["what"] for entry in told["log"]}
    assert [row["id"] for row in told["records"]["rep"]] == [cast.rep_id("rep")]
    assert {row["owner_id"] for row in told["records"]["opportunity"]} >= {cast.rep_id("rep")}
    assert all(cast.rep_id("rep") in row.values() for rows in told["records"].values() for row in rows)
    assert "password" not in str(told["account"])


def test_an_erased_account_has_no_name_and_opens_nothing(cast: Cast, place: Running) -> None:
    client = Client()
    client.force_login(cast["rep"])
    _, key = keys.make(cast["rep"], "Sheet")
    invitations.new_password(cast["admin"], cast["rep"])
    erase(place.project, place.engine, cast["rep"], "", cast["admin"])
    cast["rep"].refresh_from_db()
    assert (cast["rep"].name, cast["rep"].rep_id, cast["rep"].is_active) == ("Erased person", "", False)
    assert "rep@example.com" not in str(vars(cast["rep"]))
    assert not cast["rep"].has_usable_password()
    assert client.get("/you/").status_code == 302
    assert not Invitation.objects.exists()
    assert not cast["rep"].keys.exists()
    last = AuditEntry.objects.order_by("number").last()
    assert last is not None
    assert (last.what, last.who) == ("person_erased", str(cast["admin"].public_id))
    assert list(breaks()) == []
    assert key


def test_goals_and_views_are_taken_out_and_erased_with_the_rest(
    place: Running, cast: Cast, browser: Callable[[str], Client]
) -> None:
    from paceline.access.erasing import ALSO_ERASED
    from paceline.pages.plan.models import GoalChange, GoalProposal, SavedView

    rep, boss, days = cast.rep_id("rep"), cast["manager"], (date(2026, 7, 1), date(2026, 10, 1))
    goal = f"goal:revenue:2026-07-01:2026-10-01:rep:{rep}"
    GoalChange.objects.create(goal_id=goal, what="set", by=boss, target=5.0, reason="back from a long illness")
    of_records = next(one.id for one in goals_in(place.store.view(), EVER) if one.subject == rep)
    assert not of_records.endswith(f":rep:{rep}"), "its id is the CRM's"
    GoalChange.objects.create(goal_id=of_records, what="changed", by=None, target=5.0, reason="back from a long illness")
    GoalChange.objects.create(goal_id=goal + "0", what="set", by=boss, target=6.0, reason="somebody else's")
    GoalProposal.objects.create(by=cast["rep"], rep_id=rep, metric="revenue", first=days[0], until=days[1], target=7.0,
                                reason="my own wish", decided_by=boss, answer="too much")  # fmt: skip
    SavedView.objects.create(user=cast["rep"], name="Mine", address="/today/", shared=True)
    told = json.loads(browser("rep").get("/you/data.json").content)["plan"]
    assert [one["reason"] for one in told["goal_changes"]] == ["back from a long illness"] * 2
    assert [(one["reason"], one["answer"], one["by_me"]) for one in told["goal_proposals"]] == [("my own wish", "too much", True)]
    assert [one["name"] for one in told["views"]] == ["Mine"]
    bosses = json.loads(browser("manager").get("/you/data.json").content)["plan"]
    assert [one["by_me"] for one in bosses["goal_changes"]] == [True, True]
    assert [one["decided_by_me"] for one in bosses["goal_proposals"]] == [True]

    ALSO_ERASED["plan"](cast["rep"], rep)
    assert not GoalProposal.objects.exists()
    assert not SavedView.objects.exists()
    assert sorted(GoalChange.objects.values_list("reason", flat=True)) == ["erased", "erased", "somebody else's"]
    assert set(GoalChange.objects.values_list("target", flat=True)) == {5.0, 6.0}, "numbers of the company stay"
    ALSO_ERASED["plan"](boss, "")
    assert {*GoalChange.objects.values_list("reason", flat=True)} == {"erased"}
    assert not GoalChange.objects.filter(by__isnull=False).exists()
