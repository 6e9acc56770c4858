"""The addresses of the set-up pages."""

from __future__ import annotations

from django.urls import path

from paceline.pages.set_up import company, index, maps, own_metrics, sources

urlpatterns = [
    path("settings/", index.index, name="set_up_index"),
    path("settings/stages/", maps.stages, name="set_up_stages"),
    path("settings/own-metrics/", own_metrics.own_metrics, name="set_up_metrics"),
    path("settings/sources/", sources.sources, name="set_up_sources"),
    path("settings/sources/<slug:source>/", sources.source, name="set_up_source"),
    path("settings/sources/<slug:source>/load/", sources.load, name="set_up_load"),
    path("settings/<slug:group>/", company.group, name="set_up_group"),
]
