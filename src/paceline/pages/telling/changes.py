"""What changed for the people in sight, each with its alert: what Today shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from paceline.access.doors import Door
from paceline.alerts.acting import snoozed
from paceline.alerts.matching import matched
from paceline.alerts.models import Alert, Verdict
from paceline.alerts.sight import seen_through
from paceline.judging.signals import CompanySignals, Signal
from paceline.pages.dashboards import judged
from paceline.people.models import User
from paceline.sales.scope import Scope


@dataclass(frozen=True)
class Change:
    """A change and its alert; None: seen since the last look, so nothing can be done about it yet."""

    signal: Signal
    alert: Alert | None

    @property
    def name(self) -> str:
        """Whose it is: a rep's id, a team's name."""
        return self.signal.name


@dataclass(frozen=True)
class Changes:
    """What fires in sight, without what is no issue; ``snoozed`` apart. Each is weightiest first."""

    falls: tuple[Change, ...]
    praise: tuple[Change, ...]
    snoozed: tuple[Change, ...]
    whole: CompanySignals


def changes(door: Door, scope: Scope, user: User, now: datetime, as_of: date | None = None) -> Changes:
    """What fires in a scope that came through the door, as the user wants to hear of it."""
    whole = judged.changes(door.store, scope, as_of)
    if as_of is not None:  # a past day: nothing can be done about it any more
        return Changes(_plain(whole.falls), _plain(whole.praise), (), whole)
    alerts = list(seen_through(door))
    asleep = set(snoozed(user, now).values_list("alert_id", flat=True))
    # What the store's answer was told apart by is as old as the answer; the alerts know the latest verdicts.
    back = [one for one in whole.dismissed if one.better is not None]

    def found(signals: Sequence[Signal]) -> list[Change]:
        pairs = matched(sorted(signals, key=lambda one: -one.card.weight), alerts)
        return [Change(*pair) for pair in pairs if pair[1] is None or pair[1].verdict != Verdict.DISMISSED]

    falls = found([*whole.falls, *(one for one in back if not one.better)])
    praise = found([*whole.praise, *(one for one in back if one.better)])
    quiet = [one for one in (*falls, *praise) if one.alert is not None and one.alert.pk in asleep]
    return Changes(
        tuple(one for one in falls if one not in quiet), tuple(one for one in praise if one not in quiet), tuple(quiet), whole
    )


def _plain(signals: Sequence[Signal]) -> tuple[Change, ...]:
    return tuple(Change(one, None) for one in signals)


def few(found: Sequence[Change], now: date, most: int) -> tuple[Change, ...]:
    """The few that matter, as ``judged.few`` chooses them."""
    by_signal = {id(one.signal): one for one in found}
    return tuple(by_signal[id(signal)] for signal in judged.few([one.signal for one in found], now, most))
