"""The four roles. What each may do is in ``access/rules.py``."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a user is to the pages; whose manager someone is comes from the records, not from here."""

    REP = "rep"
    MANAGER = "manager"
    EXECUTIVE = "executive"
    ADMIN = "admin"


NAMES = {Role.REP: "Rep", Role.MANAGER: "Manager", Role.EXECUTIVE: "Executive", Role.ADMIN: "RevOps admin"}
