"""A guess of what files are, from their names, their columns' names and what stands in these. Pure: what was seen goes in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cache, lru_cache

from paceline.sales.records import BY_NAME, Column, Table, Type
from paceline.sources.connecting.feed import Feed, makes_its_id, missing
from paceline.sources.connecting.forms_of import forms_of, reads_well
from paceline.sources.connecting.seen import SeenColumn, SeenFile
from paceline.sources.connecting.words import BEFORE, COLUMNS, FILES, FIRST_NAMES, LAST_NAMES, NOT_ALIKE, WORDS, plain
from paceline.sources.files.mapping import our_column
from paceline.sources.files.numbers import CODES

LIKE = 0.84  # of difflib's ratio: below, two names are two things
_NAMELESS, _NAMED = re.compile(r"column \d+"), 1.5
_LIKELY = 2.6  # of the score of a record: below, nobody can tell
_SIGNS = {"€": "EUR", "£": "GBP"}  # those that stand for one currency alone
_WORDS_TOO = {"ALL", "TOP"}
_FUZZY_COLUMNS = 250  # a wider table is matched by known names alone


def guess_feed(seen: SeenFile, table: str) -> Feed:
    """The file as rows of that record: each column as what its name says, where its values can be that."""
    record = BY_NAME[table]
    columns: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for _score, name, ours in sorted(_likely(seen, record), key=lambda one: -one[0]):
        if ours not in columns and name not in taken:
            columns[ours] = (name,)
            taken.add(name)
    columns = _in_order(record, _named(seen, record, columns))
    feed = Feed(table, seen.file, columns)
    return forms_of(_with_words(feed, seen), seen)


def guess_table(seen: SeenFile) -> str:
    """Which record the file's rows are; "": nobody can tell."""
    stem = plain(seen.file.rsplit(".", 1)[0])
    scores = {table: _file_score(stem, table) + _column_score(seen, table) for table in COLUMNS}
    best = max(scores, key=lambda table: scores[table])
    nameless = all(_NAMELESS.fullmatch(column.name) for column in seen.columns)  # then the file's name is all there is
    return best if scores[best] >= (_NAMED if nameless else _LIKELY) else ""


def _file_score(stem: str, table: str) -> float:
    """3 for the very name, 2 where the name is part of it (``Deals export 2024``), 0 for none; the longest name decides."""
    names = FILES[table]
    if stem in names:
        return 3.0
    parts = [name for name in names if re.search(rf"\b{re.escape(name)}\b", stem)]
    longest = max((len(name) for name in parts), default=0)
    return 1.5 + min(longest, 40) / 40 if parts else 0.0


def _column_score(seen: SeenFile, table: str) -> float:
    """How much of what the record needs is there, and how much of the file it explains."""
    record = BY_NAME[table]
    known = {name: ours for ours, names in COLUMNS[table].items() for name in (*names, plain(ours))}
    found = {known[name] for column in seen.columns if (name := plain(column.name)) in known}
    found |= {known[rest] for column in seen.columns if (rest := _without_record(plain(column.name), table)) in known}
    needed = {column.name for column in record.columns if column.required and column.name != "id"}
    needed |= {"amount_cents", "close_day", "owner_id"} if table == "opportunity" else set()
    named = {of[0].name for name in found if (of := our_column(record, name)) is not None}
    share = len(needed & named) / len(needed) if needed else 0.5
    return 1.6 * share + 1.4 * len(named) / max(4, min(len(seen.columns), 12))


def _likely(seen: SeenFile, record: Table) -> list[tuple[float, str, str]]:
    """(how sure, their column, ours) for all that can be."""
    fuzzy = len(seen.columns) <= _FUZZY_COLUMNS
    found = []
    for column in seen.columns:
        if not column.filled and seen.rows:
            continue  # an empty column tells nothing
        name = plain(column.name)
        rest = _without_record(_without_currency(column.name), record.name)
        for ours, names in _known_names(record.name).items():
            score = max(_score(name, names, fuzzy), 0.98 * _score(rest, names, False) if rest != name else 0.0)
            if score and _can_be(column, record, ours):
                found.append((score, column.name, ours))
    return found


@cache
def _known_names(table: str) -> dict[str, tuple[str, ...]]:
    """Ours → all that it is called; our own names first. Amounts are given in money."""
    known = COLUMNS.get(table, {})
    names: dict[str, tuple[str, ...]] = {}
    for column in BY_NAME[table].columns:
        if column.type is Type.CENTS:
            money = column.name.removesuffix("_cents")
            names[column.name], names[money] = (plain(column.name),), (plain(money), *known.get(money, ()))
        else:
            names[column.name] = (plain(column.name), *known.get(column.name, ()))
    return names


@lru_cache(maxsize=50_000)
def _score(name: str, names: tuple[str, ...], fuzzy: bool) -> float:
    """1 for the surest name, a little less down the list; less than 0.85 for a likeness."""
    if name in names:
        return 1.0 - 0.005 * names.index(name)
    if not fuzzy or len(name) < 4:
        return 0.0
    likeness = max((_ratio(name, other) for other in names if len(other) > 3), default=0.0)
    return likeness * 0.85 if likeness >= LIKE else 0.0


def _ratio(name: str, other: str) -> float:
    if 2 * min(len(name), len(other)) < LIKE * (len(name) + len(other)):
        return 0.0
    matcher = SequenceMatcher(None, name, other)
    return matcher.ratio() if matcher.real_quick_ratio() >= LIKE and matcher.quick_ratio() >= LIKE else 0.0


