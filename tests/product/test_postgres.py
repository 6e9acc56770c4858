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
def write_one(model):
    # A row with the least that its columns want; None where it needs another app's row first.
    from django.db import models
    told = {}
    for field in model._meta.concrete_fields:
        if field.primary_key and not isinstance(field, models.UUIDField) or field.has_default() or field.null or field.blank:
            continue
        if isinstance(field, models.ForeignKey):
            found = field.related_model.objects.first()
            if found is None:
                return None
            told[field.name] = found
        else:
            told[field.name] = sample(field)
    with transaction.atomic():
        made = model.objects.create(**told)
    return model.objects.get(pk=made.pk)
def sample(field):
    import datetime, uuid
    from django.db import models
    from django.utils import timezone
    if field.choices:
        return field.choices[0][0]
    for kind, value in ((models.DateTimeField, timezone.now()), (models.DateField, datetime.date(2026, 1, 1)),
                        (models.TimeField, datetime.time(9)), (models.IntegerField, 1), (models.FloatField, 1.0),
                        (models.BooleanField, True), (models.JSONField, {}), (models.UUIDField, uuid.uuid4()),
                        (models.EmailField, "a@b.example"), (models.CharField, "x"), (models.TextField, "x")):
        if isinstance(field, kind):
            return value
    raise AssertionError(field)
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
# Every app's tables are there, and take a row (``people`` and ``access`` have theirs above).
from django.apps import apps
from django.core.management import call_command
tables = set(connection.introspection.table_names())
missing = [model._meta.label for model in apps.get_models() if model._meta.db_table not in tables]
assert not missing, missing
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
from paceline.alerts import models as alerts
from paceline.coaching import models as coaching
from paceline.disputes import deciding
from paceline.disputes.models import Dispute
made = deciding.dispute("meeting", "m1", "private", rep, deciding.Seen("r1", "meetings_held"))
try:
    deciding.dispute("meeting", "m1", "again", rep, deciding.Seen("r1", "meetings_held"))
except deciding.DisputeError as error:
    assert "disputed this record already" in str(error)
else:
    raise AssertionError("one open dispute a record")
deciding.decide(made, True, "", admin)
assert Dispute.objects.get().state == "accepted"
written = 0
for models in (alerts, coaching):
    for model in apps.get_models():
        if model.__module__ == models.__name__ and write_one(model):
            written += 1
assert written, "no app wrote"
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
