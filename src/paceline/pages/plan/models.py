"""What is stored beside the records: who set which goal and why, goals that people propose, views with a name.

Goals themselves are records in the warehouse.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from paceline.people.models import User


class GoalChange(models.Model):
    """One thing done to a goal, and how its target came about. Rows are only added.

    ``full``: what a full-timer past the ramp would have; ``present`` × ``ramped`` of it is the target (None: set as it is).
    """

    class What(models.TextChoices):
        """What was done."""

        SET = "set", _("set")
        CHANGED = "changed", _("changed")
        RETIRED = "retired", _("taken back")

    goal_id = models.CharField(max_length=400, db_index=True)
    what = models.CharField(max_length=10, choices=What.choices)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="goal_changes")
    target = models.FloatField()
    before = models.FloatField(null=True)
    full = models.FloatField(null=True)
    present = models.FloatField(null=True)
    ramped = models.FloatField(null=True)
    reason = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        """The latest first."""

        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.goal_id}: {self.what}"


class GoalProposal(models.Model):
    """A goal that somebody would like to have. ``accepted`` None: nobody has decided."""

    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="goal_proposals")
    rep_id = models.CharField(max_length=200, db_index=True)
    metric = models.CharField(max_length=100)
    first = models.DateField()
    until = models.DateField()
    target = models.FloatField()
    reason = models.CharField(max_length=400, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    accepted = models.BooleanField(null=True, default=None)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        """The latest first."""

        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.rep_id}: {self.metric} from {self.first}"


class SavedView(models.Model):
    """A page's address with a name; the address says all there is to say. ``shared``: with everybody who may open the page."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="views")
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=2000)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """By name; a person's names differ."""

        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("user", "name", name="one_view_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class StartPage(models.Model):
    """With which view somebody's day begins."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="start_page")
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="starts")

    def __str__(self) -> str:
        return str(self.view)
