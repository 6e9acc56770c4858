"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """What is kept of each alert: its state, its changes, what was told to whom."""

    name = "paceline.alerts"
    label = "alerts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What is kept here of a person is taken out and erased with the rest."""
        from paceline.access.erasing import ALSO_ERASED
        from paceline.access.own_data import ALSO_KEPT
        from paceline.alerts.own import erase_messages, own_messages

        ALSO_KEPT["messages"] = own_messages
        ALSO_ERASED["messages"] = erase_messages
