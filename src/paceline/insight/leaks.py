"""Fields that can't be used to tell won from lost, since they know the outcome: an audit of a table, with reasons in words.

A field leaks when it is filled in or changed at the close. Such fields make fine-looking models that fail on open deals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from paceline.insight.pipeline import NEVER
from paceline.insight.winchance import Deals
from paceline.insight.winchance_fields import numeric
from paceline.saying.said import Said, say
from paceline.saying.values import Number
from paceline.stats.scores import auc

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NEAR_CLOSE = 2  # days
LATE_SHARE = 0.05  # of closed deals on which a field may change that late
TOO_GOOD = 0.85  # AUC of a single field
FILLED_GAP = 0.25  # a field is known for so much more of the closed than of the open deals
ROUND_GAP = 0.15  # round amounts are won so much more or less often than others
FEWEST = 50  # closed deals from which on a field is judged
_FOLDS = 5


@dataclass(frozen=True)
class Leak:
    """An unusable field: which test it failed (changed late, too good, filled at close, rounded), the figure, and the words."""

    field: str
    test: str
    figure: float
    sentence: Said


def audit(deals: Deals, changed: Mapping[str, Sequence[int | None]] | None = None, now: int = NEVER) -> tuple[Leak, ...]:
    """Every reason not to use a field of ``deals``; no leak listed isn't proof that there is none.

    ``changed``: for each field the day of its last change, by opportunity (None: never changed); give it where history is kept.
    Deals created or closed at ``now`` or later aren't looked at.
    """
    seen = deals.created < now
    closed = seen & (deals.closed < min(now, NEVER))
    found = []
    for name, values in deals.fields.items():
        if int(closed.sum()) >= FEWEST:
            late = _late(name, (changed or {}).get(name), deals.closed, closed)
            tests = (late, _filled(name, values, deals.created, seen, closed), _too_good(name, values, deals.won, closed))
            found += [leak for leak in (*tests, _rounded(name, values, deals.won, closed)) if leak]
    return tuple(found)


def usable(deals: Deals, leaks: Sequence[Leak]) -> Deals:
    """The deals without the fields that leak."""
    bad = {leak.field for leak in leaks}
    kept = {name: values for name, values in deals.fields.items() if name not in bad}
    return Deals(deals.ids, deals.created, deals.closed, deals.won, kept)


def _late(name: str, changed: Sequence[int | None] | None, closed_day: Ints, closed: Bools) -> Leak | None:
    if changed is None:
        return None
    day = np.array([-NEVER if one is None else int(one) for one in changed], dtype=np.int64)
    share = float((day[closed] >= closed_day[closed] - NEAR_CLOSE).mean())
    if share < LATE_SHARE:
        return None
    words = say(
        "{field} was last changed within {days} days of the close, or after it, on {share} of closed deals: take it as it was "
        "when the deal was created.",
        field=name, days=NEAR_CLOSE, share=Number(share, ".0%"),
    )  # fmt: skip
    return Leak(name, "changed late", share, words)


def _filled(name: str, values: Sequence[Any], created: Ints, seen: Bools, closed: Bools) -> Leak | None:
    """Known for closed deals and not for open ones of the same age: filled in at the close."""
    still = seen & ~closed
    if int(still.sum()) < FEWEST:
        return None
    known = np.array([value is not None and value != "" for value in values], dtype=np.bool_)
    since = int(np.quantile(created[still], 0.1))
    ended = closed & (created >= since)
    if int(ended.sum()) < FEWEST:
        return None
    have, lack = float(known[ended].mean()), float(known[still].mean())
    if have - lack < FILLED_GAP:
        return None
    words = say(
        "{field} is known for {have} of closed deals and {lack} of open ones created in the same months: it is filled in at the "
        "close.",
        field=name, have=Number(have, ".0%"), lack=Number(lack, ".0%"),
    )  # fmt: skip
    return Leak(name, "filled at close", have - lack, words)


def _too_good(name: str, values: Sequence[Any], won: Bools, closed: Bools) -> Leak | None:
    rows = np.flatnonzero(closed)
    score = _numbers(values, rows) if numeric(values) else _shares(values, rows, won)
    found = auc(score, won[rows])
    found = max(found, 1 - found)
    if not found >= TOO_GOOD:  # NaN isn't either
        return None
    words = say(
        "{field} alone tells won from lost (AUC {auc}): it was surely set at the close.", field=name, auc=Number(found, ".2f")
    )
    return Leak(name, "too good", found, words)


def _numbers(values: Sequence[Any], rows: Ints) -> Floats:
    known = np.array([np.nan if values[row] is None else float(values[row]) for row in rows.tolist()])
    low = np.nanmin(known) if np.isfinite(known).any() else 0.0
    return np.where(np.isnan(known), low - 1, known)


def _shares(values: Sequence[Any], rows: Ints, won: Bools) -> Floats:
    """Each row's word's share won among other rows, fold by fold: else rare words would seem to know."""
    words = np.array([str(values[row]) for row in rows.tolist()])
    _, which = np.unique(words, return_inverse=True)
    fold, hits = np.arange(len(rows)) % _FOLDS, won[rows].astype(np.float64)
    usual, share = float(hits.mean()), np.zeros(len(rows))
    for one in range(_FOLDS):
        other = fold != one
        n = np.bincount(which[other], minlength=int(which.max()) + 1)
        sums = np.bincount(which[other], hits[other], minlength=len(n))
        share[~other] = ((sums + 5 * usual) / (n + 5))[which[~other]]
    return share


def _rounded(name: str, values: Sequence[Any], won: Bools, closed: Bools) -> Leak | None:
    """Guesses are round, quotes aren't: if round numbers are won more rarely, the number was replaced on the way."""
    if not numeric(values):
        return None
    number = np.array([np.nan if value is None else float(value) for value in values])
    some = closed & (np.abs(number) >= 1000)
    even = some & (np.mod(number, 1000) == 0)
    other = some & ~even
    if int(even.sum()) < FEWEST or int(other.sum()) < FEWEST:
        return None
    one, two = float(won[even].mean()), float(won[other].mean())
    noise = np.sqrt(one * (1 - one) / even.sum() + two * (1 - two) / other.sum())
    if abs(one - two) < max(ROUND_GAP, 4 * float(noise)):
        return None
    words = say(
        "{field}: round thousands were won {round}, other numbers {others}: it is replaced on the way, by the quote perhaps.",
        field=name, round=Number(one, ".0%"), others=Number(two, ".0%"),
    )  # fmt: skip
    return Leak(name, "rounded", one - two, words)
