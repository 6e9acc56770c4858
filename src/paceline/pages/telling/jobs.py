"""The work behind the pages, piece by piece. Each can be done again at any time: what is done already is left alone.

``look``      what changed in the data: after each load, and on each new day
``record``    what is said today is kept, what was said is held against what came: as often
``mornings``  morning messages and reviews, each person's at her own time
``outbox``    what waits is sent
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from django.utils import timezone

from paceline.alerts import outbox
from paceline.alerts.follow import follow
from paceline.alerts.hours import Hours
from paceline.alerts.models import Wishes
from paceline.alerts.wishes import channel_for, hours_of, wishes_of, zone_of
from paceline.judging.forecast import ForecastError
from paceline.judging.forecast_lines import deal_predictions, predictions
from paceline.judging.goals import goal_predictions
from paceline.judging.ramp import RampError, keep_ramps, ramp
from paceline.judging.record import keep
from paceline.judging.record_all import settle_all
from paceline.metrics.store import Store
from paceline.pages import stopping
from paceline.pages.dashboards import judged
from paceline.pages.telling import digest, review_views
from paceline.pages.telling.doors import door_of, may
from paceline.pages.telling.sending import ACTIONS, send_due
from paceline.people.models import User
from paceline.project.running import running
from paceline.sales.periods import Period, epoch_day
from paceline.sales.scope import Scope
from paceline.saying.said import Said, joined, say

FORECAST = "revenue"  # the result whose forecast is kept each day, and whose ramp is
# Whose morning was looked at on which day: to spare work, for what was put down once isn't put down twice anyway.
_DONE: dict[UUID, date] = {}
KEPT = timedelta(days=30)  # what messages said; that they were sent is kept for good
LATE = timedelta(days=2)  # an alert that quiet days held back for longer is told by the list alone


def look() -> Said:
    """Judge the company, keep what changed, and put down who is to be told."""
    store, now = running().store, timezone.now()
    found = judged.changes_told(store)
    changes = follow(found, now)
    told = sum(_tell_at_once(user, store, now) for user in _readers())
    return say("changes: {changes}, messages: {messages}", changes=len(changes), messages=told)


def record() -> Said:
    """Keep today's forecasts, chances of goals and ramps, and settle earlier ones."""
    store = running().store
    day = epoch_day(store.view().day)
    quarter = Period.containing("quarter" if store.settings.fiscal_start_month == 1 else "fiscal_quarter", store.view().day,
                                store.settings)  # fmt: skip
    said = keep(store.engine, goal_predictions(judged.goal_lines(store, quarter, Scope.company()), day), store.now)
    why: list[Said] = []
    stopping.go_on()
    try:
        made = judged.foreseen(store, FORECAST, quarter, Scope.company())
        lines = predictions(made.lines, made.period, day)
        said += keep(store.engine, lines + (deal_predictions(made.chances.of_deal, day) if made.chances else []), store.now)
    except ForecastError as error:  # a young company has nothing to foretell from: that is no failure
        why.append(error.said)
    stopping.go_on()
    try:
        said += keep_ramps(store, ramp(store, FORECAST, Scope.company()))
    except RampError as error:
        why.append(error.said)
    stopping.go_on()
    outbox.forget(timezone.now() - KEPT)
    return joined([say("{kept} kept, {settled} settled", kept=said, settled=settle_all(store)), *why], "; ")


def mornings() -> Said:
    """Put down the morning messages and reviews whose time it is."""
    store, now = running().store, timezone.now()
    return say("{messages} messages", messages=sum(_morning(user, store, now) for user in _readers()))


def send() -> Said:
    """Send what is due."""
    return say("{messages} sent", messages=send_due())


def _readers() -> Iterator[User]:
    """Everybody who may be told something. Raises StoppingError between two of them, where no more is to be begun."""
    for user in list(User.objects.filter(is_active=True).order_by("pk")):
        stopping.go_on()
        yield user


def _tell_at_once(user: User, store: Store, now: datetime) -> bool:
    wishes = wishes_of(user)
    channel = channel_for(wishes, "alert")
    written = digest.at_once(user, now) if channel and may(user, ACTIONS["alert"]) else None
    if written is None:
        return False
    allowed = hours_of(wishes, store).next_allowed(now)
    key = blake2b(" ".join(str(one.pk) for one in written.tells).encode(), digest_size=16).hexdigest()
    until = allowed + LATE
    made = outbox.put(user, channel, "alert", key, written.write, now, send_at=allowed, expires_at=until, tells=written.tells)
    return made is not None


def _morning(user: User, store: Store, now: datetime) -> int:
    """What is due this morning and wasn't put down yet, in the reader's own time: so a server that was down sends it as soon as
    it is up, if it is still morning, and none twice.
    """
    wishes = wishes_of(user)
    if _DONE.get(user.public_id) == now.astimezone(zone_of(wishes)).date():
        return 0
    hours = hours_of(wishes, store)
    due = hours.morning_of(now)
    if due is None:
        return 0
    day, until = due
    _DONE[user.public_id] = day
    first_of_week = _first_free_from(hours, day, day - timedelta(days=day.isoweekday() - 1))
    first_of_month = _first_free_from(hours, day, day.replace(day=1))
    put = int(_put_digest(user, wishes, day, now, until, first_of_week))
    put += int(first_of_week and _put_review(user, wishes, "week", day - timedelta(days=7), now, until))
    return put + int(first_of_month and _put_review(user, wishes, "month", day.replace(day=1) - timedelta(days=1), now, until))


def _first_free_from(hours: Hours, day: date, first: date) -> bool:
    """Whether the day is the first one from ``first`` on at which she is told anything."""
    days = [first + timedelta(days=number) for number in range((day - first).days)]
    return all(hours.free(one) for one in days)


def _put_digest(user: User, wishes: Wishes, day: date, now: datetime, until: datetime, begins_week: bool) -> bool:
    channel, key = channel_for(wishes, "digest"), day.isoformat()
    if not channel or not may(user, ACTIONS["digest"]) or outbox.is_there(user, "digest", key):
        return False
    written = digest.of_the_morning(user, now, begins_week)
    if written is None:
        return False
    made = outbox.put(user, channel, "digest", key, written.write, now, send_at=now, expires_at=until, tells=written.tells)
    return made is not None


def _put_review(user: User, wishes: Wishes, kind: str, day: date, now: datetime, until: datetime) -> bool:
    """The week or month with the day, which is over. It may come the whole day."""
    channel, key = channel_for(wishes, kind), day.isoformat()
    if not channel or not may(user, ACTIONS[kind]) or outbox.is_there(user, kind, key):
        return False
    door = door_of(user, ACTIONS[kind])
    shown = min(day, door.store.view().day)  # where the data stands still, its last day
    write = review_views.message(user, kind, shown, door, now)
    made = outbox.put(user, channel, kind, key, write, now, send_at=now, expires_at=until + timedelta(hours=12))
    return made is not None
