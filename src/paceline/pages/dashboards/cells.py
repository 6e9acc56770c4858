"""A cell of the team's grid as markup. Written here rather than in a template: there are 120 of them on a page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from paceline import charts
from paceline.metrics.reading import Reading
from paceline.metrics.vocabulary import Metric
from paceline.pages.dashboards import written
from paceline.pages.dashboards.team import Cell
from paceline.pages.told import in_words

_SIGNS = {("worse", True): "▲! ", ("worse", False): "▼! ", ("better", True): "▲ ", ("better", False): "▼ "}


def cell(of: Cell, href: str, *, first: bool) -> SafeString:
    """One ``td``: the value as a link to its records, its line over the usual range, what it is compared with."""
    classes = " ".join(name for name in ("first" if first else "", of.mark, "" if of.value is not None else "none") if name)
    opening = f'<td class="{classes}"' if classes else "<td"
    label = escape(gettext(of.metric.name))
    link = _no_value(of.because, href) if of.value is None else f'<a href="{escape(href)}">{_value(of)}</a>'
    line = _line(of.values, of.usual, of.mark)
    return mark_safe(f'{opening} data-name="{label}">{link}{_against(of)}{line}</td>')


@lru_cache(maxsize=8192)  # the same until the next load, and half of a page's time
def _line(values: tuple[float | None, ...], usual: tuple[float, float] | None, mark: str) -> charts.Svg:
    return charts.sparkline(values, usual, mark=mark)


def _value(of: Cell) -> str:
    """With an arrow for the way it went, a ``!`` where that is worse, and the same in words for who doesn't see them."""
    assert of.value is not None
    assert of.reading is not None
    unit, currency = of.metric.unit, of.reading.currency
    text = escape(written.brief(of.value, unit, currency))
    if of.mark not in ("worse", "better") or of.usual is None:
        return text
    low, high = (written.brief(end, unit, currency) for end in of.usual)
    words = gettext("worse than usual") if of.mark == "worse" else gettext("better than usual")
    told = escape(f", {words}: {low} – {high}")
    return f'<span aria-hidden="true">{_SIGNS[of.mark, of.rising]}</span>{text}<span class="vh">{told}</span>'


def _no_value(because: str, href: str) -> str:
    """A dash, whose reason a keyboard and a screen reader get, too."""
    reason = escape(gettext("none, because %(reason)s") % {"reason": in_words(because)})
    dash = f'<span aria-hidden="true">–</span><span class="vh">{reason}</span>'
    return f'<a class="because" href="{escape(href)}" data-because="{reason}">{dash}</a>'


def _against(of: Cell) -> str:
    if of.against is None or of.value is None or of.reading is None:
        return ""
    unit, currency = of.metric.unit, of.reading.currency
    change = f" {written.signed_share(of.value / of.against - 1)}" if of.against > 0 else ""
    return f"<i>{escape(gettext('vs %(value)s') % {'value': written.brief(of.against, unit, currency)})}{escape(change)}</i>"


def footer(
    metrics: Sequence[Metric], values: Sequence[Reading | None], hrefs: Sequence[str], firsts: Sequence[bool]
) -> SafeString:
    """A row of pooled readings, each a link to its records."""
    out = []
    for metric, reading, href, first in zip(metrics, values, hrefs, firsts, strict=True):
        text = written.reading(reading)
        because = reading.none_because if reading is not None and reading.none_because else gettext("nobody is here")
        link = _no_value(because, href) if text is None else f'<a href="{escape(href)}">{escape(text)}</a>'
        out.append(f'<td{" class=first" if first else ""} data-name="{escape(gettext(metric.name))}">{link}</td>')
    return mark_safe("".join(out))


def medians(metrics: Sequence[Metric], values: Sequence[float | None], currency: str, firsts: Sequence[bool]) -> SafeString:
    """A row of the reps' medians; these are no readings, so they have no records."""
    out = []
    for metric, value, first in zip(metrics, values, firsts, strict=True):
        text = "–" if value is None else written.brief(value, metric.unit, currency)
        out.append(f'<td{" class=first" if first else ""} data-name="{escape(gettext(metric.name))}">{escape(text)}</td>')
    return mark_safe("".join(out))
