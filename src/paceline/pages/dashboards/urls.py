"""The addresses of the data pages."""

from __future__ import annotations

from django.urls import path, re_path

from paceline.pages.dashboards import (
    export_views,
    forecast_views,
    health_views,
    metric_views,
    people,
    record_views,
    rep_views,
    restated_views,
    team_views,
    today,
    totals_views,
    weeks_views,
)

urlpatterns = [
    *export_views.ADDRESSES,
    path("people/", people.people, name="people"),
    path("today/", today.today_page, name="today"),
    path("team/", team_views.team_page, name="team"),
    re_path(r"^team\.(?P<form>csv|parquet)$", team_views.team_export, name="team_export"),
    path("reps/<path:rep_id>/", rep_views.rep_page, name="rep"),
    path("forecast/", forecast_views.forecast_page, name="forecast"),
    path("forecast/changes/", forecast_views.changes_page, name="pipeline_changes"),
    path("data-health/", health_views.health_page, name="data_health"),
    path("data-health/restated/", restated_views.restated_page, name="restated"),
    path("data-health/totals/", totals_views.totals_page, name="control_totals"),
    path("metrics/", metric_views.metrics_page, name="metrics"),
    path("metrics/<slug:slug>/", metric_views.metric_page, name="metric"),
    re_path(r"^metrics/(?P<slug>[\w-]+)\.svg$", metric_views.metric_picture, name="metric_picture"),
    path("weeks/<slug:slug>/", weeks_views.weeks_page, name="weeks"),
    path("records/<slug:slug>/", record_views.records_page, name="records"),
    re_path(r"^records/(?P<slug>[\w-]+)\.(?P<form>csv|parquet)$", record_views.records_export, name="records_export"),
]
