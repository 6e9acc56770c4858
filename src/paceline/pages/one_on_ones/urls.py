"""The addresses of 1:1s."""

from __future__ import annotations

from django.urls import path

from paceline.pages.one_on_ones import adding

urlpatterns = [
    path("one-on-ones/<path:rep_id>/add/", adding.add, name="add_to_one_on_one"),
]
