"""Where users, roles and sessions are kept: the project's SQLite file, or PostgreSQL by one setting."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

VARIABLE = "PACELINE_DATABASE"


class BadDatabaseError(ValueError):
    """The database's address can't be read; the message says how it must be."""


def database(folder: Path, written: str) -> dict[str, Any]:
    """Django's description of the database. ``written``: what ``paceline.toml`` says. Raises BadDatabaseError."""
    where = os.environ.get(VARIABLE) or written
    if "://" not in where:
        return sqlite(folder / where)
    address = urlsplit(where)
    if address.scheme not in ("postgresql", "postgres") or not address.path.strip("/"):
        raise BadDatabaseError(
            f"{address.scheme}://… is no place for users and sessions: write a file's name or postgresql://user@host/database "
            f"in [pages] database of paceline.toml, or in {VARIABLE}."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(address.path.strip("/")),
        "USER": unquote(address.username or ""),
        "PASSWORD": unquote(address.password or ""),
        "HOST": unquote(address.hostname or ""),
        "PORT": str(address.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(address.query)),
    }


def sqlite(file: Path | str) -> dict[str, Any]:
    """A file that several threads write: the write-ahead log lets readers read meanwhile, and writers queue from their start."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
