"""What a result's gap is made of, from a store: to a goal, to one's own past, or to peers; which driver turned first, and
where to look.

drivers_of(store, metric, period, scope, against=…) → Drivers
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from paceline.insight.drivers import Driver, Factor, Side, Split, split_gap
from paceline.insight.drivers_turn import Turn, turns
from paceline.insight.goals_pace import STRAIGHT, Shape
from paceline.judging.drivers_read import FAMILIES, LINKS, Family, Quantities, added, quantities
from paceline.judging.drivers_weeks import weeks_until
from paceline.judging.drivers_words import look, turn_sentence
from paceline.judging.goals_aimed import aims
from paceline.judging.goals_shape import usual_shape
from paceline.judging.people import people, workdays
from paceline.judging.pipeline import first_unknown_day
from paceline.metrics.ask import ask
from paceline.metrics.reading import shown
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Unit
from paceline.sales.periods import Period, from_epoch_day
from paceline.sales.scope import Clause, Scope
from paceline.saying.said import Said, SaidError, alternatives, catalogued, joined, say, say_many

Floats = npt.NDArray[np.float64]

GOAL, PAST, PEERS = "goal", "own past", "peers"
AGAINST = (PAST, PEERS, GOAL)
PAST_PERIODS = 4
FEWEST_PEERS = 3
_NOTABLE = 0.05  # share of a result from which a role counts among those that bring it
_PRESENT = 0.5  # share of the scope's working days per person below which somebody is no peer


class DriversError(SaidError):
    """A gap that can't be split as asked; the message says why."""


@dataclass(frozen=True)
class DriverTurn:
    """A driver's turn with its week's Monday. Rates are per working day for counts, else the factor itself."""

    turn: Turn
    week: date
    sentence: Said


@dataclass(frozen=True)
class Drivers:
    """A gap and what makes it up. ``turns``: drivers that turned, the earliest first. ``look``: the question that shows the
    records. ``roles``: of the people asked about those in these alone; empty: all of them.
    """

    metric: str
    unit: Unit
    currency: str
    period: Period
    as_of: date
    against: str
    reference: Said  # what it is held against, in words
    split: Split
    turns: tuple[DriverTurn, ...]
    look: tuple[str, ...]
    notes: tuple[Said, ...]
    roles: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[Driver, ...]:
        """The drivers that can be told apart from no part, the tree's upper ones first, then the largest; links left out."""
        some = [one for one in self.split.drivers if one.named and one.name not in LINKS]
        return tuple(sorted(some, key=lambda one: (one.depth, -abs(one.part))))


@dataclass(frozen=True)
class _Asking:
    store: Store
    family: Family
    scope: Scope
    period: Period  # cut to what is known
    as_of: date | None
    asked: Scope  # before it was narrowed to those whose result it is
    _read: dict[tuple[Scope, Period], dict[str, Quantities]] = field(default_factory=dict, repr=False, compare=False)

    def read(self, scope: Scope, period: Period) -> dict[str, Quantities]:
        """Quantities by rep."""
        self.read_all(scope, [period])
        return self._read[scope, period]

    def read_all(self, scope: Scope, periods: Sequence[Period]) -> None:
        """Read what isn't known yet of these periods and their weeks: one question for all costs little more than for one."""
        every = dict.fromkeys(one for period in periods for one in (period, *_weeks(period)))
        new = [one for one in every if (scope, one) not in self._read]
        self._read.update({(scope, one): {} for one in new})
        if new:
            for (rep, one), row in quantities(self.store, self.family, scope, new, self.as_of).items():
                self._read[scope, one][rep] = row

    def worked(self, scope: Scope, first: date, until: date) -> dict[str, float]:
        """Working days by rep."""
        work = workdays(self.store, scope, first, until, self.as_of)
        return {rep: work.between(rep, first, until) for rep in work.reps}


