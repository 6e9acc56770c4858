"""Where a page leads on to, in the same period and for the same people."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from paceline import charts
from paceline.access.gate import Asking
from paceline.metrics.vocabulary import Metric
from paceline.pages.dashboards import team, written
from paceline.pages.dashboards.address import Address, word_of
from paceline.pages.dashboards.asking import Asked
from paceline.pages.told import in_words
from paceline.sales.periods import Period


def metric_of(request: Asking, slug: str) -> Metric:
    """The metric of that slug; 404 where there is none."""
    found = request.door.store.catalog.get(slug)
    if found is None:
        raise Http404
    return found


def records_link(of: Asked, slug: str, rep_id: str = "", role: str = "") -> str:
    """Where the records behind a number of this page are."""
    return reverse("records", args=[slug]) + of.address.query(rep=rep_id, role=of.address.role or role, vs="own")


def records_of(slug: str, period: Period, rep: str = "", team: str = "", as_of: str = "", role: str = "") -> str:
    """Where the records of a metric in any period are, as they were known on the as-of day."""
    return reverse("records", args=[slug]) + Address().query(period=word_of(period), rep=rep, team=team, as_of=as_of, role=role)


def part_of(of: Asked, slug: str, by: str, value: str | None) -> str:
    """Where the records behind one part of a cut number are: of a source, a product… (None: of rows without any)."""
    period = word_of(of.period)
    return reverse("records", args=[slug]) + of.address.query(period=period, vs="own", group=f"{by}:{value or ''}")


def rep_link(of: Asked, rep_id: str) -> str:
    """A rep's page, with the same period."""
    return reverse("rep", args=[rep_id]) + Address(period=of.address.period, as_of=of.address.as_of).query()


def term(of: Asked, one: Metric) -> dict[str, Any]:
    """A metric's name with its definition, for a column's head."""
    return {
        "slug": one.slug,
        "name": gettext(one.name),
        "short": written.column(one),
        "meaning": gettext(one.meaning),
        "better": gettext(one.direction.words),
        "href": reverse("metric", args=[one.slug]) + of.address.query(vs="own"),
    }


def tile(of: Asked, cell: team.Cell, rep_id: str) -> dict[str, Any]:
    """A metric of the rep page: its value, its line, what is usual, what peers have in the middle."""
    unit = cell.metric.unit
    usual = None if cell.usual is None else tuple(written.brief(end, unit, of.currency) for end in cell.usual)
    return {
        "name": gettext(cell.metric.name),
        "metric": reverse("metric", args=[cell.metric.slug]) + of.address.query(rep=rep_id, vs="own"),
        "records": records_link(of, cell.metric.slug, rep_id),
        "text": written.reading(cell.reading),
        "because": gettext("none, because %(reason)s") % {"reason": in_words(cell.because)},
        "mark": cell.mark,
        "rising": cell.rising,
        "usual": usual,
        "n": cell.reading.n if cell.reading else 0,
        "peers": None if cell.against is None else written.brief(cell.against, unit, of.currency),
        "line": charts.sparkline(cell.values, cell.usual, mark=cell.mark),
    }
