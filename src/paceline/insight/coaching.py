"""Did it move? A metric before and after an action plan, held against where it was heading anyway.

Plans are made when somebody is low, and who is low by chance comes back without any plan (regression to the mean): before and
after alone would call most plans a success. So the expected path is learned from stretches of comparable people's weeks
without a plan: how their next weeks followed from their recent and their long-run level, all taken relative to what everybody
did in the same weeks (team and season). What is left between the reading and this path is the difference, and how large it
gets without any plan is seen on those very stretches (placebos; Abadie, Diamond & Hainmueller 2010): the interval, and the
rank among them.

A difference is no proof that the plan made it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

import numpy as np
import numpy.typing as npt

from paceline.saying.said import Said, catalogued, joined, say, say_many
from paceline.saying.values import Number, Value

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

RECENT, LONG = 8, 26  # weeks before the start: what is low when a plan is made, and what one's level is known from
FEWEST_LONG = 8  # weeks of these 26 that must be there
FEWEST_AFTER = 4  # weeks after the start before anything is said
FEWEST_PEERS, FEWEST_PLACEBOS = 4, 20
LEVEL = 0.8
STATED = 0.1  # of plans that change nothing may be called above their path, and as many below
_CLAIM = 0.07  # rank among placebos that it takes: who was chosen for being low comes back a little more than others
AIM = 0.3  # the change a plan is taken to aim at, where it names no target
_STEP = 2  # weeks between the starts of placebos: nearer ones tell the same again
_PRIOR = (0.25, 0.6)  # how much of a recent, and of a long-run, deviation usually stays; worth a few placebos
_PRIOR_WORTH = 10.0
_WEEK_PRIOR = 3.0  # amounts that the whole past says of a week's usual rate


class Outcome(StrEnum):
    """What can be said of a metric after a plan."""

    ABOVE = "above its expected path"
    BELOW = "below its expected path"
    SAME = "no difference seen"
    EARLY = "too early to tell"
    UNKNOWN = "can't be told"


@dataclass(frozen=True)
class Series:
    """Weekly amounts over exposure of one metric, people × weeks: a count over working days, hits over cases, a sum over n.

    Exposure 0 or NaN: the week says nothing of that person. ``planned``: weeks in which somebody had a plan for the metric.
    """

    amounts: Floats
    exposure: Floats
    planned: Bools

    def __post_init__(self) -> None:
        """ValueError when the shapes differ."""
        if not self.amounts.shape == self.exposure.shape == self.planned.shape:
            raise ValueError("amounts, exposure and plans are tables of the same people and weeks")


@dataclass(frozen=True)
class Effect:
    """The metric after a plan. ``before``, ``after``, ``expected``: rates in amounts per exposure; ``effect`` and ``interval``
    (80 %) relative to the expected path; ``rank``: placebos with at least this difference upward, out of ``placebos``.
    """

    outcome: Outcome
    weeks: int
    before: float | None
    after: float | None
    expected: float | None
    effect: float | None
    interval: tuple[float, float] | None
    rank: int | None
    placebos: int
    peers: int
    needs: int | None
    sentence: Said


def coaching_effect(
    series: Series, person: int, start: int, until: int, peers: Bools, target: float | None = None, unit: str = ""
) -> Effect:
    """The weeks [start, until) of a person's metric, ``until`` not after what is known. ``peers``: whom to compare with.

    ``target``: rate aimed at, in amounts per exposure. ``unit``: after a rate in the sentence; ``%`` writes rates as
    percents. ValueError when the weeks lie outside the table.
    """
    if not 0 <= start <= until <= series.amounts.shape[1]:
        raise ValueError(f"weeks {start} to {until} lie outside the {series.amounts.shape[1]} weeks of the table")
    table = _relative(series, peers, person)
    # Stretches are as long as the plan's weeks in which there was something to see.
    length = int(table.seen[person, start:until].sum())
    before, after = (_rate(series, person, *span) for span in ((max(start - RECENT, 0), start), (start, until)))
    others = peers.copy()
    others[person] = False
    count = int(others.sum())
    if length < 1 or after is None:
        return _silent(Outcome.EARLY, length, before, after, count, FEWEST_AFTER, say("no whole week of it is known yet"))
    if count < FEWEST_PEERS:
        return _silent(Outcome.UNKNOWN, length, before, after, count, None, _few_people(count))
    span = until - start
    mine = _stretches(table, np.array([person]), np.array([start]), span, count_plans=False)
    if not mine.size:
        why = say("fewer than {weeks} weeks of an earlier past", weeks=FEWEST_LONG)
        return _silent(Outcome.UNKNOWN, length, before, after, count, None, why)
    placebos = _placebos(table, np.flatnonzero(others), span)
    if len(placebos) < FEWEST_PLACEBOS:
        why = say(
            "{count} stretches of comparable people's weeks, it takes {needs}", count=len(placebos), needs=FEWEST_PLACEBOS
        )
        return _silent(Outcome.UNKNOWN, length, before, after, count, None, why)
    return _judged(series, table, (person, start, until), mine[0], placebos, (before, after), count, length, target, unit)


@dataclass(frozen=True)
class _Table:
    """Everything relative to what comparable people did in the same week: 1 is as usual among them."""

    amounts: Floats
    exposure: Floats  # × what is usual in that week
    seen: Bools
    free: Bools  # seen, and without a plan


def _relative(series: Series, peers: Bools, person: int) -> _Table:
    seen = np.isfinite(series.amounts) & np.isfinite(series.exposure) & (series.exposure > 0)
    free = seen & ~series.planned
    amounts, exposure = np.where(seen, series.amounts, 0.0), np.where(seen, series.exposure, 0.0)
    group = peers.copy()
    group[person] = False
    crowd = free & group[:, None]
    top, bottom = (np.where(crowd, table, 0.0).sum(axis=0) for table in (amounts, exposure))
    mean = float(top.sum() / bottom.sum()) if bottom.sum() > 0 else 0.0
    # The week's usual rate, drawn a little towards the whole past's: few people make a restless week.
    worth = _WEEK_PRIOR / mean if mean > 0 else 1.0
    usual = (top + mean * worth) / (bottom + worth)
    # For the peers themselves the week's rate without their own part, as it is for the person judged.
    own_top, own_bottom = np.where(crowd, amounts, 0.0), np.where(crowd, exposure, 0.0)
    each = (top - own_top + mean * worth) / np.maximum(bottom - own_bottom + worth, 1e-12)
    weekly = np.where(crowd, each, usual[None, :])
    return _Table(amounts, exposure * weekly, seen & (weekly > 0), free & (weekly > 0))


def _stretches(table: _Table, person: Ints, start: Ints, length: int, count_plans: bool) -> Floats:
    """(stretches, 4): recent, long-run and later rate, and size; only those with a past and something after."""
    use = table.free if count_plans else table.seen
    past = table.free
    upto = {
        name: np.concatenate((np.zeros((len(rows), 1)), np.cumsum(rows, axis=1)), axis=1)
        for name, rows in (
            ("a", np.where(past, table.amounts, 0.0)), ("e", np.where(past, table.exposure, 0.0)), ("n", past.astype(np.float64)),
            ("la", np.where(use, table.amounts, 0.0)), ("le", np.where(use, table.exposure, 0.0)), ("ln", use.astype(np.float64)),
        )
    }  # fmt: skip

    def between(name: str, low: Ints, high: Ints) -> Floats:
        low, high = (np.clip(edge, 0, table.amounts.shape[1]) for edge in (low, high))
        return np.asarray(upto[name][person, high] - upto[name][person, low])

    middle, first = start - RECENT, start - RECENT - LONG
    fine = (between("n", first, middle) >= FEWEST_LONG) & (between("n", middle, start) >= RECENT // 2)
    fine &= (between("e", middle, start) > 0) & (between("e", first, middle) > 0) & (between("le", start, start + length) > 0)
    if count_plans:
        fine &= between("ln", start, start + length) >= 0.75 * length
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = [
            between("a", middle, start) / between("e", middle, start),
            between("a", first, middle) / between("e", first, middle),
            between("la", start, start + length) / between("le", start, start + length),
        ]
    return np.column_stack((*rates, between("le", start, start + length)))[fine]


def _placebos(table: _Table, people: Ints, length: int) -> Floats:
    starts = np.arange(RECENT + FEWEST_LONG, table.amounts.shape[1] - length + 1, _STEP)
    person, start = (grid.ravel() for grid in np.meshgrid(people, starts, indexing="ij"))
    return _stretches(table, person, start, length, count_plans=True)


def _path(mine: Floats, placebos: Floats) -> tuple[float, Floats]:
    """(expected later rate of the person, of each placebo): 1 + b·(recent − 1) + c·(long-run − 1), fitted on the placebos."""
    x, y = placebos[:, :2] - 1.0, placebos[:, 2] - 1.0
    weight = placebos[:, 3] / placebos[:, 3].mean()
    prior = np.array(_PRIOR)
    # Ridge towards the usual persistence, worth a few placebos of the usual spread.
    gram = (x * weight[:, None]).T @ x
    scale = np.diag(np.maximum(np.diag(gram) / len(x), 1e-9)) * _PRIOR_WORTH
    slopes = prior + np.linalg.solve(gram + scale, (x * weight[:, None]).T @ (y - x @ prior))
    level = float((weight * (y - x @ slopes)).sum() / weight.sum())
    floor = 0.02  # nobody is expected to do nothing
    return max(1 + level + float((mine[:2] - 1) @ slopes), floor), np.maximum(1 + level + x @ slopes, floor)


def _judged(
    series: Series, table: _Table, where: tuple[int, int, int], mine: Floats, placebos: Floats,
    rates: tuple[float | None, float], count: int, length: int, target: float | None, unit: str,
) -> Effect:  # fmt: skip
    before, after = rates
    expected, usual = _path(mine, placebos)
    # Surprises grow with the root of what is expected over what there was to see, as counts' do.
    surprise = (placebos[:, 2] - usual) * np.sqrt(placebos[:, 3] / usual)
    own = (float(mine[2]) - expected) * np.sqrt(float(mine[3]) / expected)
    low, high = (_conformal(surprise, share) for share in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    spread = float(np.sqrt(1 / (expected * float(mine[3]))))
    effect = float(mine[2]) / expected - 1
    interval = (_factor(effect + 1, high * spread) - 1, _factor(effect + 1, low * spread) - 1)
    rank = int((surprise >= own).sum())
    per = _scale(table, series, *where)
    path = expected * per
    aim = AIM if target is None or path <= 0 else max(abs(target / path - 1), 0.05)
    half = (interval[1] - interval[0]) / 2
    needs = max(ceil(length * (half / aim) ** 2), FEWEST_AFTER)
    if length < FEWEST_AFTER:
        outcome = Outcome.EARLY
    elif interval[0] > 0 and rank <= _CLAIM * len(surprise):
        outcome = Outcome.ABOVE
    elif interval[1] < 0 and len(surprise) - rank <= _CLAIM * len(surprise):
        outcome = Outcome.BELOW
    else:
        outcome = Outcome.SAME if half <= aim else Outcome.EARLY
    words = _sentence(outcome, (before, after, path), effect, interval, rank, len(placebos), needs, length, unit)
    return Effect(
        outcome, length, before, after, path, effect, interval, rank, len(placebos), count,
        needs if outcome is Outcome.EARLY else None, words,
    )  # fmt: skip


def _factor(ratio: float, surprise: float) -> float:
    """The true factor f that this surprise turns into the ratio seen: f + surprise × f^0.75 = ratio.

    Counting noise grows with the root of f, a level's own wandering with f: surprises of a changed level lie between the two.
    """
    low, high = 0.0, max(2 * ratio, 1.0) + 16 * (1 + abs(surprise)) ** 4
    if surprise < 0:
        low = min((0.75 * -surprise) ** 4, high)  # below it the left side falls: the larger root is meant
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if middle + surprise * middle**0.75 < ratio else (low, middle)
    return (low + high) / 2


def _scale(table: _Table, series: Series, person: int, start: int, until: int) -> float:
    """Amounts per exposure that a relative rate of 1 is, in the plan's weeks."""
    some = table.seen[person, start:until]
    exposure = np.where(some, series.exposure[person, start:until], 0.0).sum()
    return float(np.where(some, table.exposure[person, start:until], 0.0).sum() / exposure)


