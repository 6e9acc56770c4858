"""A person takes out everything that is kept about them; an erased account leaves no name, no address, no way in."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.test import Client

from paceline.access.audit import breaks
from paceline.access.erasing import erase
from paceline.access.models import AuditEntry
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
