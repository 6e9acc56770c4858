"""``paceline demo``: the main job on a simulated company, with nothing else needed."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.failure import Exit, Failure
from paceline.cli.opening import store_of
from paceline.cli.output import say, screen, working
from paceline.cli.question import read_day
from paceline.cli.serve import HOST, PORT, HostOption, PortOption, ready, serve_until_stopped

if TYPE_CHECKING:
    from paceline.sales.settings import Settings

FILE = "paceline.toml"
MARK = "# A simulated company, made by `paceline demo`"


def demo(
    folder: Annotated[Path, typer.Option(help="Where to put it; an earlier demo there is replaced.")] = Path("paceline-demo"),
    seed: Annotated[int, typer.Option(min=0, help="Another number makes another company.")] = 7,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day on which its records end; without it, today.", show_default=False)
    ] = None,
    pages: Annotated[bool, typer.Option("--serve/--no-serve", help="Then serve its pages, until Ctrl-C.")] = True,
    host: HostOption = HOST,
    port: PortOption = PORT,
) -> None:
    """Make up a company of ten sellers, load it, show their scoreboard, and serve their pages.

    Eighteen months of deals, mails, calls and meetings, with the mess of real life: deals handed over, reopened, split or merged,
    several currencies and time zones, people who are new, away or gone. The same seed and date give the same company; made once,
    it is there at once the next time.

    Example: `paceline demo --folder demo`
    """
    from paceline.cli.question import Whose, asking
    from paceline.cli.report import read_board
    from paceline.cli.scoreboard import show

    began = time.monotonic()
    day = date.today() if until is None else read_day(until)
    rows = None if is_made(folder, seed, day) else make(folder, seed, day)
    moment = int(datetime.combine(day, datetime.min.time(), UTC).timestamp()) - 1
    now = None if until is None else moment  # as the pages have it: their numbers are these
    with asking(folder, Whose(), "trailing_28", None, now=now) as question, working("Adding up…"):
        board = read_board(question)
    show(board, [], screen())
    sellers = sorted(stint.name for stint in board.people.values() if stint.role == "AE" and stint.name)
    _what_next(folder, rows, time.monotonic() - began, sellers[0] if sellers else "")
    if pages:
        _serve(folder, host, port, now)


def is_made(folder: Path, seed: int, until: date) -> bool:
    """Whether the folder holds this very company, as this version of the program makes it."""
    file = folder / FILE
    return file.exists() and file.read_text(encoding="utf-8").startswith(_mark(seed, until))


def _mark(seed: int, until: date) -> str:
    """The first lines of the company's ``paceline.toml``; they are written last, when it is whole."""
    return f"{MARK}\n# Seed {seed}, until {until}, by Paceline {version('paceline')}\n"


def _serve(folder: Path, host: str, port: int, now: int | None) -> None:
    """The pages, with a log-in of each role."""
    with ready(folder, host, port, now) as listening:
        from paceline.pages.demo_users import demo_users
        from paceline.project.running import running

        users, password = demo_users(running())
        say(f"\nIts pages are at {listening.address} (Ctrl-C ends them; --no-serve leaves them out). Log in as:", "cyan")
        for one in users:
            say(f"  {one.email:<24}{password:<16}{one.name}, {one.role}")
        serve_until_stopped(listening)


def make(folder: Path, seed: int, until: date) -> int:
    """Simulate the company and load it into the folder; gives its number of records. Raises Failure on another project."""
    from paceline.project.folder import open_project
    from paceline.project.loading import load_records
    from paceline.simulation.company import simulate
    from paceline.simulation.sizes import DEMO

    _clear(folder)
    with working("Making up a company…") as tell:
        company = simulate(DEMO, seed, until)
        (folder / FILE).write_text(MARK + "\n" + config_of(company.settings), encoding="utf-8")
        project = open_project(folder)
        with store_of(project, made=True) as engine:
            load_records(engine, project.settings, company.records, "demo", tell)
        (folder / FILE).write_text(_mark(seed, until) + config_of(company.settings), encoding="utf-8")
    return sum(table.num_rows for table in company.records.values())


def _clear(folder: Path) -> None:
    """An empty place for the demo: what an earlier one left is removed, anything else is left alone."""
    file = folder / FILE
    if file.exists() and not file.read_text(encoding="utf-8").startswith(MARK):
        raise Failure(
            f"{folder} holds a project that is no demo.",
            "The demo would replace its settings and its data.",
            "Name another place: paceline demo --folder FOLDER",
            Exit.USAGE,
        )
    folder.mkdir(parents=True, exist_ok=True)
    for left in ("paceline.duckdb", "paceline.duckdb.wal", "app.sqlite3", "app.sqlite3-wal", "app.sqlite3-shm"):
        (folder / left).unlink(missing_ok=True)


def config_of(settings: Settings) -> str:
    """The ``paceline.toml`` of the simulated company."""
    from paceline.project.template import template

    end = f"{settings.work_end_minute // 60:02}:{settings.work_end_minute % 60:02}"
    chosen = {
        ("company", "name"): settings.name,
        ("company", "currency"): settings.currency,
        ("company", "time_zone"): settings.time_zone,
        ("work", "end"): end,
        ("sales", "own_domains"): sorted(settings.own_domains),
    }
    return template({path: json.dumps(value) for path, value in chosen.items()})


def _what_next(folder: Path, rows: int | None, seconds: float, somebody: str) -> None:
    """What was done (``rows`` None: the company was there already), and what to try."""
    done = "Made before, added up" if rows is None else f"{rows:,} records simulated, loaded and added up"
    say(f"\n{done} in {seconds:.0f} s. The project is in {folder}/.")
    say("Try next:", "cyan")
    who = f' --rep "{somebody}"' if somebody else ""
    for command in (
        f"paceline explain win_rate{who} --period last_quarter",
        "paceline ask revenue meetings_held --by rep --period last_month",
        "paceline ask stuck_opportunities --by team,week --period last_quarter",
        "paceline check",
        "paceline metrics show talk_ratio",
    ):
        say(f"  {command} -p {folder}")
