"""Today: the few things that need the manager, what went well, goals to date, how fresh the data is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from paceline.access.gate import Asking, action
from paceline.insight.cards import State
from paceline.pages.dashboards import goal_tiles, judged, signal_cards, written
from paceline.pages.dashboards.asking import Asked, asked
from paceline.pages.dashboards.later import patient
from paceline.pages.one_on_ones.today import meetings_today
from paceline.pages.telling import alerts, changes
from paceline.pages.told import in_words

MOST, PRAISE = 5, 2


@action("see_today")
@require_safe
@patient
def today_page(request: Asking) -> HttpResponse:
    """What needs me before my first call."""
    of = asked(request)
    now = timezone.now()
    judged.changes_soon(of.store, of.scope, of.as_of)
    seen = changes.changes(request.door, of.scope, request.user, now, of.as_of)
    found = seen.whole
    falls = changes.few(seen.falls, found.now, MOST)
    praise = changes.few(seen.praise, found.now, PRAISE)
    usual = sum(one.state is State.OK for one in found.standings)
    context = of.base(
        needs=[_card(of, one, now) for one in falls],
        more=len(seen.falls) - len(falls),
        snoozed=len(seen.snoozed),
        praise=[_card(of, one, now) for one in praise],
        more_praise=len(seen.praise) - len(praise),
        here=request.get_full_path(),
        one_on_ones=meetings_today(request),
        common=[in_words(one.sentence) for one in found.common],
        away=[(who, in_words(notice.sentence)) for who, notice in found.notices],
        goals=goal_tiles.of_team(of),
        goals_title=goal_tiles.title(of),
        usual=written.count(usual),
        judged=written.count(len(found.standings)),
        unknown=written.count(sum(one.state is State.UNKNOWN for one in found.standings)),
        budget=found.budget,
        team=reverse("team"),
    )
    return render(request, "dashboards/today.html", context)


def _card(of: Asked, one: changes.Change, now: datetime) -> dict[str, Any]:
    """A change as a card, with what one can do about it; a past day's is only looked at."""
    card = signal_cards.card(of, one.signal)
    if one.alert is None:
        return card
    text = f"{card['who']} · {card['metric']}: {_words(card)}"
    return {**card, "doing": alerts.doing(of.request, one.alert, now), "text": text}


def _words(card: dict[str, Any]) -> str:
    words = gettext("where %(expected)s is usual (%(change)s), since %(since)s")
    return f"{card['numbers']['observed']} {words % {**card['numbers'], 'since': card['since']}}"
