"""Saying that a record of a number shouldn't count."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Answer, instant
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.refusal import not_found
from paceline.api.resources.disputes import Disputed, dispute_of
from paceline.api.resources.records import OneQuery, explained
from paceline.pages.disputes.views import opened, rows_of
from paceline.warehouse.exclusion import EXCLUDABLE


class DisputeAnswer(Answer):
    """The dispute; until it is decided the record counts."""

    dispute: Disputed


class DisputeQuery(OneQuery):
    """Which record of which number, and why."""

    kind: str = Field(description=f"One of {', '.join(EXCLUDABLE)}.")
    record_id: str = Field(description="The record's id, as in /records.")
    reason: str = Field(min_length=1, max_length=500, description="What is wrong with it.")


def dispute(caller: Caller, query: DisputeQuery) -> DisputeAnswer:
    """Dispute a record of a number in sight."""
    caller.door("dispute_record")
    if query.kind not in EXCLUDABLE:
        caller.problems.unknown("kind", "kind of record to dispute", query.kind, EXCLUDABLE)
    asked, _, told = explained(caller, query)
    if not rows_of(told, query.kind, query.record_id):
        raise not_found()
    address = f"?{urlencode(asked.words)}"
    made = opened(asked.store, told, query.kind, query.record_id, query.reason, caller.user, address)
    return DisputeAnswer(
        as_of=instant(asked.store.now), link=caller.link(reverse("disputes")), dispute=dispute_of(made)
    )


OPERATIONS = (
    Operation("api_dispute", "disputes/open", "dispute_record", "Dispute a record of a number.",
              DisputeQuery, DisputeAnswer, dispute),
)  # fmt: skip
