"""How a period will end: revenue, wins or any count, of each rep, each team, the company and the scope asked, from a store.

foresee(store, metric, period, scope, as_of=…) → Foresight
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from paceline.insight.backtest import Cut, comparators
from paceline.insight.forecast import DRAWS, Forecast, Outlook, forecast, middle_with_past, parts_of_deals
from paceline.insight.pipeline import NEVER
from paceline.judging.forecast_counts import count_draws
from paceline.judging.forecast_deals import DealLine, deal_lines
from paceline.judging.forecast_lines import (
    COMPANY,
    REP,
    SCOPE,
    TEAM,
    Call,
    ForecastLine,
    calls,
    summed_baselines,
)
from paceline.judging.goals_aimed import Aims, aims
from paceline.judging.pipeline import NOBODY, Pipeline, first_unknown_day, read_pipeline
from paceline.judging.record import Baselines
from paceline.judging.winchance import Chances, win_chances
from paceline.metrics.ask import ask
from paceline.metrics.relations import RELATIONS
from paceline.metrics.store import Store, View
from paceline.metrics.vocabulary import Grain, Kind, Measure, Metric, Unit, at_grain
from paceline.sales.periods import Period, epoch_day
from paceline.sales.scope import Scope
from paceline.saying.said import Said, SaidError, catalogued, joined, noted, say
from paceline.saying.values import Day, Money, Number

Floats = npt.NDArray[np.float64]

OF_DEALS = {"revenue": "revenue", "sales_volume": "wins"}  # metrics that the pipeline foretells, and its word for them
MOST_KEPT = 12  # metrics and periods of which what is to come of everybody is kept for the next to ask


class ForecastError(SaidError):
    """A forecast that can't be made as asked; the message says why, and what can."""


@dataclass(frozen=True)
class Foresight:
    """A period's end as seen from a day. ``lines``: the asked scope, then (where it is the company's) teams and reps in it.

    ``now``: the first day that isn't known yet. ``notes``: what is to be known about the figures. ``chances``: None for counts.
    """

    metric: str
    period: Period
    as_of: date
    now: int
    lines: tuple[ForecastLine, ...]
    deals: tuple[DealLine, ...]
    chances: Chances | None
    oldest_won_days: int | None
    notes: tuple[Said, ...]

    def line(self, level: str, name: str = "") -> ForecastLine:
        """The line of that level and id. KeyError if there is none."""
        for line in self.lines:
            if line.level == level and (level in (COMPANY, SCOPE) or line.id == name):
                return line
        raise KeyError(f"no {level} {name!r} in this forecast")


@dataclass(frozen=True)
class Ahead:
    """The days to come by rep, in the metric's unit: (reps, draws), the pipeline's parts (reps,), and comparators."""

    reps: tuple[str, ...]
    draws: Floats
    open: Floats
    new: Floats
    alive: Floats | None  # open deals that can be won
    stale: Floats | None
    average: Floats
    last: Floats
    weighted: Floats | None
    weeks: Floats  # (reps, draws)
    none_because: Said | None = None
    pooled: float = 1.0  # what counts together of what counts for each: a meeting of two reps is one of their team

    @property
    def moving(self) -> set[str]:
        """Reps of whom anything may come, or who own an open deal."""
        owning = 0 if self.alive is None or self.stale is None else self.alive + self.stale
        some = self.draws.any(axis=1) | (owning > np.zeros(len(self.reps)))
        return {rep for rep, moves in zip(self.reps, some.tolist(), strict=True) if moves}


def foresee(
    store: Store,
    metric: str,
    period: Period,
    scope: Scope,
    *,
    as_of: date | None = None,
    draws: int = DRAWS,
    pipeline: Pipeline | None = None,
) -> Foresight:
    """The forecast of a metric at a period's end, as known at the end of a day (None: now). The same question, the same draws.

    Revenue and sales volume come from the pipeline; other metrics must be counts or sums over days. ForecastError for another
    metric, or a period that hadn't begun a year after the day asked. Where there is nothing to learn from, lines say so.
    """
    asked = adding_up(store, metric)
    view, now = store.view(as_of), first_unknown_day(store, as_of)
    if period.first_day - now > 366:
        too_far = noted("{period} is more than a year ahead of {day}: nothing is known of it")
        raise ForecastError(say(too_far, period=period.told, day=Day(view.day)))
    if as_of is None and pipeline is None:  # whoever asks: everybody's days to come are the same
        whole = _kept(view, (metric, period, draws), lambda: _of_everybody(store, asked, period, None, draws, None))
    else:
        whole = _of_everybody(store, asked, period, as_of, draws, pipeline)
    lines = _lines(store, asked, period, scope, whole.ahead, as_of)
    wanted = {line.id for line in lines if line.level == REP} | ({NOBODY} if scope.is_company else set())
    deals = tuple(deal for deal in whole.deals if deal.rep_id in wanted)
    return Foresight(metric, period, view.day, now, lines, deals, whole.chances, whole.oldest, whole.notes)


