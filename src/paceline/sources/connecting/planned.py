"""What becomes of each file of a folder: as its mapping says, as its own name says, or as one guesses until somebody says it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path

from paceline.sales.settings import Settings
from paceline.sources.connecting.feed import Feed, Plan, missing
from paceline.sources.connecting.guess import guess_feed, told_currency
from paceline.sources.connecting.seen import SeenFile, look
from paceline.sources.connecting.whole import Known, guess, stage_words
from paceline.sources.connecting.words import plain, plain_names
from paceline.sources.files.delimited import HowWritten
from paceline.sources.files.mapping import FileMapping, our_column, our_names
from paceline.sources.files.own import own_entry, table_named

_DATA = re.compile(r"[-+]?[\d.,/: \-]*\d[\d.,/: \-]*%?|\S+@\S+\.\S+")


class By(StrEnum):
    """What says what a file is."""

    MAPPING = "mapping"
    NAME = "name"
    GUESS = "guess"
    NOBODY = "nobody"  # it isn't read, or what it is can't even be guessed


@dataclass(frozen=True)
class FileState:
    """A file, what it feeds, and what says so. ``also``: further files that the same feeds are of (a pattern)."""

    seen: SeenFile
    feeds: tuple[Feed, ...]
    by: By
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Folder:
    """All of a folder. ``saved``: what the mapping says already; ``plan``: with what names and guesses add."""

    files: tuple[FileState, ...]
    plan: Plan
    saved: Plan

    @property
    def guesses(self) -> bool:
        """Whether anything of it is a guess that nobody confirmed."""
        return any(one.by is By.GUESS for one in self.files)


def planned(folder: Path, saved: Plan, rules: FileMapping, settings: Settings, known: Known = lambda _: ()) -> Folder:
    """What becomes of the folder. ``rules``: of the same mapping, how files are written."""
    files = look(folder, written_as(rules, saved.headless))
    told = [one.file for one in files if _feeds_of(one.file, saved) or one.file in saved.unread]
    headless = saved.headless | {one.file for one in files if one.file not in told and has_no_header(one)}
    if headless != saved.headless:
        files = look(folder, written_as(rules, headless))
    open_files = [one for one in files if one.file not in told and by_name(one, settings) is None]
    guesses = guess(files, known) if open_files else Plan()
    states = _states(files, saved, guesses, settings)
    feeds = (*saved.feeds, *(feed for one in states for feed in one.feeds if feed.place is None))
    seen = {one.file: one for one in files}
    stages = saved.stages or stage_words([feed for feed in feeds if feed.file in seen], seen, known)
    currency = saved.currency or ("" if saved.feeds else told_currency(feeds))
    return Folder(states, Plan(feeds, saved.unread, headless, stages, currency), saved)


def written_as(rules: FileMapping, headless: frozenset[str]) -> FileMapping:
    """The rules for reading files whose first line is no header as such, and the others with one."""
    names = {*headless, *(name for name, how in rules.files.items() if not how.header)}
    return replace(rules, files={
        **rules.files, **{name: replace(rules.files.get(name, HowWritten()), header=name not in headless) for name in names}
    })  # fmt: skip


def _feeds_of(file: str, plan: Plan) -> tuple[Feed, ...]:
    return tuple(feed for feed in plan.feeds if fnmatch(file.casefold(), feed.file.casefold()))


def _states(files: Sequence[SeenFile], saved: Plan, guesses: Plan, settings: Settings) -> tuple[FileState, ...]:
    states: list[FileState] = []
    shown: dict[int | None, int] = {}
    for seen in files:
        feeds = _feeds_of(seen.file, saved)
        new = tuple(feed for feed in feeds if feed.place not in shown)
        if feeds and not new:  # a pattern: the first of its files stands for all
            at = shown[feeds[0].place]
            states[at] = replace(states[at], also=(*states[at].also, seen.file))
            continue
        shown |= dict.fromkeys([feed.place for feed in new], len(states))
        states.append(_state(seen, new, saved, guesses, settings))
    return tuple(states)


def _state(seen: SeenFile, feeds: tuple[Feed, ...], saved: Plan, guesses: Plan, settings: Settings) -> FileState:
    if seen.file in saved.unread:
        return FileState(seen, (), By.NOBODY)
    if feeds:
        return FileState(seen, feeds, By.MAPPING)
    own = by_name(seen, settings)
    if own is not None:
        return FileState(seen, (own,), By.NAME)
    guessed = tuple(feed for feed in guesses.feeds if feed.file == seen.file)
    return FileState(seen, guessed, By.GUESS if guessed else By.NOBODY)


def by_name(seen: SeenFile, settings: Settings) -> Feed | None:
    """How a file in our own names is read without a mapping; None where its name, or too many of its columns, are another's."""
    table = table_named(seen.file.rsplit(".", 1)[0])
    if table is None:
        return None
    entry, _said = own_entry(table, [column.name for column in seen.columns], settings)
    names = {name: origin.names for name, origin in entry.origins.items()}
    ours = set(our_names(table))
    columns = {next((one for one in (_ours(names[column][0]), column) if one in ours), column): names[column] for column in names}
    found = Feed(table.name, seen.file, columns)
    more = {
        known[0].name
        for name in guess_feed(seen, table.name).columns
        if (known := our_column(table, name)) is not None
    }  # fmt: skip
    return None if missing(found) or more - found.told() else found


def _ours(name: str) -> str:
    return plain(name).replace(" ", "_")


def has_no_header(seen: SeenFile) -> bool:
    """Whether the first line looks like a row: something in it is a number, a date or an address, and nothing is a known name."""
    names = [column.name for column in seen.columns]
    known = plain_names() | {name.replace("_", " ") for name in _all_ours()}
    return any(_DATA.fullmatch(name) for name in names) and not any(plain(name) in known for name in names)


def _all_ours() -> frozenset[str]:
    from paceline.sources.files.own import COLUMN_NAMES

    return COLUMN_NAMES


def to_write(folder: Folder, files: Sequence[FileState], settings: Settings, plan: Plan) -> Plan:
    """What is to stand in the mapping: what somebody said of each file, but for what its name says already; feeds of files that
    aren't here stay. ``plan`` brings headers, stages and currency.
    """
    here: Mapping[str, FileState] = {one.seen.file: one for one in folder.files}
    shown = {feed.place for one in folder.files for feed in one.feeds}
    stay = tuple(feed for feed in folder.saved.feeds if feed.place not in shown)
    feeds: list[Feed] = []
    for one in files:
        own = by_name(one.seen, settings)
        feeds += [feed for feed in one.feeds if feed.place is not None or feed != own or len(one.feeds) > 1]
    unread = {one.seen.file for one in files if not one.feeds} | {name for name in folder.saved.unread if name not in here}
    order = sorted((*stay, *feeds), key=lambda feed: len(feeds) + 1_000 if feed.place is None else feed.place)
    return replace(plan, feeds=tuple(order), unread=frozenset(unread))
