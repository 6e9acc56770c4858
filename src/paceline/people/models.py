"""What is stored of users. ``rep_id`` ties one to a person of the CRM; teams and reporting lines stay in the warehouse."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from paceline.people.roles import NAMES, Role

ROLES = [(role.value, name) for role, name in NAMES.items()]


class UserManager(BaseUserManager["User"]):
    """Makes users."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """A user who logs in with the address; without a password, only through an invitation or single sign-on."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Someone who logs in. ``rep_id``: the CRM's id of the same person, empty when there is none."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=ROLES, default=Role.REP.value)
    rep_id = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")  # empty: the browser's
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        """One account an address, whatever its letters' case; one account a person of the CRM."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("email"), name="one_account_an_address"),
            models.UniqueConstraint("rep_id", name="one_account_a_rep", condition=~models.Q(rep_id="")),
        ]

    def __str__(self) -> str:
        return self.name or self.email



class Invitation(models.Model):
    """A link by which someone joins, or (``user`` set) chooses a new password. Only the token's hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=ROLES)
    rep_id = models.CharField(max_length=200, blank=True, default="")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="links")
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="invited")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


class ApiKey(models.Model):
    """A key by which a program asks in its owner's name. Only its hash is kept; ``shown`` is how it begins.

    ``areas``: what it is limited to (``access/areas.py``); none named: everything that its owner may see.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=100)
    shown = models.CharField(max_length=16)
    key_hash = models.CharField(max_length=64, unique=True)
    writes = models.BooleanField(default=False)
    areas = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.shown}…)"
