"""Charts of a row a step, label and number above each bar, so that they read the same on a phone: waterfall and funnel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from paceline.charts.markup import Svg, element, percent, text
from paceline.charts.picture import Picture, framed
from paceline.charts.scale import Scale, known

_ROW = 38
_BAR = 12
_WORDS = 15  # the baseline of the words, above the bar


@dataclass(frozen=True)
class Step:
    """A step of a waterfall: what was added (or taken away), or a ``total`` that the bar shows from 0. None: unknown."""

    label: str
    value: float | None
    total: bool = False
    mark: str = ""


def waterfall(
    steps: Sequence[Step],
    *,
    written: Callable[[float], str],
    title: str,
    description: str = "",
    columns: tuple[str, str] = ("Step", "Amount"),
    missing: str = "–",
) -> Picture:
    """Bars that hang on each other. A total is drawn from 0 to its own value; an unknown step has no bar."""
    spans = _spans(steps)
    across = Scale.over([end for span in spans if span for end in span], 0, 1, zero=True)
    parts: list[Svg] = []
    for number, (step, span) in enumerate(zip(steps, spans, strict=True)):
        kind = "total" if step.total else step.mark or ("up" if (step.value or 0) >= 0 else "down")
        parts += _row(number, step.label, missing if step.value is None else written(step.value))
        if span is not None:
            left, right = sorted((across(span[0]), across(span[1])))
            parts.append(_bar(number, kind, left, max(right - left, 0.003)))
    rows = tuple((step.label, missing if step.value is None else written(step.value)) for step in steps)
    return Picture(framed("waterfall", _ROW * len(steps), title, description, parts), columns, rows)


def _spans(steps: Sequence[Step]) -> list[tuple[float, float] | None]:
    level = 0.0
    out: list[tuple[float, float] | None] = []
    for step in steps:
        if step.value is None or not known([step.value]):
            out.append(None)
            continue
        begin = 0.0 if step.total else level
        level = step.value if step.total else level + step.value
        out.append((begin, level))
    return out


@dataclass(frozen=True)
class Stage:
    """A stage of a funnel: how many got there. None: unknown."""

    label: str
    count: float | None


def funnel(
    stages: Sequence[Stage],
    *,
    written: Callable[[float], str],
    shares: Callable[[float], str],
    title: str,
    description: str = "",
    columns: tuple[str, str, str] = ("Stage", "Count", "Of the stage before"),
    missing: str = "–",
) -> Picture:
    """A bar a stage, and which share of the stage before it is; none where that is unknown or 0."""
    across = Scale.over([stage.count for stage in stages], 0, 1, zero=True)
    parts: list[Svg] = []
    rows = []
    before: float | None = None
    for number, stage in enumerate(stages):
        share = missing if stage.count is None or not before else shares(stage.count / before)
        count = missing if stage.count is None else written(stage.count)
        parts += _row(number, stage.label, count if number == 0 or share == missing else f"{count} · {share}")
        if stage.count is not None:
            parts.append(_bar(number, "value", 0, max(across(stage.count), 0.003)))
        rows.append((stage.label, count, share))
        before = stage.count
    return Picture(framed("funnel", _ROW * len(stages), title, description, parts), columns, tuple(rows))


def _row(number: int, label: str, amount: str) -> list[Svg]:
    y = number * _ROW + _WORDS
    return [text(label, x="0", y=y), text(amount, class_="strong", x="100%", y=y, text_anchor="end")]


def _bar(number: int, kind: str, left: float, width: float) -> Svg:
    return element("rect", class_=kind, x=percent(left), width=percent(width), y=number * _ROW + _WORDS + 5, height=_BAR, rx=2)


@dataclass(frozen=True)
class Stretch:
    """From one place to another on a common line (days since any day), e.g. a deal from its start to its expected close."""

    label: str
    begin: float
    end: float
    words: str
    mark: str = ""


def timeline(
    stretches: Sequence[Stretch],
    now: float,
    *,
    title: str,
    description: str = "",
    now_word: str = "today",
    columns: tuple[str, str] = ("What", "When"),
) -> Picture:
    """A bar a stretch, its words at the right, and a line through ``now``. Ends may come before begins."""
    across = Scale.over([now, *(place for one in stretches for place in (one.begin, one.end))], 0, 1)
    height = _ROW * len(stretches) + 18
    at = percent(across(now))
    anchor = "start" if across(now) < 0.2 else "end" if across(now) > 0.8 else "middle"
    parts: list[Svg] = []
    for number, one in enumerate(stretches):
        parts += _row(number, one.label, one.words)
        left, right = sorted((across(one.begin), across(one.end)))
        parts.append(_bar(number, one.mark or "value", left, max(right - left, 0.003)))
    parts.append(element("line", class_="now", x1=at, x2=at, y1=_WORDS + 3, y2=height - 16))
    parts.append(text(now_word, x=at, y=height - 3, text_anchor=anchor))
    rows = tuple((one.label, one.words) for one in stretches)
    return Picture(framed("timeline", height, title, description, parts), columns, rows)
