"""What is stored of a dispute. Whether a record is left out is told by the store's own log (``warehouse.exclusion``)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from paceline.people.models import User


class State(models.TextChoices):
    """What became of it."""

    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted: left out")
    REJECTED = "rejected", _("rejected: it counts")
    UNDONE = "undone", _("undone: it counts again")


class Dispute(models.Model):
    """Somebody says that a record shouldn't count. ``rep_id``: in whose number it was seen; ``metric``, ``query``: in which."""

    kind = models.CharField(max_length=40)
    record_id = models.CharField(max_length=300)
    label = models.CharField(max_length=300, blank=True)
    rep_id = models.CharField(max_length=200, blank=True)
    metric = models.CharField(max_length=100)
    query = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="disputes")
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="disputes_decided")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """The newest first; one open dispute a record."""

        ordering: ClassVar[list[str]] = ["-at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("kind", "record_id", name="one_open_dispute_a_record", condition=models.Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}: {self.state}"
