"""Readings as pictures: a trend over its usual range, who is where."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.utils.translation import gettext

from paceline import charts
from paceline.charts import Dot, Picture
from paceline.metrics.reading import Reading
from paceline.metrics.vocabulary import Metric
from paceline.pages.dashboards import written
from paceline.sales.periods import Period


def trend(
    metric: Metric,
    history: Sequence[Reading | None],
    labels: Sequence[str],
    limits: tuple[float, float, float] | None,
    currency: str,
    *,
    mark: str = "",
    goal: float | None = None,
) -> Picture:
    """A metric over the periods, the last of which is marked where it stands out."""
    values = [None if reading is None else reading.value for reading in history]
    name = gettext(metric.name)
    last = next((written.reading(reading) for reading in history[-1:] if reading is not None), None)
    title = gettext("%(metric)s, %(count)s periods") % {"metric": name, "count": len(values)}
    read = written.reader_of(metric.unit, currency)
    described = gettext("Latest: %(value)s.") % {"value": last or gettext("none")}
    if limits is not None:
        ends = {"low": read(limits[0]), "high": read(limits[2])}
        described += " " + gettext("Usual range: %(low)s to %(high)s.") % ends
    out = {len(values) - 1: mark} if mark in ("worse", "better") else {}
    words = (gettext("lower"), gettext("usual"), gettext("upper"), gettext("goal"))
    return charts.control(
        labels, values, written=read, title=title, description=described, limits=limits, goal=goal, out=out, words=words,
        columns=(gettext("Period"), name), missing=gettext("none"),
    )  # fmt: skip


def distribution(metric: Metric, dots: Sequence[Dot], currency: str) -> Picture:
    """The people's values on a line."""
    title = gettext("%(metric)s: who is where") % {"metric": gettext(metric.name)}
    return charts.strip(
        dots, written=written.reader_of(metric.unit, currency), title=title, median_word=gettext("median"),
        columns=(gettext("Who"), gettext(metric.name)), missing=gettext("none"),
    )  # fmt: skip


def labels_of(periods: Sequence[Period]) -> list[str]:
    """Short names of the periods: of months and quarters their name, of others the first day."""
    named = ("month", "quarter", "year", "fiscal_quarter", "fiscal_year")
    return [written.period(one) if one.grain in named else written.day_brief(one.first) for one in periods]


@cache
def chart_css() -> str:
    """The part of the stylesheet that charts need: the colours' names and the charts' own rules."""
    sheet = (Path(__file__).parents[1] / "static" / "paceline" / "app.css").read_text(encoding="utf-8")
    colours = sheet[sheet.index(":root {") : sheet.index("}", sheet.index(":root {")) + 1]
    rules = sheet[sheet.index("/* --- charts --- */") : sheet.index("/* --- narrower --- */")]
    return f"{colours}\nsvg {{ font-family: system-ui, sans-serif }}\n{rules}"


def as_file(picture: Picture) -> str:
    """A chart as an SVG file of its own."""
    return charts.standalone(picture.svg, chart_css())