def _conformal(values: Floats, share: float) -> float:
    """The quantile with the finite sample's correction: a fresh value lies beyond it no more often than said (Vovk 2005)."""
    ranked, n = np.sort(values), len(values)
    place = ceil((n + 1) * share) - 1 if share > 0.5 else ceil((n + 1) * share) - 2
    return float(ranked[min(max(place, 0), n - 1)])


def _rate(series: Series, person: int, start: int, until: int) -> float | None:
    top, bottom = series.amounts[person, start:until], series.exposure[person, start:until]
    seen = np.isfinite(top) & np.isfinite(bottom) & (bottom > 0)
    return float(top[seen].sum() / bottom[seen].sum()) if seen.any() else None


def _silent(
    outcome: Outcome, weeks: int, before: float | None, after: float | None, peers: int, needs: int | None, why: Said
) -> Effect:
    words = say("{outcome}: {why}.", outcome=OUTCOMES[outcome], why=why)
    return Effect(outcome, weeks, before, after, None, None, None, None, 0, peers, needs, words)


def _few_people(count: int) -> Said:
    return say("{count} comparable people, it takes {needs}", count=count, needs=FEWEST_PEERS)


OUTCOMES = {
    Outcome.ABOVE: say("Above its expected path"),
    Outcome.BELOW: say("Below its expected path"),
    Outcome.SAME: say("No difference seen"),
    Outcome.EARLY: say("Too early to tell"),
    Outcome.UNKNOWN: say("Can't be told"),
}


