"""Dates and times as people write them → seconds, or the reason why not. An order of day and month is never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from paceline.sales.periods import EPOCH, MONTH_NAMES
from paceline.saying.said import SaidError, alternatives, say
from paceline.sources.files.numbers import Style, read_number
from paceline.sources.files.remarks import Remark, reject

YEARS = range(1900, 2201)  # a sales record outside them is a slip of the keyboard
DAY_SECONDS = 86_400
_LONG_MONTHS = tuple(name.lower() for name in MONTH_NAMES)
_MONTHS = tuple(name[:3] for name in _LONG_MONTHS)
_TOKENS = {
    "Y": r"(?P<Y>[0-9]{4})",
    "y": r"(?P<y>[0-9]{2})",
    "m": r"(?P<m>[0-9]{1,2})",
    "d": r"(?P<d>[0-9]{1,2})",
    "H": r"(?P<H>[0-9]{1,2})",
    "I": r"(?P<I>[0-9]{1,2})",
    "M": r"(?P<M>[0-9]{2})",
    "S": r"(?P<S>[0-9]{2})",
    "f": r"(?P<f>[0-9]{1,9})",
    "p": r"(?P<p>[AaPp]\.?[Mm]\.?)",
    "b": r"(?P<b>[A-Za-z]{3,9})\.?",
    "B": r"(?P<b>[A-Za-z]{3,9})",
    "z": r"(?P<z>Z|z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})",
    "a": "[A-Za-z]{2,9}",
    "A": "[A-Za-z]{2,9}",
    "%": "%",
}
# The formats that are words: what they read is not told by a pattern.
WORDS = ("iso", "excel", "excel1904", "epoch", "epoch_ms")
_LISTED = ", ".join(WORDS)
_CLOCK = (
    r"[T ](?P<H>[0-9]{2}):(?P<M>[0-9]{2})(:(?P<S>[0-9]{2})([.,](?P<f>[0-9]{1,9}))?)? ?(?P<z>Z|z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)?"
)
_ISO = re.compile(rf"(?P<Y>[0-9]{{4}})-(?P<m>[0-9]{{2}})-(?P<d>[0-9]{{2}})({_CLOCK})?")
_YEAR_FIRST = re.compile(rf"(?P<Y>[0-9]{{4}})[/.](?P<m>[0-9]{{1,2}})[/.](?P<d>[0-9]{{1,2}})({_CLOCK})?")
_YEAR_LAST = re.compile(rf"(?P<a>[0-9]{{1,2}})(?P<s>[/.-])(?P<b>[0-9]{{1,2}})(?P=s)(?P<Y>[0-9]{{4}})({_CLOCK})?")
_NAMED = re.compile(
    rf"(?P<d>[0-9]{{1,2}})[ -](?P<b>[A-Za-z]{{3,9}})\.?,?[ -](?P<Y>[0-9]{{4}})({_CLOCK})?"
    rf"|(?P<b2>[A-Za-z]{{3,9}})\.? (?P<d2>[0-9]{{1,2}}),? (?P<Y2>[0-9]{{4}})"
)
_ISO_REMEDY = say("Write YYYY-MM-DD (with a time: YYYY-MM-DDTHH:MM:SSZ), or say the format under `dates` in the mapping file")


class Moment(NamedTuple):
    """``seconds`` since 1970-01-01 of the clock that was written; of UTC when ``zoned``.

    ``day``: the date as written, in days.
    """

    seconds: int
    day: int
    zoned: bool
    dated_only: bool


class FormatError(SaidError):
    """A date format that isn't understood; its text says why."""


def read_moment(text: str, formats: Sequence[str] = ()) -> Moment | Remark:
    """A date, or a date with a time. With ``formats`` only those are tried, in order; without, ISO and what can't be misread."""
    if not formats:
        return _read_unaided(text)
    wrong: Remark | None = None
    for written in formats:
        found = _reader(written)(text)
        if isinstance(found, Moment):
            return found
        wrong = wrong or (found if found.kind == "no-such-date" else None)
    return wrong or reject(
        "not-a-date",
        say("not a date as {formats}", formats=alternatives(formats)),
        say("Add its format under `dates` in the mapping file"),
    )


