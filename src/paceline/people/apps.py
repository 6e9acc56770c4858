"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Users, invitations, keys."""

    name = "paceline.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
