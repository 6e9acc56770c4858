"""Team, rep and metric: what their templates get."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pyarrow as pa
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from paceline.access.audit import note
from paceline.access.gate import Asking, action, door_for
from paceline.charts import Dot
from paceline.metrics.explain import sentence
from paceline.metrics.vocabulary import Category, Metric
from paceline.pages.dashboards import cells, charts_of, metric, rep, team, written
from paceline.pages.dashboards.asking import Asked, asked, choices
from paceline.pages.dashboards.export import as_file
from paceline.pages.dashboards.kept import readings


def records_link(of: Asked, slug: str, rep_id: str = "", role: str = "") -> str:
    """Where the records behind a number of this page are."""
    return reverse("records", args=[slug]) + of.address.query(rep=rep_id, role=of.address.role or role)


@action("see_team")
@require_safe
def team_page(request: Asking) -> HttpResponse:
    """Reps by metrics."""
    of = asked(request)
    page = team.team(of.store, of.scope, of.course, vs=of.address.vs, as_of=of.as_of)
    people = request.door.people(of.as_of)
    context = of.base(
        blocks=[_block(of, block, number) for number, block in enumerate(page.blocks)],
        people=page.people,
        shown=len(page.cells),
        out=page.standing_out,
        roles=choices({p.role: p.role for p in people if p.role}, of.address.role),
        teams=choices({p.team: p.team for p in people if p.team}, of.address.team),
        csv=reverse("team_export", args=["csv"]) + of.address.query(),
        summary=ngettext("%(count)s rep", "%(count)s reps", page.people) % {"count": page.people},
    )
    return render(request, "dashboards/team.html", context)


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
        "groups": [(gettext(name), [_term(of, m) for m in found]) for name, found in block.groups],
        "rows": rows,
        "together": cells.footer(metrics, block.together, together, firsts),
        "medians": cells.medians(metrics, block.medians, of.currency, firsts),
    }


def _term(of: Asked, one: Metric) -> dict[str, Any]:
    """A metric's name with its definition, for a column's head."""
    return {
        "slug": one.slug,
        "name": gettext(one.name),
        "short": written.column(one),
        "meaning": gettext(one.meaning),
        "better": gettext(one.direction.words),
        "href": reverse("metric", args=[one.slug]) + of.address.query(),
    }


def rep_link(of: Asked, rep_id: str) -> str:
    """A rep's page, with the same period."""
    return reverse("rep", args=[quote(rep_id, safe="")]) + of.address.query(role="", team="")


@action("export")
@require_safe
def team_export(request: Asking, form: str) -> HttpResponse:
    """The team page's numbers as a file, a row a rep and metric."""
    request.door = door_for(request, "see_team")
    of = asked(request)
    page = team.team(of.store, of.scope, of.course, vs=of.address.vs, as_of=of.as_of)
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
        "rep_id": row.rep, "rep": row.name, "metric": cell.metric.slug, "definition_version": cell.metric.version,
        "first_day": of.period.first, "last_day": written.last_day(of.period), "value": cell.value, "unit": cell.metric.unit.value,
        "n": None if reading is None else reading.n, "usual_low": low, "usual_high": high, "mark": cell.mark or None,
        "none_because": cell.because or None,
    }  # fmt: skip


@action("see_rep")
@require_safe
def rep_page(request: Asking, rep_id: str) -> HttpResponse:
    """One rep: for the manager and the rep alike."""
    of = asked(request, rep=rep_id or None)
    peers = door_for(request, "see_peers").peers(rep_id, of.as_of)
    page = rep.page(of.store, of.scope, rep_id, of.course, peers=peers, as_of=of.as_of)
    groups = [(gettext(g.name), [_tile(of, cell, rep_id) for cell in g.cells]) for g in page.groups]
    context = of.base(
        page=page,
        own=rep_id == request.user.rep_id,
        groups=groups,
        well=[_tile(of, cell, rep_id) for cell in page.well],
        look=[_tile(of, cell, rep_id) for cell in page.look],
        deals=[_deal(of, deal) for deal in page.deals],
        has_peers=peers is not None,
        open_amount=written.money(sum(deal.amount or 0 for deal in page.deals), of.currency),
    )
    return render(request, "dashboards/one_rep.html", context)


