"""How good the forecast would have been: history replayed as of past days, without looking ahead, and scored.

Each replay sees what was known on its day alone (``Opportunities.as_of``). It is held against what a company could have had
without us: a bootstrap of the rep's own weeks, the own average, the last period, the weighted pipeline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.insight.forecast import DRAWS, LEVEL, Forecast, forecast
from paceline.insight.forecast_draws import own_weeks
from paceline.insight.forecast_values import fit_values
from paceline.insight.pipeline import NEVER, UNKNOWN, Opportunities
from paceline.sales.periods import add_months, epoch_day, from_epoch_day
from paceline.stats.pool import tally, week_draws
from paceline.stats.scores import covered, crps, inside

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

LEARN_DAYS = 90  # of closes that must have been seen before a day is replayed


@dataclass(frozen=True)
class Cut:
    """A day to replay: the period ``first <= day < until`` as seen when ``now`` begins; ``kind`` groups the scores."""

    kind: str
    now: int
    first: int
    until: int


@dataclass(frozen=True)
class Scores:
    """How the forecasts of a kind and level did. Errors are in cents or wins; ratios below 1: better than the comparator."""

    kind: str
    level: str  # rep, team or company
    measure: str  # revenue or wins
    n: int
    coverage: float  # share of outcomes in the 80 % interval; a tie on its edge counts in part
    inside: float  # the same with both edges counted as inside: what a reader of the interval sees
    bootstrap_coverage: float
    crps: float
    mae: float
    crps_to_bootstrap: float  # the forecast's CRPS ÷ that of the own weeks' bootstrap
    mae_to_average: float  # … mean absolute error (of the median) ÷ that of the own average
    mae_to_last_period: float
    mae_to_weighted_pipeline: float


@dataclass(frozen=True)
class Replay:
    """One replayed day: forecasts of each rep and the comparators', (reps, draws) or (reps,), and what came."""

    cut: Cut
    reps: tuple[str, ...]
    team: Ints
    draws: dict[str, Floats]  # by measure
    bootstrap: dict[str, Floats]
    average: dict[str, Floats]
    last: dict[str, Floats]
    weighted: dict[str, Floats]
    actual: dict[str, Floats]
    deal_said: Floats  # chance of each open deal to be won in time
    deal_won: Bools


def cuts(opportunities: Opportunities, grain: str, fiscal_start_month: int = 1) -> tuple[Cut, ...]:
    """Days worth replaying: for months their start and middle, for quarters the starts of their three months.

    From ``LEARN_DAYS`` after the first close on, for periods that were over by the last one. ValueError for another grain.
    """
    closed = opportunities.closed[opportunities.closed < NEVER]
    if not len(closed):
        return ()
    # The last days of a period may have seen no close.
    return cuts_between(int(closed.min()) + LEARN_DAYS, int(closed.max()) + 4, grain, fiscal_start_month)


