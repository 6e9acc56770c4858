"""What becomes of open opportunities: the chance that each is won before the period ends, and the likeliest day.

The chance comes from a competing-risk life table (won, lost) by the deal's age and the month of the quarter, with factors for the
deal's size band (by age, as far as bands differ in that) and for the rep, all shrunk by how much such groups differ beyond luck.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.insight.pipeline import NEVER, Opportunities
from paceline.saying.said import SaidError, say
from paceline.stats.pool import prior_strength, tally
from paceline.stats.survival import Calendar, Cases, Hazard, calendar, chance_of_end, count, fit_hazard

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MEMORY = 548  # days of history that count
HALF_LIFE = 365.0  # days after which an observed day counts half
REP_HALF_LIFE = 60.0  # … in the factors of reps, who change sooner
_COARSE = 10  # age classes in which bands are compared
_BAND_WINS = 30  # wins that a band needs to be looked at by age


@dataclass(frozen=True)
class LifeTable:
    """Daily hazards of winning and losing, with the factors of size bands and reps."""

    now: int
    oldest_won: int  # the age of the oldest deal ever won; older ones count 0. -1: none was ever won
    win: Hazard
    loss: Hazard
    win_of_band: Floats  # (bands, ages)
    loss_of_band: Floats
    of_rep: Floats  # posterior mean of each rep's factor on winning
    won_of_rep: Floats  # wins seen and expected, of which the posterior is made
    due_of_rep: Floats
    strength: float  # of the prior on reps, in wins

    def hazards(self, age: Ints, days: Calendar, day: Ints, band: Ints, factor: Floats) -> tuple[Floats, Floats]:
        """Daily hazards (won, lost) at an age on a day for deals of a band; ``factor`` multiplies that of winning."""
        known = np.clip(age, 0, self.win_of_band.shape[1] - 1)
        win = self.win.at(np.maximum(age, 0), days, day) * self.win_of_band[band, known] * factor * (age <= self.oldest_won)
        return win * (age >= 0), self.loss.at(np.maximum(age, 0), days, day) * self.loss_of_band[band, known] * (age >= 0)


def fit_life_table(known: Opportunities, now: int, until: int, fiscal_start_month: int = 1) -> tuple[LifeTable, Calendar]:
    """The table of what was known when ``now`` began, and the calendar up to ``until``. ValueError if nothing was closed yet."""
    closed = known.closed < NEVER
    if not closed.any():
        raise SaidError(say("no opportunity was closed before this day: there is nothing to learn from"))
    won = known.won & closed
    age = known.closed - known.created
    oldest_won = int(age[won].max(initial=-1))
    oldest = int(max(oldest_won, np.quantile(age[closed], 0.99)))
    opened = max(known.opened, now - MEMORY)
    recent = (known.created >= opened - oldest) & (known.closed >= opened)
    kind = np.where(won, 1, np.where(closed, 2, 0))[recent]
    cases = Cases(known.created[recent], known.closed[recent], kind)
    days = calendar(min(opened, int(cases.start.min(initial=opened))), max(until, now), fiscal_start_month)
    counts = count(cases, opened, now, oldest)
    win, loss = (fit_hazard(counts, which, days, now, HALF_LIFE) for which in (0, 1))
    seen = _Seen(cases, known.band[recent], len(known.bands), days, opened, now, oldest)
    win_of_band, loss_of_band = (_of_bands(seen, hazard, which) for which, hazard in ((1, win), (2, loss)))
    rep = known.rep[recent]
    due = _due(seen, win, win_of_band)
    got = np.where(kind == 1, _late(now, cases.end, REP_HALF_LIFE), 0.0)
    wins, expected = (tally(rep, len(known.reps), values) for values in (got, due))
    strength = prior_strength(wins, expected)
    of_rep = (wins + strength) / (expected + strength)
    return LifeTable(now, oldest_won, win, loss, win_of_band, loss_of_band, of_rep, wins, expected, strength), days


@dataclass(frozen=True)
class _Seen:
    """The cases a table was made of, and over which days."""

    cases: Cases
    band: Ints
    bands: int
    days: Calendar
    opened: int
    now: int
    oldest: int


def _late(now: int, day: Ints, half_life: float) -> Floats:
    """Weight of each past day: half after ``half_life`` days."""
    return np.asarray(0.5 ** (np.maximum(now - 1 - day, 0) / half_life), dtype=np.float64)


def _grid(seen: _Seen, hazard: Hazard, first: int, rows: int) -> tuple[Floats, Ints]:
    """(hazard, day) by (start day − first, age), hazard 0 where nothing was observed."""
    ages = np.arange(seen.oldest + 1, dtype=np.int64)
    day = first + np.arange(rows, dtype=np.int64)[:, None] + ages[None, :]
    observed = (day >= seen.opened) & (day < seen.now)
    return hazard.at(ages[None, :], seen.days, np.where(observed, day, seen.days.first)) * observed, day


def _of_bands(seen: _Seen, hazard: Hazard, which: int) -> Floats:
    """(bands, ages) factors on the hazard of that kind of end: of the band, then of the band at coarse ages."""
    ages = seen.oldest + 1
    ended = np.bincount(np.minimum((seen.cases.end - seen.cases.start)[seen.cases.kind == which], ages - 1), minlength=ages)
    coarse = np.minimum((np.cumsum(ended) - ended) * _COARSE // max(int(ended.sum()), 1), _COARSE - 1)
    got, due = np.zeros((seen.bands, _COARSE)), np.zeros((seen.bands, _COARSE))
    for band in range(seen.bands):
        mine = seen.band == band
        if not mine.any():
            continue
        cases = Cases(seen.cases.start[mine], seen.cases.end[mine], seen.cases.kind[mine])
        counts = count(cases, seen.opened, seen.now, seen.oldest)
        rate, day = _grid(seen, hazard, counts.first, len(counts.risk))
        late = _late(seen.now, day, HALF_LIFE)
        got[band] = np.bincount(coarse, (counts.ends[which - 1] * late).sum(axis=0), minlength=_COARSE)
        due[band] = np.bincount(coarse, (rate * counts.risk * late).sum(axis=0), minlength=_COARSE)
    strength = prior_strength(got.sum(axis=1), due.sum(axis=1))
    whole = (got.sum(axis=1) + strength) / (due.sum(axis=1) + strength)
    due = due * whole[:, None]
    many = got.sum(axis=1) >= _BAND_WINS
    fine = prior_strength(got[many].ravel(), due[many].ravel(), 2.0)
    cell = np.where(many[:, None], (got + fine) / (due + fine), 1.0) * whole[:, None]
    return np.asarray(cell[:, coarse], dtype=np.float64)


def _due(seen: _Seen, hazard: Hazard, of_band: Floats) -> Floats:
    """Expected wins of each case over the days it was seen at risk, late days weighing more as in the wins they're held to."""
    cases = seen.cases
    first = int(cases.start.min(initial=seen.opened))
    rows = max(seen.now - first, 1)
    table, day = _grid(seen, hazard, first, rows)
    table = table * _late(seen.now, day, REP_HALF_LIFE)
    last = np.minimum(np.minimum(cases.end - cases.start, seen.now - 1 - cases.start), seen.oldest)
    due = np.zeros(len(cases.start))
    for band in np.unique(seen.band).tolist():
        mine = seen.band == band
        summed = np.cumsum(table * of_band[band][None, :], axis=1)
        due[mine] = summed[cases.start[mine] - first, last[mine]]
    return due


