"""Values that aren't known exactly: a dot with its interval a row, beside a line for what it is held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from paceline.charts.markup import Svg, element, percent, text
from paceline.charts.picture import Picture, framed
from paceline.charts.scale import Scale, known

_ROW = 38
_WORDS = 15  # the baseline of the words, above the line
_LINE = 26
_FOOT = 18


@dataclass(frozen=True)
class Ranged:
    """A row: its middle within ``low`` and ``high``. None: unknown. ``words`` stand at the right, instead of the middle."""

    label: str
    middle: float | None
    low: float | None = None
    high: float | None = None
    words: str = ""
    mark: str = ""


def intervals(
    rows: Sequence[Ranged],
    reference: float | None = None,
    *,
    written: Callable[[float], str],
    title: str,
    description: str = "",
    reference_word: str = "",
    columns: tuple[str, str, str] = ("What", "Value", "8 in 10"),
    missing: str = "–",
) -> Picture:
    """A dot a row on one scale, a line from low to high through it; a row whose middle is unknown has neither."""
    values = [value for row in rows for value in (row.low, row.middle, row.high)]
    across = Scale.over([*values, reference], 0.01, 0.99)
    height = _ROW * len(rows) + (_FOOT if reference is not None else 0)
    parts: list[Svg] = []
    if reference is not None:
        at = across(reference)
        x = percent(at)
        ends = ((number * _ROW + _WORDS + 4, (number + 1) * _ROW) for number in range(len(rows)))  # clear of each row's words
        parts += [element("line", class_="now", x1=x, x2=x, y1=first, y2=last) for first, last in ends]
        anchor = "start" if at < 0.2 else "end" if at > 0.8 else "middle"
        words = f"{reference_word} {written(reference)}".strip()
        parts.append(text(words, x=x, y=height - 4, text_anchor=anchor))
    for number, row in enumerate(rows):
        parts += _row(number, row, across, written, missing)
    told = tuple((row.label, _said(row.middle, written, missing), _between(row, written, missing)) for row in rows)
    return Picture(framed("intervals", height, title, description, parts), columns, told)


def _row(number: int, row: Ranged, across: Scale, written: Callable[[float], str], missing: str) -> list[Svg]:
    y, line = number * _ROW + _WORDS, number * _ROW + _LINE
    words = row.words or _said(row.middle, written, missing)
    out = [text(row.label, x="0", y=y), text(words, class_="strong", x="100%", y=y, text_anchor="end")]
    if not known([row.middle]):
        return out
    if known([row.low]) and known([row.high]):
        ends = percent(across(row.low or 0.0)), percent(across(row.high or 0.0))
        out.append(element("line", class_=f"span {row.mark}".strip(), x1=ends[0], x2=ends[1], y1=line, y2=line))
    out.append(element("circle", class_=row.mark or None, cx=percent(across(row.middle or 0.0)), cy=line, r=5))
    return out


def _said(value: float | None, written: Callable[[float], str], missing: str) -> str:
    return written(value) if value is not None and known([value]) else missing


def _between(row: Ranged, written: Callable[[float], str], missing: str) -> str:
    if row.low is None or row.high is None:
        return missing
    return f"{written(row.low)} – {written(row.high)}"
