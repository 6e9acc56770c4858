"""A column of text → a column of values of its type, with a remark for every value that isn't what it should be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

import numpy as np
import pyarrow as pa

from paceline.sales.records import Column, Type
from paceline.saying.said import alternatives, say
from paceline.sources.contract import Severity
from paceline.sources.files import swift
from paceline.sources.files.moments import DAY_SECONDS, read_moment
from paceline.sources.files.numbers import CODES, SIGNS, Style, read_cents, read_integer, read_number
from paceline.sources.files.remarks import Remark, nearest, reject

TRUE = frozenset(["true", "t", "yes", "y", "1", "on", "x", "oui", "vrai", "ja", "wahr", "si", "sí", "sim", "verdadero"])
FALSE = frozenset(["false", "f", "no", "n", "0", "off", "non", "faux", "nein", "falsch", "não", "nao", "falso"])
# Shares are told as a part of 1; a 40 that was meant as 40 % would be forty times too much.
FRACTIONS = frozenset({"probability", "share", "vendor_talk_ratio"})
NOT_NEGATIVE = frozenset({"start_ms", "end_ms", "seconds", "position", "limit_days", "employees", "quantity", "list_cents"})
NO_CODE = np.int32(-1)

Codes = np.ndarray[tuple[int], np.dtype[np.int32]]


@dataclass(frozen=True)
class HowToRead:
    """How a column's text is meant. ``money``: an amount to turn into cents, not a count of cents."""

    style: Style = field(default_factory=Style)
    formats: tuple[str, ...] = ()
    money: bool = False
    time_zone: str = "UTC"


@dataclass
class Read:
    """``values`` has a null wherever ``codes`` points to a rejecting remark. ``codes[i]``: index into ``remarks``, or −1.

    ``currencies``: row → the codes that its currency sign may stand for (rows with a sign only). ``assumed``: remarks
    for the column
    as a whole.
    """

    values: pa.Array
    codes: Codes
    remarks: list[Remark]
    currencies: dict[int, tuple[str, ...]] = field(default_factory=dict)
    assumed: list[Remark] = field(default_factory=list)


def read_column(column: Column, text: pa.Array, how: HowToRead) -> Read:
    """Read a column; ``text`` is trimmed, null where empty."""
    if column.type is Type.TEXT:
        return _read_text(column, text)
    if column.type in (Type.DAY, Type.AT):
        return _read_moments(column, text, how)
    if column.type is Type.FLAG:
        return _by_value(text, np.zeros(len(text), np.bool_), np.zeros(len(text), np.bool_), _flag, pa.bool_())
    return _read_numbers(column, text, how)


def _read_text(column: Column, text: pa.Array) -> Read:
    check = _text_check(column)
    if check is None:
        return Read(text, np.full(len(text), NO_CODE), [])
    return _by_value(text, None, np.zeros(len(text), np.bool_), check, pa.string())


def _text_check(column: Column) -> Callable[[str], Any] | None:
    if column.words:
        return lambda value: _word(value, column.words)
    if column.name == "currency":
        return _currency
    if column.name == "time_zone":
        return _time_zone
    return _work_days if column.name == "work_days" else None


def _by_value(
    text: pa.Array, fast: np.ndarray[Any, Any] | None, good: swift.Flags, read: Callable[[str], Any], kind: pa.DataType
) -> Read:
    """Finish a column whose ``good`` rows are read already: each distinct value of the rest is read once.

    ``read`` gives a value, a Remark, or (value, Remark).
    """
    present = np.asarray(text.is_valid().to_numpy(zero_copy_only=False))
    rest = np.flatnonzero(present & ~good)
    codes = np.full(len(text), NO_CODE)
    if not len(rest) and fast is not None:
        return Read(pa.array(fast, kind, mask=~good), codes, [])
    words = text.take(pa.array(rest)).dictionary_encode()
    remarks: list[Remark] = []
    values: list[Any] = []
    told = np.full(len(words.dictionary), NO_CODE)
    for index, word in enumerate(words.dictionary.to_pylist()):
        value, remark = _apart(read(word))
        values.append(value)
        if remark is not None:
            told[index] = len(remarks)
            remarks.append(remark)
    where = words.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    codes[rest] = told[where]
    return Read(_spread(text, fast, good, rest, pa.array(values, kind), where, kind), codes, remarks)


