"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class PlanConfig(AppConfig):
    """Saved views, goals' changes and proposals."""

    name = "paceline.pages.plan"
    label = "plan"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What is kept here of a person is taken out and erased with the rest."""
        from paceline.access.erasing import ALSO_ERASED
        from paceline.access.own_data import ALSO_KEPT
        from paceline.pages.plan.own import erase_plan, own_plan

        ALSO_KEPT["plan"] = own_plan
        ALSO_ERASED["plan"] = erase_plan
