"""The list of all alerts in sight, and one of them with its history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from paceline.access.gate import Asking, action, may
from paceline.alerts.acting import snoozed
from paceline.alerts.models import Act, ActKind, Alert, Progress, State, Telling, Verdict
from paceline.alerts.sight import REP, TEAM, seen_through
from paceline.coaching.agenda import added_by, planned_by
from paceline.metrics.store import Store
from paceline.pages.dashboards import written
from paceline.pages.dashboards.address import Address
from paceline.pages.one_on_ones.points import signal_key, signed
from paceline.pages.telling import words
from paceline.pages.telling.acts import alert_of, next_meeting
from paceline.pages.told import in_words
from paceline.people.models import User
from paceline.saying.keeping import from_json

OPEN, SNOOZED, DISMISSED, OVER, ALL = "open", "snoozed", "dismissed", "over", "all"
FILTERS = {
    OPEN: gettext_lazy("Open"),
    SNOOZED: gettext_lazy("Snoozed"),
    DISMISSED: gettext_lazy("Not an issue"),
    OVER: gettext_lazy("Back to usual"),
    ALL: gettext_lazy("All"),
}
_ADDED, _PLANNED = "paceline_added", "paceline_planned"
MOST = 200  # on one page; who has more narrows them by person


@action("see_alerts")
@require_safe
def alerts(request: Asking) -> HttpResponse:
    """Everything that fires or fired, what became of it, and what one can still do."""
    chosen = request.GET.get("state", OPEN)
    chosen = chosen if chosen in FILTERS else OPEN
    whose = request.GET.get("of", "")
    store, now = request.door.store, timezone.now()
    seen = _of(seen_through(request.door), whose)
    asleep = {act.alert_id: act for act in snoozed(request.user, now)}
    found = list(filtered(seen, chosen, asleep).prefetch_related("acts__user")[: MOST + 1])
    names = words.names_of(store)
    context = {
        "rows": [row(request, one, store, names, asleep.get(one.pk), now) for one in found[:MOST]],
        "more": len(found) > MOST,
        "filters": [(key, label, key == chosen, _address(key, whose), filtered(seen, key, asleep).count())
                    for key, label in FILTERS.items()],
        "people": _people(seen_through(request.door), names, whose),
        "chosen": chosen,
        "here": request.get_full_path(),
        "empty": _EMPTY[chosen],
    }  # fmt: skip
    return render(request, "telling/alerts.html", context)


_EMPTY = {
    OPEN: gettext_lazy("No alerts. What is watched, and how often that is wrong, is on each metric’s page."),
    SNOOZED: gettext_lazy("You haven’t snoozed anything."),
    DISMISSED: gettext_lazy("Nothing has been marked as not an issue."),
    OVER: gettext_lazy("Nothing has come back to usual yet."),
    ALL: gettext_lazy("Nothing has changed for longer than chance explains, as far back as alerts are kept."),
}


@action("see_alerts")
@require_safe
def alert(request: Asking, card: str) -> HttpResponse:
    """One alert: how it stands, what was done, who was told."""
    found = alert_of(request, card)
    store, now = request.door.store, timezone.now()
    names = words.names_of(store)
    asleep = snoozed(request.user, now).filter(alert=found).first()
    context = {
        "row": row(request, found, store, names, asleep, now),
        "title": words.title(found, store, names),
        "history": history(found, request.user),
        "here": request.get_full_path(),
    }
    return render(request, "telling/alert.html", context)


def row(
    request: Asking, one: Alert, store: Store, names: Mapping[str, str], asleep: Act | None, now: datetime
) -> dict[str, Any]:
    """An alert as the list and its own page show it, with what one can do."""
    given = [act for act in one.acts.all() if act.kind != ActKind.SNOOZE and act.undone_at is None]
    return {
        "alert": one,
        "title": words.title(one, store, names),
        "sentence": words.sentence(one, store),
        "because": in_words(from_json(one.because)),
        "mark": words.mark(one),
        "state": one.get_state_display(),
        "page": words.page(one),
        "address": reverse("alert", args=[one.card]),
        "subject": reverse("rep", args=[one.name]) if one.level == REP else reverse("team") + Address().query(team=one.name),
        "begun": written.day(timezone.localdate(one.begun_at)),
        "snooze": asleep,
        "verdict": given[-1] if given else None,
        **doing(request, one, now),
    }


def doing(request: Asking, one: Alert, now: datetime) -> dict[str, Any]:
    """What the visitor can do about an alert: whether at all, the rep to meet, when the two meet next."""
    meeting = next_meeting(_planned(request), one, now)
    meets = one.level == REP and may(request, "hold_one_on_ones") and request.user.rep_id not in ("", one.name)
    return {
        "alert": one,
        "may_act": may(request, "act_on_alerts"),
        "meets": one.name if meets else "",
        "key": signal_key(one.metric),
        "said": signed(words.point(one, request.door.store)) if meets else "",
        "added": bool(meets) and (one.name, signal_key(one.metric)) in _added(request),
        "meeting": None if meeting is None else written.day_brief(timezone.localdate(meeting)),
    }


def _added(request: Asking) -> frozenset[tuple[str, str]]:
    """What the visitor put onto agendas, looked up once a page."""
    known: frozenset[tuple[str, str]] | None = getattr(request, _ADDED, None)
    if known is None:
        known = added_by(request.user.rep_id)
        setattr(request, _ADDED, known)
    return known


def _planned(request: Asking) -> Mapping[str, datetime]:
    """When the visitor meets whom, looked up once a page."""
    known: Mapping[str, datetime] | None = getattr(request, _PLANNED, None)
    if known is None:
        known = planned_by(request.user.rep_id)
        setattr(request, _PLANNED, known)
    return known


@dataclass(frozen=True)
class Event:
    """Something that happened to an alert. ``undo``: the act's number, where it can be taken back."""

    at: datetime
    what: str
    who: str = ""
    why: str = ""
    undo: int | None = None


