"""The API: what it answers is what the pages say, in the shapes that it describes, to whom the rules let see it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from shutil import rmtree
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator

from paceline.access.areas import ALWAYS, AREAS
from paceline.api import limits
from paceline.api.openapi import BASE, ERROR, ERRORS, description
from paceline.api.reference import api_page
from paceline.api.resources import ALL, WRITES
from paceline.coaching.models import OneOnOne
from paceline.judging.goals import goals_in
from paceline.metrics.ask import ask
from paceline.pages.plan.goal_set_views import EVER
from paceline.people import keys
from paceline.people.models import ApiKey
from paceline.project.bringing import put
from paceline.project.running import Running, running
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from tests.product.conftest import Cast
from tests.product.stock import leaderboard, stock

# What each operation is asked, beside what its path needs.
WORDS = {
    "api_readings": "metrics=revenue,win_rate,meetings_held,sales_cycle&by=rep&period=last_month&usual=true",
    "api_records": "metric=revenue&period=this_quarter",
    "api_explanation": "metric=days_between_touches&period=this_quarter",
    "api_comparison": "metrics=meetings_held,win_rate",
    "api_goals_plan": "metric=revenue&target=100000&period=this_quarter",
    "api_goals_recommended": "metric=meetings_held",
    "api_leaderboard": "period=2026-05",
    "api_restated": "metric=meetings_held&since=2026-06-01",
    "api_alerts": "state=all",
}


LEADS_ALONE = ("see_team", "see_data_health", "see_decide", "see_alerts", "see_coaching_time", "see_today")
ADMINS_ALONE = ("see_set_up", "see_users", "see_audit", "see_work")


@pytest.fixture
def stocked(place: Running, cast: Cast) -> Iterator[OneOnOne]:
    """A company in use; gives the 1:1 that was held."""
    source = put(place.project, "files", [("reps.csv", iter([b"Id,Nom\n1,Ann\n"]))])
    with leaderboard(place, "anonymous"):
        yield stock(cast)
    rmtree(source.folder)


def program(cast: Cast, name: str, **of_key: Any) -> Client:
    """A program with a key of one of the cast."""
    return Client(headers={"Authorization": f"Bearer {keys.make(cast[name], 'test', **of_key)[1]}"})


def address(name: str, cast: Cast) -> str:
    """Of the operation, about ``rep``."""
    path = next(one.path for one in (*ALL, *WRITES) if one.name == name)
    past = OneOnOne.objects.exclude(state="planned").first()
    parts = {"slug:metric": "win_rate", "path:rep": cast.rep_id("rep"), "slug:card": "card-rep", "path:goal_id": _goal(cast),
             "uuid:public_id": str(past.public_id if past is not None else uuid4()), "slug:kind": "week", "str:day": "2026-06-24",
             "slug:source": "files"}  # fmt: skip
    for part, value in parts.items():
        path = path.replace(f"<{part}>", value)
    return f"{BASE}{path}?{WORDS.get(name, '')}"


def _goal(cast: Cast) -> str:
    """A goal of the rep's."""
    store = running().store
    return next(one.id for one in goals_in(store.view(), EVER) if one.subject == cast.rep_id("rep"))


def schema_of(name: str) -> Draft202012Validator:
    """What the description says that the operation answers with."""
    told = description()
    operation = next(
        one for path in told["paths"].values() for one in path.values() if one["operationId"] == name.removeprefix("api_")
    )
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": told["components"]})