def drivers_of(
    store: Store, metric: str, period: Period, scope: Scope, against: str = PAST, *, as_of: date | None = None
) -> Drivers:
    """The gap of a scope's result in a period (up to the as-of day) to what it is held against, split over the result's tree.

    The same question gives the same intervals. DriversError for a result without a tree, no goal, no past, too few peers.
    """
    if metric not in FAMILIES:
        raise DriversError(say("there is a tree for {metrics}, none for {metric}", metrics=", ".join(FAMILIES), metric=metric))
    if against not in AGAINST:
        raise DriversError(say("a gap is one to {words}, not to '{against}'", words=", ".join(AGAINST), against=against))
    now = first_unknown_day(store, as_of)
    if period.first_day >= now:
        raise DriversError(say("{period} hasn't begun", period=period.told))
    known = Period.between(period.first, from_epoch_day(min(period.until_day, now)))
    narrowed, alone = _narrowed(store, metric, scope, known, as_of)
    asking = _Asking(store, FAMILIES[metric], narrowed, known, as_of, scope)
    rng = np.random.default_rng([known.first_day, known.until_day])
    asking.read_all(narrowed, [known, *(_earlier(known, period) if against == PAST else ())])
    rows = list(asking.read(narrowed, known).values())
    if not rows:
        raise DriversError(say(
            "nothing is known of the {metric} of {whom} in {period}: nobody sold then",
            metric=catalogued(store.catalog[metric].name, inside=True), whom=scope.label, period=period.told,
        ))  # fmt: skip
    here = Side(added(rows), _weekly(asking, narrowed, known)[0])
    there, words, notes = _other_side(asking, period, against)
    if not _exact(asking.family, here) or not _exact(asking.family, there):
        raise DriversError(
            say("{metric} isn't the product of its drivers here: it comes from split credit alone", metric=metric)
        )
    try:
        found = split_gap(against, asking.family.tree, here, there, rng)
    except SaidError as error:
        why = say("{metric} can't be split here: {why}", metric=catalogued(store.catalog[metric].name), why=error.said)
        raise DriversError(why) from None
    turned = _turns(asking, now, np.random.default_rng(now))
    declared = store.catalog[metric]
    where = look(store, found, [one.turn for one in turned], narrowed, known, as_of)
    day = store.view(as_of).day
    return Drivers(
        metric, declared.unit, store.settings.currency, period, day, against, words, found, turned, where, (*alone, *notes),
        tuple(sorted({role for one in narrowed.clauses if one not in scope.clauses for role in one.values})),
    )  # fmt: skip


def _narrowed(store: Store, metric: str, scope: Scope, period: Period, as_of: date | None) -> tuple[Scope, tuple[Said, ...]]:
    """Of a scope with several roles, those that bring the result: others' activity belongs to other results.

    They are the roles whose result it is, and any other that brought a notable part of it in the period or just before.
    """
    if scope.one_rep is not None:
        return scope, ()
    role_of = {one.rep: one.role for one in people(store, period.until - timedelta(days=1), scope, as_of)}
    roles = set(role_of.values())
    readings = ask(store, metric, scope, [period, _just_before(period)], ("rep",), as_of=as_of, mean_of_reps=False)
    brought: dict[str | None, float] = {}
    for one in readings:
        role = role_of.get(dict(one.group)["rep"] or "")
        brought[role] = brought.get(role, 0.0) + (one.value or 0.0)
    least = _NOTABLE * sum(brought.values())
    kept = frozenset(
        role for role in roles if role and (role in store.catalog[metric].roles or brought.get(role, 0.0) > max(least, 0.0))
    )
    if not kept or kept == roles:
        return scope, ()
    told = say("Only those in the role {roles} are looked at: it is their result.", roles=alternatives(sorted(kept)))
    return scope & Scope((Clause("role", kept),)), (told,)


def _just_before(period: Period) -> Period:
    """As many days before."""
    return Period.between(period.first - timedelta(days=period.days), period.first)


def _exact(family: Family, side: Side) -> bool:
    """Whether the tree's first level really multiplies to the result (a factor out of nothing needs a result of 0)."""
    factors = np.array([factor.value(side.totals) for factor in family.tree])
    result = side.totals[family.result]
    if np.isnan(factors).any():
        return result == 0
    return bool(abs(float(factors.prod()) - result) <= 1e-6 * max(abs(result), 1.0))


def _other_side(asking: _Asking, period: Period, against: str) -> tuple[Side, Said, tuple[Said, ...]]:
    if against == PEERS:
        return _peers(asking)
    if against == PAST:
        return _past(asking, period)
    target, shape = _goal(asking, period)
    side, rates = _with_result(asking, period)
    scale = target / side.totals[asking.family.result]
    told = say("The goal is turned into drivers at the rates of {whose}: as much of everything as it takes.", whose=rates)
    totals = {name: value * scale for name, value in side.totals.items()}
    over = asking.period.until_day >= period.until_day
    unit, currency = asking.store.catalog[asking.family.metric].unit, asking.store.settings.currency
    aim = say("the goal of {goal}", goal=shown(target, unit, currency))
    return Side(totals), aim if over else say("{goal} by now, by {shape}", goal=aim, shape=_shape_words(shape)), (told,)


