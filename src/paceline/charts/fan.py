"""Where it will land: what was, and bands of what will be, opening towards the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from paceline.charts.axes import below, grid
from paceline.charts.markup import Svg, element, percent, plot, text
from paceline.charts.picture import Picture, framed
from paceline.charts.scale import Scale, area_of, known, path_of

HEIGHT = 240
_TOP, _BOTTOM = 18, 24
_INNER = HEIGHT - _TOP - _BOTTOM


def fan(
    labels: Sequence[str],
    so_far: Sequence[float | None],
    bands: Sequence[tuple[str, Sequence[float], Sequence[float]]],
    middle: Sequence[float],
    *,
    written: Callable[[float], str],
    title: str,
    description: str = "",
    goal: float | None = None,
    goal_word: str = "goal",
    middle_word: str = "likely",
    columns: tuple[str, str] = ("When", "So far"),
    missing: str = "–",
) -> Picture:
    """``so_far``: values from the first label on. ``bands`` (name, low, high; widest first) and ``middle`` cover the labels from
    the last of ``so_far`` to the end: their first value is today's. ValueError where the numbers of values don't fit.
    """
    start = len(labels) - len(middle)
    if any(len(side) != len(middle) for _, low, high in bands for side in (low, high)) or start != max(len(so_far) - 1, 0):
        raise ValueError("bands and middle must run from the last value so far to the last label")
    every = [*so_far, *middle, *(value for _, low, high in bands for value in (*low, *high)), goal]
    down = Scale.over(every, _INNER - 2, 2, zero=True)
    across = Scale(0, max(len(labels) - 1, 1), 0, 1)
    parts = grid(down, _TOP, written)
    inner = [
        element("path", class_=f"band b{i}", d=_area(low, high, start, across, down)) for i, (_, low, high) in enumerate(bands)
    ]
    past = [None if not known([v]) else (across(i) * 100, down(v or 0.0)) for i, v in enumerate(so_far)]
    inner.append(element("path", class_="middle", d=path_of([(across(start + i) * 100, down(v)) for i, v in enumerate(middle)])))
    inner.append(element("path", class_="line", d=path_of(past)))
    parts.append(plot(_INNER, *inner, top=_TOP, view=(100, _INNER)))
    if past and past[-1] is not None:
        parts.append(element("circle", cx=percent(past[-1][0] / 100), cy=_TOP + past[-1][1], r=4))
    parts += _end(down, bands, middle, written)
    if goal is not None:
        y = _TOP + down(goal)
        parts.append(element("line", class_="goal", x1="0", x2="100%", y1=y, y2=y))
        parts.append(text(f"{goal_word} {written(goal)}", class_="strong", x="0", dx=4, y=y - 5 if y > _TOP + 8 else y + 14))
    parts += below(labels, across, HEIGHT - 6)
    names = (columns[0], columns[1], middle_word, *(band[0] for band in bands))
    rows = tuple(_rows(labels, so_far, bands, middle, start, written, missing))
    return Picture(framed("fan", HEIGHT, title, description, parts), names, rows)


def _area(low: Sequence[float], high: Sequence[float], start: int, across: Scale, down: Scale) -> str:
    places = [across(start + i) * 100 for i in range(len(low))]
    return area_of(
        [(x, down(v)) for x, v in zip(places, high, strict=True)], [(x, down(v)) for x, v in zip(places, low, strict=True)]
    )


def _end(
    down: Scale,
    bands: Sequence[tuple[str, Sequence[float], Sequence[float]]],
    middle: Sequence[float],
    written: Callable[[float], str],
) -> list[Svg]:
    """The last middle and the widest band's ends, to the right, where they don't stand upon each other."""
    wanted = [(middle[-1], "strong")] if middle else []
    wanted += [(value, "") for _, low, high in bands[:1] for value in (high[-1], low[-1]) if low]
    placed: list[float] = []
    out = []
    for value, kind in wanted:
        y = _TOP + down(value) + 4
        if all(abs(y - other) >= 14 for other in placed):
            placed.append(y)
            out.append(text(written(value), class_=kind or None, x="100%", dx=8, y=y))
    return out


def _rows(
    labels: Sequence[str],
    so_far: Sequence[float | None],
    bands: Sequence[tuple[str, Sequence[float], Sequence[float]]],
    middle: Sequence[float],
    start: int,
    written: Callable[[float], str],
    missing: str,
) -> list[tuple[str, ...]]:
    rows = []
    for i, label in enumerate(labels):
        was = so_far[i] if i < len(so_far) else None
        then = i - start
        ahead = (
            (written(middle[then]), *(f"{written(low[then])} – {written(high[then])}" for _, low, high in bands))
            if then >= 0
            else ()
        )
        rows.append((label, missing if was is None else written(was), *(ahead or (missing,) * (1 + len(bands)))))
    return rows
