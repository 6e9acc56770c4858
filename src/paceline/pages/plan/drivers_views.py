"""Drivers: what a result's gap to the own past, to peers or to the goal is made of, and which driver turned first."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from paceline import charts
from paceline.access.audit import note
from paceline.access.gate import Asking, action, door_for
from paceline.charts import Picture, Ranged
from paceline.insight.drivers import Driver
from paceline.judging.drivers import GOAL, PAST, PEERS, Drivers, DriversError, drivers_of
from paceline.judging.drivers_read import FAMILIES
from paceline.metrics.vocabulary import Unit
from paceline.pages.dashboards import written
from paceline.pages.dashboards.address import AddressError
from paceline.pages.dashboards.asking import Asked, choices
from paceline.pages.dashboards.export import as_file
from paceline.pages.dashboards.later import PATIENT, patient, soon
from paceline.pages.dashboards.links import records_of, rep_link
from paceline.pages.plan.goals import DAY
from paceline.pages.plan.goals_views import asked_goals, base_of
from paceline.pages.told import fault_in_words, in_words
from paceline.sales.periods import Period, epoch_day
from paceline.sales.scope import Scope

AGAINST = {"past": gettext_lazy("the own past"), "peers": gettext_lazy("peers"), "goal": gettext_lazy("the goal")}
_SIDES = {"past": PAST, "peers": PEERS, "goal": GOAL}
_NAMES = {
    "contacts": gettext_lazy("contacts"), "touches": gettext_lazy("touches"),
    "contacts per touch": gettext_lazy("contacts per touch"), "meetings": gettext_lazy("meetings"),
    "meetings per contact": gettext_lazy("meetings per contact"), "opportunities worked": gettext_lazy("opportunities worked"),
    "opportunities per meeting": gettext_lazy("opportunities per meeting"), "closed deals": gettext_lazy("closed deals"),
    "share decided": gettext_lazy("share decided"), "win rate": gettext_lazy("win rate"), "deal size": gettext_lazy("deal size"),
    "credit": gettext_lazy("credit"), "opportunities sourced": gettext_lazy("opportunities sourced"),
    "responses per contact": gettext_lazy("responses per contact"),
    "meetings per response": gettext_lazy("meetings per response"), "acceptance": gettext_lazy("acceptance"),
    "amount of each": gettext_lazy("amount of each"),
}  # fmt: skip
_SHARES = ("win rate", "share decided", "acceptance", "credit")
_MONEY = ("deal size", "amount of each")


def metric_for(of: Asked, scope: Scope) -> str:
    """The result of whoever is looked at: that of their role, else revenue."""
    rep = scope.one_rep
    if rep is None:
        return "revenue"
    on = epoch_day(of.today)
    roles = {s.role for s in of.store.view(of.as_of).stints if s.rep_id == rep and s.from_day <= on < s.until_day}
    return next((slug for slug in FAMILIES if roles & set(of.store.catalog[slug].roles)), "revenue")


def split(of: Asked, scope: Scope, period: Period, metric: str, against: str, wait: float | None = None) -> Drivers:
    """The gap of a scope in a period, split. Raises NotYetError, DriversError."""
    key = ("drivers", metric, period, scope, against)

    def make() -> Drivers:
        return drivers_of(of.store, metric, period, scope, _SIDES[against], as_of=of.as_of)

    return soon(of.store, key, of.as_of, make, wait)


def _asked(request: Asking) -> tuple[Asked, str, str]:
    of = asked_goals(request)
    metric, against = request.GET.get("metric", "") or metric_for(of, of.scope), request.GET.get("against", "past")
    if metric not in FAMILIES or against not in AGAINST:
        told = {"metrics": ", ".join(FAMILIES), "sides": ", ".join(AGAINST)}
        raise AddressError(gettext("A gap is split of metric=%(metrics)s, against=%(sides)s.") % told)
    return of, metric, against


@action("see_drivers")
@require_safe
@patient
def drivers_page(request: Asking) -> HttpResponse:
    """What the gap is made of."""
    of, metric, against = _asked(request)
    rep = request.GET.get("rep", "")
    found, problem = None, ""
    try:
        found = split(of, of.scope, of.period, metric, against)
    except (DriversError, ValueError) as error:
        problem = fault_in_words(error)
    context = base_of(
        of,
        rep=rep,
        rep_page=rep_link(of, rep) if rep else "",
        metrics=choices({slug: gettext(of.store.catalog[slug].name) for slug in FAMILIES}, metric),
        sides=choices({key: str(words) for key, words in AGAINST.items()}, against),
        metric=gettext(of.store.catalog[metric].name),
        problem=problem,
        found=None if found is None else _shown(of, found, rep),
        csv=reverse("drivers_export", args=["csv"]) + of.address.query(rep=rep, metric=metric, against=against, vs="own"),
    )
    return render(request, "plan/drivers.html", context)


def _shown(of: Asked, found: Drivers, rep: str) -> dict[str, Any]:
    def brief(value: float) -> str:
        return written.brief(value, found.unit, of.currency)

    period = days_of(found)
    gap = found.split.gap
    return {
        "here": brief(found.split.here),
        "there": brief(found.split.there),
        "gap": signed(gap, found.unit, of.currency),
        "worse": gap < 0,
        "reference": in_words(found.reference),
        "rows": [_row(of, found, one, period, rep) for one in found.split.drivers],
        "picture": _picture(of, found),
        "turns": [
            {"sentence": in_words(one.sentence), "records": records_behind(of, found, one.turn.driver, period, rep)}
            for one in found.turns
        ],
        "suggestion": suggestion(of, found, period, rep),
        "notes": [in_words(note) for note in (*found.notes, *found.split.unsplit)],
    }


def days_of(found: Drivers) -> Period:
    """The days looked at: the period as far as it is known."""
    return Period.between(found.period.first, min(found.period.until, found.as_of + DAY))


def signed(value: float, unit: Unit, currency: str) -> str:
    """A part of a gap, with its sign, unless it is written as nothing."""
    text = written.brief(abs(value), unit, currency)
    return text if text == written.brief(0.0, unit, currency) else ("−" if value < 0 else "+") + text


def name_of(word: str) -> str:
    """A driver's name in the reader's language."""
    return str(_NAMES.get(word, word))


def _value(of: Asked, name: str, value: float | None) -> str:
    if value is None or value != value:
        return "–"
    if name in _SHARES or name in _MONEY:
        return written.brief(value, Unit.PERCENT if name in _SHARES else Unit.MONEY, of.currency)
    return written.count(float(f"{value:.3g}"))


def _row(of: Asked, found: Drivers, one: Driver, period: Period, rep: str) -> dict[str, Any]:
    ends = one.interval
    return {
        "name": name_of(one.name),
        "depth": one.depth,
        "named": one.named,
        "mark": ("better" if one.part > 0 else "worse") if one.named else "",
        "part": signed(one.part, found.unit, of.currency),
        "share": written.signed_share(one.part / found.split.gap) if found.split.gap else "",
        "low": None if ends is None else signed(ends[0], found.unit, of.currency),
        "high": None if ends is None else signed(ends[1], found.unit, of.currency),
        "here": _value(of, one.name, one.here),
        "there": _value(of, one.name, one.there),
        "records": records_behind(of, found, one.name, period, rep),
    }


def records_behind(of: Asked, found: Drivers, driver: str, period: Period, rep: str) -> str:
    """Where the records of a driver are: those of the metric that shows it."""
    slug = next((one.metric for one in found.split.drivers if one.name == driver), None)
    if slug is None or slug not in of.store.catalog:
        return ""
    role = found.roles[0] if len(found.roles) == 1 else of.address.role
    return records_of(slug, period, rep, of.address.team, of.address.as_of, role)


def suggestion(of: Asked, found: Drivers, period: Period, rep: str) -> dict[str, str] | None:
    """Where to look first: the driver that turned earliest in the gap's direction, else the largest that can be told."""
    gap = found.split.gap
    turned = next((one.turn.driver for one in found.turns if (one.turn.after - one.turn.before) * gap > 0), None)
    named = sorted((one for one in found.named if one.part * gap > 0), key=lambda one: (not one.leaf, -abs(one.part)))
    driver = turned or (named[0].name if named else None)
    if driver is None:
        return None
    return {
        "driver": name_of(driver),
        "how": gettext("of what moved as the result did, it turned first")
        if turned
        else gettext("it is the largest part that can be told from chance"),
        "records": records_behind(of, found, driver, period, rep),
    }


