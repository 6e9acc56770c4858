"""Data goes to stdout in the form asked for; everything said about it goes to stderr. Colour only where someone sees it."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, TextIO

from paceline.cli.failure import Exit, Failure

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console
    from rich.table import Table

WIDE = 200  # columns of a table that no terminal shows: a file or another program has no edge


class Format(StrEnum):
    """In which form data is written to stdout."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


@cache
def notes() -> Console:
    """Where words for people go: stderr, whichever stream that is when they are said."""
    return _console(None)


def screen() -> Console:
    """Where tables go: stdout."""
    return _console(sys.stdout)


def _console(stream: TextIO | None) -> Console:
    """A console on the stream; None: on stderr."""
    from rich.console import Console

    console = Console(file=stream, stderr=stream is None, highlight=False)
    if not console.is_terminal and "COLUMNS" not in console._environ:
        console.width = WIDE
    return console


def say(text: str, style: str | None = None) -> None:
    """A sentence for people, on stderr."""
    notes().print(text, style=style, markup=False, soft_wrap=True)


def table_of(*left: str, right: Sequence[str] = ()) -> Table:
    """An empty table of words, then numbers."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in left:
        table.add_column(heading, overflow="fold")
    for heading in right:
        table.add_column(heading, justify="right")
    return table


def write(table: Callable[[], pa.Table], form: Format, shown: Callable[[Console], None]) -> None:
    """Write the data to stdout: as a table for people (``shown``), or ``table`` as JSON, CSV or Parquet for programs."""
    if form is Format.TABLE:
        shown(screen())
    elif form is Format.JSON:
        write_json(table().to_pylist(), sys.stdout)
    elif form is Format.CSV:
        write_csv(table(), sys.stdout)
    else:
        _write_parquet(table())


def write_json(rows: Any, stream: TextIO) -> None:
    """Rows as one JSON array of objects. NaN and infinity, which JSON lacks, become null."""
    json.dump(_finite(rows), stream, ensure_ascii=False, indent=1, default=str)
    stream.write("\n")


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value


def write_csv(table: pa.Table, stream: TextIO) -> None:
    """Rows as CSV with a header; null is an empty field, numbers are unrounded."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in _rows(table):
        writer.writerow([_cell(value) for value in row])


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    columns = [column.to_pylist() for column in table.columns]
    yield from zip(*columns, strict=True)


def _cell(value: Any) -> Any:
    """A value as CSV writes it. Text that a spreadsheet would run as a formula gets a ' in front, which the spreadsheet hides."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return "" if value is None else value


def _write_parquet(table: pa.Table) -> None:
    if sys.stdout.isatty():
        raise Failure(
            "Parquet is not for a terminal.",
            "Its bytes would only garble the screen.",
            "Send it to a file: add  > answer.parquet",
            Exit.USAGE,
        )
    import pyarrow.parquet as parquet

    parquet.write_table(table, sys.stdout.buffer)


@contextmanager
def working(text: str) -> Iterator[Callable[[str], None]]:
    """A spinner on stderr while something takes long; call what it gives to change its words. Silent where no one watches."""
    console = notes()
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status(text) as status:
        yield status.update
