"""A project in one file and back: while it is served, all of it or nothing, and from one database to the other."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest

from paceline.project import FILE, open_project
from paceline.project.loading import load_records
from paceline.project.template import template
from paceline.simulation.random_company import tiny
from paceline.warehouse.engine import Engine

# Django is for one project a process, so each step is a process of its own, as it is for whoever uses it.
MADE = """
import sys
from pathlib import Path
from paceline.pages.serving import open_database
open_database(Path(sys.argv[1]))
from paceline.access.audit import note
from paceline.disputes.models import Dispute
from paceline.people import invitations, keys
from paceline.people.models import User
from paceline.people.roles import Role
admin = User.objects.create_user("admin@example.com", "a long password", name="Admin", role="admin")
keys.make(admin, "monitor")
invitations.invite(admin, "rep@example.com", "Rep", Role.REP, "r1")
Dispute.objects.create(kind="meeting", record_id="m1", reason="privé", metric="meetings_held", by=admin)
note("looked", admin, {"at": "one"})
"""
SEEN = """
import sys
from pathlib import Path
from paceline.pages.serving import open_database
open_database(Path(sys.argv[1]))
from django.db import connection
from paceline.access.audit import breaks, head, note
from paceline.disputes.models import Dispute
from paceline.people.models import ApiKey, Invitation, User
admin = User.objects.get()
assert admin.check_password("a long password")
assert Dispute.objects.get().by == admin and Dispute.objects.get().reason == "privé"
assert ApiKey.objects.get().user == admin and Invitation.objects.get().invited_by == admin
assert list(breaks()) == []
note("looked", admin, {"at": "again"})
assert list(breaks()) == [] and head()[0] == 2
User.objects.create_user("two@example.com", "a long password", name="Two", role="executive")
print(connection.vendor)
"""


def _python(program: str, folder: Path, **environment: str) -> str:
    done = subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, text=True, timeout=180, check=False,
                          env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _paceline(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "paceline.cli", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False, env={**os.environ, **environment})


def _records(engine: Engine) -> dict[str, list[str]]:
    names = sorted(name for name in engine.tables() if name.startswith(("rec_", "load_log", "exclusion", "fact_")))
    return {name: sorted(map(repr, engine.query(f"SELECT * FROM {name}").to_pylist())) for name in names}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with records and users."""
    folder = tmp_path_factory.mktemp("backed") / "acme"
    folder.mkdir()
    (folder / FILE).write_text(template({("company", "name"): '"Acme"'}), encoding="utf-8")
    (folder / "sources" / "files").mkdir(parents=True)
    (folder / "sources" / "files" / "mapping.toml").write_text("# none\n", encoding="utf-8")
    project = open_project(folder)
    engine = project.engine()
    load_records(engine, project.settings, tiny(9).records, "crm", lambda _: None)
    engine.close()
    _python(MADE, folder)
    return folder


@pytest.mark.slow
def test_what_comes_back_is_what_was_there_taken_while_it_was_served(made: Path, tmp_path: Path) -> None:
    from paceline.project.folder import open_project as opened
    from paceline.project.running import Running

    archive, back = tmp_path / "one.tar", tmp_path / "back"
    served = Running(opened(made), opened(made).own_engine())
    try:
        before = _records(served.engine)
        done = _paceline("backup", archive, "--with-key", "-p", made)
    finally:
        served.close()
    assert done.returncode == 0, done.stderr
    assert archive.stat().st_mode & 0o077 == 0
    assert _paceline("backup", archive, "--with-key", "-p", made).returncode != 0  # never over another
    done = _paceline("restore", archive, back)
    assert done.returncode == 0, done.stderr
    assert (back / "secret.key").read_text(encoding="ascii") == (made / "secret.key").read_text(encoding="ascii")
    assert (back / "secret.key").stat().st_mode & 0o077 == 0
    assert (back / "sources" / "files" / "mapping.toml").exists()
    running = Running(opened(back), opened(back).own_engine())
    assert _records(running.engine) == before
    running.close()
    assert _python(SEEN, back) == "sqlite"
    refused = _paceline("restore", archive, back)
    assert refused.returncode != 0
    assert "isn't empty" in refused.stderr
    assert _paceline("restore", archive, back, "--force").returncode == 0
    assert (tmp_path / "back.before-restore" / FILE).exists()
    asked = _paceline("ask", "revenue", "-p", back)  # before any server made facts of the records
    assert (asked.returncode, asked.stderr.count("Nothing was loaded")) == (0, 0), asked.stderr
    assert _python(SEEN, back) == "sqlite"


@pytest.mark.slow
def test_a_broken_archive_changes_nothing(made: Path, tmp_path: Path) -> None:
    archive = tmp_path / "one.tar"
    assert _paceline("backup", archive, "--without-key", "-p", made).returncode == 0
    with tarfile.open(archive) as whole:
        names = whole.getnames()
    assert "files/secret.key" not in names
    flipped = bytearray(archive.read_bytes())
    at = flipped.index(b'"Acme"')
    flipped[at + 1] ^= 1
    cut = archive.read_bytes()[:-200_000]
    for name, content, words in (
        ("flipped", bytes(flipped), "checksum differs"), ("cut", cut, "back-up"), ("text", b"hello", "can't be read"),
        ("other", _tar({"manifest.json": b"{}"}), "format None"), ("outside", _outside(), "isn't a plain file"),
    ):
        broken, back = tmp_path / f"{name}.tar", tmp_path / name
        broken.write_bytes(content)
        done = _paceline("restore", broken, back)
        assert done.returncode != 0, name
        assert words in done.stderr or "isn't whole" in done.stderr, (name, done.stderr)
        assert not back.exists(), name
        assert not list(tmp_path.glob(".*restore*")), name


def _outside() -> bytes:
    part = {"name": "../evil", "size": 1, "sha256": ""}
    told = {"format": 1, "version": "0", "made_at": 0, "with_key": False, "parts": [part]}
    return _tar({"manifest.json": json.dumps(told).encode(), "../evil": b"x"})


def _tar(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.engine
@pytest.mark.slow
def test_users_go_from_sqlite_to_postgresql_and_back(made: Path, tmp_path: Path, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE restored")
    there = {"PACELINE_DATABASE": postgres_url.rsplit("/", 1)[0] + "/restored"}
    first, second = tmp_path / "one.tar", tmp_path / "two.tar"
    assert _paceline("backup", first, "--with-key", "-p", made).returncode == 0
    done = _paceline("restore", first, tmp_path / "on-postgres", **there)
    assert done.returncode == 0, done.stderr
    refused = _paceline("restore", first, tmp_path / "again", **there)
    assert "database isn't empty" in refused.stderr
    done = _paceline("backup", second, "--with-key", "-p", tmp_path / "on-postgres", **there)
    assert done.returncode == 0, done.stderr
    assert _python(SEEN, tmp_path / "on-postgres", **there) == "postgresql"
    done = _paceline("restore", second, tmp_path / "on-sqlite")
    assert done.returncode == 0, done.stderr
    assert _python(SEEN, tmp_path / "on-sqlite") == "sqlite"
