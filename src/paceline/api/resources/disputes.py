"""Records said to be wrong, and what was decided."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Listing, Shape, instant
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part, version_of_ids
from paceline.disputes.models import Dispute, State
from paceline.pages.disputes.views import in_sight
from paceline.people.models import User


class Disputed(Shape):
    """A record that somebody said shouldn't count."""

    id: int
    kind: str = Field(description="What the record is: opportunity, lead, email, call or meeting.")
    record_id: str
    label: str | None = Field(description="What it is called.")
    rep_id: str | None = Field(description="In whose number it was seen; null: in several people's.")
    metric: str = Field(description="In which number.")
    reason: str
    by: str | None
    at: datetime
    state: str = Field(description=f"One of {', '.join(State.values)}; accepted ones are left out of every number.")
    answer: str | None
    decided_by: str | None
    decided_at: datetime | None


class DisputesAnswer(Listing):
    """One's own disputes, and those over records in the numbers of people in sight; the newest first."""

    items: list[Disputed]


class DisputesQuery(Paged):
    """Which disputes."""

    state: str = Field("", description=f"Only those in one state: {', '.join(State.values)}.")


def disputes(caller: Caller, query: DisputesQuery) -> DisputesAnswer:
    """The disputes in sight."""
    door, problems = caller.door("see_disputes"), caller.problems
    if query.state and query.state not in State.values:
        problems.unknown("state", "state", query.state, State.values)
    problems.check()
    every = Dispute.objects.select_related("by", "decided_by")
    found = [one for one in (every.filter(state=query.state) if query.state else every) if in_sight(caller.user, door, one)]
    some, cursor = part(found, query, door.store, version_of_ids((one.pk, one.state) for one in found))
    page = f"{reverse('disputes')}?{urlencode({'state': query.state})}" if query.state else reverse("disputes")
    items = [dispute_of(one) for one in some]
    return DisputesAnswer(as_of=instant(door.store.now), link=caller.link(page), next_cursor=cursor, items=items)


def dispute_of(one: Dispute) -> Disputed:
    """A dispute as its page tells it."""
    return Disputed(
        id=one.pk, kind=one.kind, record_id=one.record_id, label=one.label or None, rep_id=one.rep_id or None, metric=one.metric,
        reason=one.reason, by=_name(one.by), at=one.at, state=one.state, answer=one.answer or None,
        decided_by=_name(one.decided_by), decided_at=one.decided_at,
    )  # fmt: skip


def _name(user: User | None) -> str | None:
    return None if user is None else user.name


OPERATIONS = (
    Operation("api_disputes", "disputes", "see_disputes", "Records said to be wrong, and what was decided.",
              DisputesQuery, DisputesAnswer, disputes),
)  # fmt: skip