def _kept(view: View, key: Hashable, make: Callable[[], _Everybody]) -> _Everybody:
    """The latest few of a view: of 500 people each takes some 10 MB."""
    latest: dict[Hashable, _Everybody] = view.once("to come", dict)
    found = latest.get(key) or make()
    latest[key] = found
    for oldest in list(latest)[:-MOST_KEPT]:
        latest.pop(oldest, None)
    return found


@dataclass(frozen=True)
class _Everybody:
    """What is to come of everybody, whatever scope is asked; with the open deals, the chances of each, and what to note."""

    ahead: Ahead
    deals: tuple[DealLine, ...] = ()
    chances: Chances | None = None
    oldest: int | None = None
    notes: tuple[Said, ...] = ()


def _of_everybody(
    store: Store, asked: Metric, period: Period, as_of: date | None, draws: int, pipeline: Pipeline | None
) -> _Everybody:
    view, now = store.view(as_of), first_unknown_day(store, as_of)
    rng = np.random.default_rng([now, period.first_day, period.until_day])
    if asked.slug in OF_DEALS:
        read, chances = learned(store, now, as_of, pipeline)
        made, ahead = _of_deals(store, asked, read, chances, period, now, epoch_day(view.day), rng, draws)
        notes = tuple(_notes(read, made, chances))
        if made is None:
            return _Everybody(ahead, (), chances, None, notes)
        return _Everybody(ahead, deal_lines(view, read, made, chances), chances, made.oldest_won_days, notes)
    until = max(period.until_day, now)
    found = count_draws(store, asked.slug, now, period.first_day, until, rng, draws, as_of)
    none = np.zeros(len(found.reps))
    because = None if found.reps or now >= until else _nobody(asked)
    return _Everybody(Ahead(
        found.reps, found.draws, none, found.draws.mean(axis=1), None, None, found.average, found.last, None,
        found.draws[:, :0], because, found.shared,
    ))  # fmt: skip


def learned(
    store: Store, now: int, as_of: date | None = None, pipeline: Pipeline | None = None
) -> tuple[Pipeline, Chances]:
    """The pipeline and the chances of its deals. Only today's are kept: of past days there are many, each asked once."""

    def learn() -> tuple[Pipeline, Chances]:
        read = pipeline or read_pipeline(store, as_of)
        return read, win_chances(read, now)

    return store.view().once(("pipeline", now), learn) if as_of is None and pipeline is None else learn()


def adding_up(store: Store, slug: str) -> Metric:
    """The metric of that slug, which must be one that can be foretold. ForecastError says which can."""
    if slug not in store.catalog:
        raise ForecastError(say("no metric is called '{slug}'", slug=slug))
    metric = store.catalog[slug]
    if slug not in OF_DEALS and not _adds_up(metric):
        examples = ("revenue", "sales_volume", "meetings_held", "pipeline_generated", "emails_sent")
        can = joined([*(catalogued(store.catalog[one].name, inside=True) for one in examples), "…"], ", ")
        raise ForecastError(
            say(
                "{metric} can't be foretold: only what adds up over days can ({can}), "
                "not shares, means, distinct counts or stocks",
                metric=catalogued(metric.name), can=can,
            )
        )
    return metric


def _adds_up(metric: Metric) -> bool:
    """Whether a rep's value of a period is the sum of its days' values: a count or sum of rows that are dated in it."""
    term = at_grain(metric.numerator, Grain.REP)
    if metric.denominator is not None or not isinstance(term, Measure) or term.window.kind != "same":
        return False
    rows = RELATIONS[term.rows]
    # Different meetings of a rep are rows of one day each: their number adds up over days, too.
    once = term.kind is Kind.DISTINCT and {*term.columns, "rep_id"} >= set(rows.key)
    return rows.flow and (term.additive or once)


