"""What goals' pages and saved views keep of a person: taken out with the rest; at an erasure the words go, and the views."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from paceline.pages.plan.models import GoalChange, GoalProposal, SavedView
from paceline.people.models import User
from paceline.project.running import running
from paceline.warehouse.store import unbound

_ERASED = "erased"


def own_plan(user: User) -> dict[str, Any]:
    """Plain values: changes of goals that the person made or that were made of the person's own goals; goals that the person
    proposed or decided on, or that were proposed for the person; the person's views.
    """
    of_own = _goals_of(user.rep_id) if user.rep_id else Q(pk__in=[])
    for_own = Q(rep_id=user.rep_id) if user.rep_id else Q(pk__in=[])
    return {
        "goal_changes": [
            {"goal": one.goal_id, "what": one.what, "at": one.at.isoformat(), "target": one.target, "before": one.before,
             "reason": one.reason, "by_me": one.by_id == user.pk}
            for one in GoalChange.objects.filter(of_own | Q(by=user)).order_by("at", "pk")
        ],
        "goal_proposals": [
            {"person": one.rep_id, "metric": one.metric, "first": one.first.isoformat(), "until": one.until.isoformat(),
             "target": one.target, "reason": one.reason, "at": one.created_at.isoformat(), "accepted": one.accepted,
             "answer": one.answer, "by_me": one.by_id == user.pk, "decided_by_me": one.decided_by_id == user.pk}
            for one in GoalProposal.objects.filter(for_own | Q(by=user) | Q(decided_by=user)).order_by("created_at", "pk")
        ],
        "views": [
            {"name": one.name, "address": one.address, "shared": one.shared, "at": one.created_at.isoformat()}
            for one in SavedView.objects.filter(user=user)
        ],
    }  # fmt: skip


def erase_plan(user: User | None, rep_id: str) -> None:
    """Delete the person's views and proposals, and take out the words that the person wrote, or that are about the person.

    That a goal was changed, when, and from what to what stays: the company's numbers stand on it.
    """
    if user is not None:
        SavedView.objects.filter(user=user).delete()
        GoalProposal.objects.filter(by=user).delete()
        GoalProposal.objects.filter(decided_by=user).update(answer="", decided_by=None)
        GoalChange.objects.filter(by=user).exclude(reason="").update(reason=_ERASED)
        GoalChange.objects.filter(by=user).update(by=None)
    if rep_id:
        GoalProposal.objects.filter(rep_id=rep_id).delete()
        GoalChange.objects.filter(_goals_of(rep_id)).exclude(reason="").update(reason=_ERASED)


def _goals_of(rep_id: str) -> Q:
    """Changes of a person's goals: those whose record names the person, whoever gave it its id, and those that end in the
    person's (``judging.goals_set``), should the record be gone.
    """
    goals = unbound("goal")
    rows = running().engine.query(goals.filter(goals.rep_id == rep_id).select("id")).to_pylist()
    return Q(goal_id__in=[row["id"] for row in rows]) | Q(goal_id__endswith=f":rep:{rep_id}")
