"""What a person is told of alerts: at once, and in the morning. Chosen from what is in her sight and wasn't told her yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext

from paceline.alerts import outbox, states
from paceline.alerts.acting import snoozed
from paceline.alerts.models import Alert, Progress, State, Telling, Transition, Verdict
from paceline.alerts.sight import seen_through
from paceline.channels.message import MOST_LINES, Line
from paceline.metrics.store import Store
from paceline.pages.telling import letters, words
from paceline.pages.telling.doors import door_of
from paceline.people.models import User

THINGS = 3
AT_ONCE = timedelta(days=4)  # older changes aren't told one by one any more: a long weekend passes
IN_THE_MORNING = timedelta(days=14)


@dataclass(frozen=True)
class Written:
    """A message to be put down, and the changes that it tells."""

    write: letters.Write
    tells: tuple[Transition, ...]


def at_once(user: User, now: datetime) -> Written | None:
    """What changed for the worse (or either way) and what is back to usual, as far as she wasn't told; None: nothing."""
    door = door_of(user, "see_alerts")
    seen, since = list(seen_through(door).exclude(better=True)), now - AT_ONCE
    normal = _over(user, [one for one in _untold(user, since, seen, now) if one.news == states.NORMAL], now)
    # Asked anew: what stood in a message that was dropped is untold again.
    fresh = _untold(user, since, seen, now)
    firing = [one for one in fresh if one.news == states.FIRING and one.alert.state != State.OK]
    if not firing and not normal:
        return None
    firing.sort(key=lambda one: -one.alert.weight)
    shown = [*firing[: max(MOST_LINES - min(len(normal), 2), 1)]]
    back = normal[: MOST_LINES - len(shown)]
    rest = len(firing) + len(normal) - len(shown) - len(back)
    told = [one.alert for one in (*shown, *back)]
    with letters.language_of(user):
        lines = _lines(told, door.store)
        write = letters.changed(user, now, lines[: len(shown)], lines[len(shown) :], rest, [one.card for one in told])
    return Written(write, (*firing, *normal))


def of_the_morning(user: User, now: datetime, begins_week: bool) -> Written | None:
    """The three things that matter and what went well; None where nothing is new, unless the week begins."""
    door = door_of(user, "see_today")
    seen = list(seen_through(door).filter(state=State.FIRING).exclude(verdict=Verdict.DISMISSED))
    asleep = set(snoozed(user, now).values_list("alert_id", flat=True))
    awake = [one for one in seen if one.pk not in asleep]
    new = {one.alert_id: one for one in _untold(user, now - IN_THE_MORNING, awake, now) if one.news == states.FIRING}
    worse = _one_each([one for one in awake if one.better is False], set(new))
    better = _one_each([one for one in awake if one.better and one.pk in new], set(new))
    needs, well = worse[:THINGS], better[: MOST_LINES - THINGS]
    if not any(one.pk in new for one in (*needs, *well)) and not (begins_week and needs):
        return None
    rest = sum(one.better is False for one in awake) - len(needs)
    with letters.language_of(user):
        told = [*needs, *well]
        lines = _lines(told, door.store, {one.pk for one in needs if one.pk in new})
        write = letters.morning(user, now, lines[: len(needs)], lines[len(needs) :], rest, [one.card for one in told])
    return Written(write, tuple(new[one.pk] for one in told if one.pk in new))


def _untold(user: User, since: datetime, alerts: Sequence[Alert], now: datetime) -> list[Transition]:
    """News about these alerts that the user wasn't told: not of what she snoozed, not of what is no issue."""
    asleep = set(snoozed(user, now).values_list("alert_id", flat=True))
    wanted = [one.pk for one in alerts if one.pk not in asleep and one.verdict != Verdict.DISMISSED]
    fresh = Transition.objects.filter(alert_id__in=wanted, at__gte=since).exclude(news="").exclude(tellings__user=user)
    return list(fresh.select_related("alert").order_by("pk"))


def _over(user: User, normal: Sequence[Transition], now: datetime) -> list[Transition]:
    """Those returns to normal that she should hear of: of what she was told, or would have been.

    Where the message that it fires still waits, both are left unsaid; what else was in that message is told anew.
    """
    told = []
    for one in normal:
        before = Telling.objects.filter(user=user, transition__alert=one.alert, transition__news=states.FIRING)
        last = before.select_related("delivery").order_by("pk").last()
        if last is None:
            continue
        if last.delivery.progress == Progress.WAITING and outbox.drop(last.delivery, "it was over before it was told", now):
            Telling.objects.filter(delivery=last.delivery).exclude(transition__alert=one.alert).delete()
            Telling.objects.get_or_create(transition=one, user=user, defaults={"delivery": last.delivery})
        elif last.delivery.progress == Progress.SENT:
            told.append(one)
    return told


def _one_each(alerts: Sequence[Alert], new: set[int]) -> list[Alert]:
    """The weightiest of each person or team, what is new before what is known."""
    best: dict[tuple[str, str], Alert] = {}
    for one in sorted(alerts, key=lambda one: (one.pk not in new, -one.weight)):
        best.setdefault((one.level, one.name), one)
    return list(best.values())


def _lines(alerts: Sequence[Alert], store: Store, new: set[int] | None = None) -> list[Line]:
    names = words.names_of(store)
    mark = gettext("New:")
    return [words.line(one, store, names, mark if new and one.pk in new else "") for one in alerts]
