"""What a person wants to be told, when, and where she is reached."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from paceline.alerts.hours import Hours
from paceline.alerts.models import Wishes
from paceline.channels.sending import To
from paceline.judging.people import workdays
from paceline.metrics.store import Store
from paceline.people.models import User
from paceline.people.roles import Role
from paceline.project.running import running
from paceline.sales.scope import Scope

KINDS = ("digest", "alert", "week", "month")
# Who never chose is told this much, by mail: a manager's morning, everybody's week. Single alerts are asked for.
START = {
    Role.MANAGER: ("digest", "week"),
    Role.EXECUTIVE: ("week", "month"),
    Role.REP: ("week",),
    Role.ADMIN: (),
}


def wishes_of(user: User) -> Wishes:
    """The user's own, or those that her role begins with (not stored yet)."""
    found = Wishes.objects.filter(user=user).first()
    return found or Wishes(user=user, **dict.fromkeys(START[Role(user.role)], "email"))


def channel_for(wishes: Wishes, kind: str) -> str:
    """The way in which a kind of message comes; empty: it doesn't. A return to normal comes as its alert did."""
    name = "alert" if kind == "normal" else kind
    return str(getattr(wishes, name)) if name in KINDS else ""


def zone_of(wishes: Wishes) -> ZoneInfo:
    """Her time zone: her own choice, else the company's."""
    return ZoneInfo(wishes.time_zone or running().project.settings.time_zone)


def hours_of(wishes: Wishes, store: Store) -> Hours:
    """When she may be told something. Days off are read from the calendar of the records, where she is in them."""
    work_days = {int(number) for number in store.settings.work_days}

    def free(day: date) -> bool:
        if wishes.paused_until is not None and day < wishes.paused_until:
            return True
        if not wishes.weekends and day.isoweekday() not in work_days:
            return True
        return not wishes.away and day.isoweekday() in work_days and _is_away(store, wishes.user.rep_id, day)

    return Hours(zone_of(wishes), wishes.quiet_from, wishes.quiet_until, wishes.morning, free)


def _is_away(store: Store, rep_id: str, day: date) -> bool:
    """Whether a working day of the company is a holiday or an absence of hers; unknown days aren't."""
    if not rep_id:
        return False
    known = workdays(store, Scope.rep(rep_id), day, day + timedelta(days=1))
    return bool(known.reps) and bool((known.days == 0).all())


def address_of(wishes: Wishes) -> To:
    """Where she is reached."""
    user = wishes.user
    by_slack, by_webhook = opened(wishes.slack_webhook), opened(wishes.webhook_secret)
    return To(user.email, user.name, wishes.slack_id, by_slack, wishes.webhook_url, by_webhook)


def sealed(text: str) -> str:
    """A secret as the database keeps it; empty stays empty."""
    return _cipher().encrypt(text.encode()).decode() if text else ""


def opened(kept: str) -> str:
    """The secret; empty where it was sealed under another key, for then it is lost."""
    try:
        return _cipher().decrypt(kept.encode()).decode() if kept else ""
    except InvalidToken:
        return ""


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sha256(f"channels:{settings.SECRET_KEY}".encode()).digest()))
