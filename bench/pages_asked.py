"""One visitor, page by page: what the first opening of a day costs the server, and what every later one does."""

from __future__ import annotations

import gzip
import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from bench.visitor import Visitor

ROUNDS = 31


@dataclass(frozen=True)
class Page:
    """``first_cpu``: seconds of the server's processor until it was there, what else it set off included; ``cpu`` and the
    others: milliseconds of each later one. ``kilobytes`` of the compressed page.
    """

    path: str
    first_cpu: float
    cpu: float
    middle: float
    slow: float
    kilobytes: float


@dataclass(frozen=True)
class Weight:
    """Of the team page with everything it loads."""

    kilobytes: float
    requests: int
    cells: int


def cpu_seconds(process: int) -> float:
    """Processor time that a process has used; of Linux alone, elsewhere 0."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def measure(visitor: Visitor, paths: Sequence[str], process: int) -> list[Page]:
    """Each page: opened until it and what it set off are worked out, then ROUNDS times."""
    wait_until_idle(process)
    first = {}
    for path in paths:
        began = cpu_seconds(process)
        visitor.wait_for(path)
        wait_until_idle(process)
        first[path] = cpu_seconds(process) - began
    for path in paths:  # what was worked out beside a page is shown from the next time on
        visitor.wait_for(path)
    wait_until_idle(process)
    return [_later(visitor, path, first[path], process) for path in paths]


def _later(visitor: Visitor, path: str, first: float, process: int) -> Page:
    visitor.wait_for(path)
    began, times = cpu_seconds(process), []
    for _ in range(ROUNDS):
        asked = time.perf_counter()
        answer = visitor.open(path)
        times.append((time.perf_counter() - asked) * 1000)
        assert answer.status == 200, f"{path}: {answer.status}"
    spent = (cpu_seconds(process) - began) / ROUNDS * 1000
    return Page(path, first, spent, median(times), quantiles(times, n=20)[-1], len(answer.body) / 1000)


def wait_until_idle(process: int) -> None:
    """Until the work behind the pages is done: it would be counted with them."""
    quiet, worked = 0, cpu_seconds(process)
    while quiet < 3:
        time.sleep(0.7)
        now = cpu_seconds(process)
        quiet, worked = quiet + 1 if now - worked < 0.04 else 0, now


def weigh(visitor: Visitor) -> Weight:
    """All that the team page loads."""
    body = visitor.wait_for("/team/").body
    html = gzip.decompress(body).decode()
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', html)
    sizes = [len(visitor.ask(file).body) for file in files]
    return Weight((len(body) + sum(sizes)) / 1000, 1 + len(files), html.count("<td"))
