"""How a period will end: revenue and number of wins of each rep, each team and the company, as a distribution.

Won so far + open deals (each with its chance and day) + deals not created yet, from a simulation of the pipeline; pooled half and
half with a resampling of each rep's own weeks. One pick a draw for all reps, and shocks common to the company and to teams, so
that the draws of a team are the sums of its reps' draws, and their spread is honest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from paceline.insight.forecast_bias import Expected, measure_bias, unbiased
from paceline.insight.forecast_draws import FEWEST_WEEKS, Pipeline, deal_chances, learn, resample, simulate
from paceline.insight.pipeline import NEVER, UNKNOWN, Opportunities
from paceline.insight.pipeline_odds import likely_days
from paceline.saying.said import Said, joined, say, say_many
from paceline.saying.values import Money, Value
from paceline.stats.pool import pooled, tally

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DRAWS = 1000
PIPELINE_SHARE = 0.7  # of the pool, the rest are the own weeks: chosen on simulated companies (seeds 101 to 103)
LEVEL = 0.8  # of the interval that is shown


@dataclass(frozen=True)
class Outlook:
    """What one number will be at the period's end. Cents, or wins."""

    draws: Floats  # (draws,) of the total at the end, what is won so far included
    so_far: float
    open: float  # expected from open deals, by the pipeline's simulation
    new: float  # expected from deals not created yet

    def quantile(self, level: float) -> float:
        """The value that the total stays under with that chance."""
        return float(np.quantile(self.draws, level))

    @cached_property
    def middle(self) -> float:
        """The median: as likely to be passed as not."""
        return self.quantile(0.5)

    @cached_property
    def interval(self) -> tuple[float, float]:
        """The central 80 % interval."""
        return self.quantile(0.5 - LEVEL / 2), self.quantile(0.5 + LEVEL / 2)

    def chance_of(self, goal: float) -> float:
        """The chance that the total reaches ``goal``."""
        return float((self.draws >= goal).mean())


@dataclass(frozen=True)
class Line:
    """The forecast of a rep, a team or the company."""

    level: str  # rep, team or company
    name: str
    revenue: Outlook
    wins: Outlook
    open_deals: int  # that can still be won: not the stale ones
    stale_deals: int
    currency: str

    @cached_property
    def sentence(self) -> Said:
        """What the revenue is made of and where it ends, in words: for those that are shown, of hundreds."""
        return _sentence(self.revenue, self.open_deals, self.stale_deals, self.currency)


@dataclass(frozen=True)
class DealOutlook:
    """An open deal: its chance to be won before the period ends, the likeliest day, and what it is expected to bring."""

    opportunity_id: str
    rep_id: str
    age_days: int
    chance: float
    likely_day: int | None  # median day of the win, given that it is won in time; None: can't be
    expected_cents: float  # chance × amount
    stale: bool


@dataclass(frozen=True)
class Forecast:
    """A period's end as seen from ``now``. ``lines``: the company, teams, reps; ``deals``: every open deal, likeliest first."""

    now: int
    first: int
    until: int
    lines: tuple[Line, ...]
    deals: tuple[DealOutlook, ...]
    oldest_won_days: int  # deals older than this are stale
    replays: int  # earlier forecasts that the bias was measured on

    def line(self, level: str, name: str = "") -> Line:
        """The line of that level and name (any name for the company). KeyError if there is none."""
        return self._by_name[level, "" if level == "company" else name]

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], Line]:
        return {(line.level, line.name): line for line in self.lines}


def forecast(
    opportunities: Opportunities,
    now: int,
    first: int,
    until: int,
    rng: np.random.Generator,
    *,
    draws: int = DRAWS,
    fiscal_start_month: int = 1,
    currency: str = "",
    lift: Mapping[str, float] | None = None,
) -> Forecast:
    """The period ``first <= day < until`` (days since 1970) as seen when day ``now`` begins; later rows are never looked at.

    A period that hasn't begun is foretold, too: what happens before its first day doesn't count.

    ``lift`` multiplies single deals' hazard of being won (from ``winchance``, by opportunity id). ValueError if ``now`` lies
    after the period, or nothing was closed before ``now``: there is nothing to learn from.
    """
    if not first < until or now > until:
        raise ValueError(f"day {now} can't look at the end of {first} to {until}")
    known = opportunities.as_of(now)
    lifts = np.array([lift.get(name, 1.0) for name in known.ids], dtype=np.float64) if lift else None
    pipeline = learn(known, now, until, fiscal_start_month, lifts, first)
    both = _Both.make(rng, pipeline, fiscal_start_month, draws)
    so_far = _won(known, first, min(now, until))
    groups = _groups(known)
    stale = np.bincount(pipeline.open.rep[pipeline.open.stale], minlength=len(known.reps))
    alive = np.bincount(pipeline.open.rep[~pipeline.open.stale], minlength=len(known.reps))
    lines = tuple(
        both.line(level, name, member, so_far, int(alive[member].sum()), int(stale[member].sum()), currency)
        for level, name, member in groups
    )
    return Forecast(now, first, until, lines, _deals(pipeline, both.of_deal), pipeline.table.oldest_won, both.replays)


def expected_wins(known: Opportunities, now: int, until: int, fiscal_start_month: int = 1) -> Expected:
    """Wins expected on ``now <= day < until``; what replays are held against."""
    if not (known.closed < NEVER).any():
        raise ValueError("nothing was closed before this day")
    return learn(known, now, until, fiscal_start_month).expected()


