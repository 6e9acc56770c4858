"""``paceline check``: is the configuration right, what is there, what is missing, and which metrics light up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.failure import Exit
from paceline.cli.opening import ProjectOption, opened
from paceline.cli.output import Format, working, write
from paceline.cli.question import Whose, asking

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console
    from rich.table import Table

    from paceline.metrics.check import Health as Fault
    from paceline.metrics.reading import Reading
    from paceline.project import Project
    from paceline.project.health import Count

DAYS = "trailing_90"  # what lights up is judged on these


@dataclass(frozen=True)
class Health:
    """What `check` found: records, faults of the data, a reading of every metric over the last days of the data, and work behind
    the pages that failed last time (name, why).
    """

    records: Sequence[Count]
    readings: Sequence[Reading]
    faults: Sequence[Fault]
    until: str
    failed: Sequence[tuple[str, str]] = ()

    @property
    def dark(self) -> list[Reading]:
        """Metrics without a value."""
        return [reading for reading in self.readings if reading.value is None]


def check(
    project: ProjectOption = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Leave with 6 if a metric has no value or its data is incomplete.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", "-f", help="How the metrics' health is written to stdout.")] = Format.TABLE,
) -> None:
    """Check the configuration and the data: what is there, what is missing, which metrics light up.

    Each metric is asked of the whole company for the 90 days up to the last dated record; without a value it says what it lacks.
    All faults of `paceline.toml` are told at once, each with its line.

    Example: `paceline check --strict`
    """
    place = opened(project)  # a faulty configuration is told before anything else
    health = replace(_health(project), failed=_failed_work(place))
    write(lambda: _as_table(health), form, lambda console: show(health, console))
    if strict and any(reading.value is None or reading.coverage_share < 1 for reading in health.readings):
        raise typer.Exit(Exit.DATA)


def _health(project: ProjectOption) -> Health:
    from paceline.metrics.check import check as checked
    from paceline.project.health import counts, last_day
    from paceline.sales.periods import Period

    with asking(project, Whose(), DAYS, None) as question, working("Looking at every metric…"):
        store = question.store
        records = counts(store.engine)
        day = last_day(store.engine, question.today) or question.today
        period = Period.containing(DAYS, day, store.settings)
        found = checked(store, period)
        return Health(
            records, [light.reading for light in found.lights], [fault for fault in found.health if fault.bad], day.isoformat()
        )


def _failed_work(project: Project) -> list[tuple[str, str]]:
    """What the server did behind the pages and failed at, last time; nothing where no server ever ran."""
    from pathlib import Path

    from paceline.pages.database import database

    kept = database(project.folder, project.config.pages.database)
    if kept["ENGINE"].endswith("sqlite3") and not Path(kept["NAME"]).exists():
        return []
    from paceline.pages.serving import open_database

    open_database(project.folder)
    from paceline.alerts.models import Job

    return [(job.name, f"{job.failures} times: {job.why}") for job in Job.objects.exclude(failures=0)]


def show(health: Health, console: Console) -> None:
    """Records first, then metrics that are dark or incomplete, then a count of the bright ones."""
    console.print("paceline.toml is right.", style="green")
    console.print(_records(health.records))
    bright = [r for r in health.readings if r.value is not None]
    partial = sorted((r for r in bright if r.coverage_share < 0.995), key=lambda r: r.coverage_share)
    console.print(f"\n{len(bright)} of {len(health.readings)} metrics light up in the 90 days to {health.until}.", style="bold")
    if health.dark:
        console.print(_dark(health.dark))
    if partial:
        console.print(_partial(partial))
    if health.faults:
        console.print(_faults(health.faults))
    if health.failed:
        console.print("\nThe work behind the pages that failed:", style="bold")
        for name, why in health.failed:
            console.print(f"  {name}, {why}", markup=False)
    missing = [f"{count.name}: {count.doc}" for count in health.records if not count.rows and count.matters]
    if missing:
        console.print("\nWhat would light up more:", style="bold")
        for doc in missing:
            console.print(f"  {doc}", markup=False)


def _records(records: Sequence[Count]) -> Table:
    table = _table("Records", "Rows", "From", "To")
    for count in records:
        if count.rows:
            table.add_row(count.name, f"{count.rows:,}", str(count.first or ""), str(count.last or ""))
    return table


def _faults(faults: Sequence[Fault]) -> Table:
    table = _table("Look at", "Rows", "What it does", "What to do")
    for fault in faults:
        table.add_row(fault.words, f"{fault.bad:,} of {fault.of:,}", fault.effect, fault.remedy)
    return table


def _dark(readings: Sequence[Reading]) -> Table:
    return _grouped("No value, because", [(reading.none_because or "", reading.slug) for reading in readings])


def _partial(readings: Sequence[Reading]) -> Table:
    rows = [(str(min(reading.coverage, key=lambda part: part.share)), reading.slug) for reading in readings]
    return _grouped("Incomplete: what is there", rows)


def _grouped(heading: str, rows: Sequence[tuple[str, str]]) -> Table:
    """Each reason once, with all the metrics that it holds for."""
    found: dict[str, list[str]] = {}
    for reason, slug in rows:
        found.setdefault(reason, []).append(slug)
    table = _table(heading, "Metrics")
    for reason, slugs in found.items():
        table.add_row(reason, ", ".join(slugs))
    return table


def _table(*headings: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", title="")
    for heading in headings:
        table.add_column(heading, justify="right" if heading in ("Rows", "Coverage") else "left", overflow="fold")
    return table


def _as_table(health: Health) -> pa.Table:
    import pyarrow as pa

    rows = [
        {
            "metric": r.slug,
            "lit": r.value is not None,
            "value": r.value,
            "none_because": r.none_because,
            "coverage": r.coverage_share,
        }
        for r in health.readings
    ]
    return pa.Table.from_pylist(rows)
