"""Who is where: a dot a person on one line, the middle half, the median."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from paceline.charts.markup import Svg, element, percent, text
from paceline.charts.picture import Picture, framed
from paceline.charts.scale import Scale, known

HEIGHT = 84
_LINE = 34
_ACROSS = 0.035  # of the width: nearer dots are stacked, so that none hides another on a phone
_STEP = 11
_ROOM = 2  # dots beside the line, either way; more stand upon each other, and the table tells them apart
_FEW = 4  # from fewer there is no middle half


@dataclass(frozen=True)
class Dot:
    """One person's or group's value. ``mark`` is a class (``me``, ``worse``…); such a dot has its value written below."""

    label: str
    value: float | None
    mark: str = ""


def strip(
    dots: Sequence[Dot],
    *,
    written: Callable[[float], str],
    title: str,
    description: str = "",
    median_word: str = "median",
    columns: tuple[str, str] = ("Who", "Value"),
    missing: str = "–",
) -> Picture:
    """The dots with a known value; in the table those without stand last."""
    there = sorted((dot for dot in dots if known([dot.value])), key=lambda dot: (dot.value or 0.0, dot.label))
    values = [dot.value or 0.0 for dot in there]
    across = Scale.over(values, 0.04, 0.96)
    parts: list[Svg] = [element("line", class_="axis", x1="0", x2="100%", y1=_LINE, y2=_LINE)]
    if len(values) >= _FEW:
        low, _, high = quantiles(values, n=4, method="inclusive")
        left, right = across(low), across(high)
        parts.append(element("rect", class_="usual", x=percent(left), width=percent(max(right - left, 0.004)), y=14, height=40))
    if len(values) > 1:
        at = percent(across(median(values)))
        parts.append(element("line", class_="median", x1=at, x2=at, y1=10, y2=58))
    parts += _swarm(there, across)
    parts += _words(there, across, median(values) if len(values) > 1 else None, median_word, written)
    rows = tuple((dot.label, written(dot.value or 0.0)) for dot in reversed(there))
    rows += tuple((dot.label, missing) for dot in dots if not known([dot.value]))
    return Picture(framed("strip", HEIGHT, title, description, parts), columns, rows)


def _swarm(dots: Sequence[Dot], across: Scale) -> list[Svg]:
    placed: list[tuple[float, int]] = []
    out = []
    for dot in dots:
        x = across(dot.value or 0.0)
        near = {row for other, row in placed if x - other < _ACROSS}
        rows = sorted(range(-_ROOM, _ROOM + 1), key=abs)
        row = next((one for one in rows if one not in near), 0)
        placed.append((x, row))
        radius = 6 if dot.mark else 4.5
        out.append(element("circle", class_=dot.mark or None, cx=percent(x), cy=_LINE + row * _STEP, r=radius))
    return sorted(out, key=lambda circle: "class=" in circle)  # marked ones last: on top


def _words(dots: Sequence[Dot], across: Scale, middle: float | None, word: str, written: Callable[[float], str]) -> list[Svg]:
    out, taken = [], []
    for dot in dots:
        if dot.mark and dot.value is not None:
            taken.append(across(dot.value))
            out.append(_below(across(dot.value), f"{dot.label} {written(dot.value)}".strip(), "strong"))
    if middle is not None and all(abs(across(middle) - other) > 0.3 for other in taken):
        out.append(_below(across(middle), f"{word} {written(middle)}", None))
    return out


def _below(x: float, words: str, kind: str | None) -> Svg:
    anchor = "start" if x < 0.2 else "end" if x > 0.8 else "middle"
    return text(words, class_=kind, x=percent(x), y=HEIGHT - 8, text_anchor=anchor)