def _tile(of: Asked, cell: team.Cell, rep_id: str) -> dict[str, Any]:
    """A metric of the rep page: its value, its line, what is usual, what peers have in the middle."""
    from paceline import charts

    unit = cell.metric.unit
    usual = None if cell.usual is None else tuple(written.brief(end, unit, of.currency) for end in cell.usual)
    return {
        "name": gettext(cell.metric.name),
        "metric": reverse("metric", args=[cell.metric.slug]) + of.address.query(rep=rep_id),
        "records": records_link(of, cell.metric.slug, rep_id),
        "text": written.reading(cell.reading),
        "because": gettext("none, because %(reason)s") % {"reason": cell.because},
        "mark": cell.mark,
        "rising": cell.rising,
        "usual": usual,
        "n": cell.reading.n if cell.reading else 0,
        "peers": None if cell.against is None else written.brief(cell.against, unit, of.currency),
        "line": charts.sparkline(cell.values, cell.usual, mark=cell.mark),
    }


def _deal(of: Asked, deal: Any) -> dict[str, Any]:
    return {
        "deal": deal,
        "amount": None if deal.amount is None else written.money(deal.amount, of.currency),
        "close": None if deal.close is None else written.day(deal.close),
        "next_meeting": None if deal.next_meeting is None else written.day_brief(deal.next_meeting),
    }


@action("see_metric")
@require_safe
def metrics_page(request: Asking) -> HttpResponse:
    """Every metric, by what it tells about."""
    catalog = request.door.store.catalog
    groups = [
        (gettext(_CATEGORIES[category]), [one for one in catalog.values() if one.category is category and one.variant_of is None])
        for category in Category
    ]
    return render(request, "dashboards/metrics.html", {"groups": [(name, found) for name, found in groups if found]})


_CATEGORIES = {
    Category.RESULT: "Results",
    Category.QUALITY: "Quality",
    Category.QUANTITY: "Quantity",
    Category.TEMPO: "Tempo",
    Category.COMPANION: "Companions",
    Category.HYGIENE: "Hygiene",
}


def metric_of(request: Asking, slug: str) -> Metric:
    """The metric of that slug; 404 where there is none."""
    found = request.door.store.catalog.get(slug)
    if found is None:
        raise Http404
    return found


@action("see_metric")
@require_safe
def metric_page(request: Asking, slug: str) -> HttpResponse:
    """What a number means, its trend, who is where."""
    one = metric_of(request, slug)
    rep_id = request.GET.get("rep", "")
    of = asked(request, rep=rep_id or None)
    page = metric.page(of.store, one, of.scope, of.course, as_of=of.as_of)
    labels = charts_of.labels_of([reading.period for reading in page.history])
    dots = [Dot(s.name, s.cell.value, s.cell.mark if s.cell.mark in ("worse", "better") else "") for s in page.standings]
    context = of.base(
        page=page,
        metric=one,
        name=gettext(one.name),
        better=gettext(one.direction.words),
        category=gettext(_CATEGORIES[one.category]),
        rep_id=rep_id,
        about=of.about,
        sentence=sentence(page.reading),
        value=written.reading(page.reading, short=False),
        trend=charts_of.trend(one, page.history, labels, page.limits, of.currency, mark=page.mark),
        distribution=charts_of.distribution(one, dots or _peers(request, of, one), of.currency),
        standings=[_standing(of, one, s) for s in page.standings],
        records=records_link(of, slug, rep_id),
        related=[_term(of, other) for other in page.related],
        interval=None
        if page.reading.interval is None
        else [written.full(e, one.unit, of.currency) for e in page.reading.interval],
    )
    return render(request, "dashboards/metric.html", context)


def _standing(of: Asked, one: Metric, standing: metric.Standing) -> dict[str, Any]:
    return {**_tile(of, standing.cell, standing.rep), "who": standing.name, "href": rep_link(of, standing.rep)}


def _peers(request: Asking, of: Asked, one: Metric) -> list[Dot]:
    """The own value among the team's without names, where the company lets them be shown."""
    rep_id = request.GET.get("rep", "") or request.user.rep_id
    if not rep_id:
        return []
    peers = door_for(request, "see_peers").peers(rep_id, of.as_of)
    if peers is None:
        return []
    found = readings(of.store, [one.slug], peers, [of.course.last], ("rep",), as_of=of.as_of)
    stints = {s.rep_id: s for s in of.store.view(of.as_of).stints}
    role = stints[rep_id].role if rep_id in stints else None
    return [
        Dot(gettext("you") if r.group[0][1] == rep_id else "", r.value, "me" if r.group[0][1] == rep_id else "")
        for r in found
        if r.group[0][1] == rep_id or (r.group[0][1] in stints and stints[r.group[0][1] or ""].role == role)
    ]
