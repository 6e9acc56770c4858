"""Ramp: new people beside those before them, and when they will be there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from paceline import charts
from paceline.access.audit import note
from paceline.access.doors import PEERS_AT_LEAST
from paceline.access.gate import Asking, action, door_for
from paceline.access.rules import Rows
from paceline.charts import Band, Curve, Picture
from paceline.insight.ramp import MONTHS, QUANTILES, Fan
from paceline.insight.ramp_time import FEWEST_EVENTS
from paceline.judging.ramp import Cohort, NewHire, Ramp, RampError
from paceline.judging.ramp import ramp as judge
from paceline.pages.asked import BadQuestionError
from paceline.pages.dashboards import parts, written
from paceline.pages.dashboards.asking import Asked, asked, choices
from paceline.pages.dashboards.export import as_file
from paceline.pages.dashboards.later import PATIENT, patient, soon
from paceline.pages.dashboards.links import rep_link
from paceline.pages.plan.goals_views import metrics_of
from paceline.pages.told import in_words
from paceline.sales.scope import Scope
from paceline.stats.kaplan_meier import Waiting

METRIC = "new_opportunities"
MOST = 12  # people on the page: each with a chart of her own
_FEWEST = 3  # hires below which there is no band: it would be one person's course
_LOW, _MIDDLE, _HIGH = QUANTILES.index(0.1), QUANTILES.index(0.5), QUANTILES.index(0.9)


def ramp_of(of: Asked, slug: str, wait: float | None = None) -> Ramp:
    """The company's ramp of a metric. Raises NotYetError, RampError."""
    company = Scope.company()
    return soon(of.store, ("ramp", slug), of.as_of, lambda: judge(of.store, slug, company, of.as_of), wait)


def hires_of(of: Asked, found: Ramp) -> list[NewHire]:
    """The new ones in sight that the address wants."""
    there = {stint.rep_id for stint in of.store.view(of.as_of).members(of.scope)}
    return [one for one in found.hires if one.rep in there]


@action("see_ramp")
@require_safe
@patient
def ramp_page(request: Asking) -> HttpResponse:
    """Are new people on the curve?"""
    of = asked(request, rep=request.GET.get("rep") or None)
    slug, metrics = request.GET.get("metric", METRIC), metrics_of(of.store)
    if slug not in metrics:
        raise BadQuestionError(gettext("There is no ramp of %(slug)s.") % {"slug": slug})
    found, problem = None, ""
    try:
        found = ramp_of(of, slug)
    except RampError as error:
        problem = in_words(error.said)
    hires = [] if found is None else hires_of(of, found)
    people = request.door.people(of.as_of)
    context = of.base(
        metrics=choices({key: gettext(one.name) for key, one in metrics.items()}, slug),
        teams=choices({one.team: one.team for one in people if one.team}, of.address.team),
        metric=gettext(metrics[slug].name),
        about=of.about,
        problem=problem,
        unit="" if found is None else in_words(found.unit),
        hires=[hire(of, found, one) for one in parts.part(request, hires, MOST)] if found is not None else [],
        cohorts=[_cohort(of, found, one, _least(of)) for one in _cohorts(found, hires)] if found is not None else [],
        rate=written.share(found.rate) if found is not None else "",
        csv=reverse("ramp_export", args=["csv"]) + of.address.query(metric=slug, rep=request.GET.get("rep", "")),
        **parts.around(request, len(hires), MOST),
    )
    return render(request, "plan/ramp.html", context)


def _cohorts(found: Ramp, hires: list[NewHire]) -> list[Cohort]:
    """Those that the new people shown are held against; without any, all there are."""
    wanted = {(one.cohort.role, one.cohort.segment) for one in hires}
    return [one for one in found.cohorts if not hires or (one.role, one.segment) in wanted]


def _least(of: Asked) -> int:
    """Of how many hires quantiles are shown: to a rep, whose colleagues they are, none of few."""
    return PEERS_AT_LEAST if of.question.door.rows is Rows.OWN else _FEWEST


def _written(of: Asked, found: Ramp) -> Callable[[float], str]:
    return written.reader_of(found.metric.unit, of.currency)


def _months(until: int) -> list[str]:
    return [gettext("month %(number)s") % {"number": number + 1} for number in range(until)]


