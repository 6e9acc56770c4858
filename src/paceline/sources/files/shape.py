"""A chunk of a file → rows of one of our tables, with every value read and every row that can't be trusted set apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from paceline.sales.records import Column, Type
from paceline.sales.settings import Settings
from paceline.saying.said import say
from paceline.sources.contract import ARROW_TYPES, Severity, arrow_schema
from paceline.sources.files.cells import Read, read_column
from paceline.sources.files.chunk import Chunk
from paceline.sources.files.mapping import Entry, Origin
from paceline.sources.files.own import NULL_WORDS
from paceline.sources.files.remarks import Remark, reject
from paceline.sources.files.report import ReportBuilder
from paceline.sources.files.swift import Flags, Ints

# (from, until, whether they may be equal)
_ORDER = (
    ("from_day", "until_day", False),
    ("hired_day", "left_day", True),
    ("start_ms", "end_ms", True),
    ("start_at", "end_at", True),
)
_MISSING = reject(
    "missing", say("empty, and every row needs it"), say("Fill it in, or give it under `defaults` in the mapping file")
)


@dataclass
class Shaped:
    """``rows``: the good ones, in our columns, with the ``lines`` they come from. ``rejected``: chunk row → why not."""

    rows: pa.Table
    lines: Ints
    read: int
    rejected: dict[int, list[str]] = field(default_factory=dict)


class _Faults:
    """What is wrong in the rows of a chunk; told to the report as it comes, kept as reasons for the rejected rows."""

    def __init__(self, file: str, lines: Ints, builder: ReportBuilder) -> None:
        self.file, self.lines, self.builder = file, lines, builder
        self.reasons: dict[int, list[str]] = {}

    def rows(self, name: str, rows: Ints, remark: Remark, text: pa.Array | None) -> None:
        """The same remark on several rows."""
        if not len(rows):
            return
        self.builder.add_rows(
            self.file,
            remark.kind,
            name,
            len(rows),
            lambda i: (int(self.lines[rows[i]]), None if text is None else text[int(rows[i])].as_py(), remark),
        )
        if remark.severity is Severity.REJECTED:
            reason = f"{name}: {remark.wrong}"
            for row in rows.tolist():
                self.reasons.setdefault(row, []).append(reason)

    def read(self, name: str, read: Read, text: pa.Array) -> None:
        """Every remark that reading a column made."""
        for remark in read.assumed:
            self.builder.once(self.file, remark, field=name)
        rows = np.flatnonzero(read.codes >= 0)
        if not len(rows):
            return
        kinds = [remark.kind for remark in read.remarks]
        number = {kind: index for index, kind in enumerate(dict.fromkeys(kinds))}
        of_row = np.array([number[kind] for kind in kinds])[read.codes[rows]]
        for kind, index in number.items():
            picked = rows[of_row == index]
            self.builder.add_rows(
                self.file,
                kind,
                name,
                len(picked),
                lambda i, picked=picked: (
                    int(self.lines[picked[i]]),
                    text[int(picked[i])].as_py(),  # type: ignore[misc]
                    read.remarks[read.codes[picked[i]]],
                ),
            )
        reasons = [f"{name}: {remark.wrong}" if remark.severity is Severity.REJECTED else "" for remark in read.remarks]
        for row, code in zip(rows.tolist(), read.codes[rows].tolist(), strict=True):
            if reasons[code]:
                self.reasons.setdefault(row, []).append(reasons[code])


def shape(entry: Entry, chunk: Chunk, file: str, settings: Settings, builder: ReportBuilder) -> Shaped:
    """Read a chunk as an entry says. Rows that ``where`` and ``unless`` leave out aren't counted as read."""
    picked = _picked(entry, chunk)
    columns = chunk.columns
    if len(picked) < len(chunk):
        columns = {name: column.take(pa.array(picked)) for name, column in columns.items()}
    lines = chunk.lines[picked]
    faults = _Faults(file, lines, builder)
    number = len(picked)
    values: dict[str, pa.Array] = {}
    signs: list[tuple[str, Read]] = []
    for column in entry.table.columns:
        origin = entry.origins.get(column.name)
        text = pa.nulls(number, pa.string()) if origin is None else _text(origin, column, columns, number, faults)
        if origin is None:
            values[column.name] = pa.nulls(number, ARROW_TYPES[column.type])
        else:
            read = read_column(column, text, origin.how)
            faults.read(column.name, read, text)
            values[column.name] = read.values
            if read.currencies:
                signs.append((column.name, read))
        if column.required:
            faults.rows(column.name, np.flatnonzero(text.is_null().to_numpy(zero_copy_only=False)), _MISSING, None)
    for name, read in signs:
        _hold_signs(name, read, values, faults, settings)
    _hold_order(values, faults)
    return _good_rows(entry, picked, values, lines, faults)


def _good_rows(entry: Entry, picked: Ints, values: Mapping[str, pa.Array], lines: Ints, faults: _Faults) -> Shaped:
    rows = pa.table(dict(values), schema=arrow_schema(entry.table))
    rejected = {int(picked[row]): reasons for row, reasons in sorted(faults.reasons.items())}
    if faults.reasons:
        keep = np.ones(len(picked), np.bool_)
        keep[list(faults.reasons)] = False
        rows, lines = rows.filter(pa.array(keep)), lines[keep]
    return Shaped(rows, lines, len(picked), rejected)


