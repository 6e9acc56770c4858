"""Chances held against what happened: on the diagonal they are what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from paceline.charts.axes import across
from paceline.charts.markup import Svg, element, percent, plot, text
from paceline.charts.picture import Picture, framed

HEIGHT = 240
_TOP, _BOTTOM = 12, 26
_INNER = HEIGHT - _TOP - _BOTTOM


@dataclass(frozen=True)
class Said:
    """Forecasts that said about the same chance: how many, the chance they said, the share that happened."""

    n: int
    said: float
    happened: float


def reliability(
    bins: Sequence[Said],
    *,
    shares: Callable[[float], str],
    title: str,
    description: str = "",
    words: tuple[str, str] = ("said", "happened"),
    columns: tuple[str, str, str] = ("Said", "Happened", "Of"),
) -> Picture:
    """A dot a group of chances (0 to 1), the larger the more there are, beside the diagonal."""
    parts: list[Svg] = []
    for share in (0.0, 0.5, 1.0):
        y = _TOP + (1 - share) * _INNER
        parts += across(y, shares(share))
        anchor = "start" if share == 0 else "end" if share == 1 else "middle"
        below = f"{shares(share)} {words[0]}" if share == 1 else shares(share)
        parts.append(text(below, x=percent(share), y=HEIGHT - 8, text_anchor=anchor))
    parts.append(text(words[1], x="0", dx=6, y=_TOP + 12))
    parts.append(plot(_INNER, element("path", class_="middle", d=f"M0 {_INNER}L100 0"), top=_TOP, view=(100, _INNER)))
    most = max((one.n for one in bins), default=1)
    for one in bins:
        radius = 3 + 6 * (one.n / most) ** 0.5
        parts.append(element("circle", cx=percent(one.said), cy=_TOP + (1 - one.happened) * _INNER, r=radius))
    rows = tuple((shares(one.said), shares(one.happened), str(one.n)) for one in bins)
    return Picture(framed("reliability", HEIGHT, title, description, parts), columns, rows)
