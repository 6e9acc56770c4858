"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class DisputesConfig(AppConfig):
    """Records that somebody says are wrong, and what was decided."""

    name = "paceline.disputes"
    label = "disputes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What is kept here of a person is taken out and erased with the rest."""
        from paceline.access.erasing import ALSO_ERASED
        from paceline.access.own_data import ALSO_KEPT
        from paceline.disputes.own import erase_disputes, own_disputes

        ALSO_KEPT["disputes"] = own_disputes
        ALSO_ERASED["disputes"] = erase_disputes
