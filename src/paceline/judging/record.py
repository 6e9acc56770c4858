"""How often are we wrong? Predictions are kept in the store when they are made, and scored when the outcome is known.

``prediction``          what was said: one row a prediction of a day, never rewritten
``prediction_outcome``  what came, once: one row a prediction whose outcome is known

Both only ever grow. A prediction made again on the same day is stored once: the first stays. One about a day long past, or about
a period that is over, is hindsight and isn't kept; ``paceline backtest`` is for those.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from paceline.metrics.ask import ask
from paceline.metrics.store import Store
from paceline.sales.periods import Period, epoch_day, from_epoch_day
from paceline.sales.scope import Scope
from paceline.stats.scores import quantile_crps
from paceline.warehouse.engine import Engine
from paceline.warehouse.store import ibis_table

Floats = npt.NDArray[np.float64]

PREDICTIONS, OUTCOMES = "prediction", "prediction_outcome"
LEVELS = tuple(round(0.025 + 0.05 * step, 3) for step in range(20))  # of the quantiles that stand for a distribution
SHARE = 0.8  # of the interval, unless said
NO_END = 2_000_000  # ``until`` of a prediction that ends with its outcome, whenever that is
GRACE_DAYS = 3  # after a period's end: what happened in its last days may not be in the records yet
CHANCES = ("goal chance", "win chance")  # kinds whose ``point`` is a chance and whose outcome is 0 or 1
CALLS = {"commit": "commit call", "best_case": "best case call", "pipeline": "pipeline call"}  # reps' own, by category → kind
METRIC_KINDS = ("forecast", "goal chance", *CALLS.values())  # kinds whose outcome a metric's reading tells
_LATEST_DAYS = 1  # a prediction as of an earlier day than this before it is made is hindsight
_DAY = 86_400

_PREDICTION_SCHEMA = pa.schema([
    ("id", pa.string()), ("made_at", pa.int64()), ("as_of", pa.int32()), ("kind", pa.string()), ("level", pa.string()),
    ("name", pa.string()), ("metric", pa.string()), ("first", pa.int32()), ("until", pa.int32()), ("point", pa.float64()),
    ("low", pa.float64()), ("high", pa.float64()), ("share", pa.float64()), ("quantiles", pa.string()), ("target", pa.float64()),
    ("own_average", pa.float64()), ("last_period", pa.float64()), ("weighted_pipeline", pa.float64()),
    ("own_weeks", pa.string()), ("said", pa.string())])  # fmt: skip
_OUTCOME_SCHEMA = pa.schema(
    [("id", pa.string()), ("settled_at", pa.int64()), ("actual", pa.float64()), ("inside", pa.bool_()), ("crps", pa.float64())]
)


@dataclass(frozen=True)
class Baselines:
    """What one could have said without us, in the prediction's unit; None where there was nothing to say it from."""

    own_average: float | None = None
    last_period: float | None = None
    weighted_pipeline: float | None = None
    own_weeks: tuple[float, ...] = ()  # quantiles at ``LEVELS`` of the own weeks resampled


