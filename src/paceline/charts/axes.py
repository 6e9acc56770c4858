"""What stands along the sides of a plot: round values with their lines, and the periods' names below."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from paceline.charts.markup import Svg, element, percent, text
from paceline.charts.scale import Scale, ticks


def across(y: float, value: str) -> list[Svg]:
    """A line over the whole plot, and its value at the left."""
    return [
        element("line", class_="grid", x1="0", x2="100%", y1=y, y2=y), text(value, x="0", dx=-8, y=y + 4, text_anchor="end")
    ]


def grid(down: Scale, top: float, written: Callable[[float], str]) -> list[Svg]:
    """A line at each round value of a scale that begins at ``top``."""
    return [part for value in ticks(down.low, down.high) for part in across(top + down(value), written(value))]


def below(labels: Sequence[str], across: Scale, y: float) -> list[Svg]:
    """The first, a middle (which a stylesheet may leave out on a phone) and the last label."""
    last = len(labels) - 1
    chosen = {0: "start"} | ({last: "end"} if last > 0 else {}) | ({last // 2: "middle"} if last >= 4 else {})
    return [
        text(labels[i], class_="mid" if anchor == "middle" else None, x=percent(across(i)), y=y, text_anchor=anchor)
        for i, anchor in sorted(chosen.items())
        if labels
    ]