@dataclass(frozen=True)
class OpenDeals:
    """The open opportunities: rows of the known ones, chance to be won before the end, and who is stale."""

    row: Ints
    rep: Ints
    chance: Floats
    by_day: Floats  # (deals, days to come) chance to be won up to and with each day
    stale: Bools  # older than any deal ever won: counts 0


def open_deals(
    known: Opportunities, table: LifeTable, days: Calendar, until: int, lift: Floats | None = None, first: int = 0
) -> OpenDeals:
    """Each open deal's chance to be won on ``table.now <= day < until``; ``lift`` multiplies opportunities' hazard of it.

    With a ``first`` after ``table.now``, wins before that day don't count.
    """
    row = np.flatnonzero(known.closed == NEVER)
    ahead = np.arange(table.now, until, dtype=np.int64)
    age = ahead[None, :] - known.created[row][:, None]
    day = np.broadcast_to(ahead[None, :], age.shape)
    factor = table.of_rep[known.rep[row]] * (lift[row] if lift is not None else 1.0)
    win, loss = table.hazards(age, days, day, known.band[row][:, None], factor[:, None])
    by_day = chance_of_end(win, loss)
    early = min(max(first - table.now, 0), len(ahead))
    if early:
        by_day = np.maximum(by_day - by_day[:, early - 1 : early], 0.0)
    chance = by_day[:, -1] if len(ahead) else np.zeros(len(row))
    return OpenDeals(row, known.rep[row], chance, by_day, table.now - known.created[row] > table.oldest_won)


def likely_days(deals: OpenDeals, now: int) -> Ints:
    """The median day of a win of each deal, given that it is won before the end; ``NEVER`` where it can't be."""
    if deals.by_day.shape[1] == 0:
        return np.full(len(deals.row), NEVER, dtype=np.int64)
    at = (deals.by_day < deals.chance[:, None] / 2).sum(axis=1)
    return np.where(deals.chance > 0, now + at, NEVER)
