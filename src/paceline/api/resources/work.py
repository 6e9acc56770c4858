"""The work behind the pages: what ran, what failed, what runs next; which messages went out. Not what they say."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count
from django.urls import reverse
from pydantic import Field

from paceline.alerts.models import Delivery, Job, Progress
from paceline.api.answers import Listing, Shape, instant
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part, version_of_ids
from paceline.api.resources.messages import Message, message_of
from paceline.pages.telling.work import WORK


class JobNow(Shape):
    """A piece of work. All moments null: it never began."""

    name: str
    began_at: datetime | None
    ended_at: datetime | None
    well_at: datetime | None = Field(description="When it last went well.")
    next_at: datetime | None
    failures: int = Field(description="Since it last went well.")
    why: str | None = Field(description="Of the last failure.")
    came: str | None = Field(description="What the last good run did.")


class Sent(Message):
    """A message to somebody."""

    to: str = Field(description="The user's name.")


class WorkAnswer(Listing):
    """Jobs, how many messages stand where, and the messages, the latest first."""

    jobs: list[JobNow]
    messages: dict[str, int] = Field(description="Progress → how many messages.")
    items: list[Sent]


def work(caller: Caller, query: Paged) -> WorkAnswer:
    """How it goes."""
    store, known = caller.door("see_work").store, {job.name: job for job in Job.objects.all()}
    counts = {one["progress"]: one["n"] for one in Delivery.objects.values("progress").order_by().annotate(n=Count("pk"))}
    shown = Delivery.objects.exclude(progress=Progress.DROPPED).order_by("-created_at", "pk")
    ids = list(shown.values_list("pk", flat=True))  # that a message was sent is kept for good: there are many
    some, cursor = part(ids, query, store, version_of_ids(ids))
    sent = shown.filter(pk__in=some).select_related("user")
    return WorkAnswer(
        as_of=instant(store.now), link=caller.link(reverse("work")), next_cursor=cursor, messages=counts,
        jobs=[_job(known.get(name) or Job(name=name)) for name in WORK], items=[_sent(one) for one in sent],
    )  # fmt: skip


def _job(one: Job) -> JobNow:
    return JobNow(
        name=one.name, began_at=one.began_at, ended_at=one.ended_at, well_at=one.well_at, next_at=one.next_at,
        failures=one.failures, why=one.why or None, came=one.came or None,
    )  # fmt: skip


def _sent(one: Delivery) -> Sent:
    return Sent(to=one.user.name, **vars(message_of(one)))


OPERATIONS = (Operation("api_work", "work", "see_work", "How the work behind the pages goes.", Paged, WorkAnswer, work),)
