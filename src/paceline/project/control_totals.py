"""What a source's own reports say of a month (deals won, their amounts), to be held against our own count.

They stand in ``control_totals.csv`` beside ``paceline.toml``. A file of that name among those that are loaded is taken up, and
they can be typed on the page; the same source, month, measure and currency again replaces what was said before.

    source,month,measure,currency,value
    files,2026-06,won_deals,,41
    files,2026-06,won_amount,USD,812345.50
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from threading import Lock

from paceline.saying.said import Said, say
from paceline.sources.contract import Problem, Severity

FILE = "control_totals.csv"
DEALS, AMOUNT = "won_deals", "won_amount"
MEASURES = (DEALS, AMOUNT)
COLUMNS = ("source", "month", "measure", "currency", "value")
_MONTH = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])")
_CURRENCY = re.compile(r"[A-Z]{3}")
LARGEST_FILE = 1_000_000  # bytes
_MOST = Decimal(10) ** 15
_PUTTING = Lock()  # else what one admin adds is lost in what another writes at the same moment


@dataclass(frozen=True, order=True)
class Total:
    """One number of a report. ``source`` empty: of all sources; ``currency`` empty: in the company's, all amounts converted.

    ``value``: deals, or units of the currency.
    """

    month: date
    source: str
    measure: str
    currency: str
    value: Decimal

    @property
    def key(self) -> tuple[date, str, str, str]:
        """What there is one number of."""
        return self.month, self.source, self.measure, self.currency


def totals(folder: Path) -> tuple[Total, ...]:
    """Those of a project, the latest month first. What can't be read in a file changed by hand is left out."""
    found, _ = read(folder / FILE) if (folder / FILE).is_file() else ((), ())
    return tuple(sorted(found, key=lambda one: (-one.month.toordinal(), one.source, one.measure, one.currency)))


def read(file: Path, source: str = "") -> tuple[tuple[Total, ...], tuple[Problem, ...]]:
    """The totals of a file, and everything that is wrong with it. ``source``: of lines that name none."""
    if file.stat().st_size > LARGEST_FILE:
        return (), (_fault(file.name, None, "", "", say("it is too large"), say("Keep one line a month and measure")),)
    return parsed(file.read_text(encoding="utf-8-sig", errors="replace"), file.name, source)


def parsed(text: str, file: str, source: str = "") -> tuple[tuple[Total, ...], tuple[Problem, ...]]:
    """The same, of a text."""
    head = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",", strict=True)
    found: list[Total] = []
    problems: list[Problem] = []
    began = 1  # the line on which the row begins that is read
    try:
        if (missing := _missing(rows, file)) is not None:
            return (), (missing,)
        began = 2
        for row in rows:
            began = rows.line_num + 1
            told = {name: (row.get(name) or "").strip() for name in COLUMNS}
            if any(told.values()):
                faults = [_fault(file, rows.line_num, *wrong) for wrong in faults_of(told)]
                problems += faults
                found += [] if faults else [total_of(told, source)]
    except csv.Error:  # a quote that is never closed makes the rest of the file one field
        wrong = say("it can't be read from here on")
        return (), (_fault(file, began, "", "", wrong, say("Look for a quotation mark that is never closed")),)
    return tuple(found), tuple(problems)


def _missing(rows: csv.DictReader[str], file: str) -> Problem | None:
    """What is wrong with the line of names, which are made small."""
    rows.fieldnames = [name.strip().lower() for name in rows.fieldnames or ()]
    missing = [name for name in ("month", "measure", "value") if name not in rows.fieldnames]
    if not missing:
        return None
    words = say("the columns {names} are missing", names=", ".join(missing))
    return _fault(file, 1, "", "", words, say("Begin with a line {columns}", columns=",".join(COLUMNS)))


def faults_of(told: dict[str, str]) -> list[tuple[str, str, Said, Said]]:
    """What is wrong with the words of a total: column, word, what, and the remedy."""
    found: list[tuple[str, str, Said, Said]] = []
    if not _MONTH.fullmatch(told["month"]):
        found.append(("month", told["month"], say("it is no month"), say("Write it as 2026-06")))
    if told["measure"] not in MEASURES:
        one_of = say("Write one of {words}", words=", ".join(MEASURES))
        found.append(("measure", told["measure"], say("there is no such measure"), one_of))
    if told["currency"] and not _CURRENCY.fullmatch(told["currency"]):
        remedy = say("Write its three letters, such as USD; nothing for the company's own")
        found.append(("currency", told["currency"], say("it is no currency"), remedy))
    if told["measure"] == DEALS and told["currency"] and _CURRENCY.fullmatch(told["currency"]):
        found.append(("currency", told["currency"], say("deals are counted in no currency"), say("Leave it empty")))
    value = _number(told["value"])
    if value is None or (told["measure"] == DEALS and value != int(value)):
        remedy = say("Write it without separators: 41, or 812345.50")
        found.append(("value", told["value"], say("it isn't a number of 0 or more"), remedy))
    return found


def total_of(told: dict[str, str], source: str = "") -> Total:
    """The total of words without faults."""
    month = date.fromisoformat(f"{told['month']}-01")
    return Total(month, told["source"] or source, told["measure"], told["currency"], Decimal(told["value"]))


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value < _MOST else None


def _fault(file: str, line: int | None, field: str, value: str, wrong: Said, remedy: Said) -> Problem:
    return Problem(file, line, field or None, value or None, wrong, remedy, Severity.REJECTED)


def put(folder: Path, new: Iterable[Total], gone: Iterable[Total] = ()) -> None:
    """Add totals to a project, in place of those of the same key; take others out."""
    with _PUTTING:
        kept = {one.key: one for one in totals(folder)}
        kept |= {one.key: one for one in new}
        for one in gone:
            kept.pop(one.key, None)
        _write(folder, sorted(kept.values()))


def _write(folder: Path, all_of_them: Iterable[Total]) -> None:
    part = folder / f".{FILE}.part"
    with part.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(COLUMNS)
        for one in all_of_them:
            lines.writerow([one.source, f"{one.month:%Y-%m}", one.measure, one.currency, f"{one.value:f}"])
    os.replace(part, folder / FILE)


def taken_up(project: Path, loaded: Path, source: str) -> tuple[Problem, ...]:
    """Take up the totals among the files of a folder that is loaded; what is wrong with them."""
    file = loaded / FILE
    if not file.is_file() or file.resolve() == (project / FILE).resolve():
        return ()
    found, problems = read(file, source)
    if found:
        put(project, found)
    return problems