def _sentence(
    outcome: Outcome, rates: tuple[float | None, float, float], effect: float, interval: tuple[float, float], rank: int,
    placebos: int, needs: int, weeks: int, unit: str,
) -> Said:  # fmt: skip
    before, after, path = (None if rate is None else _rate_words(rate, unit) for rate in rates)
    now = joined([say("{number}", number=after or ""), "" if unit in ("", "%") else catalogued(unit)])
    seen = say_many("{now} in {number} week", "{now} in {number} weeks", weeks, now=now)
    if before is not None:
        seen = say("{seen} (before: {before})", seen=seen, before=before)
    words = say(
        "{seen}; {path} was to be expected without a plan: {effect}, 8 in 10: {low} to {high}.", seen=seen, path=path or "",
        effect=Number(effect, "+.0%"), low=Number(interval[0], "+.0%"), high=Number(interval[1], "+.0%"),
    )  # fmt: skip
    if outcome is Outcome.EARLY:
        return joined([words, say("Too early to tell (needs about {weeks} weeks).", weeks=needs)])
    told: dict[str, Value] = {"outcome": OUTCOMES[outcome], "of": placebos}
    if outcome is Outcome.BELOW or (outcome is Outcome.SAME and effect < 0):
        among = say("{outcome}; {many} of {of} stretches without a plan fell as much.", **told, many=placebos - rank)
    else:
        among = say("{outcome}; {many} of {of} stretches without a plan rose as much.", **told, many=rank)
    return joined([words, among])


def _rate_words(rate: float, unit: str) -> Value:
    return Number(rate, ".1%" if unit == "%" else ",.3g" if abs(rate) < 1000 else ",.0f")
