"""The draws behind a forecast: the pipeline played to the end of the period, and each rep's own weeks resampled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.insight.forecast_bias import CLASSES, NEW, Bias, Expected, age_class, pulled
from paceline.insight.forecast_values import WonValues, fit_values
from paceline.insight.newdeals import Creation, first_days, fit_creation, won_in_time
from paceline.insight.pipeline import UNKNOWN, Opportunities
from paceline.insight.pipeline_odds import LifeTable, OpenDeals, fit_life_table, open_deals
from paceline.stats.pool import ratio_draws, shocks, tally, week_draws
from paceline.stats.survival import Calendar

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WEEKS = 52  # of a rep's own past that are resampled
FEWEST_WEEKS = 8  # fewer own weeks are not resampled: the pipeline alone speaks


@dataclass(frozen=True)
class Pipeline:
    """All that is learnt as of ``now`` for the days ``first <= day < until`` (``first`` is ``now``, or later)."""

    known: Opportunities
    now: int
    first: int
    until: int
    table: LifeTable
    days: Calendar
    open: OpenDeals
    creation: Creation
    in_time: Floats  # wins in time a created deal a day, by rep
    values: WonValues

    def expected(self) -> Expected:
        """Expected wins by (rep, class of deal), the last class being deals not created yet; and those at the own pace."""
        reps = len(self.known.reps)
        cell = self.open.rep * CLASSES + self.kind()
        table = tally(cell, reps * CLASSES, self.open.chance).reshape(reps, CLASSES)
        table[:, NEW] = self.creation.rates() * self.in_time
        weeks, season = own_weeks(self.known, self.now), _seasons(self)
        seen = np.arange(weeks.wins.shape[1])[None, :] < weeks.known[:, None]
        pace = (weeks.wins * season * seen).sum(axis=1) / np.maximum(weeks.known, 1) * (self.until - self.first) / 7
        alone = (weeks.known < FEWEST_WEEKS) | ~self.creation.active
        return Expected(table, np.where(alone, table.sum(axis=1), pace))

    def kind(self) -> Ints:
        """The age class of each open deal."""
        return age_class(self.now - self.known.created[self.open.row])


def learn(
    known: Opportunities, now: int, until: int, fiscal_start_month: int = 1, lift: Floats | None = None, first: int = 0
) -> Pipeline:
    """Fit everything on what was known when ``now`` began; ``lift`` are factors on each opportunity's hazard of being won.

    With a ``first`` after ``now``, what happens before that day doesn't count.

    ValueError if nothing was closed before.
    """
    table, days = fit_life_table(known, now, until, fiscal_start_month)
    return Pipeline(
        known, now, max(first, now), until, table, days, open_deals(known, table, days, until, lift, first),
        fit_creation(known, now), won_in_time(known, table, days, until, first), fit_values(known, now),
    )  # fmt: skip


@dataclass(frozen=True)
class Simulated:
    """(reps, draws) of the days to come: cents and wins, from open deals and from deals not created yet."""

    open_cents: Floats
    open_wins: Floats
    new_cents: Floats
    new_wins: Floats


def simulate(rng: np.random.Generator, pipeline: Pipeline, bias: Bias, draws: int) -> Simulated:
    """Play the pipeline to the end of the period, ``draws`` times."""
    known, table, reps = pipeline.known, pipeline.table, len(pipeline.known.reps)
    shock = shocks(rng, len(known.teams), bias.common, bias.team, draws)[known.team_of_rep]
    skill = ratio_draws(rng, table.won_of_rep, table.due_of_rep, table.strength, draws) / table.of_rep[:, None]
    factor = shock * skill * _rep_factors(pipeline, bias)[:, None]
    created = pipeline.creation.draws(rng, draws)
    new_wins = rng.poisson(created * pipeline.in_time[:, None] * factor * bias.of_class[NEW]).astype(np.float64)
    new_cents = _new_cents(rng, pipeline, new_wins)
    open_cents, open_wins = np.zeros((reps, draws)), np.zeros((reps, draws))
    deals, of_class = pipeline.open, bias.of_class[pipeline.kind()]
    for rep in np.unique(deals.rep[deals.chance > 0]).tolist():
        mine = np.flatnonzero((deals.rep == rep) & (deals.chance > 0))
        # Proportional hazards: a factor on the hazard turns 1 − p into (1 − p)^factor.
        lost = np.log1p(-np.minimum(deals.chance[mine], 0.999)) * of_class[mine]
        chance = -np.expm1(lost[:, None] * factor[rep][None, :])
        deal, draw = np.nonzero(rng.random(chance.shape) < chance)
        cents = _open_cents(rng, pipeline, deals.row[mine][deal])
        open_wins[rep] = np.bincount(draw, minlength=draws)
        open_cents[rep] = np.bincount(draw, cents, minlength=draws)
    return Simulated(open_cents, open_wins, new_cents, new_wins)


def _rep_factors(pipeline: Pipeline, bias: Bias) -> Floats:
    """What each rep's expected wins are to be multiplied by: how far off they were, and the pull to the own pace."""
    expected = pipeline.expected()
    return bias.of_rep * pulled((expected.by_class * bias.of_class).sum(axis=1), expected.own, bias.pull)


