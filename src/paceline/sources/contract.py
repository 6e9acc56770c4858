"""What a source is: batches of records in the canonical columns, and a report of everything that was wrong with the input.

A source never raises because of what it reads. A row that can't be trusted is rejected, kept and counted; a source raises only
when it can't begin at all (no such folder, a mapping with errors).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pyarrow as pa

from paceline.sales.records import BY_NAME, Table, Type
from paceline.saying.said import Said, ending, joined

# Table name → rows, with exactly the columns and types of ``sales.records``, in that order, and without the stamps.
Batch = Mapping[str, pa.Table]

ARROW_TYPES: Mapping[Type, pa.DataType] = {
    Type.TEXT: pa.string(),
    Type.FLAG: pa.bool_(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: pa.float64(),
    Type.CENTS: pa.int64(),
    Type.DAY: pa.int32(),
    Type.AT: pa.int64(),
}
REJECTED_SCHEMA = pa.schema(
    [("file", pa.string()), ("table", pa.string()), ("line", pa.int64()), ("raw", pa.string()), ("reason", pa.string())]
)


class Severity(StrEnum):
    """What became of the row: left out, loaded after a mend that is certain, or loaded with something to look at."""

    REJECTED = "rejected"
    REPAIRED = "repaired"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the input. ``line`` is the 1-based physical line where the record starts; None: the whole file.

    ``count`` is over 1 when the problem stands for further rows with the same fault, whose examples come before it.
    """

    file: str
    line: int | None
    field: str | None
    value: str | None
    wrong: Said
    remedy: Said
    severity: Severity
    count: int = 1

    @property
    def what(self) -> Said:
        """What is wrong and what to do, without the place."""
        return joined([ending(self.wrong), self.remedy])

    @property
    def told(self) -> Said:
        """All of it."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        subject = " ".join(([self.field] if self.field else []) + ([repr(self.value)] if self.value is not None else []))
        return joined([place, subject, self.what], ": ")

    def __str__(self) -> str:
        return str(self.told)


@dataclass(frozen=True)
class FileCount:
    """How many of a file's rows went into one table. ``accepted + rejected == read`` always holds.

    ``repeated`` of the accepted rows added nothing: identical copies, or rows that a ``distinct`` entry had seen.
    """

    file: str
    table: str
    read: int
    accepted: int
    rejected: int
    repeated: int = 0


@dataclass(frozen=True)
class ReadReport:
    """What was read, and everything wrong with it.

    ``rejected`` has one row a rejected row (``REJECTED_SCHEMA``): none is dropped.
    """

    files: tuple[FileCount, ...] = ()
    problems: tuple[Problem, ...] = ()
    rejected: pa.Table = field(default_factory=REJECTED_SCHEMA.empty_table)

    @property
    def read(self) -> int:
        """Rows read, each counted once a table that it feeds."""
        return sum(count.read for count in self.files)

    @property
    def accepted(self) -> int:
        """Rows loaded (identical copies included)."""
        return sum(count.accepted for count in self.files)

    def count(self, severity: Severity) -> int:
        """How many times something of this severity was found."""
        return sum(problem.count for problem in self.problems if problem.severity is severity)


def arrow_schema(table: Table) -> pa.Schema:
    """The Arrow schema of a record table, in the order of its columns (nullable throughout: Arrow nulls are *unknown*)."""
    return pa.schema([(column.name, ARROW_TYPES[column.type]) for column in table.columns])


def faults_of_batch(batch: Batch) -> list[str]:
    """What a source got wrong in a batch, in words; empty when it keeps the contract. Each source's tests call it."""
    faults = []
    for name, rows in batch.items():
        table = BY_NAME.get(name)
        if table is None:
            faults.append(f"{name} is no record table")
            continue
        if not rows.schema.equals(arrow_schema(table)):
            faults.append(f"{name} has columns {rows.schema}, not {arrow_schema(table)}")
            continue
        faults += [
            f"{name}.{column.name} is required and has nulls"
            for column in table.columns
            if column.required and rows.column(column.name).null_count
        ]
        if len(rows) != len(rows.column("id").unique()):
            faults.append(f"{name}.id is not unique")
    return faults
