"""Everything that is kept about one person: the account, what they did here, and the records that carry their id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paceline.access.models import AuditEntry
from paceline.metrics.store import Store
from paceline.people.models import User
from paceline.sales.records import TABLES
from paceline.warehouse.store import unbound

_WHO = "rep"

# What the apps above keep about a person: name → plain values. Each adds its own when it is ready.
ALSO_KEPT: dict[str, Callable[[User], Any]] = {}


def everything_about(user: User, store: Store) -> dict[str, Any]:
    """Plain values, ready for JSON: account, keys (without their secrets), log entries, records by table."""
    return {
        "account": {
            "email": user.email, "name": user.name, "role": user.role, "person_in_crm": user.rep_id, "active": user.is_active,
            "created_at": user.created_at.isoformat(), "last_log_in": user.last_login.isoformat() if user.last_login else None,
        },
        "keys": [{"name": key.name, "begins": key.shown, "created_at": key.created_at.isoformat()} for key in user.keys.all()],
        "log": [
            {"at": entry.at.isoformat(), "what": entry.what, "about": entry.about}
            for entry in AuditEntry.objects.filter(who=str(user.public_id))
        ],
        "records": records_of(user.rep_id, store) if user.rep_id else {},
        **{name: kept(user) for name, kept in ALSO_KEPT.items()},
    }


def records_of(rep_id: str, store: Store) -> dict[str, list[dict[str, Any]]]:
    """The current records that name the person of the CRM, by table; tables without any aren't in it."""
    found = {}
    for table in TABLES:
        columns = [column.name for column in table.columns if column.refers == _WHO] + (["id"] if table.name == _WHO else [])
        if not columns:
            continue
        rows = unbound(table.name)
        match = rows[columns[0]] == rep_id
        for name in columns[1:]:
            match = match | (rows[name] == rep_id)
        names = [column.name for column in table.columns]
        kept = store.engine.query(rows.filter(match).select(*names).order_by("id")).to_pylist()
        if kept:
            found[table.name] = kept
    return found