def _spread(
    text: pa.Array,
    fast: np.ndarray[Any, Any] | None,
    good: swift.Flags,
    rest: swift.Ints,
    values: pa.Array,
    where: swift.Ints,
    kind: pa.DataType,
) -> pa.Array:
    """The fast rows and the slow rows in one column: look each row up in [fast values | distinct slow values]."""
    places = np.zeros(len(text), np.int64)
    mask = ~good
    mask[rest] = False
    if fast is None:
        places[rest] = where
        return values.take(pa.array(places, mask=mask)) if len(values) else pa.nulls(len(text), kind)
    both = pa.concat_arrays([pa.array(fast, kind), values])
    places[good] = np.flatnonzero(good)
    places[rest] = where + len(text)
    return both.take(pa.array(places, mask=mask))


def _apart(found: Any) -> tuple[Any, Remark | None]:
    if isinstance(found, Remark):
        return None, found
    if isinstance(found, tuple):
        return found
    return found, None


def _read_numbers(column: Column, text: pa.Array, how: HowToRead) -> Read:
    plain = how.style.decimal in (None, ".") and how.style.thousands != "."
    none = np.zeros(len(text), np.bool_)
    if column.type is Type.NUMBER:
        floats, good = swift.floats(text)
        good = good if plain and not how.style.percent else none
        return _checked(column, _by_value(text, floats, good, lambda value: read_number(value, how.style), pa.float64()))
    if how.money:
        cents, good = swift.cents(text)
        # With a decimal comma, digits alone still are digits alone.
        good = good if plain else swift.matching(text, r"^-?[0-9]{1,15}$")
        return _checked(column, _read_money(text, cents, good, how.style))
    integers, good = swift.integers(text)
    return _checked(column, _by_value(text, integers, good, lambda value: read_integer(value, how.style), pa.int64()))


def _read_money(text: pa.Array, fast: swift.Ints, good: swift.Flags, style: Style) -> Read:
    """Amounts; the rows with a currency sign are told, so that it can be held against the row's currency."""
    signs: dict[str, tuple[str, ...]] = {}

    def read(value: str) -> int | Remark:
        found = read_cents(value, style)
        if isinstance(found, Remark):
            return found
        if found[1]:
            signs[value] = found[1]
        return found[0]

    result = _by_value(text, fast, good, read, pa.int64())
    if signs:
        rows = np.flatnonzero(~good)
        result.currencies = {
            int(row): signs[value]
            for row, value in zip(rows, text.take(pa.array(rows)).to_pylist(), strict=True)
            if value in signs
        }
    return result


def _checked(column: Column, read: Read) -> Read:
    """Ranges that the type doesn't tell."""
    low, high = (0.0, 1.0) if column.name in FRACTIONS else (0.0, np.inf) if column.name in NOT_NEGATIVE else (-np.inf, np.inf)
    if column.name == "rate":
        low = np.nextafter(0.0, 1.0)
    if low == -np.inf:
        return read
    values = read.values.to_numpy(zero_copy_only=False).astype(np.float64) if len(read.values) else np.zeros(0)
    outside = np.flatnonzero((values < low) | (values > high))
    if len(outside):
        remark = (
            reject(
                "not-a-share",
                say("must be from 0 to 1"),
                say("If it is a percentage, name the column under `percent` in the mapping file"),
            )
            if high == 1.0
            else reject(
                "negative", say("must not be negative") if low == 0 else say("must be above 0"), say("Correct it in the source")
            )
        )
        read.codes[outside] = len(read.remarks)
        read.remarks.append(remark)
        keep = np.ones(len(values), np.bool_)
        keep[outside] = False
        read.values = _mask(read.values, keep)
    return read


def _mask(values: pa.Array, keep: swift.Flags) -> pa.Array:
    """The values, null where not kept."""
    places = pa.array(np.arange(len(values)), mask=~keep)
    return values.take(places)


