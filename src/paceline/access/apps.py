"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Rules, doors, the audit log."""

    name = "paceline.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Log-ins and log-outs go to the audit log."""
        from paceline.access import logins

        logins.listen()
