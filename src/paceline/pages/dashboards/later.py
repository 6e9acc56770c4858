"""Long work goes on in a thread of its own while the page says so: whoever asks again in a few seconds gets the answer.

soon(store, key, as_of, make) → the answer, or NotYetError, which ``patient`` makes a page that loads itself again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from functools import wraps
from threading import Event, Lock, Semaphore, Thread
from typing import Any, Generic, ParamSpec, TypeVar

from django.http import HttpResponse
from django.shortcuts import render

from paceline.metrics.store import Store
from paceline.pages.dashboards.kept import kept_for_the_day

Answer = TypeVar("Answer")
Given = ParamSpec("Given")

WAIT = 0.5  # seconds that a visitor waits for a page before being told that it is being worked out
PATIENT = 60.0  # seconds that a file or a program waits: they can't load themselves again
AGAIN = 3  # seconds after which that page asks again
_STARTING = Lock()  # else two visitors who come at the same time would have it worked out twice
_AT_ONCE = Semaphore(2)  # further work waits: pages must stay quick meanwhile


class NotYetError(Exception):
    """It is being worked out."""


class _Job(Generic[Answer]):
    """Work in a thread that dies with the process."""

    def __init__(self, make: Callable[[], Answer]) -> None:
        self.make = make
        self.begin()

    def begin(self) -> None:
        """Start the work, anew if it was done."""
        self.done, self.found = Event(), list[Answer]()
        self.problem: Exception | None = None
        Thread(target=self._run, name="later", daemon=True).start()

    def _run(self) -> None:
        try:
            with _AT_ONCE:
                self.found.append(self.make())
        except Exception as problem:  # whatever it is, it is told to whoever waits for the answer
            self.problem = problem
        self.done.set()

    def answer(self, wait: float) -> Answer:
        """The answer, or the problem raised; NotYetError after so many seconds."""
        if not self.done.wait(wait):
            raise NotYetError
        if self.problem is not None:
            problem = self.problem
            if not isinstance(problem, ValueError):  # no answer to the question, but a mishap: another try may do
                self.begin()
            raise problem
        return self.found[0]


def soon(store: Store, key: Hashable, as_of: date | None, make: Callable[[], Answer], wait: float | None = None) -> Answer:
    """The answer, made once for a load and day. ``wait``: seconds until NotYetError (None: WAIT). Raises what ``make`` raises."""
    with _STARTING:
        job: _Job[Answer] = kept_for_the_day(store, ("later", key), as_of, lambda: _Job(make))
    return job.answer(WAIT if wait is None else wait)


def patient(view: Callable[Given, HttpResponse]) -> Callable[Given, HttpResponse]:
    """A view that may have to wait: until then it says so, and the browser asks again by itself, without any script."""

    @wraps(view)
    def waiting(*args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        try:
            return view(*args, **kwargs)
        except NotYetError:
            request: Any = args[0]
            answer = render(request, "plan/waiting.html")
            answer["Refresh"] = str(AGAIN)
            return answer

    return waiting
