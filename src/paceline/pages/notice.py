"""The notice: what is measured, from what, and who sees it. Made from the catalogue and the rules, so it can't be out of date."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpResponse
from django.shortcuts import render

from paceline.access.gate import Asking, action
from paceline.access.rules import RULES, SIGHT
from paceline.people.models import User
from paceline.people.roles import NAMES, Role
from paceline.project.health import counts
from paceline.project.running import running

_NUMBERS = ("see_rep", "see_peers", "see_one_on_ones", "see_coaching_time", "export")


@action("see_notice")
def notice(request: Asking) -> HttpResponse:
    """For whoever is measured."""
    metrics = defaultdict(list)
    for metric in request.door.store.catalog.values():
        metrics[metric.category].append(metric)
    told = [rule for rule in RULES if rule.action in _NUMBERS]
    rules = [(rule, [(NAMES[role], rule.roles[role].value) for role in Role if role in rule.roles]) for rule in told]
    return render(
        request,
        "notice.html",
        {
            "metrics": dict(metrics),
            "kinds": [count for count in counts(running().engine) if count.rows],
            "rules": rules,
            "sight": [(NAMES[role], rows.value) for role, rows in SIGHT.items()],
            "admins": User.objects.filter(role=Role.ADMIN.value, is_active=True),
            "pages": running().project.config.pages,
        },
    )
