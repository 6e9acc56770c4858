"""A large chart: the drawing, and the same numbers as a table."""

from __future__ import annotations

import re
from dataclasses import dataclass

from paceline.charts.markup import Svg, element, named

Row = tuple[str, ...]
MARGIN = 88  # room for the words to the right of a drawing that stands alone


@dataclass(frozen=True)
class Picture:
    """``svg`` with its name and description; ``columns`` and ``rows``: its numbers, formatted, for a table beside it."""

    svg: Svg
    columns: Row
    rows: tuple[Row, ...]

    def _repr_html_(self) -> str:
        return str(self.svg)


def framed(kind: str, height: float, title: str, description: str, parts: list[Svg]) -> Svg:
    """The outer element of a large chart: as wide as its place, ``height`` pixels high."""
    return element(
        "svg", *named(title, description), *parts, class_=f"chart {kind}", role="img", width="100%", height=height
    )  # fmt: skip


def standalone(svg: Svg, css: str, width: float = 720) -> Svg:
    """The chart as a file of its own, ``width`` pixels wide, with the stylesheet's text inside.

    ValueError for markup that is no chart of ours, or a stylesheet that would end its own element.
    """
    if "</" in css:
        raise ValueError("a stylesheet can't contain '</'")
    opening = re.match(r'<svg class="(?:chart|bullet|spark)[^>]*>', svg)
    if opening is None:
        raise ValueError("this isn't a chart")
    tall = re.search(r' height="([\d.]+)"', opening[0])
    height = float(tall[1] if tall is not None else 18) + 16
    inner = svg.replace("<svg ", f'<svg x="8" y="8" overflow="visible" width="{width - MARGIN:g}" ', 1).replace(
        ' width="100%"', "", 1
    )
    frame = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}">'
    return Svg(f"{frame}<style>{css}</style>{inner}</svg>")
