"""Links by which someone joins or chooses a new password: made by an admin, good once, for some days."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from paceline.people.keys import hashed
from paceline.people.models import Invitation, User
from paceline.people.roles import Role
from paceline.saying.said import SaidError, say

DAYS = 7


class TakenError(SaidError):
    """The address or the person of the CRM has an account already; the message says which."""


def invite(by: User | None, email: str, name: str, role: Role, rep_id: str = "") -> tuple[Invitation, str]:
    """An invitation and its token, which can't be had again. Raises TakenError."""
    check_free(email, rep_id)
    return _made(by, email=email.strip().lower(), name=name, role=role.value, rep_id=rep_id)


def new_password(by: User | None, user: User) -> tuple[Invitation, str]:
    """A link by which the user chooses a new password."""
    return _made(by, email=user.email, name=user.name, role=user.role, rep_id=user.rep_id, user=user)


def check_free(email: str, rep_id: str, besides: User | None = None) -> None:
    """Raises TakenError when another account than ``besides`` has the address or the person."""
    others = User.objects.all() if besides is None else User.objects.exclude(pk=besides.pk)
    if others.filter(email__iexact=email.strip()).exists():
        raise TakenError(say("{email} has an account already.", email=email))
    if rep_id and others.filter(rep_id=rep_id).exists():
        raise TakenError(say("The person {rep_id} of the CRM has an account already.", rep_id=rep_id))


def open_invitation(token: str) -> Invitation | None:
    """The invitation that a link's token opens; None if there is none, or it was used, or its time is over."""
    return Invitation.objects.filter(token_hash=hashed(token), accepted_at=None, expires_at__gt=timezone.now()).first()


def accept(token: str, password: str) -> User | None:
    """The user whom the link makes (or whose password it sets); None if the link isn't good any more."""
    with transaction.atomic():
        invitation = open_invitation(token)
        if invitation is None:
            return None
        # Of two at the same moment one counts: the row changes for one of them only.
        if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=timezone.now()):
            return None
        if invitation.user is not None:
            invitation.user.set_password(password)
            invitation.user.save()
            return invitation.user
        check_free(invitation.email, invitation.rep_id)
        return User.objects.create_user(
            invitation.email, password, name=invitation.name, role=invitation.role, rep_id=invitation.rep_id
        )


def _made(by: User | None, **fields: object) -> tuple[Invitation, str]:
    token = secrets.token_urlsafe(32)
    ends = timezone.now() + timedelta(days=DAYS)
    invitation = Invitation.objects.create(token_hash=hashed(token), invited_by=by, expires_at=ends, **fields)
    return invitation, token