def _shape_words(shape: Shape) -> Said:
    if not shape.periods:
        return say("a straight line")
    return say_many("the shape of {number} earlier period", "the shape of {number} earlier periods", shape.periods)


def _with_result(asking: _Asking, period: Period) -> tuple[Side, Said]:
    """The own past where it had any of the result, else the peers: at nobody's rates a goal says nothing of drivers."""
    for whose in (say("the own past"), say("the peers")):
        try:
            side = (_past(asking, period) if whose == "the own past" else _peers(asking))[0]
        except DriversError:
            continue
        if side.totals[asking.family.result] > 0:
            return side, whose
    raise DriversError(say("neither the own past nor peers had any result, so the goal can't be turned into drivers"))


def _goal(asking: _Asking, period: Period) -> tuple[float, Shape]:
    """The scope's goal as far as it is due by now, by how such periods usually go: after so many of the working days, so much."""
    store, scope = asking.store, asking.asked
    money = store.catalog[asking.family.metric].unit is Unit.MONEY
    view = store.view(asking.as_of)
    target = aims(view, asking.family.metric, period, money).of_scope(view, scope, period)
    if not target:
        raise DriversError(say(
            "no goal for {metric} is set for {whom} in {period}",
            metric=asking.family.metric, whom=scope.label, period=period.told,
        ))  # fmt: skip
    done = sum(asking.worked(scope, asking.period.first, asking.period.until).values())
    whole = sum(asking.worked(scope, period.first, period.until).values())
    share = done / whole if whole else asking.period.days / period.days
    shape = STRAIGHT if share >= 1 else usual_shape(store, asking.family.metric, period, asking.as_of)
    return target * shape.at(share), shape


def _past(asking: _Asking, period: Period) -> tuple[Side, Said, tuple[Said, ...]]:
    """The mean of the last periods of the same grain, cut where this one is, for as many working days."""
    earlier = _earlier(asking.period, period)
    asking.read_all(asking.scope, earlier)
    rows: list[Quantities] = []
    worked = 0.0
    weeks: list[Mapping[str, Floats]] = []
    used = 0
    for one in earlier:
        mine = list(asking.read(asking.scope, one).values())
        days = sum(asking.worked(asking.scope, one.first, one.until).values())
        if mine and days > 0:
            rows, worked, used = [*rows, *mine], worked + days, used + 1
            weeks.append(_weekly(asking, asking.scope, one)[0])
    if not used:
        raise DriversError(
            say("{whom} has no past before {period} to hold it against", whom=asking.scope.label, period=period.told)
        )
    now = sum(asking.worked(asking.scope, asking.period.first, asking.period.until).values())
    if now <= 0:
        raise DriversError(say("nobody in {whom} worked a day of {period}", whom=asking.scope.label, period=period.told))
    together = {name: np.concatenate([one[name] for one in weeks]) for name in weeks[0]}
    side = Side(added(rows, now / worked), together)
    few = () if used == PAST_PERIODS else (say("Only {used} of {of} periods before have any data.", used=used, of=PAST_PERIODS),)
    return side, _mean_words(used, asking.period.until_day == period.until_day), few


def _earlier(known: Period, period: Period) -> list[Period]:
    """The last periods of the same grain, the latest first, cut where the known part of this one is."""
    earlier, one = [], period
    for _ in range(PAST_PERIODS):
        one = one.before()
        earlier.append(Period.between(one.first, min(one.first + timedelta(days=known.days), one.until)))
    return earlier


def _mean_words(used: int, whole: bool) -> Said:
    if whole:
        return say_many(
            "the mean of the {number} period before, for as many working days",
            "the mean of the {number} periods before, for as many working days", used,
        )  # fmt: skip
    return say_many(
        "the mean of the {number} period before, each up to the same day, for as many working days",
        "the mean of the {number} periods before, each up to the same day, for as many working days", used,
    )  # fmt: skip


