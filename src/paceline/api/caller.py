"""Who asks: a user, the key that came with the request, and where the pages are, for links."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest

from paceline.access.doors import Door
from paceline.access.gate import door_of, key_covers
from paceline.access.rules import BY_ACTION, rows_of
from paceline.api.refusal import Problems, Refused, not_found
from paceline.metrics.store import Store
from paceline.people import keys
from paceline.people.models import ApiKey, User
from paceline.people.roles import Role
from paceline.project.running import running


@dataclass(frozen=True)
class Caller:
    """``key`` None: asked on the machine itself. ``origin``: where the pages are (``https://sales.example.com``), or empty.

    ``problems``: what is wrong with the request, as far as it is known.
    """

    user: User
    key: ApiKey | None
    origin: str = ""
    problems: Problems = field(default_factory=Problems)

    @property
    def store(self) -> Store:
        """The store; only what a door lets through is to be asked of it."""
        return running().store

    def may(self, action: str) -> bool:
        """Whether the action is open to the user and the key."""
        allowed = rows_of(action, Role(self.user.role)) is not None
        return allowed and (self.key is None or key_covers(self.key, BY_ACTION[action]))

    def door(self, action: str) -> Door:
        """The door of an action. Raises Refused: 404 where the rules say no, 403 where only the key does."""
        rule = BY_ACTION[action]
        if rows_of(action, Role(self.user.role)) is None:
            raise not_found()
        if self.key is not None and not key_covers(self.key, rule):
            raise Refused(403, "key_too_narrow", f"This key doesn't reach so far: {rule.does} ({action})")
        return door_of(self.user, action)

    def link(self, path: str) -> str:
        """A page's address."""
        return self.origin + path


@dataclass(frozen=True)
class Visiting:
    """A caller at one of the doors, as the pages' own functions want to know it."""

    user: User
    door: Door


def caller_of(request: HttpRequest) -> Caller:
    """The caller of a request that has passed the gate."""
    assert isinstance(request.user, User)
    return Caller(request.user, keys.of(request), f"{request.scheme}://{request.get_host()}")
