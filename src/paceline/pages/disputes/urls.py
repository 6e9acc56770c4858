"""The addresses of disputes."""

from __future__ import annotations

from django.urls import path

from paceline.pages.disputes import views

urlpatterns = [
    path("disputes/", views.disputes, name="disputes"),
    path("disputes/<int:number>/decide/", views.decide, name="dispute_decide"),
    path("disputes/<int:number>/undo/", views.undo, name="dispute_undo"),
    path("disputes/follow/", views.follow, name="disputes_follow"),
    path("records/<slug:slug>/dispute/", views.dispute, name="dispute"),
]
