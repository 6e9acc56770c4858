"""CSV and TSV → chunks of text columns, however the file was written. Rows of the wrong shape are told apart, with their line."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from paceline.saying.said import noted, say
from paceline.sources.contract import Severity
from paceline.sources.files.chunk import CHUNK_CHARACTERS, CHUNK_ROWS, BadRow, Chunk, Note
from paceline.sources.files.decoding import detect, open_text
from paceline.sources.files.dialect import sniff
from paceline.sources.files.lines import LINE_LIMIT, CutLine, Lines, OpenQuoteError
from paceline.sources.files.remarks import Remark, reject
from paceline.sources.files.report import encodable

_SAMPLE_LINES = 200
_SAMPLE_CHARACTERS = 1 << 20


@dataclass(frozen=True)
class HowWritten:
    """What the mapping file says of how a file is written; None: found out. ``skip``: lines above the header. ``header``: whether
    there is one; without, columns are called ``column 1`` and so on. ``read``: whether the file is to be read at all.
    """

    encoding: str | None = None
    separator: str | None = None
    quote: str = '"'
    skip: int = 0
    header: bool = True
    read: bool = True


@dataclass
class _Rows:
    """The rows of the chunk being made."""

    cells: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    raws: list[str] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    size: int = 0

    def full(self) -> bool:
        return len(self.lines) + len(self.bad) >= CHUNK_ROWS or self.size >= CHUNK_CHARACTERS


class Delimited:
    """A text file of separated cells with a header. Column names are stripped; a repeated or empty one gets a name of its own."""

    def __init__(self, path: Path, how: HowWritten | None = None, known: Collection[str] = ()) -> None:
        how = how or HowWritten()
        self._path, self._how = path, how
        encoding = detect(path) if how.encoding is None else None
        self._encoding = encoding.name if encoding else str(how.encoding)
        notes = [Note(encoding.remark)] if encoding and encoding.remark else []
        sample, self._skip = self._sample(how.skip)
        told = sample[0].rstrip("\r\n")[4:] if sample and sample[0].lower().startswith("sep=") else ""
        if told:  # Excel's own way to tell
            sample, self._skip = sample[1:], self._skip + 1
        self._separator = how.separator or (told if len(told) == 1 else sniff(sample, path.suffix.lower(), known))
        header = self._header() if how.header else [""] * len(self._header())
        self.names = _distinct(header, notes)
        self.notes = tuple(notes)

    def _sample(self, skip: int) -> tuple[list[str], int]:
        """The first lines with something in them, and how many lines come before."""
        with open_text(self._path, self._encoding) as file:
            for _ in range(skip):
                file.readline(LINE_LIMIT)
            sample: list[str] = []
            size = 0
            while len(sample) < _SAMPLE_LINES and size < _SAMPLE_CHARACTERS:
                line = file.readline(_SAMPLE_CHARACTERS).replace("\0", "")
                if not line:
                    break
                if sample or line.strip():
                    sample.append(line)
                    size += len(line)
                else:
                    skip += 1
            return sample, skip

    def _header(self) -> list[str]:
        with open_text(self._path, self._encoding) as file:
            return next((cells for cells, _ in self._parse(self._lines(file)) if isinstance(cells, list)), [])

    def _lines(self, file: object) -> Lines:
        lines = Lines(file)  # type: ignore[arg-type]
        for _ in range(self._skip):
            next(lines, None)
            lines.start()
        return lines

    def _parse(self, lines: Lines) -> Iterator[tuple[list[str] | Remark, int]]:
        """Records of the file; the lines of the current one are in ``lines.record``. Blank lines are no records."""
        csv.field_size_limit(LINE_LIMIT * 2)
        reader = csv.reader(lines, delimiter=self._separator, quotechar=self._how.quote)
        while True:
            lines.start()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, OpenQuoteError):
                yield self._open_quote(lines), lines.number
                continue
            if not cells:
                continue
            if lines.cut or lines.ended_inside or (len(lines.record) > 1 and self._swallowed(lines.record)):
                yield self._open_quote(lines), lines.number
            else:
                yield cells, lines.number

    def _swallowed(self, record: list[str]) -> bool:
        """A record over several lines whose quotes don't pair up took lines in that aren't its own."""
        try:
            list(csv.reader(record, delimiter=self._separator, quotechar=self._how.quote, strict=True))
        except csv.Error:
            return True
        return False

    @staticmethod
    def _open_quote(lines: Lines) -> Remark:
        if isinstance(lines.record[0], CutLine):
            return reject(
                "too-long",
                say("a line of more than {limit} characters (only its beginning is kept)", limit=LINE_LIMIT),
                say("Split it in the source"),
            )
        lines.give_back()
        return reject(
            "open-quote",
            say("a quote is opened and not closed"),
            say("Double the quote inside the cell, or close it"),
        )

    def chunks(self) -> Iterator[Chunk]:
        """The rows below the header."""
        with open_text(self._path, self._encoding) as file:
            lines = self._lines(file)
            records = self._below_header(lines)
            while True:
                rows = _Rows()
                for cells, number in records:
                    self._take(rows, cells, number, lines)
                    if rows.full():
                        break
                if not rows.lines and not rows.bad:
                    return
                yield self._chunk(rows, lines)

    def raws(self, lines: set[int]) -> Mapping[int, str]:
        """See ``chunk.Reader``. No columns are made: this is a fraction of reading the file again."""
        found: dict[int, str] = {}
        with open_text(self._path, self._encoding) as file:
            source = self._lines(file)
            for _, number in self._below_header(source):
                if number in lines:
                    found[number] = "".join(source.record).rstrip("\r\n")
        return found

    def _below_header(self, lines: Lines) -> Iterator[tuple[list[str] | Remark, int]]:
        records = self._parse(lines)
        if not self._how.header:
            return records
        for cells, _ in records:
            if isinstance(cells, list):
                break
        return records

    def _take(self, rows: _Rows, cells: list[str] | Remark, number: int, lines: Lines) -> None:
        raw = lines.record[0] if len(lines.record) == 1 else "".join(lines.record)
        raw = raw.rstrip("\r\n")
        rows.size += len(raw)
        width = len(self.names)
        if isinstance(cells, list) and len(cells) > width and not any(map(str.strip, cells[width:])):
            rows.notes.append(
                Note(
                    Remark(
                        "trailing-separators",
                        say("empty cells after the last column were left out"),
                        say("Nothing to do"),
                        Severity.REPAIRED,
                    ),
                    number,
                )
            )
            cells = cells[:width]
        if isinstance(cells, list) and len(cells) == width:
            if any(cells):
                rows.cells.append(cells)
                rows.lines.append(number)
                rows.raws.append(raw)
                return
            cells = reject("empty-row", say("a row without any value"), say("Delete the row"))
        if isinstance(cells, list):
            few = len(cells) < width
            wrong = (
                noted("too few cells: {count} where the header has {width}")
                if few
                else noted("too many cells: {count} where the header has {width}")
            )
            cells = reject(
                "too-few-cells" if few else "too-many-cells",
                say(wrong, count=len(cells), width=width),
                say("Quote the cell that has the separator in it, or fill the row up"),
            )
        rows.bad.append(BadRow(number, raw, cells))

    def _chunk(self, rows: _Rows, lines: Lines) -> Chunk:
        columns: list[tuple[str, ...]] = list(zip(*rows.cells, strict=True)) if rows.cells else [() for _ in self.names]
        notes = rows.notes
        if lines.nuls:
            notes.append(
                Note(
                    Remark(
                        "nul-bytes",
                        say("{count} NUL bytes were taken out", count=lines.nuls),
                        say("Nothing to do, unless the file is damaged"),
                        Severity.REPAIRED,
                    )
                )
            )
            lines.nuls = 0
        if lines.undecoded:
            notes.append(
                Note(
                    Remark(
                        "undecoded",
                        say(
                            "{count} lines have bytes that {encoding} can't read; they show as {sign}",
                            count=lines.undecoded,
                            encoding=self._encoding,
                            sign="\ufffd",
                        ),
                        say("Set `encoding` of this file in the mapping file"),
                        Severity.WARNING,
                    )
                )
            )
            lines.undecoded = 0
        raws = rows.raws
        return Chunk(
            {name: text_array(column) for name, column in zip(self.names, columns, strict=True)},
            np.array(rows.lines, np.int64),
            raws.__getitem__,
            tuple(rows.bad),
            tuple(notes),
        )


def text_array(values: tuple[str | None, ...] | list[str | None] | tuple[str, ...]) -> pa.Array:
    """Strings → Arrow, lone surrogates replaced."""
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        return pa.array([None if value is None else encodable(value) for value in values], pa.string())


def _distinct(header: list[str], notes: list[Note]) -> tuple[str, ...]:
    """A name for each column, each once."""
    names: list[str] = []
    for position, cell in enumerate(header, start=1):
        name = " ".join(cell.replace("\ufeff", "").split()) or f"column {position}"
        if name in names:
            number = next(n for n in range(2, len(header) + 2) if f"{name} {n}" not in names)
            notes.append(
                Note(
                    Remark(
                        "duplicate-header",
                        say(
                            "the header has '{name}' twice; the first is used, the other is called '{name} {number}'",
                            name=name,
                            number=str(number),
                        ),
                        say("Rename one of them"),
                        Severity.WARNING,
                    ),
                    None,
                    name,
                )
            )
            name = f"{name} {number}"
        names.append(name)
    return tuple(names)
