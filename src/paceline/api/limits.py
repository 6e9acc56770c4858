"""How often a key may ask: so many requests in each minute of the clock. One process serves, so one place counts."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.core.cache import cache

PER_MINUTE = 300
_MINUTE = 60


@dataclass(frozen=True)
class Left:
    """What is left of the minute: requests, seconds until the next. ``allowed``: whether this one was in it."""

    remaining: int
    reset: int
    allowed: bool

    @property
    def headers(self) -> dict[str, str]:
        """As headers of the answer."""
        left = {"Limit": PER_MINUTE, "Remaining": self.remaining, "Reset": self.reset}
        told = {f"RateLimit-{name}": str(value) for name, value in left.items()}
        return told if self.allowed else {**told, "Retry-After": str(self.reset)}


def counted(key: int) -> Left:
    """Count a request of the key with this number."""
    minute, second = divmod(int(time.time()), _MINUTE)
    name = f"api:{key}:{minute}"
    cache.add(name, 0, timeout=2 * _MINUTE)
    asked = cache.incr(name)
    return Left(max(PER_MINUTE - asked, 0), _MINUTE - second, asked <= PER_MINUTE)
