"""What only the whole load can tell: ids given twice, and references to rows that aren't there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from paceline.sales.records import BY_NAME, TABLES, Column
from paceline.saying.said import Said, say
from paceline.sources.contract import Severity, arrow_schema
from paceline.sources.files.remarks import Remark, reject
from paceline.sources.files.report import ReportBuilder
from paceline.sources.files.swift import Flags, Ints

KnownIds = Callable[[str], set[str]]


@dataclass(frozen=True)
class Part:
    """Good rows of one file for one table. ``raws``: lines → their raw text, for rows that turn out bad only here."""

    table: str
    file: str
    rows: pa.Table
    lines: Ints
    raws: Callable[[set[int]], Mapping[int, str]]
    distinct: bool = False


@dataclass
class _Whole:
    """All parts of a table as one: row i is of part ``part[i]``; ``alive`` says which rows still load."""

    parts: list[Part]
    rows: pa.Table
    part: Ints
    lines: Ints
    alive: Flags
    reasons: dict[int, str] = field(default_factory=dict)

    def file(self, row: int) -> str:
        return self.parts[int(self.part[row])].file


def settle(parts: list[Part], known_ids: KnownIds | None, builder: ReportBuilder) -> dict[str, pa.Table]:
    """Tables with unique ids and with every required reference there.

    What is rejected here is told and kept like any other row.
    """
    wholes = {
        table.name: _whole([part for part in parts if part.table == table.name])
        for table in TABLES
        if any(part.table == table.name for part in parts)
    }
    for whole in wholes.values():
        _settle_keys(whole, builder)
    _settle_references(wholes, known_ids, builder)
    for name, whole in wholes.items():
        _tell_rejected(name, whole, builder)
    return {name: whole.rows.filter(pa.array(whole.alive)).combine_chunks() for name, whole in wholes.items()}


def _whole(parts: list[Part]) -> _Whole:
    # Derived rows come last: whatever a file says of a record itself wins.
    parts = sorted(parts, key=lambda part: part.distinct)
    rows = pa.concat_tables([part.rows for part in parts]).cast(arrow_schema(BY_NAME[parts[0].table]))
    sizes = [len(part.rows) for part in parts]
    return _Whole(
        parts,
        rows,
        np.repeat(np.arange(len(parts)), sizes),
        np.concatenate([part.lines for part in parts]),
        np.ones(len(rows), np.bool_),
    )


def _codes(column: pa.ChunkedArray) -> Ints:
    """A number for each value, equal for equal values (null: −1)."""
    if column.null_count == len(column):
        return np.full(len(column), -1, np.int64)
    kind = pa.large_string() if pa.types.is_string(column.type) else column.type
    encoded = pc.dictionary_encode(column.cast(kind).combine_chunks())
    codes: Ints = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes


def _settle_keys(whole: _Whole, builder: ReportBuilder) -> None:
    """One row an id: identical copies are left out, of different ones the last stays and the others are rejected."""
    ids = _codes(whole.rows.column("id"))
    doubled = np.flatnonzero(np.bincount(ids)[ids] > 1) if len(ids) else ids
    if not len(doubled):
        return
    derived = np.array([part.distinct for part in whole.parts])[whole.part]
    _drop_derived(whole, ids, doubled, derived, builder)
    doubled = doubled[~derived[doubled]]
    content = _content(whole.rows.take(pa.array(doubled)))
    last = np.zeros(ids.max() + 1, np.int64)
    last[ids[doubled]] = np.arange(len(doubled))  # numpy keeps the last of repeated places
    keeper = last[ids[doubled]]
    places = np.arange(len(doubled))
    same = (content == content[keeper]) & (places != keeper)
    _drop_copies(whole, doubled[same], doubled[keeper[same]], builder)
    other = content != content[keeper]
    _reject_other_versions(whole, doubled[other], doubled[keeper[other]], builder)


def _content(rows: pa.Table) -> Ints:
    """A number for each row, equal for rows that are equal in every column."""
    code = np.zeros(len(rows), np.int64)
    for column in rows.columns:
        values = _codes(column) + 1
        _, code = np.unique(code * (values.max(initial=0) + 1) + values, return_inverse=True)
    return code


def _drop_derived(whole: _Whole, ids: Ints, doubled: Ints, derived: Flags, builder: ReportBuilder) -> None:
    """A derived row whose id is there already adds nothing (rows are sorted: derived ones come last, the first of
    them may stay).
    """
    seen = np.full(ids.max() + 1, -1, np.int64)
    seen[ids[doubled][::-1]] = doubled[::-1]
    gone = doubled[derived[doubled] & (seen[ids[doubled]] != doubled)]
    whole.alive[gone] = False
    _count_repeated(whole, gone, builder)


def _drop_copies(whole: _Whole, gone: Ints, kept: Ints, builder: ReportBuilder) -> None:
    whole.alive[gone] = False
    _count_repeated(whole, gone, builder)
    for file, rows in _by_file(whole, gone):
        stays = kept[np.searchsorted(gone, rows)]
        builder.add_rows(
            file,
            "repeated-row",
            "id",
            len(rows),
            lambda i, rows=rows, stays=stays: (  # type: ignore[misc]
                int(whole.lines[rows[i]]),
                _id(whole, rows[i]),
                Remark(
                    "repeated-row",
                    say("the same row again on {place}; one is loaded", place=_place(whole, stays[i])),
                    say("Nothing to do"),
                    Severity.WARNING,
                ),
            ),
        )


def _reject_other_versions(whole: _Whole, gone: Ints, kept: Ints, builder: ReportBuilder) -> None:
    other = {row: _place(whole, stays) for row, stays in zip(gone.tolist(), kept.tolist(), strict=True)}
    for row, place in other.items():
        whole.reasons[row] = f"id: {say('given again, and differently, on {place}', place=place)}"
    whole.alive[gone] = False
    for file, rows in _by_file(whole, gone):
        builder.add_rows(
            file,
            "duplicate-id",
            "id",
            len(rows),
            lambda i, rows=rows: (  # type: ignore[misc]
                int(whole.lines[rows[i]]),
                _id(whole, rows[i]),
                reject(
                    "duplicate-id",
                    say("given again, and differently, on {place}: the last one is loaded", place=other[int(rows[i])]),
                    say("Keep one row an id"),
                ),
            ),
        )


def _place(whole: _Whole, row: int) -> Said:
    return say("line {line} of {file}", line=str(whole.lines[row]), file=whole.file(row))


def _id(whole: _Whole, row: int) -> str:
    return str(whole.rows.column("id")[int(row)])


def _by_file(whole: _Whole, rows: Ints) -> list[tuple[str, Ints]]:
    return [
        (part.file, rows[whole.part[rows] == index])
        for index, part in enumerate(whole.parts)
        if (whole.part[rows] == index).any()
    ]


def _count_repeated(whole: _Whole, rows: Ints, builder: ReportBuilder) -> None:
    for file, some in _by_file(whole, rows):
        builder.count(file, whole.parts[0].table, repeated=len(some))


def _settle_references(wholes: dict[str, _Whole], known_ids: KnownIds | None, builder: ReportBuilder) -> None:
    """Reject rows whose required reference is nowhere; that may take others with them, so go on until nothing changes."""
    known = _Known(wholes, known_ids)
    changed = set(BY_NAME)
    while changed:
        gone: set[str] = set()
        for name, whole in wholes.items():
            for column in BY_NAME[name].columns:
                if column.required and column.refers in changed and _reject_unknown(whole, column, known, builder):
                    gone.add(name)
        for name in gone:
            known.forget(name)
        changed = gone
    for name, whole in wholes.items():
        for column in BY_NAME[name].columns:
            if column.refers and not column.required:
                _warn_unknown(whole, column, known, builder)


class _Known:
    """The ids of a table that may be referred to: those of this load, then those that the caller knows."""

    def __init__(self, wholes: dict[str, _Whole], known_ids: KnownIds | None) -> None:
        self._wholes, self._known_ids = wholes, known_ids
        self._loaded: dict[str, pa.Array] = {}
        self._stored: dict[str, pa.Array] = {}

    def forget(self, table: str) -> None:
        self._loaded.pop(table, None)

    def missing(self, rows: pa.Table, column: Column, alive: Flags) -> Ints:
        """The living rows whose reference is set and is nowhere."""
        values = rows.column(column.name)
        if values.null_count == len(values) or column.refers is None:
            return np.zeros(0, np.int64)
        bad = alive & values.is_valid().to_numpy() & ~_within(values, self._load(column.refers))
        if bad.any() and self._known_ids is not None:
            if column.refers not in self._stored:
                self._stored[column.refers] = pa.array(sorted(self._known_ids(column.refers)), pa.string())
            bad &= ~_within(values, self._stored[column.refers])
        return np.flatnonzero(bad)

    def _load(self, table: str) -> pa.Array:
        if table not in self._loaded:
            whole = self._wholes.get(table)
            ids = pa.array([], pa.string()) if whole is None else whole.rows.column("id").filter(pa.array(whole.alive))
            self._loaded[table] = ids
        return self._loaded[table]


def _within(values: pa.ChunkedArray, ids: pa.Array) -> Flags:
    found: Flags = pc.is_in(values, ids).to_numpy()
    return found


def _reject_unknown(whole: _Whole, column: Column, known: _Known, builder: ReportBuilder) -> bool:
    rows = known.missing(whole.rows, column, whole.alive)
    whole.alive[rows] = False
    remark = reject(
        "unknown-reference",
        say("no {table} has this id, neither in this load nor stored before", table=column.refers or ""),
        say("Load the {table} too, or correct the id", table=column.refers or ""),
    )
    for row in rows.tolist():
        whole.reasons[row] = f"{column.name}: {remark.wrong}"
    _tell(whole, column.name, rows, remark, builder)
    return len(rows) > 0


def _warn_unknown(whole: _Whole, column: Column, known: _Known, builder: ReportBuilder) -> None:
    remark = Remark(
        "unknown-reference",
        say(
            "no {table} has this id, neither in this load nor stored before; the row is loaded with it", table=column.refers or ""
        ),
        say("Load the {table} too, or correct the id", table=column.refers or ""),
        Severity.WARNING,
    )
    _tell(whole, column.name, known.missing(whole.rows, column, whole.alive), remark, builder)


def _tell(whole: _Whole, name: str, rows: Ints, remark: Remark, builder: ReportBuilder) -> None:
    for file, some in _by_file(whole, rows):
        builder.add_rows(
            file,
            remark.kind,
            name,
            len(some),
            lambda i, some=some: (  # type: ignore[misc]
                int(whole.lines[some[i]]),
                whole.rows.column(name)[int(some[i])].as_py(),
                remark,
            ),
        )


def _tell_rejected(table: str, whole: _Whole, builder: ReportBuilder) -> None:
    """Count the late rejections, and fetch their raw text from the files again: keeping every row's text would not be bounded."""
    rows = np.array(sorted(whole.reasons), np.int64)
    for file, some in _by_file(whole, rows):
        lines = whole.lines[some].tolist()
        part = next(part for part in whole.parts if part.file == file)
        raws = part.raws(set(lines))
        builder.reject(file, table, lines, [raws[line] for line in lines], [whole.reasons[row] for row in some.tolist()])
        builder.count(file, table, rejected=len(some))
