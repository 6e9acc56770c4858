"""Many people at once: each with a log-in and a connection of their own, going from page to page for a while."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from statistics import median, quantiles

from bench.visitor import PASSWORD, Visitor

PAUSE = 1.0  # seconds between two pages, at the median: people read
MANAGERS = ("/today/", "/team/", "/forecast/", "/team/?period=last_month")
REPS = ("/", "/forecast/", "/metrics/meetings_held/")


@dataclass
class Seen:
    """What came back: milliseconds of each page, and what went wrong."""

    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def crowd(address: str, users: list[str], seconds: float) -> None:
    """Everybody reads pages for so many seconds; prints how long they waited, and how many errors there were."""
    visitors = [(user, Visitor(address)) for user in users]
    for user, visitor in visitors:
        visitor.log_in(user, PASSWORD)
    seen = Seen()
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=_read, args=(user, visitor, until, seen)) for user, visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    worst = quantiles(seen.times, n=20)[-1] if len(seen.times) > 1 else float("nan")
    print(
        f"{len(users)} people at once, {seconds:g} s: {len(seen.times)} pages, {len(seen.errors)} errors; "
        f"median {median(seen.times):.0f} ms, one in twenty over {worst:.0f} ms"
    )
    for error in sorted(set(seen.errors)):
        print(f"  {error}")


def _read(user: str, visitor: Visitor, until: float, seen: Seen) -> None:
    choose = random.Random(user)
    pages = MANAGERS if user.startswith("manager") else REPS
    time.sleep(choose.random() * PAUSE)
    while time.monotonic() < until:
        path = choose.choice(pages)
        try:
            began = time.perf_counter()
            status, _, leads_to = visitor.ask(path)
            while status == 302:
                status, _, leads_to = visitor.ask(leads_to)
            seen.times.append((time.perf_counter() - began) * 1000)
            if status != 200:
                seen.errors.append(f"{path}: {status}")
        except (OSError, HTTPException) as problem:
            seen.errors.append(f"{path}: {type(problem).__name__}")
            visitor.connection.close()
        time.sleep(choose.uniform(0.5, 1.5) * PAUSE)