def _picture(of: Asked, found: Drivers) -> Picture:
    rows = []
    for one in found.split.leaves:
        low, high = one.interval or (None, None)
        mark = ("better" if one.part > 0 else "worse") if one.named else ""
        rows.append(Ranged(name_of(one.name), one.part, low, high, signed(one.part, found.unit, of.currency), mark))
    return charts.intervals(
        rows, 0.0, written=lambda value: signed(value, found.unit, of.currency) if value else "0",
        title=gettext("What the gap of %(gap)s is made of") % {"gap": signed(found.split.gap, found.unit, of.currency)},
        columns=(gettext("Driver"), gettext("Part"), gettext("8 in 10")),
    )  # fmt: skip


@action("export")
@require_safe
def drivers_export(request: Asking, form: str) -> HttpResponse:
    """The split as a file: a row a driver; those of depth 0 add up to the gap, and so do the leaves."""
    request.door = door_for(request, "see_drivers")
    of, metric, against = _asked(request)
    try:
        found = split(of, of.scope, of.period, metric, against, PATIENT)
    except DriversError as error:
        raise AddressError(fault_in_words(error)) from None
    note("exported", request.user, {"what": "drivers", "form": form, "metric": metric})
    rows = [
        {
            "metric": metric, "against": against, "driver": one.name, "depth": one.depth, "leaf": one.leaf, "part": one.part,
            "low": one.interval[0] if one.interval else None, "high": one.interval[1] if one.interval else None,
            "named": one.named, "here": one.here, "there": one.there, "explained_by": one.metric,
        }
        for one in found.split.drivers
    ]  # fmt: skip
    return as_file(pa.Table.from_pylist(rows, _SCHEMA), f"drivers-{metric}-{of.period.first}", form)


_SCHEMA = pa.schema([
    ("metric", pa.string()), ("against", pa.string()), ("driver", pa.string()), ("depth", pa.int64()), ("leaf", pa.bool_()),
    ("part", pa.float64()), ("low", pa.float64()), ("high", pa.float64()), ("named", pa.bool_()), ("here", pa.float64()),
    ("there", pa.float64()), ("explained_by", pa.string()),
])  # fmt: skip
