"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class CoachingConfig(AppConfig):
    """1:1s, their notes, action plans."""

    name = "paceline.coaching"
    label = "coaching"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What is kept here of a person is taken out and erased with the rest."""
        from paceline.access.erasing import ALSO_ERASED
        from paceline.access.own_data import ALSO_KEPT
        from paceline.coaching.own import erase_one_on_ones, own_one_on_ones

        ALSO_KEPT["one_on_ones"] = own_one_on_ones
        ALSO_ERASED["one_on_ones"] = erase_one_on_ones
