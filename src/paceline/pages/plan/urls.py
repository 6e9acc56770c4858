"""The addresses of this room."""

from __future__ import annotations

from django.urls import path, re_path

from paceline.pages.plan import (
    accuracy_views,
    board_views,
    decide_views,
    drivers_views,
    goal_set_views,
    goals_views,
    ramp_views,
    views,
)

urlpatterns = [
    path("goals/", goals_views.goals_page, name="goals"),
    re_path(r"^goals\.(?P<form>csv|parquet)$", goals_views.goals_export, name="goals_export"),
    path("goals/set/", goal_set_views.set_page, name="set_goals"),
    path("goals/recommended/", goals_views.recommended_page, name="recommended_goals"),
    path("goals/plan/", goals_views.plan_page, name="goal_plan"),
    path("goals/propose/", goal_set_views.propose_page, name="propose_goal"),
    path("goals/proposals/<int:number>/", goal_set_views.decide_proposal, name="decide_proposal"),
    path("goals/one/<path:goal_id>/", goal_set_views.goal_page, name="goal"),
    path("ramp/", ramp_views.ramp_page, name="ramp"),
    re_path(r"^ramp\.(?P<form>csv|parquet)$", ramp_views.ramp_export, name="ramp_export"),
    path("accuracy/", accuracy_views.accuracy_page, name="accuracy"),
    re_path(r"^accuracy\.(?P<form>csv|parquet)$", accuracy_views.accuracy_export, name="accuracy_export"),
    path("drivers/", drivers_views.drivers_page, name="drivers"),
    re_path(r"^drivers\.(?P<form>csv|parquet)$", drivers_views.drivers_export, name="drivers_export"),
    path("views/", views.views_page, name="views"),
    path("views/save/", views.save_view, name="save_view"),
    path("views/<int:number>/", views.change_view, name="change_view"),
    path("leaderboard/", board_views.board_page, name="leaderboard"),
    path("tv/", board_views.tv_page, name="tv"),
    path("decide/", decide_views.decide_page, name="decide"),
    re_path(r"^decide\.(?P<form>csv|parquet)$", decide_views.decide_export, name="decide_export"),
]
