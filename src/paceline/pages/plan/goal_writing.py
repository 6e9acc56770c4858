"""Writing goals: as records, through the ordinary load, with a line of their history and one in the audit log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
from django.db import transaction

from paceline.access.audit import note
from paceline.judging.goals import Goal
from paceline.judging.goals_set import SOURCE, Planned, retired
from paceline.metrics.vocabulary import Metric, Unit
from paceline.pages.plan.models import GoalChange
from paceline.people.models import User
from paceline.project.loading import load_records
from paceline.project.running import running


def set_planned(planned: Planned, by: User, reason: str) -> None:
    """Write the goals that were planned."""
    ids: Sequence[str] = planned.records["goal"]["id"].to_pylist()
    changes = [
        GoalChange(
            goal_id=name, by=by, target=one.target, before=one.replaces, reason=reason,
            what=GoalChange.What.SET if one.replaces is None else GoalChange.What.CHANGED,
            full=one.prorated.full if one.prorated else None, present=one.prorated.present if one.prorated else None,
            ramped=one.prorated.ramped if one.prorated else None,
        )
        for name, one in zip(ids, planned.goals, strict=True)
    ]  # fmt: skip
    _write(planned.records, changes, by, "goals_set", planned.metric)


def retire(goal: Goal, metric: Metric, by: User, reason: str) -> None:
    """Take a goal back. ``goal.target`` as it is stored. GoalError where it is gone already."""
    per = 100.0 if metric.unit is Unit.MONEY else 1.0
    change = GoalChange(goal_id=goal.id, by=by, what=GoalChange.What.RETIRED, target=goal.target / per, reason=reason)
    _write(retired(running().store, [goal.id]), [change], by, "goal_retired", metric)


def _write(records: Mapping[str, pa.Table], changes: Sequence[GoalChange], by: User, what: str, metric: Metric) -> None:
    place = running()
    store = place.store
    with transaction.atomic():  # no line of history without its goal
        GoalChange.objects.bulk_create(changes)
        for one in changes:
            note(what, by, {"goal": one.goal_id, "metric": metric.slug, "target": f"{one.target:.10g}"})
        load_records(store.engine, store.settings, records, SOURCE, lambda _: None, metrics=store.catalog)
    place.changed()
