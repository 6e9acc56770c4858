"""Disputing a record, the list of disputes, deciding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from paceline.access.doors import Door
from paceline.access.gate import Asking, action, door_for, may
from paceline.disputes import deciding
from paceline.disputes.models import Dispute, State
from paceline.facts.aside import records_named
from paceline.metrics.called import called
from paceline.metrics.explain import Explanation
from paceline.metrics.store import Store
from paceline.pages.dashboards.record_views import asked_records
from paceline.pages.set_up import work
from paceline.pages.told import fault_in_words
from paceline.people.models import User
from paceline.project.running import running
from paceline.sales.periods import from_epoch_day
from paceline.warehouse.exclusion import EXCLUDABLE

SHOWN = 200


@action("see_disputes")
def disputes(request: Asking) -> HttpResponse:
    """The disputes in sight: one's own, and those over records in the numbers of people in sight."""
    state = request.GET.get("state", "")
    found = Dispute.objects.select_related("by", "decided_by")
    if state in State.values:
        found = found.filter(state=state)
    names = {person.rep_id: person.name for person in request.door.people()}
    latest = work.latest()
    waits = may(request, "decide_disputes") and (latest is None or latest.is_over)  # else the numbers are following already
    context = {
        "rows": [_row(one, names) for one in found[:SHOWN] if in_sight(request.user, request.door, one)],
        "states": [("", _("all"), not state), *((value, words, value == state) for value, words in State.choices)],
        "may_decide": may(request, "decide_disputes"),
        "owed": len(deciding.owed(running())) if waits else 0,
        "work": latest,
    }
    return render(request, "disputes/disputes.html", context)


def in_sight(user: User, door: Door, one: Dispute) -> bool:
    """Whether it is the user's own, or over a record in the numbers of somebody in sight."""
    return one.by_id == user.pk or door.sight().is_company or bool(one.rep_id and door.sees(one.rep_id))


def _row(one: Dispute, names: dict[str, str]) -> dict[str, Any]:
    number = reverse("records", args=[one.metric]) + one.query if one.metric in running().store.catalog else ""
    return {"one": one, "rep": names.get(one.rep_id, ""), "number": number}


@action("dispute_record")
def dispute(request: Asking, slug: str) -> HttpResponse:
    """Say that a record of a number shouldn't count. The record must be one of the number's own, so it is in sight."""
    request.door = door_for(request, "see_records")
    kind, _colon, record_id = request.GET.get("record", "").partition(":")
    of, told = asked_records(request, slug)
    rows = rows_of(told, kind, record_id)
    if not rows:
        raise Http404
    query = of.address.query(rep=of.scope.one_rep or "")
    back = reverse("records", args=[slug]) + query
    wrong = ""
    if request.method == "POST":
        try:
            opened(of.store, told, kind, record_id, request.POST.get("reason", ""), request.user, query)
        except deciding.DisputeError as error:
            wrong = capfirst(fault_in_words(error))
        else:
            messages.success(request, _("Disputed. The admin decides; until then it counts."))
            return redirect("disputes")
    label = _label(of.store, kind, record_id, rows)
    context = {"kind": kind, "record_id": record_id, "label": label, "back": back, "wrong": wrong, "metric": told.reading.metric,
               "reason": request.POST.get("reason", ""), "count": len(rows)}
    return render(request, "disputes/dispute.html", context, status=400 if wrong else 200)


def rows_of(told: Explanation, kind: str, record_id: str) -> list[dict[str, Any]]:
    """The rows of a number that are of a record; none for a kind that can't be disputed, or one that isn't in the number."""
    if kind not in EXCLUDABLE:
        return []
    return [row for part in told.records for row in part.table.to_pylist() if (kind, record_id) in records_named(row)]


def opened(store: Store, told: Explanation, kind: str, record_id: str, reason: str, by: User, query: str) -> Dispute:
    """A dispute over a record of a number. ``query``: the number's address. Raises DisputeError."""
    rows = rows_of(told, kind, record_id)
    owners = {str(row["rep_id"]) for row in rows if row.get("rep_id")}
    rep_id = told.reading.scope.one_rep or (owners.pop() if len(owners) == 1 else "")
    seen = deciding.Seen(rep_id, told.reading.slug, query, _label(store, kind, record_id, rows))
    return deciding.dispute(kind, record_id, reason, by, seen)


def _label(store: Store, kind: str, record_id: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """What the record is called, where it has a name; else with whom it was, and when: an id alone says nothing to whoever
    is to decide."""
    if kind in ("opportunity", "lead"):
        return called(store, kind, [record_id]).get(record_id, "")
    account = next((str(row["account_id"]) for row in rows if row.get("account_id")), "")
    days = (value for row in rows for name, value in row.items() if name.endswith("day") and isinstance(value, int))
    words = (called(store, "account", [account]).get(account, ""), *(from_epoch_day(day).isoformat() for day in islice(days, 1)))
    told = ", ".join(word for word in words if word)
    return f"{told} ({record_id})" if told else ""


@action("decide_disputes")
def decide(request: Asking, number: int) -> HttpResponse:
    """Accept or reject."""
    one = get_object_or_404(Dispute, pk=number)
    if request.method == "POST":
        verdict = request.POST.get("verdict")
        if verdict not in ("accept", "reject"):
            raise BadRequest
        _tried(request, lambda: deciding.decide(one, verdict == "accept", request.POST.get("answer", ""), request.user))
        _follow(request)
    return redirect("disputes")


@action("decide_disputes")
def undo(request: Asking, number: int) -> HttpResponse:
    """Count a record again that was left out."""
    one = get_object_or_404(Dispute, pk=number)
    if request.method == "POST":
        _tried(request, lambda: deciding.undo(one, request.user))
        _follow(request)
    return redirect("disputes")


@action("decide_disputes")
def follow(request: Asking) -> HttpResponse:
    """Make the numbers follow what was decided, where that was cut short."""
    if request.method == "POST":
        _follow(request)
    return redirect("disputes")


def _tried(request: Asking, do: Any) -> None:
    try:
        do()
    except deciding.DisputeError as error:
        messages.error(request, capfirst(fault_in_words(error)))


def _follow(request: Asking) -> None:
    place = running()
    todo = deciding.owed(place)
    if not todo:
        return
    try:
        done = work.begin(_("Numbers follow the decision"), lambda tell: deciding.follow(place, todo, tell))
    except work.BusyError as error:
        messages.warning(request, _("Other work goes on (%(what)s): the numbers follow when you ask again.") % {"what": error})
        return
    if done.error:
        messages.error(request, _("The numbers couldn’t follow: %(why)s") % {"why": done.error})
    elif done.is_over:
        messages.success(request, _("Decided. The numbers are up to date."))
    else:
        messages.info(request, _("Decided. The numbers will be up to date in a moment."))
