"""Log-ins, failed ones, and log-outs, written to the audit log."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from paceline.access.audit import note
from paceline.people.models import User


def listen() -> None:
    """Connect to Django's signals; once, when the app is ready."""
    user_logged_in.connect(_logged_in, dispatch_uid="audit")
    user_logged_out.connect(_logged_out, dispatch_uid="audit")
    user_login_failed.connect(_failed, dispatch_uid="audit")


def _logged_in(sender: object, user: User, **_: Any) -> None:  # noqa: ARG001  (signals pass by name)
    note("logged_in", user)


def _logged_out(sender: object, user: User | None, **_: Any) -> None:  # noqa: ARG001
    if user is not None:
        note("logged_out", user)


def _failed(sender: object, credentials: dict[str, Any], **_: Any) -> None:  # noqa: ARG001
    tried = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    user = User.objects.filter(email__iexact=tried).first()
    # An address that nobody has may be a password typed into the wrong field: only a hash tells repeated ones apart.
    note("log_in_failed", user, {} if user is not None else {"tried": sha256(tried.encode()).hexdigest()[:16]})
