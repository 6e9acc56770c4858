"""The records of a number: the page, and the files."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from paceline.access.audit import note
from paceline.access.gate import Asking, action, door_for, may
from paceline.disputes.deciding import labels_of, names_of, undecided
from paceline.metrics.ask import AskError
from paceline.metrics.called import called
from paceline.metrics.explain import CONTRIBUTION, Explanation
from paceline.metrics.reading import Reading
from paceline.metrics.relations import REP_ATTRIBUTES, SLICES
from paceline.metrics.vocabulary import Kind, Measure
from paceline.pages.asked import BadQuestionError
from paceline.pages.dashboards import kept, records, written
from paceline.pages.dashboards.asking import Asked, asked
from paceline.pages.dashboards.column_words import column
from paceline.pages.dashboards.export import as_file
from paceline.pages.dashboards.links import metric_of
from paceline.pages.dashboards.parts import first_of
from paceline.pages.told import fault_in_words, in_words
from paceline.project.running import running


def asked_records(request: Asking, slug: str) -> tuple[Asked, Explanation]:
    """The question of the address, and everything about the number that answers it. Raises Http404 for an unknown metric."""
    metric = metric_of(request, slug)
    of = asked(request)
    group = group_in(request.GET.get("group", ""))
    try:
        found = kept.readings(
            of.store, [metric.slug], of.scope, [of.period], tuple(by for by, _ in group), as_of=of.as_of, mean_of_reps=True
        )
    except AskError as error:
        raise BadQuestionError(fault_in_words(error)) from None
    reading = next((one for one in found if one.group == group), None)
    if reading is None:
        raise BadQuestionError(gettext("Nothing was found of %(group)s.") % {"group": request.GET["group"]})
    return of, records.told(of.store, reading, of.as_of)


def group_in(word: str) -> tuple[tuple[str, str | None], ...]:
    """Which part of a cut reading the address names: ``source:Partner``; several with commas; ``source:``: without any."""
    pairs = (one.partition(":") for one in _NEXT_CUT.split(word) if one)
    return tuple((by, value or None) for by, _, value in pairs)


# A value may have commas in it: only before the name of a cut one begins a further part.
_NEXT_CUT = re.compile(rf",(?=(?:{'|'.join((*REP_ATTRIBUTES, *SLICES))}):)")


@action("see_records")
@require_safe
def records_page(request: Asking, slug: str) -> HttpResponse:
    """The rows that add up to a number."""
    of, told = asked_records(request, slug)
    reading = told.reading
    first = first_of(request)
    rep = of.scope.one_rep or ""
    lists = records.listed(of.store, told, first, running().project.config.crm)
    there = max((one.count for one in lists), default=0)
    here = {"rep": rep, "group": request.GET.get("group", "")}
    context = of.base(
        metric=reading.metric,
        name=gettext(reading.metric.name),
        meaning=gettext(reading.metric.meaning),
        about=", ".join([of.about, *([in_words(reading.group_label)] if reading.group else [])]),
        rep_id=rep,
        value=written.reading(reading, short=False),
        because=in_words(reading.none_because),
        made_of=_made_of(lists, reading),
        told=told,
        lists=lists,
        left_out=_left_out(of, told),
        dispute=reverse("dispute", args=[slug]) + (of.address.query(**here) or "?") if may(request, "dispute_record") else "",
        disputed=undecided(row.record for one in lists for row in one.rows),
        contribution=capfirst(column(CONTRIBUTION)),
        interval=_interval(reading),
        mean=_mean(reading),
        known_at=written.instant(reading.as_of, of.store.settings.time_zone),
        definition=reverse("metric", args=[slug]) + of.address.query(rep=rep),
        csv=reverse("records_export", args=[slug, "csv"]) + of.address.query(**here),
        parquet=reverse("records_export", args=[slug, "parquet"]) + of.address.query(**here),
        before=_page(of, here, first - records.SHOWN) if first > 0 else None,
        after=_page(of, here, first + records.SHOWN) if first + records.SHOWN < there else None,
        first=written.count(first + 1),
    )
    return render(request, "dashboards/records.html", context)


def _left_out(of: Asked, told: Explanation) -> list[dict[str, str]]:
    """The records that the number doesn't count because an admin left them out: which, why, by whom, since when."""
    found = {(one.exclusion.table, one.exclusion.id): one.exclusion for one in told.left_out}
    if not found:
        return []
    who = names_of(found.values())
    names = {kind: called(of.store, kind, [id_ for one, id_ in found if one == kind]) for kind in ("opportunity", "lead")}
    labels = labels_of(id_ for _, id_ in found)
    return [
        {
            "kind": kind,
            "record": names.get(kind, {}).get(id_) or labels.get((kind, id_), id_),
            "reason": one.reason,
            "by": who.get(one.by, ""),
            "at": written.instant(one.at, of.store.settings.time_zone),
        }
        for (kind, id_), one in sorted(found.items())
    ]


def _page(of: Asked, here: dict[str, str], first: int) -> str:
    return of.address.query(**here, **({"from": str(first)} if first > 0 else {})) or "?"


def _made_of(lists: tuple[records.Listed, ...], reading: Reading) -> str:
    """``12 deals won ÷ 19 deals closed``, where the number is one over another."""
    if reading.metric.denominator is None or len(lists) != 2:
        return ""
    return " ÷ ".join(f"{one.number} {one.words}" for one in lists)


def _mean(reading: Reading) -> str | None:
    """The mean of the reps' own values; of sums none is shown: they have no value of those without a row, so nobody could tell
    whose mean it is."""
    metric = reading.metric
    is_sum = metric.denominator is None and isinstance(metric.numerator, Measure) and metric.numerator.kind is not Kind.QUANTILE
    if reading.mean_of_reps is None or is_sum:
        return None
    return written.mean(reading.mean_of_reps, metric.unit, reading.currency)


def _interval(reading: Reading) -> list[str] | None:
    if reading.interval is None:
        return None
    return written.ends_of(reading.interval, reading.metric.unit, reading.currency)


@action("export")
@require_safe
def records_export(request: Asking, slug: str, form: str) -> HttpResponse:
    """All records of a number as a file."""
    request.door = door_for(request, "see_records")
    of, told = asked_records(request, slug)
    exported(request, of, f"records of {slug}", form)
    return as_file(records.everything(told), f"{slug}-{of.period.first}", form)


def exported(request: Asking, of: Asked, what: str, form: str) -> None:
    """What was taken out goes to the audit log."""
    details: dict[str, Any] = {"what": what, "form": form, "period": str(of.period.first), "rep": of.scope.one_rep or ""}
    note("exported", request.user, details)
