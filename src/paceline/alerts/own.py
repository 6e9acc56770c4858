"""What is kept about one person here, to be taken out or erased."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from paceline.alerts import outbox
from paceline.alerts.models import Act, Alert, Delivery, Progress, Wishes
from paceline.alerts.sight import REP
from paceline.people.models import User


def own_messages(user: User) -> dict[str, Any]:
    """Plain values: what the person wants to be told (without secrets), did about alerts, was sent; and alerts about them."""
    chosen = Wishes.objects.filter(user=user).values(
        "digest", "alert", "week", "month", "morning", "time_zone", "quiet_from", "quiet_until", "weekends", "away",
        "paused_until", "slack_id", "webhook_url",
    )  # fmt: skip
    about = Alert.objects.filter(level=REP, name=user.rep_id) if user.rep_id else Alert.objects.none()
    return {
        "chosen": [{**one, "paused_until": str(one["paused_until"] or "")} for one in chosen],
        "done": [{"alert": act.alert.card, "what": act.kind, "reason": act.reason, "at": act.at.isoformat()}
                 for act in Act.objects.filter(user=user).select_related("alert")],
        "messages": [{"kind": one.kind, "by": one.channel, "state": one.progress, "at": one.created_at.isoformat(),
                      "message": one.message} for one in Delivery.objects.filter(user=user)],
        "alerts_about": [{"metric": one.metric, "since": one.since.isoformat(), "change": one.change, "state": one.state,
                          "verdict": one.verdict} for one in about],
    }  # fmt: skip


def erase_messages(user: User | None, rep_id: str) -> None:
    """Erase the person's choices and messages, and what messages to others say: any of them may name the person."""
    now = timezone.now()
    if user is not None:
        Wishes.objects.filter(user=user).delete()
        Delivery.objects.filter(user=user).delete()
        Act.objects.filter(user=user).update(user=None, reason="")
    if rep_id:
        for waiting in Delivery.objects.filter(progress=Progress.WAITING):
            outbox.drop(waiting, "somebody in it was erased", now)
        Act.objects.filter(alert__level=REP, alert__name=rep_id).update(reason="")
        outbox.forget(now)
