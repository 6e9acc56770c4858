"""The plain table that signals are read from, checked and laid out as arrays: anyone's weekly series, a row a rep,
metric and week.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from paceline.stats.scan import Kind

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

COLUMNS = ("rep", "role", "metric", "kind", "week", "value", "n", "workdays")
FULL_WEEK = 5.0
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Weekly:
    """A table as arrays. ``y`` and ``x`` are reps × metrics × weeks: the week's sum and what it was out of.

    Count: y the count, x the working weeks (working days ÷ 5). Rate: y the hits, x their n. Mean: y the sum, x the n averaged.
    ``here``: reps × metrics, whether the rep has the metric at all. ``days``: reps × weeks, working days, NaN where
    the rep has no row.
    ``row``: reps × metrics × weeks, the table's row, −1 for none. Weeks not over at ``now`` aren't there.
    """

    reps: tuple[str, ...]
    roles: tuple[str, ...]
    metrics: tuple[str, ...]
    kinds: tuple[Kind, ...]
    weeks: tuple[date, ...]
    role: Whole
    y: Floats
    x: Floats
    days: Floats
    here: Truths
    row: Whole

    def of_kind(self, kind: Kind) -> Whole:
        """Positions of the metrics of a kind."""
        return np.array([i for i, k in enumerate(self.kinds) if k is kind], dtype=np.int64)


def read_weekly(table: Any, now: date) -> Weekly:
    """Lay out a table: a mapping of columns, or anything with ``to_pydict`` (Arrow) or ``to_dict`` (data frames).

    ``week`` is any day of the week (a date, or text like 2025-03-31). A rate's value is a share of its n, 0 to 1; a
    mean's value is over n things; a count's n isn't read. ``workdays`` are those left after holidays and known leave.
    ValueError lists every problem at once.
    """
    columns = _columns(table)
    problems: list[str] = []
    weeks = _week_starts(columns["week"], problems)
    over = weeks + 7 <= (now - _EPOCH).days
    values, n, workdays = (_numbers(columns[name], name, problems) for name in ("value", "n", "workdays"))
    rep, reps = _codes(columns["rep"])
    metric, metrics = _codes(columns["metric"])
    told_kinds = _one_kind_each(metric, metrics, columns["kind"], problems)
    _check(metric, told_kinds, metrics, values, n, workdays, over, problems)
    _twice(rep, metric, weeks, over, problems)
    if problems:
        raise ValueError("; ".join(problems))
    kinds = tuple(Kind(kind) for kind in told_kinds)
    role, roles = _latest_role(rep, weeks, columns["role"], len(reps))
    shown = np.unique(weeks[over])
    first, last = (int(shown[0]), int(shown[-1])) if len(shown) else (0, -7)
    count = (last - first) // 7 + 1
    at = (weeks - first) // 7
    shape = (len(reps), len(metrics), count)
    row = np.full(shape, -1, np.int64)
    keep = np.flatnonzero(over)
    row[rep[keep], metric[keep], at[keep]] = keep
    rep_days = np.full((len(reps), count), np.nan)
    rep_days[rep[keep], at[keep]] = np.nan_to_num(workdays[keep], nan=FULL_WEEK)
    y, x = _sums(row, values, n, workdays, kinds)
    mondays = tuple(_EPOCH + timedelta(days=first + 7 * i) for i in range(count))
    return Weekly(reps, roles, metrics, kinds, mondays, role, y, x, rep_days, np.asarray((row >= 0).any(axis=2)), row)


def _columns(table: Any) -> Mapping[str, Sequence[Any]]:
    if hasattr(table, "to_pydict"):
        table = table.to_pydict()
    elif hasattr(table, "to_dict") and not isinstance(table, Mapping):
        table = {str(name): list(table[name]) for name in table.columns}
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise ValueError(f"the table lacks {', '.join(missing)}; it needs {', '.join(COLUMNS)}")
    lengths = {name: len(table[name]) for name in COLUMNS}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns of different lengths: {lengths}")
    return table  # type: ignore[no-any-return]


def _week_starts(column: Sequence[Any], problems: list[str]) -> Whole:
    """Days from 1970 to each row's Monday; those of no date are named in ``problems``."""
    known = {value: _day(value) for value in dict.fromkeys(column)}
    wrong = [str(value) for value, day in known.items() if day is None]
    if wrong:
        problems.append(f"column week holds no date: {', '.join(map(repr, wrong[:3]))} (write them like 2025-03-31)")
    days = np.fromiter(((known[value] or _EPOCH).toordinal() for value in column), np.int64, len(column)) - _EPOCH.toordinal()
    return np.asarray(days - (days + 3) % 7)  # 1970-01-01 was a Thursday


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _numbers(column: Sequence[Any], name: str, problems: list[str]) -> Floats:
    try:
        return np.asarray(column, dtype=np.float64)  # None becomes NaN
    except (TypeError, ValueError):
        wrong = [(row, value) for row, value in enumerate(column) if not _is_number(value)]
        problems.append(f"column {name} holds {len(wrong)} that are no numbers, first {wrong[0][1]!r} in row {wrong[0][0]}")
        return np.full(len(column), np.nan)


