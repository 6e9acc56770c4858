"""How loud a change must be.

The bars at which signals fire, set so that false alarms keep to the budget, measured on scrambled history.

Scrambling each rep's weeks (in blocks of four, all metrics together) leaves everything as it was except lasting changes.
What then fires is a false alarm. The budget goes where it buys detection: a metric below 5 a week shows hardly anything
within 8 weeks, however many false alarms are spent on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.insight.signals_pace import Pace
from paceline.insight.signals_states import starts
from paceline.insight.signals_table import Weekly
from paceline.stats.scan import Kind, Prior, Scan, Spread, scan

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

BANDS = (5.0, 25.0)  # a week: counts, hits of rates, n of means
SHARE = (0.1, 0.7, 2.0)  # of the budget, a series of each band
# Of the budget so much is given out, falls and rises: of what scrambled history tells, unchanged series (bench) fire three
# quarters of the falls and nine tenths of the rises, and a tenth more where weeks remember.
MARGIN = {-1: 1.1, 1: 0.95}
QUARTER = 13  # weeks
BLOCK = 4  # weeks scrambled together: what one week hands to the next stays
ENOUGH = 400_000  # scrambled series-weeks to calibrate on, where the table has fewer it is scrambled several times
MOST = 6  # scrambles
CHANGED = 4.5  # score of a series that surely changed: no history to calibrate on
FEWEST = 20  # scrambled alarms that a bar is read from; beyond, the normal tail is continued
SPAN = (2.5, 8.0)  # bars: with few metrics the budget would allow lower ones, but a card must also be clear by itself
DEFAULT_BAR = 3.2  # where a class has no history to be scrambled


@dataclass(frozen=True)
class Group:
    """The series of one kind, flat: reps × metrics of the kind, and their scores."""

    kind: Kind
    rep: Whole
    metric: Whole
    y: Floats
    x: Floats
    spread: Spread
    prior: Prior
    band: Whole
    scan: Scan

    def of_band(self, band: int) -> Whole:
        """Positions of the series of a band."""
        return np.flatnonzero(self.band == band)


@dataclass(frozen=True)
class Bars:
    """Score at which a kind and band fires, and how often scrambled history does so, a series and week; by direction (−1, 1)."""

    bar: dict[tuple[Kind, int, int], float]
    rate: dict[tuple[Kind, int, int], float]

    def quarters_between(self, kind: Kind, band: int, direction: int, score: float, series: float) -> float:
        """Rep-quarters in which chance brings one so far out, over ``series`` metrics of a rep.

        The normal tail beyond the bar.
        """
        bar, rate = self.bar[kind, band, direction], self.rate[kind, band, direction]
        beyond = np.exp(-(max(score, bar) ** 2 - bar**2) / 2)
        return float(1 / max(rate * beyond * QUARTER * series, 1e-12))


def groups_of(weekly: Weekly, pace: Pace) -> tuple[Group, ...]:
    """The table's series by kind, those with any exposure, with their scores."""
    out = []
    for kind in Kind:
        which = weekly.of_kind(kind)
        y, x = (values[:, which].reshape(-1, values.shape[2]) for values in (weekly.y, pace.x))
        rep, metric = np.repeat(np.arange(len(weekly.reps)), len(which)), np.tile(which, len(weekly.reps))
        used = np.flatnonzero(x.sum(axis=1) > 0)
        y, x, spread, prior = y[used], x[used], pace.spread[kind].of(used), pace.prior[kind].of(used)
        amount = (x if kind is Kind.MEAN else y).sum(axis=1) / np.maximum((x > 0).sum(axis=1), 1)
        out.append(
            Group(kind, rep[used], metric[used], y, x, spread, prior, np.digitize(amount, BANDS), scan(kind, y, x, spread, prior))
        )
    return tuple(out)


def scrambled(rng: np.random.Generator, weekly: Weekly) -> Whole:
    """Which week stands in for each, reps × weeks: a rep's own weeks in blocks, in chance order; weeks without her stay."""
    reps, weeks = weekly.days.shape
    out = np.tile(np.arange(weeks), (reps, 1))
    for r in range(reps):
        own = np.flatnonzero(np.isfinite(weekly.days[r]))
        cut = np.arange(int(rng.integers(1, BLOCK + 1)), len(own), BLOCK)
        blocks = np.split(own, cut)
        out[r, own] = np.concatenate([blocks[i] for i in rng.permutation(len(blocks))]) if len(own) else own
    return out


def calibrated(weekly: Weekly, groups: tuple[Group, ...], budget: dict[int, float], seed: int) -> Bars:
    """Bars for false alarms a rep-quarter over all the table's metrics, by direction (−1 falls, 1 rises)."""
    told = {(g.kind, b): int(np.isfinite(g.scan.low[g.of_band(b)]).sum()) for g in groups for b in range(len(SHARE))}
    whole = sum(told.values())
    weighted = sum(SHARE[band] * weeks for (_, band), weeks in told.items())
    metrics = whole / max(_rep_weeks(groups), 1)
    times = int(np.clip(np.ceil(ENOUGH / max(whole, 1)), 1, MOST))
    rng = np.random.default_rng(seed)
    orders = [scrambled(rng, weekly) for _ in range(times)]
    bar: dict[tuple[Kind, int, int], float] = {}
    rate: dict[tuple[Kind, int, int], float] = {}
    for group in groups:
        quiet = _unchanged(group)
        scans = [_scan_scrambled(group, order, quiet) for order in orders]
        for band in range(len(SHARE)):
            mine = np.flatnonzero(group.band[quiet] == band)
            for direction in (-1, 1):
                given = budget[direction] * MARGIN[direction] * SHARE[band]
                allowed = given * whole / max(weighted, 1e-9) / QUARTER / max(metrics, 1e-9)
                null = np.concatenate([(-s.low if direction < 0 else s.high)[mine] for s in scans])
                bar[group.kind, band, direction] = _bar(null, allowed)
                rate[group.kind, band, direction] = allowed
    return Bars(bar, rate)


