"""A rep disputes a record, the admin decides, the number changes and says why; undone, it is as before."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from django.test import Client

from paceline.project.running import Running
from tests.product.conftest import Cast

PERIOD = "2026-Q2"


@pytest.fixture
def counted(place: Running) -> Iterator[None]:
    """Whatever a test leaves out of the numbers counts again after it."""
    from paceline.project.excluding import take_in
    from paceline.warehouse.exclusion import exclusions

    yield
    for one in exclusions(place.engine):
        if one.ended_at is None:
            take_in(place.project, place.engine, one.table, one.id, lambda _: None)
    place.changed()


def _records(rep: str, **more: str) -> str:
    return "?" + urlencode({"period": PERIOD, "rep": rep, **more})


def _dispute_links(page: str) -> list[str]:
    return [html.unescape(link) for link in re.findall(r'href="([^"]*/dispute/[^"]*record=[^"]*)"', page)]


def _disputed(client: Client, rep: str, reason: str) -> tuple[str, str]:
    """Dispute the first meeting of a rep; gives the number before, and the record."""
    page = client.get("/records/meetings_held/" + _records(rep)).content.decode()
    link = _dispute_links(page)[0]
    assert client.get(link).status_code == 200
    answer = client.post(link, {"reason": reason}, follow=True)
    assert "The admin decides" in answer.content.decode()
    return page.split('class="big">')[1].split("<")[0], link.split("record=")[1].replace("%3A", ":")


@pytest.mark.usefixtures("counted")
def test_the_whole_way_of_a_dispute(cast: Cast, browser: Callable[[str], Client]) -> None:
    from paceline.access.models import AuditEntry
    from paceline.disputes.models import Dispute

    rep, admin, who = browser("rep"), browser("admin"), cast.rep_id("rep")
    before, record = _disputed(rep, who, "a private appointment")
    one = Dispute.objects.get()
    assert (f"{one.kind}:{one.record_id}", one.rep_id, one.state) == (record, who, "open")
    page = rep.get("/records/meetings_held/" + _records(who)).content.decode()
    assert 'href="/disputes/">disputed</a>' in page  # and not to be disputed twice
    assert record not in "".join(_dispute_links(page)).replace("%3A", ":")
    assert re.fullmatch(rf"\S.*, \d{{4}}-\d\d-\d\d \({one.record_id}\)", one.label)  # with whom, and when
    again = rep.post("/records/meetings_held/dispute/" + _records(who, record=record), {"reason": "again"})
    assert again.status_code == 400
    assert "disputed this record already" in again.content.decode()

    answer = admin.post(f"/disputes/{one.pk}/decide/", {"verdict": "accept", "answer": "agreed"}, follow=True)
    _wait()
    assert "accepted: left out" in answer.content.decode()
    page = rep.get("/records/meetings_held/" + _records(who)).content.decode()
    assert page.split('class="big">')[1].split("<")[0] == str(int(before) - 1)
    assert "1 record left out" in page
    assert f"Meeting {one.label}" in html.unescape(page)
    assert "a private appointment" in page
    assert "Admin, " in page.split("a private appointment")[1].split("</li>")[0]
    other = browser("admin").get("/records/dials/" + _records(who)).content.decode()
    assert "left out</h2>" not in other

    admin.post(f"/disputes/{one.pk}/undo/")
    _wait()
    page = rep.get("/records/meetings_held/" + _records(who)).content.decode()
    assert page.split('class="big">')[1].split("<")[0] == before
    assert "left out</h2>" not in page
    assert {"disputed", "dispute_accepted", "dispute_undone"} <= set(AuditEntry.objects.values_list("what", flat=True))


def test_a_rejection_needs_a_word_and_changes_nothing(cast: Cast, browser: Callable[[str], Client], place: Running) -> None:
    from paceline.disputes.models import Dispute
    from paceline.warehouse.exclusion import exclusions

    _disputed(browser("rep"), cast.rep_id("rep"), "not mine")
    one, admin, before = Dispute.objects.get(), browser("admin"), exclusions(place.engine)
    assert "Say why it counts" in admin.post(f"/disputes/{one.pk}/decide/", {"verdict": "reject"}, follow=True).content.decode()
    admin.post(f"/disputes/{one.pk}/decide/", {"verdict": "reject", "answer": "the calendar is yours"})
    one.refresh_from_db()
    assert one.state == "rejected"
    assert "the calendar is yours" in browser("rep").get("/disputes/").content.decode()
    assert exclusions(place.engine) == before
    late = admin.post(f"/disputes/{one.pk}/decide/", {"verdict": "accept"}, follow=True).content.decode()
    assert "decided by somebody else" in late


def test_nobody_sees_or_disputes_what_isnt_in_sight(cast: Cast, browser: Callable[[str], Client]) -> None:
    _, record = _disputed(browser("rep"), cast.rep_id("rep"), "a very private reason")
    for name in ("rep", "manager", "admin", "executive", "peer", "other_rep", "other_manager"):
        sees = name in ("rep", "manager", "admin", "executive")
        assert ("a very private reason" in browser(name).get("/disputes/").content.decode()) is sees, name
    theirs = "/records/meetings_held/dispute/" + _records(cast.rep_id("rep"), record=record)
    assert browser("peer").post(theirs, {"reason": "x"}).status_code == 404
    own_number = "/records/meetings_held/dispute/" + _records(cast.rep_id("other_rep"), record=record)
    assert browser("other_rep").post(own_number, {"reason": "x"}).status_code == 404  # the record isn't one of hers
    for name in ("rep", "manager", "executive"):
        assert browser(name).post("/disputes/1/decide/", {"verdict": "accept"}).status_code == 403


@pytest.mark.usefixtures("counted")
def test_a_decision_whose_work_was_cut_short_is_told_and_brought_in(
    cast: Cast, browser: Callable[[str], Client], place: Running
) -> None:
    from paceline.disputes import deciding
    from paceline.disputes.models import Dispute

    _disputed(browser("rep"), cast.rep_id("rep"), "private")
    one = Dispute.objects.get()
    deciding.decide(one, True, "", cast["admin"])  # and then the server dies
    (behind,) = deciding.owed(place)
    assert (behind.kind, behind.record_id, behind.out) == (one.kind, one.record_id, True)
    admin = browser("admin")
    assert "1 decision isn’t in the numbers yet" in admin.get("/disputes/").content.decode()
    admin.post("/disputes/follow/")
    _wait()
    assert deciding.owed(place) == []


def test_a_record_links_to_the_crm_and_no_record_id_can_break_out_of_it() -> None:
    from paceline.pages.dashboards.records import in_crm

    crm = {"opportunity": "https://crm.example.com/deals/{id}/view"}
    assert in_crm(crm, "opportunity_id", "00 6/\"><script>") == "https://crm.example.com/deals/00%206%2F%22%3E%3Cscript%3E/view"
    assert in_crm(crm, "account_id", "x") == ""
    assert in_crm(crm, "opportunity_id", None) == ""


def _wait() -> None:
    from concurrent.futures import wait

    from paceline.pages.set_up import work

    latest = work.latest()
    assert latest is not None
    assert latest.future is not None
    wait([latest.future], 120)
    assert not latest.error, latest.error


def test_what_somebody_wrote_is_taken_out_and_erased_with_the_rest(cast: Cast, place: Running) -> None:
    from paceline.access.own_data import everything_about
    from paceline.disputes import deciding
    from paceline.disputes.models import Dispute
    from paceline.disputes.own import erase_disputes

    rep, rep_id = cast["rep"], cast.rep_id("rep")
    deciding.dispute("meeting", "m1", "with my doctor", rep, deciding.Seen(rep_id, "meetings_held", f"?rep={rep_id}", "Checkup"))
    (kept,) = everything_about(rep, place.store)["disputes"]
    assert (kept["reason"], kept["opened_by_me"]) == ("with my doctor", True)
    erase_disputes(rep, rep_id)
    left = Dispute.objects.get()
    assert (left.reason, left.by, left.rep_id, left.label, left.query) == ("erased", None, "", "", "")