def deal_chances(pipeline: Pipeline, bias: Bias) -> Floats:
    """Each open deal's chance with the bias measured on replays: the factors that its draws are made with, without luck."""
    deals = pipeline.open
    factor = bias.of_class[pipeline.kind()] * _rep_factors(pipeline, bias)[deals.rep]
    return np.asarray(-np.expm1(np.log1p(-np.minimum(deals.chance, 0.999)) * factor), dtype=np.float64)


def _open_cents(rng: np.random.Generator, pipeline: Pipeline, row: Ints) -> Floats:
    """An amount for each won open deal: its own known amount (0 is one) times a past ratio, else past amounts of its kind."""
    known, values = pipeline.known, pipeline.values
    stated = known.opening[row].astype(np.float64)
    ratio = values.ratios[np.floor(rng.random(len(row)) * len(values.ratios)).astype(np.int64)]
    drawn = values.draw(rng, known.rep[row], known.band[row])
    return np.asarray(np.where(stated != UNKNOWN, stated * ratio, drawn), dtype=np.float64)


def _new_cents(rng: np.random.Generator, pipeline: Pipeline, wins: Floats) -> Floats:
    """Cents of the new deals won: each with the band and amount of one of the company's or the rep's past wins."""
    reps, draws = wins.shape
    flat = np.repeat(np.arange(reps * draws), wins.astype(np.int64).ravel())
    rep = flat // draws
    band = _bands(rng, pipeline, rep)
    cents = pipeline.values.draw(rng, rep, band)
    return tally(flat, reps * draws, cents).reshape(reps, draws)


def _bands(rng: np.random.Generator, pipeline: Pipeline, rep: Ints) -> Ints:
    """A band for each win of the reps, as often as among past wins (the rep's, with ten of the company's)."""
    known, values = pipeline.known, pipeline.values
    bands, reps = len(known.bands), len(known.reps)
    table = values.cell_size.reshape(bands, reps).T.astype(np.float64)
    company = table.sum(axis=0) / max(float(table.sum()), 1e-9)
    share = table + 10.0 * (company if company.sum() > 0 else np.full(bands, 1 / bands))[None, :]
    upto = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1)
    at = (rng.random(len(rep))[:, None] > upto[rep]).sum(axis=1)
    return np.asarray(np.minimum(at, bands - 1), dtype=np.int64)


@dataclass(frozen=True)
class OwnWeeks:
    """Each rep's own past weeks, the latest first: cents and wins, (reps, weeks); how many each rep has."""

    cents: Floats
    wins: Floats
    known: Ints


def own_weeks(known: Opportunities, now: int, weeks: int = WEEKS) -> OwnWeeks:
    """Weeks of seven days counted back from ``now``, from the rep's first deal (or the first close seen) on."""
    back = (now - 1 - known.closed) // 7
    some = known.won & (known.closed < now) & (back < weeks)
    reps = len(known.reps)
    flat = known.rep[some] * weeks + back[some]
    cents = np.where(known.closing[some] == UNKNOWN, 0, known.closing[some]).astype(np.float64)
    start = np.maximum(first_days(known), known.opened)
    return OwnWeeks(
        tally(flat, reps * weeks, cents).reshape(reps, weeks),
        tally(flat, reps * weeks).reshape(reps, weeks),
        np.clip((now - start) // 7, 0, weeks),
    )


def _season(table: LifeTable, days: Calendar, first: int, until: int) -> float:
    """Mean of the calendar's factors on winning, over days; 1 outside the calendar."""
    low, high = max(first, days.first) - days.first, until - days.first
    if high <= low:
        return 1.0
    part = np.asarray(table.win.of_quarter[days.of_quarter] * table.win.factors(days))[low:high]
    return float(part.mean()) if part.size else 1.0


def _seasons(pipeline: Pipeline) -> Floats:
    """(weeks,) factors that bring past weeks, the latest first, to the season of the days to come."""
    table, days = pipeline.table, pipeline.days
    usual = np.array([_season(table, days, pipeline.now - 7 * back - 7, pipeline.now - 7 * back) for back in range(WEEKS)])
    return np.asarray(_season(table, days, pipeline.first, pipeline.until) / np.maximum(usual, 0.2), dtype=np.float64)


def resample(rng: np.random.Generator, pipeline: Pipeline, draws: int) -> tuple[Floats, Floats, Ints]:
    """(cents, wins, known weeks): own weeks drawn for the days to come, each brought to the season of those days."""
    own, season = own_weeks(pipeline.known, pipeline.now), _seasons(pipeline)
    length = (pipeline.until - pipeline.first) / 7
    picks = rng.random((int(np.ceil(length)), draws))
    return (
        week_draws(picks, own.cents * season, own.known, length),
        week_draws(picks, own.wins * season, own.known, length),
        own.known,
    )