def _of_deals(
    store: Store, metric: Metric, read: Pipeline, chances: Chances, period: Period, now: int, today: int,
    rng: np.random.Generator, draws: int,
) -> tuple[Forecast | None, Ahead]:  # fmt: skip
    """The pipeline's forecast of the days to come. Wins dated ahead are certain."""
    known = read.without_later(now).opportunities(now, chances.amounts)
    money = metric.unit is Unit.MONEY
    until = max(period.until_day, now)
    sure = read.dated_ahead(today, until)
    certain = {rep: sum(_worth(row, money) for row in sure if row["rep_id"] == rep) for rep in {row["rep_id"] for row in sure}}
    if now >= until:
        return None, nothing(known.reps, None, certain)
    if not (known.as_of(now).closed < NEVER).any():
        return None, nothing(known.reps, _NONE_CLOSED if len(known) else _NONE_THERE, certain)
    made = forecast(
        known, now, period.first_day, until, rng, draws=draws, fiscal_start_month=store.settings.fiscal_start_month,
        currency=store.settings.currency, lift=chances.lifts,
    )  # fmt: skip
    word, unit = OF_DEALS[metric.slug], 100.0 if money else 1.0
    lines = [made.line("rep", name) for name in known.reps]
    looks = [line.revenue if money else line.wins for line in lines]
    other = comparators(known.as_of(now), Cut("", now, period.first_day, until), rng, draws)
    done = np.array([look.so_far for look in looks])
    sure_of = np.array([certain.get(name, 0.0) for name in known.reps])
    return made, Ahead(
        known.reps,
        np.array([look.draws - look.so_far for look in looks]) / unit + sure_of[:, None],
        np.array([look.open for look in looks]) / unit + sure_of,
        np.array([look.new for look in looks]) / unit,
        np.array([line.open_deals for line in lines], dtype=np.float64),
        np.array([line.stale_deals for line in lines], dtype=np.float64),
        (other.average[word] - done) / unit, (other.last[word] - done) / unit, (other.weighted[word] - done) / unit,
        (other.bootstrap[word] - done[:, None]) / unit,
    )  # fmt: skip


_NONE_CLOSED = say("no opportunity was closed before this day: there is nothing to learn from")
_NONE_THERE = say("there was no opportunity before this day: there is nothing to learn from")


def _nobody(metric: Metric) -> Said:
    return say("nobody has any {metric} in the half year before", metric=catalogued(metric.name, inside=True))


def _worth(row: Mapping[str, Any], money: bool) -> float:
    return (row["amount_cents"] or 0) / 100 if money else 1.0


def nothing(reps: tuple[str, ...], because: Said | None, certain: Mapping[str, float] | None = None) -> Ahead:
    """Nothing more to come (the period is over), or nothing known of it, because…"""
    sure = np.array([(certain or {}).get(name, 0.0) for name in reps])
    return Ahead(reps, sure[:, None], sure, sure * 0, None, None, sure, sure, None, sure[:, None], because)


def _notes(read: Pipeline, made: Forecast | None, chances: Chances) -> list[Said]:
    notes = []
    if read.no_start:
        notes.append(say("{count} opportunities without a known day of creation are left out.", count=read.no_start))
    if read.shared and made is not None:
        notes.append(say(
            "{count} won deals were shared by splits: what is won so far is credited by them; what is to come counts for the "
            "owner.",
            count=read.shared,
        ))  # fmt: skip
    if made is not None and not made.replays:
        notes.append(say("History is too short to replay: how far off the pipeline usually is could not be measured."))
    notes.append(say("Win chances: {why}", why=chances.model.why))
    if not chances.amounts:
        notes.append(
            say("Amounts of open deals aren't used, what deals of their kind brought is: see the fields not used.")
        )
    if chances.leaks:
        notes.append(say("Fields not used: {fields}", fields=joined(leak.sentence for leak in chances.leaks)))
    return notes


def _lines(
    store: Store, metric: Metric, period: Period, scope: Scope, ahead: Ahead, as_of: date | None
) -> tuple[ForecastLine, ...]:
    """The asked scope's line, then teams (of a scope that isn't one rep) and reps."""
    view = store.view(as_of)
    day = epoch_day(view.day)
    there = [stint for stint in view.members(scope) if stint.from_day <= day < stint.until_day]
    members = {stint.rep_id: stint for stint in there}
    shape = _Shape(store, metric, period, ahead, aims(view, metric.slug, period, metric.unit is Unit.MONEY), calls(view, period))
    so_far = {level: shape.so_far(scope, level, as_of) for level in ("", TEAM, REP)}
    everyone = set(ahead.reps) if scope.is_company else set(members)
    top = (COMPANY, "") if scope.is_company else (SCOPE, "")
    found = [shape.line(*top, scope.label if not scope.is_company else "the company", everyone, so_far[""].get("", None))]
    if scope.one_rep is None:
        teams = sorted({stint.team for stint in members.values() if stint.team})
        for team in teams:
            mine = {rep for rep, stint in members.items() if stint.team == team}
            found.append(shape.line(TEAM, team, team, mine, so_far[TEAM].get(team)))
    selling = {rep for rep in members if so_far[REP].get(rep) or shape.aims.of(REP, rep)} | (ahead.moving & set(members))
    for rep in sorted(selling, key=lambda rep: members[rep].name or rep):
        found.append(shape.line(REP, rep, members[rep].name or rep, {rep}, so_far[REP].get(rep)))
    return tuple(line for line in found if not line.idle)


