"""What a mapping says, as data: how one file's columns become one table's. ``mapping_read`` makes it from TOML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from paceline.sales.records import Column, Table, Type
from paceline.sources.contract import Problem
from paceline.sources.files.cells import HowToRead
from paceline.sources.files.delimited import HowWritten


class MappingError(ValueError):
    """A mapping file with errors: all of them are in ``problems``, and in the message."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True)
class NullRule:
    """A word that means *unknown*; with ``when`` only in rows whose (their) columns hold one of these words."""

    word: str
    when: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Origin:
    """Where the text of one of our columns comes from, and how it is read.

    ``names``: their columns, joined by ``joiner`` when several; none: ``default`` in every row. ``prefix`` goes before ids.
    """

    names: tuple[str, ...] = ()
    default: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    nulls: tuple[NullRule, ...] = ()
    how: HowToRead = field(default_factory=HowToRead)
    prefix: str = ""
    joiner: str = " "


@dataclass(frozen=True)
class Entry:
    """One table made from one file (``file``: a name or a pattern) or from ``rows`` written in the mapping itself.

    ``where``/``unless``: their column → words; only rows that hold one (and none of the others) feed the table.
    ``line``: in the mapping.
    """

    table: Table
    origins: Mapping[str, Origin]
    file: str | None = None
    rows: tuple[Mapping[str, str], ...] = ()
    distinct: bool = False
    where: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unless: Mapping[str, frozenset[str]] = field(default_factory=dict)
    line: int | None = None


@dataclass(frozen=True)
class CallOf:
    """What the mapping says of the call that a transcript records: the columns of its ``call`` row, as text."""

    call_id: str
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Speech:
    """How transcripts are read: who of the speakers is ours, which call a file is, how close cues make one turn
    (milliseconds).
    """

    speakers: Mapping[str, str] = field(default_factory=dict)
    calls: Mapping[str, CallOf] = field(default_factory=dict)
    merge_gap_ms: int = 1_000


@dataclass(frozen=True)
class FileMapping:
    """A whole mapping file."""

    path: Path | None = None
    entries: tuple[Entry, ...] = ()
    files: Mapping[str, HowWritten] = field(default_factory=dict)
    speech: Speech = field(default_factory=Speech)


def our_column(table: Table, name: str) -> tuple[Column, bool] | None:
    """The column that a name means, and whether it is an amount to turn into cents: ``amount`` is ``amount_cents`` in money."""
    for column in table.columns:
        if column.name == name:
            return column, False
        if column.type is Type.CENTS and column.name == f"{name}_cents":
            return column, True
    return None


def our_names(table: Table) -> list[str]:
    """Every name that :func:`our_column` knows."""
    names = [column.name for column in table.columns]
    return names + [column.name.removesuffix("_cents") for column in table.columns if column.type is Type.CENTS]
