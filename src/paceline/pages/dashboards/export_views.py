"""The tables of the data pages as files: the same questions through the same doors, numbers as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from django.http import Http404, HttpResponse
from django.urls import URLPattern, re_path
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from paceline.access.gate import Asking, action, door_for, may
from paceline.insight.waterfall import MEANING
from paceline.judging.waterfall import PipelineChange, pipeline_change
from paceline.pages.dashboards import health, judged, metric, rep, written
from paceline.pages.dashboards.address import AddressError
from paceline.pages.dashboards.asking import Asked, asked
from paceline.pages.dashboards.control import held
from paceline.pages.dashboards.deals import open_deals
from paceline.pages.dashboards.export import DAY, NUMBER, TEXT, TRUTH, WHOLE, as_file, table_of
from paceline.pages.dashboards.later import PATIENT
from paceline.pages.dashboards.links import metric_of
from paceline.pages.dashboards.record_views import exported
from paceline.pages.dashboards.team import Cell
from paceline.pages.told import in_words
from paceline.project.control_totals import AMOUNT, totals
from paceline.project.running import running
from paceline.sales.periods import from_epoch_day

Table = Callable[[Asking, Asked, Mapping[str, str]], pa.Table]
_CELL: Mapping[str, pa.DataType] = {
    "rep_id": TEXT, "rep": TEXT, "metric": TEXT, "definition_version": WHOLE, "first_day": DAY, "last_day": DAY, "value": NUMBER,
    "unit": TEXT, "n": WHOLE, "usual_low": NUMBER, "usual_high": NUMBER, "mark": TEXT, "none_because": TEXT,
}  # fmt: skip


@dataclass(frozen=True)
class Export:
    """A table. ``page``: the action of the page that shows it; ``period``: what counts when the address names none."""

    name: str
    address: str
    page: str
    table: Table
    period: str = "trailing_28"


def cell_row(of: Asked, rep_id: str, name: str, cell: Cell) -> dict[str, Any]:
    """A cell as a row."""
    low, high = cell.usual or (None, None)
    return {
        "rep_id": rep_id, "rep": name, "metric": cell.metric.slug, "definition_version": cell.metric.version,
        "first_day": of.period.first, "last_day": written.last_day(of.period), "value": cell.value,
        "unit": cell.metric.unit.value, "n": None if cell.reading is None else cell.reading.n, "usual_low": low,
        "usual_high": high, "mark": cell.mark or None, "none_because": cell.because or None,
    }  # fmt: skip


def _standings(request: Asking, of: Asked, parts: Mapping[str, str]) -> pa.Table:
    """Who is where on a metric, and the periods of all together."""
    page = metric.page(of.store, metric_of(request, parts["slug"]), of.scope, of.course, as_of=of.as_of)
    rows = [cell_row(of, one.rep, one.name, one.cell) for one in page.standings]
    for reading in page.history:
        rows.append({
            "rep": of.about, "metric": reading.slug, "definition_version": reading.version, "first_day": reading.period.first,
            "last_day": written.last_day(reading.period), "value": reading.value, "unit": reading.metric.unit.value,
            "n": reading.n, "none_because": reading.none_because,
        })  # fmt: skip
    return table_of(rows, _CELL)


def _cells(request: Asking, of: Asked, parts: Mapping[str, str]) -> pa.Table:
    """A rep's metrics."""
    peers = door_for(request, "see_peers").peers(parts["rep_id"], of.as_of)
    page = rep.page(of.store, of.scope, parts["rep_id"], of.course, peers=peers, as_of=of.as_of)
    cells = [cell for group in page.groups for cell in group.cells]
    rows = [cell_row(of, parts["rep_id"], page.name, cell) | {"peers_median": cell.against} for cell in cells]
    return table_of(rows, {**_CELL, "peers_median": NUMBER})


