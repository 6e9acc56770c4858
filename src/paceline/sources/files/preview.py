"""What a folder's files would become: each file's table, what each of its columns becomes, its first rows; nothing is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from paceline.sales.settings import Settings
from paceline.sources.files.chunk import Reader
from paceline.sources.files.mapping import Entry, FileMapping
from paceline.sources.files.mapping_read import read_mapping
from paceline.sources.files.read import entries_of, is_records, open_all
from paceline.sources.files.report import ReportBuilder

ROWS, SHORT = 5, 60


@dataclass(frozen=True)
class Becomes:
    """A column of a file, and which of our columns it becomes (none: it isn't read)."""

    theirs: str
    ours: tuple[str, ...]


@dataclass(frozen=True)
class FilePreview:
    """A file: the table that it feeds (empty: none), its columns, its first rows as they are written."""

    file: str
    table: str
    columns: tuple[Becomes, ...]
    rows: tuple[tuple[str, ...], ...]


def preview(folder: Path, mapping: Path | None, settings: Settings) -> tuple[FilePreview, ...]:
    """A preview of each table that each file feeds. Raises MappingError with all errors of the mapping."""
    rules = FileMapping() if mapping is None else read_mapping(mapping, settings)
    builder = ReportBuilder()  # what is wrong is told by reading the whole; see `read_folder`
    paths = sorted(path for path in folder.iterdir() if path.is_file() and is_records(path))
    found: list[FilePreview] = []
    for path, reader in open_all(paths, rules, builder).items():
        columns, rows = _head(reader)
        entries = entries_of(path, reader, rules, settings, builder)
        found += [FilePreview(path.name, entry.table.name, _becomes(entry, columns), rows) for entry in entries]
        if not entries:
            found.append(FilePreview(path.name, "", tuple(Becomes(name, ()) for name in columns), rows))
    return tuple(found)


def _head(reader: Reader) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The names of the columns, and the first rows."""
    for chunk in islice(reader.chunks(), 1):
        names = reader.names or tuple(chunk.columns)
        cells = [chunk.columns[name].slice(0, ROWS).to_pylist() for name in names]
        return names, tuple(tuple(_short(value) for value in row) for row in zip(*cells, strict=True))
    return reader.names, ()


def _becomes(entry: Entry, columns: tuple[str, ...]) -> tuple[Becomes, ...]:
    ours: dict[str, list[str]] = {name: [] for name in columns}
    for our, origin in entry.origins.items():
        for name in origin.names:
            ours.setdefault(name, []).append(our)
    return tuple(Becomes(name, tuple(found)) for name, found in ours.items())


def _short(value: str | None) -> str:
    text = value or ""
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"
