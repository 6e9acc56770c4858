"""What would be loaded: the files read as a load reads them, and nothing kept. Remembered until a file or the mapping changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa
from django.utils.translation import gettext as _

from paceline.pages.dashboards import written
from paceline.pages.set_up import field_words
from paceline.project.bringing import Report, Source
from paceline.project.loading import stored_ids
from paceline.project.running import Running
from paceline.sales.records import BY_NAME, Column, Type
from paceline.sources.contract import ReadReport
from paceline.sources.files.read import read_folder
from paceline.warehouse.store import LOAD_LOG, LOG_SCHEMA, ibis_table

ROWS, MOST_BYTES = 5, 4 * 1024 * 1024


@dataclass(frozen=True)
class Rows:
    """The first rows of a record as they would be loaded: those columns that any of them has. ``main``: to look at first."""

    title: str
    main: bool
    count: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Checked:
    """What a load would bring: each record's number of rows with the first of them, and the report."""

    tables: tuple[tuple[str, int, pa.Table], ...]
    report: ReadReport

    def rows(self, zone: str, currency: str) -> tuple[Rows, ...]:
        """The first rows, in the reader's language."""
        return tuple(_rows(name, count, head, zone, currency) for name, count, head in self.tables)


_kept: dict[str, tuple[str, Checked]] = {}


def is_too_large(found: Source) -> bool:
    """Whether reading it takes longer than a page may: then it is work for the background."""
    return sum(size for _, size in found.files) > MOST_BYTES


def is_loaded(found: Source, report: Report | None) -> bool:
    """Whether nothing has changed since the last load."""
    files = [*(found.folder / name for name, _ in found.files), *([found.mapping] if found.mapping else [])]
    return report is not None and all(file.stat().st_mtime <= report.at for file in files)


def known(place: Running, found: Source) -> Checked | None:
    """What was found out of the files as they are; None: nobody has checked them yet."""
    key, checked = _kept.get(found.name, ("", None))
    return checked if key == _key(place, found) else None


def check(place: Running, found: Source) -> Checked:
    """Read all of it. Raises MappingError."""
    key = _key(place, found)
    batch, report = read_folder(
        found.folder, found.mapping, lambda name: stored_ids(place.engine, name), place.project.settings
    )
    made = Checked(tuple((name, len(rows), _first(rows)) for name, rows in batch.items() if len(rows)), report)
    _kept[found.name] = key, made
    return made


def _first(rows: pa.Table) -> pa.Table:
    """The first rows, copied: a slice would keep all of the file in memory for as long as it is kept."""
    return rows.take(list(range(min(ROWS, len(rows)))))


def _key(place: Running, found: Source) -> str:
    files = [found.folder / name for name, _ in found.files] + ([found.mapping] if found.mapping else [])
    told = [(file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files]
    log = ibis_table(LOAD_LOG, LOG_SCHEMA)
    last = place.engine.query(log.aggregate(last=log.load_id.max()))["last"][0].as_py()
    return repr((str(found.folder), told, place.project.settings, last))


def _rows(name: str, count: int, head: pa.Table, zone: str, currency: str) -> Rows:
    columns = [column for column in BY_NAME[name].columns if head.column(column.name).null_count < len(head)]
    cells = [list(_cells(column, head, zone, currency)) for column in columns]
    return Rows(
        field_words.record(name), name == "opportunity", written.count(count),
        tuple(field_words.field(column) for column in columns), tuple(zip(*cells, strict=True)),
    )  # fmt: skip


def _cells(column: Column, head: pa.Table, zone: str, currency: str) -> Iterator[str]:
    of = head.column("currency").to_pylist() if "currency" in head.column_names else [None] * len(head)
    for value, code in zip(head.column(column.name).to_pylist(), of, strict=True):
        if value is None:
            yield "–"
        elif column.type is Type.CENTS:
            yield f"{written.number(value / 100, 2)} {code or currency}"
        elif column.type is Type.FLAG:
            yield _("yes") if value else _("no")
        elif column.type is Type.DAY:
            yield written.day(datetime.fromtimestamp(0, UTC).date() + timedelta(days=value))
        elif column.type is Type.AT:
            yield written.instant(value, zone)
        elif column.words:
            yield field_words.word(value)
        else:
            yield str(value)
