"""How good the forecasts would have been: a store's (or a file's) history replayed as of past days, without looking ahead.

backtest_store(store, grain, metric) → Backtested    backtest_opportunities(opportunities, grain) → Backtested
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from paceline.insight.backtest import Cut, Replay, Scores, cuts, replay, score
from paceline.insight.backtest_counts import MEASURE, count_cuts, replay_counts
from paceline.insight.pipeline import NEVER, Opportunities
from paceline.judging.forecast import OF_DEALS, adding_up, learned
from paceline.judging.forecast_counts import day_rows, open_between
from paceline.judging.pipeline import Pipeline, first_unknown_day
from paceline.judging.winchance import Chances, win_chances
from paceline.metrics.store import Store, View, day_start
from paceline.sales.periods import from_epoch_day
from paceline.saying.said import Said, say
from paceline.stats.scores import ReliabilityBin, auc, brier, calibration_error, reliability

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DRAWS = 500
FEWEST = 30  # outcomes below which nothing is said of how often it holds
_RESOLVED = 0.9  # of the deals open on a day that must be closed by now, for their chances to be scored
_SEED = 1
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Reliability:
    """Chances held against what happened. ``what``: won in time, or won at all; ``error``: mean distance by tenths."""

    what: str
    n: int
    error: float
    brier: float
    base_brier: float  # of the share that happened, said of all
    auc: float
    table: tuple[ReliabilityBin, ...]


@dataclass(frozen=True)
class CallScore:
    """Reps' own calls of a category held against what came, and our middle of the same periods, as of the same days."""

    category: str
    n: int
    reached: float  # share of calls whose amount was reached
    mae: float  # cents
    our_mae: float


@dataclass(frozen=True)
class Backtested:
    """The table of a replayed history. ``none_because``: why there is nothing to replay. ``modes``: of the win chance, by day."""

    grain: str
    metric: str
    days: int
    scores: tuple[Scores, ...]
    in_time: Reliability | None
    at_all: Reliability | None
    modes: tuple[tuple[date, str], ...]
    calls: tuple[CallScore, ...]
    none_because: Said | None = None


def backtest_store(
    store: Store, grain: str, metric: str = "revenue", *, draws: int = DRAWS, tell: Tell = lambda _: None
) -> Backtested:
    """Replay a store's history by month or quarter. ForecastError for a metric that can't be foretold, ValueError for a grain."""
    adding_up(store, metric)
    if metric not in OF_DEALS:
        return _of_counts(store, grain, metric, draws, tell)
    now = first_unknown_day(store)
    read, _ = learned(store, now)
    days = [cut for cut in _cuts(read.opportunities(now), grain, store.settings.fiscal_start_month) if cut.until <= now]
    done = replay_days(read, days, draws, store.settings.fiscal_start_month, tell)
    replays = [one for one, _ in done]
    said = [_at_all(read, {name: chance.chance for name, chance in chances.of_deal.items()}) for _, chances in done]
    modes = tuple((from_epoch_day(one.cut.now), chances.model.mode) for one, chances in done)
    return _scored(grain, metric, replays, said, modes, _calls(store.view(), replays))


def replay_days(
    read: Pipeline, days: Sequence[Cut], draws: int = DRAWS, fiscal_start_month: int = 1, tell: Tell = lambda _: None
) -> list[tuple[Replay, Chances]]:
    """Each day's forecast and win chances from what was known then, and what came."""
    done = []
    for number, (cut, rng) in enumerate(zip(days, np.random.default_rng(_SEED).spawn(len(days)), strict=True), start=1):
        tell(f"Replaying {from_epoch_day(cut.now)}, {number} of {len(days)}…")
        known = read.opportunities(cut.now)
        chances = win_chances(read, cut.now, known)
        if not chances.amounts:
            known = read.opportunities(cut.now, amounts=False)
        made = replay(known, cut, rng, draws, fiscal_start_month, chances.lifts)
        done.append((made, chances))
    return done


def backtest_opportunities(
    opportunities: Opportunities, grain: str, *, draws: int = DRAWS, fiscal_start_month: int = 1, tell: Tell = lambda _: None
) -> Backtested:
    """Replay a plain table of opportunities. ValueError for another grain than month or quarter."""
    days = _cuts(opportunities, grain, fiscal_start_month)
    replays = []
    for number, (cut, rng) in enumerate(zip(days, np.random.default_rng(_SEED).spawn(len(days)), strict=True), start=1):
        tell(f"Replaying {from_epoch_day(cut.now)}, {number} of {len(days)}…")
        replays.append(replay(opportunities, cut, rng, draws, fiscal_start_month))
    return _scored(grain, "revenue", replays, [], (), ())


