"""How often are we wrong? What was said here, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Answer, Shape, instant, number
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.question import Query
from paceline.insight.backtest import Scores
from paceline.judging.forecast import ForecastError
from paceline.judging.record_all import KindRecord
from paceline.judging.record_scores import Track
from paceline.judging.told import Verdicts
from paceline.metrics.store import Store
from paceline.pages.dashboards.later import NotYetError
from paceline.pages.plan.accuracy_views import recorded, replayed
from paceline.stats.scores import ReliabilityBin


class Bin(Shape):
    """Chances of about the same height: what was said on average, and how often it happened."""

    n: int
    said: float | None
    happened: float | None


class Scored(Shape):
    """The record of a kind of prediction, of a metric (null: all), of a level (null: all). Null: not known, or too few outcomes.

    Ratios are to errors of what one could have said without us: below 1 is better.
    """

    metric: str | None
    level: str | None = Field(description="company, team, rep or deal.")
    n: int = Field(description="Outcomes.")
    waiting: int = Field(description="Predictions whose outcome isn't known yet.")
    enough: bool = Field(description="Whether there are outcomes enough to say anything.")
    said: float | None = Field(description="How often the range was to hold the outcome.")
    held: float | None = Field(description="How often it did.")
    happened: float | None
    crps_to_own_weeks: float | None
    crps_to_average: float | None
    error_to_average: float | None
    error_to_last_period: float | None
    error_to_weighted_pipeline: float | None
    brier: float | None
    brier_of_base_rate: float | None
    reliability: list[Bin]
    sentence: str


class Kind(Shape):
    """All predictions of a kind."""

    kind: str
    made: int
    settled: int
    first: date | None
    last: date | None
    due: date | None = Field(description="When another outcome may be known; null: when it ends, or none is waited for.")
    scores: list[Scored]


class Cards(Shape):
    """What people said of the changes that were told."""

    metric: str | None = Field(description="Null: of all.")
    told: int
    confirmed: int
    dismissed: int
    share_confirmed: float | None = Field(description="Of those judged; null: none was.")
    sentence: str


class Replayed(Shape):
    """What would have been said, had we been there: by kind and level."""

    kind: str
    level: str
    measure: str
    n: int
    held: float | None = Field(description="How often the 8 in 10 range held the outcome.")
    error_to_average: float | None
    error_to_last_period: float | None
    error_to_weighted_pipeline: float | None


class AccuracyAnswer(Answer):
    """The record of everybody together; it names nobody."""

    made: int
    settled: int
    kinds: list[Kind]
    alarms: Cards
    praise: Cards
    cards: list[Cards] = Field(description="Both, by metric.")
    replay: list[Replayed] = Field(description="The company's own history, replayed.")
    no_replay_because: str | None


def accuracy(caller: Caller, query: Query) -> AccuracyAnswer:  # noqa: ARG001
    """The track record."""
    store = caller.door("see_accuracy").store
    record = recorded(store)
    replay, why = _replay(store)
    return AccuracyAnswer(
        as_of=instant(store.now), link=caller.link(reverse("accuracy")), made=record.made, settled=record.settled,
        kinds=[_kind(one) for one in record.kinds], alarms=_cards(None, record.alarms), praise=_cards(None, record.praise),
        cards=[_cards(one.metric, one.verdicts) for one in record.cards], replay=replay, no_replay_because=why,
    )  # fmt: skip


def _kind(of: KindRecord) -> Kind:
    return Kind(
        kind=of.kind, made=of.made, settled=of.settled, first=of.first, last=of.last, due=of.due,
        scores=[_score(one) for one in (*of.tracks, *of.levels)],
    )  # fmt: skip


def _score(of: Track) -> Scored:
    return Scored(
        metric=of.metric, level=of.level, n=of.n, waiting=of.waiting, enough=of.enough, said=number(of.share),
        held=number(of.coverage), happened=number(of.happened), crps_to_own_weeks=number(of.crps_to_own_weeks),
        crps_to_average=number(of.crps_to_average), error_to_average=number(of.mae_to_average),
        error_to_last_period=number(of.mae_to_last_period), error_to_weighted_pipeline=number(of.mae_to_weighted_pipeline),
        brier=number(of.brier), brier_of_base_rate=number(of.base_brier), reliability=_bins(of.reliability),
        sentence=str(of.sentence),
    )  # fmt: skip


def _bins(bins: Iterable[ReliabilityBin]) -> list[Bin]:
    return [Bin(n=one.n, said=number(one.said), happened=number(one.happened)) for one in bins]


def _cards(metric: str | None, of: Verdicts) -> Cards:
    return Cards(metric=metric, told=of.told, confirmed=of.confirmed, dismissed=of.dismissed, share_confirmed=number(of.share),
                 sentence=str(of.sentence))  # fmt: skip


def _replay(store: Store) -> tuple[list[Replayed], str | None]:
    try:
        found = replayed(store)
    except NotYetError:
        return [], "the own history is being replayed: ask again in a minute"
    except (ForecastError, ValueError) as error:
        return [], str(error)
    because = None if found.none_because is None else str(found.none_because)
    return [_score_of_replay(one) for one in found.scores], because


def _score_of_replay(of: Scores) -> Replayed:
    return Replayed(
        kind=of.kind, level=of.level, measure=of.measure, n=of.n, held=number(of.coverage),
        error_to_average=number(of.mae_to_average), error_to_last_period=number(of.mae_to_last_period),
        error_to_weighted_pipeline=number(of.mae_to_weighted_pipeline),
    )  # fmt: skip


OPERATIONS = (
    Operation("api_accuracy", "accuracy", "see_accuracy", "How often forecasts, chances and alarms were wrong.",
              Query, AccuracyAnswer, accuracy),
)  # fmt: skip
