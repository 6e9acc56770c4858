"""API keys: made, recognised, revoked. A key is shown once; what is stored is its hash."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from django.http import HttpRequest
from django.utils import timezone

from paceline.people.models import ApiKey, User

PREFIX = "pace_"
_ATTRIBUTE = "paceline_key"
# A key's last use is told to the hour: a write a request would cost more than it tells.
_USE_NOTED = timedelta(hours=1)


def make(user: User, name: str, writes: bool = False, days: int | None = 365) -> tuple[ApiKey, str]:
    """A new key and its text, which can't be had again. ``days`` until it ends; None: never."""
    text = PREFIX + secrets.token_urlsafe(32)
    ends = None if days is None else timezone.now() + timedelta(days=days)
    key = ApiKey.objects.create(
        user=user, name=name, shown=text[: len(PREFIX) + 6], key_hash=hashed(text), writes=writes, expires_at=ends
    )
    return key, text


def hashed(text: str) -> str:
    """What is kept of a token. Its 256 random bits need no slow hash."""
    return sha256(text.encode()).hexdigest()


def log_in(request: HttpRequest) -> None:
    """Make the key's owner the user of the request, if there is a valid key in its Authorization header.

    Requests with a key carry no cookie that a foreign page could misuse, so they are free of the CSRF check; a request to the API
    without a key keeps its session's user, and the check.
    """
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return
    key = ApiKey.objects.select_related("user").filter(key_hash=hashed(text.strip()), revoked_at=None).first()
    now = timezone.now()
    if key is None or not key.user.is_active or (key.expires_at is not None and key.expires_at < now):
        from django.contrib.auth.models import AnonymousUser

        request.user = AnonymousUser()
        return
    request.user = key.user
    setattr(request, _ATTRIBUTE, key)
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    if key.used_at is None or now - key.used_at > _USE_NOTED:
        ApiKey.objects.filter(pk=key.pk).update(used_at=now)


def may(request: HttpRequest, writes: bool) -> bool:
    """Whether the request's key, if it came with one, allows this much."""
    key: ApiKey | None = getattr(request, _ATTRIBUTE, None)
    return key is None or key.writes or not writes