@lru_cache(maxsize=256)
def _reader(written: str) -> Callable[[str], Moment | Remark]:
    if written == "iso":
        return lambda text: _match(_ISO, text)
    if written in ("excel", "excel1904"):
        return lambda text: _read_serial(text, 1904 if written.endswith("4") else 1900)
    if written in ("epoch", "epoch_ms"):
        return lambda text: _read_epoch(text, 1000 if written.endswith("ms") else 1)
    pattern = compile_format(written)
    return lambda text: _match(pattern, text)


@lru_cache(maxsize=256)
def compile_format(written: str) -> re.Pattern[str]:
    """A strptime-like format (%Y-%m-%d) → pattern. FormatError for an unknown or repeated code, or one that tells no day."""
    out: list[str] = []
    index = 0
    while index < len(written):
        char = written[index]
        if char != "%":
            out.append(r"\s+" if char.isspace() else re.escape(char))
        else:
            index += 1
            code = written[index : index + 1]
            if code not in _TOKENS or not code:
                codes = " ".join("%" + known for known in _TOKENS)
                raise FormatError(
                    say("{code} is not a code; codes are {codes}, words are {words}", code=f"%{code}", codes=codes, words=_LISTED)
                )
            out.append(_TOKENS[code])
        index += 1
    try:
        pattern = re.compile("".join(out))
    except re.error as error:
        raise FormatError(say("a code is used twice ({error})", error=str(error))) from error
    names = set(pattern.groupindex)
    if not ({"Y", "y"} & names and {"m", "b"} & names and "d" in names):
        raise FormatError(say("it must tell year, month and day (%Y %m %d), or be one of {words}", words=_LISTED))
    if "I" in names and "p" not in names:
        raise FormatError(say("%I (hour of twelve) needs %p"))
    return pattern


def _match(pattern: re.Pattern[str], text: str) -> Moment | Remark:
    found = pattern.fullmatch(text)
    if found is None:
        return reject("not-a-date", say("not a date"), _ISO_REMEDY)
    return _build(found.groupdict())


def _build(parts: dict[str, str | None]) -> Moment | Remark:
    """Numbers of a date → moment; 31 February and 25 o'clock don't exist."""
    month = parts.get("m")
    named = parts.get("b")
    number = int(month) if month else _month(named or "")
    if not number:
        return reject("not-a-date", say("'{named}' is no English month", named=named or ""), _ISO_REMEDY)
    short = parts.get("y")
    year = int(parts.get("Y") or 0) or (2000 + int(short or 0) if int(short or 0) < 69 else 1900 + int(short or 0))
    hour = int(parts.get("H") or parts.get("I") or 0)
    half = (parts.get("p") or "")[:1].lower()
    if half:
        if not 1 <= hour <= 12:
            return reject("no-such-date", say("no such time of day"), _ISO_REMEDY)
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        clock = datetime(year, number, int(parts.get("d") or 0), hour, int(parts.get("M") or 0), int(parts.get("S") or 0))
    except ValueError:
        return reject("no-such-date", say("no such date or time"), say("Correct it in the source"))
    timed = bool(parts.get("H") or parts.get("I"))
    return _moment(clock, parts.get("z"), timed)


def _moment(clock: datetime, zone: str | None, timed: bool) -> Moment | Remark:
    if clock.year not in YEARS:
        return reject(
            "date-out-of-range",
            say(
                "the year {year} is outside {first}–{last}",
                year=str(clock.year),
                first=str(YEARS.start),
                last=str(YEARS.stop - 1),
            ),
            say("Correct it in the source, or name the word for *unknown* under `null` in the mapping file"),
        )
    day = (clock.date() - EPOCH).days
    seconds = day * DAY_SECONDS + clock.hour * 3600 + clock.minute * 60 + clock.second
    if not zone:
        return Moment(seconds, day, False, not timed)
    offset = zone_seconds(zone)
    if offset is None:
        return reject("no-such-date", say("no such offset from UTC: {zone}", zone=zone), _ISO_REMEDY)
    return Moment(seconds - offset, day, True, not timed)


