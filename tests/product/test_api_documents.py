"""Whole pages as one document each: Today, the reviews, the set-up, users, the audit log. What they say is what the pages say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from paceline.access.audit import head, note
from paceline.alerts.models import Alert, Verdict
from paceline.api.openapi import BASE
from paceline.judging.goals import REP
from paceline.pages.dashboards import judged, today
from paceline.pages.telling.review import Review
from paceline.people import invitations
from paceline.people.models import Invitation
from paceline.people.roles import Role
from paceline.project.running import Running
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from tests.product.conftest import Cast
from tests.product.stock import stock
from tests.product.test_api import program


def test_today_is_the_pages_today(place: Running, cast: Cast, browser: Callable[[str], Client]) -> None:
    told, page = program(cast, "manager").get(f"{BASE}today").json(), browser("manager").get("/today/")
    assert [len(told[part]) for part in ("needs", "praise")] == [len(page.context[part]) for part in ("needs", "praise")]
    assert (told["more"], told["snoozed"]) == (page.context["more"], page.context["snoozed"])
    assert 0 < len(told["needs"]) <= today.MOST
    assert [one["signal"]["name"] for one in told["needs"]] == [card["who"] for card in page.context["needs"]]
    names = {one["metric_name"] for one in told["goals"]}
    assert names == {tile["name"] for tile in page.context["goals"]} != set()
    quarter = Period.containing("quarter", place.store.view().day, place.store.settings)
    lines = judged.goal_lines(place.store, quarter, Scope.manager(cast.rep_id("manager")))
    by_metric = {one["metric"]: one for one in told["goals"]}
    for slug, one in by_metric.items():
        mine = [line.goal.target for line in lines if line.metric.slug == slug and line.goal.level == REP]
        assert (one["people"], one["target"]) == (len(mine), sum(mine))
    assert told["fresh_at"] == page.context["fresh"].loaded_at.isoformat().replace("+00:00", "Z")


def test_a_key_learns_nothing_on_today_and_in_reviews_of_what_it_does_not_reach(cast: Cast) -> None:
    stock(cast)
    client = program(cast, "manager", areas=["numbers"])
    review = client.get(f"{BASE}reviews/month/2026-06-15").json()
    assert (review["goals"], review["began"], review["ended"]) == ([], [], [])
    told = client.get(f"{BASE}today").json()
    assert told["goals"] == []
    assert all(one["alert"] is None for one in told["needs"])
    assert (told["meetings"], told["promised"], told["wishes_waiting"]) == ([], [], 0)


def test_what_is_said_to_be_no_issue_is_in_no_review(cast: Cast) -> None:
    stock(cast)
    client, at = program(cast, "manager"), f"{BASE}reviews/month/2026-06-15"
    before = {one["card"] for one in client.get(at).json()["began"]}
    assert before == {"card-rep", "card-peer"}
    Alert.objects.filter(card="card-rep").update(verdict=Verdict.DISMISSED)
    assert {one["card"] for one in client.get(at).json()["began"]} == {"card-peer"}


@pytest.mark.parametrize("kind", ["week", "month"])
def test_a_review_is_the_pages_review(kind: str, place: Running, cast: Cast, browser: Callable[[str], Client]) -> None:
    day = place.store.view().day.replace(day=24)
    told = program(cast, "manager").get(f"{BASE}reviews/{kind}/{day}").json()
    found: Review = browser("manager").get(reverse("review", args=[kind, day])).context["review"]
    assert [f"{one['person']['name']} · {one['name']}" for one in told["stood_out"]] == [line.text for line in found.stood_out]
    assert told["judged"] == found.judged
    assert [one["name"] for one in told["numbers"]] == [number.name for _, numbers in found.numbers for number in numbers]
    assert len(told["goals"]) == len(found.goals) > 0
    assert all((one["value"] is None) == bool(one["because"]) for one in told["numbers"])


def test_a_review_of_days_to_come_is_refused(cast: Cast) -> None:
    answer = program(cast, "rep").get(f"{BASE}reviews/week/2027-01-01")
    assert (answer.status_code, answer.json()["error"]["details"][0]["field"]) == (422, "day")


def test_settings_are_those_of_the_file_and_no_password_is_told(
    place: Running, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = program(cast, "admin")
    items = {(one["section"], one["key"]): one for one in client.get(f"{BASE}settings?limit=1000").json()["items"]}
    assert items["company", "name"]["value"] == place.project.settings.name
    assert items["company", "name"]["is_default"] is False
    assert (items["company", "week_starts"]["value"], items["company", "week_starts"]["is_default"]) == ("monday", True)
    address = "postgresql://sales:hunter2@db.example.com/paceline"
    monkeypatch.setattr("paceline.api.resources.set_up.now_written", lambda _project, _key: address)
    told = client.get(f"{BASE}settings?section=store")
    assert b"hunter2" not in told.content
    assert told.json()["items"][0]["value"] == "postgresql://sales:…@db.example.com/paceline"
    monkeypatch.setattr("paceline.api.resources.set_up.now_written", lambda _project, _key: "postgresql://db/x?password=hunter2&a=b")
    told = client.get(f"{BASE}settings?section=store")
    assert told.json()["items"][0]["value"] == "postgresql://db/x?password=…&a=b"
    wrong = client.get(f"{BASE}settings?section=companie").json()["error"]["details"]
    assert wrong == [{"field": "section", "problem": "There is no section 'companie'.", "remedy": "Did you mean 'company'?"}]


def test_stages_and_sources_are_told(place: Running, cast: Cast) -> None:
    client = program(cast, "admin")
    stages = client.get(f"{BASE}settings/stages").json()["items"]
    assert {"won", "lost"} <= {one["outcome"] for one in stages}
    stored = place.store.engine.query("SELECT count(*) AS n FROM rec_opportunity")["n"][0].as_py()
    assert sum(one["deals"] for one in stages) == stored
    assert client.get(f"{BASE}settings/roles").json()["items"]
    assert client.get(f"{BASE}settings/sources/no-such").status_code == 404


def test_users_and_invitations_are_told_without_what_logs_in(cast: Cast) -> None:
    invitations.invite(cast["admin"], "new@example.com", "New", Role.REP, "")
    client = program(cast, "admin")
    told = client.get(f"{BASE}users?limit=1000")
    by_email = {one["email"]: one for one in told.json()["items"]}
    assert by_email["rep@example.com"]["person"]["rep_id"] == cast.rep_id("rep")
    assert by_email["deactivated@example.com"]["active"] is False
    assert cast["rep"].password.encode() not in told.content
    only = client.get(f"{BASE}users?role=manager&active=true").json()["items"]
    assert {one["email"] for one in only} == {"manager@example.com", "other_manager@example.com"}
    invited = client.get(f"{BASE}users/invitations")
    assert [one["email"] for one in invited.json()["items"]] == ["new@example.com"]
    assert Invitation.objects.get(email="new@example.com").token_hash.encode() not in invited.content


def test_the_audit_log_is_read_in_parts_that_stay_together_while_it_grows(cast: Cast) -> None:
    for number in range(5):
        note("exported", cast["rep"], {"what": str(number)})
    client = program(cast, "admin")
    first = client.get(f"{BASE}audit?what=exported&limit=2").json()
    note("exported", cast["rep"], {"what": "later"})
    second = client.get(f"{BASE}audit?what=exported&limit=2&cursor={first['next_cursor']}").json()
    assert [one["about"]["what"] for one in first["items"] + second["items"]] == ["4", "3", "2", "1"]
    assert (first["items"][0]["name"], first["items"][0]["who"]) == ("Rep", str(cast["rep"].public_id))
    assert (second["last_number"], second["last_digest"]) == head()
    other = client.get(f"{BASE}audit?what=logged_in&cursor={first['next_cursor']}")
    assert (other.status_code, other.json()["error"]["code"]) == (400, "old_cursor")
