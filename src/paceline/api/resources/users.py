"""Who has an account, and who is invited. Read only: accounts are made and changed on the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from pydantic import Field

from paceline.api.answers import Listing, Person, Shape, instant
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part, version_of_ids
from paceline.people.models import Invitation, User
from paceline.people.roles import Role


class Account(Shape):
    """Somebody who logs in."""

    public_id: UUID
    name: str
    email: str
    role: str = Field(description=f"One of {', '.join(Role)}.")
    person: Person | None = Field(description="Who that is in the CRM; null: nobody.")
    active: bool
    created_at: datetime
    last_login: datetime | None
    link: str


class UsersAnswer(Listing):
    """Accounts by name, the active ones first."""

    items: list[Account]


class UsersQuery(Paged):
    """Which accounts."""

    role: str = Field("", description=f"Only this role: {', '.join(Role)}.")
    active: bool | None = Field(None, description="Only active ones (true), or only deactivated ones (false).")


class Invited(Shape):
    """Somebody invited who hasn't come yet. The link isn't told: only its hash is kept."""

    name: str
    email: str
    role: str
    person: Person | None
    invited_by: str | None
    invited_at: datetime
    ends_at: datetime


class InvitationsAnswer(Listing):
    """Open invitations by name."""

    items: list[Invited]


def users(caller: Caller, query: UsersQuery) -> UsersAnswer:
    """All accounts."""
    store = caller.door("see_users").store
    if query.role and query.role not in list(Role):
        caller.problems.unknown("role", "role", query.role, list(Role))
    caller.problems.check()
    found: QuerySet[User] = User.objects.order_by("-is_active", "name", "pk")
    if query.role:
        found = found.filter(role=query.role)
    if query.active is not None:
        found = found.filter(is_active=query.active)
    listed = list(found)
    some, cursor = part(listed, query, store, version_of_ids((one.pk, one.name, one.is_active) for one in listed))
    people = _people(caller)
    return UsersAnswer(
        as_of=instant(store.now), link=caller.link(reverse("users")), next_cursor=cursor,
        items=[_account(caller, one, people) for one in some],
    )  # fmt: skip


def _account(caller: Caller, one: User, people: dict[str, str]) -> Account:
    return Account(
        public_id=one.public_id, name=one.name, email=one.email, role=one.role, person=_person(one.rep_id, people),
        active=one.is_active, created_at=one.created_at, last_login=one.last_login,
        link=caller.link(reverse("user", args=[one.public_id])),
    )  # fmt: skip


def _people(caller: Caller) -> dict[str, str]:
    return {person.rep_id: person.name for person in caller.door("see_users").people()}


def _person(rep_id: str, people: dict[str, str]) -> Person | None:
    return Person(rep_id=rep_id, name=people.get(rep_id, rep_id)) if rep_id else None


def invitations(caller: Caller, query: Paged) -> InvitationsAnswer:
    """Who is invited."""
    store, people = caller.door("see_users").store, _people(caller)
    waiting = Invitation.objects.filter(accepted_at=None, user=None, expires_at__gt=timezone.now()).select_related("invited_by")
    listed: Sequence[Invitation] = list(waiting.order_by("name", "pk"))
    some, cursor = part(listed, query, store, version_of_ids(one.pk for one in listed))
    items = [
        Invited(name=one.name, email=one.email, role=one.role, person=_person(one.rep_id, people),
                invited_by=None if one.invited_by is None else one.invited_by.name, invited_at=one.created_at,
                ends_at=one.expires_at)
        for one in some
    ]  # fmt: skip
    return InvitationsAnswer(as_of=instant(store.now), link=caller.link(reverse("users")), next_cursor=cursor, items=items)


OPERATIONS = (
    Operation("api_users", "users", "see_users", "Who has an account.", UsersQuery, UsersAnswer, users),
    Operation("api_invitations", "users/invitations", "see_users", "Who is invited.", Paged, InvitationsAnswer, invitations),
)
