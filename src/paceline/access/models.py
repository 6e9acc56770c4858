"""The audit log: who did what, when. Rows are added, never changed; each carries the hash of the one before."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AuditEntry(models.Model):
    """One thing done. ``number`` counts without gaps. ``who``: the user's public id, empty for nobody; no name, no address.

    ``digest`` covers the entry and ``before``, the digest of the entry with the number below (see ``audit.py``).
    """

    number = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    who = models.CharField(max_length=36, blank=True)
    what = models.CharField(max_length=60)
    about = models.JSONField(default=dict)
    before = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        """Oldest first."""

        ordering: ClassVar[list[str]] = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.what}"
