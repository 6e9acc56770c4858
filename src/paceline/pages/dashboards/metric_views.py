"""The list of metrics, and a metric's page."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from paceline.access.audit import note
from paceline.access.doors import PEERS_AT_LEAST
from paceline.access.gate import Asking, action, door_for
from paceline.charts import Dot
from paceline.metrics.explain import sentence
from paceline.metrics.reading import Reading
from paceline.metrics.vocabulary import Category, Metric
from paceline.pages.dashboards import charts_of, metric, parts, written
from paceline.pages.dashboards.asking import Asked, asked
from paceline.pages.dashboards.kept import kept, readings
from paceline.pages.dashboards.links import metric_of, records_link, rep_link, term, tile
from paceline.pages.dashboards.team import people_of
from paceline.pages.told import in_words
from paceline.sales.scope import Scope


def described(one: Metric) -> dict[str, str]:
    """A metric's name and meaning in the reader's language."""
    return {"slug": one.slug, "name": gettext(one.name), "meaning": gettext(one.meaning)}


@action("see_metric")
@require_safe
def metrics_page(request: Asking) -> HttpResponse:
    """Every metric, by what it tells about."""
    catalog = request.door.store.catalog
    main = [one for one in catalog.values() if one.variant_of is None]
    groups = [(str(words), [described(one) for one in main if one.category is kind]) for kind, words in CATEGORIES.items()]
    return render(request, "dashboards/metrics.html", {"groups": [(name, found) for name, found in groups if found]})


CATEGORIES = {
    Category.RESULT: gettext_lazy("Results"),
    Category.QUALITY: gettext_lazy("Quality"),
    Category.QUANTITY: gettext_lazy("Quantity"),
    Category.TEMPO: gettext_lazy("Tempo"),
    Category.COMPANION: gettext_lazy("Companions"),
    Category.HYGIENE: gettext_lazy("Hygiene"),
}


@action("see_metric")
@require_safe
def metric_page(request: Asking, slug: str) -> HttpResponse:
    """What a number means, its trend, who is where."""
    one = metric_of(request, slug)
    rep_id = request.GET.get("rep", "")
    of = asked(request, rep=rep_id or None)
    key = ("metric page", slug, of.scope, of.course)
    page = kept(of.store, key, of.as_of, lambda: metric.page(of.store, one, of.scope, of.course, as_of=of.as_of))
    labels = charts_of.labels_of([reading.period for reading in page.history])
    dots = [Dot(s.name, s.cell.value, s.cell.mark if s.cell.mark in ("worse", "better") else "") for s in page.standings]
    context = of.base(
        page=page,
        metric=one,
        name=gettext(one.name),
        meaning=gettext(one.meaning),
        dated=gettext(one.date),
        credited=gettext(one.owner) if one.owner else "",
        edges=[gettext(edge) for edge in one.edges],
        none=gettext(one.none) if one.none else "",
        better=gettext(one.direction.words),
        unit=written.unit(one.unit, of.currency),
        category=str(CATEGORIES[one.category]),
        rep_id=rep_id,
        about=of.about,
        sentence=in_words(sentence(page.reading)),
        value=written.reading(page.reading, short=False),
        trend=charts_of.trend(one, page.history, labels, page.limits, of.currency, mark=page.mark),
        distribution=charts_of.distribution(one, dots or _peers(request, of, one), of.currency),
        standings=[_standing(of, s) for s in parts.part(request, page.standings)],
        records=records_link(of, slug, rep_id),
        picture=reverse("metric_picture", args=[slug]) + of.address.query(rep=rep_id, vs="own"),
        related=[term(of, other) for other in page.related],
        interval=None
        if page.reading.interval is None
        else written.ends_of(page.reading.interval, one.unit, of.currency),
        **parts.around(request, len(page.standings)),
    )
    return render(request, "dashboards/metric.html", context)


@action("export")
@require_safe
def metric_picture(request: Asking, slug: str) -> HttpResponse:
    """A metric's trend as an SVG file."""
    request.door = door_for(request, "see_metric")
    one = metric_of(request, slug)
    of = asked(request)
    page = metric.page(of.store, one, of.scope, of.course, named=False, as_of=of.as_of)
    note("exported", request.user, {"what": f"trend of {slug}", "form": "svg", "period": str(of.period.first)})
    labels = charts_of.labels_of([reading.period for reading in page.history])
    drawn = charts_of.trend(one, page.history, labels, page.limits, of.currency, mark=page.mark)
    response = HttpResponse(charts_of.as_file(drawn), content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="{slug}-{of.period.first}.svg"'
    return response


def _standing(of: Asked, standing: metric.Standing) -> dict[str, Any]:
    return {**tile(of, standing.cell, standing.rep), "who": standing.name, "href": rep_link(of, standing.rep)}


def _peers(request: Asking, of: Asked, one: Metric) -> list[Dot]:
    """The own value among the team's without names, where the company lets them be shown."""
    rep_id = request.GET.get("rep", "") or request.user.rep_id
    if not rep_id:
        return []
    peers = door_for(request, "see_peers").peers(rep_id, of.as_of)
    if peers is None:
        return []
    people = people_of(of.store, peers, of.course.last, of.as_of)
    alike = {other for other, stint in people.items() if rep_id in people and stint.role == people[rep_id].role}
    found = readings(of.store, [one.slug], peers & Scope.reps(alike), [of.course.last], ("rep",), as_of=of.as_of)
    known = [reading for reading in found if reading.value is not None]
    if len(known) < PEERS_AT_LEAST:  # in a smaller circle dots without names would have names
        return []
    return [_dot(reading, reading.group[0][1] == rep_id) for reading in known]


def _dot(reading: Reading, own: bool) -> Dot:
    return Dot(gettext("you"), reading.value, "me") if own else Dot("", reading.value)
