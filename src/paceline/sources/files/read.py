"""Reads a folder: finds the files, reads each as the table that it is, settles what only the whole can tell, reports
everything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import pyarrow as pa

from paceline.sales.settings import Settings
from paceline.saying.said import Said, say
from paceline.sources.contract import Batch, ReadReport, Severity
from paceline.sources.files.chunk import Chunk, Reader
from paceline.sources.files.delimited import Delimited, HowWritten
from paceline.sources.files.mapping import Entry, FileMapping
from paceline.sources.files.mapping_check import check_files
from paceline.sources.files.mapping_read import read_mapping
from paceline.sources.files.own import COLUMN_NAMES, near_table, own_entry, table_named
from paceline.sources.files.remarks import Remark, reject
from paceline.sources.files.report import ReportBuilder
from paceline.sources.files.settle import KnownIds, Part, settle
from paceline.sources.files.shape import shape
from paceline.sources.files.structured import JsonLines, ParquetFile
from paceline.sources.transcripts.parts import TRANSCRIPTS, transcript_parts

DELIMITED = (".csv", ".tsv", ".txt")
JSON = (".jsonl", ".ndjson")
PARQUET = (".parquet", ".pq")
DEFAULTS = Settings()
TABULAR = DELIMITED + JSON + PARQUET
ASIDE = frozenset({"control_totals.csv"})  # what stands among records and is none: see `project/control_totals.py`


def _silent(_: str) -> None:
    """Tells nobody."""


def read_folder(
    folder: Path,
    mapping: Path | None = None,
    known_ids: KnownIds | None = None,
    settings: Settings = DEFAULTS,
    tell: Callable[[str], None] = _silent,
) -> tuple[Batch, ReadReport]:
    """Read every file of a folder (folders within it are named in the report): CSV, TSV, Parquet, JSON Lines, WebVTT, RTTM.

    ``known_ids(table)`` gives the ids that are stored already; a reference to one of them is good. ``tell`` is given words
    on how far the reading is. Returns the records, ids unique and required references there, and the report; however bad
    the input, it ends in the report. Raises NotADirectoryError, FileNotFoundError (no such mapping file) and MappingError
    (all errors of the mapping at once).
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder; give the folder that holds the files to load")
    rules = FileMapping() if mapping is None else read_mapping(mapping, settings)
    builder = ReportBuilder()
    paths = sorted(path for path in folder.iterdir() if path.is_file() and is_records(path))
    within = _warning("folder", say("not read: a folder within the folder"), say("Load it by itself, or move its files up"))
    for inner in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
        builder.add(inner.name, within)
    readers = open_all(paths, rules, builder)
    check_files(rules, {path.name: reader.names for path, reader in readers.items()}, [path.name for path in paths])
    parts: list[Part] = []
    for number, (path, reader) in enumerate(readers.items(), 1):
        tell(f"Reading {path.name} ({number} of {len(readers)})…")
        parts += _read_file(path, reader, rules, settings, builder)
    parts += _inline_parts(rules, settings, builder)
    parts += transcript_parts(
        [path for path in paths if path.suffix.lower() in TRANSCRIPTS], rules.speech, _rep_names(parts), settings, builder
    )
    return settle(parts, known_ids, builder), builder.finish()


def is_records(path: Path) -> bool:
    """Whether a file of a folder is there to be read: it isn't hidden, and isn't one of those that stand aside."""
    return not path.name.startswith(".") and path.name not in ASIDE


def open_all(paths: list[Path], rules: FileMapping, builder: ReportBuilder) -> dict[Path, Reader]:
    """A reader for each file of a kind we know; the others are named in the report."""
    readers: dict[Path, Reader] = {}
    for path in paths:
        suffix = path.suffix.lower()
        if suffix == ".toml" or suffix in TRANSCRIPTS:
            continue
        if suffix not in TABULAR:
            builder.add(
                path.name,
                _warning(
                    "kind-unknown",
                    say("not read: no kind of file that we know"),
                    say("Save it as one of {kinds}", kinds=", ".join(TABULAR + TRANSCRIPTS)),
                ),
            )
            continue
        try:
            readers[path] = _reader(path, rules)
        except (OSError, pa.ArrowException) as error:
            builder.add(
                path.name,
                reject("unreadable", say("can't be read: {error}", error=str(error)), say("Save it again, or remove it")),
            )
    return readers


def _how(path: Path, rules: FileMapping) -> HowWritten | None:
    """What the mapping says of how the file is written; by its very name before a pattern."""
    return rules.files.get(path.name) or next(
        (how for pattern, how in rules.files.items() if fnmatch(path.name.casefold(), pattern.casefold())), None
    )


def _reader(path: Path, rules: FileMapping) -> Reader:
    suffix = path.suffix.lower()
    how = _how(path, rules)
    if suffix in PARQUET:
        return ParquetFile(path)
    if suffix in JSON:
        return JsonLines(path, how)
    known = {name.casefold() for entry in rules.entries for origin in entry.origins.values() for name in origin.names}
    return Delimited(path, how, COLUMN_NAMES | known)


