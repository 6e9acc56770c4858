"""How a column writes its dates and numbers, found out from what stands in it."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from paceline.sales.records import Column, Type
from paceline.sources.connecting.feed import Feed
from paceline.sources.connecting.seen import SeenColumn, SeenFile
from paceline.sources.contract import Severity
from paceline.sources.files.cells import HowToRead, Read, read_column
from paceline.sources.files.mapping import our_column
from paceline.sources.files.numbers import Style
from paceline.sources.files.own import NULL_WORDS

SAMPLE = 200
MANY = 0.05  # of the amounts
_DAYS = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%Y%m%d")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", ", %I:%M %p", ", %H:%M")
FORMATS: tuple[str, ...] = (*tuple(f"{day}{clock}" for day in _DAYS for clock in _CLOCKS), "excel", "epoch", "epoch_ms")
DECIMALS = (".", ",")


def reads_well(column: Column, money: bool, seen: SeenColumn) -> bool:
    """Whether most of a sample can be read as the column's type, in one form or another."""
    values = _sample(seen)
    if column.type in (Type.DAY, Type.AT):
        return _good(column, values, HowToRead()) >= 0.5 or bool(date_formats(column, seen))
    return max(_good(column, values, HowToRead(Style(sign), money=money)) for sign in (None, *DECIMALS)) >= 0.5


def is_clear(column: Column, money: bool, seen: SeenColumn) -> bool:
    """Whether every value of a sample can be read in one way, with nothing said."""
    return _good(column, _sample(seen), HowToRead(money=money)) == 1.0


def date_formats(column: Column, seen: SeenColumn) -> tuple[str, ...]:
    """The formats that read every value of a sample; several where it can be read in two ways."""
    values = _sample(seen)
    return tuple(one for one in FORMATS if values and _good(column, values[:1], HowToRead(formats=(one,))) == 1.0
                 and _good(column, values, HowToRead(formats=(one,))) == 1.0)  # fmt: skip


def decimal_signs(column: Column, money: bool, seen: SeenColumn) -> tuple[str, ...]:
    """The decimal signs with which every value of a sample is a number."""
    values = _sample(seen)
    return tuple(sign for sign in DECIMALS if values and _good(column, values, HowToRead(Style(sign), money=money)) == 1.0)


def forms_of(feed: Feed, seen: SeenFile) -> Feed:
    """The feed with the form of each date and number that isn't clear without one, where the values allow a single one. A file
    writes its dates in one order: what one column tells is good for the others. Where many amounts are 0, that is how it is
    written that none is known: nobody sells that much for nothing.
    """
    dates, decimals = dict(feed.dates), dict(feed.decimals)
    open_dates: dict[str, tuple[str, ...]] = {}
    for ours, column, money, theirs in unclear(feed, seen):
        if column.type in (Type.DAY, Type.AT):
            open_dates[ours] = date_formats(column, theirs)
        elif len(found := decimal_signs(column, money, theirs)) == 1:
            decimals[ours] = found[0]
    orders = {found[0][:8] for found in open_dates.values() if len(found) == 1}
    for ours, found in open_dates.items():
        alike = [one for one in found if one[:8] in orders] if len(found) > 1 else found
        dates |= {ours: alike[0]} if len(alike) == 1 else {}
    zeros = {ours: theirs.zero_words for ours, theirs in amounts(feed, seen) if theirs.zeros >= MANY * theirs.filled}
    return replace(feed, dates=dates, decimals=decimals, unknown={**feed.unknown, **zeros})


def amounts(feed: Feed, seen: SeenFile) -> list[tuple[str, SeenColumn]]:
    """The feed's amounts of which some are 0: ours, theirs."""
    found = []
    for ours, names in feed.columns.items():
        known = our_column(feed.record, ours)
        if known is not None and known[0].type is Type.CENTS and len(names) == 1 and seen.column(names[0]).zeros:
            found.append((ours, seen.column(names[0])))
    return found


def unclear(feed: Feed, seen: SeenFile) -> list[tuple[str, Column, bool, SeenColumn]]:
    """The feed's dates and numbers whose form has to be said: ours, the column, whether it is money, theirs."""
    found = []
    for ours, names in feed.columns.items():
        known = our_column(feed.record, ours)
        if known is None or len(names) != 1 or known[0].type in (Type.TEXT, Type.FLAG):
            continue
        theirs = seen.column(names[0])
        if not is_clear(known[0], known[1], theirs):
            found.append((ours, *known, theirs))
    return found


def _sample(seen: SeenColumn) -> list[str]:
    return [value for value in seen.values[:SAMPLE] if value.casefold() not in NULL_WORDS]


def _good(column: Column, values: list[str], how: HowToRead) -> float:
    """Which part of the values can be read; 1 where there is none."""
    if not values:
        return 1.0
    read: Read = read_column(column, pa.array(values, pa.string()), how)
    bad = sum(code >= 0 and read.remarks[code].severity is Severity.REJECTED for code in read.codes.tolist())
    return 1.0 - bad / len(values)
