"""Opportunities as plain columns, and as they were known on any day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NEVER = 1 << 20  # a day so late that nothing comes after it
UNKNOWN = -1  # cents
COLUMNS = ("opportunity_id", "rep_id", "team", "created_day", "closed_day", "won", "amount_cents")
OPTIONAL = ("size_band", "opening_cents")


class ColumnsError(ValueError):
    """The plain table can't be read: which column or row, and what was looked for."""


@dataclass(frozen=True)
class Changes:
    """Owner and amount of opportunities since a day (in order of opportunity and day): row, day, rep, cents."""

    row: Ints
    day: Ints
    rep: Ints
    cents: Ints


@dataclass(frozen=True)
class Closings:
    """Closes of opportunities that were opened again: row, closed on, open again from (``closed <= day < until``), won, cents."""

    row: Ints
    closed: Ints
    until: Ints
    won: Bools
    cents: Ints


@dataclass(frozen=True)
class Opportunities:
    """One entry an opportunity. Days are days since 1970-01-01, ``NEVER``: not closed; cents ``UNKNOWN`` where not known.

    ``closing`` is the amount when closed, ``opening`` what was known before; groups are indices into ``reps``, ``bands``.
    ``changes`` are later owners and amounts, so that a replay sees whom a deal belonged to then; ``closings`` are earlier closes
    of reopened deals, so that a replay sees them closed.
    """

    ids: tuple[str, ...]
    reps: tuple[str, ...]
    teams: tuple[str, ...]
    team_of_rep: Ints
    bands: tuple[str, ...]
    rep: Ints
    band: Ints
    created: Ints
    closed: Ints
    won: Bools
    closing: Ints
    opening: Ints
    changes: Changes | None = None
    closings: Closings | None = None
    team: Ints | None = None  # of each opportunity; None: ``team_of_rep`` holds whenever one looks

    def __len__(self) -> int:
        return len(self.rep)

    @staticmethod
    def from_columns(
        columns: Mapping[str, Sequence[Any]],
        changes: Mapping[str, Sequence[Any]] | None = None,
        closings: Mapping[str, Sequence[Any]] | None = None,
    ) -> Opportunities:
        """Read the columns of ``COLUMNS`` (and ``OPTIONAL``): day numbers, ``closed_day`` and amounts None where not known.

        ``amount_cents`` is the amount when closed, or as it stands; ``opening_cents`` the amount when it was created, so that
        replays need not know later ones; ``size_band`` any word known at the opening (size class, product, segment).
        ``changes`` (``opportunity_id, from_day, rep_id, amount_cents``) say whose a deal was, and at what amount, from a day on:
        with them a replay sees the owner and amount of then, without them the present owner and the opening amount.
        ``closings`` (``opportunity_id, closed_day, until_day, won, amount_cents``): closes of deals opened again on that day.
        ColumnsError names a missing column, columns of different lengths, and a row that closes before it begins.
        """
        missing = [name for name in COLUMNS if name not in columns]
        if missing:
            raise ColumnsError(f"no column {', '.join(missing)}; needed are {', '.join(COLUMNS)} (and {', '.join(OPTIONAL)})")
        n = len(columns["opportunity_id"])
        uneven = [name for name in columns if len(columns[name]) != n]
        if uneven:
            raise ColumnsError(f"column {uneven[0]} has {len(columns[uneven[0]])} rows, opportunity_id has {n}")
        created, closed = day_numbers(columns["created_day"], None), day_numbers(columns["closed_day"], NEVER)
        early = np.flatnonzero(closed < created)
        if len(early):
            raise ColumnsError(f"opportunity {columns['opportunity_id'][int(early[0])]} closes before it is created")
        reps, rep = indexed([*columns["rep_id"], *(changes["rep_id"] if changes else [])])
        earlier, rep = rep[n:], rep[:n]
        teams, team = indexed([word or "" for word in columns["team"]])
        bands, band = indexed([word or "" for word in columns.get("size_band", [""] * n)])
        team_of_rep = np.zeros(len(reps), dtype=np.int64)
        latest = np.argsort(created, kind="stable")
        team_of_rep[rep[latest]] = team[latest]
        won = np.array([bool(value) for value in columns["won"]], dtype=np.bool_).reshape(n) & (closed < NEVER)
        amount = day_numbers(columns["amount_cents"], UNKNOWN)
        opening = day_numbers(columns.get("opening_cents", [None] * n), UNKNOWN)
        opening = np.where((opening == UNKNOWN) & (closed == NEVER), amount, opening)
        ids = tuple(str(value) for value in columns["opportunity_id"])
        history = _changes(changes, ids, earlier) if changes else None
        ended = _closings(closings, ids) if closings else None
        return Opportunities(
            ids, reps, teams, team_of_rep, bands, rep, band, created, closed, won, amount, opening, history, ended, team
        )

    def as_of(self, now: int) -> Opportunities:
        """What was known when day ``now`` began: later deals are gone, later closes and their amounts unknown."""
        kept = np.flatnonzero(self.created < now)
        closed, was_won, closing = self.closed.copy(), self.won.copy(), self.closing.copy()
        if self.closings is not None:
            # Closed by then, and opened again only later: nobody could know that it would be.
            then = np.flatnonzero((self.closings.closed < now) & (self.closings.until >= now))
            row = self.closings.row[then]
            closed[row], was_won[row] = self.closings.closed[then], self.closings.won[then]
            closing[row] = self.closings.cents[then]
        later = closed[kept] >= now
        rep, opening, changes = self.rep.copy(), self.opening.copy(), self.changes
        if changes is not None:
            past = np.flatnonzero(changes.day < now)  # in order of days: a row's last one stays
            rep[changes.row[past]] = changes.rep[past]
            opening[changes.row[past]] = changes.cents[past]
            changes = Changes(*(column[past] for column in (changes.row, changes.day, changes.rep, changes.cents)))
            changes = _renumbered(changes, kept, len(self))
        return replace(
            self,
            ids=tuple(self.ids[row] for row in kept.tolist()),
            rep=rep[kept],
            band=self.band[kept],
            created=self.created[kept],
            closed=np.where(later, NEVER, closed[kept]),
            won=was_won[kept] & ~later,
            closing=np.where(later, UNKNOWN, closing[kept]),
            opening=opening[kept],
            changes=changes,
            closings=_of_kept(self.closings, kept, len(self), now),
            team=None if self.team is None else self.team[kept],
        )

    def seen(self) -> Opportunities:
        """The same without reps, teams and bands that no row speaks of: of ``as_of(now)``, all that one could know of by then.

        A rep's team is that of their latest deal, unless teams are given for good.
        """
        owners = [self.rep, *([self.changes.rep] if self.changes is not None else [])]
        rep, kept = _fewer(np.concatenate(owners), len(self.reps))
        home = self.team_of_rep
        if self.team is not None:
            home = home.copy()
            latest = np.argsort(self.created, kind="stable")
            home[self.rep[latest]] = self.team[latest]
        team, teams = _fewer(home[kept], len(self.teams))
        band, bands = _fewer(self.band, len(self.bands))
        changes = self.changes
        if changes is not None:
            changes = replace(changes, rep=rep[len(self) :])
        return replace(
            self,
            reps=tuple(self.reps[which] for which in kept.tolist()),
            teams=tuple(self.teams[which] for which in teams.tolist()),
            bands=tuple(self.bands[which] for which in bands.tolist()),
            rep=rep[: len(self)],
            team_of_rep=team,
            band=band,
            changes=changes,
            team=None,
        )

    @property
    def opened(self) -> int:
        """The first day on which a close was seen: before it, nothing could be (0 if none ever)."""
        return int(self.closed.min(initial=NEVER)) if (self.closed < NEVER).any() else 0


