"""Answers from a project's folder: what ``paceline mcp`` gives without a server's address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from paceline.api.caller import Caller
from paceline.api.mcp.messages import NAMED, UNREACHABLE, RpcError, failure
from paceline.api.mcp.protocol import answer
from paceline.api.mcp.stdio import Answerer
from paceline.people import keys
from paceline.people.models import User
from paceline.people.roles import Role
from paceline.project.running import beside
from paceline.warehouse.engine import WarehouseError


class NoCallerError(ValueError):
    """Nobody in whose name it could be asked; the message says what to do."""


def here(folder: Path, key: str, origin: str) -> Answerer:
    """Answers from the project in a folder, in the name of the key's owner; without a key, of the project's first admin.

    Whoever can open the folder's files can read all of the store anyway; a key narrows it to what its owner sees. The store is
    open only while a question is answered, so that a server can be started meanwhile. Raises NoCallerError.
    """
    _caller(key, origin)

    def answered(message: Any) -> dict[str, Any] | None:
        if not isinstance(message, dict) or message.get("method") not in NAMED:
            return answer(_caller(key, origin), message)
        try:
            with beside(folder):
                return answer(_caller(key, origin), message)
        except (NoCallerError, WarehouseError) as error:
            return failure(message.get("id"), RpcError(UNREACHABLE, str(error)))

    return answered


def _caller(key: str, origin: str) -> Caller:
    if key:
        found = keys.valid(key)
        if found is None:
            raise NoCallerError("The key isn't valid: it is unknown, revoked or over, or its owner is deactivated.")
        return Caller(found.user, found, origin)
    admin = User.objects.filter(role=Role.ADMIN.value, is_active=True).order_by("created_at").first()
    if admin is None:
        raise NoCallerError("The project has no admin yet, so there is nobody in whose name to ask: run `paceline serve` once.")
    return Caller(admin, None, origin)
