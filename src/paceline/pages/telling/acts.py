"""What one does about an alert by one click: snooze, not an issue, useful, and back. Each answers with the page one was on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from paceline.access.doors import NotInSight
from paceline.access.gate import Asking, action
from paceline.alerts import acting
from paceline.alerts.models import Act, ActKind, Alert
from paceline.alerts.sight import REP, seen_through
from paceline.alerts.wishes import wishes_of, zone_of
from paceline.coaching.agenda import planned_by
from paceline.pages.dashboards import written
from paceline.people.models import User

LONGEST = timedelta(days=366)
DAY, WEEK, MEETING, DATE = "day", "week", "meeting", "date"


@action("see_alerts", "act_on_alerts")
def snooze(request: Asking, card: str) -> HttpResponse:
    """Not before a day, a week, the next 1:1 with the rep, or a date."""
    alert = alert_of(request, card)
    if request.method != "POST":
        return redirect("alert", card)
    until = _until(request, alert)
    if until is None:
        messages.error(request, gettext("A snooze ends on a day in the future, within a year."))
    else:
        acting.snooze(alert, request.user, until, timezone.now())
        day = written.day(timezone.localtime(until, zone_of(wishes_of(request.user))).date())
        messages.success(request, gettext("Snoozed until %(day)s, for you alone.") % {"day": day})
    return _back(request)


@action("see_alerts", "act_on_alerts")
def dismiss(request: Asking, card: str) -> HttpResponse:
    """It is no issue, and why."""
    alert = alert_of(request, card)
    if request.method != "POST":
        return redirect("alert", card)
    acting.dismiss(alert, request.user, request.door.store.engine, request.POST.get("reason", ""), timezone.now())
    messages.success(request, gettext("Noted as not an issue: it is told no more, and counts among the false alarms."))
    return _back(request)


@action("see_alerts", "act_on_alerts")
def confirm(request: Asking, card: str) -> HttpResponse:
    """It was worth knowing."""
    alert = alert_of(request, card)
    if request.method != "POST":
        return redirect("alert", card)
    acting.confirm(alert, request.user, request.door.store.engine, timezone.now())
    messages.success(request, gettext("Noted as useful: it counts among the alarms that were right."))
    return _back(request)


@action("see_alerts", "act_on_alerts")
def undo(request: Asking, number: int) -> HttpResponse:
    """Take back what was done: one's own snooze, or a verdict about an alert in sight."""
    act = Act.objects.select_related("alert").filter(pk=number).first()
    if act is None or (act.kind == ActKind.SNOOZE and act.user_id != request.user.pk):
        raise NotInSight("no such act of the visitor's")
    alert = alert_of(request, act.alert.card)
    if request.method != "POST":
        return redirect("alert", alert.card)
    acting.undo(act, request.user, request.door.store.engine, timezone.now())
    messages.success(request, gettext("Taken back."))
    return _back(request)


def alert_of(request: Asking, card: str) -> Alert:
    """The alert of that id, if it is in sight. Raises NotInSight (404)."""
    found = seen_through(request.door).filter(card=card).first()
    if found is None:
        raise NotInSight("no such alert in sight")
    return found


def next_meeting(planned: Mapping[str, datetime], alert: Alert, now: datetime) -> datetime | None:
    """When one next meets the alert's rep, of all 1:1s that one has ``planned_by`` oneself; None where none is planned."""
    at = planned.get(alert.name) if alert.level == REP else None
    return at if at is not None and at > now else None


def _until(request: Asking, alert: Alert) -> datetime | None:
    """The end of the snooze that the form asks for; None for what can't be."""
    now, zone = timezone.now(), zone_of(wishes_of(request.user))
    word = request.POST.get("for", "")
    today = timezone.localtime(now, zone).date()
    if word == MEETING:
        return next_meeting(planned_by(request.user.rep_id), alert, now)
    days = {DAY: today + timedelta(days=1), WEEK: today + timedelta(days=7), DATE: _date(request.POST.get("until", ""))}
    day = days.get(word)
    return None if day is None else snooze_end(request.user, day)


def snooze_end(user: User, day: date) -> datetime | None:
    """The beginning of a day where the user is; None for one that isn't in the future, or more than a year ahead."""
    zone = zone_of(wishes_of(user))
    today = timezone.localtime(timezone.now(), zone).date()
    return datetime.combine(day, time(), zone) if today < day <= today + LONGEST else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _back(request: Asking) -> HttpResponse:
    """To the page that the form was on."""
    there = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(there, allowed_hosts=None) and there.startswith("/")
    return redirect(there if safe else reverse("alerts"))
