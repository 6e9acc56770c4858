"""The data-health page."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from paceline.access.gate import Asking, action, may
from paceline.pages.dashboards import health, totals_views, written
from paceline.pages.dashboards.asking import Asked, asked
from paceline.pages.dashboards.later import patient
from paceline.pages.dashboards.links import records_link, term
from paceline.pages.set_up.field_words import record
from paceline.pages.told import in_words

_RULES = {
    "opportunity_contact": gettext_lazy("address of a contact of the opportunity"),
    "account_contact": gettext_lazy("address of a contact of the account"),
    "domain": gettext_lazy("the address’s domain is the account’s"),
    "lead": gettext_lazy("address of a lead"),
    "none": gettext_lazy("nobody known: counts for no account"),
}


@action("see_data_health")
@require_safe
@patient
def health_page(request: Asking) -> HttpResponse:
    """Can I believe it?"""
    of = asked(request)
    found = health.health(of.store, of.scope, of.period, of.as_of)
    zone = of.store.settings.time_zone
    touches = sum(one.touches for one in found.matching)
    context = of.base(
        records=[_count(one) for one in found.records],
        loads=[{"load": one, "at": written.instant(one.at, zone), "read": written.count(one.read),
                "inserted": written.count(one.inserted), "updated": written.count(one.updated)} for one in found.loads],
        hygiene=[{"name": gettext(r.metric.name), "text": written.reading(r), "because": in_words(r.none_because),
                  "href": records_link(of, r.slug), "bad": bool(r.value)} for r in found.hygiene],
        gaps=[_gap(of, one) for one in found.gaps],
        whole=found.whole,
        matching=[(_RULES.get(one.rule, one.rule), written.count(one.touches), written.share(one.touches / touches))
                  for one in found.matching],
        metrics=reverse("metrics"),
        strangers=found.strangers,
        activities=[(capfirst(record(one.kind)), written.count(one.count), written.count(one.without),
                     written.share(one.without / one.count) if one.count else "") for one in found.activities],
        reconciled=[{**{key: _counted(value) for key, value in asdict(one).items()}, "kind": capfirst(record(one.kind))}
                    for one in found.reconciled],
        amounts=[
            {"currency": one.currency, "stored": written.count(one.stored), "amount": written.money(one.amount, one.currency),
             "counted": written.count(one.counted), "counted_amount": written.money(one.counted_amount, one.currency),
             "unknown": written.count(one.unknown)}
            for one in found.amounts
        ],
        settings=reverse("set_up_group", args=["company"]) if may(request, "change_set_up") else "",
        totals=_totals(),
        restated=reverse("restated") + of.address.query(period="last_month"),
    )  # fmt: skip
    return render(request, "dashboards/health.html", context)


def _totals() -> dict[str, Any]:
    """The source's own totals, in short."""
    count, differ = totals_views.summary()
    return {"count": count, "differ": ", ".join(differ), "href": reverse("control_totals")}


def _counted(value: str | int) -> str:
    return value if isinstance(value, str) else written.count(value)


def _count(one: Any) -> dict[str, Any]:
    return {
        "name": capfirst(record(one.name)),
        "rows": written.count(one.rows),
        "first": None if one.first is None else written.day(one.first),
        "last": None if one.last is None else written.day(one.last),
        "missing": in_words(one.doc) if one.matters and not one.rows else "",
    }


def _gap(of: Asked, gap: health.Gap) -> dict[str, Any]:
    return {
        **term(of, gap.metric),
        "text": written.reading(gap.reading),
        "because": in_words(gap.reading.none_because),
        "part": "" if gap.least is None else in_words(gap.least.sentence),
        "share": None if gap.least is None else written.share(gap.least.share),
        "records": records_link(of, gap.metric.slug),
    }