def _read_moments(column: Column, text: pa.Array, how: HowToRead) -> Read:
    iso = not how.formats or "iso" in how.formats[:1]
    lengths: tuple[int, ...] = () if not iso else (10,) if column.type is Type.DAY else (10, 19, 20, 25)
    seconds, good, zoned = swift.iso_moments(text, lengths)
    if column.type is Type.DAY:
        return _by_value(
            text, (seconds // DAY_SECONDS).astype(np.int32), good, lambda value: _day(value, how.formats), pa.int32()
        )
    return _read_instants(text, seconds, good, zoned, how)


def _day(value: str, formats: Sequence[str]) -> Any:
    found = read_moment(value, formats)
    if isinstance(found, Remark):
        return found
    if found.dated_only or (not found.zoned and found.seconds % DAY_SECONDS == 0):
        return found.day
    return found.day, Remark(
        "time-dropped", say("the time of day was left out: this is a date"), say("Nothing to do"), Severity.REPAIRED
    )


def _read_instants(text: pa.Array, seconds: swift.Ints, good: swift.Flags, zoned: swift.Flags, how: HowToRead) -> Read:
    """Instants: those with a zone are exact, the others are of the zone that the company or the mapping file names."""
    clocks: dict[str, bool] = {}

    def read(value: str) -> int | Remark:
        found = read_moment(value, how.formats)
        if isinstance(found, Remark):
            return found
        if not found.zoned:
            clocks[value] = True
        return found.seconds

    fast = np.zeros(len(text), np.int64)
    local = good & ~zoned
    fast[good & zoned] = seconds[good & zoned]
    fast[local] = swift.to_utc(seconds[local], how.time_zone)
    result = _by_value(text, fast, good, read, pa.int64())
    if clocks:
        result.values = _localise(text, result.values, good, clocks, how.time_zone)
    if clocks or local.any():
        result.assumed.append(
            Remark(
                "no-zone",
                say("times without a zone are read as {time_zone}, dates as its midnight", time_zone=how.time_zone),
                say("If that is wrong, set `time_zone` in the mapping file or in the settings"),
                Severity.WARNING,
            )
        )
    return result


def _localise(text: pa.Array, values: pa.Array, good: swift.Flags, clocks: Mapping[str, bool], zone: str) -> pa.Array:
    rest = np.flatnonzero(~good)
    picked = [value in clocks for value in text.take(pa.array(rest)).to_pylist()]
    rows = rest[np.array(picked, np.bool_)]
    present = values.is_valid().to_numpy(zero_copy_only=False)
    numbers = values.fill_null(0).to_numpy(zero_copy_only=False).copy()
    numbers[rows] = swift.to_utc(numbers[rows], zone)
    return pa.array(numbers, pa.int64(), mask=~present)


def _flag(value: str) -> bool | Remark:
    word = value.casefold()
    if word in TRUE or word in FALSE:
        return word in TRUE
    return reject(
        "not-a-flag", say("neither yes nor no"), say("Write true or false, or say its words under `values` in the mapping file")
    )


def _word(value: str, words: tuple[str, ...]) -> str | Remark:
    plain = value.casefold().replace(" ", "_").replace("-", "_")
    if plain in words:
        return plain
    near = nearest(plain, words, 0.6)
    one_of = say("It must be one of {words}", words=", ".join(words))
    wrong = say("did you mean {near}? {one_of}", near=near, one_of=one_of) if near else one_of
    return reject("not-a-word", wrong, say("Translate it under `values` in the mapping file"))


def _currency(value: str) -> str | Remark:
    code = value.upper()
    if code in CODES:
        return code
    known = SIGNS.get(value, ())
    if len(known) == 1:
        return known[0]
    near = nearest(code, sorted(CODES), 0.6)
    wrong = say("no ISO 4217 code")
    if near:
        wrong = say("no ISO 4217 code: did you mean {near}?", near=near)
    elif known:
        wrong = say("no ISO 4217 code: {codes}?", codes=alternatives(known))
    return reject("not-a-currency", wrong, say("Translate it under `values` in the mapping file"))


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _time_zone(value: str) -> str | Remark:
    if value in _zones():
        return value
    near = nearest(value, sorted(_zones()), 0.6)
    wrong = say("no IANA time zone: did you mean {near}?", near=near) if near else say("no IANA time zone")
    return reject("not-a-zone", wrong, say("Write a name such as Europe/Paris"))


def _work_days(value: str) -> str | Remark:
    if value and set(value) <= set("1234567") and len(set(value)) == len(value):
        return "".join(sorted(value))
    return reject("not-weekdays", say("not ISO weekdays"), say("Write the days worked, Monday is 1: 12345"))
