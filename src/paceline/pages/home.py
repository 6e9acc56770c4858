"""The first page of each role, and the monitor's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from paceline.access.gate import Asking, action
from paceline.pages.plan.views import start_of
from paceline.people.roles import Role


@action("go_home")
def home(request: Asking) -> HttpResponse:
    """The view that one chose to begin with; else a rep's log-in opens her own page, everybody else's what needs them today."""
    if start := start_of(request.user):
        return redirect(start)
    if request.user.role == Role.REP:
        return redirect("rep", request.user.rep_id) if request.user.rep_id else redirect("people")
    return redirect("today")


@action("see_whether_up")
def up(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """For a monitor: 200 when the application's database and the store answer."""
    from paceline.people.models import User
    from paceline.project.running import running

    User.objects.exists()
    running().engine.tables()
    return JsonResponse({"up": True})
