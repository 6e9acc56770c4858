"""The page of a source's own totals: each beside ours, what could explain the difference, and new ones typed or uploaded."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from paceline.access.audit import note
from paceline.access.gate import Asking, action, may
from paceline.pages.dashboards import written
from paceline.pages.dashboards.control import WHY, Group, Held, held
from paceline.pages.dashboards.records import in_crm
from paceline.pages.told import in_words
from paceline.project import control_totals as kept
from paceline.project.running import running
from paceline.sales.periods import Period
from paceline.saying.said import Said

MEASURES = {kept.DEALS: gettext_lazy("Deals won"), kept.AMOUNT: gettext_lazy("Amount won")}
FIELDS = {"month": gettext_lazy("Month"), "measure": gettext_lazy("Measure"), "currency": gettext_lazy("Currency"),
          "value": gettext_lazy("Value"), "source": gettext_lazy("Source")}  # fmt: skip
_SHOWN = 20  # deals of a group


@action("see_data_health", "change_set_up")
def totals_page(request: Asking) -> HttpResponse:
    """The totals; a POST adds those of a form or a file, or takes one out."""
    place = running()
    wrong: list[str] = []
    if request.method == "POST":
        wrong = _changed(request)
        if not wrong:
            return redirect("control_totals")
    found = held(place.store, kept.totals(place.project.folder), named=request.door.sight().is_company)
    context = {
        "rows": [_row(place.store.settings.currency, one) for one in found], "wrong": wrong, "health": reverse("data_health"),
        "may_change": may(request, "change_set_up"), "measures": [(key, str(name)) for key, name in MEASURES.items()],
        "sources": _sources(), "told": {name: request.POST.get(name, "") for name in kept.COLUMNS},
        "currency": place.store.settings.currency,
    }  # fmt: skip
    return render(request, "dashboards/totals.html", context, status=400 if wrong else 200)


def _sources() -> list[str]:
    """The sources that brought deals."""
    rows = running().engine.query("SELECT DISTINCT record_source AS source FROM rec_opportunity").to_pylist()
    return sorted(row["source"] for row in rows)


def _changed(request: Asking) -> list[str]:
    """Do what the form says; what is wrong, in words."""
    folder = running().project.folder
    if "gone" in request.POST:
        gone = [one for one in kept.totals(folder) if _key(one) == request.POST["gone"]]
        kept.put(folder, (), gone)
        note("control_totals_changed", request.user, {"taken_out": len(gone)})
        return []
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile):
        return _uploaded(request, file)
    told = {name: request.POST.get(name, "").strip() for name in kept.COLUMNS}
    told["currency"] = "" if told["measure"] == kept.DEALS else told["currency"].upper()
    faults = kept.faults_of(told)
    if not faults:
        kept.put(folder, [kept.total_of(told)])
        note("control_totals_changed", request.user, {"added": 1})
        messages.success(request, gettext("Saved."))
    return [_fault(str(FIELDS[field]), value, what, remedy) for field, value, what, remedy in faults]


def _fault(field: str, value: str, what: Said, remedy: Said) -> str:
    subject = f"{field}, {value}" if value else field
    return f"{subject}: {in_words(what)}. {in_words(remedy)}."


def _uploaded(request: Asking, file: UploadedFile) -> list[str]:
    if (file.size or 0) > kept.LARGEST_FILE:
        return [gettext("The file is too large: keep one line a month and measure.")]
    found, problems = kept.parsed(file.read().decode("utf-8-sig", "replace"), str(file.name))
    if not problems:
        kept.put(running().project.folder, found)
        note("control_totals_changed", request.user, {"added": len(found)})
        count = len(found)
        messages.success(request, ngettext("%(n)s total is taken up.", "%(n)s totals are taken up.", count) % {"n": count})
    return [in_words(one.told) for one in problems]


def _key(one: kept.Total) -> str:
    return "|".join((str(one.month), one.source, one.measure, one.currency))


def _row(company: str, one: Held) -> dict[str, Any]:
    total = one.total

    whole = gettext("all, in %(currency)s") % {"currency": company}

    def shown(value: Decimal) -> str:
        return written.money_exact(float(value), one.currency) if total.measure == kept.AMOUNT else written.count(float(value))

    sign = "+" if one.difference > 0 else ""
    return {
        "month": written.period(Period.containing("month", total.month, running().store.settings)),
        "source": total.source or gettext("all sources"), "measure": str(MEASURES[total.measure]),
        "converted": whole if total.measure == kept.AMOUNT and not total.currency else "",
        "theirs": shown(total.value), "ours": shown(one.ours),
        "difference": f"{sign}{shown(one.difference)}".replace("-", "−") if one.difference else "",
        "sentence": in_words(one.sentence),
        "groups": [_group(group, one.currency, one.named) for group in one.groups] if one.difference else [],
        "key": _key(total),
    }  # fmt: skip


def _group(group: Group, currency: str, named: bool) -> dict[str, Any]:
    crm = running().project.config.crm
    shown = group.deals if named else ()
    deals = [
        {"name": deal.name, "amount": None if deal.amount is None else written.money_exact(float(deal.amount), currency),
         "href": in_crm(crm, "opportunity_id", deal.id)}
        for deal in sorted(shown, key=lambda deal: -(deal.amount or 0))[:_SHOWN]
    ]  # fmt: skip
    return {"why": gettext(WHY[group.fate]), "count": written.count(len(group.deals)), "deals": deals,
            "amount": None if group.amount is None else written.money_exact(float(group.amount), currency),
            "more": len(shown) - len(deals)}


def summary() -> tuple[int, list[str]]:
    """How many totals there are, and the months of those that differ, the latest first."""
    place = running()
    found = held(place.store, kept.totals(place.project.folder), named=False)
    months = {one.total.month: None for one in found if one.difference}
    return len(found), [written.period(Period.containing("month", month, place.store.settings)) for month in months]
