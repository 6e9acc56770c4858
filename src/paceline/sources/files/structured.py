"""JSON Lines and Parquet → chunks of text columns: their values go through the same reading as a CSV's, so nothing is
half-checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from paceline.saying.said import say
from paceline.sources.contract import Severity
from paceline.sources.files.chunk import CHUNK_CHARACTERS, CHUNK_ROWS, BadRow, Chunk, Note, raws_of
from paceline.sources.files.decoding import detect, open_text
from paceline.sources.files.delimited import HowWritten, text_array
from paceline.sources.files.lines import LINE_LIMIT
from paceline.sources.files.remarks import Remark, reject

_SAMPLE_LINES = 1_000


class JsonLines:
    """One JSON object a line.

    Objects within it are reached by a dotted name; numbers keep their digits, they never pass a float.
    """

    def __init__(self, path: Path, how: HowWritten | None = None) -> None:
        self._path = path
        encoding = detect(path)
        self._encoding = (how.encoding if how else None) or encoding.name
        self.notes: tuple[Note, ...] = (Note(encoding.remark),) if encoding.remark else ()
        names: dict[str, None] = {}
        for chunk in self._read(_SAMPLE_LINES):
            names.update(dict.fromkeys(chunk.columns))
            break
        self.names = tuple(names)

    def chunks(self) -> Iterator[Chunk]:
        """Its rows; a column that first turns up late is in the chunks that have it."""
        return self._read(CHUNK_ROWS)

    def raws(self, lines: set[int]) -> Mapping[int, str]:
        """See ``chunk.Reader``."""
        return raws_of(self.chunks(), lines)

    def _read(self, size: int) -> Iterator[Chunk]:
        with open_text(self._path, self._encoding) as file:
            lines = enumerate(iter(lambda: file.readline(LINE_LIMIT), ""), start=1)
            while True:
                rows: list[dict[str, str | None]] = []
                numbers: list[int] = []
                raws: list[str] = []
                bad: list[BadRow] = []
                characters = 0
                for number, written in lines:
                    line = written.strip()
                    if line:
                        characters += len(line)
                        row = read_object(line)
                        if isinstance(row, Remark):
                            bad.append(BadRow(number, line, row))
                        else:
                            rows.append(row)
                            numbers.append(number)
                            raws.append(line)
                    if len(numbers) + len(bad) >= size or characters >= CHUNK_CHARACTERS:
                        break
                if not numbers and not bad:
                    return
                names = dict.fromkeys(name for row in rows for name in row)
                columns = {name: text_array([row.get(name) for row in rows]) for name in names}
                yield Chunk(columns, np.array(numbers, np.int64), raws.__getitem__, tuple(bad))


def read_object(line: str) -> dict[str, str | None] | Remark:
    """A line → flat text cells, or why it is none."""
    try:
        found = json.loads(line, parse_int=str, parse_float=str, parse_constant=str)
        if isinstance(found, dict):
            return dict(_flatten("", found))
    except ValueError as error:
        return reject("not-json", say("not JSON: {error}", error=str(error)), say("Each line must be one JSON object"))
    except RecursionError:
        return reject("not-json", say("nested too deeply"), say("Each line must be one JSON object"))
    return reject("not-json", say("JSON, but no object"), say("Each line must be one JSON object"))


def _flatten(prefix: str, found: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    for name, value in found.items():
        if isinstance(value, dict):
            yield from _flatten(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}".replace("\0", ""), _as_text(value)


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value.replace("\0", "") if value else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


class ParquetFile:
    """A Parquet file. ``line`` is the row's number, from 1."""

    def __init__(self, path: Path) -> None:
        self._file = pq.ParquetFile(path)  # OSError or ArrowInvalid when it isn't one; the caller reports it
        self.names = tuple(dict.fromkeys(self._file.schema_arrow.names))
        names = self._file.schema_arrow.names
        double = sorted({name for name in names if names.count(name) > 1})
        self.notes = tuple(
            Note(
                Remark(
                    "duplicate-header",
                    say("the file has '{name}' twice; the first is used", name=name),
                    say("Rename one of them"),
                    Severity.WARNING,
                ),
                None,
                name,
            )
            for name in double
        )

    def chunks(self) -> Iterator[Chunk]:
        """Its rows, each value as text."""
        done = 0
        for batch in self._file.iter_batches(batch_size=CHUNK_ROWS):
            columns: dict[str, pa.Array] = {}
            for name, column in zip(batch.schema.names, batch.columns, strict=True):
                columns.setdefault(name, as_text(column))
            numbers = np.arange(done + 1, done + 1 + len(batch), dtype=np.int64)
            done += len(batch)
            yield Chunk(columns, numbers, _Raw(columns))

    def raws(self, lines: set[int]) -> Mapping[int, str]:
        """See ``chunk.Reader``."""
        return raws_of(self.chunks(), lines)


class _Raw:
    """A Parquet row as JSON: it was never written as text."""

    def __init__(self, columns: dict[str, pa.Array]) -> None:
        self._columns = columns

    def __call__(self, index: int) -> str:
        return json.dumps({name: column[index].as_py() for name, column in self._columns.items()}, ensure_ascii=False)


def as_text(column: pa.Array) -> pa.Array:
    """Any Arrow column as text that reads back to the same value."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.string())
    if pa.types.is_timestamp(kind):
        # Whole seconds are kept; an instant is written in UTC, a clock time without a zone stays without.
        seconds = pc.floor_temporal(column, unit="second").cast(pa.timestamp("s", "UTC" if kind.tz else None))
        return seconds.cast(pa.string())
    if pa.types.is_floating(kind):
        return _floats(column.cast(pa.float64()))
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return text_array([None if value is None else value.decode("utf-8", "replace") for value in column.to_pylist()])
    if pa.types.is_nested(kind):
        return text_array(
            [None if value is None else json.dumps(value, default=str, ensure_ascii=False) for value in column.to_pylist()]
        )
    return column.cast(pa.string())


def _floats(column: pa.Array) -> pa.Array:
    """Floats with all their digits and without an exponent, where they are of everyday size. NaN is *unknown*, as in pandas."""
    column = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)
    text = column.cast(pa.string())
    odd = pc.fill_null(pc.match_substring(text, "e"), False)
    if not pc.any(odd).as_py():
        return text
    return text_array(
        [
            f"{value:.0f}" if value is not None and abs(value) < 1e19 and value == int(value) else found
            for value, found in zip(column.to_pylist(), text.to_pylist(), strict=True)
        ]
    )
