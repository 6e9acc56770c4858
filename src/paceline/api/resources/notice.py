"""What is measured, from what, and who sees it."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from pydantic import Field

from paceline.access.rules import NOTICED, RULES
from paceline.api.answers import Answer, Shape, instant
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.question import Query
from paceline.pages.notice import whom_to_ask
from paceline.project.health import counts
from paceline.project.running import running


class Kept(Shape):
    """A kind of record, and how many there are."""

    record: str
    rows: int
    first: date | None
    last: date | None


class Sight(Shape):
    """Something that shows people's numbers, and who may see it."""

    does: str
    roles: dict[str, str] = Field(description="Role → of whom.")
    why: str


class Contact(Shape):
    """Whom to ask to have one's data mended or erased."""

    name: str
    email: str


class NoticeAnswer(Answer):
    """The notice; what each metric means is at /metrics."""

    records: list[Kept]
    who_sees: list[Sight]
    peers_without_names: bool = Field(description="Whether reps see their team's values, without names.")
    admins: list[Contact]
    metrics: list[str] = Field(description="Slugs of what is measured.")


def notice(caller: Caller, query: Query) -> NoticeAnswer:  # noqa: ARG001
    """For whoever is measured."""
    store = caller.door("see_notice").store
    kept = [one for one in counts(store.engine) if one.rows]
    return NoticeAnswer(
        as_of=instant(store.now), link=caller.link(reverse("notice")),
        records=[Kept(record=one.name, rows=one.rows, first=one.first, last=one.last) for one in kept],
        who_sees=[
            Sight(does=rule.does, roles={role.value: rows.value for role, rows in rule.roles.items()}, why=rule.why)
            for rule in RULES if rule.action in NOTICED
        ],
        peers_without_names=running().project.config.pages.peers,
        admins=[Contact(name=one.name, email=one.email) for one in whom_to_ask()], metrics=list(store.catalog),
    )  # fmt: skip


OPERATIONS = (
    Operation("api_notice", "notice", "see_notice", "What is measured, from what, and who sees it.", Query, NoticeAnswer, notice),
)
