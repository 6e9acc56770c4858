"""Many people at once: each with a log-in and a connection of their own, going from page to page for a while."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from statistics import median, quantiles

from bench.pages_asked import cpu_seconds, wait_until_idle
from bench.visitor import PASSWORD, Visitor

MANAGERS = ("/today/", "/team/", "/forecast/", "/team/?period=last_month", "/goals/")
REPS = ("/", "/forecast/", "/metrics/meetings_held/", "/goals/")
Person = tuple[str, Visitor]


@dataclass
class Seen:
    """What came back: milliseconds of each page's answers, how many said that it was being worked out, what went wrong."""

    people: int
    pause: float  # seconds between two pages, at the median
    seconds: float
    times: dict[str, list[float]] = field(default_factory=dict)
    waited: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    cpu: float = 0.0  # seconds of the server's processor

    @property
    def pages(self) -> int:
        """How many were answered."""
        return sum(len(times) for times in self.times.values())

    @property
    def middle(self) -> float:
        """Milliseconds, the median of all answers."""
        return median(one for times in self.times.values() for one in times)

    def slow(self, path: str | None = None) -> float:
        """Milliseconds that one in twenty answers takes longer than."""
        times = [one for key, some in self.times.items() if path in (None, key) for one in some]
        return quantiles(times, n=20)[-1] if len(times) > 1 else float("nan")


@dataclass(frozen=True)
class Morning:
    """Everybody's first pages of a day: ``cpu`` seconds of the server's processor until all was there; ``late``: what wasn't."""

    cpu: float
    late: Counter[str]


def gather(address: str, users: list[str], process: int) -> tuple[list[Person], Morning]:
    """Everybody logs in and opens her pages."""
    people = [(user, Visitor(address)) for user in users]
    began, late = cpu_seconds(process), Counter[str]()
    for user, visitor in people:
        visitor.log_in(user, PASSWORD)

    def opens_all(user: str, visitor: Visitor) -> None:
        for _ in range(2):  # what was worked out beside a page is shown from the next time on
            for path in _pages(user):
                try:
                    visitor.wait_for(path)
                except AssertionError as problem:
                    late[str(problem)] += 1

    _together([partial(opens_all, *person) for person in people])
    wait_until_idle(process)
    return people, Morning(cpu_seconds(process) - began, late)


def crowd(people: list[Person], pause: float, seconds: float, process: int) -> Seen:
    """Everybody reads pages for so many seconds."""
    seen = Seen(len(people), pause, seconds)
    began, until = cpu_seconds(process), time.monotonic() + seconds
    _together([partial(_read, *person, until, seen) for person in people])
    seen.cpu = cpu_seconds(process) - began
    return seen


def _together(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _pages(user: str) -> tuple[str, ...]:
    return REPS if user.startswith("rep-") else MANAGERS


def _read(user: str, visitor: Visitor, until: float, seen: Seen) -> None:
    choose = random.Random(user)
    time.sleep(choose.random() * seen.pause)
    while time.monotonic() < until:
        path = choose.choice(_pages(user))
        try:
            began = time.perf_counter()
            answer = visitor.open(path)
            seen.times.setdefault(path, []).append((time.perf_counter() - began) * 1000)
            seen.waited += answer.again
            if answer.status != 200:
                seen.errors[f"{path}: {answer.status}"] += 1
        except (OSError, HTTPException) as problem:
            seen.errors[f"{path}: {type(problem).__name__}"] += 1
            visitor.connection.close()
        time.sleep(choose.uniform(0.5, 1.5) * seen.pause)
