"""The track record: how often what was said held, against what could have been said without us."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from paceline.judging.record import CALLS, CHANCES, Kept, Prediction, kept
from paceline.saying.said import NOTHING, Said, joined, say, say_many
from paceline.saying.values import Number
from paceline.stats.scores import ReliabilityBin, covered, quantile_crps
from paceline.warehouse.engine import Engine

Floats = npt.NDArray[np.float64]

FEWEST = 30  # outcomes: below it, nothing is said of how often it holds
_BINS = 10


@dataclass(frozen=True)
class Track:
    """The record of a kind of prediction. ``n`` counts outcomes: what was said of one on several days weighs as one together.

    None: not known, or too few outcomes. ``coverage`` of intervals that said ``share``; CRPS and mean absolute errors (of the
    median) as ratios to those of the baselines, below 1 is better; Brier score and reliability of chances.
    """

    kind: str
    metric: str | None
    level: str | None
    n: int
    waiting: int  # predictions whose outcome isn't known yet
    share: float | None = None
    coverage: float | None = None
    crps_to_own_weeks: float | None = None
    crps_to_average: float | None = None
    mae_to_average: float | None = None
    mae_to_last_period: float | None = None
    mae_to_weighted_pipeline: float | None = None
    brier: float | None = None
    base_brier: float | None = None
    reliability: tuple[ReliabilityBin, ...] = ()
    happened: float | None = None  # share of outcomes that were 1, of kinds whose outcome is yes or no; of calls: those reached
    mae: float | None = None  # of reps' own calls, in the metric's unit
    mae_to_ours: float | None = None  # the same ÷ the error of our middle of the same days; above 1: ours was nearer

    @property
    def enough(self) -> bool:
        """Whether there are outcomes enough to say anything."""
        return self.n >= FEWEST

    @property
    def sentence(self) -> Said:
        """The record in words: "said 80 %, were 79 % of 412"."""
        if not self.enough:
            return self._too_few()
        n = self.n
        if self.mae is not None and self.happened is not None:
            reached = say("{share} of {n} calls were reached.", share=Number(self.happened, ".0%"), n=n)
            if self.mae_to_ours is None:
                return reached
            ratio = Number(self.mae_to_ours, ".2f")
            return joined([reached, say("Their error was {ratio} of our middle's.", ratio=ratio)])
        if self.coverage is not None and self.share is not None:
            told, were = Number(self.share, ".0%"), Number(self.coverage, ".0%")
            return joined([say("Said {share}, were {were} of {n}.", share=told, were=were, n=n), self._beaten()])
        if self.brier is not None and self.base_brier is not None:
            ours, base = Number(self.brier, ".3f"), Number(self.base_brier, ".3f")
            if self.brier < self.base_brier:
                return say("Of {n} chances: squared error {ours}, better than the base rate's {base}.", n=n, ours=ours, base=base)
            return say("Of {n} chances: squared error {ours}, no better than the base rate's {base}.", n=n, ours=ours, base=base)
        if self.happened is not None:
            return say("{share} of {n} were confirmed.", share=Number(self.happened, ".0%"), n=n)
        return say("{n} outcomes are known.", n=n)

    def _too_few(self) -> Said:
        if not self.n:
            return say("Too few to say how often we are wrong: no outcome is known yet, it takes {needs}.", needs=FEWEST)
        return say_many(
            "Too few to say how often we are wrong: {number} outcome is known yet, it takes {needs}.",
            "Too few to say how often we are wrong: {number} outcomes are known yet, it takes {needs}.", self.n, needs=FEWEST,
        )  # fmt: skip

    def _beaten(self) -> Said:
        parts = []
        if self.mae_to_average is not None:
            parts.append(say("{ratio} of the own average's", ratio=Number(self.mae_to_average, ".2f")))
        if self.mae_to_last_period is not None:
            parts.append(say("{ratio} of the last period's", ratio=Number(self.mae_to_last_period, ".2f")))
        if self.mae_to_weighted_pipeline is not None:
            parts.append(say("{ratio} of the weighted pipeline's", ratio=Number(self.mae_to_weighted_pipeline, ".2f")))
        return say("Error: {parts}.", parts=joined(parts, ", ")) if parts else NOTHING


def scores(engine: Engine, kind: str | None = None, metric: str | None = None, by_level: bool = False) -> tuple[Track, ...]:
    """The track record of each kind (or of one) and metric that predictions are kept of; ``by_level`` parts levels, too."""
    groups: dict[tuple[str, str, str | None], list[Kept]] = {}
    for one in kept(engine, kind, metric):
        said = one.prediction
        groups.setdefault((said.kind, said.metric, said.level if by_level else None), []).append(one)
    ours = middles(kept(engine, "forecast", metric, settled=True)) if kind is None or kind in CALLS.values() else {}
    return tuple(track(some, *key, ours=ours) for key, some in sorted(groups.items(), key=lambda item: tuple(map(str, item[0]))))


Key = tuple[int, str, str, str, int, int]


def middles(forecasts: Iterable[Kept]) -> dict[Key, float]:
    """The middle of each of our forecasts, by what it is about and the day it was made: what reps' own calls are held beside."""
    points = ((_key(one.prediction), one.prediction.point) for one in forecasts)
    return {key: point for key, point in points if point is not None}


def _key(one: Prediction) -> Key:
    return one.as_of, one.level, one.name, one.metric, one.first, one.until


