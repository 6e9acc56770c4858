"""A stretch of a file's rows as columns of text: what every reader yields, and all that the rest of the room sees of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pyarrow as pa

from paceline.sources.files.remarks import Remark

CHUNK_ROWS = 65_536
CHUNK_CHARACTERS = 32 * 1024 * 1024  # a chunk of huge cells is cut earlier: memory stays bounded


@dataclass(frozen=True)
class BadRow:
    """A row whose very shape is wrong: it never becomes cells."""

    line: int
    raw: str
    remark: Remark


@dataclass(frozen=True)
class Note:
    """A remark on the file or on one line that keeps no row out."""

    remark: Remark
    line: int | None = None
    value: str | None = None


@dataclass(frozen=True)
class Chunk:
    """``columns``: the file's names → text, null where there is no cell.

    ``lines``: where each row starts. ``raw(i)``: row i as written.
    """

    columns: Mapping[str, pa.Array]
    lines: np.ndarray[tuple[int], np.dtype[np.int64]]
    raw: Callable[[int], str]
    bad: tuple[BadRow, ...] = ()
    notes: tuple[Note, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.lines)


class Reader(Protocol):
    """A kind of file: ``names`` are its columns (empty where each row tells its own), ``chunks`` can be asked for again."""

    names: tuple[str, ...]
    notes: tuple[Note, ...]

    def chunks(self) -> Iterator[Chunk]:
        """Its rows, in order, in bounded pieces."""
        ...

    def raws(self, lines: set[int]) -> Mapping[int, str]:
        """The raw text of the rows that start on these lines: asked for when a row turns out bad only after the file was read."""
        ...


def raws_of(chunks: Iterator[Chunk], lines: set[int]) -> Mapping[int, str]:
    """The raw text of the rows that start on these lines."""
    found: dict[int, str] = {}
    wanted = np.array(sorted(lines), np.int64)
    for chunk in chunks:
        for index in np.flatnonzero(np.isin(chunk.lines, wanted)).tolist():
            found[int(chunk.lines[index])] = chunk.raw(index)
        if len(found) == len(lines):
            break
    return found
