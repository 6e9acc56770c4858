"""Headers, forms, keys, the secret, and what another process writes while the pages are served."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from paceline.access.gate import key_covers
from paceline.access.rules import BY_ACTION
from paceline.pages.database import BadDatabaseError, database
from paceline.pages.secret import WeakKeyError, secret_key
from paceline.people import keys
from paceline.people.models import ApiKey
from paceline.project.running import Running
from tests.product.conftest import Cast

Browser = Callable[[str], Client]


# --- headers ---


@pytest.mark.parametrize("address", ["/log-in/", "/notice/", "/users/", "/nothing-here/", "/up"])
def test_every_answer_allows_no_inline_script_or_style_and_no_other_site(address: str, browser: Browser) -> None:
    answer = browser("admin").get(address)
    policy = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert "private" in answer["Cache-Control"]
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\bstyle=\"|\son\w+=\"", re.IGNORECASE)
    assert not inline.search(answer.content.decode())


def test_static_files_are_kept_for_good_and_their_address_changes_with_them(browser: Browser) -> None:
    page = browser("rep").get("/notice/").content.decode()
    found = re.search(r'href="(/static/[0-9a-f]{12}/paceline/app\.css)"', page)
    assert found is not None
    answer = Client().get(found[1], headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "max-age=31536000" in answer["Cache-Control"]


def test_behind_a_proxy_with_tls_cookies_travel_over_tls_alone() -> None:
    """The settings are made when the process starts, so another process is asked."""
    program = (
        "import os, sys, tempfile, pathlib; folder = pathlib.Path(tempfile.mkdtemp())\n"
        "(folder / 'paceline.toml').write_text('[pages]\\naddress = \"https://sales.example.com\"\\n')\n"
        "os.environ['PACELINE_PROJECT'] = str(folder)\n"
        "from paceline.pages import settings as s\n"
        "assert s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE and s.SECURE_HSTS_SECONDS >= 31536000\n"
        "assert s.ALLOWED_HOSTS[0] == 'sales.example.com' and '*' not in s.ALLOWED_HOSTS and not s.DEBUG\n"
        "assert s.CSRF_TRUSTED_ORIGINS == ['https://sales.example.com'] and s.ACCOUNT_DEFAULT_HTTP_PROTOCOL == 'https'\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_a_form_without_its_token_changes_nothing(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast["admin"])
    answer = client.post(reverse("set_active", args=[cast["rep"].public_id]), {"active": "no"})
    assert answer.status_code == 403
    cast["rep"].refresh_from_db()
    assert cast["rep"].is_active


def test_names_are_escaped(cast: Cast, browser: Browser) -> None:
    user = cast["peer"]
    user.name = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    user.save()
    page = browser("admin").get("/users/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page


@override_settings(ALLOWED_HOSTS=["sales.example.com"])
def test_another_hosts_name_is_refused() -> None:
    assert Client().get("/log-in/", headers={"host": "evil.example"}).status_code == 400


def test_log_in_leads_to_no_other_site(cast: Cast) -> None:  # noqa: ARG001
    answer = Client().post("/log-in/?next=https://evil.example/", {
        "login": "rep@example.com", "password": "a long password", "next": "https://evil.example/"})
    assert answer["Location"] == "/"


# --- keys ---


def test_a_keys_text_is_shown_once_and_only_its_hash_is_kept(cast: Cast, browser: Browser) -> None:
    client = browser("rep")
    page = client.post(reverse("make_key"), {"name": "Sheet"}).content.decode()
    text = re.search(r"pace_[\w-]{43}", page)
    assert text is not None
    assert text[0] not in client.get(reverse("account")).content.decode()
    key = ApiKey.objects.get(user=cast["rep"])
    assert text[0] not in str(vars(key))
    assert key.key_hash == keys.hashed(text[0])


def test_a_key_is_its_owners_until_it_is_revoked_or_its_time_is_over(cast: Cast, browser: Browser) -> None:
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory

    def who(text: str) -> object:
        request = RequestFactory().get("/api/v1/", headers={"Authorization": f"Bearer {text}"})
        request.user = AnonymousUser()
        keys.log_in(request)
        return request.user

    key, text = keys.make(cast["rep"], "mine")
    _, old = keys.make(cast["rep"], "old")
    ApiKey.objects.filter(name="old").update(expires_at=timezone.now())
    assert who(text) == cast["rep"]
    assert who(old) == who("pace_guessed") == AnonymousUser()
    assert browser("peer").post(reverse("revoke_key", args=[key.pk])).status_code == 404, "another's key isn't there"
    browser("rep").post(reverse("revoke_key", args=[key.pk]))
    assert who(text) == AnonymousUser()


def test_a_key_that_may_only_read_does_not_write(cast: Cast) -> None:
    from django.test import RequestFactory

    for writes in (False, True):
        _, text = keys.make(cast["rep"], "one", writes=writes)
        request = RequestFactory().post("/api/v1/", headers={"Authorization": f"Bearer {text}"})
        keys.log_in(request)
        key = keys.of(request)
        assert key is not None
        assert key_covers(key, BY_ACTION["see_rep"])
        assert key_covers(key, BY_ACTION["keep_account"]) is writes


def test_a_key_limited_to_an_area_opens_no_other(cast: Cast) -> None:
    key, _ = keys.make(cast["admin"], "one", areas=["forecast"])
    assert key_covers(key, BY_ACTION["see_forecast"])
    assert not key_covers(key, BY_ACTION["see_team"])
    assert not key_covers(key, BY_ACTION["see_users"])


def test_a_session_opens_no_programs_address(browser: Browser) -> None:
    answer = browser("admin").get("/api/v1/team")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "no_key")
    assert not answer.cookies


def test_keys_open_the_api_alone(cast: Cast) -> None:
    _, text = keys.make(cast["admin"], "mine")
    assert Client().get("/users/", headers={"Authorization": f"Bearer {text}"}).status_code == 302


# --- the secret key, the database's address ---


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PACELINE_SECRET_KEY", raising=False)
    key = secret_key(tmp_path)
    assert len(key) >= 64
    assert secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    (tmp_path / "secret.key").chmod(0o644)
    with pytest.raises(WeakKeyError, match="chmod 600"):
        secret_key(tmp_path)


@pytest.mark.parametrize("weak", ["", "short", "x" * 60, "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz0123456789"])
def test_a_weak_or_known_secret_is_refused(weak: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACELINE_SECRET_KEY", weak)
    with pytest.raises(WeakKeyError, match="PACELINE_SECRET_KEY"):
        secret_key(tmp_path)


def test_the_users_database_is_a_file_or_postgresql_by_one_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PACELINE_DATABASE", raising=False)
    assert database(tmp_path, "app.sqlite3")["NAME"] == str(tmp_path / "app.sqlite3")
    told = database(tmp_path, "postgresql://pace:p%40ss@db.example:5433/sales?sslmode=require")
    assert (told["USER"], told["PASSWORD"], told["HOST"], told["PORT"], told["NAME"]) == (
        "pace", "p@ss", "db.example", "5433", "sales")
    assert told["OPTIONS"] == {"sslmode": "require"}
    with pytest.raises(BadDatabaseError, match="postgresql://"):
        database(tmp_path, "mysql://db/sales")


# --- what others load meanwhile ---


def test_a_load_by_another_process_shows_up_by_itself(place: Running, browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "product.csv").write_text("id,name\nprod-loaded-meanwhile,Loaded meanwhile\n", encoding="utf-8")
    before = place.store.view()
    command = [sys.executable, "-m", "paceline.cli", "load", str(tmp_path), "-p", str(place.project.folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "1 new" in done.stderr
    rows = place.engine.query("SELECT name FROM rec_product WHERE id = 'prod-loaded-meanwhile'")
    assert rows["name"].to_pylist() == ["Loaded meanwhile"]
    assert place.store.view() is not before, "what was read before the load is forgotten"
    assert browser("admin").get("/notice/").status_code == 200
