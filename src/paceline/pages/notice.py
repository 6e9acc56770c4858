"""The notice: what is measured, from what, and who sees it. Made from the catalogue and the rules, so it can't be out of date."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext

from paceline.access.gate import Asking, action
from paceline.access.rules import NOTICED, RULES
from paceline.pages.dashboards import written
from paceline.pages.dashboards.metric_views import CATEGORIES, described
from paceline.pages.set_up.field_words import record
from paceline.people.models import User
from paceline.people.roles import NAMES, Role
from paceline.project.health import counts
from paceline.project.running import running


@action("see_notice")
def notice(request: Asking) -> HttpResponse:
    """For whoever is measured."""
    metrics = defaultdict(list)
    for metric in request.door.store.catalog.values():
        metrics[str(CATEGORIES[metric.category])].append(described(metric))
    rules = [
        (gettext(rule.does), [(gettext(NAMES[role]), gettext(rule.roles[role].value)) for role in Role if role in rule.roles],
         gettext(rule.why).replace("`", ""))
        for rule in RULES if rule.action in NOTICED
    ]  # fmt: skip
    return render(
        request,
        "notice.html",
        {
            "metrics": dict(metrics),
            "kinds": [
                (capfirst(record(one.name)), written.count(one.rows), one) for one in counts(running().engine) if one.rows
            ],
            "rules": rules,
            "admins": whom_to_ask(),
            "pages": running().project.config.pages,
        },
    )


def whom_to_ask() -> QuerySet[User]:
    """Who mends or erases what is kept about a person."""
    return User.objects.filter(role=Role.ADMIN.value, is_active=True)
