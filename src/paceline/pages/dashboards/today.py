"""Today: the few things that need the manager, what went well, goals to date, how fresh the data is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from paceline.access.gate import Asking, action
from paceline.insight.cards import State
from paceline.pages.dashboards import goal_tiles, judged, signal_cards, written
from paceline.pages.dashboards.asking import asked
from paceline.pages.dashboards.links import records_of

MOST, PRAISE = 5, 2


@action("see_today")
@require_safe
def today_page(request: Asking) -> HttpResponse:
    """What needs me before my first call."""
    of = asked(request)
    found = judged.changes(of.store, of.scope, of.as_of)
    falls = judged.few(found.falls, found.now, MOST)
    praise = judged.few(found.praise, found.now, PRAISE)
    usual = sum(one.state is State.OK for one in found.standings)
    context = of.base(
        needs=[signal_cards.card(of, one) for one in falls],
        more=len(found.falls) - len(falls),
        praise=[signal_cards.card(of, one) for one in praise],
        more_praise=len(found.praise) - len(praise),
        away=[(who, notice.sentence) for who, notice in found.notices],
        goals=goal_tiles.of_team(of, records_of),
        goals_title=goal_tiles.title(of),
        usual=written.count(usual),
        judged=written.count(len(found.standings)),
        unknown=written.count(sum(one.state is State.UNKNOWN for one in found.standings)),
        budget=found.budget,
        team=reverse("team"),
    )
    return render(request, "dashboards/today.html", context)
