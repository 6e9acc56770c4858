"""A line of the last values over the usual range, small enough for a table's cell."""

from __future__ import annotations

from collections.abc import Sequence

from paceline.charts.markup import Svg, element, named, short
from paceline.charts.scale import Scale, known, path_of

WIDTH, HEIGHT = 72, 18
_EDGE = 2  # room for the last dot


def sparkline(
    values: Sequence[float | None], usual: tuple[float, float] | None = None, *, mark: str = "", title: str = ""
) -> Svg:
    """One place a value, left to right; None is a gap. ``usual``: lower and upper limit, drawn as a band (infinite ends allowed).

    ``mark`` becomes a class (``worse``, ``better``, ``ramp``…). Without a ``title`` it is hidden from screen readers: its
    numbers must then stand beside it. The last value, if known, is a dot.
    """
    limits = () if usual is None else known(usual)
    down = Scale.over([*values, *limits], HEIGHT - _EDGE, _EDGE)
    across = Scale(0, max(len(values) - 1, 1), _EDGE, WIDTH - _EDGE)
    points = [None if not known([value]) else (round(across(i)), round(down(value or 0.0))) for i, value in enumerate(values)]
    parts = list(named(title)) if title else []
    if usual is not None and limits:
        top, bottom = (round(down.clamped(end)) for end in (usual[1], usual[0]))
        parts.append(element("rect", y=top, width=WIDTH, height=max(bottom - top, 1)))
    path = path_of(points)
    if path:
        parts.append(element("path", d=path))
    if points and points[-1] is not None:
        x, y = points[-1]
        parts.append(element("circle", cx=x, cy=y, r=2))
    return element(
        "svg", *parts, class_=f"spark {mark}".strip(), viewBox=f"0 0 {short(WIDTH)} {short(HEIGHT)}",
        role="img" if title else None, aria_hidden=None if title else "true",
    )  # fmt: skip
