"""Ways in that others would try: another site's forms and links, files and archives that climb out, old keys, formulas."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from paceline.access.gate import actions_of
from paceline.access.refusals import PROGRAMS
from paceline.coaching.agenda import AgendaError, add, is_ours
from paceline.pages.plan.models import SavedView
from paceline.people import keys
from paceline.project.backing_up import FORMAT, BackupError, unpacked
from paceline.project.running import Running
from tests.product.conftest import Cast
from tests.product.test_walk import _address, _routes

Browser = Callable[[str], Client]
# Each leaves for another site in some browser, or runs.
ELSEWHERE = ("https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example", "/\t/evil.example/",
             "/\n/evil.example", "javascript:alert(1)", "data:text/html,x", "///evil.example", "http:///evil.example",
             " //evil.example")  # fmt: skip


# --- other sites' forms ---


def test_every_form_is_refused_without_its_token(cast: Cast) -> None:
    """Every address that takes a POST; but for the link in a mail, which is its own proof (RFC 8058), and programs' keys."""
    tried = set()
    for visitor in ("admin", "manager"):
        client = Client(enforce_csrf_checks=True)
        client.force_login(cast[visitor])
        for name, view, _ in _routes():
            rules = actions_of(view)  # type: ignore[arg-type]
            address = _address(name, cast.rep_id("rep"), str(cast["peer"].public_id))
            if rules is None or not rules[1].writes or address.startswith(PROGRAMS) or name == "unsubscribe":
                continue
            answer = client.post(address, {"do": "delete"})
            allowed = (403, 404) if not rules[1].public else (403,)
            assert answer.status_code in allowed, f"{visitor} {address}: {answer.status_code}"
            tried |= {name} if answer.status_code == 403 else set()
    assert len(tried) >= 40, sorted(tried)
    assert {"set_active", "make_key", "save_view", "account_logout", "set_up_sources"} <= tried


# --- links that lead elsewhere ---


@pytest.mark.parametrize("there", ELSEWHERE)
def test_no_form_leads_to_another_site(there: str, cast: Cast, browser: Browser) -> None:
    manager, rep = browser("manager"), cast.rep_id("rep")
    answers = [
        manager.post(reverse("add_to_one_on_one", args=[rep]), {"text": "Talk", "kind": "note", "next": there}),
        manager.post(reverse("save_view"), {"name": "Mine", "address": there}),
        Client().post("/log-in/", {"login": "rep@example.com", "password": "a long password", "next": there}),
    ]
    for answer in answers:
        place = answer.get("Location", "/")
        assert place.startswith("/"), place
        assert not place.startswith(("//", "/\\", "/\t", "/\n")), place
    assert not SavedView.objects.exists()
    assert not is_ours(there)
    with pytest.raises(AgendaError, match="page of ours"):
        add(cast.rep_id("manager"), rep, rep, "note", "Look at this", there)


# --- files ---


@pytest.mark.parametrize("name", ["../../evil.csv", "..\\evil.csv", "/etc/evil.csv", "a/../../evil.csv", "evil.csv\x00.toml"])
def test_an_uploaded_file_stays_in_its_source(name: str, place: Running, browser: Browser) -> None:
    folder = place.project.folder
    for source in ("climbs", "../../climbs"):
        browser("admin").post("/settings/sources/", {"source": source, "files": SimpleUploadedFile(name, b"a\n1\n")})
    found = [*folder.rglob("*evil*"), *folder.parent.glob("*evil.csv"), *folder.parent.glob("climbs")]
    assert all(path.parent == folder / "sources" / "climbs" for path in found), found
    for path in found:
        path.unlink()