def exact(body: bytes) -> Any:
    """JSON, numbers as they are written; what isn't JSON (NaN) is an error."""
    def never(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(body, parse_float=Decimal, parse_constant=never)


# --- shapes ---


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("name", ["manager", "rep"])
def test_every_answer_is_of_the_shape_that_is_described(name: str, cast: Cast) -> None:
    client, admin = program(cast, name), program(cast, "admin")
    for one in ALL:
        answer = client.get(address(one.name, cast))
        if one.action in ADMINS_ALONE:
            assert answer.status_code == 404, one.name
            answer = admin.get(address(one.name, cast))
        refused = 404 if one.action in LEADS_ALONE else 422 if one.name == "api_drivers" else 0
        if name == "rep" and answer.status_code == refused:
            continue  # not a rep's; or one rep's deals are too few to split
        assert answer.status_code == 200, (one.name, answer.content)
        exact(answer.content)
        problems = [error.message for error in schema_of(one.name).iter_errors(json.loads(answer.content))]
        assert problems == [], one.name
        assert answer.json()["as_of"].endswith("Z")


def test_the_description_names_every_address_and_parameter_once(cast: Cast) -> None:  # noqa: ARG001
    told = json.loads(Client().get(f"{BASE}openapi.json").content)
    assert told["openapi"].startswith("3.1")
    assert len(told["paths"]) == len(ALL) + len(WRITES)
    for path in told["paths"].values():
        ((method, operation),) = path.items()
        names = [parameter["name"] for parameter in operation["parameters"]]
        assert len(names) == len(set(names))
        assert all(parameter["description"] for parameter in operation["parameters"])
        assert operation["responses"].keys() == {"200", *(["304"] if method == "get" else []), *map(str, ERRORS)}
    for reference in _references(told):
        found: Any = told
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def test_every_error_has_the_one_shape(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client, narrow = program(cast, "manager"), program(cast, "manager", areas=["forecast"])
    cases: list[tuple[int, str, Callable[[], Any]]] = [
        (400, "bad_cursor", lambda: client.get(f"{BASE}people?cursor=nonsense")),
        (401, "no_key", lambda: Client().get(f"{BASE}people")),
        (403, "key_too_narrow", lambda: narrow.get(f"{BASE}people")),
        (404, "not_found", lambda: client.get(f"{BASE}no/such/thing")),
        (404, "not_found", lambda: program(cast, "rep").get(f"{BASE}team")),
        (404, "not_found", lambda: program(cast, "rep").get(f"{BASE}readings?metrics=revenue&rep={cast.rep_id('peer')}")),
        (405, "wrong_method", lambda: client.post(f"{BASE}people")),
        (422, "invalid", lambda: client.get(f"{BASE}readings?metrics=revenu")),
        (422, "unanswerable", lambda: client.get(f"{BASE}forecast?metric=win_rate")),
    ]
    for status, code, asked in cases:
        answer = asked()
        assert answer.status_code == status, answer.content
        assert answer["Content-Type"] == "application/json"
        Draft202012Validator(ERROR).validate(answer.json())
        assert answer.json()["error"]["code"] == code
    monkeypatch.setattr(limits, "PER_MINUTE", 0)
    late = client.get(f"{BASE}people")
    assert (late.status_code, late.json()["error"]["code"]) == (429, "too_many_requests")
    assert 0 < int(late["Retry-After"]) <= 60


def test_a_fault_of_ours_is_told_in_the_same_shape_and_says_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    client = program(cast, "manager")
    client.raise_request_exception = False
    monkeypatch.setattr("paceline.api.resources.people.person_now", broken)
    answer = client.get(f"{BASE}people")
    assert answer.status_code == 500
    Draft202012Validator(ERROR).validate(answer.json())
    assert b"secret" not in answer.content


def test_all_problems_of_a_request_are_told_at_once(cast: Cast) -> None:
    words = "metrics=revenu,wins&by=rap&period=last_yer&tem=x&limit=0&as_of=yesterday"
    told = program(cast, "manager").get(f"{BASE}readings?{words}").json()["error"]["details"]
    assert {one["field"] for one in told} == {"metrics", "by", "period", "tem", "limit", "as_of"}
    assert sum(one["field"] == "metrics" for one in told) == 2
    assert all(one["problem"] and one["remedy"] for one in told)
    assert "Did you mean 'revenue'?" in {one["remedy"] for one in told}


# --- numbers ---


def test_readings_are_the_engines_and_money_is_exact_to_the_cent(place: Running, cast: Cast) -> None:
    period = Period.containing("quarter", place.store.view().day, place.store.settings)
    answer = program(cast, "manager").get(f"{BASE}readings?metrics=revenue,win_rate&by=rep&period=this_quarter")
    items = exact(answer.content)["items"]
    expected = ask(place.store, ["revenue", "win_rate"], Scope.manager(cast.rep_id("manager")), period, ("rep",))
    assert {(one["metric"], one["group"]["rep"]): one["value"] for one in items}.keys() == {
        (one.slug, one.group[0][1]) for one in expected
    }
    for one, reading in zip(items, expected, strict=True):
        assert (None if one["value"] is None else float(one["value"])) == reading.value
        assert one["because"] == reading.none_because
        assert (one["value"] is None) == bool(one["because"])
        if one["metric"] == "revenue" and one["value"] is not None:
            assert one["value"] * 100 == one["numerator"], "cents, without a remainder"


@pytest.mark.parametrize("slug", ["meetings_held", "win_rate", "revenue", "stuck_opportunities"])
def test_records_add_up_over_all_parts(slug: str, cast: Cast) -> None:
    client = program(cast, "manager")
    first = client.get(f"{BASE}records?metric={slug}&period=this_quarter&limit=7").json()
    measure, items, cursor = first["measures"][0], list(first["items"]), first["next_cursor"]
    assert measure["is_sum"]
    while cursor:
        part = client.get(f"{BASE}records?metric={slug}&period=this_quarter&limit=7&cursor={cursor}").json()
        items, cursor = items + part["items"], part["next_cursor"]
    assert len(items) == measure["rows"]
    assert sum(item["contribution"] or 0 for item in items) == measure["number"] == measure["total"]
    assert first["reading"]["numerator"] == measure["number"]


def test_a_part_of_a_cut_reading_has_its_own_records(cast: Cast) -> None:
    client = program(cast, "manager")
    for by in ("source", "rep"):
        for one in client.get(f"{BASE}readings?metrics=new_opportunities&by={by}&period=this_quarter").json()["items"]:
            behind = client.get(one["records"]).json()
            assert behind["reading"]["value"] == one["value"], one["group"]
            assert behind["measures"][0]["total"] == one["numerator"]


def test_the_team_is_the_pages_team(cast: Cast, browser: Callable[[str], Client]) -> None:
    page = browser("manager").get("/team.csv?period=last_month").content.decode("utf-8-sig")
    items = program(cast, "manager").get(f"{BASE}team?period=last_month").json()["items"]
    cells = [cell for row in items for cell in row["cells"]]
    lines = [line for line in page.splitlines() if not line.startswith("#")]
    assert len(cells) == len(lines) - 1
    for cell in cells:
        assert cell["value"] is None or f",{cell['metric']},{cell['definition_version']}," in page


def test_a_person_is_found_by_name_and_a_stranger_is_not(place: Running, cast: Cast) -> None:
    names = {stint.rep_id: stint.name or "" for stint in place.store.view().stints}
    client = program(cast, "manager")
    mine, theirs = names[cast.rep_id("rep")], names[cast.rep_id("other_rep")]
    found = client.get(f"{BASE}readings", {"metrics": "emails_sent", "rep": mine}).json()["items"][0]
    by_id = client.get(f"{BASE}readings", {"metrics": "emails_sent", "rep": cast.rep_id("rep")}).json()["items"][0]
    assert found["value"] == by_id["value"]
    hidden = client.get(f"{BASE}readings", {"metrics": "emails_sent", "rep": theirs})
    nobody = client.get(f"{BASE}readings", {"metrics": "emails_sent", "rep": "Nobody At All"})
    assert hidden.status_code == nobody.status_code == 404
    assert hidden.content == nobody.content


def test_the_past_can_be_asked(place: Running, cast: Cast) -> None:
    day = place.store.view().day - timedelta(days=40)
    answer = program(cast, "executive").get(f"{BASE}readings?metrics=revenue&period=2026-05&as_of={day}").json()
    period = Period.containing("month", day, place.store.settings)
    assert answer["items"][0]["value"] == ask(place.store, "revenue", Scope.company(), period, as_of=day).only().value
    assert answer["as_of"] < place.store.view().day.isoformat()


# --- keys ---


def test_a_key_that_is_over_revoked_or_whose_owner_left_opens_nothing(cast: Cast) -> None:
    client = program(cast, "manager")
    assert client.get(f"{BASE}me").status_code == 200
    key = ApiKey.objects.get(user=cast["manager"])
    assert key.used_at is not None
    for change in ({"revoked_at": timezone.now()}, {"expires_at": timezone.now()}):
        ApiKey.objects.filter(pk=key.pk).update(**change)
        assert client.get(f"{BASE}me").status_code == 401
        ApiKey.objects.filter(pk=key.pk).update(revoked_at=None, expires_at=None)
    assert program(cast, "deactivated").get(f"{BASE}me").status_code == 401


def test_every_operation_belongs_to_one_area(cast: Cast) -> None:
    every = (*ALL, *WRITES)
    actions = {one.action for one in every} - ALWAYS
    for action in actions:
        assert sum(action in area for area in AREAS.values()) == 1, action
    for area, inside in AREAS.items():
        clients = {name: program(cast, name, areas=[area], writes=True) for name in ("executive", "admin")}
        for one in every:
            if one.action in actions and one.action not in inside:
                client = clients["admin" if one.action in ADMINS_ALONE else "executive"]
                asked = client.post if one.writes else client.get
                assert asked(address(one.name, cast)).status_code == 403, (area, one.name)


# --- around ---


def test_what_did_not_change_costs_nothing(cast: Cast) -> None:
    client = program(cast, "manager")
    first = client.get(f"{BASE}metrics")
    again = client.get(f"{BASE}metrics", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert int(again["RateLimit-Remaining"]) == int(first["RateLimit-Remaining"]) - 1


def test_a_cursor_is_of_its_own_question_alone(cast: Cast) -> None:
    client = program(cast, "manager")
    cursor = client.get(f"{BASE}metrics?limit=5").json()["next_cursor"]
    assert client.get(f"{BASE}metrics?limit=5&cursor={cursor}").status_code == 200
    other = client.get(f"{BASE}metrics?limit=5&category=tempo&cursor={cursor}")
    assert (other.status_code, other.json()["error"]["code"]) == (400, "old_cursor")


def test_the_docs_are_a_page_without_anything_from_elsewhere(cast: Cast) -> None:  # noqa: ARG001
    page = Client().get(f"{BASE}docs").content.decode()
    assert all(one.path in page.replace("&lt;", "<").replace("&gt;", ">") for one in ALL)
    assert 'src="http' not in page
    assert 'href="http' not in page


def test_the_reference_is_written_from_the_code() -> None:
    written = Path(__file__).parents[2] / "docs" / "reference" / "api.md"
    assert written.read_text(encoding="utf-8") == api_page(), "run `make docs`"


def test_links_lead_to_pages_that_open(cast: Cast, browser: Callable[[str], Client]) -> None:
    client, pages = program(cast, "manager"), browser("manager")
    for name in ("api_readings", "api_rep", "api_records", "api_forecast", "api_team"):
        told = client.get(address(name, cast)).json()
        links = [told["link"], *(one.get("link") for one in told.get("items", [])[:3])]
        for link in [link for link in links if link]:
            assert pages.get(link.removeprefix("http://testserver")).status_code == 200, link