def _cuts(opportunities: Opportunities, grain: str, fiscal_start_month: int) -> tuple[Cut, ...]:
    """Those of the insight, of days before which anything was won."""
    won = opportunities.closed[opportunities.won]
    first = int(won.min()) if len(won) else NEVER
    return tuple(cut for cut in cuts(opportunities, grain, fiscal_start_month) if cut.now > first)


def _of_counts(store: Store, grain: str, metric: str, draws: int, tell: Tell) -> Backtested:
    now = first_unknown_day(store)
    tell("Adding up…")
    rows = day_rows(store, metric, now)
    days = count_cuts(min(rows["day"], default=now), now, grain, store.settings.fiscal_start_month)
    open_days = open_between(store, min((cut.now for cut in days), default=now), now)
    left = {stint.rep_id: stint.left_day for stint in store.view().stints if stint.left_day is not None}
    replays = []
    for number, (cut, rng) in enumerate(zip(days, np.random.default_rng(_SEED).spawn(len(days)), strict=True), start=1):
        tell(f"Replaying {from_epoch_day(cut.now)}, {number} of {len(days)}…")
        replays.append(replay_counts(rows, cut, rng, draws, open_days, left))
    return _scored(grain, metric, replays, [], (), ())


def _scored(
    grain: str, metric: str, replays: Sequence[Replay], said: Sequence[tuple[Floats, Bools]],
    modes: tuple[tuple[date, str], ...], calls: tuple[CallScore, ...],
) -> Backtested:  # fmt: skip
    some = [one for one in replays if len(one.reps)]
    if not some:
        because = say("no period is over that began three months or more after the first close (or the first value) seen")
        return Backtested(grain, metric, 0, (), None, None, modes, (), because)
    measures = {"revenue": ("revenue", "wins"), "sales_volume": ("wins", "revenue")}.get(metric, (MEASURE,))
    in_time = reliable("won in time", [(one.deal_said, one.deal_won) for one in some])
    return Backtested(grain, metric, len(some), score(some, measures), in_time, reliable("won at all", said), modes, calls)


def reliable(what: str, said: Sequence[tuple[Floats, Bools]]) -> Reliability | None:
    """The reliability of chances; None of fewer than ``FEWEST``."""
    chance = np.concatenate([one for one, _ in said]) if said else np.zeros(0)
    won = np.concatenate([one for _, one in said]) if said else np.zeros(0, dtype=np.bool_)
    if len(chance) < FEWEST:
        return None
    table = reliability(chance, won)
    base = np.full(len(won), won.mean())
    return Reliability(what, len(won), calibration_error(table), brier(chance, won), brier(base, won), auc(chance, won), table)


def _at_all(read: Pipeline, said: dict[str, float]) -> tuple[Floats, Bools]:
    """Chances and outcomes of the deals open on a day; none if too many are open still: the quick ones aren't like them."""
    closed = [row for row in read.deals if row["opportunity_id"] in said and row["closed_day"] is not None]
    if len(closed) < _RESOLVED * len(said):
        return np.zeros(0), np.zeros(0, dtype=np.bool_)
    return np.array([said[row["opportunity_id"]] for row in closed]), np.array([row["won"] for row in closed], dtype=np.bool_)


def _calls(view: View, replays: Sequence[Replay]) -> tuple[CallScore, ...]:
    """Each rep's last call of exactly the period, said before the replayed day began, beside our middle of that day."""
    said = view.frame.fact("forecast")
    rows = view.engine.query(said.select("rep_id", "from_day", "until_day", "category", "amount_cents", "at")).to_pylist()
    rows = sorted((row for row in rows if row["amount_cents"] is not None), key=lambda row: row["at"])
    found: dict[str, list[tuple[float, float, float]]] = {}
    for one in replays:
        start = day_start(from_epoch_day(one.cut.now), view.settings)
        latest = {
            (row["rep_id"], row["category"]): float(row["amount_cents"])
            for row in rows
            if (row["from_day"], row["until_day"]) == (one.cut.first, one.cut.until) and row["at"] < start
        }
        middle = np.median(one.draws["revenue"], axis=1)
        for which, rep in enumerate(one.reps):
            for category in ("commit", "best_case"):
                if (rep, category) in latest:
                    came = float(one.actual["revenue"][which])
                    found.setdefault(category, []).append((latest[rep, category], came, float(middle[which])))
    return tuple(_call_score(category, np.array(some)) for category, some in found.items())


def _call_score(category: str, some: Floats) -> CallScore:
    said, came, ours = some.T
    return CallScore(
        category, len(some), float((came >= said).mean()), float(np.abs(said - came).mean()), float(np.abs(ours - came).mean())
    )
