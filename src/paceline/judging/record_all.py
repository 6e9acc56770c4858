"""How often are we wrong? The whole record in one value: every kind of prediction, and the cards that were told.

track_record(engine, …) → TrackRecord    settle_all(store) → how many outcomes became known
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date

from paceline.judging.coaching import KIND as COACHING
from paceline.judging.coaching import ActionPlan, effects, settle_plans, why_not
from paceline.judging.ramp import settle_ramps
from paceline.judging.record import CALLS, GRACE_DAYS, NO_END, Kept, kept, settle
from paceline.judging.record_scores import Track, middles, track
from paceline.judging.told import Told, Verdicts, told_cards, verdicts
from paceline.metrics.store import Store
from paceline.sales.periods import from_epoch_day
from paceline.saying.said import Said, say
from paceline.saying.values import Day
from paceline.warehouse.engine import Engine

KINDS = ("forecast", *CALLS.values(), "goal chance", "win chance", "ramp", "ramp flag", COACHING)
LATEST = 20


@dataclass(frozen=True)
class KindRecord:
    """All predictions of a kind: so many made and settled, on which days the first and the last were made.

    ``due``: the first day on which another outcome may be known; None: none is waited for, or it ends when it ends (a deal).
    ``tracks``: the scores by metric; ``levels``: by metric and level (company, team, rep). Both empty where nothing was made.
    """

    kind: str
    made: int
    settled: int
    first: date | None
    last: date | None
    due: date | None
    tracks: tuple[Track, ...]
    levels: tuple[Track, ...]

    @property
    def waiting(self) -> int:
        """Predictions whose outcome isn't known yet."""
        return self.made - self.settled

    @property
    def sentence(self) -> Said:
        """The counts in words; the scores have sentences of their own (``Track.sentence``)."""
        if not self.made:
            return say("None was made yet.")
        first = Day(self.first) if isinstance(self.first, date) else str(self.first)
        if self.due is None:
            return say("{made} made since {first}, {settled} settled.", made=self.made, first=first, settled=self.settled)
        return say(
            "{made} made since {first}, {settled} settled; the next outcome is due on {due}.",
            made=self.made, first=first, settled=self.settled, due=Day(self.due),
        )  # fmt: skip


@dataclass(frozen=True)
class CardRecord:
    """What became of the cards (alarms and praise) of a metric."""

    metric: str
    verdicts: Verdicts


@dataclass(frozen=True)
class TrackRecord:
    """Everything said and what came of it.

    ``kinds``: one a kind of ``KINDS``, in that order, also where nothing was made yet. ``alarms`` and ``praise``: cards told of
    changes for the worse (or of neither way) and for the better, with what people said of them; ``cards``: both by metric, most
    told first. ``latest``: the predictions settled last, latest outcome first.
    """

    kinds: tuple[KindRecord, ...]
    alarms: Verdicts
    praise: Verdicts
    cards: tuple[CardRecord, ...]
    latest: tuple[Kept, ...]

    def kind(self, name: str) -> KindRecord:
        """The record of a kind. KeyError if there is no such kind."""
        for one in self.kinds:
            if one.kind == name:
                return one
        raise KeyError(f"no predictions are called {name!r}; there are {', '.join(KINDS)}")

    @property
    def made(self) -> int:
        """How many predictions were ever made."""
        return sum(one.made for one in self.kinds)

    @property
    def settled(self) -> int:
        """Of how many the outcome is known."""
        return sum(one.settled for one in self.kinds)


def track_record(engine: Engine, *, only: Set[tuple[str, str]] | None = None, latest: int = LATEST) -> TrackRecord:
    """The record as it is stored; nothing is read but predictions, their outcomes and cards. Call ``settle_all`` before it.

    ``only``: (level, name) of those who may be looked at, such as ("rep", "ana"), ("team", "North"), ("company", ""), and
    ("deal", id); None: everything. ``latest``: how many settled predictions to give one by one.
    """
    every = [one for one in kept(engine) if only is None or (one.prediction.level, one.prediction.name) in only]
    by_kind: dict[str, list[Kept]] = {kind: [] for kind in KINDS}
    for one in every:
        by_kind.setdefault(one.prediction.kind, []).append(one)
    known = sorted((one for one in every if one.settled_at is not None), key=lambda one: one.settled_at or 0, reverse=True)
    told = [card for card in told_cards(engine) if only is None or (card.level, card.name) in only]
    good = [card for card in told if card.better]
    bad = [card for card in told if not card.better]
    return TrackRecord(
        tuple(_of_kind(kind, some, by_kind["forecast"]) for kind, some in by_kind.items()),
        verdicts(bad), verdicts(good), _by_metric(told), tuple(known[:latest]),
    )  # fmt: skip


def _of_kind(kind: str, some: Sequence[Kept], forecasts: Sequence[Kept]) -> KindRecord:
    if not some:
        return KindRecord(kind, 0, 0, None, None, None, (), ())
    days = [one.prediction.as_of for one in some]
    due = [one.prediction.until + GRACE_DAYS for one in some if one.actual is None and one.prediction.until < NO_END]
    return KindRecord(
        kind, len(some), sum(one.actual is not None for one in some), from_epoch_day(min(days)), from_epoch_day(max(days)),
        from_epoch_day(min(due)) if due else None, _tracks(kind, some, forecasts, False), _tracks(kind, some, forecasts, True),
    )  # fmt: skip


def _tracks(kind: str, some: Sequence[Kept], forecasts: Sequence[Kept], by_level: bool) -> tuple[Track, ...]:
    """The scores by metric: what is in one unit together."""
    groups: dict[tuple[str, str | None], list[Kept]] = {}
    for one in some:
        groups.setdefault((one.prediction.metric, one.prediction.level if by_level else None), []).append(one)
    ours = middles(forecasts) if kind in CALLS.values() else {}
    tracks = [track(group, kind, *key, ours=ours) for key, group in groups.items()]
    return tuple(sorted(tracks, key=lambda one: (-one.n, one.metric or "", one.level or "")))


def _by_metric(told: Sequence[Told]) -> tuple[CardRecord, ...]:
    groups: dict[str, list[Told]] = {}
    for card in told:
        groups.setdefault(card.metric, []).append(card)
    return tuple(
        CardRecord(metric, verdicts(some)) for metric, some in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    )


def settle_all(store: Store) -> int:
    """Write down every outcome known by now: of metrics, deals, ramps and action plans. How many were new."""
    return settle(store, store.now) + settle_ramps(store) + _settle_plans(store)


def _settle_plans(store: Store) -> int:
    """Plans are told by what was kept of them: whose, which metric, from when to when."""
    waiting = [one.prediction for one in kept(store.engine, COACHING, settled=False)]
    plans = {
        ActionPlan(one.name, one.metric, from_epoch_day(one.first), from_epoch_day(one.until), one.target)
        for one in waiting
        if one.until + GRACE_DAYS <= store.now // 86_400
    }
    able = sorted((plan for plan in plans if why_not(store, plan) is None), key=lambda plan: (plan.first, plan.rep, plan.metric))
    return settle_plans(store, effects(store, able), store.now)