def _is_number(value: Any) -> bool:
    try:
        np.float64(np.nan if value is None else value)
    except (TypeError, ValueError):
        return False
    return True


def _twice(rep: Whole, metric: Whole, weeks: Whole, over: Truths, problems: list[str]) -> None:
    week = (weeks[over] - weeks[over].min(initial=0)) // 7
    rows = (rep[over] * (metric.max(initial=0) + 1) + metric[over]) * (week.max(initial=0) + 1) + week
    more = len(rows) - len(np.unique(rows))
    if more:
        problems.append(f"{more} rows tell of a rep, metric and week that another row tells of too")


def _codes(column: Sequence[Any]) -> tuple[Whole, tuple[str, ...]]:
    """Each row's position among the sorted distinct names, and the names."""
    distinct = set(column)
    names = tuple(sorted({str(value) for value in distinct}))
    place = {name: i for i, name in enumerate(names)}
    known = {value: place[str(value)] for value in distinct}
    return np.fromiter((known[value] for value in column), np.int64, len(column)), names


def _one_kind_each(metric: Whole, metrics: tuple[str, ...], column: Sequence[Any], problems: list[str]) -> list[str]:
    kind, names = _codes(column)
    told = np.zeros((len(metrics), max(len(names), 1)), np.bool_)
    told[metric, kind] = True
    problems += [
        f"{metrics[i]} is of several kinds: {', '.join(names[k] for k in np.flatnonzero(told[i]))}"
        for i in np.flatnonzero(told.sum(axis=1) > 1).tolist()
    ]
    return [names[int(k)] for k in told.argmax(axis=1)]


def _latest_role(rep: Whole, weeks: Whole, column: Sequence[Any], size: int) -> tuple[Whole, tuple[str, ...]]:
    """Each rep's role in the last week told."""
    role, names = _codes(column)
    order = np.argsort(weeks, kind="stable")
    out = np.zeros(size, np.int64)
    out[rep[order]] = role[order]  # of several writes to a place, the last stays
    return out, names


def _check(
    metric: Whole, kinds: list[str], metrics: tuple[str, ...], values: Floats, n: Floats, workdays: Floats, over: Truths,
    problems: list[str],
) -> None:  # fmt: skip
    problems += [
        f"{metrics[i]}: kind {kind}, none of count, rate, mean" for i, kind in enumerate(kinds) if kind not in list(Kind)
    ]
    count, rate = (np.array([k == kind for k in kinds], dtype=np.bool_)[metric] for kind in ("count", "rate"))
    wrong = {
        "counts below 0": count & (values < 0),
        "rates outside 0 to 1 (a rate's value is a share of n)": rate & ((values < 0) | (values > 1)),
        "n below 0": ~count & (n < 0),
        "working days outside 0 to 7": (workdays < 0) | (workdays > 7),
    }
    for what, rows in wrong.items():
        found = np.flatnonzero(rows & over)
        if len(found):
            problems.append(f"{len(found)} {what}, first in row {found[0]}")


def _sums(row: Whole, values: Floats, n: Floats, workdays: Floats, kinds: tuple[Kind, ...]) -> tuple[Floats, Floats]:
    """Each week's sum and exposure; an unknown value has neither, unknown working days are a full week."""
    told = row >= 0
    value = np.where(told, np.append(values, np.nan)[row], np.nan)
    size = np.where(told, np.append(n, np.nan)[row], np.nan)
    weeks = np.where(told, np.nan_to_num(np.append(workdays, np.nan)[row], nan=FULL_WEEK), 0) / FULL_WEEK
    count = np.array([kind is Kind.COUNT for kind in kinds])[None, :, None]
    x = np.where(count, weeks, np.nan_to_num(size))
    x = np.where(np.isfinite(value), x, 0.0)
    y = np.where(count, np.nan_to_num(value), np.nan_to_num(value) * x)
    # Work done on a day without working time (a holiday's call) is no pace: it would come out of nothing.
    return np.where(x > 0, y, 0.0), x
