"""What people do about alerts: snooze for themselves, judge for everybody, take either back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from paceline.access.audit import note
from paceline.alerts.models import Act, ActKind, Alert, Verdict
from paceline.judging.told import judge, withdraw
from paceline.people.models import User
from paceline.warehouse.engine import Engine

LONGEST = 300
_VERDICTS = {ActKind.CONFIRM: Verdict.CONFIRMED, ActKind.DISMISS: Verdict.DISMISSED}


def snooze(alert: Alert, user: User, until: datetime, now: datetime) -> Act:
    """The user doesn't want to hear of it until then. ValueError for a moment that is over."""
    if until <= now:
        raise ValueError("a snooze ends in the future")
    with transaction.atomic():
        snoozed(user, now).filter(alert=alert).update(undone_at=now)
        done = Act.objects.create(alert=alert, user=user, kind=ActKind.SNOOZE, until=until, at=now)
        note("alert_snoozed", user, {"alert": alert.card})
    return done


def snoozed(user: User, now: datetime) -> QuerySet[Act]:
    """The user's snoozes that hold now."""
    return Act.objects.filter(user=user, kind=ActKind.SNOOZE, undone_at=None, until__gt=now)


def confirm(alert: Alert, user: User, engine: Engine, now: datetime) -> Act:
    """It was worth knowing: counted among the alarms that were right."""
    return _judged(alert, user, engine, ActKind.CONFIRM, "", now)


def dismiss(alert: Alert, user: User, engine: Engine, reason: str, now: datetime) -> Act:
    """It is no issue: told no more, to nobody, and counted among the alarms that were wrong."""
    return _judged(alert, user, engine, ActKind.DISMISS, reason, now)


def _judged(alert: Alert, user: User, engine: Engine, kind: ActKind, reason: str, now: datetime) -> Act:
    told = " ".join(reason.split())[:LONGEST]
    with transaction.atomic():
        alert.acts.filter(kind__in=list(_VERDICTS), undone_at=None).update(undone_at=now)
        done = Act.objects.create(alert=alert, user=user, kind=kind, reason=told, at=now)
        alert.verdict = _VERDICTS[kind]
        alert.save(update_fields=["verdict"])
        note("alert_judged", user, {"alert": alert.card, "verdict": alert.verdict})
        # The store last: if it refuses, the rest is undone.
        judge(engine, alert.card, kind == ActKind.CONFIRM, told, int(now.timestamp()))
    return done


def undo(act: Act, user: User, engine: Engine, now: datetime) -> None:
    """Take back what was done: a snooze by whoever snoozed, a verdict by whoever may give one. What is undone stays so."""
    if act.undone_at is not None:
        return
    with transaction.atomic():
        act.undone_at = now
        act.save(update_fields=["undone_at"])
        note("alert_act_undone", user, {"alert": act.alert.card, "what": act.kind})
        if act.kind != ActKind.SNOOZE:
            act.alert.verdict = Verdict.NONE
            act.alert.save(update_fields=["verdict"])
            withdraw(engine, act.alert.card, int(now.timestamp()))