def _changes(columns: Mapping[str, Sequence[Any]], ids: tuple[str, ...], rep: Ints) -> Changes:
    at = {name: which for which, name in enumerate(ids)}
    known = np.array([at.get(str(name), -1) for name in columns["opportunity_id"]], dtype=np.int64).reshape(len(rep))
    day, cents = day_numbers(columns["from_day"], None), day_numbers(columns["amount_cents"], UNKNOWN)
    order = np.lexsort((day, known))
    order = order[known[order] >= 0]
    return Changes(known[order], day[order], rep[order], cents[order])


def _fewer(which: Ints, size: int) -> tuple[Ints, Ints]:
    """(the same under new numbers, the old numbers in use, in order)."""
    used = np.unique(which)
    number = np.full(size, -1, dtype=np.int64)
    number[used] = np.arange(len(used))
    return number[which], used


def _closings(columns: Mapping[str, Sequence[Any]], ids: tuple[str, ...]) -> Closings:
    at = {name: which for which, name in enumerate(ids)}
    row = np.array([at.get(str(name), -1) for name in columns["opportunity_id"]], dtype=np.int64)
    won = np.array([bool(value) for value in columns["won"]], dtype=np.bool_).reshape(len(row))
    closed, until = day_numbers(columns["closed_day"], None), day_numbers(columns["until_day"], NEVER)
    cents, some = day_numbers(columns["amount_cents"], UNKNOWN), row >= 0
    return Closings(row[some], closed[some], until[some], won[some], cents[some])


def _of_kept(closings: Closings | None, kept: Ints, size: int, now: int) -> Closings | None:
    """The closes of deals opened again before ``now``, under the kept rows' new numbers; others are plain closes so far."""
    if closings is None:
        return None
    number = np.full(size, -1, dtype=np.int64)
    number[kept] = np.arange(len(kept))
    some = (number[closings.row] >= 0) & (closings.until < now)
    row = number[closings.row[some]]
    return Closings(row, closings.closed[some], closings.until[some], closings.won[some], closings.cents[some])


def _renumbered(changes: Changes, kept: Ints, size: int) -> Changes:
    """The changes of the rows kept, under their new numbers."""
    number = np.full(size, -1, dtype=np.int64)
    number[kept] = np.arange(len(kept))
    some = number[changes.row] >= 0
    return Changes(number[changes.row[some]], changes.day[some], changes.rep[some], changes.cents[some])


def day_numbers(values: Sequence[Any], none: int | None) -> Ints:
    try:
        return np.array([none if value is None else int(value) for value in values], dtype=np.int64).reshape(len(values))
    except (TypeError, ValueError) as error:
        raise ColumnsError(f"days and cents are whole numbers: {error}") from error


def indexed(words: Sequence[Any]) -> tuple[tuple[str, ...], Ints]:
    names = sorted({str(word) for word in words})
    at = {name: which for which, name in enumerate(names)}
    return tuple(names), np.array([at[str(word)] for word in words], dtype=np.int64).reshape(len(words))
