"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class CoachingConfig(AppConfig):
    """1:1s, their notes, action plans."""

    name = "paceline.coaching"
    label = "coaching"
    default_auto_field = "django.db.models.BigAutoField"
