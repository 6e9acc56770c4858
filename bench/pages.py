"""What a page costs: server time at the median, bytes on the wire, requests, the browser's work; through the real server.

``python -m bench.pages`` measures over the demo company; ``--sellers 500 --months 12`` over one of that size, made up first;
``--folder FOLDER`` over a project that no other process has open (made there first if there is none, and kept). A line a page,
asked by the manager of a team; then many people at once (``--people``), each with a log-in of their own; then Chromium, where
there is one.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

from bench.pages_browser import look
from bench.pages_crowd import crowd
from bench.visitor import PASSWORD, Visitor
from paceline.project import FILE

PAGES = (
    "/team/",
    "/today/",
    "/reps/REP/",
    "/forecast/",
    "/data-health/",
    "/metrics/meetings_held/",
    "/records/meetings_held/?rep=REP",
)
ROUNDS = 31
UNTIL = date(2026, 11, 20)


@dataclass(frozen=True)
class Served:
    """A running server: its address, its process, who logs in (addresses; the first is a manager), a rep of that manager."""

    address: str
    process: int
    users: list[str]
    rep: str


@contextmanager
def server(folder: Path, people: int) -> Iterator[Served]:
    """The real server in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.pages_served", str(folder), str(people)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        told = json.loads(process.stdout.readline())
        yield Served(told["address"], process.pid, told["users"], told["rep"])
    finally:
        process.terminate()
        process.wait(30)


def cpu_seconds(process: int) -> float:
    """Processor time that a process has used; of Linux alone, elsewhere 0."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def measure(served: Served) -> None:
    """A line a page: first visit, median and slowest of the later ones, the server's processor time for each, bytes."""
    visitor = Visitor(served.address)
    visitor.log_in(served.users[0], PASSWORD)
    paths = [page.replace("REP", served.rep) for page in PAGES]
    first = {path: visitor.timed(path)[0] for path in paths}
    _wait_until_idle(served.process)
    print(f"{'page':40} {'first ms':>9} {'median ms':>10} {'slowest':>8} {'CPU ms':>7} {'kB':>6}")
    for path in paths:
        began = cpu_seconds(served.process)
        later = [visitor.timed(path) for _ in range(ROUNDS)]
        spent = (cpu_seconds(served.process) - began) / ROUNDS * 1000
        times = [one for one, _ in later]
        print(f"{path:40} {first[path]:9.0f} {median(times):10.1f} {max(times):8.1f} {spent:7.1f} {later[-1][1] / 1000:6.1f}")
    _weigh(visitor)


def _wait_until_idle(process: int) -> None:
    """Until the work behind the pages is done: it would be counted with them."""
    quiet, worked = 0, cpu_seconds(process)
    while quiet < 3:
        time.sleep(2)
        now = cpu_seconds(process)
        quiet, worked = quiet + 1 if now - worked < 0.1 else 0, now


def _weigh(visitor: Visitor) -> None:
    """All that the team page loads."""
    _, body, _ = visitor.ask("/team/")
    html = gzip.decompress(body).decode()
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', html)
    sizes = [len(visitor.ask(file)[1]) for file in files]
    kilobytes = (len(body) + sum(sizes)) / 1000
    print(f"team page with everything: {kilobytes:.1f} kB in {1 + len(files)} requests; {html.count('<td')} cells")


def make(folder: Path, sellers: int, months: int) -> None:
    """A company of that many sellers, loaded into the folder."""
    from paceline.cli.demo import config_of
    from paceline.project import open_project
    from paceline.project.loading import load_records
    from paceline.simulation.company import simulate
    from paceline.simulation.sizes import Size
    from paceline.warehouse.engines import open_engine

    folder.mkdir(parents=True, exist_ok=True)
    company = simulate(Size("pages", sellers=sellers, managers=max(sellers // 9, 2), months=months, pace=0.5), 11, UNTIL)
    (folder / FILE).write_text(config_of(company.settings), encoding="utf-8")
    engine = open_engine(str(folder / "paceline.duckdb"))
    load_records(engine, open_project(folder).settings, company.records, "bench", lambda _: None)
    engine.close()
    print(f"{sellers} sellers, {months} months, {sum(rows.num_rows for rows in company.records.values()):,} records")


def main() -> None:
    """Measure, in a folder given or in one of our own."""
    asked = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    asked.add_argument("--folder", type=Path, help="a project that no other process has open; made if need be, and kept")
    asked.add_argument("--sellers", type=int, default=10)
    asked.add_argument("--months", type=int, default=18)
    asked.add_argument("--people", type=int, default=50, help="how many ask at once")
    asked.add_argument("--seconds", type=float, default=30, help="for how long")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = options.folder or Path(place)
        if not (folder / FILE).exists():
            make(folder, options.sellers, options.months)
        with server(folder, options.people) as served:
            measure(served)
            crowd(served.address, served.users, options.seconds)
            look(served.address, served.users[0], [page.replace("REP", served.rep) for page in PAGES])


if __name__ == "__main__":
    main()
