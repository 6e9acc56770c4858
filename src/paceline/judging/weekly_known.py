"""Of which weeks a rep's metric is known at all: the data connected, and as fresh as the week. Unknown is never 0."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from paceline.judging.signals_metrics import Judged
from paceline.metrics.coverage import KIND_WORDS
from paceline.metrics.store import View
from paceline.metrics.vocabulary import Metric
from paceline.sales.periods import epoch_day, from_epoch_day
from paceline.saying.said import Said, alternatives, say
from paceline.saying.values import Day

Truths = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

# Whose latest day says how fresh data of a kind are: (fact, column that must be known).
_FRESH = {
    "crm": (("move", None), ("arrival", None), ("outcome", None), ("lead", None)),
    "mailbox": (("mail", None),),
    "calendar": (("booking", None),),  # meetings stand there weeks ahead: they don't tell how fresh they are
    "dialer": (("call", None),),
    "recorder": (("call", "talk_ratio"), ("call", "vendor_talk_ratio")),
}
_REACHED = 3  # days into a week that the records must reach for the week to count: its Thursday
_NEVER = -1


def known_weeks(
    view: View, chosen: Sequence[Judged], reps: tuple[str, ...], role: npt.NDArray[np.str_], mondays: Sequence[date], days: Floats
) -> tuple[Truths, dict[tuple[str, str], Said]]:
    """Reps × metrics × weeks of what is known; and rep and metric → why the latest week isn't.

    A metric that isn't of a rep's role is unknown without a why: it isn't asked.
    """
    first = np.array([epoch_day(monday) for monday in mondays])
    connected = {kind: _connected(view, kind, reps, first) for kind in KIND_WORDS}
    last = {kind: _last_day(view, kind) for kind in KIND_WORDS}
    fresh = {kind: np.broadcast_to(last[kind] >= first + _REACHED, (len(reps), len(first))) for kind in KIND_WORDS}
    known = np.zeros((len(reps), len(chosen), len(first)), np.bool_)
    why: dict[tuple[str, str], Said] = {}
    here = np.isfinite(days)
    for place, one in enumerate(chosen):
        mine = _in_role(one.metric, role, here)
        told = mine[:, None] & here & _told(one.metric, connected, fresh)
        known[:, place] = told
        for row in np.flatnonzero(mine & here[:, -1] & ~told[:, -1]):
            why[reps[row], one.slug] = _why(one.metric, int(row), connected, last)
    return known, why


def _connected(view: View, kind: str, reps: tuple[str, ...], first: Whole) -> Truths:
    """Reps × weeks: connected on all of the week's days."""
    out = np.zeros((len(reps), len(first)), np.bool_)
    row = {rep: place for place, rep in enumerate(reps)}
    for one in view.connections:
        if one.kind == kind and one.rep_id in row:
            out[row[one.rep_id]] |= (one.from_day <= first) & (one.until_day >= first + 7)
    return out


def _last_day(view: View, kind: str) -> int:
    """The latest day up to today with a record of the kind, anybody's."""
    latest = max(_last_row(view, name, column) for name, column in _FRESH[kind])
    if kind == "calendar" and latest == _NEVER:  # invitations without the day on which they were sent
        return _last_row(view, "meeting", None)
    return latest


def _last_row(view: View, name: str, column: str | None) -> int:
    """The latest day up to today of a fact's rows (with the column known); before all days where there are none."""
    fact = view.frame.fact(name)
    rows = fact.filter(fact.day <= epoch_day(view.day))
    rows = rows if column is None else rows.filter(rows[column].notnull())
    value = view.engine.query(rows.aggregate(last=rows.day.max()))["last"][0].as_py()
    return _NEVER if value is None else int(value)


def _in_role(metric: Metric, role: npt.NDArray[np.str_], here: Truths) -> Truths:
    """Whose metric it is: those in its roles, where anybody is; else everybody."""
    now = np.array([_latest(role[row][here[row]]) for row in range(len(role))], np.str_)
    meant = {name.casefold() for name in metric.roles}
    mine = np.array([str(name).casefold() in meant for name in now], np.bool_)
    return mine if mine.any() else np.ones(len(role), np.bool_)


def _latest(roles: npt.NDArray[np.str_]) -> str:
    return str(roles[-1]) if len(roles) else ""


def _told(metric: Metric, connected: dict[str, Truths], fresh: dict[str, Truths]) -> Truths:
    there = {kind: connected[kind] & fresh[kind] for kind in metric.needs}
    if not metric.any_need:
        return np.asarray(np.logical_and.reduce(list(there.values())))
    crm = there.pop("crm", np.ones_like(next(iter(there.values()))))
    pattern = sum((held.astype(np.int64) << bit for bit, held in enumerate(there.values())), np.zeros(crm.shape, np.int64))
    # A kind that is connected on the way would make a rise of it: only weeks with the same kinds as the latest are one series.
    any_now = np.where(pattern > 0, np.arange(pattern.shape[1]), -1).max(axis=1)
    latest = np.take_along_axis(pattern, np.maximum(any_now, 0)[:, None], axis=1)
    return np.asarray(crm & (pattern > 0) & (pattern == latest))


def _why(metric: Metric, row: int, connected: dict[str, Truths], last: dict[str, int]) -> Said:
    needs = [kind for kind in metric.needs if not (metric.any_need and kind == "crm")] or list(metric.needs)
    missing = [kind for kind in needs if not connected[kind][row, -1]]
    if missing and (not metric.any_need or len(missing) == len(needs)):
        return _unconnected(missing, any(connected[kind][row].any() for kind in missing))
    stale = max(last[kind] for kind in needs)
    kinds = alternatives(KIND_WORDS[kind] for kind in needs)
    if stale == _NEVER:
        return say("no data of {kinds} was loaded", kinds=kinds)
    return say("no data of {kinds} since {day}", kinds=kinds, day=Day(from_epoch_day(stale), "%-d %b %Y"))


def _unconnected(missing: Sequence[str], once: bool) -> Said:
    """``once``: it was connected."""
    names = alternatives(KIND_WORDS[kind] for kind in missing)
    if missing[-1] == "crm":  # records are many
        if once:
            return say("{names} aren't connected any more", names=names)
        return say("no {names} are connected", names=names)
    return say("{names} isn't connected any more", names=names) if once else say("no {names} is connected", names=names)
