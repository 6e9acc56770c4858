"""A plain CSV file of opportunities, as the forecast wants them; or everything that is wrong with it at once."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from paceline.insight.pipeline import Opportunities
from paceline.sales.periods import epoch_day

# Column of the file → column of the plain table. A row needs one of each kind; team, size_band and opening_amount may be missing.
COLUMNS = ("opportunity_id", "rep_id", "created", "closed", "won", "amount")
OPTIONAL = ("team", "size_band", "opening_amount")
_YES, _NO = {"true", "yes", "1", "won"}, {"false", "no", "0", "lost", "open", ""}
_PLAIN = (
    "opportunity_id", "rep_id", "team", "created_day", "closed_day", "won", "amount_cents", "size_band", "opening_cents",
)  # fmt: skip
_MOST = 20  # faults that are told


class OpportunitiesFileError(ValueError):
    """The file can't be read; the message names file, lines, columns and what to do, all faults at once."""


def read_opportunities(file: Path) -> Opportunities:
    """The opportunities of a CSV file with a header: opportunity_id, rep_id, created, closed (empty: open), won, amount.

    Days are written YYYY-MM-DD, amounts in whole units with a dot. Raises OpportunitiesFileError.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise OpportunitiesFileError(f"{file} isn't UTF-8 text (byte {error.start}): save it as UTF-8") from None
    except OSError as error:
        raise OpportunitiesFileError(f"{file} can't be read: {error.strerror}") from None
    lines = csv.DictReader(text.splitlines())
    missing = [name for name in COLUMNS if name not in (lines.fieldnames or ())]
    if missing:
        raise OpportunitiesFileError(
            f"{file}, line 1: no column {', '.join(missing)}. Needed are {', '.join(COLUMNS)}; {', '.join(OPTIONAL)} may be there"
        )
    return _opportunities(file, lines)


def _opportunities(file: Path, lines: csv.DictReader[str]) -> Opportunities:
    reader = _Reader()
    columns: dict[str, list[Any]] = {name: [] for name in _PLAIN}
    seen: set[str] = set()
    for row in lines:
        reader.line = lines.line_num
        name = reader.text(row, "opportunity_id")
        if name in seen:
            reader.fault("opportunity_id", f"{name!r} is there twice: each opportunity takes one row")
        seen.add(name)
        created, closed = reader.day(row, "created", needed=True), reader.day(row, "closed")
        if created is not None and closed is not None and closed < created:
            reader.fault("closed", f"{row['closed']} lies before the day of creation, {row['created']}")
        values = (
            name, reader.text(row, "rep_id"), (row.get("team") or "").strip(), created, closed, reader.won(row),
            reader.cents(row, "amount"), (row.get("size_band") or "").strip(), reader.cents(row, "opening_amount"),
        )  # fmt: skip
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
    if reader.faults:
        more = len(reader.faults) - _MOST
        told = reader.faults[:_MOST] + ([f"… and {more} more"] if more > 0 else [])
        raise OpportunitiesFileError(f"{file} has {len(reader.faults)} faults:\n  " + "\n  ".join(told))
    if not any(value is not None for value in columns["opening_cents"]):
        del columns["opening_cents"]
    return Opportunities.from_columns(columns)


class _Reader:
    """Reads cells and collects what is wrong with them."""

    def __init__(self) -> None:
        self.line = 1
        self.faults: list[str] = []

    def fault(self, column: str, words: str) -> None:
        self.faults.append(f"line {self.line}, {column}: {words}")

    def text(self, row: Mapping[str, str | None], column: str) -> str:
        word = (row[column] or "").strip()
        if not word:
            self.fault(column, "it is empty, and must not be")
        return word

    def day(self, row: Mapping[str, str | None], column: str, needed: bool = False) -> int | None:
        word = (row[column] or "").strip()
        if not word and not needed:
            return None
        return self._read(column, word, "a day, written YYYY-MM-DD", lambda text: epoch_day(date.fromisoformat(text)))

    def cents(self, row: Mapping[str, str | None], column: str) -> int | None:
        word = (row.get(column) or "").strip()
        if not word:
            return None
        return self._read(column, word, "an amount, written 1234.50", lambda text: round(Decimal(text) * 100))

    def won(self, row: Mapping[str, str | None]) -> bool:
        word = (row["won"] or "").strip().lower()
        if word not in _YES | _NO:
            self.fault("won", f"{word!r} is neither true nor false")
        return word in _YES

    def _read(self, column: str, word: str, wanted: str, read: Callable[[str], int]) -> int | None:
        try:
            return read(word)
        except (ValueError, InvalidOperation, OverflowError):
            self.fault(column, f"{word!r} is not {wanted}")
            return None
