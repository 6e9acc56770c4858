"""From what is seen in the data to alerts: each is begun once, and each change of its state is written down once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from paceline.alerts import states
from paceline.alerts.models import Alert, Transition
from paceline.insight.cards import State
from paceline.judging.signals import NEWS, CompanySignals, Signal
from paceline.judging.told import Told
from paceline.saying.keeping import as_json
from paceline.saying.said import NOTHING, Said, say


def follow(found: CompanySignals, at: datetime) -> list[Transition]:
    """Write down what changed since the last look at the company; gives the changes, in order.

    ``found`` is of the whole company, and remembered: its signals carry the ids under which the store keeps them. Looking twice
    at the same changes nothing; so each alert is written by itself, and pages that write don't wait for all of them.
    """
    firing = {one.told.id: (one, one.told) for one in (*found.firing, *found.dismissed) if one.told is not None}
    data = {(one.rep, one.metric): (one.state, one.because) for one in found.standings}
    for signal, told in firing.values():
        _kept(signal, told, at)
    changes = [_change(alert, alert.card in firing, data.get(_series(alert)), found.now, at) for alert in _open(firing)]
    return [one for one in changes if one is not None]


def _kept(signal: Signal, told: Told, at: datetime) -> None:
    """The alert as it is seen today."""
    card = signal.card
    seen = {"since": card.since, "until": card.until, "observed": card.observed, "expected": card.expected,
            "change": card.change, "weight": card.weight, "verdict": told.verdict or ""}  # fmt: skip
    first = {"level": signal.level, "name": signal.name, "metric": signal.metric.slug, "direction": card.direction,
             "better": signal.better, "fired": card.fired, "begun_at": at, "changed_at": at}  # fmt: skip
    Alert.objects.update_or_create(card=told.id, defaults=seen, create_defaults={**first, **seen})


def _open(firing: dict[str, tuple[Signal, Told]]) -> Sequence[Alert]:
    """Alerts whose state may change: those that fire, and those that weren't back to usual."""
    there = Alert.objects.exclude(state=State.OK.value) | Alert.objects.filter(card__in=list(firing))
    return list(there.prefetch_related("transitions").order_by("pk"))


def _series(alert: Alert) -> tuple[str, str]:
    return alert.name, alert.metric


@transaction.atomic
def _change(alert: Alert, fires: bool, data: tuple[State, Said] | None, day: date, at: datetime) -> Transition | None:
    """The change of one alert's state; None where there is none."""
    state, why = data if data is not None and alert.level == "rep" else (None, NOTHING)
    after = states.stands(fires, state)
    if data is None and alert.level == "rep" and not fires:
        after, why = State.UNKNOWN, say("nobody of that name is judged any more")
    history = [State(one.after) for one in alert.transitions.all()]
    if history and history[-1] is after:
        return None
    kept = as_json(why) if after is State.UNKNOWN and why else ""
    before = State(alert.state)
    alert.state, alert.because, alert.changed_at = after.value, kept, at
    alert.save(update_fields=["state", "because", "changed_at"])
    news = states.news(history, after)
    if news == states.FIRING and alert.fired < day - timedelta(days=NEWS):
        news = states.NOTHING  # it is seen for the first time, and how things go for long
    return Transition.objects.create(alert=alert, at=at, before=before.value, after=after.value, because=kept, news=news)