@dataclass(frozen=True)
class Prediction:
    """One thing said about one subject. Values are in the metric's unit as readings have it (money in whole units).

    ``kind``: forecast, goal chance, win chance, ramp, ramp flag, coaching, or one of ``CALLS`` (a rep's own word). ``as_of``: the
    last day that was looked at. ``level`` and ``name``: company and "", team, rep and its id, deal and its id. ``first <= day <
    until``: what it is about (``NO_END``: ends with the outcome). ``point``: the middle, or the chance of a kind in ``CHANCES``.
    ``quantiles``: at ``LEVELS``, of the whole distribution, or none. ``target``: of a goal chance.
    """

    kind: str
    as_of: int
    level: str
    name: str
    metric: str
    first: int
    until: int
    point: float | None
    low: float | None = None
    high: float | None = None
    share: float = SHARE
    quantiles: tuple[float, ...] = ()
    target: float | None = None
    baselines: Baselines = Baselines()
    said: str = ""

    @property
    def id(self) -> str:
        """The same for the same thing said on the same day, and for nothing else."""
        key = json.dumps([self.kind, self.as_of, self.level, self.name, self.metric, self.first, self.until])
        return blake2b(key.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Kept:
    """A stored prediction; ``actual`` and the rest are None while the outcome isn't known. ``crps`` needs quantiles."""

    prediction: Prediction
    made_at: int
    actual: float | None = None
    settled_at: int | None = None
    inside: bool | None = None
    crps: float | None = None


def summary(draws: Floats) -> tuple[float, ...]:
    """The quantiles at ``LEVELS`` of draws (any shape): what is stored of a distribution."""
    return tuple(float(value) for value in np.quantile(draws, LEVELS))


def keep(engine: Engine, predictions: Iterable[Prediction], made_at: int) -> int:
    """Store what isn't stored yet; how many were. ``made_at``: epoch seconds (a Store's ``now``). Hindsight isn't kept."""
    today = made_at // _DAY
    fresh = {one.id: one for one in predictions if one.as_of >= today - _LATEST_DAYS and one.until > one.as_of}
    if not fresh:
        return 0
    _prepare(engine)
    days = [one.as_of for one in fresh.values()]
    with engine.transaction():
        stored = ibis_table(PREDICTIONS, _PREDICTION_SCHEMA)
        there = engine.query(stored.filter(stored.as_of >= min(days), stored.as_of <= max(days)).select("id"))
        for known in there["id"].to_pylist():
            fresh.pop(known, None)
        if fresh:
            rows = [_row(one, made_at) for one in fresh.values()]
            engine.append(PREDICTIONS, pa.Table.from_pylist(rows, schema=_PREDICTION_SCHEMA))
    return len(fresh)


def kept(engine: Engine, kind: str | None = None, metric: str | None = None, *, settled: bool | None = None) -> tuple[Kept, ...]:
    """Every stored prediction (of a kind, of a metric) with its outcome, oldest first; none of a store that has none.

    ``settled``: only those whose outcome is known (True), or isn't yet (False).
    """
    if not {PREDICTIONS, OUTCOMES} <= engine.tables():
        return ()
    said, came = ibis_table(PREDICTIONS, _PREDICTION_SCHEMA), ibis_table(OUTCOMES, _OUTCOME_SCHEMA)
    if kind is not None:
        said = said.filter(said.kind == kind)
    if metric is not None:
        said = said.filter(said.metric == metric)
    both = said.left_join(came, "id").drop("id_right")
    if settled is not None:
        both = both.filter(both.actual.notnull() if settled else both.actual.isnull())
    rows = engine.query(both).to_pylist()
    return tuple(_kept(row) for row in sorted(rows, key=lambda row: (row["as_of"], row["made_at"], row["id"])))


def settle(store: Store, now: int) -> int:
    """Write down the outcomes known by ``now`` (epoch seconds): of what metrics tell, and of deals won or lost. How many."""
    waiting = [one.prediction for one in kept(store.engine, settled=False)]
    over = [one for one in waiting if one.until + GRACE_DAYS <= now // _DAY and one.kind in METRIC_KINDS]
    found = _readings(store, over) | _deals(store, [one for one in waiting if one.kind == "win chance"])
    return write_outcomes(store.engine, {one.id: one for one in waiting}, found, now)


def settle_with(engine: Engine, outcomes: Mapping[str, float], now: int) -> int:
    """Write down outcomes that no metric tells (a signal confirmed: 1, dismissed: 0), by prediction id. How many were new."""
    waiting = {one.prediction.id: one.prediction for one in kept(engine, settled=False)}
    return write_outcomes(engine, waiting, outcomes, now)


def write_outcomes(engine: Engine, waiting: Mapping[str, Prediction], outcomes: Mapping[str, float], now: int) -> int:
    """Store the outcomes of predictions that wait for one; others are left alone."""
    rows = [_outcome(waiting[name], actual, now) for name, actual in outcomes.items() if name in waiting]
    if rows:
        engine.append(OUTCOMES, pa.Table.from_pylist(rows, schema=_OUTCOME_SCHEMA))
    return len(rows)


def _prepare(engine: Engine) -> None:
    there = engine.tables()
    for name, schema in ((PREDICTIONS, _PREDICTION_SCHEMA), (OUTCOMES, _OUTCOME_SCHEMA)):
        if name not in there:
            engine.put(name, schema.empty_table())
            engine.index(name, ("id",))


def _readings(store: Store, over: Sequence[Prediction]) -> dict[str, float]:
    """What came of each metric, asked once for each period and level; a goal chance: 1 if the target was reached, else 0."""
    asked: dict[tuple[str, int, int, str], list[Prediction]] = {}
    for one in over:
        if one.metric in store.catalog and one.level in ("company", "team", "rep"):
            asked.setdefault((one.metric, one.first, one.until, one.level), []).append(one)
    found: dict[str, float] = {}
    for (metric, first, until, level), some in asked.items():
        period = Period.between(from_epoch_day(first), from_epoch_day(until))
        cut = () if level == "company" else (level,)
        readings = ask(store, metric, Scope.company(), period, cut, mean_of_reps=False)
        values = {dict(reading.group).get(level) or "": reading.value for reading in readings}
        for one in some:
            value = values.get(one.name)
            if value is not None:
                found[one.id] = float(value >= one.target) if one.kind == "goal chance" and one.target is not None else value
    return found


def _deals(store: Store, waiting: Sequence[Prediction]) -> dict[str, float]:
    """Which deals were won (1) or lost (0) since; those still open are left out."""
    if not waiting:
        return {}
    deals = store.view().frame.fact("opportunity")
    rows = store.engine.query(deals.select("opportunity_id", "won_day", "lost_day")).to_pylist()
    today = epoch_day(store.view().day)
    closed: dict[str, tuple[int, bool]] = {}
    for row in rows:
        day = row["won_day"] if row["won_day"] is not None else row["lost_day"]
        if day is not None and day <= today:
            closed[row["opportunity_id"]] = (day, row["won_day"] is not None)
    found = {}
    for one in waiting:
        day, won = closed.get(one.name, (NO_END, False))
        if day < one.until:
            found[one.id] = float(won)
        elif one.until + GRACE_DAYS <= today:
            found[one.id] = 0.0  # not won in the time it was about
    return found


def _outcome(one: Prediction, actual: float, now: int) -> dict[str, Any]:
    inside = None if one.low is None or one.high is None else one.low <= actual <= one.high
    crps = quantile_crps(np.array([one.quantiles]), np.array([actual])) if one.quantiles else None
    return {"id": one.id, "settled_at": now, "actual": float(actual), "inside": inside,
            "crps": None if crps is None else float(crps[0])}  # fmt: skip


def _row(one: Prediction, made_at: int) -> dict[str, Any]:
    return {
        "id": one.id, "made_at": made_at, "as_of": one.as_of, "kind": one.kind, "level": one.level, "name": one.name,
        "metric": one.metric, "first": one.first, "until": one.until, "point": one.point, "low": one.low, "high": one.high,
        "share": one.share, "quantiles": _text(one.quantiles), "target": one.target, "own_average": one.baselines.own_average,
        "last_period": one.baselines.last_period, "weighted_pipeline": one.baselines.weighted_pipeline,
        "own_weeks": _text(one.baselines.own_weeks), "said": one.said,
    }  # fmt: skip


def _kept(row: Mapping[str, Any]) -> Kept:
    baselines = Baselines(row["own_average"], row["last_period"], row["weighted_pipeline"], _numbers(row["own_weeks"]))
    said = Prediction(
        row["kind"], row["as_of"], row["level"], row["name"], row["metric"], row["first"], row["until"], row["point"],
        row["low"], row["high"], row["share"], _numbers(row["quantiles"]), row["target"], baselines, row["said"] or "",
    )  # fmt: skip
    return Kept(said, row["made_at"], row["actual"], row["settled_at"], row["inside"], row["crps"])


def _text(numbers: Sequence[float]) -> str | None:
    """Numbers as one text: engines have no list of numbers in common. Six digits tell a quantile well enough."""
    return " ".join(f"{number:.6g}" for number in numbers) or None


def _numbers(text: str | None) -> tuple[float, ...]:
    return tuple(float(word) for word in (text or "").split())