def _band(fan: Fan, least: int) -> Band:
    def row(place: int) -> list[float | None]:
        there = (fan.n >= least) & np.isfinite(fan.quantiles[place])
        return [float(value) if known else None for value, known in zip(fan.quantiles[place], there, strict=True)]

    return Band(row(_LOW), row(_MIDDLE), row(_HIGH))


def hire(of: Asked, found: Ramp, one: NewHire) -> dict[str, Any]:
    """A new person: where they stand and when they will be there."""
    paces = [float(value) if np.isfinite(value) else None for value in one.paces[:MONTHS]]
    picture = charts.curves(
        _months(MONTHS), _band(one.fan, _least(of)), [Curve(one.name, paces)], written=_written(of, found),
        title=gettext("%(name)s by month of tenure") % {"name": one.name}, description=in_words(one.standing.sentence),
        band_words=(gettext("8 in 10, low"), gettext("middle"), gettext("8 in 10, high")), column=gettext("Tenure"),
    )  # fmt: skip
    slow = one.standing.slow
    return {
        "name": one.name,
        "page": rep_link(of, one.rep),
        "about": ", ".join(word for word in (one.role, one.segment) if word),
        "hired": written.day(one.hired),
        "month": one.standing.month,
        "picture": picture,
        "mark": "" if slow is None or not slow else "worse",
        "too_few": slow is None,
        "standing": in_words(one.standing.sentence),
        "expected": in_words(one.expected.sentence),
        "full_from": None if one.full_from is None or one.expected.reached is not None else written.day(one.full_from),
        "full_low": None if one.full_low is None else written.day(one.full_low),
        "full_high": None if one.full_high is None else written.day(one.full_high),
        "n": one.standing.n,
    }


def _cohort(of: Asked, found: Ramp, one: Cohort, least: int) -> dict[str, Any]:
    band = _band(one.fan, least)
    known = any(value is not None for value in band.middle)
    curve = charts.curves(
        _months(MONTHS), band, [], written=_written(of, found),
        title=gettext("Past hires: %(who)s") % {"who": in_words(one.label)},
        band_words=(gettext("8 in 10, low"), gettext("middle"), gettext("8 in 10, high")), column=gettext("Tenure"),
    )  # fmt: skip
    return {
        "label": in_words(one.label),
        "hires": one.hires,
        "full": None if one.full is None else _written(of, found)(one.full),
        "picture": curve if known else None,
        "sentences": [in_words(said) for said in one.sentences],
        "waits": [
            {"title": title, "picture": _wait(curve, title, unit, step)}
            for curve, title, unit, step in (
                (one.first_deal, gettext("Share with a first deal"), gettext("day %(number)s"), 30),
                (one.productive, gettext("Share at full productivity"), gettext("month %(number)s"), 1),
            )
            if curve is not None and curve.n >= max(least, FEWEST_EVENTS)
        ],
    }


def _wait(curve: Waiting, title: str, unit: str, step: int) -> Picture:
    """The share who got there by each time (one less Kaplan and Meier's curve), with its band of 8 in 10."""
    times = range(0, int(curve.last) + step, step)
    ends: tuple[list[float | None], list[float | None], list[float | None]] = ([], [], [])
    for at in times:
        place = int(np.searchsorted(curve.times, at, side="right")) - 1
        for values, side in zip(ends, (curve.high, curve.waiting, curve.low), strict=True):
            values.append(0.0 if place < 0 else 1 - float(side[place]))
    return charts.curves(
        [unit % {"number": at} for at in times], Band(*ends), [], written=written.share, title=title,
        description=gettext("%(events)s of %(n)s got there.") % {"events": curve.events, "n": curve.n},
        band_words=(gettext("8 in 10, low"), gettext("share"), gettext("8 in 10, high")), column=gettext("By month"),
    )  # fmt: skip


@action("export")
@require_safe
def ramp_export(request: Asking, form: str) -> HttpResponse:
    """The new people as a file."""
    request.door = door_for(request, "see_ramp")
    of = asked(request, rep=request.GET.get("rep") or None)
    slug = request.GET.get("metric", METRIC)
    try:
        found = ramp_of(of, slug, PATIENT)
    except RampError as error:
        raise BadQuestionError(in_words(error.said)) from None
    shown = {one.rep for one in hires_of(of, found)}
    table = found.to_arrow()
    kept = table.filter([rep in shown for rep in table["rep"].to_pylist()])
    note("exported", request.user, {"what": "ramp", "form": form, "metric": slug})
    return as_file(kept, f"ramp-{slug}-{found.day}", form)