def entries_of(path: Path, reader: Reader, rules: FileMapping, settings: Settings, builder: ReportBuilder) -> list[Entry]:
    """What the file feeds: as the mapping says, else as its name says."""
    how = _how(path, rules)
    if how is not None and not how.read:
        return []
    mapped = [entry for entry in rules.entries if entry.file and fnmatch(path.name.casefold(), entry.file.casefold())]
    if mapped:
        return mapped
    table = table_named(path.stem)
    if table is None:
        near = near_table(path.stem)
        wrong = say("not read: its name is no table's: tables are rep, account, opportunity, …")
        if near:
            wrong = say("not read: its name is no table's: did you mean {near}?", near=f"{near}{path.suffix}")
        builder.add(
            path.name,
            _warning("no-table", wrong, say("Rename it, or say what it is in a mapping file")),
        )
        return []
    entry, said = own_entry(table, reader.names, settings)
    for remark, name in said:
        builder.add(path.name, remark, field=name)
    return [entry]


def _read_file(path: Path, reader: Reader, rules: FileMapping, settings: Settings, builder: ReportBuilder) -> list[Part]:
    entries = entries_of(path, reader, rules, settings, builder)
    if not entries:
        return []
    for note in reader.notes:
        builder.add(path.name, note.remark, line=note.line, value=note.value)
    for entry in entries:
        builder.count(path.name, entry.table.name)
    pieces: list[list[tuple[pa.Table, np.ndarray[tuple[int], np.dtype[np.int64]]]]] = [[] for _ in entries]
    try:
        for chunk in reader.chunks():
            _tell_shape(path.name, chunk, entries, builder)
            for entry, piece in zip(entries, pieces, strict=True):
                piece.append(_take(path.name, entry, chunk, settings, builder))
    except (OSError, pa.ArrowException) as error:
        builder.add(
            path.name, reject("unreadable", say("can't be read any further: {error}", error=str(error)), say("Save it again"))
        )
    return [
        Part(
            entry.table.name,
            path.name,
            pa.concat_tables([rows for rows, _ in piece]),
            np.concatenate([lines for _, lines in piece]),
            reader.raws,
            entry.distinct,
        )
        for entry, piece in zip(entries, pieces, strict=True)
        if piece
    ]


def _take(
    file: str, entry: Entry, chunk: Chunk, settings: Settings, builder: ReportBuilder
) -> tuple[pa.Table, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """The chunk's good rows; the others go to the report."""
    found = shape(entry, chunk, file, settings, builder)
    table = entry.table.name
    indexes = list(found.rejected)
    builder.reject(
        file,
        table,
        [int(chunk.lines[i]) for i in indexes],
        map(chunk.raw, indexes),
        ["; ".join(found.rejected[i]) for i in indexes],
    )
    builder.count(file, table, read=found.read, rejected=len(indexes))
    if not entry.distinct:
        return found.rows, found.lines
    # Of a derived table only the first row of each id is worth carrying on.
    _, first = np.unique(found.rows.column("id").to_numpy(zero_copy_only=False).astype(str), return_index=True)
    first.sort()
    builder.count(file, table, repeated=len(found.lines) - len(first))
    return found.rows.take(pa.array(first)), found.lines[first]


def _tell_shape(file: str, chunk: Chunk, entries: list[Entry], builder: ReportBuilder) -> None:
    """Rows that never became cells, and notes on the file: rejected for every table that the file feeds."""
    for note in chunk.notes:
        builder.add(file, note.remark, line=note.line, value=note.value)
    for row in chunk.bad:
        builder.add(file, row.remark, line=row.line, value=row.raw)
    if not chunk.bad:
        return
    for table in dict.fromkeys(entry.table.name for entry in entries):
        builder.reject(
            file, table, [row.line for row in chunk.bad], [row.raw for row in chunk.bad], [row.remark.wrong for row in chunk.bad]
        )
        builder.count(file, table, read=len(chunk.bad), rejected=len(chunk.bad))


def _inline_parts(rules: FileMapping, settings: Settings, builder: ReportBuilder) -> list[Part]:
    """Rows written in the mapping file itself."""
    parts = []
    for entry in rules.entries:
        if entry.rows and rules.path is not None:
            names = dict.fromkeys(name for row in entry.rows for name in row)
            columns = {name: pa.array([row.get(name) for row in entry.rows], pa.string()) for name in names}
            raws = [str(dict(row)) for row in entry.rows]
            chunk = Chunk(columns, np.full(len(entry.rows), entry.line or 1, np.int64), raws.__getitem__)
            rows, lines = _take(rules.path.name, entry, chunk, settings, builder)
            parts.append(Part(entry.table.name, rules.path.name, rows, lines, _all_rows("\n".join(raws)), entry.distinct))
    return parts


def _all_rows(raw: str) -> Callable[[set[int]], Mapping[int, str]]:
    """Rows in a mapping have no line each: whichever is asked for, all are shown."""
    return lambda lines: dict.fromkeys(lines, raw)


def _rep_names(parts: list[Part]) -> dict[str, str]:
    """Casefolded names and ids of the reps in this load → id; a name that two reps share tells nobody apart."""
    names: dict[str, str] = {}
    shared: set[str] = set()
    for part in parts:
        if part.table == "rep":
            for rep, name in zip(part.rows.column("id").to_pylist(), part.rows.column("name").to_pylist(), strict=True):
                for word in {rep.casefold(), name.casefold()}:
                    if names.setdefault(word, rep) != rep:
                        shared.add(word)
    return {word: rep for word, rep in names.items() if word not in shared}


def _warning(kind: str, wrong: Said, remedy: Said) -> Remark:
    return Remark(kind, wrong, remedy, Severity.WARNING)
