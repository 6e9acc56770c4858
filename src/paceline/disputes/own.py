"""What disputes keep of a person: what they said and decided, taken out with the rest; at an erasure the words go."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from paceline.disputes.models import Dispute
from paceline.people.models import User


def own_disputes(user: User) -> list[dict[str, Any]]:
    """The disputes that a user opened or decided, and those over records in numbers of the user's own."""
    own = Q(by=user) | Q(decided_by=user) | (Q(rep_id=user.rep_id) if user.rep_id else Q(pk__in=[]))
    return [
        {
            "record": f"{one.kind} {one.record_id}", "metric": one.metric, "reason": one.reason, "at": one.at.isoformat(),
            "state": one.state, "answer": one.answer, "opened_by_me": one.by_id == user.pk,
            "decided_by_me": one.decided_by_id == user.pk,
        }
        for one in Dispute.objects.filter(own).order_by("at")
    ]


def erase_disputes(user: User | None, rep_id: str) -> None:
    """Take out the words that the person wrote and whom a dispute was about; that it was decided stays, as somebody's.

    The reason of an exclusion that still holds stands on numbers, too: it is what an admin decided by.
    """
    if user is not None:
        Dispute.objects.filter(by=user).update(reason="erased", by=None)
        Dispute.objects.filter(decided_by=user).update(answer="", decided_by=None)
    if rep_id:
        Dispute.objects.filter(rep_id=rep_id).update(rep_id="", label="", query="")
