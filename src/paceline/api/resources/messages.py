"""One's own messages: which, how, when; and those that were sent. They are chosen on the page alone: a key that leaked must not
lead them elsewhere.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from pydantic import Field

from paceline.alerts.models import Delivery, Progress
from paceline.alerts.wishes import KINDS, address_of, channel_for, wishes_of, zone_of
from paceline.api.answers import Listing, Shape, instant
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part, version_of_ids
from paceline.channels.registry import CHANNELS
from paceline.pages.telling.company import company
from paceline.pages.telling.mine import kinds_of


class Hours(Shape):
    """When one may be told something, in minutes after midnight of ``time_zone``. Quiet from = until: no quiet hours."""

    time_zone: str
    morning: int = Field(description="When morning messages come.")
    quiet_from: int
    quiet_until: int
    weekends: bool
    away: bool = Field(description="Also on public holidays and absences.")
    paused_until: date | None


class Message(Shape):
    """One that was to be sent. Not what it says."""

    id: UUID
    kind: str
    channel: str
    progress: str = Field(description=f"One of {', '.join(Progress.values)}.")
    tries: int
    created_at: datetime
    ended_at: datetime | None
    why: str | None


class MessagesAnswer(Listing):
    """What one chose, which ways are open, and the messages, the latest first."""

    chosen: dict[str, str | None] = Field(description=f"Of {', '.join(KINDS)}: by which way it comes; null: not at all.")
    hours: Hours
    ways: dict[str, str | None] = Field(description="Way → why it can't be used; null: it can.")
    items: list[Message]


def messages(caller: Caller, query: Paged) -> MessagesAnswer:
    """The caller's own."""
    store, wishes = caller.door("see_messages").store, wishes_of(caller.user)
    sent = Delivery.objects.filter(user=caller.user)
    ids = list(sent.values_list("pk", flat=True))
    some, cursor = part(ids, query, store, version_of_ids(ids))
    to, how = address_of(wishes), company()
    return MessagesAnswer(
        as_of=instant(store.now), link=caller.link(reverse("my_messages")), next_cursor=cursor,
        chosen={kind: channel_for(wishes, kind) or None for kind in kinds_of(caller.user)},
        hours=Hours(
            time_zone=zone_of(wishes).key, morning=wishes.morning, quiet_from=wishes.quiet_from, quiet_until=wishes.quiet_until,
            weekends=wishes.weekends, away=wishes.away, paused_until=wishes.paused_until,
        ),
        ways={name: str(channel.ready(how, to)) or None for name, channel in CHANNELS.items()},
        items=[message_of(one) for one in sent.filter(pk__in=some)],
    )  # fmt: skip


def message_of(one: Delivery) -> Message:
    """A message, without its words."""
    return Message(
        id=one.pk, kind=one.kind, channel=one.channel, progress=one.progress, tries=one.tries, created_at=one.created_at,
        ended_at=one.ended_at, why=one.why or None,
    )  # fmt: skip


OPERATIONS = (
    Operation("api_messages", "messages", "see_messages", "Which messages one gets, how and when, and those that were sent.",
              Paged, MessagesAnswer, messages),
)  # fmt: skip
