"""``python -m bench``: prepare a company, measure the phases in turns, write what came out to ``bench/results/``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.table import Table

from paceline.sales.records import BY_NAME
from paceline.simulation.company import simulate
from paceline.simulation.sizes import SIZES
from paceline.warehouse.engines.duckdb import open_duckdb
from paceline.warehouse.load import load
from paceline.warehouse.store import create_store

HERE = Path(__file__).parent
UNTIL = date(2026, 11, 20)
SEED = 11
# Order matters: `full` makes the facts that the phases after it read; the ticks change records, so they come last.
OF_A_THIRD = ("full", "full_again", "first_tick", "tick")
PHASES = ("scan", "by_hand", "full", "full_again", "answer", "team", "team_warm", "team_by_hand", "first_tick", "tick")
THIRD = "_third"  # ends the names of what was measured on a company with a third of the history
# What is said: phase, beside which, in words.
RATIOS = (
    ("full + answer", "by_hand", "full build and 20 metrics by rep and month ÷ the same metrics in hand-written SQL"),
    ("full_again + answer", "by_hand", "the same where the store has the compiled SQL already"),
    ("full + answer", "scan", "full build and 20 metrics by rep and month ÷ bare scan of the needed columns"),
    ("by_hand", "scan", "hand-written SQL ÷ bare scan"),
    ("tick", "full", "a day's increment, roll-ups too ÷ full build"),
    ("tick", "full_again", "a day's increment, roll-ups too ÷ full build without compiling"),
    ("tick", "by_hand", "a day's increment ÷ hand-written SQL over everything"),
    ("tick", f"tick{THIRD}", "a day's increment ÷ a day's increment on a third of the history"),
    ("full_again", f"full_again{THIRD}", "full build ÷ full build on a third of the history (without compiling)"),
    ("team_warm", "team_by_hand", "a team's quarter, 12 tiles: asked ÷ hand-written SQL over the facts"),
    ("team_warm", "scan", "a team's quarter, 12 tiles, asked 20 times ÷ one bare scan"),
)
_TELL = Console(stderr=True)
Records = dict[str, pa.Table]


def split(records: Records, last_day: int) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
    """What was there before an instant, and what came in since: records by the moment when they became true."""
    before, since = {}, {}
    for name, rows in records.items():
        dated = BY_NAME[name].true_at
        if dated is None:
            before[name] = rows
            continue
        late = pc.fill_null(pc.and_(pc.greater_equal(rows[dated], last_day), True), False)
        before[name], since[name] = rows.filter(pc.invert(late)), rows.filter(late)
    for name, parent in (("email_recipient", "email"), ("call_turn", "call"), ("meeting_attendee", "meeting")):
        of_late = pc.is_in(before[name][f"{parent}_id"], since[parent]["id"])
        before[name], since[name] = before[name].filter(pc.invert(of_late)), before[name].filter(of_late)
    return before, {name: rows for name, rows in since.items() if rows.num_rows}


def prepare(size: str, folder: Path, months: int) -> dict[str, Any]:
    """Simulate, load all but the last two days, and put those aside. Returns what is known about it."""
    shutil.rmtree(folder, ignore_errors=True)
    _TELL.print(f"Simulating a {size} company…")
    asked = replace(SIZES[size], months=months)
    company = simulate(asked, SEED, UNTIL)
    now = int(datetime(UNTIL.year, UNTIL.month, UNTIL.day, tzinfo=UTC).timestamp()) - 1
    before, since = split(company.records, now + 1 - 86_400)
    before, day_before = split(before, now + 1 - 2 * 86_400)
    for day, batch in (("day_before", day_before), ("last_day", since)):
        (folder / day).mkdir(parents=True)
        for name, rows in batch.items():
            with pa.ipc.new_file(folder / day / f"{name}.arrow", rows.schema) as file:
                file.write_table(rows)
    _TELL.print("Loading all but its last two days…")
    engine = open_duckdb(folder / "store.duckdb")
    create_store(engine)
    load(engine, before, "bench", now - 2 * 86_400)
    engine.close()
    teams = company.records["rep_role"]["team"].drop_null()
    about = {
        "settings": {
            "name": company.settings.name,
            "currency": company.settings.currency,
            "time_zone": company.settings.time_zone,
            "work_end_minute": company.settings.work_end_minute,
            "own_domains": sorted(company.settings.own_domains),
        },
        "now": now,
        "first": str(UNTIL - timedelta(days=asked.months * 30)),
        "until": str(UNTIL),
        "team": Counter(teams.to_pylist()).most_common(1)[0][0],
        "rows": sum(rows.num_rows for rows in company.records.values()),
        "new_rows": sum(rows.num_rows for rows in since.values()),
        "reps": company.records["rep"].num_rows,
    }
    (folder / "about.json").write_text(json.dumps(about))
    return about


def measure(folders: Mapping[str, Path], rounds: int) -> dict[str, dict[str, float]]:
    """Medians of each phase over rounds taken in turns, so that a busy moment meets them all.

    ``folders``: by what their phases' names end with, the company (``""``) and the one with a third of its history (`THIRD`).
    """
    steps = [(phase, ending) for ending in folders for phase in (PHASES if not ending else OF_A_THIRD)]
    for folder in folders.values():
        shutil.copy(folder / "store.duckdb", folder / "fresh.duckdb")
    found: dict[str, list[dict[str, float]]] = {phase + ending: [] for phase, ending in steps}
    for number in range(rounds):
        for folder in folders.values():
            shutil.copy(folder / "fresh.duckdb", folder / "store.duckdb")
        for phase, ending in steps:
            _TELL.print(f"Round {number + 1} of {rounds}: {phase}{ending}…")
            found[phase + ending].append(json.loads(_run(phase, folders[ending]).splitlines()[-1]))
    _TELL.print("Comparing what the increments made with a full build…")
    _run("check", folders[""])
    medians = {phase: {key: statistics.median(one[key] for one in runs) for key in runs[0]} for phase, runs in found.items()}
    for build in ("full", "full_again"):
        both = {key: medians[build][key] + medians["answer"][key] for key in ("cpu", "wall")}
        medians[f"{build} + answer"] = both | {"peak_mb": max(medians[build]["peak_mb"], medians["answer"]["peak_mb"])}
    return medians


def _run(phase: str, folder: Path) -> str:
    words = [sys.executable, "-m", "bench.phases", phase, str(folder)]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def machine() -> str:
    """The machine, in words."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{cpu}, {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}, DuckDB {duckdb.__version__}"


