"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class DisputesConfig(AppConfig):
    """Records that somebody says are wrong, and what was decided."""

    name = "paceline.disputes"
    label = "disputes"
    default_auto_field = "django.db.models.BigAutoField"
