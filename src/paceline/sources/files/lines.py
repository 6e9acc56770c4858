"""Feeds physical lines to a CSV parser, counting and keeping them, and taking some back when a quote was never closed."""

from __future__ import annotations

from collections import deque
from typing import TextIO

LINE_LIMIT = 16 * 1024 * 1024  # characters; a longer line, or record, is no row of a table
RECORD_LINES = 1_000  # a cell with more line breaks than this is an open quote


class OpenQuoteError(Exception):
    """The record being parsed doesn't end: its quote isn't closed within the limits."""


class CutLine(str):
    """The head of a line that was too long; the rest was left out."""

    __slots__ = ()


class Lines:
    """An iterator of lines that remembers those of the current record.

    ``number`` is the physical line where the record starts; ``ended_inside`` tells that the file ended within it.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._back: deque[str] = deque()
        self.number = 1
        self.record: list[str] = []
        self.ended_inside = False
        self.nuls = 0
        self.undecoded = 0
        self._size = 0
        self._cuts = 0

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        if len(self.record) >= RECORD_LINES or self._size > LINE_LIMIT:
            raise OpenQuoteError
        line = self._back.popleft() if self._back else self._read()
        if not line:
            self.ended_inside = bool(self.record)
            raise StopIteration
        self.record.append(line)
        self._size += len(line)
        return line

    def _read(self) -> str:
        line = self._file.readline(LINE_LIMIT)
        if "\0" in line:
            self.nuls += line.count("\0")
            line = line.replace("\0", "")
            if not line:  # nothing but NULs, without a line end: not the end of the file
                line = "\n"
        if "\ufffd" in line:
            self.undecoded += 1
        if len(line) >= LINE_LIMIT - 1 and line[-1] not in "\r\n":
            self._skip_line()
            self._cuts += 1
            return CutLine(line)
        return line

    def _skip_line(self) -> None:
        """Leave the rest of an endless line: its head is enough to show what was refused."""
        rest = self._file.readline(LINE_LIMIT)
        while rest and rest[-1] not in "\r\n":
            rest = self._file.readline(LINE_LIMIT)

    def start(self) -> None:
        """The record is done: the next line starts another."""
        self.number += len(self.record)
        self.record = []
        self._size = 0
        self.ended_inside = False

    @property
    def cut(self) -> bool:
        """Whether part of the record was left out."""
        return bool(self._cuts) and any(isinstance(line, CutLine) for line in self.record)

    def give_back(self) -> None:
        """Keep only the first line of the record; the others are read again."""
        self._back.extendleft(reversed(self.record[1:]))
        del self.record[1:]
        self.ended_inside = False