@dataclass(frozen=True)
class _Shape:
    """Makes lines: sums of reps' days to come on top of what the metric reads so far."""

    store: Store
    metric: Metric
    period: Period
    ahead: Ahead
    aims: Aims
    calls: Mapping[str, tuple[Call, ...]]

    def so_far(self, scope: Scope, level: str, as_of: date | None) -> dict[str, float | None]:
        """The metric's readings up to the as-of day, by team or rep, or of the whole scope. A period ahead: 0."""
        by = (level,) if level else ()
        readings = ask(self.store, self.metric.slug, scope, self.period, by, as_of=as_of, mean_of_reps=False)
        begun = self.period.first <= self.store.view(as_of).day
        return {dict(one.group).get(level) or "": one.value if begun else 0.0 for one in readings}

    def line(self, level: str, id: str, name: str, reps: Iterable[str], so_far: float | None) -> ForecastLine:
        ahead, currency = self.ahead, self.store.settings.currency
        at = [which for which, rep in enumerate(ahead.reps) if rep in set(reps)]
        goal = self.aims.of(level, id) if level != SCOPE else self.aims.of_people(set(reps))
        said = tuple(call for rep in reps for call in self.calls.get(rep, ())) if self.metric.slug == "revenue" else ()
        because = ahead.none_because
        if because is None and so_far is None:
            because = say("there is no value so far")
        if because is None and not at and self.period.until_day > epoch_day(self.store.view().day) and level == REP:
            because = say("nothing was ever theirs: there is nothing to learn from")
        if because is not None or so_far is None:
            words = say("No forecast, because {reason}.", reason=because or "")
            return ForecastLine(
                level, id, name, self.metric.slug, self.metric.unit, currency, None, because, so_far, None, None, goal, said,
                Baselines(), words,
            )  # fmt: skip
        part = 1.0 if level == REP else ahead.pooled
        new = float(ahead.new[at].sum()) * part
        outlook = Outlook(so_far + ahead.draws[at].sum(axis=0) * part, so_far, float(ahead.open[at].sum()), new)
        alive, stale = (None if some is None else int(some[at].sum()) for some in (ahead.alive, ahead.stale))
        weighted = None if ahead.weighted is None else so_far + float(ahead.weighted[at].sum())
        baselines = summed_baselines(
            so_far + float(ahead.average[at].sum()) * part, so_far + float(ahead.last[at].sum()) * part, weighted,
            so_far + ahead.weeks[at].sum(axis=0),
        )  # fmt: skip
        words = sentence(outlook, alive, stale, self.metric.unit, currency, bool(ahead.draws.shape[1] > 1))
        return ForecastLine(
            level, id, name, self.metric.slug, self.metric.unit, currency, outlook, None, so_far, alive, stale, goal, said,
            baselines, words,
        )  # fmt: skip


def sentence(look: Outlook, alive: int | None, stale: int | None, unit: Unit, currency: str, ahead: bool) -> Said:
    """The parts in words, and the interval."""
    so_far, opened, new, middle, low, high = (
        brief(value, unit, currency) for value in (look.so_far, look.open, look.new, look.middle, *look.interval)
    )
    if not ahead:
        return say("{value}: the period is over.", value=brief(look.so_far + look.open, unit, currency))
    if alive is None:
        return say(
            "{so_far} so far + {more} expected. The middle is {middle}, 8 in 10 chance of {low} to {high}.",
            so_far=so_far, more=new, middle=middle, low=low, high=high,
        )  # fmt: skip
    parts = parts_of_deals(so_far, opened, new, alive, stale or 0)
    return joined([say("{parts}.", parts=parts), middle_with_past(middle, low, high)])


def brief(value: float, unit: Unit, currency: str) -> Said:
    """A value in few characters: ``82k USD``, ``17``."""
    if unit is Unit.MONEY:
        return say("{number}", number=Money(value, currency, brief=True))
    return say("{number}", number=Number(value, ",.0f" if abs(value) >= 10 or value == int(value) else ".1f"))
