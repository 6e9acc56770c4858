"""Getting in: the first run, invitations, passwords, second factor, limits, and getting out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paceline.access.models import AuditEntry
from paceline.pages import setting_up
from paceline.people import invitations
from paceline.people.models import Invitation, User
from paceline.people.roles import Role
from paceline.project import FILE
from paceline.project.running import Running
from tests.product.conftest import Cast

Browser = Callable[[str], Client]
FIRST_RUN = {
    "company--name": "Acme", "company--currency": "EUR", "company--time_zone": "Europe/Berlin",
    "company--fiscal_year_starts": "february", "work--days": ["monday", "tuesday", "friday"],
    "sales--own_domains": "acme.example, acme.test", "name": "Ada Admin",
    "email": "ada@acme.example", "password": "a long enough phrase",
}


def _logged_in(client: Client) -> bool:
    return client.get("/you/").status_code == 200


def _log_in(login: str, password: str = "a long password", client: Client | None = None) -> Client:
    client = client or Client()
    client.post("/log-in/", {"login": login, "password": password})
    return client


# --- the first run ---


@pytest.fixture
def untouched(place: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The project's settings file is put back; taking the settings up is noted instead of done."""
    file = place.project.folder / FILE
    before, taken_up = file.read_text(encoding="utf-8"), list[str]()
    monkeypatch.setattr(place, "reread", lambda: taken_up.append(file.read_text(encoding="utf-8")))
    yield taken_up
    file.write_text(before, encoding="utf-8")


def test_the_first_run_makes_the_admin_and_writes_the_settings_and_is_gone(untouched: list[str]) -> None:
    token = setting_up.new_token()
    client = Client()
    address = f"/set-up/{token}/"
    assert client.get(address).status_code == 200
    assert client.get("/set-up/guessed/").status_code == 404
    answer = client.post(address, FIRST_RUN)
    assert answer.status_code == 302, answer.content.decode()
    admin = User.objects.get()
    assert (admin.email, admin.role) == ("ada@acme.example", "admin")
    assert _logged_in(client)
    (written,) = untouched
    days = 'days = ["monday", "tuesday", "friday"]'
    for line in ('name = "Acme"', 'currency = "EUR"', 'fiscal_year_starts = "february"', days):
        assert f"\n{line}\n" in written
    assert Client().get(address).status_code == 404
    assert setting_up.new_token() is None


def test_the_first_run_tells_all_that_is_wrong_at_once_and_changes_nothing(untouched: list[str]) -> None:
    wrong = {**FIRST_RUN, "company--currency": "euros", "company--time_zone": "Berlin", "sales--own_domains": "me@acme.test",
             "password": "ada"}
    answer = Client().post(f"/set-up/{setting_up.new_token()}/", wrong)
    text = answer.content.decode()
    for said in ("euros is not one of", "Berlin is not one of", "mail domains without @", "too short"):
        assert said in text, said
    assert not User.objects.exists()
    assert untouched == []


def test_there_is_no_first_run_once_there_is_a_user(cast: Cast) -> None:  # noqa: ARG001
    assert setting_up.new_token() is None
    assert Client().get("/set-up/None/").status_code == 404


# --- invitations ---


def test_an_invited_person_chooses_a_password_and_is_who_the_admin_said(cast: Cast, browser: Browser) -> None:
    cast["other_rep"].delete()
    rep_id = cast.rep_id("other_rep")
    form = {"name": "Nora New", "email": "Nora@Example.com", "role": "rep", "rep_id": rep_id}
    page = browser("admin").post(reverse("invite"), form).content.decode()
    link = re.search(r"http://testserver(/join/[\w-]+/)", page)
    assert link is not None
    client = Client()
    assert "Nora New" in client.get(link[1]).content.decode()
    assert "too short" in client.post(link[1], {"password": "short"}).content.decode()
    assert client.post(link[1], {"password": "four words of mine"}).status_code == 302
    nora = User.objects.get(email="nora@example.com")
    assert (nora.role, nora.rep_id, nora.name) == ("rep", rep_id, "Nora New")
    assert client.get("/")["Location"] == reverse("rep", args=[rep_id])
    again = Client().get(link[1])
    assert again.status_code == 404, "a link works once"
    assert "ask your Paceline admin for a new link" in again.content.decode()
    assert _logged_in(_log_in("nora@example.com", "four words of mine"))


def test_an_invitation_ends(cast: Cast) -> None:
    invitation, token = invitations.invite(cast["admin"], "new@example.com", "New", Role.EXECUTIVE)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
    assert Client().get(f"/join/{token}/").status_code == 404
    assert invitations.accept(token, "four words of mine") is None


