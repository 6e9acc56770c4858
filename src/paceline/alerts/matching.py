"""Which alert a change seen in the data is."""

from __future__ import annotations

from collections.abc import Iterable

from paceline.alerts.models import Alert, State
from paceline.judging.signals import Signal

Series = tuple[str, str, str, int]


def matched(signals: Iterable[Signal], alerts: Iterable[Alert]) -> list[tuple[Signal, Alert | None]]:
    """Each signal with the alert of its series and direction that isn't back to usual, the one with the nearest onset; None where
    it was only seen since the last look.
    """
    known: dict[Series, list[Alert]] = {}
    for alert in alerts:
        if alert.state != State.OK:
            known.setdefault((alert.level, alert.name, alert.metric, alert.direction), []).append(alert)
    return [(one, _nearest(one, known.get(_series(one), []))) for one in signals]


def _series(one: Signal) -> Series:
    return one.level, one.name, one.metric.slug, one.card.direction


def _nearest(one: Signal, alerts: list[Alert]) -> Alert | None:
    return min(alerts, key=lambda alert: abs(alert.since - one.card.since), default=None)
