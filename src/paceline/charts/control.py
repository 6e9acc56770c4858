"""A trend over its usual range: which periods stand out, where the goal is, what happened when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from paceline.charts.axes import below
from paceline.charts.markup import Svg, element, percent, plot, text
from paceline.charts.picture import Picture, framed
from paceline.charts.scale import Scale, known, path_of

HEIGHT = 200
_TOP, _BOTTOM = 16, 24  # for words above the plot, and for the periods' names
_INNER = HEIGHT - _TOP - _BOTTOM
_LEAST_APART = 14  # pixels between two words at the side


def control(
    labels: Sequence[str],
    values: Sequence[float | None],
    *,
    written: Callable[[float], str],
    title: str,
    description: str = "",
    limits: tuple[float, float, float] | None = None,
    goal: float | None = None,
    out: Mapping[int, str] | None = None,
    events: Mapping[int, str] | None = None,
    words: tuple[str, str, str, str] = ("lower", "usual", "upper", "goal"),
    columns: tuple[str, str] = ("Period", "Value"),
    missing: str = "–",
) -> Picture:
    """One place a period; None is a gap. ``limits``: lower, usual, upper. ``out``: index → class of points that stand out.

    ``events``: index → what happened then. ``words``: what the lines are called.
    ValueError where labels and values differ in number.
    """
    if len(labels) != len(values):
        raise ValueError(f"{len(labels)} labels for {len(values)} values")
    down = Scale.over([*values, *(limits or ()), goal], _INNER - 4, 4)
    across = Scale(0, max(len(values) - 1, 1), 0.01, 0.99)
    parts: list[Svg] = []
    if limits is not None:
        low, usual, high = limits
        parts.append(element("rect", class_="usual", y=_TOP + down(high), width="100%", height=max(down(low) - down(high), 1)))
        parts.append(_across("middle", _TOP + down(usual)))
    if goal is not None:
        parts.append(_across("goal", _TOP + down(goal)))
    parts += [_event(across(i), words_) for i, words_ in (events or {}).items()]
    points = [None if not known([v]) else (across(i) * 100, down(v or 0.0)) for i, v in enumerate(values)]
    if path_of(points):
        parts.append(plot(_INNER, element("path", class_="line", d=path_of(points)), top=_TOP, view=(100, _INNER)))
    parts += [
        element("circle", class_=(out or {}).get(i), cx=percent(p[0] / 100), cy=_TOP + p[1], r=4 if i in (out or {}) else 2.5)
        for i, p in enumerate(points)
        if p is not None
    ]
    parts += _side(down, limits, goal, words, written)
    parts += below(labels, across, HEIGHT - 6)
    rows = tuple((label, missing if value is None else written(value)) for label, value in zip(labels, values, strict=True))
    return Picture(framed("control", HEIGHT, title, description, parts), columns, rows)


def _across(name: str, y: float) -> Svg:
    return element("line", class_=name, x1="0", x2="100%", y1=y, y2=y)


def _event(share: float, words: str) -> Svg:
    at = percent(share)
    anchor = "end" if share > 0.5 else "start"
    return Svg(
        element("line", class_="event", x1=at, x2=at, y1=_TOP, y2=HEIGHT - _BOTTOM)
        + text(words, x=at, y=_TOP - 4, text_anchor=anchor)
    )


def _side(
    down: Scale,
    limits: tuple[float, float, float] | None,
    goal: float | None,
    words: tuple[str, str, str, str],
    written: Callable[[float], str],
) -> list[Svg]:
    """The lines' names and values to the right, the goal's first, none upon another."""
    named = [] if goal is None else [(goal, words[3], "strong")]
    named += [] if limits is None else [(limits[i], words[i], "") for i in (1, 2, 0)]
    placed: list[float] = []
    out = []
    for value, word, kind in named:
        y = _TOP + down(value) + 4
        if all(abs(y - other) >= _LEAST_APART for other in placed):
            placed.append(y)
            out.append(text(f"{word} {written(value)}", class_=kind or None, x="100%", dx=8, y=y))
    return out
