"""``paceline load``: a folder's files become records, facts and roll-ups."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.failure import Exit, Failure
from paceline.cli.opening import ProjectOption, opened, store_of
from paceline.cli.output import Format, notes, say, working, write

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console

    from paceline.project.loading import Loaded
    from paceline.sources.contract import Problem, ReadReport

HEADINGS = {
    "rejected": ("Rejected rows", "red"),
    "repaired": ("Mended, and loaded", "yellow"),
    "warning": ("Loaded, but look at it", "yellow"),
}


def load(
    folder: Annotated[Path, typer.Argument(help="The folder with CSV, TSV, Parquet, JSON Lines, WebVTT or RTTM files.")],
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", "-m", help="A mapping file, for files in other words than ours.", show_default=False),
    ] = None,
    project: ProjectOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How the problems found are written to stdout.")] = Format.TABLE,
) -> None:
    """Load a folder of files, and bring every metric up to date.

    Files named after our tables (rep.csv, opportunity.csv …) in our own columns need nothing else; others need a mapping file.
    The same load twice changes nothing. Good rows load; rejected ones are written to a file in the project, with their reasons.

    Exit code 0: all rows loaded. 6: some rows were rejected. 5: nothing could be read.

    Example: `paceline load exports --mapping salesforce.toml`
    """
    place = opened(project)
    with store_of(place, made=True) as engine, working("Reading files…") as tell:
        loaded = _load(place, engine, folder, mapping, tell)
    report = loaded.report
    if report.problems or form is not Format.TABLE:
        write(lambda: _as_table(report.problems), form, lambda console: _show(report, console))
    _summary(loaded)
    if not report.read:
        raise typer.Exit(Exit.SOURCE)
    if loaded.rejected_file is not None:
        raise typer.Exit(Exit.DATA)


def _load(place, engine, folder, mapping, tell) -> Loaded:  # type: ignore[no-untyped-def]
    from paceline.project.loading import load_folder
    from paceline.sources.files.mapping import MappingError

    try:
        return load_folder(place, engine, folder, mapping, tell)
    except (NotADirectoryError, FileNotFoundError, PermissionError) as error:
        raise Failure("Nothing was read.", str(error), "Check the path, then try again.", Exit.SOURCE) from None
    except MappingError as error:
        raise Failure(
            f"{mapping} has {len(error.problems)} fault(s).", str(error), "Mend them, then load again.", Exit.CONFIG
        ) from None


def _show(report: ReadReport, console: Console) -> None:
    """All problems, what is worst first, each kind under its own heading."""
    from rich.table import Table

    for severity, problems in groupby(report.problems, key=lambda problem: problem.severity):
        title, style = HEADINGS[severity.value]
        table = Table(
            title=f"{title}: {report.count(severity):,}",
            title_style=f"bold {style}",
            title_justify="left",
            box=None,
            pad_edge=False,
        )
        for heading in ("Where", "Field", "Value", "What is wrong", "What to do"):
            table.add_column(heading, overflow="fold", header_style="dim")
        for problem in problems:
            table.add_row(*_cells(problem))
        console.print(table)
        console.print()


def _cells(problem: Problem) -> list[str]:
    from rich.markup import escape

    where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
    return [escape(text) for text in (where, problem.field or "", problem.value or "", problem.wrong, problem.remedy)]


def _as_table(problems: Iterable[Problem]) -> pa.Table:
    import pyarrow as pa

    rows = [
        {
            "severity": str(p.severity),
            "file": p.file,
            "line": p.line,
            "field": p.field,
            "value": p.value,
            "wrong": p.wrong,
            "remedy": p.remedy,
            "count": p.count,
        }
        for p in problems
    ]
    text, number = pa.string(), pa.int64()
    return pa.Table.from_pylist(
        rows,
        schema=pa.schema(
            [
                ("severity", text),
                ("file", text),
                ("line", number),
                ("field", text),
                ("value", text),
                ("wrong", text),
                ("remedy", text),
                ("count", number),
            ]
        ),
    )


def _summary(loaded: Loaded) -> None:
    """What was read, what became of it, what to do next; on stderr."""
    from rich.table import Table

    report = loaded.report
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("File", "Table", "Read", "Accepted", "Rejected"):
        table.add_column(heading, justify="left" if heading in ("File", "Table") else "right")
    for file in report.files:
        table.add_row(file.file, file.table, f"{file.read:,}", f"{file.accepted:,}", f"{file.rejected:,}")
    if report.files:
        notes().print(table)
    rejected = report.read - report.accepted
    again = f", {loaded.repeated:,} the same record again" if loaded.repeated else ""
    say(
        f"Read {report.read:,} rows: {report.accepted:,} accepted, {rejected:,} rejected. "
        f"{loaded.inserted:,} new, {loaded.updated:,} changed, {loaded.unchanged:,} as they were{again}."
    )
    if loaded.rejected_file is not None:
        say(f"The rejected rows, each with its reason: {loaded.rejected_file}", "yellow")
    say(
        "Next: paceline check, to see which metrics light up; paceline report, to see them."
        if report.accepted
        else "No row could be loaded: see above, and `paceline load --help` for how files must be named.",
        "cyan",
    )
