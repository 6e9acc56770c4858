"""A simulated company as files: Parquet for benchmarks and loading, CSV for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import tomlkit

from ..sales.records import BY_NAME, TABLES, Type
from .company import Company, Stream
from .tables import schema
from .truths import Truths

_HUNDREDTH = pa.scalar(Decimal("0.01"), pa.decimal128(3, 2))

Progress = Callable[[int, int], None]  # parts done, parts in all


def write_parquet(company: Company | Stream, folder: Path, progress: Progress | None = None) -> dict[str, int]:
    """One ``<table>.parquet`` a record table in ``folder`` (made if missing), and ``truths.toml``; returns rows by table.

    A stream is written part by part, so memory stays that of the slow-moving records and one part. OSError where the folder can't
    be written.
    """
    return _write(company, folder, progress, ".parquet", _parquet_writer, lambda _, rows: rows)


def write_csv(company: Company | Stream, folder: Path, progress: Progress | None = None) -> dict[str, int]:
    """One ``<table>.csv`` a record table, as people write it; returns rows by table.

    Dates are ``YYYY-MM-DD``, instants ``YYYY-MM-DDTHH:MM:SSZ``, money has two decimals, flags are ``true`` and ``false``;
    the column
    names are ours without their units (``amount`` for ``amount_cents``). OSError where the folder can't be written.
    """
    return _write(company, folder, progress, ".csv", _csv_writer, readable)


def _parquet_writer(path: Path, shape: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, shape, compression="zstd")


def _csv_writer(path: Path, shape: pa.Schema) -> pacsv.CSVWriter:
    return pacsv.CSVWriter(path, shape, write_options=pacsv.WriteOptions(quoting_style="needed"))


def _write(
    company: Company | Stream,
    folder: Path,
    progress: Progress | None,
    suffix: str,
    opener: Callable[[Path, pa.Schema], pa.Table],
    shown: Callable[[str, pa.Table], pa.Table],
) -> dict[str, int]:
    folder.mkdir(parents=True, exist_ok=True)
    written = {table.name: 0 for table in TABLES}
    total = len(company) if isinstance(company, Stream) else 1
    with ExitStack() as stack:
        writers = {
            name: stack.enter_context(opener(folder / f"{name}{suffix}", shown(name, schema(name).empty_table()).schema))
            for name in written
        }
        for done, tables in enumerate(_parts(company), start=1):
            for name, rows in tables.items():
                writers[name].write_table(shown(name, rows))
                written[name] += len(rows)
            if progress is not None:
                progress(done, total)
    _write_truths(company.truths, folder)
    return written


def _parts(company: Company | Stream) -> Iterator[dict[str, pa.Table]]:
    if isinstance(company, Stream):
        yield from company.parts()
    else:
        yield company.records


def _write_truths(truths: Truths, folder: Path) -> None:
    rows = [{name: value for name, value in asdict(row).items() if value is not None} for row in truths.rows]
    (folder / "truths.toml").write_text(tomlkit.dumps({"truth": rows}), encoding="utf-8")


def readable(name: str, rows: pa.Table) -> pa.Table:
    """The rows of a record table with dates, times and decimals in place of numbers, and the columns' names without their
    units."""
    columns = BY_NAME[name].columns
    return pa.table({plain(column.name): _shown(rows[column.name], column.type) for column in columns})


def plain(column: str) -> str:
    """A column's name as people write it: ``amount`` for ``amount_cents``."""
    return column.removesuffix("_cents")


def _shown(values: pa.ChunkedArray, kind: Type) -> pa.ChunkedArray:
    if kind is Type.DAY:
        return values.cast(pa.date32()).cast(pa.string())
    if kind is Type.AT:
        return pc.strftime(values.cast(pa.timestamp("s", "UTC")), format="%Y-%m-%dT%H:%M:%SZ")
    if kind is Type.CENTS:
        return pc.multiply(values.cast(pa.decimal128(19, 0)), _HUNDREDTH)
    return values
