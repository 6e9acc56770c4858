"""From values to places: linear scales, round ticks, lines with gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, floor, isfinite, log10

from paceline.charts.markup import short


def known(values: Iterable[float | None]) -> list[float]:
    """The values that are there: neither unknown nor infinite."""
    return [value for value in values if value is not None and isfinite(value)]


@dataclass(frozen=True)
class Scale:
    """Maps ``low`` to ``start`` and ``high`` to ``end``. Where all values are equal, everything lies in the middle."""

    low: float
    high: float
    start: float
    end: float

    @staticmethod
    def over(values: Iterable[float | None], start: float, end: float, *, zero: bool = False) -> Scale:
        """The scale that just holds the values (and 0, if asked)."""
        there = known(values) + ([0.0] if zero else [])
        if not there:
            return Scale(0.0, 1.0, start, end)
        return Scale(min(there), max(there), start, end)

    def __call__(self, value: float) -> float:
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def clamped(self, value: float) -> float:
        """The place of the value, or the nearer end."""
        return self(min(max(value, self.low), self.high))


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers (1, 2, 2.5 or 5 times a power of ten) within ``low`` and ``high``, about as many as asked."""
    if high <= low:
        return [low]
    rough = (high - low) / about
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    return [round(step * number, 10) for number in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


Point = tuple[float, float]


def unbroken(points: Sequence[Point | None]) -> list[list[Point]]:
    """The points in runs, cut where one is unknown: a gap is never drawn over."""
    return [[p for p in run if p is not None] for there, run in groupby(points, key=lambda p: p is not None) if there]


def path_of(points: Sequence[Point | None]) -> str:
    """A path through the points, broken at gaps; a point alone is a stroke of no length: a round cap shows it."""
    return "".join(_run(run) for run in unbroken(points))


def _run(run: Sequence[Point]) -> str:
    first, *rest = ((float(short(x)), float(short(y))) for x, y in run)
    out = f"M{short(first[0])} {short(first[1])}"
    if not rest:
        return out + "h0"
    x, y = first
    out += "l"
    steps = []
    for nx, ny in rest:
        dx, dy = short(nx - x), short(ny - y)
        steps.append(dx + (dy if dy.startswith("-") else f" {dy}"))
        x, y = nx, ny
    return out + steps[0] + "".join(step if step.startswith("-") else f" {step}" for step in steps[1:])


def area_of(upper: Sequence[Point], lower: Sequence[Point]) -> str:
    """A closed path along the upper points and back along the lower ones."""
    return _run([*upper, *reversed(lower)]) + "z" if upper and lower else ""
