"""From scores to cards: when one begins, when it ends, and that no change is told twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

OFF = 0.5  # a card goes out when the score has come back to this part of its bar: it doesn't flicker
APART = 8  # weeks between one card's end and the next one's beginning
Held = Callable[[int, int, int, int, int], float]

MEMORY = 39  # weeks in which a second card must be more than the first one's continuation or its coming back
STRETCHES = (3, 5, 8)  # weeks looked at for a further change while a card burns
SETTLED = 5  # weeks since the card's onset that say where the level was before a further one
BACK = 1.5  # standard deviations from the old pace within which a change has gone again
LATEST = 4  # weeks looked at to see whether it has


@dataclass(frozen=True)
class Episode:
    """A change of a series.

    Week it fired, first and last week of it (positions), direction (−1 fall, 1 rise), the score and its highest.

    ``until`` is None while it fires. ``back``: it ended because the old pace returned (else the new one became usual).
    """

    series: int
    fired: int
    onset: int
    direction: int
    score: float
    until: int | None
    back: bool = False


def starts(score: Floats, bar: Floats, off: float = OFF) -> tuple[npt.NDArray[np.bool_], Whole]:
    """Where series × weeks of scores reach their bar anew, and until which week each start's card burns (−1 where none
    starts).
    """
    series, weeks = score.shape
    begins, ends = np.zeros((weeks, series), np.bool_), np.full((weeks, series), -1, np.int64)
    # Week by week, so weeks are laid out first. An unknown score says nothing: a card stays as it was.
    known = np.ascontiguousarray(score.T)
    above, burning = known >= bar, ~(known < off * bar)
    firing, last, begun = np.zeros(series, np.bool_), np.full(series, -APART - 1), np.zeros(series, np.int64)
    for week in range(weeks):
        new = above[week] & ~firing & (week - last > APART)
        begins[week] = new
        firing = (firing | new) & burning[week]
        begun[new] = week
        rows = np.flatnonzero(firing)
        last[rows] = week
        ends[begun[rows], rows] = week
    return begins.T, ends.T


def episodes(scores: dict[int, Floats], bars: dict[int, Floats], lengths: dict[int, Whole], held: Held) -> list[Episode]:
    """All cards of all series in order of series and week.

    Keys of the dicts are directions (−1, 1), scores positive towards them.

    ``held(series, from, until, base_from, base_until)`` scores the weeks [from, until) against [base_from, base_until), NaN
    if it can't.
    """
    found: list[tuple[int, int, int, int]] = []
    for direction, score in scores.items():
        begins, ends = starts(score, bars[direction])
        found += [(s, w, direction, int(ends[s, w])) for s, w in np.argwhere(begins).tolist()]
    out: list[Episode] = []
    weeks = next(iter(scores.values())).shape[1]
    for series, week, direction, end in sorted(found):
        until = None if end == weeks - 1 else end
        length, bar = lengths[direction][series], float(bars[direction][series])
        before = out[-1] if out and out[-1].series == series else None
        fired = _first_week_of_another(series, direction, range(week, end + 1), length, before, bar, held)
        if fired is not None:
            reached = float(scores[direction][series, fired])
            one = Episode(series, fired, fired - int(length[fired]) + 1, direction, reached, until)
            out += _further(one, end, bar, held)
        elif before is not None and direction == before.direction:
            out[-1] = replace(before, until=until)
        elif before is not None:
            out[-1] = replace(before, until=before.until if before.until is not None else week, back=True)
    return [_ended(one, held) for one in out]


def _first_week_of_another(
    series: int, direction: int, weeks: range, length: Whole, before: Episode | None, bar: float, held: Held
) -> int | None:
    """The first week in which a run above the bar is more than the last card's continuation or coming back.

    None if it never is.
    """
    for week in weeks:
        if not length[week]:  # an unknown week, through which a card goes on burning
            continue
        onset = week - int(length[week]) + 1
        if before is None or onset - before.onset > MEMORY:
            return week
        if _is_another(Episode(series, week, onset, direction, 0.0, None), before, bar, held):
            return week
    return None


def _further(one: Episode, last: int, bar: float, held: Held) -> list[Episode]:
    """The card, and those of further changes the same way while it burnt, each against the level since the one before fired."""
    out = [one]
    for week in range(one.fired + SETTLED, last + 1):
        for length in STRETCHES:
            onset = week - length + 1
            level = max(out[-1].onset, out[-1].fired - 1)  # weeks at the onset may still be of the old pace
            if onset - level < SETTLED:
                continue
            score = held(one.series, onset, week + 1, level, onset) * one.direction
            if score >= bar:
                out[-1] = replace(out[-1], until=week - 1)
                out.append(Episode(one.series, week, onset, one.direction, score, one.until))
                break
    return out


def _is_another(one: Episode, before: Episode, bar: float, held: Held) -> bool:
    """Whether a change is one beyond the last: further the same way from its level, or beyond the pace that was before it."""
    if one.direction == before.direction:
        score = held(one.series, one.onset, one.fired + 1, before.onset, one.onset)
    else:
        score = held(one.series, one.onset, one.fired + 1, before.onset - 26, before.onset)
    return bool(np.isfinite(score) and score * one.direction >= bar)


def _ended(one: Episode, held: Held) -> Episode:
    if one.until is None or one.back:
        return one
    score = held(one.series, max(one.until - LATEST + 1, one.onset), one.until + 1, one.onset - 26, one.onset)
    return replace(one, back=bool(np.isfinite(score) and abs(score) < BACK))
