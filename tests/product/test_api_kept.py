"""What people do on pages, by the API: each sees what the pages would show, and changes what the pages would let change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from paceline.access.models import AuditEntry
from paceline.api.openapi import BASE
from paceline.api.resources import WRITES
from paceline.coaching.models import OneOnOne
from paceline.disputes.models import Dispute
from paceline.judging.goals import goals_in
from paceline.pages.plan import goal_writing
from paceline.pages.plan.goal_set_views import EVER
from paceline.people import keys
from paceline.project.running import Running
from tests.product.conftest import Cast
from tests.product.stock import ALERTS, PRIVATE, REPS_PRIVATE, SHARED, leaderboard, stock

LAST_MONTH = "period=last_month"
Program = Callable[..., Client]


@pytest.fixture
def held(cast: Cast) -> OneOnOne:
    """A company in use; the 1:1 that was held."""
    return stock(cast)


@pytest.fixture
def program(cast: Cast) -> Program:
    """A program with a new key of one of the cast."""
    return lambda name, **of_key: Client(headers={"Authorization": f"Bearer {keys.make(cast[name], 'test', **of_key)[1]}"})


def told(client: Client, path: str) -> Any:
    answer = client.get(BASE + path)
    assert answer.status_code == 200, answer.content
    return answer.json()


def sent(client: Client, path: str, **fields: Any) -> Any:
    return client.post(BASE + path, fields, content_type="application/json")


# --- who sees what ---


@pytest.mark.usefixtures("held")
def test_alerts_are_those_of_whom_one_sees(cast: Cast, program: Program) -> None:
    seen = {name: {one["card"] for one in told(program(name), "alerts?limit=1000")["items"]} for name in ("manager", "admin")}
    assert seen["manager"] & {f"card-{name}" for name in ALERTS} == {"card-rep", "card-peer"}
    assert {f"card-{name}" for name in ALERTS} <= seen["admin"]
    assert program("manager").get(f"{BASE}alerts/card-other_rep").status_code == 404
    assert {one["id"] for one in told(program("manager"), f"alerts?rep={cast.rep_id('rep')}")["items"]} == {cast.rep_id("rep")}
    assert program("rep").get(f"{BASE}alerts").status_code == 404


@pytest.mark.usefixtures("held")
def test_disputes_are_ones_own_and_those_of_whom_one_sees(program: Program) -> None:
    visitors = ("rep", "peer", "manager", "admin")
    reasons = {name: {one["reason"] for one in told(program(name), "disputes")["items"]} for name in visitors}
    mine, other = "no sales meeting of rep", "no sales meeting of other_rep"
    assert reasons == {"rep": {mine}, "peer": set(), "manager": {mine}, "admin": {mine, other}}


def test_a_one_on_one_is_for_its_two_and_a_private_note_for_its_author(cast: Cast, program: Program, held: OneOnOne) -> None:
    rep = cast.rep_id("rep")
    past, to_come = f"one-on-ones/past/{held.public_id}", f"one-on-ones/{rep}"
    for name in ("peer", "other_rep", "other_manager", "executive", "admin"):
        for path in (past, to_come):
            assert program(name).get(BASE + path).status_code == 404, (name, path)
    managers, reps = told(program("manager"), past), told(program("rep"), past)
    assert managers["notes"] == {"shared": SHARED, "private": PRIVATE, "others": ""}
    assert reps["notes"] == {"shared": "", "private": REPS_PRIVATE, "others": SHARED}
    assert [one["text"] for one in managers["agreed"]] == ["Ten first calls a day"]
    for client in (program("manager"), program("rep")):
        assert [one["text"] for one in told(client, "action-plans")["items"]] == ["Ten first calls a day"]
        assert "The new territory" in {one["text"] for one in told(client, to_come)["agenda"]}
    assert told(program("peer"), "action-plans")["items"] == []
    assert AuditEntry.objects.filter(what="one_on_one_opened", about__one_on_one=str(held.public_id)).count() == 2


@pytest.mark.usefixtures("held")
def test_no_words_of_a_one_on_one_are_anywhere_else(cast: Cast, program: Program) -> None:
    words = [SHARED, PRIVATE, REPS_PRIVATE, "Holiday in August", "Ten first calls a day", "The new territory"]
    client = program("admin")
    for path in ("coaching-time", "alerts?state=all", "disputes", "views", f"reps/{cast.rep_id('rep')}", "accuracy"):
        body = client.get(BASE + path).content.decode()
        assert not [word for word in words if word in body], path


@pytest.mark.usefixtures("held")
def test_coaching_time_is_the_pages_of_managers_in_sight(cast: Cast, program: Program) -> None:
    own = told(program("manager"), "coaching-time")["items"]
    assert [one["person"]["rep_id"] for one in own] == [cast.rep_id("manager")]
    met = {one["person"]["rep_id"]: one["last_met"] for one in own[0]["reps"]}
    assert met[cast.rep_id("rep")] is not None
    assert met[cast.rep_id("peer")] is None
    whole = told(program("admin"), "coaching-time")["items"]
    assert own[0] in whole
    assert len(whole) > 1


@pytest.mark.usefixtures("held")
def test_saved_views_are_ones_own_and_those_shared_that_one_may_open(program: Program) -> None:
    names = {name: [one["name"] for one in told(program(name), "views")["items"]] for name in ("manager", "other_manager", "rep")}
    assert names == {
        "manager": ["North, by quarter"], "other_manager": ["Mine alone", "North, by quarter"], "rep": ["Where I stand"],
    }  # fmt: skip


def test_a_board_is_there_where_it_is_turned_on_and_names_nobody_to_a_rep(place: Running, cast: Cast, program: Program) -> None:
    path = "leaderboard?period=2026-05"
    assert program("executive").get(BASE + path).status_code == 404
    with leaderboard(place, "anonymous"):
        everybody = told(program("executive"), path + "&role=AE&metric=meetings_held")["places"]
        alone = told(program("rep"), path)["places"]
    assert all(one["name"] for one in everybody)
    assert {one["rep_id"] for one in alone} <= {cast.rep_id("rep"), None}


def test_data_health_accounts_for_every_record(place: Running, program: Program) -> None:
    found = told(program("admin"), f"data-health?{LAST_MONTH}")
    for one in found["reconciled"]:
        assert one["stored"] == sum(number for name, number in one.items() if name not in ("kind", "stored"))
    opportunities = place.engine.query("SELECT count(*) AS n FROM rec_opportunity")["n"][0].as_py()
    assert next(one["stored"] for one in found["reconciled"] if one["kind"] == "opportunity") == opportunities
    rows = place.engine.query("SELECT amount_cents, currency FROM rec_opportunity").to_pylist()
    for one in found["amounts"]:
        mine = [row["amount_cents"] for row in rows if (row["currency"] or place.store.settings.currency) == one["currency"]]
        assert one["stored"] == len(mine)
        assert round(100 * one["amount"]) == sum(cents or 0 for cents in mine)
        assert one["counted"] <= one["stored"]
    counted = next(one["counted"] for one in found["reconciled"] if one["kind"] == "opportunity")
    assert sum(one["counted"] for one in found["amounts"]) == counted


# --- changes ---


@pytest.mark.usefixtures("held")
def test_nothing_changes_by_a_key_that_only_reads_or_of_whom_the_rules_refuse(cast: Cast, program: Program) -> None:
    before = AuditEntry.objects.count()
    for one in WRITES:
        path = one.path.replace("<slug:card>", "card-rep").replace("<path:rep>", cast.rep_id("rep"))
        refused = sent(program("manager"), path)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "key_too_narrow"), path
        assert sent(Client(), path).status_code == 401
        wrong = program("manager", writes=True).get(BASE + path)
        assert (wrong.status_code, wrong["Allow"]) == (405, "POST")
    assert sent(program("rep", writes=True), "alerts/card-rep/snooze", until="2030-01-01").status_code == 404
    assert sent(program("rep", writes=True), "goals/set").status_code == 403
    assert sent(program("manager", writes=True, areas=["numbers"]), "alerts/card-rep/verdict").status_code == 403
    assert AuditEntry.objects.count() == before


@pytest.mark.usefixtures("held")
def test_a_verdict_on_an_alert_is_everybodys(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[tuple[object, ...]] = []
    monkeypatch.setattr("paceline.alerts.acting.judge", lambda engine, *told: kept.append(told[:3]))  # noqa: ARG005
    monkeypatch.setattr("paceline.alerts.acting.withdraw", lambda engine, card, at: kept.append((card, at)))  # noqa: ARG005
    client = program("manager", writes=True)
    done = sent(client, "alerts/card-rep/verdict", verdict="not_an_issue", reason="she was at the fair").json()["alert"]
    assert (done["verdict"], done["verdict_reason"]) == ("dismissed", "she was at the fair")
    assert kept == [("card-rep", False, "she was at the fair")]
    assert [one["card"] for one in told(program("admin"), "alerts?state=dismissed")["items"]] == ["card-rep"]
    assert sent(client, "alerts/card-rep/take-back", what="verdict").json()["alert"]["verdict"] is None
    assert kept[1][0] == "card-rep"
    assert sent(client, "alerts/card-rep/verdict", verdict="perhaps").status_code == 422
    assert [one["what"] for one in told(client, "alerts/card-rep")["history"]].count("not an issue") == 1


@pytest.mark.usefixtures("held")
def test_an_alert_is_snoozed_and_that_is_taken_back(program: Program) -> None:
    from django.utils import timezone

    client, day = program("manager", writes=True), timezone.localdate().replace(day=1)
    until = day.replace(year=day.year + 1).isoformat()
    assert sent(client, "alerts/card-rep/snooze", until=until).json()["alert"]["snoozed_until"] is not None
    assert "card-rep" not in {one["card"] for one in told(client, "alerts")["items"]}
    assert [one["card"] for one in told(client, "alerts?state=snoozed")["items"]] == ["card-rep"]
    assert sent(client, "alerts/card-rep/take-back", what="snooze").json()["alert"]["snoozed_until"] is None
    assert sent(client, "alerts/card-rep/take-back", what="snooze").status_code == 422
    assert sent(client, "alerts/card-rep/snooze", until="2020-01-01").status_code == 422
    assert sent(client, "alerts/card-other_rep/snooze", until=until).status_code == 404
    assert AuditEntry.objects.filter(what__in=["alert_snoozed", "alert_act_undone"]).count() == 2


def test_a_goal_is_set_as_on_the_page_once(place: Running, cast: Cast, program: Program) -> None:
    client, rep = program("manager", writes=True), cast.rep_id("rep")
    fields = {"whose": f"rep:{rep}", "metric": "meetings_held", "period": "2026-Q4", "target": 30, "reason": "a new quarter"}

    def there() -> list[Any]:
        found = goals_in(place.store.view(), EVER, "meetings_held")
        return [one for one in found if one.subject == rep and "2026-10-01" in one.id]

    preview = sent(client, "goals/set", **fields, preview=True).json()
    assert (preview["written"], there()) == (False, [])
    wrong = sent(client, "goals/set", **{**fields, "whose": f"rep:{cast.rep_id('other_rep')}", "period": "soon", "hue": "red"})
    assert wrong.status_code == 422
    try:
        made = sent(client, "goals/set", **fields).json()
        assert [one["target"] for one in made["goals"]] == [one.target for one in there()] == [preview["goals"][0]["target"]]
        assert sent(client, "goals/set", **fields).json()["error"]["code"] == "unanswerable"
        shown = told(client, f"goals/one/{there()[0].id}")
        assert [(one["what"], one["by"], one["reason"]) for one in shown["history"]] == [("set", "Manager", "a new quarter")]
        assert AuditEntry.objects.filter(what="goals_set").count() == 1
    finally:
        for goal in there():
            goal_writing.retire(goal, place.store.catalog["meetings_held"], cast["manager"], "")


def test_a_record_of_a_number_in_sight_is_disputed_once(cast: Cast, program: Program) -> None:
    client, rep = program("rep", writes=True), cast.rep_id("rep")
    number = {"metric": "meetings_held", "rep": rep, "period": "2026-Q2"}
    row = told(client, f"records?metric=meetings_held&rep={rep}&period=2026-Q2")["items"][0]
    fields = {**number, "kind": "meeting", "record_id": row["meeting_id"], "reason": "a private appointment"}
    made = sent(client, "disputes/open", **fields).json()["dispute"]
    one = Dispute.objects.get()
    assert (made["id"], one.rep_id, one.metric, one.reason) == (one.pk, rep, "meetings_held", "a private appointment")
    assert "disputed this record already" in sent(client, "disputes/open", **fields).json()["error"]["message"]
    assert sent(client, "disputes/open", **{**fields, "record_id": "no-such"}).status_code == 404
    assert sent(client, "disputes/open", **{**fields, "rep": cast.rep_id("peer")}).status_code == 404
    assert AuditEntry.objects.filter(what="disputed").count() == 1


def test_a_point_comes_onto_the_agenda_of_the_two(cast: Cast, program: Program) -> None:
    path = f"one-on-ones/{cast.rep_id('rep')}/agenda"
    made = sent(program("manager", writes=True), path, text="Meetings fell", at="/metrics/meetings_held/", kind="signal").json()
    assert made["point"]["key"] == "signal:meetings_held"
    texts = [one["text"] for one in told(program("rep"), f"one-on-ones/{cast.rep_id('rep')}")["agenda"]]
    assert "Meetings fell" in texts
    assert sent(program("other_manager", writes=True), path, text="x").status_code == 404
    assert sent(program("manager", writes=True), path, text="x", at="//elsewhere.example.com").status_code == 422
    assert AuditEntry.objects.filter(what="agenda_changed").count() == 1


def test_a_body_that_is_no_object_is_told(program: Program) -> None:
    client = program("manager", writes=True)
    for body in ("[1]", "{", "text"):
        answer = client.post(f"{BASE}goals/set", body, content_type="application/json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_body")
