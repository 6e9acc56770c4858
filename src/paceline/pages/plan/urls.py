"""The addresses of this room."""

from __future__ import annotations

from django.urls import path, re_path

from paceline.pages.plan import goal_set_views, goals_views

urlpatterns = [
    path("goals/", goals_views.goals_page, name="goals"),
    re_path(r"^goals\.(?P<form>csv|parquet)$", goals_views.goals_export, name="goals_export"),
    path("goals/set/", goal_set_views.set_page, name="set_goals"),
    path("goals/recommended/", goals_views.recommended_page, name="recommended_goals"),
    path("goals/plan/", goals_views.plan_page, name="goal_plan"),
    path("goals/propose/", goal_set_views.propose_page, name="propose_goal"),
    path("goals/proposals/<int:number>/", goal_set_views.decide_proposal, name="decide_proposal"),
    path("goals/one/<path:goal_id>/", goal_set_views.goal_page, name="goal"),
]
