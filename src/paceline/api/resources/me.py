"""Who a key speaks for."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from pydantic import Field

from paceline.access.areas import AREAS
from paceline.api.answers import Answer, instant
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.question import Query


class MeAnswer(Answer):
    """The caller."""

    name: str
    role: str
    rep_id: str | None = Field(description="The same person in the CRM; null: none.")
    areas: list[str] = Field(description="What the key is limited to.")
    writes: bool
    key_expires_at: datetime | None
    company: str
    currency: str
    time_zone: str
    today: str = Field(description="The last day of which anything is known: what `today` means in a period.")


def me(caller: Caller, query: Query) -> MeAnswer:  # noqa: ARG001
    """The user and the key of the request."""
    user, key, store = caller.user, caller.key, caller.store
    return MeAnswer(
        as_of=instant(store.now),
        link=caller.link(reverse("account")),
        name=user.name,
        role=user.role,
        rep_id=user.rep_id or None,
        areas=list((key.areas if key is not None else []) or AREAS),
        writes=key is not None and key.writes,
        key_expires_at=None if key is None else key.expires_at,
        company=store.settings.name,
        currency=store.settings.currency,
        time_zone=store.settings.time_zone,
        today=str(store.view().day),
    )


OPERATIONS = (Operation("api_me", "me", "use_api", "Who the key speaks for, and what it may.", Query, MeAnswer, me),)
