"""Curves from a common start: new people against the band of those before them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from paceline.charts.axes import below, grid
from paceline.charts.markup import Svg, element, percent, plot, text
from paceline.charts.picture import Picture, framed
from paceline.charts.scale import Scale, area_of, known, path_of, unbroken

HEIGHT = 220
_TOP, _BOTTOM = 14, 24
_INNER = HEIGHT - _TOP - _BOTTOM


@dataclass(frozen=True)
class Band:
    """What is usual at each place: low, middle, high. None where too few got so far."""

    low: Sequence[float | None]
    middle: Sequence[float | None]
    high: Sequence[float | None]


@dataclass(frozen=True)
class Curve:
    """One person's values from the start; None is a gap. Written at its end."""

    label: str
    values: Sequence[float | None]


def curves(
    labels: Sequence[str],
    band: Band | None,
    lines: Sequence[Curve],
    *,
    written: Callable[[float], str],
    title: str,
    description: str = "",
    band_words: tuple[str, str, str] = ("Low", "Usual", "High"),
    column: str = "Since the start",
    missing: str = "–",
) -> Picture:
    """The band, its middle, and the curves upon it. ValueError where a curve or the band is longer than the labels."""
    sides = () if band is None else (band.low, band.middle, band.high)
    if any(len(values) > len(labels) for values in (*sides, *(line.values for line in lines))):
        raise ValueError(f"more values than the {len(labels)} labels")
    down = Scale.over([v for values in (*sides, *(line.values for line in lines)) for v in values], _INNER - 2, 6, zero=True)
    across = Scale(0, max(len(labels) - 1, 1), 0, 1)

    def places(values: Sequence[float | None]) -> list[tuple[float, float] | None]:
        return [None if not known([v]) else (across(i) * 100, down(v or 0.0)) for i, v in enumerate(values)]

    parts = grid(down, _TOP, written)
    inner: list[Svg] = []
    if band is not None:
        pairs = [None if a is None or b is None else (a, b) for a, b in zip(places(band.high), places(band.low), strict=True)]
        flat = [None if pair is None else (float(i), 0.0) for i, pair in enumerate(pairs)]
        for run in unbroken(flat):
            whole = [pair for x, _ in run if (pair := pairs[int(x)]) is not None]
            inner.append(element("path", class_="band b0", d=area_of([p[0] for p in whole], [p[1] for p in whole])))
        inner.append(element("path", class_="middle", d=path_of(places(band.middle))))
    inner += [element("path", class_=f"line l{i}", d=path_of(places(line.values))) for i, line in enumerate(lines)]
    parts.append(plot(_INNER, *inner, top=_TOP, view=(100, _INNER)))
    for i, line in enumerate(lines):
        parts += _end_of(line.label, places(line.values), i)
    parts += below(labels, across, HEIGHT - 6)
    names = (column, *(line.label for line in lines), *(band_words if band else ()))
    rows = tuple(_rows(labels, [*(line.values for line in lines), *sides], written, missing))
    return Picture(framed("curves", HEIGHT, title, description, parts), names, rows)


def _end_of(label: str, points: Sequence[tuple[float, float] | None], number: int) -> list[Svg]:
    there = [point for point in points if point is not None]
    if not there:
        return []
    x, y = there[-1]
    near_edge = x > 60
    return [
        element("circle", class_=f"l{number}", cx=percent(x / 100), cy=_TOP + y, r=4),
        text(
            label,
            class_="strong",
            x=percent(x / 100),
            dx=-8 if near_edge else 8,
            y=_TOP + y + 16,
            text_anchor="end" if near_edge else "start",
        ),
    ]


def _rows(
    labels: Sequence[str], series: Sequence[Sequence[float | None]], written: Callable[[float], str], missing: str
) -> list[tuple[str, ...]]:
    def cell(values: Sequence[float | None], i: int) -> str:
        value = values[i] if i < len(values) else None
        return missing if value is None else written(value)

    return [(label, *(cell(values, i) for values in series)) for i, label in enumerate(labels)]