def report(size: str, about: dict[str, Any], found: dict[str, dict[str, float]]) -> str:
    """The results as a Markdown page."""
    lines = [
        f"# Benchmark: the {size} company",
        "",
        f"{about['reps']:,} people, {about['rows']:,} records, of which {about['new_rows']:,} came on the last day.",
        "Medians of rounds taken in turns; CPU seconds and ratios count, wall times depend on what else ran.",
        "After the last round the tables that the increments made were compared with those of a full build: they are the same.",
        "",
        f"Machine: {machine()}. {datetime.now(UTC):%Y-%m-%d}.",
        "",
        "| ratio (CPU) | |",
        "|---|---:|",
        *(f"| {words} | {found[a]['cpu'] / found[b]['cpu']:.2f} |" for a, b, words in RATIOS),
        "",
        "| phase | CPU s | wall s | peak MB |",
        "|---|---:|---:|---:|",
        *(f"| {phase} | {one['cpu']:.2f} | {one['wall']:.2f} | {one['peak_mb']:.0f} |" for phase, one in found.items()),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Parse, prepare, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", choices=sorted(SIZES), default="small")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--months", type=int, default=0, help="how far the company's history goes back (default: the size's)")
    chosen = parser.parse_args()
    name = f"{chosen.size}-{chosen.months}-months" if chosen.months else chosen.size
    folder = HERE / "data" / name
    started = time.monotonic()
    months = chosen.months or SIZES[chosen.size].months
    folders = {"": folder, THIRD: folder.with_name(f"{name}-third")}
    about = prepare(chosen.size, folder, months)
    prepare(chosen.size, folders[THIRD], months // 3)
    found = measure(folders, chosen.rounds)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / f"{name}.md").write_text(report(name, about, found))
    table = Table(title=f"{name} company, {time.monotonic() - started:.0f} s in all", show_lines=False)
    for column in ("ratio of CPU seconds", ""):
        table.add_column(column, justify="left" if column else "right")
    for a, b, words in RATIOS:
        table.add_row(words, f"{found[a]['cpu'] / found[b]['cpu']:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