def _rep_weeks(groups: tuple[Group, ...]) -> float:
    """Weeks of reps in which anything of theirs was judged."""
    judged: dict[int, npt.NDArray[np.bool_]] = {}
    for group in groups:
        known = np.isfinite(group.scan.low)
        for rep in np.unique(group.rep):
            here = known[group.rep == rep].any(axis=0)
            judged[int(rep)] = judged.get(int(rep), np.zeros_like(here)) | here
    return float(sum(weeks.sum() for weeks in judged.values()))


def _unchanged(group: Group) -> Whole:
    """Series without a sure change; all of them if that would leave less than half."""
    far = np.fmax(np.nan_to_num(-group.scan.low).max(axis=1, initial=0), np.nan_to_num(group.scan.high).max(axis=1, initial=0))
    quiet = np.flatnonzero(far < CHANGED)
    return quiet if 2 * len(quiet) >= len(far) else np.arange(len(far))


def _scan_scrambled(group: Group, order: Whole, rows: Whole) -> Scan:
    weeks = order[group.rep[rows]]
    y, x = (np.take_along_axis(values[rows], weeks, axis=1) for values in (group.y, group.x))
    return scan(group.kind, y, x, group.spread.of(rows), group.prior.of(rows))


def _bar(null: Floats, allowed: float) -> float:
    """Lowest bar at which no more than ``allowed`` alarms a series-week begin; read where enough begin, continued beyond."""
    weeks = int(np.isfinite(null).sum())
    if weeks * allowed < 0.5 or not weeks:
        return DEFAULT_BAR
    low, high = SPAN
    wanted = max(allowed * weeks, FEWEST)
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (middle, high) if _begun(null, middle) > wanted else (low, middle)
    return float(np.sqrt(high**2 + 2 * np.log(wanted / (allowed * weeks))))


def _begun(null: Floats, bar: float) -> int:
    hot = np.flatnonzero(np.nan_to_num(null, nan=-np.inf).max(axis=1, initial=-np.inf) >= bar)
    return int(starts(null[hot], np.full(len(hot), bar))[0].sum())


@dataclass(frozen=True)
class Delay:
    """What a class of metrics lets one see.

    The share of lasting falls seen within 8 weeks, and the usual weeks until then (None: never).
    """

    kind: Kind
    band: int
    fall: float
    tried: int
    seen: float
    weeks: float | None

    @property
    def label(self) -> str:
        """The class in words."""
        return f"{self.kind.value} {band_label(self.kind, self.band)}"


def band_label(kind: Kind, band: int) -> str:
    """A band in words: ``5 to 25 a week``."""
    words = ("below 5", "5 to 25", "25 or more")[band]
    return f"{words} {'hits ' if kind is Kind.RATE else 'cases ' if kind is Kind.MEAN else ''}a week"


def measured_delays(
    weekly: Weekly, groups: tuple[Group, ...], bars: Bars, seed: int, falls: tuple[float, ...] = (0.3, 0.5)
) -> tuple[Delay, ...]:
    """Falls laid on scrambled history (counts and hits thinned one by one), and how many of them would have been seen, by
    class.
    """
    rng = np.random.default_rng(seed + 1)
    order, out = scrambled(rng, weekly), []
    for group in groups:
        quiet = _unchanged(group)
        for band in range(len(SHARE)):
            mine = quiet[group.band[quiet] == band]
            mine = rng.permutation(mine)[:300]
            out += [_delay(rng, group, band, mine, order, bars, fall) for fall in falls if len(mine)]
    return tuple(out)


def _delay(rng: np.random.Generator, group: Group, band: int, mine: Whole, order: Whole, bars: Bars, fall: float) -> Delay:
    weeks = order[group.rep[mine]]
    y, x = (np.take_along_axis(values[mine], weeks, axis=1) for values in (group.y, group.x))
    known = np.isfinite(group.scan.low[mine]) & (x > 0)
    last = y.shape[1] - 8
    fits = np.flatnonzero(known[:, : max(last, 0)].any(axis=1))
    if not len(fits):
        return Delay(group.kind, band, fall, 0, 0.0, None)
    y, x, known = y[fits], x[fits], known[fits]
    begin = np.array([rng.choice(np.flatnonzero(row[:last])) for row in known])
    after = np.arange(y.shape[1])[None, :] >= begin[:, None]
    less = y * (1 - fall) if group.kind is Kind.MEAN else rng.binomial(np.round(y).astype(np.int64), 1 - fall).astype(np.float64)
    found = scan(group.kind, np.where(after, less, y), x, group.spread.of(mine[fits]), group.prior.of(mine[fits]))
    hit = (-np.nan_to_num(found.low) >= bars.bar[group.kind, band, -1]) & after
    wait = np.where(hit.any(axis=1), np.argmax(hit, axis=1) - begin + 1, 10_000)
    seen, middle = float((wait <= 8).mean()), float(np.quantile(wait, 0.5, method="higher"))
    return Delay(group.kind, band, fall, len(fits), seen, middle if middle < 10_000 else None)