def _deals(request: Asking, of: Asked, parts: Mapping[str, str]) -> pa.Table:  # noqa: ARG001
    """A rep's open deals."""
    columns = {"opportunity_id": TEXT, "name": TEXT, "account": TEXT, "stage": TEXT, "amount": NUMBER, "currency": TEXT,
               "age_days": WHOLE, "days_in_stage": WHOLE, "stage_limit_days": WHOLE, "expected_close": DAY, "overdue": TRUTH,
               "last_touch": DAY, "next_meeting": DAY}  # fmt: skip
    return table_of([
        {"opportunity_id": one.opportunity_id, "name": one.name, "account": one.account or None, "stage": one.stage or None,
         "amount": one.amount, "currency": of.currency, "age_days": one.age, "days_in_stage": one.in_stage,
         "stage_limit_days": one.limit, "expected_close": one.close, "overdue": one.overdue, "last_touch": one.last_touch,
         "next_meeting": one.next_meeting}
        for one in open_deals(of.store, parts["rep_id"], of.as_of)
    ], columns)  # fmt: skip


def _lines(request: Asking, of: Asked, parts: Mapping[str, str]) -> pa.Table:  # noqa: ARG001
    """The forecast of everybody in the scope."""
    slug = _foretold(request)
    columns = {"level": TEXT, "id": TEXT, "name": TEXT, "metric": TEXT, "definition_version": WHOLE, "first_day": DAY,
               "last_day": DAY, "unit": TEXT, "so_far": NUMBER, "middle": NUMBER, "low": NUMBER, "high": NUMBER, "goal": NUMBER,
               "chance": NUMBER, "commit": NUMBER, "open_deals": WHOLE, "none_because": TEXT}  # fmt: skip
    rows = []
    for line in judged.foreseen(of.store, slug, of.period, of.scope, of.as_of).lines:
        low, high = line.outlook.interval if line.outlook is not None else (None, None)
        rows.append({
            "level": line.level, "id": line.id, "name": line.name, "metric": slug,
            "definition_version": of.store.catalog[slug].version, "first_day": of.period.first,
            "last_day": written.last_day(of.period), "unit": line.unit.value, "so_far": line.so_far,
            "middle": line.outlook.middle if line.outlook is not None else None, "low": low, "high": high, "goal": line.goal,
            "chance": line.chance, "commit": line.said("commit"), "open_deals": line.open_deals,
            "none_because": line.none_because,
        })  # fmt: skip
    return table_of(rows, columns)


def _forecast_deals(request: Asking, of: Asked, parts: Mapping[str, str]) -> pa.Table:  # noqa: ARG001
    """Every open deal of the forecast."""
    columns = {"opportunity_id": TEXT, "name": TEXT, "account": TEXT, "rep_id": TEXT, "rep": TEXT, "stage": TEXT,
               "amount": NUMBER, "currency": TEXT, "chance": NUMBER, "expected": NUMBER, "expected_close": DAY, "likely_day": DAY,
               "stale": TRUTH}  # fmt: skip
    return table_of([
        {"opportunity_id": one.opportunity_id, "name": one.name, "account": one.account, "rep_id": one.rep_id,
         "rep": one.rep_name, "stage": one.stage, "amount": one.amount, "currency": of.currency, "chance": one.chance,
         "expected": one.expected, "expected_close": _day(one.close_day), "likely_day": _day(one.likely_day), "stale": one.stale}
        for one in judged.foreseen(of.store, _foretold(request), of.period, of.scope, of.as_of).deals
    ], columns)  # fmt: skip


def _foretold(request: Asking) -> str:
    slug = request.GET.get("metric", "revenue")
    if slug not in ("revenue", "sales_volume"):
        raise AddressError(gettext("metric=%(word)s isn't foretold here.") % {"word": slug})
    return slug


def _day(number: int | None) -> date | None:
    return None if number is None or abs(number) > 100_000 else from_epoch_day(number)


def _changes(request: Asking, of: Asked, parts: Mapping[str, str]) -> pa.Table:  # noqa: ARG001
    """What moved the pipeline: the opening, each part, the closing; they add up."""
    whole = _change(of)
    found, ends = whole.change, {"first_day": whole.opened, "last_day": whole.closed, "currency": of.currency}
    rows = [{"step": "opening", "deals": found.opening_deals, "amount": found.opening / 100, **ends}]
    rows += [
        {"step": str(one.cause), "meaning": MEANING[one.cause], "deals": one.deals, "amount": one.cents / 100, **ends}
        for one in found.parts
    ]
    rows.append({"step": "closing", "deals": found.closing_deals, "amount": found.closing / 100, **ends})
    columns = {"step": TEXT, "meaning": TEXT, "deals": WHOLE, "amount": NUMBER, "currency": TEXT, "first_day": DAY}
    return table_of(rows, {**columns, "last_day": DAY})


