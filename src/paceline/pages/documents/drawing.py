"""Our charts as drawings for paper, for setters that know less than browsers: the stylesheet's light colours are written out, and
what a browser would stretch to the width (keeping lines thin) is drawn at that width.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from paceline.charts import Svg, standalone
from paceline.charts.markup import short
from paceline.charts.picture import MARGIN

_SHEET = Path(__file__).parents[1] / "static" / "paceline" / "app.css"
_CHARTS = ("/* --- charts --- */", "/* --- narrower --- */")
_PLOT = re.compile(
    r'<svg class="plot" y="(?P<y>[\d.-]+)" width="100%" height="(?P<height>[\d.]+)" viewBox="0 0 (?P<vw>[\d.]+) (?P<vh>[\d.]+)"'
    r' preserveAspectRatio="none">(?P<inner>.*?)</svg>',
    re.DOTALL,
)
WIDTH = 660  # pixels that a page's width stands for: texts of 12 px are then as large as the page's


def printable(svg: Svg) -> str:
    """A file of its own with colours that stand for themselves. ValueError for markup that is no chart of ours."""
    drawn = _PLOT.sub(lambda found: _at_width(found, WIDTH - MARGIN), svg)
    return str(standalone(Svg(drawn), print_css(), WIDTH))


def _at_width(plot: re.Match[str], width: float) -> str:
    """A stretched part as a group of paths in pixels."""
    across, down = width / float(plot["vw"]), float(plot["height"]) / float(plot["vh"])
    inner = re.sub(r' d="([^"]*)"', lambda found: f' d="{_scaled(found[1], across, down)}"', plot["inner"])
    return f'<g transform="translate(0 {plot["y"]})">{inner}</g>'


def _scaled(path: str, across: float, down: float) -> str:
    """A path of straight lines with its coordinates multiplied."""
    out = []
    for command, numbers in re.findall(r"([MmLlHhVvZz])([^MmLlHhVvZz]*)", path):
        factors = {"h": (across,), "v": (down,)}.get(command.lower(), (across, down))
        values = [float(number) for number in re.findall(r"-?\d*\.?\d+", numbers)]
        out.append(command + " ".join(short(value * factors[place % len(factors)]) for place, value in enumerate(values)))
    return "".join(out)


@cache
def print_css() -> str:
    """The charts' part of the stylesheet, in light colours, on white."""
    sheet = _SHEET.read_text(encoding="utf-8")
    colours = dict(re.findall(r"(--[\w-]+):\s*light-dark\((#\w+),", sheet))
    begin, end = (sheet.index(mark) for mark in _CHARTS)
    rules = re.sub(r"/\*.*?\*/", "", sheet[begin:end], flags=re.DOTALL)
    written = re.sub(r"var\((--[\w-]+)\)", lambda found: colours.get(found[1], "#000000"), rules)
    written = re.sub(r"light-dark\((#\w+),[^)]*\)", r"\1", written)
    return "svg { font-family: 'DejaVu Sans', 'Liberation Sans', Arial, sans-serif; font-size: 12px }\n" + written
