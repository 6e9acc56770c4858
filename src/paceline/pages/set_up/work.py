"""Work that takes longer than a page may: one piece at a time, in a thread of this process, told on every set-up page.

Whatever it does to the store is one transaction, so a process that ends in the middle leaves nothing half done.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Lock

from paceline.pages.counting import FAILED_WORK
from paceline.pages.told import fault_in_words

PATIENCE = 2.0  # seconds that a page waits for short work before it says that it goes on
Tell = Callable[[str], None]
_log = logging.getLogger(__name__)


class BusyError(RuntimeError):
    """Other work is going on; the message says which."""


@dataclass
class Work:
    """A piece of work: what it is, and what it does now."""

    what: str
    began: float = field(default_factory=time.time)
    doing: str = ""
    ended: float | None = None
    future: Future[object] | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has ended, well or not."""
        return self.future is not None and self.future.done()

    @property
    def error(self) -> str:
        """Why it failed, in the reader's language where the engine can tell it; empty: it didn't, or goes on."""
        why = self.future.exception() if self.future is not None and self.future.done() else None
        if isinstance(why, ValueError):
            return fault_in_words(why) or type(why).__name__
        return "" if why is None else str(why) or type(why).__name__

    @property
    def result(self) -> object:
        """What came of it; None while it goes on, and after a failure."""
        return self.future.result() if self.future is not None and self.is_over and not self.error else None

    @property
    def seconds(self) -> int:
        """How long it took, or takes so far."""
        return round((self.ended or time.time()) - self.began)


_lock = Lock()
_hand = ThreadPoolExecutor(max_workers=1, thread_name_prefix="set-up-work")
_latest: Work | None = None


def latest() -> Work | None:
    """The work that goes on, or ended last."""
    return _latest


def begin(what: str, do: Callable[[Tell], object], patience: float = PATIENCE) -> Work:
    """Do something in the background; waits a moment, so that short work is over when the page comes. Raises BusyError."""
    global _latest
    with _lock:
        if _latest is not None and not _latest.is_over:
            raise BusyError(_latest.what)
        work = _latest = Work(what)

        def tell(words: str) -> None:
            work.doing = words

        work.future = _hand.submit(do, tell)
    work.future.add_done_callback(lambda future: _over(work, future))
    wait([work.future], patience)
    return work


def end() -> None:
    """Begin no further work, and wait for the one that goes on."""
    _hand.shutdown()


def _over(work: Work, future: Future[object]) -> None:
    work.ended = time.time()
    if (why := future.exception()) is not None:
        _log.error("%s failed", work.what, exc_info=why)
        FAILED_WORK.add()