def _without_record(name: str, table: str) -> str:
    """``deal name`` → ``name``, for deals."""
    return next((name[len(word) + 1 :] for word in BEFORE.get(table, ()) if name.startswith(f"{word} ")), name)


def currency_of(name: str) -> str:
    """The currency that a column's name tells: ``Amount (EUR)``, ``Wert in €`` → ``EUR``; "" where it tells none, or several."""
    told = {word for word in re.findall(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])", name) if word in CODES - _WORDS_TOO}
    told |= {code for sign, code in _SIGNS.items() if sign in name}
    return told.pop() if len(told) == 1 else ""


def told_currency(feeds: Iterable[Feed]) -> str:
    """The one currency that the names of the feeds' amounts tell; "" where they tell none, or several."""
    told = {
        code
        for feed in feeds
        for ours, names in feed.columns.items()
        if (known := our_column(feed.record, ours)) is not None and known[0].type is Type.CENTS
        for name in names
        if (code := currency_of(name))
    }
    return told.pop() if len(told) == 1 else ""


def _without_currency(name: str) -> str:
    """``Auftragswert in EUR`` → ``auftragswert``."""
    words = [word for word in name.split() if not currency_of(word)] if currency_of(name) else [name]
    return plain(" ".join(words)).removesuffix(" in")


def _can_be(column: SeenColumn, record: Table, ours: str) -> bool:
    found = our_column(record, ours)
    if found is None or not column.values:
        return found is not None
    ours_column, money = found
    if ours_column.type is Type.TEXT:
        return True
    return reads_well(ours_column, money, column)


def _named(seen: SeenFile, record: Table, columns: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Names out of two columns; an id where the name is one; a name where there is only an id."""
    has_name = any(column.name == "name" for column in record.columns)
    if has_name and "name" not in columns:
        parts = [column.name for words in (FIRST_NAMES, LAST_NAMES) for column in seen.columns if plain(column.name) in words]
        if parts:
            columns["name"] = tuple(parts)
    if "id" not in columns and not makes_its_id(record) and record.name != "opportunity":
        columns |= _id_of_name(seen, record, columns)
    if has_name and record.column("name").required and "name" not in columns and "id" in columns:
        columns["name"] = columns["id"]
    return columns


def _id_of_name(seen: SeenFile, record: Table, columns: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What people call it is its id, where no two share that."""
    for ours in ("name", "email", "domain"):
        names = columns.get(ours, ())
        if len(names) == 1 and seen.column(names[0]).unique and any(one.name == ours for one in record.columns):
            return {"id": names}
    return {}


def _in_order(record: Table, columns: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    order = {name: place for place, name in enumerate(_known_names(record.name))}
    return dict(sorted(columns.items(), key=lambda one: order[one[0]]))


def _with_words(feed: Feed, seen: SeenFile) -> Feed:
    """The feed with our word for each of theirs, in columns that know few words; rows whose word means nothing here left out."""
    values: dict[str, dict[str, str]] = {}
    leave: dict[str, tuple[str, ...]] = {}
    for ours, names in feed.columns.items():
        column = feed.record.column(ours) if any(one.name == ours for one in feed.record.columns) else None
        if column is None or not column.words or len(names) != 1:
            continue
        told = {word: word_for(feed.table, column, word) for word in seen.column(names[0]).values}
        values[ours] = {word: mine for word, mine in told.items() if mine and mine != word}
        rest = tuple(word for word, mine in told.items() if not mine)
        if column.required and rest and len(rest) < len(told):
            leave[names[0]] = rest
        elif rest and not column.required:
            values[ours] |= dict.fromkeys(rest, "")
    return replace(feed, values={ours: words for ours, words in values.items() if words}, leave=leave)


def word_for(table: str, column: Column, word: str) -> str:
    """Our word for one of theirs; "": none is near."""
    said = plain(word)
    if (table, column.name, said) in NOT_ALIKE:
        return ""
    for mine in column.words:
        if said == plain(mine) or said in WORDS.get((table, column.name), {}).get(mine, ()):
            return mine
    near = {mine: _ratio(said, plain(mine)) for mine in column.words}
    best = max(near, key=lambda mine: near[mine])
    return best if near[best] else ""


def guessed(seen: SeenFile, known: Callable[[str], bool] = lambda _: False) -> tuple[Feed, ...]:
    """What the file holds: its record, and for people their roles, too. ``known(table)``: another file gives that record."""
    table = guess_table(seen)
    if not table:
        return ()
    feed = guess_feed(seen, table)
    if table == "stage" and missing(feed):
        return ()  # what stages mean can be said beside the deals
    if table == "rep" and not known("rep_role"):
        return (feed, *_roles_beside(feed, seen))
    return (feed,)


def _roles_beside(people: Feed, seen: SeenFile) -> tuple[Feed, ...]:
    """Roles, where the people's file tells of a team, a manager, a region or a role."""
    feed = guess_feed(seen, "rep_role")
    told = {ours: names for ours, names in feed.columns.items() if ours not in ("id", "rep_id")}
    if "id" not in people.columns or not any(ours in told for ours in ("role", "team", "manager_id", "territory", "segment")):
        return ()
    told = {ours: names for ours, names in told.items() if names != people.columns["id"]}
    return (replace(feed, columns={"rep_id": people.columns["id"], **told}),)


def is_within(values: Iterable[str], ids: Iterable[str]) -> float:
    """Which part of the values is among the ids; 1 where there is none."""
    wanted, there = set(values), set(ids)
    return len(wanted & there) / len(wanted) if wanted else 1.0
