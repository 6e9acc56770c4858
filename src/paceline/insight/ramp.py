"""New hires held against past hires at the same tenure: the fan of their curves, the rank within it, and who ramps too slowly.

Tenure is counted in months from the day of hire, amounts by the working days in them: part time, holidays, absences and a hire
in the middle of a month are in the measure. A month's pace is per ``FULL_MONTH`` working days.

The rank is conformal (Vovk, Gammerman and Shafer 2005): if a hire is like the past ones, each of the n + 1 places is equally
likely, whatever the curves look like, so a hire stands as low as ``rank`` of n + 1 with that chance. Whoever looks every month
looks often: ``slow`` is decided by the lowest standing so far, ranked among the past hires' lowest over the whole ramp, so that
of normal hires no more than the stated share is *ever* called slow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.saying.said import Said, joined, say, say_many
from paceline.saying.values import Number, Value

Floats = npt.NDArray[np.float64]

FULL_MONTH = 21.0  # working days
MONTHS = 12  # of tenure looked at
RAMP = 6  # months over which a hire is watched for being slow, at least
FIRST_LOOK = 2  # month of tenure from which anyone may be called slow: the first is for learning
FEWEST = 9  # past hires: below it no place is as rare as one in ten
RATE = 0.1  # of normal hires that may be called slow
LEAST_DAYS = 5.0  # working days below which a month says nothing
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True)
class Hire:
    """One hire's months of tenure. ``amount`` and ``exposure``: a month each from the day of hire on, whole months alone.

    Exposure is working days of what is counted, n of a rate. NaN: unknown. ``hired``: days since 1970-01-01. ``left``: gone.
    """

    rep: str
    role: str
    segment: str
    hired: int
    amount: Floats
    exposure: Floats
    left: bool = False

    @property
    def months(self) -> int:
        """Whole months of tenure seen."""
        return len(self.amount)


@dataclass(frozen=True)
class Fan:
    """The past hires' pace by month of tenure: ``quantiles`` is QUANTILES × months, ``n`` how many of them had each month."""

    quantiles: Floats
    n: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Standing:
    """A hire at a month of tenure beside the past ones.

    ``pace``, ``usual``: since the day of hire, a full month (a share, of rates), and the past hires' median. ``higher``: how
    many of ``n`` past hires had a higher one. ``chance``: that a normal hire stands so low. ``slow``: None where too few came
    before. ``ever``: chance that a normal hire ever stands so low in the whole ramp.
    """

    rep: str
    month: int
    amount: float
    exposure: float
    pace: float | None
    usual: float | None
    higher: int
    n: int
    chance: float | None
    ever: float | None
    slow: bool | None
    sentence: Said


def pace(hire: Hire, counted: bool = True) -> Floats:
    """Each month's pace: per full month of working days, or the share of a rate; NaN where nothing is known or too little."""
    return _ratio(hire.amount, hire.exposure, counted)


def so_far(hire: Hire, counted: bool = True) -> Floats:
    """The pace since the day of hire after each month, unknown months left out."""
    known = np.isfinite(hire.amount) & np.isfinite(hire.exposure)
    amount, exposure = (np.cumsum(np.where(known, values, 0.0)) for values in (hire.amount, hire.exposure))
    return _ratio(amount, exposure, counted)


def _ratio(amount: Floats, exposure: Floats, counted: bool) -> Floats:
    least, scale = (LEAST_DAYS, FULL_MONTH) if counted else (1.0, 1.0)
    enough = np.nan_to_num(exposure) >= least
    return np.asarray(np.where(enough, scale * amount / np.where(enough, exposure, 1.0), np.nan), np.float64)


def fan(past: Sequence[Hire], counted: bool = True, months: int = MONTHS) -> Fan:
    """Quantiles of the past hires' pace in each month of tenure; NaN for months that nobody had."""
    paces = _table([pace(one, counted) for one in past], months)
    n = np.isfinite(paces).sum(axis=0)
    out = np.full((len(QUANTILES), months), np.nan)
    for month in np.flatnonzero(n):
        out[:, month] = np.nanquantile(paces[:, month], QUANTILES)
    return Fan(out, n.astype(np.int64))


def _table(rows: Sequence[Floats], months: int) -> Floats:
    out = np.full((len(rows), months), np.nan)
    for place, row in enumerate(rows):
        out[place, : min(len(row), months)] = row[:months]
    return out


