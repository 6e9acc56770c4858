"""What is in a folder's files: the values of each column, as far as someone who says what it is wants to know them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import pyarrow as pa
import pyarrow.compute as pc

from paceline.sources.files.chunk import Chunk, Reader
from paceline.sources.files.mapping import FileMapping
from paceline.sources.files.read import is_records, open_all
from paceline.sources.files.report import ReportBuilder

_ZERO = r"^[^0-9]{0,4}0+([.,]0+)?[^0-9]{0,4}$"
# A million rows are read in about ten seconds, once for each upload; of each column so many values and characters are held.
MOST_ROWS, MOST_VALUES, MOST_CHARACTERS, MOST_ZERO_WORDS = 1_000_000, 1_000, 50_000, 8
MOST_KEPT = 64  # files


@dataclass(frozen=True)
class SeenColumn:
    """A column: its distinct values as they first come (trimmed, empty ones apart; at most ``MOST_VALUES`` of ``MOST_CHARACTERS``
    together, else not ``all_values``), and of how many rows it holds one. ``unique``: no value comes twice in its first chunk.
    ``least``: the first of all by the alphabet, "" if none. ``zeros``: in how many rows it is 0, which is written in these
    ``zero_words`` (at most ``MOST_ZERO_WORDS``).
    """

    name: str
    values: tuple[str, ...] = ()
    all_values: bool = True
    filled: int = 0
    unique: bool = False
    least: str = ""
    zeros: int = 0
    zero_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class SeenFile:
    """A file's columns. ``rows``: how many were looked at; ``whole``: that is all of them."""

    file: str
    columns: tuple[SeenColumn, ...]
    rows: int = 0
    whole: bool = True

    def column(self, name: str) -> SeenColumn:
        """The column of that name; an empty one if the file has none."""
        return next((column for column in self.columns if column.name == name), SeenColumn(name))


@dataclass
class _Filling:
    """A column while its file is read."""

    values: dict[str, None] = field(default_factory=dict)
    all_values: bool = True
    filled: int = 0
    unique: bool = False
    least: str = ""
    zeros: int = 0
    zero_words: dict[str, None] = field(default_factory=dict)

    def add(self, column: pa.Array, first: bool) -> None:
        text = pc.utf8_trim_whitespace(column)
        text = text.filter(pc.fill_null(pc.not_equal(text, ""), False))
        if not len(text):
            return
        self.filled += len(text)
        lowest = pc.min(text).as_py()
        self.least = min(self.least, lowest) if self.least else lowest
        zero = text.filter(pc.match_substring_regex(text, _ZERO))
        self.zeros += len(zero)
        self.zero_words = _first(self.zero_words, zero.unique(), MOST_ZERO_WORDS)
        distinct = text.unique()
        if first:
            self.unique = len(distinct) == len(text) == len(column)
        if not self.all_values:
            return
        self.values = _first(self.values, distinct, MOST_VALUES + 1)
        if len(self.values) > MOST_VALUES or sum(map(len, self.values)) > MOST_CHARACTERS:
            self.all_values = False
            self.values = _within(self.values)

    def as_seen(self, name: str) -> SeenColumn:
        return SeenColumn(
            name, tuple(self.values), self.all_values, self.filled, self.unique, self.least, self.zeros, tuple(self.zero_words)
        )


def _first(held: dict[str, None], more: pa.Array, most: int) -> dict[str, None]:
    """Those held, and of the others as many as there is room for."""
    for value in more:
        if len(held) >= most:
            break
        held[value.as_py()] = None
    return held


def _within(values: dict[str, None]) -> dict[str, None]:
    """The first ones that may be held."""
    kept: dict[str, None] = {}
    size = 0
    for value in list(values)[:MOST_VALUES]:
        size += len(value)
        if size > MOST_CHARACTERS:
            break
        kept[value] = None
    return kept


_Key = tuple[str, int, int, str]
_kept: dict[_Key, SeenFile] = {}
_keeping = Lock()


def look(folder: Path, rules: FileMapping) -> tuple[SeenFile, ...]:
    """Every table of the folder; ``rules`` say how files are written. What was looked at and hasn't changed is remembered."""
    found: list[SeenFile] = []
    for path in sorted(path for path in folder.iterdir() if path.is_file() and is_records(path)):
        told = path.stat()
        key = (str(path), told.st_mtime_ns, told.st_size, repr(rules.files))
        one = _kept.get(key)
        if one is None:
            for reader in open_all([path], rules, ReportBuilder()).values():
                one = _keep(key, seen(path.name, reader))
        if one is not None:
            found.append(one)
    return tuple(found)


def _keep(key: _Key, one: SeenFile) -> SeenFile:
    """Remember a file, in place of what it was before, or of the one that was looked at longest ago."""
    with _keeping:
        for old in [other for other in _kept if (other[0], other[3]) == (key[0], key[3])]:
            del _kept[old]
        while len(_kept) >= MOST_KEPT:
            del _kept[next(iter(_kept))]
        _kept[key] = one
    return one


def seen(file: str, reader: Reader) -> SeenFile:
    """Look at a file's first ``MOST_ROWS`` rows."""
    columns: dict[str, _Filling] = {name: _Filling() for name in reader.names}
    rows = 0
    whole = True
    try:
        for chunk in reader.chunks():
            if rows >= MOST_ROWS:
                whole = False
                break
            _take(columns, chunk, rows == 0)
            rows += len(chunk)
    except (OSError, pa.ArrowException):  # what can't be read is told by the check
        whole = False
    made = tuple(one.as_seen(name) for name, one in columns.items())
    return SeenFile(file, made, rows, whole)


def _take(columns: dict[str, _Filling], chunk: Chunk, first: bool) -> None:
    for name, column in chunk.columns.items():
        columns.setdefault(name, _Filling()).add(column, first)
