"""API keys: made, recognised, revoked. A key is shown once; what is stored is its hash."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from paceline.people.models import ApiKey, User

PREFIX = "pace_"
_ATTRIBUTE = "paceline_key"
# A key's last use is told to the hour: a write a request would cost more than it tells.
_USE_NOTED = timedelta(hours=1)


def make(
    user: User, name: str, writes: bool = False, days: int | None = 365, areas: Sequence[str] = ()
) -> tuple[ApiKey, str]:
    """A new key and its text, which can't be had again. ``days`` until it ends; None: never. ``areas``: what it is limited to."""
    text = PREFIX + secrets.token_urlsafe(32)
    ends = None if days is None else timezone.now() + timedelta(days=days)
    key = ApiKey.objects.create(
        user=user, name=name, shown=text[: len(PREFIX) + 6], key_hash=hashed(text), writes=writes, areas=sorted(areas),
        expires_at=ends,
    )  # fmt: skip
    return key, text


def hashed(text: str) -> str:
    """What is kept of a token. Its 256 random bits need no slow hash."""
    return sha256(text.encode()).hexdigest()


def log_in(request: HttpRequest) -> None:
    """Make the key's owner the user of the request; nobody, if there is no valid key in its Authorization header.

    A program's request is known by its key alone: a session that the same browser has open is put aside, so that no foreign page
    can misuse its cookie; for the same reason the CSRF check has nothing to protect here.
    """
    request.session, request.COOKIES = SessionBase(), {}  # no store behind it: nothing of it is kept
    request.user = AnonymousUser()
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    key = valid(text.strip()) if scheme.lower() == "bearer" else None
    if key is not None:
        request.user = key.user
        setattr(request, _ATTRIBUTE, key)


def valid(text: str) -> ApiKey | None:
    """The key of that text with its owner; None for one that is unknown, revoked, over, or whose owner is deactivated."""
    key = ApiKey.objects.select_related("user").filter(key_hash=hashed(text), revoked_at=None, user__is_active=True).first()
    now = timezone.now()
    if key is None or (key.expires_at is not None and key.expires_at < now):
        return None
    if key.used_at is None or now - key.used_at > _USE_NOTED:
        ApiKey.objects.filter(pk=key.pk).update(used_at=now)
    return key


def of(request: HttpRequest) -> ApiKey | None:
    """The key that the request came with; None: none."""
    found: ApiKey | None = getattr(request, _ATTRIBUTE, None)
    return found
