"""The addresses of the data pages."""

from __future__ import annotations

from django.urls import path, re_path

from paceline.pages.dashboards import people, record_views, views

urlpatterns = [
    path("people/", people.people, name="people"),
    path("team/", views.team_page, name="team"),
    re_path(r"^team\.(?P<form>csv|parquet)$", views.team_export, name="team_export"),
    path("reps/<str:rep_id>/", views.rep_page, name="rep"),
    path("metrics/", views.metrics_page, name="metrics"),
    path("metrics/<slug:slug>/", views.metric_page, name="metric"),
    path("records/<slug:slug>/", record_views.records_page, name="records"),
    re_path(r"^records/(?P<slug>[\w-]+)\.(?P<form>csv|parquet)$", record_views.records_export, name="records_export"),
]
