"""Today: the few things that need the manager, what went well, goals to date, how fresh the data is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from paceline.access.gate import Asking, Visitor, action
from paceline.insight.cards import State
from paceline.pages.dashboards import goal_tiles, judged, signal_cards, written
from paceline.pages.dashboards.asking import Asked, asked
from paceline.pages.dashboards.later import patient
from paceline.pages.one_on_ones.today import meetings_today
from paceline.pages.telling import alerts, changes
from paceline.pages.told import in_words
from paceline.sales.scope import Scope

MOST, PRAISE = 5, 2


@dataclass(frozen=True)
class Morning:
    """What Today shows of changes: the few that need somebody, the few that went well, and all that they were chosen from."""

    needs: tuple[changes.Change, ...]
    praise: tuple[changes.Change, ...]
    seen: changes.Changes

    @property
    def more(self) -> int:
        """How many further falls there are, older or lighter."""
        return len(self.seen.falls) - len(self.needs)

    @property
    def more_praise(self) -> int:
        """How many further ones went well."""
        return len(self.seen.praise) - len(self.praise)

    def standing(self, state: State) -> int:
        """How many series of people and metrics are in a state."""
        return sum(one.state is state for one in self.seen.whole.standings)


def morning(visitor: Visitor, scope: Scope, now: datetime, as_of: date | None = None, wait: float | None = None) -> Morning:
    """What needs whoever asks, of a scope that came through the door. Raises NotYetError while it is worked out."""
    judged.changes_soon(visitor.door.store, scope, as_of, wait)
    seen = changes.changes(visitor.door, scope, visitor.user, now, as_of)
    day = seen.whole.now
    return Morning(changes.few(seen.falls, day, MOST), changes.few(seen.praise, day, PRAISE), seen)


@action("see_today")
@require_safe
@patient
def today_page(request: Asking) -> HttpResponse:
    """What needs me before my first call."""
    of = asked(request)
    now = timezone.now()
    at = morning(request, of.scope, now, of.as_of)
    found = at.seen.whole
    context = of.base(
        needs=[_card(of, one, now) for one in at.needs],
        more=at.more,
        snoozed=len(at.seen.snoozed),
        praise=[_card(of, one, now) for one in at.praise],
        more_praise=at.more_praise,
        here=request.get_full_path(),
        one_on_ones=meetings_today(request),
        common=[{"words": in_words(one.sentence), "weeks": signal_cards.weeks_behind(of, one)} for one in found.common],
        away=[(who, in_words(notice.sentence)) for who, notice in found.notices],
        goals=goal_tiles.of_team(of),
        goals_title=goal_tiles.title(of),
        usual=written.count(at.standing(State.OK)),
        judged=written.count(len(found.standings)),
        unknown=written.count(at.standing(State.UNKNOWN)),
        anything=bool(found.standings),
        budget=found.budget,
        team=reverse("team"),
    )
    return render(request, "dashboards/today.html", context)


def _card(of: Asked, one: changes.Change, now: datetime) -> dict[str, Any]:
    """A change as a card, with what one can do about it; a past day's is only looked at."""
    card = signal_cards.card(of, one.signal)
    if one.alert is None:
        return card
    return {**card, "doing": alerts.doing(of.request, one.alert, now)}
