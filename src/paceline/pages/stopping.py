"""A server that is told to stop begins nothing more, and ends within seconds whatever runs.

Work calls ``go_on`` between its pieces. What is in the middle of a long piece is broken off with the process, as by a crash:
each write is a transaction, and what wasn't marked as done is done at the next start.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

GRACE = 6.0  # seconds: a message on its way is handed over in less

_stopping = Event()


class StoppingError(Exception):
    """The server was told to stop."""


def is_stopping() -> bool:
    """Whether the server was told to stop."""
    return _stopping.is_set()


def go_on() -> None:
    """Raises StoppingError where the next piece of work is not to be begun any more."""
    if is_stopping():
        raise StoppingError


def end(*works: Callable[[], object], grace: float = GRACE) -> bool:
    """Let work end: each of ``works`` waits for the end of some. Whether all of it ended within so many seconds."""
    _stopping.set()
    waiting = Thread(target=_all, args=(works,), name="stopping", daemon=True)
    waiting.start()
    waiting.join(grace)
    return not waiting.is_alive()


def _all(works: tuple[Callable[[], object], ...]) -> None:
    for work in works:
        work()
