"""Users, sessions and the audit log on a real PostgreSQL server, by one setting."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from paceline.project import FILE
from paceline.project.template import template

# Django is for one project a process, so this one is another's.
PROGRAM = """
import sys
from pathlib import Path
from paceline.pages.serving import open_database
open_database(Path(sys.argv[1]))
from django.db import DatabaseError, IntegrityError, connection, transaction
from paceline.access.audit import breaks, note
from paceline.access.models import AuditEntry
from paceline.people import invitations
from paceline.people.models import User
from paceline.people.roles import Role
assert connection.vendor == "postgresql"
admin = User.objects.create_user("Admin@example.com", "a long password", name="Admin", role="admin")
_, token = invitations.invite(admin, "rep@example.com", "Rep", Role.REP, "r1")
rep = invitations.accept(token, "another long password")
assert rep is not None and rep.rep_id == "r1" and invitations.accept(token, "x") is None
for again in ({"email": "ADMIN@example.com"}, {"email": "other@example.com", "rep_id": "r1"}):
    try:
        with transaction.atomic():
            User.objects.create(name="Twice", **again)
    except IntegrityError:
        continue
    raise AssertionError(again)
for word in ("one", "two"):
    note("looked", admin, {"at": word})
assert list(breaks()) == []
for change in (lambda: AuditEntry.objects.update(what="slept"), lambda: AuditEntry.objects.all().delete()):
    try:
        with transaction.atomic():
            change()
    except DatabaseError as error:
        assert "only added to" in str(error), error
    else:
        raise AssertionError("the log was changed")
from django.contrib.sessions.backends.db import SessionStore
session = SessionStore()
session["_auth_user_id"] = str(rep.pk)
session.save()
assert SessionStore(session.session_key)["_auth_user_id"] == str(rep.pk)
assert User.objects.get_by_natural_key("REP@example.com").check_password("another long password")
print("fine")
"""


@pytest.mark.engine
def test_users_and_the_audit_log_live_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE pages")  # apart from the stores of other tests
    (tmp_path / FILE).write_text(template({}), encoding="utf-8")
    environment = {**os.environ, "PACELINE_DATABASE": postgres_url.rsplit("/", 1)[0] + "/pages"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, timeout=120, check=False, env=environment
    )
    assert done.stdout.strip() == "fine", done.stderr
    assert not (tmp_path / "app.sqlite3").exists()