def cuts_between(begin: int, end: int, grain: str, fiscal_start_month: int) -> tuple[Cut, ...]:
    """Days on which a period is worth looking at, of the periods over by ``end``, none before ``begin``: its start and middle, or
    the months of a quarter. ValueError for another grain.
    """
    if grain not in ("month", "quarter"):
        raise ValueError(f"a forecast is replayed by month or quarter, not {grain!r}")
    found: list[Cut] = []
    first = from_epoch_day(begin).replace(day=1)
    length = 1 if grain == "month" else 3
    while (first.month - fiscal_start_month) % length:
        first = add_months(first, -1)
    while epoch_day(until := add_months(first, length)) <= end:
        low, high = epoch_day(first), epoch_day(until)
        days = (low, (low + high) // 2) if grain == "month" else tuple(epoch_day(add_months(first, i)) for i in range(3))
        names = ("start", "middle") if grain == "month" else ("start", "second month", "third month")
        found += [Cut(f"{grain}, {name}", day, low, high) for name, day in zip(names, days, strict=True) if day >= begin]
        first = until
    return tuple(found)


def replay(
    opportunities: Opportunities,
    cut: Cut,
    rng: np.random.Generator,
    draws: int = DRAWS,
    fiscal_start_month: int = 1,
    lift: Mapping[str, float] | None = None,
) -> Replay:
    """Forecast the cut from what was known then, with its comparators, and look up what came. Only reps with a win before."""
    known = opportunities.as_of(cut.now).seen()
    made = forecast(
        known, cut.now, cut.first, cut.until, rng, draws=draws, fiscal_start_month=fiscal_start_month, lift=lift
    )
    use = np.flatnonzero(np.bincount(known.rep[known.won], minlength=len(known.reps)) > 0)
    other = comparators(known, cut, rng, draws)
    at = {name: which for which, name in enumerate(opportunities.reps)}
    same = np.array([at[name] for name in known.reps], dtype=np.int64)
    actual = {name: table[same] for name, table in _totals(opportunities, cut.first, cut.until).items()}
    said, happened = _deals(made, opportunities)
    def of_use(tables: Mapping[str, Floats]) -> dict[str, Floats]:
        return {name: table[use] for name, table in tables.items()}

    return Replay(
        cut, tuple(known.reps[i] for i in use.tolist()), known.team_of_rep[use], of_use(_draws(made, known)),
        of_use(other.bootstrap), of_use(other.average), of_use(other.last), of_use(other.weighted), of_use(actual), said,
        happened,
    )  # fmt: skip


def _deals(made: Forecast, opportunities: Opportunities) -> tuple[Floats, Bools]:
    """The chance that was said of each open deal that wasn't stale, and whether it was won in time."""
    at = {name: which for which, name in enumerate(opportunities.ids)}
    alive = [deal for deal in made.deals if not deal.stale]
    row = np.array([at[deal.opportunity_id] for deal in alive], dtype=np.int64)
    won = opportunities.won[row] & (opportunities.closed[row] < made.until)
    return np.array([deal.chance for deal in alive], dtype=np.float64), won


@dataclass(frozen=True)
class Comparators:
    """What one could say without us, by measure (revenue in cents, wins): (reps, draws) of the bootstrap, else (reps,)."""

    bootstrap: dict[str, Floats]
    average: dict[str, Floats]
    last: dict[str, Floats]
    weighted: dict[str, Floats]


def comparators(known: Opportunities, cut: Cut, rng: np.random.Generator, draws: int = DRAWS) -> Comparators:
    """The comparators of a period's end, all with what is won so far in it, from what was known on the cut's day."""
    so_far = _totals(known, cut.first, cut.now)
    own = own_weeks(known, cut.now)
    days = cut.until - max(cut.first, cut.now)
    length, share = days / 7, days / (cut.until - cut.first)
    picks = rng.random((int(np.ceil(length)), draws))
    weeks = {"revenue": own.cents, "wins": own.wins}
    before = _totals(known, cut.first - (cut.until - cut.first), cut.first)
    pipeline = _weighted(known, cut.now)
    return Comparators(
        {name: so_far[name][:, None] + week_draws(picks, table, own.known, length) for name, table in weeks.items()},
        {name: so_far[name] + _mean(table, own.known) * length for name, table in weeks.items()},
        {name: so_far[name] + before[name] * share for name in weeks},
        {name: so_far[name] + pipeline[name] for name in weeks},
    )


def _draws(made: Forecast, known: Opportunities) -> dict[str, Floats]:
    lines = [made.line("rep", name) for name in known.reps]
    return {"revenue": np.stack([line.revenue.draws for line in lines]), "wins": np.stack([line.wins.draws for line in lines])}


def _totals(opportunities: Opportunities, first: int, until: int) -> dict[str, Floats]:
    some = opportunities.won & (opportunities.closed >= first) & (opportunities.closed < until)
    rep, reps = opportunities.rep[some], len(opportunities.reps)
    cents = np.maximum(opportunities.closing[some], 0).astype(np.float64)
    return {"revenue": tally(rep, reps, cents), "wins": tally(rep, reps)}


def _mean(weeks: Floats, known: Ints) -> Floats:
    inside = np.arange(weeks.shape[1])[None, :] < known[:, None]
    return np.asarray((weeks * inside).sum(axis=1) / np.maximum(known, 1), dtype=np.float64)


def _weighted(known: Opportunities, now: int) -> dict[str, Floats]:
    """What many companies go by: every open deal's amount times the share won of deals closed so far, whenever it may close."""
    closed, row = known.closed < NEVER, np.flatnonzero(known.closed == NEVER)
    rate = float(known.won[closed].mean()) if closed.any() else 0.0
    usual = fit_values(known, now).mean(known.rep[row], known.band[row])
    value = np.where(known.opening[row] != UNKNOWN, known.opening[row], usual)
    rep, reps = known.rep[row], len(known.reps)
    return {"revenue": tally(rep, reps, value * rate), "wins": tally(rep, reps) * rate}


def backtest(
    opportunities: Opportunities,
    days: Sequence[Cut],
    rng: np.random.Generator,
    draws: int = DRAWS,
    fiscal_start_month: int = 1,
) -> tuple[Scores, ...]:
    """Replay each cut and score: by kind, by grain (what stands before the comma of the kind) and level, for both measures."""
    replays = [
        replay(opportunities, cut, own, draws, fiscal_start_month) for cut, own in zip(days, rng.spawn(len(days)), strict=True)
    ]
    return score(replays)


def score(replays: Sequence[Replay], measures: Sequence[str] = ("revenue", "wins")) -> tuple[Scores, ...]:
    """Scores of replays: one for each grain and kind, level and measure."""
    kinds = list(dict.fromkeys(name for one in replays for name in (one.cut.kind.split(",")[0], one.cut.kind)))
    found = []
    for kind in kinds:
        some = [one for one in replays if kind in (one.cut.kind, one.cut.kind.split(",")[0])]
        for level in ("rep", "team", "company"):
            found += [_score(some, kind, level, measure) for measure in measures]
    return tuple(found)


def _score(replays: list[Replay], kind: str, level: str, measure: str) -> Scores:
    def stacked(name: str) -> Floats:
        return np.concatenate([_by(level, one.team, getattr(one, name)[measure]) for one in replays])

    draws, bootstrap, actual = stacked("draws"), stacked("bootstrap"), stacked("actual")
    error = np.abs(np.median(draws, axis=1) - actual).mean()
    spread = crps(draws, actual).mean()

    def ratio(mine: float, other: float) -> float:
        return float(mine / other) if other > 0 else float("nan")

    def against(name: str) -> float:
        return ratio(error, float(np.abs(stacked(name) - actual).mean()))

    return Scores(
        kind, level, measure, len(actual),
        float(covered(draws, actual, LEVEL).mean()), float(inside(draws, actual, LEVEL).mean()),
        float(covered(bootstrap, actual, LEVEL).mean()), float(spread), float(error),
        ratio(spread, float(crps(bootstrap, actual).mean())), against("average"), against("last"), against("weighted"),
    )  # fmt: skip


def _by(level: str, team: Ints, values: Floats) -> Floats:
    """Sums of the reps' rows: their own, by team, or all."""
    if level == "rep":
        return values
    group = team if level == "team" else np.zeros(len(team), dtype=np.int64)
    return np.stack([values[group == which].sum(axis=0) for which in np.unique(group)])
