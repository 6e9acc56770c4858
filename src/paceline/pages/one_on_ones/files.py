"""1:1s as files: appointments for a calendar, the one-pager as PDF. Both for the two alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from paceline.access.audit import note
from paceline.access.gate import Asking, action
from paceline.coaching import agenda
from paceline.coaching.clock import day_of
from paceline.coaching.models import Action, OneOnOne, Series, State
from paceline.coaching.pair import Pair
from paceline.coaching.series import cadence_of, series_of
from paceline.pages.documents import NoPdfError, as_pdf
from paceline.pages.one_on_ones.one_pager import one_pager
from paceline.pages.one_on_ones.pairing import names, one_of, pair_in, pair_of
from paceline.pages.one_on_ones.reading import address_of, clock, context_of


@action("see_one_on_ones")
@require_safe
def calendar(request: Asking) -> HttpResponse:
    """All appointments of the visitor: 1:1s, and the days on which what was agreed is looked at. No number, no text of theirs."""
    own = request.user.rep_id
    pairs = [Pair(s.manager_id, s.rep_id) for s in Series.objects.all() if own in (s.manager_id, s.rep_id) and own]
    dated = OneOnOne.objects.filter(state=State.PLANNED).exclude(at=None)
    pairs += [pair_in(one) for one in dated if own and own in (one.manager_id, one.rep_id)]
    return _file(request, list(dict.fromkeys(pairs)), "one-on-ones")


@action("see_one_on_ones")
@require_safe
def calendar_of(request: Asking, rep_id: str) -> HttpResponse:
    """The appointments of these two."""
    return _file(request, [pair_of(request, rep_id)], "one-on-one")


@action("see_one_on_ones")
@require_safe
def pdf(request: Asking, rep_id: str) -> HttpResponse:
    """The next one on one page."""
    pair = pair_of(request, rep_id)
    return _pdf(request, pair, agenda.to_come(pair), address_of(request, pair))


@action("see_one_on_ones")
@require_safe
def pdf_of_past(request: Asking, public_id: UUID) -> HttpResponse:
    """One that was, on one page, as it was shown then. An id that is a person's leads to the next one."""
    if not OneOnOne.objects.filter(public_id=public_id).exists():
        return pdf(request, str(public_id))
    one = one_of(request, public_id)
    return _pdf(request, pair_in(one), one, address_of(request, pair_in(one)))


def _pdf(request: Asking, pair: Pair, one: OneOnOne | None, back: str) -> HttpResponse:
    context = context_of(request, pair, one)
    try:
        made = as_pdf(one_pager(context, get_language() or "en"))
    except NoPdfError as error:
        messages.error(request, str(error))
        return redirect(back)
    note("exported", request.user, {"what": "one_on_one", "form": "pdf", "person": pair.rep_id})
    day = day_of(one.ended_at) if one is not None and one.ended_at else request.door.store.view().day
    return _download(made, "application/pdf", f"one-on-one-{context['rep_name']}-{day}.pdf")


def _file(request: Asking, pairs: Iterable[Pair], name: str) -> HttpResponse:
    made = Calendar()
    made.add("prodid", "-//Paceline//1:1//")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    for pair in pairs:
        for event in _events(request, pair):
            made.add_component(event)
    made.add_missing_timezones()
    note("exported", request.user, {"what": "one_on_one", "form": "ics"})
    return _download(made.to_ical(), "text/calendar; charset=utf-8", f"{name}.ics")


def _events(request: Asking, pair: Pair) -> list[Event]:
    series, one = series_of(pair), agenda.to_come(pair)
    known = names(request, pair.manager_id, pair.rep_id)
    title = _("1:1 %(one)s / %(other)s") % {"one": known[pair.manager_id], "other": known[pair.rep_id]}
    where = request.build_absolute_uri(address_of(request, pair))
    found = []
    if series is not None and series.weeks:
        start = cadence_of(series).next_after(series.changed_at - timedelta(days=1)) or clock()
        found.append(_event(f"series-{series.pk}", title, where, start, series.minutes))
        found[-1].add("rrule", {"freq": "weekly", "interval": series.weeks})
    if one is not None and one.at is not None and not _in_series(one.at, series):
        zone = ZoneInfo(series.time_zone) if series is not None else UTC
        found.append(_event(str(one.public_id), title, where, one.at.astimezone(zone), one.minutes))
    found += [_check(action.pk, action.until, title, where) for action in _running(pair)]
    return found


def _in_series(at: datetime, series: Series | None) -> bool:
    return series is not None and cadence_of(series).next_after(at - timedelta(seconds=1)) == at


def _running(pair: Pair) -> list[Action]:
    found = Action.objects.filter(one_on_one__manager_id=pair.manager_id, one_on_one__rep_id=pair.rep_id, closed_in=None)
    return list(found)


def _event(uid: str, title: str, where: str, start: datetime, minutes: int) -> Event:
    event = Event()
    event.add("uid", f"{uid}@paceline")
    event.add("summary", title)
    event.add("url", where)
    event.add("dtstamp", clock())
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=minutes))
    return event


def _check(number: int, day: date, title: str, where: str) -> Event:
    """A day on which the two look at what became of something agreed; what it is stays on the page."""
    event = Event()
    event.add("uid", f"check-{number}@paceline")
    event.add("summary", _("%(title)s: look at what was agreed") % {"title": title})
    event.add("url", where)
    event.add("dtstamp", clock())
    event.add("dtstart", day)
    event.add("transp", "TRANSPARENT")
    return event


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    safe = re.sub(r"[^\w.-]+", "-", name)
    answer["Content-Disposition"] = f'attachment; filename="{safe}"'
    return answer
