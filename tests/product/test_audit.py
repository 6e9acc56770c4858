"""The audit log: what goes in, and that nobody edits it unseen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from paceline.access.audit import FIRST, breaks, head, note
from paceline.access.models import AuditEntry
from tests.product.conftest import Cast


def _three(cast: Cast) -> list[AuditEntry]:
    return [note("looked", cast["admin"], {"at": word}) for word in ("one", "two", "three")]


def _without_triggers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_no_update")
        cursor.execute("DROP TRIGGER audit_no_delete")


def test_a_log_that_nobody_touched_holds(cast: Cast) -> None:
    assert head() == (0, FIRST)
    entries = _three(cast)
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert list(breaks()) == []
    assert head() == (3, entries[-1].digest)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_an_entry(cast: Cast, change: str) -> None:
    _three(cast)
    chosen = AuditEntry.objects.filter(number=2)
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        chosen.update(what="slept") if change == "update" else chosen.delete()
    assert AuditEntry.objects.get(number=2).what == "looked"


def test_an_edited_entry_is_found(cast: Cast) -> None:
    _three(cast)
    _without_triggers()
    AuditEntry.objects.filter(number=2).update(about={"at": "another"})
    assert [(found.number, found.wrong) for found in breaks()] == [(2, "its content was changed")]


def test_an_entry_forged_without_the_secret_key_is_found(cast: Cast, settings_key: Callable[[str], None]) -> None:
    _three(cast)
    _without_triggers()
    settings_key("another key, as somebody without the project's would use")
    last = AuditEntry.objects.get(number=3)
    last.delete()
    note("looked", cast["admin"], {"at": "forged"})
    settings_key("")
    assert [found.number for found in breaks()] == [3]


def test_a_removed_entry_is_found(cast: Cast) -> None:
    _three(cast)
    _without_triggers()
    AuditEntry.objects.filter(number=2).delete()
    assert [found.wrong for found in breaks()] == ["entries 2 to 2 are missing"]


def test_log_ins_and_failed_ones_are_noted_without_addresses(cast: Cast) -> None:
    client = Client()
    client.post("/log-in/", {"login": "rep@example.com", "password": "not the password"})
    client.post("/log-in/", {"login": "my secret passphrase@oops", "password": "x"})
    client.post("/log-in/", {"login": "rep@example.com", "password": "a long password"})
    client.post("/log-out/")
    told = [(entry.what, entry.who) for entry in AuditEntry.objects.order_by("number")]
    rep = str(cast["rep"].public_id)
    assert told[0] == ("log_in_failed", rep)
    assert told[-2:] == [("logged_in", rep), ("logged_out", rep)]
    assert "example.com" not in str(list(AuditEntry.objects.values()))
    assert "passphrase" not in str(list(AuditEntry.objects.values()))
