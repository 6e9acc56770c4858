"""Every chart of every page as a file: ``?chart=2.svg`` (or ``.png``) on the page's own address gives its second chart.

The page is made as always, by the same view and door, and its chart is cut out of it: what can't be seen can't be taken out.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import resvg_py
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext

from paceline.access.audit import note
from paceline.access.gate import may
from paceline.charts import Svg
from paceline.pages.dashboards.charts_of import chart_css
from paceline.pages.documents.drawing import printable
from paceline.pages.errors import told
from paceline.people.models import User

WORD = "chart"
ASKED = re.compile(r"(?P<number>[1-9]\d?)\.(?P<form>svg|png)")
_FIGURE = re.compile(r'<figure class="pic[^"]*">(?P<svg><svg.*?)</figure>', re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_ZOOM = 2.0  # as sharp as a screen of twice the dots


class Pictures:
    """Middleware, innermost: turns the page into the file of one of its charts, if the address asks for one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        word = request.GET.get(WORD)
        if not word or request.method != "GET" or answer.status_code != 200 or not isinstance(answer, HttpResponse):
            return answer
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            return answer
        return _file(request, answer, word)


def _file(request: HttpRequest, page: HttpResponse, word: str) -> HttpResponse:
    asked = ASKED.fullmatch(word)
    figures = [Svg(found["svg"]) for found in _FIGURE.finditer(page.content.decode())]
    if asked is None or int(asked["number"]) > len(figures) or not may(request, "export"):
        title, count = gettext("There is no such chart"), {"count": len(figures)}
        return told(request, 404, title, gettext("Charts of this page: %(count)s. Write chart=1.svg or chart=1.png.") % count)
    svg, form = figures[int(asked["number"]) - 1], asked["form"]
    user = request.user if isinstance(request.user, User) else None
    note("exported", user, {"what": f"chart {asked['number']} of {request.path}"[:200], "form": form})
    body: str | bytes = svg_of(svg) if form == "svg" else png_of(svg)
    answer = HttpResponse(body, content_type="image/svg+xml" if form == "svg" else "image/png")
    answer["Content-Disposition"] = f'attachment; filename="{_name(svg)}.{form}"'
    return answer


def svg_of(svg: Svg) -> str:
    """A chart as an SVG file of its own, light and dark."""
    from paceline import charts

    return str(charts.standalone(svg, chart_css()))


def png_of(svg: Svg) -> bytes:
    """A chart as a PNG on white, in light colours, at twice its size."""
    drawn: bytes = bytes(resvg_py.svg_to_bytes(svg_string=printable(svg), background="#ffffff", zoom=_ZOOM))
    return drawn


def _name(svg: Svg) -> str:
    """A file's name from the chart's title."""
    found = _TITLE.search(svg)
    return re.sub(r"[^\w-]+", "-", found[1]).strip("-").lower()[:80] if found else "chart"
