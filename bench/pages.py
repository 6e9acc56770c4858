"""What a page costs: server time at the median, bytes on the wire, requests, the browser's work; through the real server.

``python -m bench.pages`` makes a company of 500 sellers with twelve months of history and one with a third of that (both are
kept in ``--folder``), asks pages one by one as the manager of a team of ten and as an executive, then as many people at once
(``--people``, each with a log-in of their own), then in Chromium, where there is one; and writes ``bench/results/pages.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console

from bench.pages_asked import Page, measure, weigh
from bench.pages_browser import look
from bench.pages_crowd import crowd, gather
from bench.pages_report import Found, report
from bench.visitor import PASSWORD, Visitor
from paceline.project import FILE

HERE = Path(__file__).parent
PAGES = (
    "/team/", "/today/", "/reps/REP/", "/forecast/", "/goals/", "/metrics/meetings_held/", "/records/meetings_held/?rep=REP",
    "/drivers/?rep=REP", "/ramp/", "/decide/", "/accuracy/", "/alerts/", "/one-on-ones/", "/people/", "/data-health/",
)  # fmt: skip
WHOLE = ("/team/", "/today/", "/forecast/", "/goals/", "/metrics/meetings_held/", "/drivers/", "/ramp/", "/people/")
DRAWN = PAGES[:6]
PAUSES = (5.0, 1.0)  # seconds between two pages: of people who read, and of people in a hurry
PROMISED = 500
UNTIL = date(2026, 11, 20)
_TELL = Console(stderr=True)


@dataclass(frozen=True)
class Served:
    """A running server: its address, its process, who logs in (addresses; the first is a manager), a rep of that manager."""

    address: str
    process: int
    users: list[str]
    executive: str
    rep: str

    def pages(self, user: str, paths: tuple[str, ...]) -> list[Page]:
        """What the pages cost that a user opens."""
        visitor = self.visitor(user)
        return measure(visitor, [path.replace("REP", self.rep) for path in paths], self.process)

    def visitor(self, user: str) -> Visitor:
        """Somebody who is logged in."""
        visitor = Visitor(self.address)
        visitor.log_in(user, PASSWORD)
        return visitor


@contextmanager
def server(folder: Path, people: int) -> Iterator[Served]:
    """The real server in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.pages_served", str(folder), str(people)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        told = json.loads(process.stdout.readline())
        yield Served(told["address"], process.pid, told["users"], told["executive"], told["rep"])
    finally:
        process.terminate()
        process.wait(30)


def make(folder: Path, sellers: int, months: int) -> None:
    """A company of that many sellers, loaded into the folder."""
    from paceline.cli.demo import config_of
    from paceline.project import open_project
    from paceline.project.loading import load_records
    from paceline.simulation.company import simulate
    from paceline.simulation.sizes import Size
    from paceline.warehouse.engines import open_engine

    _TELL.print(f"Making {sellers} sellers with {months} months…")
    folder.mkdir(parents=True, exist_ok=True)
    company = simulate(Size("pages", sellers=sellers, managers=max(sellers // 9, 2), months=months, pace=0.5), 11, UNTIL)
    engine = open_engine(str(folder / "paceline.duckdb"))
    (folder / FILE).write_text(config_of(company.settings), encoding="utf-8")
    load_records(engine, open_project(folder).settings, company.records, "bench", lambda _: None)
    engine.close()


def main() -> None:
    """Make what isn't there, measure, write."""
    asked = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    asked.add_argument("--sellers", type=int, default=PROMISED)
    asked.add_argument("--months", type=int, default=12)
    asked.add_argument("--people", type=int, default=50, help="how many ask at once")
    asked.add_argument("--seconds", type=float, default=30, help="for how long")
    asked.add_argument("--folder", type=Path, default=HERE / "data" / "pages", help="where companies are kept")
    chosen = asked.parse_args()
    folders = {months: chosen.folder / f"{chosen.sellers}-{months}" for months in (chosen.months // 3, chosen.months)}
    for months, folder in folders.items():
        if not (folder / FILE).exists():
            make(folder, chosen.sellers, months)
    found = _measured(folders, chosen.people, chosen.seconds)
    name = "pages.md" if chosen.sellers == PROMISED else f"pages-{chosen.sellers}.md"
    (HERE / "results" / name).write_text(report(found, chosen.sellers), encoding="utf-8")
    Console().print((HERE / "results" / name).read_text(encoding="utf-8"), markup=False)


def _measured(folders: dict[int, Path], people: int, seconds: float) -> Found:
    (third, short), (months, whole) = folders.items()
    _TELL.print(f"Pages of {third} months…")
    with server(short, people) as served:
        before = served.pages(served.users[0], PAGES)
    with server(whole, people) as served:
        _TELL.print(f"Pages of {months} months…")
        team = served.pages(served.users[0], PAGES)
        company = served.pages(served.executive, WHOLE)
        weight = weigh(served.visitor(served.users[0]))
        _TELL.print(f"{people} people open their pages…")
        there, morning = gather(served.address, served.users, served.process)
        _TELL.print("…and read…")
        loads = os.getloadavg()[1]
        crowds = [crowd(there, pause, seconds, served.process) for pause in PAUSES]
        _TELL.print("Chromium…")
        drawn = look(served.address, served.users[0], [path.replace("REP", served.rep) for path in DRAWN])
    return Found(months, third, team, before, company, weight, morning, crowds, drawn, loads)


if __name__ == "__main__":
    main()