def _peers(asking: _Asking) -> tuple[Side, Said, tuple[Said, ...]]:
    """People of the same roles outside the scope, for as many working days."""
    store, period = asking.store, asking.period
    last = period.until - timedelta(days=1)
    mine = {one.rep: one for one in people(store, last, asking.scope, asking.as_of)}
    roles = {one.role for one in mine.values()}
    worked = asking.worked(Scope.company(), period.first, period.until)
    own = [worked.get(rep, 0.0) for rep in mine]
    usual = float(np.mean(own)) if own else 0.0
    others = [
        one.rep
        for one in people(store, last, Scope.company(), asking.as_of)
        if one.role in roles and one.rep not in mine and worked.get(one.rep, 0.0) >= _PRESENT * usual
    ]
    if len(others) < FEWEST_PEERS:
        raise DriversError(say("{count} peers of the same role, it takes {needs}", count=len(others), needs=FEWEST_PEERS))
    scope = Scope.reps(others)
    rows = list(asking.read(scope, period).values())
    scale = sum(own) / sum(worked[rep] for rep in others)
    weeks, groups = _weekly(asking, scope, period)
    role = joined(sorted(role for role in roles if role), ", ") or say("no role")
    words = say("{count} peers ({role}), for as many working days", count=len(others), role=role)
    return Side(added(rows, scale), weeks, groups), words, ()


def _weekly(asking: _Asking, scope: Scope, period: Period) -> tuple[dict[str, Floats], npt.NDArray[np.int64] | None]:
    """(quantities by week, whose week it is: None for a single person)."""
    weeks = _weeks(period)
    read = {(rep, week): row for week in weeks for rep, row in asking.read(scope, week).items()}
    reps = sorted({rep for rep, _ in read})
    cells = [(rep, week) for rep in reps for week in weeks]
    names = next(iter(read.values())).keys() if read else ()
    table = {name: np.array([read[cell][name] if cell in read else 0.0 for cell in cells]) for name in names}
    if len(reps) < 2:
        return table, None
    return table, np.array([reps.index(rep) for rep, _ in cells], dtype=np.int64)


def _weeks(period: Period) -> list[Period]:
    """Weeks of seven days, counted back from the period's end; what is left at its beginning, if it is more than half of one."""
    weeks: list[Period] = []
    until = period.until
    while until > period.first:
        first = max(until - timedelta(days=7), period.first)
        if (until - first).days >= 4 or not weeks:
            weeks.append(Period.between(first, until))
        until = first
    return weeks


def _turns(asking: _Asking, now: int, rng: np.random.Generator) -> tuple[DriverTurn, ...]:
    """Drivers that turned in the last weeks, whichever way."""
    end = from_epoch_day(now) - timedelta(days=from_epoch_day(now).weekday())
    weeks = weeks_until(asking.store, asking.family, end, asking.as_of)
    mine = {stint.rep_id for stint in asking.store.view(asking.as_of).members(asking.scope)}
    roles = {one.role for one in people(asking.store, end - timedelta(days=1), asking.scope, asking.as_of)}
    alike = {one.rep for one in people(asking.store, end - timedelta(days=1), Scope.company(), asking.as_of) if one.role in roles}
    (sums, days), (others, their_days) = weeks.together(mine), weeks.together(alike - mine)
    unknown = np.full(len(weeks.mondays), np.nan)
    series: dict[str, tuple[Floats, Floats]] = {}
    watched = _watched(asking.family.tree)
    for factor in watched:
        top = sums.get(factor.over, unknown)
        if factor.under is not None:
            series[factor.name] = (top, sums.get(factor.under, unknown))
        else:
            series[factor.name] = (top, days * _movement(others.get(factor.over, unknown), their_days))
    found = turns(series, rng)
    factors, currency = {factor.name: factor for factor in watched}, asking.store.settings.currency
    firsts = [weeks.mondays[turn.week] for turn in found]
    return tuple(
        DriverTurn(turn, first, turn_sentence(turn, first, factors[turn.driver], currency))
        for turn, first in zip(found, firsts, strict=True)
    )


def _watched(tree: Sequence[Factor]) -> list[Factor]:
    """Every factor whose weeks tell something: quantities, and rates but for those that only link two quantities."""
    out = []
    for factor in tree:
        if factor.name not in (*LINKS, "share decided", "opportunities worked"):
            out.append(factor)
        out += _watched(factor.parts)
    return out


def _movement(others: Floats, days: Floats) -> Floats:
    """How much the peers did each week, beside their mean; 1 where there are none."""
    known = np.isfinite(others) & (days > 0)
    if not known.any() or float(others[known].sum()) <= 0:
        return np.ones(len(others))
    mean = float(others[known].sum() / days[known].sum())
    worth = 5.0 / mean  # working days that the mean counts for: a few peers make a restless week
    return np.where(known, (np.nan_to_num(others) + mean * worth) / (days + worth) / mean, 1.0)
