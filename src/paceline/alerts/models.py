"""What is kept of alerts: an alert has a state; its change is a row; telling somebody is another row, which can be tried again.

Nothing here names a person: reps and teams are the CRM's ids, readers are users.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from paceline.people.models import User


class State(models.TextChoices):
    """How it stands. Unknown: too little data to say either."""

    OK = "ok", _("back to usual")
    FIRING = "firing", _("going on")
    UNKNOWN = "unknown", _("unknown")


class Verdict(models.TextChoices):
    """What people said of it."""

    NONE = "", _("not judged")
    CONFIRMED = "confirmed", _("useful")
    DISMISSED = "dismissed", _("not an issue")


class Alert(models.Model):
    """A lasting change of a metric of a rep or a team. ``card``: the id under which the store keeps it; ``better``: good news,
    bad, or neither. ``since``: the first week of the change, as estimated at the last look; ``fired``: the week it was clear;
    ``until``: the last week looked at. ``observed`` and ``expected``: over these weeks, in the metric's unit. ``because``: why
    nothing can be said, a sentence as ``saying`` keeps it.
    """

    card = models.CharField(max_length=32, unique=True)
    level = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    metric = models.CharField(max_length=100)
    direction = models.SmallIntegerField()
    better = models.BooleanField(null=True)
    since = models.DateField()
    fired = models.DateField()
    until = models.DateField()
    observed = models.FloatField()
    expected = models.FloatField()
    change = models.FloatField()
    weight = models.FloatField(default=0.0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNKNOWN)
    because = models.JSONField(blank=True, default=str)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True, default=Verdict.NONE)
    begun_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """The weightiest first."""

        ordering: ClassVar[list[str]] = ["-weight", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["level", "name", "state"], name="alert_of_whom")]


class Transition(models.Model):
    """The state changed. ``because``: why, a sentence as ``saying`` keeps it. ``news``: what is to be told of it: firing, normal,
    or nothing.
    """

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="transitions")
    at = models.DateTimeField(default=timezone.now)
    before = models.CharField(max_length=10, choices=State.choices)
    after = models.CharField(max_length=10, choices=State.choices)
    because = models.JSONField(blank=True, default=str)
    news = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        """In the order in which they happened."""

        ordering: ClassVar[list[str]] = ["pk"]


class ActKind(models.TextChoices):
    """What somebody did about an alert."""

    SNOOZE = "snooze", _("snoozed")
    DISMISS = "dismiss", _("not an issue")
    CONFIRM = "confirm", _("useful")


class Act(models.Model):
    """Somebody did something about an alert. ``until``: of a snooze, which is one's own; a verdict is everybody's."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="acts")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=10, choices=ActKind.choices)
    until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """In the order in which they were done."""

        ordering: ClassVar[list[str]] = ["pk"]


class Wishes(models.Model):
    """What a person wants to be told, and how. A kind of message holds the name of a way to reach her; empty: not told.

    Minutes are local, after midnight. ``time_zone`` empty: the company's. ``slack_webhook`` and ``webhook_secret`` are encrypted.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="wishes")
    digest = models.CharField(max_length=10, blank=True, default="")
    alert = models.CharField(max_length=10, blank=True, default="")
    week = models.CharField(max_length=10, blank=True, default="")
    month = models.CharField(max_length=10, blank=True, default="")
    morning = models.PositiveSmallIntegerField(default=450)
    time_zone = models.CharField(max_length=64, blank=True, default="")
    quiet_from = models.PositiveSmallIntegerField(default=1140)
    quiet_until = models.PositiveSmallIntegerField(default=420)
    weekends = models.BooleanField(default=False)
    away = models.BooleanField(default=False)
    paused_until = models.DateField(null=True, blank=True)
    slack_id = models.CharField(max_length=40, blank=True, default="")
    slack_webhook = models.TextField(blank=True, default="")
    webhook_url = models.CharField(max_length=500, blank=True, default="")
    webhook_secret = models.TextField(blank=True, default="")


class Progress(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    UNSURE = "unsure", _("may have arrived")
    DROPPED = "dropped", _("not sent any more")


class Delivery(models.Model):
    """One message to one person by one way. ``id`` is the idempotency key: the same at every try.

    ``key`` with ``kind``: what it is about, of which a person gets one. ``tries`` counts those begun; ``next_at``: not before;
    ``expires_at``: not after. ``claimed_at``: when the running try began.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10)
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=100)
    message = models.JSONField(default=dict)
    progress = models.CharField(max_length=10, choices=Progress.choices, default=Progress.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """The latest first; one of a kind and key for a person."""

        ordering: ClassVar[list[str]] = ["-created_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "kind", "key"], name="one_message_about_a_thing"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["progress", "next_at"], name="delivery_due")]


class Try(models.Model):
    """One try to deliver: when, how it went."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(default=timezone.now)
    progress = models.CharField(max_length=10, choices=Progress.choices)
    why = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        """In the order in which they were made."""

        ordering: ClassVar[list[str]] = ["pk"]


class Telling(models.Model):
    """A change of state is told to a person in one message, and in no second one."""

    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="tellings")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tellings")

    class Meta:
        """Once a person."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["transition", "user"], name="told_once"),
        ]


class Job(models.Model):
    """A piece of work behind the pages, by name: when it last began, ended, went well, and how often it failed since.

    ``came``: what the last good run did, in English; ``said``: the same as ``saying`` keeps it; ``mark``: what it was done for,
    by which work that needn't be done again is known.
    """

    name = models.CharField(max_length=40, primary_key=True)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    well_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    why = models.CharField(max_length=300, blank=True, default="")
    came = models.CharField(max_length=300, blank=True, default="")
    said = models.JSONField(blank=True, default=str)
    mark = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        """By name."""

        ordering: ClassVar[list[str]] = ["name"]
