"""The team page and its file."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from paceline.access.audit import note
from paceline.access.gate import Asking, action, door_for
from paceline.pages.dashboards import cells, goal_tiles, parts, team, written
from paceline.pages.dashboards.asking import Asked, asked, choices
from paceline.pages.dashboards.export import as_file
from paceline.pages.dashboards.later import patient, soon
from paceline.pages.dashboards.links import records_link, rep_link, term
from paceline.pages.plan.views import views_for


@action("see_team")
@require_safe
@patient
def team_page(request: Asking) -> HttpResponse:
    """Reps by metrics."""
    of = asked(request)
    show = _show(request)
    page = _kept_team(of, show, parts.first_of(request))
    people = request.door.people(of.as_of)
    context = of.base(
        blocks=[_block(of, block, number) for number, block in enumerate(page.blocks)],
        people=page.people,
        shown=len(page.cells),
        out=page.standing_out,
        roles=choices({p.role: p.role for p in people if p.role}, of.address.role),
        teams=choices({p.team: p.team for p in people if p.team}, of.address.team),
        goals=goal_tiles.of_team(of),
        goals_title=goal_tiles.title(of),
        columns=choices({"": gettext("what leads to results"), team.SHOW_RESULTS: gettext("results")}, show),
        csv=reverse("team_export", args=["csv"]) + of.address.query(show=show),
        saved=views_for(request.user, request.path),
        here=request.get_full_path(),
        summary=ngettext("%(count)s rep", "%(count)s reps", page.everybody) % {"count": page.everybody},
        **parts.around(request, page.everybody),
    )
    return render(request, "dashboards/team.html", context)


def _show(request: Asking) -> str:
    """Which columns the address asks for."""
    return team.SHOW_RESULTS if request.GET.get("show") == team.SHOW_RESULTS else ""


def _kept_team(of: Asked, show: str, first: int) -> team.Team:
    key = ("team", of.scope, of.course, of.address.vs, show, first)
    return soon(
        of.store,
        key,
        of.as_of,
        lambda: team.team(
            of.store, of.scope, of.course, vs=of.address.vs, as_of=of.as_of, show=show, first=first, most=parts.MOST
        ),
    )


def _block(of: Asked, block: team.Block, number: int) -> dict[str, Any]:
    """A role's grid, its cells already written."""
    firsts = [number == 0 for _, metrics in block.groups for number in range(len(metrics))]
    metrics = block.metrics
    together = [records_link(of, m.slug, role=block.role) for m in metrics]
    bases = [(reverse("records", args=[m.slug]), of) for m in metrics]
    rows = []
    for row in block.rows:
        query = of.address.query(rep=row.rep)
        drawn = [cells.cell(c, base + query, first=first) for c, (base, _), first in zip(row.cells, bases, firsts, strict=True)]
        rows.append(
            {"name": row.name, "href": rep_link(of, row.rep), "ramp_week": row.ramp_week, "cells": mark_safe("".join(drawn))}
        )
    return {
        "number": number,
        "role": block.role,
        "groups": [(gettext(name), [term(of, m) for m in found]) for name, found in block.groups],
        "rows": rows,
        "together": cells.footer(metrics, block.together, together, firsts),
        "medians": cells.medians(metrics, block.medians, of.currency, firsts),
    }


@action("export")
@require_safe
def team_export(request: Asking, form: str) -> HttpResponse:
    """The team page's numbers as a file, a row a rep and metric."""
    request.door = door_for(request, "see_team")
    of = asked(request)
    page = team.team(of.store, of.scope, of.course, vs=of.address.vs, as_of=of.as_of, show=_show(request))
    note("exported", request.user, {"what": "team", "form": form, "period": str(of.period.first)})
    rows = [_exported(of, row, cell) for block in page.blocks for row in block.rows for cell in row.cells]
    schema = pa.schema([
        ("rep_id", pa.string()), ("rep", pa.string()), ("metric", pa.string()), ("definition_version", pa.int64()),
        ("first_day", pa.date32()), ("last_day", pa.date32()), ("value", pa.float64()), ("unit", pa.string()), ("n", pa.int64()),
        ("usual_low", pa.float64()), ("usual_high", pa.float64()), ("mark", pa.string()), ("none_because", pa.string()),
    ])  # fmt: skip
    return as_file(pa.Table.from_pylist(rows, schema), f"team-{of.period.first}", form)


def _exported(of: Asked, row: team.Row, cell: team.Cell) -> dict[str, Any]:
    low, high = cell.usual or (None, None)
    reading = cell.reading
    return {
        "rep_id": row.rep,
        "rep": row.name,
        "metric": cell.metric.slug,
        "definition_version": cell.metric.version,
        "first_day": of.period.first,
        "last_day": written.last_day(of.period),
        "value": cell.value,
        "unit": cell.metric.unit.value,
        "n": None if reading is None else reading.n,
        "usual_low": low,
        "usual_high": high,
        "mark": cell.mark or None,
        "none_because": cell.because or None,
    }
