"""A user's own door where no request is: everybody is told what the pages would show her, and nothing else."""

from __future__ import annotations

from paceline.access.doors import Door, door_to
from paceline.access.rules import rows_of
from paceline.people.models import User
from paceline.people.roles import Role
from paceline.project.running import running


def door_of(user: User, action: str) -> Door:
    """The door of an action for a user; with nobody behind it for who is deactivated, or may not."""
    place = running()
    role = Role(user.role) if user.is_active else None
    return door_to(place.store, action, role, user.rep_id, place.project.config.pages.peers)


def may(user: User, action: str) -> bool:
    """Whether the user may do the action at all."""
    return user.is_active and rows_of(action, Role(user.role)) is not None