def track(
    some: Iterable[Kept],
    kind: str,
    metric: str | None = None,
    level: str | None = None,
    *,
    ours: Mapping[Key, float] | None = None,
) -> Track:
    """The record of these predictions, which should be of one kind and in one unit.

    ``ours``: what reps' own calls are held beside, see ``middles``.
    """
    some = list(some)
    known = [one for one in some if one.actual is not None]
    outcomes = Counter(_about(one) for one in known)
    weight = np.array([1 / outcomes[_about(one)] for one in known])
    n, waiting = len(outcomes), len(some) - len(known)
    if n < FEWEST:
        return Track(kind, metric, level, n, waiting)
    actual = np.array([one.actual for one in known], dtype=np.float64)
    if kind in CHANCES:
        return _of_chances(Track(kind, metric, level, n, waiting), known, actual, weight)
    if kind in CALLS.values():
        return _of_calls(Track(kind, metric, level, n, waiting), known, actual, weight, ours or {})
    if all(one.inside is None for one in known):
        happened = float(weight @ actual / weight.sum()) if set(actual.tolist()) <= {0.0, 1.0} else None
        return Track(kind, metric, level, n, waiting, happened=happened)
    return _of_intervals(Track(kind, metric, level, n, waiting), known, actual, weight)


def _about(one: Kept) -> tuple[str, str, str, int, int, float | None]:
    """What an outcome belongs to, whenever it was spoken of."""
    said = one.prediction
    return said.level, said.name, said.metric, said.first if said.level != "deal" else 0, said.until, said.target


def _of_calls(base: Track, known: Sequence[Kept], actual: Floats, weight: Floats, ours: Mapping[Key, float]) -> Track:
    said = np.array([_or_nan(one.prediction.point) for one in known])
    middle = np.array([_or_nan(ours.get(_key(one.prediction))) for one in known])
    error, some = np.abs(said - actual), ~np.isnan(said)
    total = float(weight[some].sum())
    return replace(
        base, happened=float(weight[some] @ (actual >= said)[some] / total), mae=float(weight[some] @ error[some] / total),
        mae_to_ours=_ratio(error, np.abs(middle - actual), weight),
    )  # fmt: skip


def _of_intervals(base: Track, known: Sequence[Kept], actual: Floats, weight: Floats) -> Track:
    held = np.array([np.nan if one.inside is None else _held(one, float(a)) for one, a in zip(known, actual, strict=True)])
    some = ~np.isnan(held)
    share = np.array([one.prediction.share for one in known])
    point = np.array([np.nan if one.prediction.point is None else one.prediction.point for one in known])
    own = [one.prediction.baselines.own_weeks for one in known]
    crps = np.array([np.nan if one.crps is None else one.crps for one in known])
    weeks = np.array([_crps(quantiles, float(came)) for quantiles, came in zip(own, actual, strict=True)])
    error = np.abs(point - actual)
    average, last, pipeline = (
        np.abs(np.array([_or_nan(getattr(one.prediction.baselines, name)) for one in known]) - actual)
        for name in ("own_average", "last_period", "weighted_pipeline")
    )
    return Track(
        base.kind, base.metric, base.level, base.n, base.waiting,
        float(weight[some] @ share[some] / weight[some].sum()), float(weight[some] @ held[some] / weight[some].sum()),
        _ratio(crps, weeks, weight), _ratio(crps, average, weight), _ratio(error, average, weight), _ratio(error, last, weight),
        _ratio(error, pipeline, weight),
    )  # fmt: skip


def _held(one: Kept, actual: float) -> float:
    """Inside or not; on an edge in part, where the distribution is known (counts have ties, see ``covered``)."""
    said = one.prediction
    if said.quantiles and actual in (said.low, said.high):
        return float(covered(np.array([said.quantiles]), np.array([actual]), said.share)[0])
    return float(bool(one.inside))


def _crps(quantiles: tuple[float, ...], actual: float) -> float:
    return float(quantile_crps(np.array([quantiles]), np.array([actual]))[0]) if quantiles else float("nan")


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def _ratio(mine: Floats, other: Floats, weight: Floats) -> float | None:
    """Weighted mean error ÷ that of the baseline, over predictions that have both."""
    both = ~np.isnan(mine) & ~np.isnan(other)
    below = float(weight[both] @ other[both])
    return float(weight[both] @ mine[both]) / below if below > 0 else None


def _of_chances(base: Track, known: Sequence[Kept], actual: Floats, weight: Floats) -> Track:
    said = np.array([_or_nan(one.prediction.point) for one in known])
    some = ~np.isnan(said)
    said, actual, weight = said[some], actual[some], weight[some]
    rate = float(weight @ actual / weight.sum())
    order = np.argsort(said, kind="stable")
    upto = np.cumsum(weight[order]) - weight[order] / 2
    place = np.minimum((upto / weight.sum() * _BINS).astype(np.int64), _BINS - 1)
    bins = []
    for which in np.unique(place).tolist():
        mine = order[place == which]
        total = float(weight[mine].sum())
        bins.append(
            ReliabilityBin(
                max(round(total), 1), float(weight[mine] @ said[mine]) / total, float(weight[mine] @ actual[mine]) / total
            )
        )
    return Track(
        base.kind, base.metric, base.level, base.n, base.waiting, brier=float(weight @ (said - actual) ** 2 / weight.sum()),
        base_brier=rate * (1 - rate), reliability=tuple(bins), happened=rate,
    )  # fmt: skip
