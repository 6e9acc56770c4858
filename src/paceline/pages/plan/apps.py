"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class PlanConfig(AppConfig):
    """Saved views, goals' changes and proposals."""

    name = "paceline.pages.plan"
    label = "plan"
    default_auto_field = "django.db.models.BigAutoField"
