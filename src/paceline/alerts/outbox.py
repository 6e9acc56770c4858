"""Messages on their way: put down with what they tell in one transaction, sent later, tried again until they are through.

A delivery is claimed before it is sent, and marked after. Whoever is killed in between leaves it claimed; the next one doesn't
know whether it arrived. Ways by which the receiver recognises a second one (mail, webhook: the same id) are tried again: at least
once. Others (Slack) aren't: at most once, and the doubt is shown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F

from paceline.alerts.models import Delivery, Progress, Telling, Transition, Try
from paceline.alerts.wishes import address_of, wishes_of
from paceline.channels.message import Message
from paceline.channels.registry import CHANNELS
from paceline.channels.sending import Company, SendingError, UnsureError
from paceline.people.models import User

# Seconds until the next try, after the first, the second…; then the delivery has failed. About a day in all.
PAUSES = (30, 300, 1800, 7200, 18_000, 36_000)
CLAIM = timedelta(minutes=3)  # a try takes seconds: a claim this old is somebody's who was killed
_WHY = 300

_log = logging.getLogger(__name__)


def put(
    user: User, channel: str, kind: str, key: str, write: Callable[[str], Message], now: datetime, *,
    send_at: datetime, expires_at: datetime, tells: Sequence[Transition] = (),
) -> Delivery | None:  # fmt: skip
    """Put a message down, once for a user, kind and key; gives None where it is there already.

    ``write`` gets the delivery's id, which is the message's. ``tells``: the changes in it, which aren't told her again.
    """
    name = uuid4()
    with transaction.atomic():
        made, new = Delivery.objects.get_or_create(
            user=user, kind=kind, key=key[:100],
            defaults={"id": name, "channel": channel, "next_at": send_at, "expires_at": expires_at, "created_at": now},
        )  # fmt: skip
        if not new:
            return None
        made.message = write(str(name)).as_plain()
        made.save(update_fields=["message"])
        Telling.objects.bulk_create(
            [Telling(transition=one, user=user, delivery=made) for one in tells], ignore_conflicts=True
        )
    return made


def is_there(user: User, kind: str, key: str) -> bool:
    """Whether the message was put down already: what it takes to write it can be spared."""
    return Delivery.objects.filter(user=user, kind=kind, key=key).exists()


def send_due(
    company: Company, now: Callable[[], datetime], allowed: Callable[[Delivery], str], is_over: Callable[[], bool] = lambda: False
) -> int:
    """Send all that is due, one after the other; how many left. ``allowed``: why it must not be sent any more; empty: it may.
    ``is_over``: whether the next is left for another time.
    """
    _recover(now())
    sent = 0
    for name in list(_due(now())):
        if is_over():
            break
        delivery = _claimed(name, now())
        if delivery is not None:
            sent += _send(company, delivery, now, allowed)
    return sent


def send_one(company: Company, delivery: Delivery, now: Callable[[], datetime], allowed: Callable[[Delivery], str]) -> None:
    """Try one that waits, at once."""
    claimed = _claimed(delivery.pk, now())
    if claimed is not None:
        _send(company, claimed, now, allowed)


def send_again(delivery: Delivery, now: datetime) -> bool:
    """What its receiver asks for: once more, with the same id, now. False while it is on its way, or once it is forgotten."""
    if not delivery.message:  # what it said is forgotten
        return False
    ended = (Progress.SENT, Progress.FAILED, Progress.UNSURE, Progress.DROPPED)
    changed = Delivery.objects.filter(pk=delivery.pk, progress__in=ended).update(
        progress=Progress.WAITING, next_at=now, expires_at=now + timedelta(days=1), tries=0, why="", ended_at=None
    )
    return bool(changed)


def drop(delivery: Delivery, why: str, now: datetime) -> bool:
    """It needn't be sent any more. False where it is too late for that."""
    changed = Delivery.objects.filter(pk=delivery.pk, progress=Progress.WAITING).update(
        progress=Progress.DROPPED, why=why[:_WHY], ended_at=now
    )
    return bool(changed)


def forget(before: datetime) -> int:
    """Forget what ended messages said, as far as they ended before a moment; that they were sent stays. How many."""
    return Delivery.objects.filter(ended_at__lt=before).exclude(message={}).update(message={})


def _due(now: datetime) -> Sequence[UUID]:
    found = Delivery.objects.filter(progress=Progress.WAITING, next_at__lte=now)
    return list(found.order_by("next_at").values_list("pk", flat=True))


def _claimed(name: UUID, now: datetime) -> Delivery | None:
    """The delivery, ours to send; None where somebody else was faster."""
    ours = Delivery.objects.filter(pk=name, progress=Progress.WAITING).update(
        progress=Progress.SENDING, claimed_at=now, tries=F("tries") + 1
    )
    return Delivery.objects.select_related("user").get(pk=name) if ours else None


def _send(company: Company, delivery: Delivery, now: Callable[[], datetime], allowed: Callable[[Delivery], str]) -> bool:
    """One try."""
    why_not = "it would come too late" if now() > delivery.expires_at else allowed(delivery)
    if why_not:
        _ended(delivery, Progress.DROPPED, why_not, now())
        return False
    channel, to = CHANNELS[delivery.channel], address_of(wishes_of(delivery.user))
    try:
        missing = channel.ready(company, to)
        if missing:
            raise SendingError(missing, again=False)
        answer = channel.send(company, to, Message.from_plain(delivery.message))
    except SendingError as error:
        _failed(delivery, str(error), error.again, error.after, now())
        return False
    except UnsureError as error:
        if channel.knows_repeats:
            _failed(delivery, str(error), True, None, now())
        else:
            _ended(delivery, Progress.UNSURE, str(error), now())
        return False
    _ended(delivery, Progress.SENT, answer, now())
    return True


def _failed(delivery: Delivery, why: str, again: bool, after: float | None, now: datetime) -> None:
    """Later, if that may help and there is time; else it has failed."""
    last = delivery.tries > len(PAUSES)
    pause = max(after or 0, 0 if last else PAUSES[delivery.tries - 1])
    if not again or last or now + timedelta(seconds=pause) > delivery.expires_at:
        _log.warning("delivery %s by %s failed: %s", delivery.pk, delivery.channel, why)
        _ended(delivery, Progress.FAILED, why, now)
        return
    delivery.next_at = now + timedelta(seconds=pause)
    _noted(delivery, Progress.WAITING, why, now)


def _ended(delivery: Delivery, progress: Progress, why: str, now: datetime) -> None:
    delivery.ended_at = now
    _noted(delivery, progress, why, now)


def _noted(delivery: Delivery, progress: Progress, why: str, now: datetime) -> None:
    with transaction.atomic():
        delivery.progress, delivery.why, delivery.claimed_at = progress, why[:_WHY], None
        delivery.save(update_fields=["progress", "why", "claimed_at", "next_at", "ended_at"])
        Try.objects.create(delivery=delivery, at=now, progress=progress, why=why[:_WHY])


def _recover(now: datetime) -> None:
    """What was claimed by somebody who was killed: again where a repeat is recognised, in doubt where it isn't."""
    for left in Delivery.objects.filter(progress=Progress.SENDING, claimed_at__lt=now - CLAIM):
        why = "the server was stopped while it was being sent"
        if CHANNELS[left.channel].knows_repeats:
            _failed(left, why, True, 0, now)
        else:
            _ended(left, Progress.UNSURE, why, now)
