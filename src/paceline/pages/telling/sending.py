"""Handing over what is due, and what must be true at that very moment for a message to leave."""

from __future__ import annotations

from django.utils import timezone

from paceline.alerts import outbox
from paceline.alerts.models import Delivery, Telling
from paceline.alerts.sight import seen_through
from paceline.alerts.wishes import channel_for, wishes_of
from paceline.pages.stopping import is_stopping
from paceline.pages.telling.company import company
from paceline.pages.telling.doors import door_of, may

ACTIONS = {"digest": "see_today", "alert": "see_alerts", "week": "see_review", "month": "see_review", "test": "choose_messages"}


def allowed(delivery: Delivery) -> str:
    """Why a message must not leave any more; empty: it may. Rights and wishes are those of now, not of when it was written."""
    user, kind = delivery.user, delivery.kind
    if not may(user, ACTIONS[kind]):
        return "the reader has no account any more, or may not see this"
    if kind != "test" and not channel_for(wishes_of(user), kind):
        return "the reader doesn't want these messages any more"
    told = set(Telling.objects.filter(delivery=delivery).values_list("transition__alert_id", flat=True))
    if told:
        seen = set(seen_through(door_of(user, ACTIONS[kind])).filter(pk__in=told).values_list("pk", flat=True))
        if told - seen:
            return "it tells of people who aren't in the reader's sight any more"
    return ""


def send_due() -> int:
    """Send all that is due; how many left."""
    return outbox.send_due(company(), timezone.now, allowed, is_stopping)


def send_now(delivery: Delivery | None) -> None:
    """One message, at once."""
    if delivery is not None:
        outbox.send_one(company(), delivery, timezone.now, allowed)