def _moved_deals(request: Asking, of: Asked, parts: Mapping[str, str]) -> pa.Table:  # noqa: ARG001
    """The deals of each part of a pipeline's change; of a part they add up to it."""
    return _change(of).deals_to_arrow()


def _change(of: Asked) -> PipelineChange:
    opened, closed = of.period.first - timedelta(days=1), min(written.last_day(of.period), of.today)
    if opened >= closed:
        raise AddressError(gettext("A change needs two days: choose a longer period."))
    return pipeline_change(of.store, of.scope, opened, closed)


def _gaps(request: Asking, of: Asked, parts: Mapping[str, str]) -> pa.Table:  # noqa: ARG001
    """What each metric lacks."""
    found = health.health(of.store, of.scope, of.period, of.as_of, PATIENT)
    columns = {"metric": TEXT, "definition_version": WHOLE, "first_day": DAY, "last_day": DAY, "value": NUMBER, "lacks": TEXT,
               "have": NUMBER, "of": NUMBER, "none_because": TEXT}  # fmt: skip
    readings = [(gap.reading, gap.least) for gap in found.gaps] + [(reading, None) for reading in found.hygiene]
    return table_of([
        {"metric": one.slug, "definition_version": one.version, "first_day": of.period.first,
         "last_day": written.last_day(of.period), "value": one.value, "lacks": least.words if least else None,
         "have": least.have if least else None, "of": least.of if least else None, "none_because": one.none_because}
        for one, least in readings
    ], columns)  # fmt: skip


def _totals(request: Asking, of: Asked, parts: Mapping[str, str]) -> pa.Table:  # noqa: ARG001
    """The sources' own totals beside ours."""
    columns = {"source": TEXT, "month": DAY, "measure": TEXT, "currency": TEXT, "theirs": NUMBER, "ours": NUMBER,
               "difference": NUMBER, "why": TEXT}  # fmt: skip
    return table_of([
        {"source": one.total.source or None, "month": one.total.month, "measure": one.total.measure,
         "currency": one.currency if one.total.measure == AMOUNT else None, "theirs": float(one.total.value),
         "ours": float(one.ours), "difference": float(one.difference), "why": in_words(one.sentence)}
        for one in held(of.store, totals(running().project.folder), named=request.door.sight().is_company)
    ], columns)  # fmt: skip


EXPORTS = (
    Export("metric_export", r"^metrics/(?P<slug>[\w-]+)", "see_metric", _standings),
    Export("rep_deals_export", r"^reps/(?P<rep_id>.+)/deals", "see_rep", _deals),
    Export("rep_export", r"^reps/(?P<rep_id>.+)", "see_rep", _cells),
    Export("changes_deals_export", r"^forecast/changes/deals", "see_forecast", _moved_deals),
    Export("changes_export", r"^forecast/changes", "see_forecast", _changes),
    Export("forecast_deals_export", r"^forecast/deals", "see_forecast", _forecast_deals, "this_quarter"),
    Export("forecast_export", r"^forecast", "see_forecast", _lines, "this_quarter"),
    Export("totals_export", r"^data-health/totals", "see_data_health", _totals),
    Export("data_health_export", r"^data-health", "see_data_health", _gaps),
)


def view_of(export: Export) -> Callable[..., HttpResponse]:
    """The table's view: allowed to whoever may export and may see the page."""

    @action("export")
    @require_safe
    def view(request: Asking, form: str, **parts: str) -> HttpResponse:
        if not may(request, export.page):
            raise Http404
        request.door = door_for(request, export.page)
        of = asked(request, rep=parts.get("rep_id") or request.GET.get("rep") or None, period=export.period)
        table = export.table(request, of, parts)
        exported(request, of, export.name.removesuffix("_export"), form)
        told = {"of": of.about, "as of": str(of.today)}
        return as_file(table, f"{export.name.removesuffix('_export')}-{of.period.first}", form, told)

    return view


ADDRESSES: list[URLPattern] = [
    re_path(export.address + r"\.(?P<form>csv|parquet)$", view_of(export), name=export.name) for export in EXPORTS
]