def history(one: Alert, user: User) -> list[Event]:
    """Changes of state, acts, and what the visitor was told; the latest first."""
    events = [
        Event(change.at, change.get_after_display(), why=in_words(from_json(change.because))) for change in one.transitions.all()
    ]
    for act in one.acts.select_related("user"):
        mine = act.user_id == user.pk
        if act.kind == ActKind.SNOOZE and not mine:
            continue  # what others don't want to hear of is theirs
        who = act.user.name if act.user is not None else ""
        until = f" {gettext('until')} {written.day(timezone.localdate(act.until))}" if act.until is not None else ""
        events.append(Event(act.at, act.get_kind_display() + until, who, act.reason, None if act.undone_at else act.pk))
        if act.undone_at is not None:
            events.append(Event(act.undone_at, gettext("taken back: %(what)s") % {"what": act.get_kind_display()}))
    told = Telling.objects.filter(transition__alert=one, user=user, delivery__progress=Progress.SENT).select_related("delivery")
    events += [Event(one.delivery.ended_at, gettext("you were told")) for one in told if one.delivery.ended_at is not None]
    return sorted(events, key=lambda event: event.at, reverse=True)


def filtered(seen: QuerySet[Alert], chosen: str, asleep: Iterable[int]) -> QuerySet[Alert]:
    """Those of ``FILTERS`` that were chosen, in the order in which they are shown; ``asleep``: the visitor's snoozed ones."""
    if chosen == OVER:
        return seen.filter(state=State.OK).exclude(verdict=Verdict.DISMISSED).order_by("-changed_at", "pk")
    return _chosen(seen, chosen, asleep).order_by(F("better").asc(nulls_last=True), "-weight", "pk")


def _chosen(seen: QuerySet[Alert], chosen: str, asleep: Iterable[int]) -> QuerySet[Alert]:
    if chosen == DISMISSED:
        return seen.filter(verdict=Verdict.DISMISSED)
    open_ones = seen.exclude(state=State.OK).exclude(verdict=Verdict.DISMISSED)
    if chosen == SNOOZED:
        return open_ones.filter(pk__in=list(asleep))
    return open_ones.exclude(pk__in=list(asleep)) if chosen == OPEN else seen


def _of(seen: QuerySet[Alert], whose: str) -> QuerySet[Alert]:
    """``rep:ID`` or ``team:NAME``; empty: of everybody in sight."""
    level, _, name = whose.partition(":")
    return seen.filter(level=level, name=name) if whose else seen


def _people(seen: QuerySet[Alert], names: Mapping[str, str], whose: str) -> list[tuple[str, str, bool]]:
    pairs = sorted(set(seen.order_by().values_list("level", "name")))
    found = [(f"{level}:{name}", names.get(name, name) if level == REP else name, level == TEAM) for level, name in pairs]
    chosen = sorted(found, key=lambda one: (not one[2], one[1].casefold()))
    return [(value, label, value == whose) for value, label, _ in chosen]


def _address(state: str, whose: str) -> str:
    pairs = {**({"state": state} if state != OPEN else {}), **({"of": whose} if whose else {})}
    return reverse("alerts") + (f"?{urlencode(pairs)}" if pairs else "")