def _picked(entry: Entry, chunk: Chunk) -> Ints:
    keep: Flags = np.ones(len(chunk), np.bool_)
    for name, words in entry.where.items():
        keep &= holds(chunk.columns, name, words, len(chunk))
    for name, words in entry.unless.items():
        keep &= ~holds(chunk.columns, name, words, len(chunk))
    if entry.distinct and entry.origins["id"].names:
        # A derived row needs something to be derived from.
        present = np.zeros(len(chunk), np.bool_)
        for name in entry.origins["id"].names:
            present |= ~holds(chunk.columns, name, frozenset({""}), len(chunk))
        keep &= present
    return np.flatnonzero(keep)


def holds(columns: Mapping[str, pa.Array], name: str, words: frozenset[str], number: int) -> Flags:
    """Which rows hold one of these words (trimmed; ``""`` is an empty cell) in one of the file's columns."""
    column = columns.get(name)
    text = pa.array([""] * number, pa.string()) if column is None else pc.fill_null(pc.utf8_trim_whitespace(column), "")
    found: Flags = pc.is_in(text, pa.array(sorted(words), pa.string())).to_numpy(zero_copy_only=False)
    return found


def _text(origin: Origin, column: Column, columns: Mapping[str, pa.Array], number: int, faults: _Faults) -> pa.Array:
    """The column's text: trimmed, unknown words gone, values translated, default filled in, ids prefixed. Null: unknown."""
    text = _joined(origin, columns, number)
    for rule in origin.nulls:
        hit: Flags = pc.fill_null(pc.equal(text, rule.word), False).to_numpy(zero_copy_only=False)
        for name, words in rule.when.items():
            hit = hit & holds(columns, name, words, number)
        text = _empty(text, hit)
    if column.type is not Type.TEXT:
        words = pc.fill_null(pc.is_in(pc.utf8_lower(text), pa.array(NULL_WORDS)), False).to_numpy(zero_copy_only=False)
        if words.any():
            remark = Remark(
                "read-as-unknown", say("read as unknown"), say("Name the word under `null` in the mapping file"), Severity.WARNING
            )
            faults.rows(column.name, np.flatnonzero(words), remark, text)
            text = _empty(text, words)
    if origin.values:
        place = pc.index_in(text, pa.array(list(origin.values), pa.string()))
        text = pc.coalesce(pa.array(list(origin.values.values()), pa.string()).take(place), text)
        text = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    if origin.default is not None:
        text = pc.fill_null(text, origin.default)
    return pc.binary_join_element_wise(origin.prefix, text, "") if origin.prefix else text


def _joined(origin: Origin, columns: Mapping[str, pa.Array], number: int) -> pa.Array:
    none = pa.nulls(number, pa.string())
    parts = [columns.get(name, none) for name in origin.names]
    if not parts:
        return none
    parts = [pc.utf8_trim_whitespace(part) for part in parts]
    parts = [pc.if_else(pc.equal(part, ""), pa.scalar(None, pa.string()), part) for part in parts]
    if len(parts) == 1:
        return parts[0]
    # A name may lack one of its parts; a key may not, or two rows could get the same.
    handling = "skip" if origin.joiner == " " else "replace"
    text = pc.binary_join_element_wise(*parts, origin.joiner, null_handling=handling, null_replacement="")
    empty = np.all([part.is_null().to_numpy(zero_copy_only=False) for part in parts], axis=0)
    return _empty(text, empty)


def _empty(text: pa.Array, where: Flags) -> pa.Array:
    return pc.if_else(pa.array(where), pa.scalar(None, pa.string()), text) if where.any() else text


def _hold_signs(name: str, read: Read, values: dict[str, pa.Array], faults: _Faults, settings: Settings) -> None:
    """€ 100 in a row whose currency is USD is wrong; in a row without a currency it tells the currency."""
    if "currency" not in values:
        return
    known = values["currency"].to_pylist()
    wrong: list[int] = []
    unclear: list[int] = []
    filled: list[int] = []
    for row, codes in read.currencies.items():
        if known[row] is None:
            code = codes[0] if len(codes) == 1 else settings.currency if settings.currency in codes else None
            known[row] = code
            (filled if code else unclear).append(row)
        elif known[row] not in codes:
            wrong.append(row)
    values["currency"] = pa.array(known, pa.string())
    faults.rows(
        name,
        np.array(wrong, np.int64),
        reject("other-currency", say("its currency sign is not the row's currency"), say("Correct one of the two")),
        None,
    )
    faults.rows(
        name,
        np.array(unclear, np.int64),
        reject(
            "unclear-currency",
            say("its currency sign stands for several currencies"),
            say("Give the currency: `columns` or `constants` in the mapping file, or `signs`"),
        ),
        None,
    )
    faults.rows(
        "currency",
        np.array(filled, np.int64),
        Remark("currency-from-sign", say("taken from the sign in {name}", name=name), say("Nothing to do"), Severity.REPAIRED),
        values["currency"],
    )


def _hold_order(values: Mapping[str, pa.Array], faults: _Faults) -> None:
    for first, last, equal in _ORDER:
        if first in values and last in values:
            wrong = pc.less(values[last], values[first]) if equal else pc.less_equal(values[last], values[first])
            rows = np.flatnonzero(pc.fill_null(wrong, False).to_numpy(zero_copy_only=False))
            faults.rows(
                last,
                rows,
                reject(
                    "wrong-order",
                    say("not after {first}", first=first),
                    say("Correct one of the two (a range's end is the first day after it)"),
                ),
                None,
            )
