"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """What is kept of each alert: its state, its changes, what was told to whom."""

    name = "paceline.alerts"
    label = "alerts"
    default_auto_field = "django.db.models.BigAutoField"
