"""What the server writes to its log, so that an operator can read it."""

from __future__ import annotations

import logging
import time
from threading import Lock


class OnceAMinute(logging.Filter):
    """Lets a message through at most once a minute, and says how many more there were: under load the same comes with every
    request.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock, self._next, self._more = Lock(), 0.0, 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is written."""
        with self._lock:
            now = time.monotonic()
            if now < self._next:
                self._more += 1
                return False
            more, self._more, self._next = self._more, 0, now + 60
        if more:
            record.msg, record.args = f"{record.getMessage()} ({more} more like it since the last)", ()
        return True
