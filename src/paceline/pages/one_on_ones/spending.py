"""Coaching time as a number: whom each manager met, and for how long. No word of what was said."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from paceline.access.audit import note
from paceline.access.doors import Door
from paceline.access.gate import Asking, action, door_for, may
from paceline.access.rules import Rows
from paceline.coaching.time_spent import VERSION, WINDOWS, Spent, held_until, spent
from paceline.metrics.vocabulary import Unit
from paceline.pages.dashboards import written
from paceline.pages.dashboards.export import as_file


@action("see_coaching_time")
@require_safe
def coaching_time(request: Asking) -> HttpResponse:
    """Each manager in sight."""
    store = request.door.store
    names = names_of(request.door)
    context = {
        "managers": [_shown(one, names) for one in times_of(request.door)],
        "windows": WINDOWS,
        "version": VERSION,
        "today": written.day(store.view().day),
        "own": request.user.rep_id,
    }
    return render(request, "one_on_ones/time.html", context)


@action("export")
@require_safe
def coaching_time_export(request: Asking, form: str) -> HttpResponse:
    """The page's numbers as a file, a row a manager."""
    if not may(request, "see_coaching_time"):
        raise Http404
    door = door_for(request, "see_coaching_time")
    names = names_of(door)
    day = door.store.view().day
    note("exported", request.user, {"what": "coaching_time", "form": form, "period": str(day)})
    rows = [
        {"day": day, "manager_id": one.manager_id, "manager": names.get(one.manager_id, one.manager_id), "reports": len(one.reps),
         **{f"met_{met.days}": met.met for met in one.met}, **{f"of_{met.days}": met.of for met in one.met},
         "minutes_a_rep_this_month": one.months[-1][1], "definition_version": VERSION}
        for one in times_of(door)
    ]  # fmt: skip
    windows = [(f"{word}_{days}", pa.int64()) for days in WINDOWS for word in ("met", "of")]
    schema = pa.schema([
        ("day", pa.date32()), ("manager_id", pa.string()), ("manager", pa.string()), ("reports", pa.int64()), *windows,
        ("minutes_a_rep_this_month", pa.float64()), ("definition_version", pa.int64()),
    ])  # fmt: skip
    return as_file(pa.Table.from_pylist(rows, schema), f"coaching-time-{day}", form)


def times_of(door: Door) -> list[Spent]:
    """Those whom anybody reports to, as far as they are in sight: one's own time, and that of the managers below."""
    view = door.store.view()
    there = {person.rep_id for person in door.people()}
    bosses = {person.manager_id for person in door.people() if person.manager_id}
    managers = sorted(bosses if door.rows is Rows.ALL else bosses & there)
    names = names_of(door)
    found = spent(managers, held_until(view.day), view.stints, view.day)
    return sorted(found, key=lambda one: (_least(one), names.get(one.manager_id, one.manager_id).casefold()))


def _least(one: Spent) -> float:
    """Who met the smallest share stands first."""
    share = one.met[-1].share
    return 1.0 if share is None else share


def names_of(door: Door) -> dict[str, str]:
    return {stint.rep_id: stint.name or stint.rep_id for stint in door.store.view().stints}


def _shown(one: Spent, names: dict[str, str]) -> dict[str, Any]:
    def minutes(value: float) -> str:
        return written.brief(value, Unit.MINUTES, "")

    return {
        "id": one.manager_id,
        "name": names.get(one.manager_id, one.manager_id),
        "reports": len(one.reps),
        "met": [
            {"days": met.days, "share": None if met.share is None else written.share(met.share), "met": met.met, "of": met.of}
            for met in one.met
        ],
        "months": [{"name": written.period(period), "minutes": minutes(value)} for period, value in one.months],
        "reps": [
            {"name": names.get(rep.rep_id, rep.rep_id), "last": written.day_brief(rep.last) if rep.last else "",
             "minutes": minutes(rep.minutes)}
            for rep in one.reps
        ],
    }  # fmt: skip
