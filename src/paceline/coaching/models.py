"""What is stored of 1:1s. The two of a 1:1 are named by their ids in the CRM, which outlast accounts.

Numbers that were shown are in ``OneOnOne.shown`` as they were on that day; everything that somebody wrote is in ``Item``,
``Note``, ``Action`` and ``Wish``, each with its author, so that it can be taken out and erased.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from paceline.saying.keeping import from_json
from paceline.saying.said import Said, own_words


class State(models.TextChoices):
    """What became of a 1:1."""

    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    SKIPPED = "skipped", _("didn’t take place")


class Kind(models.TextChoices):
    """What an agenda item is about."""

    NOTE = "note", _("point")
    SIGNAL = "signal", _("change")
    PRAISE = "praise", _("went well")
    GOAL = "goal", _("goal")
    DEAL = "deal", _("deal")
    RAMP = "ramp", _("ramp")
    METRIC = "metric", _("metric")
    WISH = "wish", _("asked for")


class WishKind(models.TextChoices):
    """What a rep can ask the manager for."""

    ONE_ON_ONE = "one_on_one", _("a 1:1")
    GOAL = "goal", _("a goal, or another one")
    FIX = "fix", _("a fix of the data")


class WishState(models.TextChoices):
    """What the manager said."""

    OPEN = "open", _("not answered yet")
    GRANTED = "granted", _("yes")
    DECLINED = "declined", _("no")


class OfTwo(models.Model):
    """Whatever belongs to a manager and a rep, by their ids in the CRM."""

    manager_id = models.CharField(max_length=200)
    rep_id = models.CharField(max_length=200)

    class Meta:
        """No table of its own."""

        abstract = True


class Series(OfTwo):
    """When the two meet: every ``weeks`` weeks (0: by agreement), on a weekday (1 Monday … 7 Sunday), at a time in a zone.

    ``first``: the first day; it says which weeks are meant where ``weeks`` is 2 or more.
    """

    weeks = models.PositiveSmallIntegerField(default=1)
    weekday = models.PositiveSmallIntegerField(default=1)
    at = models.TimeField()
    time_zone = models.CharField(max_length=64)
    minutes = models.PositiveSmallIntegerField(default=30)
    first = models.DateField()
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """One series for the two."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["manager_id", "rep_id"], name="one_series_for_two"),
        ]


class OneOnOne(OfTwo):
    """One meeting. ``at`` None: nobody has said when. ``shown``: what was prepared, frozen when it began; empty before.

    ``minutes``: planned, and once held, how long it was.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=30)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    shown = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """At most one is still to come; the others are the history."""

        ordering: ClassVar[list[str]] = ["-ended_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["manager_id", "rep_id"], condition=models.Q(state="planned"), name="one_to_come"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["rep_id", "state"], name="one_on_one_of_rep")]

    @property
    def is_planned(self) -> bool:
        """Whether it is still to come, or on."""
        return self.state == State.PLANNED

    @property
    def is_on(self) -> bool:
        """Whether it began and isn't over."""
        return self.is_planned and self.began_at is not None


class Item(models.Model):
    """A point of an agenda. ``by``: who added it (CRM id); empty: it was made from what changed. ``key``: an agenda has one of
    each. ``link``: an address of ours, empty for none. ``said``: the sentence as ``saying`` keeps it, None for somebody's own
    words; ``text``: in English, or those words.
    """

    one_on_one = models.ForeignKey(OneOnOne, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.NOTE)
    key = models.CharField(max_length=100)
    text = models.CharField(max_length=500)
    said = models.JSONField(null=True, blank=True)
    link = models.CharField(max_length=500, blank=True, default="")
    by = models.CharField(max_length=200, blank=True, default="")
    place = models.IntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    removed = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """In the order in which they are talked about."""

        ordering: ClassVar[list[str]] = ["place", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["one_on_one", "key"], name="one_item_a_key"),
        ]

    @property
    def told(self) -> Said:
        """What it is about, for whoever reads it."""
        return own_words(self.text) if self.said is None else from_json(self.said)


class Note(models.Model):
    """What one of the two wrote down. ``private``: for the author alone; else for both of them, and nobody else."""

    one_on_one = models.ForeignKey(OneOnOne, on_delete=models.CASCADE, related_name="notes")
    by = models.CharField(max_length=200)
    private = models.BooleanField(default=False)
    text = models.TextField(max_length=20_000)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """One shared and one private text of each."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["one_on_one", "by", "private"], name="one_note_of_a_kind"),
        ]


class Action(models.Model):
    """What was agreed: who (CRM id) does what from ``first`` up to, and without, ``until``.

    ``metric`` and ``target``: how one will know (a slug, empty: it is ticked off; the value, of a count for a full working week,
    None: just better). ``came``: what had become of it when it was last talked about; empty before.
    """

    one_on_one = models.ForeignKey(OneOnOne, on_delete=models.CASCADE, related_name="actions")
    by = models.CharField(max_length=200)
    who = models.CharField(max_length=200)
    text = models.CharField(max_length=500)
    metric = models.CharField(max_length=100, blank=True, default="")
    target = models.FloatField(null=True, blank=True)
    first = models.DateField()
    until = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    came = models.JSONField(default=dict, blank=True)
    closed_in = models.ForeignKey(OneOnOne, null=True, blank=True, on_delete=models.SET_NULL, related_name="closed")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """The first due first."""

        ordering: ClassVar[list[str]] = ["until", "pk"]


class Wish(OfTwo):
    """What a rep asked the manager for, and the answer."""

    kind = models.CharField(max_length=12, choices=WishKind.choices)
    text = models.CharField(max_length=500)
    link = models.CharField(max_length=500, blank=True, default="")
    state = models.CharField(max_length=10, choices=WishState.choices, default=WishState.OPEN)
    answer = models.CharField(max_length=500, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Oldest first: they are answered in turn."""

        ordering: ClassVar[list[str]] = ["created_at", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["manager_id", "state"], name="wish_of_manager")]
