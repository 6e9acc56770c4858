"""What time it is: the store's now, so that numbers and appointments are of the same day in a served past company, too."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.utils import timezone

from paceline.project.running import running


def now() -> datetime:
    """The moment that counts as now, in UTC. Raises RuntimeError where no project is open."""
    return datetime.fromtimestamp(running().store.now, UTC)


def day_of(at: datetime) -> date:
    """The day of an instant in the company's zone."""
    return timezone.localtime(at).date()
