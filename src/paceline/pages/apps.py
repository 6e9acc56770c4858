"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Templates and static files."""

    name = "paceline.pages"
    label = "pages"
