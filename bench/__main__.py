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
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.table import Table

from paceline.sales.records import BY_NAME
from paceline.simulation.company import Company, simulate
from paceline.simulation.sizes import SIZES
from paceline.warehouse.engines.duckdb import open_duckdb
from paceline.warehouse.load import load
from paceline.warehouse.store import create_store

HERE = Path(__file__).parent
UNTIL = date(2026, 11, 20)
SEED = 11
# Order matters: `full` makes the facts that the phases after it read; `tick` changes records, so it comes last.
PHASES = ("scan", "by_hand", "full", "answer", "team", "team_warm", "team_by_hand", "tick")
# What is said: phase, beside which, in words.
RATIOS = (
    ("full + answer", "by_hand", "full build and 20 metrics by rep and month ÷ the same metrics in hand-written SQL"),
    ("full + answer", "scan", "full build and 20 metrics by rep and month ÷ bare scan of the needed columns"),
    ("by_hand", "scan", "hand-written SQL ÷ bare scan"),
    ("tick", "full", "a day's increment ÷ full build"),
    ("tick", "by_hand", "a day's increment ÷ hand-written SQL over everything"),
    ("team_warm", "team_by_hand", "a team's quarter, 12 tiles: asked ÷ hand-written SQL over the facts"),
    ("team_warm", "scan", "a team's quarter, 12 tiles, asked 20 times ÷ one bare scan"),
)
_TELL = Console(stderr=True)


def split(company: Company, last_day: int) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
    """What was there before an instant, and what came in since: records by the moment when they became true."""
    before, since = {}, {}
    for name, rows in company.records.items():
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


def prepare(size: str, folder: Path) -> dict[str, Any]:
    """Simulate, load all but the last day, and put the last day aside. Returns what is known about it."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "last_day").mkdir(parents=True)
    _TELL.print(f"Simulating a {size} company…")
    company = simulate(SIZES[size], SEED, UNTIL)
    now = int(datetime(UNTIL.year, UNTIL.month, UNTIL.day, tzinfo=UTC).timestamp()) - 1
    before, since = split(company, now + 1 - 86_400)
    for name, rows in since.items():
        with pa.ipc.new_file(folder / "last_day" / f"{name}.arrow", rows.schema) as file:
            file.write_table(rows)
    _TELL.print("Loading all but its last day…")
    engine = open_duckdb(folder / "store.duckdb")
    create_store(engine)
    load(engine, before, "bench", now - 86_400)
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
        "first": str(UNTIL - timedelta(days=SIZES[size].months * 30)),
        "until": str(UNTIL),
        "team": Counter(teams.to_pylist()).most_common(1)[0][0],
        "rows": sum(rows.num_rows for rows in company.records.values()),
        "new_rows": sum(rows.num_rows for rows in since.values()),
        "reps": company.records["rep"].num_rows,
    }
    (folder / "about.json").write_text(json.dumps(about))
    return about


def measure(folder: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Medians of each phase over rounds taken in turns, so that a busy moment meets them all."""
    shutil.copy(folder / "store.duckdb", folder / "fresh.duckdb")
    found: dict[str, list[dict[str, float]]] = {phase: [] for phase in PHASES}
    for number in range(rounds):
        shutil.copy(folder / "fresh.duckdb", folder / "store.duckdb")
        for phase in PHASES:
            _TELL.print(f"Round {number + 1} of {rounds}: {phase}…")
            done = subprocess.run(
                [sys.executable, "-m", "bench.phases", phase, str(folder)], check=True, capture_output=True, text=True
            )
            found[phase].append(json.loads(done.stdout.splitlines()[-1]))
    medians = {phase: {key: statistics.median(one[key] for one in runs) for key in runs[0]} for phase, runs in found.items()}
    both = {key: medians["full"][key] + medians["answer"][key] for key in ("cpu", "wall")}
    medians["full + answer"] = both | {"peak_mb": max(medians["full"]["peak_mb"], medians["answer"]["peak_mb"])}
    return medians


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
    chosen = parser.parse_args()
    folder = HERE / "data" / chosen.size
    started = time.monotonic()
    about = prepare(chosen.size, folder)
    found = measure(folder, chosen.rounds)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / f"{chosen.size}.md").write_text(report(chosen.size, about, found))
    table = Table(title=f"{chosen.size} company, {time.monotonic() - started:.0f} s in all", show_lines=False)
    for column in ("ratio of CPU seconds", ""):
        table.add_column(column, justify="left" if column else "right")
    for a, b, words in RATIOS:
        table.add_row(words, f"{found[a]['cpu'] / found[b]['cpu']:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