def test_an_upload_has_a_largest_size(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from paceline.pages.set_up import sources

    monkeypatch.setattr(sources, "MOST_BYTES", 10)
    answer = browser("admin").post("/settings/sources/", {"source": "large", "files": SimpleUploadedFile("a.csv", b"x" * 11)})
    assert answer.status_code == 400
    assert "too much for the browser" in answer.content.decode()


def test_a_form_has_a_largest_size_and_so_has_a_message_of_an_assistant(cast: Cast, browser: Browser) -> None:
    large = "x" * (2 * 1024 * 1024 + 1)
    assert browser("rep").post(reverse("save_view"), {"name": large, "address": "/"}).status_code in (400, 413)
    _, key = keys.make(cast["rep"], "mine")
    answer = Client().post("/mcp", large, content_type="application/json", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 413


def _archive(tmp_path: Path, name: str, member: tarfile.TarInfo, content: bytes = b"") -> Path:
    """A back-up whose manifest knows of the member."""
    told = {"format": FORMAT, "version": "0", "made_at": 0, "with_key": False,
            "parts": [{"name": name, "size": len(content), "sha256": ""}]}  # fmt: skip
    manifest = json.dumps(told).encode()
    file = tmp_path / "evil.tar"
    with tarfile.open(file, "w") as out:
        first = tarfile.TarInfo("manifest.json")
        first.size = len(manifest)
        out.addfile(first, io.BytesIO(manifest))
        member.size = len(content)
        out.addfile(member, io.BytesIO(content))
    return file


@pytest.mark.parametrize("name", ["../evil", "files/../../evil", "ABSOLUTE/evil", "files", "elsewhere/evil",
                                  "store/../../../evil"])  # fmt: skip
def test_a_back_up_writes_nothing_outside(name: str, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    name = name.replace("ABSOLUTE", str(tmp_path))
    with pytest.raises((BackupError, OSError)):
        unpacked(_archive(tmp_path, name, tarfile.TarInfo(name), b"evil"), scratch)
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith("evil") and path.is_file()]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_a_back_up_holds_plain_files_alone(kind: bytes, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    member = tarfile.TarInfo("files/link")
    member.type, member.linkname = kind, "/etc/passwd"
    with pytest.raises(BackupError, match="isn't a plain file"):
        unpacked(_archive(tmp_path, "files/link", member), scratch)
    assert not list(scratch.rglob("*"))


@pytest.mark.parametrize("manifest", [b"[]", b"3", b"\xff\xfe", b'{"format": 1, "version": "0"}', b'{"format": 1, "parts": [1]}'])
def test_a_manifest_that_is_none_is_told(manifest: bytes, tmp_path: Path) -> None:
    file = tmp_path / "odd.tar"
    with tarfile.open(file, "w") as out:
        first = tarfile.TarInfo("manifest.json")
        first.size = len(manifest)
        out.addfile(first, io.BytesIO(manifest))
    with pytest.raises(BackupError):
        unpacked(file, tmp_path)


# --- keys ---


@pytest.mark.parametrize("end", ["deactivated", "revoked", "erased"])
def test_a_key_whose_time_is_over_opens_neither_the_api_nor_mcp(end: str, cast: Cast, browser: Browser) -> None:
    key, text = keys.make(cast["rep"], "mine")
    program = Client(headers={"Authorization": f"Bearer {text}"})
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}

    def opened() -> tuple[int, int]:
        return (program.get("/api/v1/me").status_code, program.post("/mcp", message, content_type="application/json").status_code)

    assert opened() == (200, 200)
    if end == "deactivated":
        browser("admin").post(reverse("set_active", args=[cast["rep"].public_id]), {"active": "no"})
    elif end == "revoked":
        browser("rep").post(reverse("revoke_key", args=[key.pk]))
    else:
        from paceline.access.erasing import _erase_account

        _erase_account(cast["rep"])
    assert opened() == (401, 401)


def test_a_log_out_leaves_nothing_of_a_session_that_a_program_could_use(browser: Browser) -> None:
    client = browser("rep")
    assert client.post("/mcp", {}, content_type="application/json").status_code == 401, "a cookie opens nothing for programs"
    client.post(reverse("account_logout"))
    assert client.get("/today/").status_code == 302
    assert client.post("/mcp", {}, content_type="application/json").status_code == 401
