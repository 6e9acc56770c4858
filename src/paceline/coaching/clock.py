"""What time it is: the store's now, so that numbers and appointments are of the same day in a served past company, too."""

from __future__ import annotations

from datetime import UTC, datetime

from paceline.project.running import running


def now() -> datetime:
    """The moment that counts as now, in UTC. Raises RuntimeError where no project is open."""
    return datetime.fromtimestamp(running().store.now, UTC)
