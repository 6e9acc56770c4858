"""The people in sight."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render

from paceline.access.gate import Asking, action


@action("see_rep")
def people(request: Asking) -> HttpResponse:
    """Everybody whom the user sees, by team."""
    shown = sorted(request.door.people(), key=lambda person: (person.team or "", person.name.casefold()))
    teams = [(team, list(members)) for team, members in groupby(shown, key=lambda person: person.team)]
    return render(request, "dashboards/people.html", {"teams": teams})