@dataclass(frozen=True)
class _Both:
    """(reps, draws) of cents and wins to come, pooled; the pipeline's parts in expectation, (reps,).

    ``of_deal``: each open deal's chance, with what replays showed the pipeline to be off by.
    """

    cents: Floats
    wins: Floats
    open_cents: Floats
    open_wins: Floats
    new_cents: Floats
    new_wins: Floats
    of_deal: Floats
    replays: int

    @staticmethod
    def make(rng: np.random.Generator, pipeline: Pipeline, fiscal_start_month: int, draws: int) -> _Both:
        known, length = pipeline.known, pipeline.until - pipeline.now
        if length <= 0:
            none, zero = np.zeros((len(known.reps), draws)), np.zeros(len(known.reps))
            return _Both(none, none, zero, zero, zero, zero, pipeline.open.chance, 0)
        bias = unbiased(known)
        if known.opened:
            bias = measure_bias(
                known, pipeline.now, length, lambda then, day, until: expected_wins(then, day, until, fiscal_start_month)
            )
        played = simulate(rng, pipeline, bias, draws)
        cents, wins, weeks = resample(rng, pipeline, draws)
        pick = rng.random(draws) < PIPELINE_SHARE
        alone = ((weeks < FEWEST_WEEKS) | ~pipeline.creation.active)[:, None]
        ahead_cents, ahead_wins = played.open_cents + played.new_cents, played.open_wins + played.new_wins
        return _Both(
            np.where(alone, ahead_cents, pooled(pick, ahead_cents, cents)),
            np.where(alone, ahead_wins, pooled(pick, ahead_wins, wins)),
            played.open_cents.mean(axis=1), played.open_wins.mean(axis=1),
            played.new_cents.mean(axis=1), played.new_wins.mean(axis=1), deal_chances(pipeline, bias), bias.replays,
        )  # fmt: skip

    def line(
        self, level: str, name: str, member: Ints, so_far: tuple[Floats, Floats], alive: int, stale: int, currency: str
    ) -> Line:
        """The line of a group of reps: sums of their draws and parts."""
        cents, wins = (float(part[member].sum()) for part in so_far)
        revenue = Outlook(
            cents + self.cents[member].sum(axis=0), cents,
            float(self.open_cents[member].sum()), float(self.new_cents[member].sum()),
        )  # fmt: skip
        count = Outlook(
            wins + self.wins[member].sum(axis=0), wins, float(self.open_wins[member].sum()), float(self.new_wins[member].sum())
        )
        return Line(level, name, revenue, count, alive, stale, currency)


def _groups(known: Opportunities) -> list[tuple[str, str, Ints]]:
    """The company, its teams, its reps: (level, name, reps)."""
    everyone = np.arange(len(known.reps), dtype=np.int64)
    teams = [("team", name, np.flatnonzero(known.team_of_rep == which)) for which, name in enumerate(known.teams)]
    reps = [("rep", name, everyone[which : which + 1]) for which, name in enumerate(known.reps)]
    return [("company", "", everyone), *[team for team in teams if len(team[2])], *reps]


def _won(known: Opportunities, first: int, until: int) -> tuple[Floats, Floats]:
    """(cents, wins) of each rep on ``first <= day < until``."""
    some = known.won & (known.closed >= first) & (known.closed < until)
    cents = np.where(known.closing[some] == UNKNOWN, 0, known.closing[some])
    reps = len(known.reps)
    return tally(known.rep[some], reps, cents), tally(known.rep[some], reps)


def _deals(pipeline: Pipeline, chance: Floats) -> tuple[DealOutlook, ...]:
    known, deals = pipeline.known, pipeline.open
    day = likely_days(deals, pipeline.now)
    usual = pipeline.values.mean(known.rep[deals.row], known.band[deals.row])
    stated = known.opening[deals.row]
    value = np.where(stated != UNKNOWN, stated * pipeline.values.ratios.mean(), usual) * chance
    order = np.lexsort((deals.row, -value))
    return tuple(
        DealOutlook(
            known.ids[int(deals.row[at])], known.reps[int(deals.rep[at])], int(pipeline.now - known.created[deals.row[at]]),
            float(chance[at]), None if day[at] == NEVER else int(day[at]), float(value[at]), bool(deals.stale[at]),
        )
        for at in order.tolist()
    )  # fmt: skip


def _sentence(revenue: Outlook, alive: int, stale: int, currency: str) -> Said:
    so_far, opened, new, middle, low, high = (
        Money(cents / 100, currency, brief=True)
        for cents in (revenue.so_far, revenue.open, revenue.new, revenue.middle, *revenue.interval)
    )
    parts = parts_of_deals(so_far, opened, new, alive, stale)
    return joined([say("{parts}.", parts=parts), middle_with_past(middle, low, high)])


def parts_of_deals(so_far: Value, opened: Value, new: Value, alive: int, stale: int) -> Said:
    """What a forecast of deals is made of, in words; ``stale`` deals count 0."""
    parts = say_many(
        "{so_far} won + {open} expected from {number} open deal + {new} from deals not yet created",
        "{so_far} won + {open} expected from {number} open deals + {new} from deals not yet created",
        alive, so_far=so_far, open=opened, new=new,
    )  # fmt: skip
    if not stale:
        return parts
    return joined([parts, say_many("{number} stale deal counts 0", "{number} stale deals count 0", stale)], "; ")


def middle_with_past(middle: Value, low: Value, high: Value) -> Said:
    """Between what the period ends, where the own past weeks weigh as much as the deals."""
    return say(
        "With the own past weeks weighing as much, the middle is {middle}, 8 in 10 chance of {low} to {high}.",
        middle=middle, low=low, high=high,
    )  # fmt: skip