def zone_seconds(zone: str) -> int | None:
    """``+05:30`` → 19800; ``Z`` → 0; None if no clock on Earth is so far off."""
    if zone[0] not in "+-":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[-2:]) if len(zone) > 3 else 0
    if minutes > 59 or hours * 60 + minutes > 14 * 60:
        return None
    return (hours * 3600 + minutes * 60) * (-1 if zone[0] == "-" else 1)


def _month(name: str) -> int:
    """1–12 for an English month's name or its first three letters; 0 for anything else."""
    name = name.lower()
    if name == "sept":
        return 9
    names = _MONTHS if len(name) == 3 else _LONG_MONTHS
    return names.index(name) + 1 if name in names else 0


def _read_unaided(text: str) -> Moment | Remark:
    for pattern in (_ISO, _YEAR_FIRST):
        found = pattern.fullmatch(text)
        if found:
            return _build(found.groupdict())
    found = _NAMED.fullmatch(text)
    if found:
        parts = found.groupdict()
        return _build(parts if parts["b"] else {"b": parts["b2"], "d": parts["d2"], "Y": parts["Y2"]})
    found = _YEAR_LAST.fullmatch(text)
    return _read_year_last(text, found.groupdict()) if found else reject("not-a-date", say("not a date"), _ISO_REMEDY)


def _read_year_last(text: str, parts: dict[str, str | None]) -> Moment | Remark:
    """``03/04/2020``: only taken when one order alone makes a date, or both the same."""
    first, second = parts.pop("a"), parts.pop("b")
    day_first = _build({**parts, "d": first, "m": second})
    month_first = _build({**parts, "d": second, "m": first})
    if isinstance(day_first, Remark) or isinstance(month_first, Remark):
        return month_first if isinstance(day_first, Remark) else day_first
    if day_first == month_first:
        return day_first
    readings = alternatives(str(EPOCH + timedelta(days=m.day)) for m in (day_first, month_first))
    sep = parts["s"] or ""
    return reject(
        "ambiguous-date",
        say("{text} can be {readings}", text=text, readings=readings),
        say('Say `dates` for this column in the mapping file: "%d{sep}%m{sep}%Y" or "%m{sep}%d{sep}%Y"', sep=sep),
    )


def _read_serial(text: str, system: int) -> Moment | Remark:
    """Days as Excel counts them. Its 1900 system has a 29 February 1900 that never was: serials before it are refused."""
    value = read_number(text, Style(decimal="."))
    if isinstance(value, Remark):
        return reject("not-a-date", say("not an Excel serial date"), _ISO_REMEDY)
    if not (61 if system == 1900 else 0) <= value < 110_000:
        return reject("date-out-of-range", say("outside what an Excel serial date can be"), say("Correct it in the source"))
    start = datetime(1899, 12, 30) if system == 1900 else datetime(1904, 1, 1)
    # A serial time is a float: to the nearest second, as Excel shows it.
    clock = start + timedelta(days=int(value), seconds=round((value - int(value)) * DAY_SECONDS))
    return _moment(clock, None, value != int(value))


def _read_epoch(text: str, unit: int) -> Moment | Remark:
    value = read_number(text, Style(decimal="."))
    if isinstance(value, Remark) or abs(value) > 1e13:
        return reject("not-a-date", say("not a count of seconds or milliseconds since 1970"), _ISO_REMEDY)
    seconds = int(value // unit)
    clock = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds) if abs(seconds) < 1e11 else None
    return (
        _moment(clock.replace(tzinfo=None), "Z", True) if clock else reject("date-out-of-range", say("out of range"), _ISO_REMEDY)
    )