def test_a_rep_without_a_person_of_the_crm_or_an_address_that_is_taken_is_refused(cast: Cast, browser: Browser) -> None:
    client = browser("admin")
    answer = client.post(reverse("invite"), {"name": "X", "email": "x@example.com", "role": "rep", "rep_id": ""})
    assert answer.status_code == 400
    assert "Choose who they are" in answer.content.decode()
    answer = client.post(reverse("invite"), {"name": "X", "email": "REP@example.com", "role": "executive", "rep_id": ""})
    assert "has an account already" in answer.content.decode()
    assert not Invitation.objects.exists()
    assert cast["rep"].email == "rep@example.com"


def test_nobody_signs_up_alone() -> None:
    for address in ("/signup/", "/sign-up/", "/sso-unknown/"):
        client = Client()
        client.post(address, {"email": "me@example.com", "password1": "a long enough phrase"})
        assert not User.objects.exists()


# --- log-in ---


def test_a_password_opens_and_log_out_ends_the_session_for_good(cast: Cast) -> None:  # noqa: ARG001
    client = _log_in("REP@example.com")
    stolen = client.cookies["sessionid"].value
    assert _logged_in(client)
    client.post("/log-out/")
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert not _logged_in(thief)


def test_log_in_is_limited_and_says_the_same_for_unknown_addresses(cast: Cast) -> None:  # noqa: ARG001
    known = Client().post("/log-in/", {"login": "rep@example.com", "password": "wrong"}).content.decode()
    unknown = Client().post("/log-in/", {"login": "nobody@example.com", "password": "wrong"}).content.decode()
    said = re.compile(r'role="alert">.*?</div>', re.DOTALL)
    assert said.findall(known) == said.findall(unknown) != []
    for _ in range(6):
        Client().post("/log-in/", {"login": "rep@example.com", "password": "wrong"})
    assert not _logged_in(_log_in("rep@example.com")), "after so many wrong ones not even the right password opens"
    assert _logged_in(_log_in("peer@example.com"))


def test_a_second_factor_is_asked_for_once_it_is_set_up(cast: Cast) -> None:
    from allauth.mfa.models import Authenticator

    secret = totp.generate_totp_secret()
    totp.TOTP.activate(cast["rep"], secret)
    client = _log_in("rep@example.com")
    assert not _logged_in(client), "the password alone isn't enough"
    client.post("/log-in/code/", {"code": "000000"})
    assert not _logged_in(client)
    counter = sorted(totp.yield_hotp_counters_from_time())[-1]
    client.post("/log-in/code/", {"code": totp.format_hotp_value(totp.hotp_value(secret, counter))})
    assert _logged_in(client)
    assert secret not in str(Authenticator.objects.get(user=cast["rep"]).data), "the database alone makes no codes"


def test_the_pages_of_the_second_factor_show_their_code_without_inline_scripts(cast: Cast) -> None:  # noqa: ARG001
    client = _log_in("rep@example.com")
    again = client.get("/you/second-factor/app/")["Location"]
    assert again.startswith("/log-in/again/"), "a session left open is not enough to change how one logs in"
    client.post(again, {"password": "a long password"})
    page = client.get("/you/second-factor/app/").content.decode()
    assert "data:image/svg+xml" in page
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", page)


def test_a_deactivated_user_is_out_at_once_with_sessions_and_keys(cast: Cast, browser: Browser) -> None:
    from paceline.people import keys

    rep = _log_in("rep@example.com")
    _, key = keys.make(cast["rep"], "mine")
    assert _logged_in(rep)
    browser("admin").post(reverse("set_active", args=[cast["rep"].public_id]), {"active": "no"})
    assert not _logged_in(rep)
    assert not _logged_in(_log_in("rep@example.com"))
    assert Client().get("/api/", headers={"Authorization": f"Bearer {key}"}).status_code in (401, 404)
    browser("admin").post(reverse("set_active", args=[cast["rep"].public_id]), {"active": "yes"})
    assert not _logged_in(rep), "the old session stays ended"
    assert [entry.what for entry in AuditEntry.objects.order_by("number")][-1] == "user_activated"


def test_someone_stays_admin(cast: Cast, browser: Browser) -> None:
    client = browser("admin")
    client.post(reverse("set_active", args=[cast["admin"].public_id]), {"active": "no"})
    form = {"name": "A", "email": "admin@example.com", "role": "executive", "rep_id": ""}
    page = client.post(reverse("user", args=[cast["admin"].public_id]), form)
    assert page.status_code == 400
    admin = User.objects.get(email="admin@example.com")
    assert admin.is_active
    assert admin.role == "admin"


def test_a_new_password_by_link_ends_other_sessions_and_does_not_go_round_the_second_factor(cast: Cast) -> None:
    old = _log_in("rep@example.com")
    _, token = invitations.new_password(cast["admin"], cast["rep"])
    client = Client()
    assert client.post(f"/join/{token}/", {"password": "another long phrase"})["Location"] == "/log-in/"
    assert not _logged_in(client)
    assert not _logged_in(old)
    assert _logged_in(_log_in("rep@example.com", "another long phrase"))
