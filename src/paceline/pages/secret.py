"""The project's secret key: made at the first start, kept in a file that only its owner reads, refused when it is weak."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

FILE = "secret.key"
VARIABLE = "PACELINE_SECRET_KEY"
SHORTEST = 43  # 256 bits, written in base64
_KNOWN = ("django-insecure", "changeme", "change-me", "change_me", "secret", "password", "example", "paceline")


class WeakKeyError(Exception):
    """The secret key is missing strength, or others can read it; the message says what to do."""


def secret_key(folder: Path) -> str:
    """The key: from the environment, else from the file, else a new one, written to the file. Raises WeakKeyError."""
    given = os.environ.get(VARIABLE)
    if given is not None:
        return _strong(given.strip(), f"The environment variable {VARIABLE}")
    file = folder / FILE
    if not file.exists():
        _write(file, secrets.token_urlsafe(64))
    _private(file)
    return _strong(file.read_text(encoding="ascii").strip(), str(file))


def _write(file: Path, key: str) -> None:
    """Write a new file that was never readable by others; whoever comes second keeps what the first wrote."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(key + "\n")


def _private(file: Path) -> None:
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise WeakKeyError(f"Others on this machine can read {file}. Run: chmod 600 {file}")


def _strong(key: str, place: str) -> str:
    remedy = f"Remove it, and a new one is made at the next start (all sessions end then), or set {VARIABLE} to a random one."
    if len(key) < SHORTEST or len(set(key)) < 16:
        raise WeakKeyError(f"{place} holds a key that could be guessed: it needs {SHORTEST} random characters. {remedy}")
    if any(word in key.lower() for word in _KNOWN):
        raise WeakKeyError(f"{place} holds a key out of an example, which anybody can know. {remedy}")
    return key
