"""A goal's bullet: how far, how far one should be today, where it will likely end, where the goal is."""

from __future__ import annotations

from paceline.charts.markup import Svg, element, named, percent
from paceline.charts.scale import Scale, known

HEIGHT = 14
_THICK = 6


def bullet(
    value: float | None,
    goal: float | None,
    *,
    pace: float | None = None,
    likely: tuple[float, float] | None = None,
    title: str = "",
) -> Svg:
    """A bar from 0 to ``value`` (none where it is unknown), a tick at the ``goal``, a thin one at the ``pace`` due by now, and
    the ``likely`` range of the end as a band. Without a ``title`` its numbers must stand beside it.
    """
    ends = known([value, goal, pace, *(likely or ())])
    high = max([*ends, 0.0])
    across = Scale.over([*ends, high * 1.08], 0, 1, zero=True)
    parts = list(named(title)) if title else []
    parts.append(element("rect", class_="track", width="100%", height=HEIGHT))
    if likely is not None:
        parts.append(_bar("likely", across, likely[0], likely[1], 0, HEIGHT))
    if value is not None and known([value]):
        parts.append(_bar("value", across, 0, value, (HEIGHT - _THICK) / 2, _THICK))
    parts += [_tick(name, across, at) for name, at in (("pace", pace), ("goal", goal)) if at is not None]
    return element(
        "svg", *parts, class_="bullet", width="100%", height=HEIGHT, role="img" if title else None,
        aria_hidden=None if title else "true",
    )  # fmt: skip


def _bar(name: str, across: Scale, begin: float, end: float, y: float, height: float) -> Svg:
    left, right = sorted((across(begin), across(end)))
    return element("rect", class_=name, x=percent(left), width=percent(right - left), y=y, height=height)


def _tick(name: str, across: Scale, at: float) -> Svg:
    place = percent(across(at))
    return element("line", class_=name, x1=place, x2=place, y1=1, y2=HEIGHT - 1)
