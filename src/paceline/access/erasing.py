"""Erasing a person: the account's name and address, the log-in, and the name and addresses in the records."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction

from paceline.access.audit import note
from paceline.people.models import Invitation, User
from paceline.project.erasing import erase_records
from paceline.project.folder import Project
from paceline.warehouse.engine import Engine

# What the apps above erase of an account (None: there is none) and a person of the CRM. Each adds its own when it is ready.
ALSO_ERASED: dict[str, Callable[[User | None, str], None]] = {}


def erase(project: Project, engine: Engine, user: User | None, rep_id: str, by: User | None) -> dict[str, int]:
    """Erase the account (None: there is none) and the person of the CRM (empty: nobody); gives changed rows by stored table.

    The audit log keeps what the account did, under an id that leads to nobody any more.
    """
    with transaction.atomic():
        for erased in ALSO_ERASED.values():
            erased(user, rep_id)
        if user is not None:
            _erase_account(user)
        note("person_erased", by, {"user": str(user.public_id) if user else "", "person": rep_id})
        return erase_records(project, engine, rep_id) if rep_id else {}


def _erase_account(user: User) -> None:
    Invitation.objects.filter(email__iexact=user.email).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
    for kept in (EmailAddress, Authenticator, SocialAccount):
        kept.objects.filter(user=user).delete()
    user.keys.all().delete()
    user.name, user.email, user.rep_id, user.is_active = "Erased person", f"{user.public_id}@invalid.example", "", False
    user.set_unusable_password()
    user.save()