def stand(hire: Hire, past: Sequence[Hire], unit: str = "", counted: bool = True, rate: float = RATE) -> Standing:
    """The hire at the last whole month of tenure, beside past hires of the same kind who got as far (the hire left out).

    ``unit``: what is counted. ``rate``: share of normal hires that may be called slow. ValueError unless 0 < rate < 1.
    """
    if not 0 < rate < 1:
        raise ValueError(f"a share of hires lies between 0 and 1, not {rate}")
    others = [one for one in past if (one.rep, one.hired) != (hire.rep, hire.hired)]
    month, own = hire.months, so_far(hire, counted)
    amount, exposure = (float(np.nansum(values)) for values in (hire.amount, hire.exposure))
    mine = float(own[-1]) if month and np.isfinite(own[-1]) else None
    theirs = np.array([values[month - 1] for one in others if month and len(values := so_far(one, counted)) >= month])
    theirs = theirs[np.isfinite(theirs)]
    n = len(theirs)
    if mine is None or n < max(FEWEST, round(1 / rate) - 1):
        words = _too_few(hire, _said(amount, mine, unit, counted), mine, n, rate)
        usual = float(np.median(theirs)) if n else None
        higher = int((theirs > (mine or 0)).sum())
        return Standing(hire.rep, month, amount, exposure, mine, usual, higher, n, None, None, None, words)
    higher, usual = int((theirs > mine).sum()), float(np.median(theirs))
    chance = (n - higher + 1) / (n + 1)
    ever = _ever(own, [so_far(one, counted) for one in others], rate)
    slow = None if ever is None else ever <= rate + 1e-9
    against = _short(usual) if counted else Number(usual, ".0%")
    words = _sentence(_said(amount, mine, unit, counted), month, against, higher, n, chance, slow)
    return Standing(hire.rep, month, amount, exposure, mine, usual, higher, n, chance, ever, slow, words)


def _ever(own: Floats, others: Sequence[Floats], rate: float) -> float | None:
    """Chance that a normal hire ever stands as low as this one has, among past hires whose whole ramp was seen.

    Where too few have their whole ramp behind them, among those who got as far as this hire has.
    """
    need = max(FEWEST, round(1 / rate) - 1)
    if len(own) < FIRST_LOOK:
        return 1.0
    for horizon in dict.fromkeys((max(len(own), RAMP), len(own))):
        rows = [row[:horizon] for row in others if len(row) >= horizon]
        if len(rows) >= need:
            lowest = _lowest(_table([own[:horizon], *rows], horizon)[:, FIRST_LOOK - 1 :])
            return float((lowest[1:] <= lowest[0]).sum() + 1) / len(lowest)
    return None


def _lowest(table: Floats) -> Floats:
    """Each one's lowest standing over the months: distance from the month's median, in widths of the month's spread.

    Median and spread are those of all together, the hire among them, so that nobody's place is special.
    """
    known = np.isfinite(table)
    filled = np.where(known, table, 0.0)
    n = np.maximum(known.sum(axis=0), 1)
    middle = np.array(
        [np.median(table[known[:, month], month]) if known[:, month].any() else 0.0 for month in range(table.shape[1])]
    )
    mean = filled.sum(axis=0) / n
    spread = np.sqrt((np.where(known, table - mean, 0.0) ** 2).sum(axis=0) / n)
    standing = np.where(known & (spread > 0), (filled - middle) / np.where(spread > 0, spread, 1.0), 0.0)
    return np.asarray(standing.min(axis=1), np.float64)


def _too_few(hire: Hire, said: Said, mine: float | None, n: int, rate: float) -> Said:
    if not hire.months:
        return say("Not a whole month of tenure yet.")
    if mine is None:
        return say("Month {month}: nothing known, or too few working days, to go by.", month=hire.months)
    need = max(FEWEST, round(1 / rate) - 1)
    if not n:
        return say("Month {month}: {what}. Too few to call: no past hires got as far, it takes {needs}.",
                   month=hire.months, what=said, needs=need)  # fmt: skip
    return say_many(
        "Month {month}: {what}. Too few to call: {number} past hire got as far, it takes {needs}.",
        "Month {month}: {what}. Too few to call: {number} past hires got as far, it takes {needs}.",
        n, month=hire.months, what=said, needs=need,
    )  # fmt: skip


def _said(amount: float, mine: float | None, unit: str, counted: bool) -> Said:
    """``21 opportunities (5.25 a full month)``, ``22% win rate``."""
    number = Number(amount, ",.0f") if counted else Number(mine or 0, ".0%")
    what = joined([say("{number}", number=number), unit])
    if not counted or mine is None:
        return what
    return say("{what} ({pace} a full month)", what=what, pace=_short(mine))


def _short(value: float) -> Value:
    return Number(value, ",.3g" if abs(value) < 1000 else ",.0f")


def _sentence(said: Said, month: int, against: Value, higher: int, n: int, chance: float, slow: bool | None) -> Said:
    if 2 * higher > n:
        place = say(
            "lower than {higher} of {n} past hires (median {median}); a normal hire stands this low {often}",
            higher=higher, n=n, median=against, often=one_in(chance),
        )  # fmt: skip
    else:
        place = say(
            "as high as or higher than {lower} of {n} past hires (median {median})", lower=n - higher, n=n, median=against
        )
    words = say("Month {month}: {what}, {place}.", month=month, what=said, place=place)
    if slow is None:
        return joined([words, say("Too few past hires got through their ramp to call it slow or not.")])
    return joined([words, say("Slower than a normal ramp.")]) if slow else words


def one_in(chance: float) -> Said:
    """A chance in words: ``1 time in 8``, ``2 times in 3``."""
    if chance <= 0.4:
        return say("1 time in {times}", times=round(1 / chance))
    return say_many("{number} time in 10", "{number} times in 10", round(chance * 10))
