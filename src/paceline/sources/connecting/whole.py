"""The guess for a whole folder: its files know of each other. Deals name their owner by name where the people's file has one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

from paceline.sales.records import Type
from paceline.sources.connecting.feed import Feed, Plan, StageWord
from paceline.sources.connecting.forms_of import date_formats, is_clear
from paceline.sources.connecting.guess import guessed, is_within
from paceline.sources.connecting.seen import SeenFile
from paceline.sources.connecting.words import LOST, WAY, WON, plain
from paceline.sources.files.cells import HowToRead, read_column
from paceline.sources.files.mapping import our_column

Known = Callable[[str], Iterable[str]]  # a record's ids that are stored already
MADE_OF_DEALS = ("rep", "account", "product")
ROLE, BOSS = "AE", "manager"
_FEW, _MOST = 0.1, 0.5  # parts of references that are found: hardly any; enough
MOST_STAGES = 60


def guess(files: Sequence[SeenFile], known: Known = lambda _: ()) -> Plan:
    """What becomes of the files, as far as one can tell."""
    seen = {file.file: file for file in files}
    first = [feed for file in files for feed in guessed(file)]
    given = {feed.table for feed in first}
    feeds = [feed for feed in first if not (feed.table == "rep_role" and _again(feed, first))]
    feeds = _ids_as_named(feeds, seen)
    feeds += _managers(feeds, seen, known)
    feeds += _made_of_deals(feeds, seen, given, known)
    feeds = [_with_day(feed, earliest(feeds, seen)) for feed in feeds]
    return Plan(tuple(feeds), stages=stage_words(feeds, seen, known))


def _again(feed: Feed, feeds: Sequence[Feed]) -> bool:
    """Roles guessed beside people, though another file is of roles alone."""
    own = {one.file for one in feeds if one.table == "rep"}
    return feed.file in own and any(one.table == "rep_role" and one.file not in own for one in feeds)


def _ids_as_named(feeds: list[Feed], seen: dict[str, SeenFile]) -> list[Feed]:
    """Records whose id is what the others call them: by name or address, where hardly anybody uses the id."""
    out = []
    for feed in feeds:
        used = references(feed.table, feeds, seen)
        names = feed.columns.get("id", ())
        if used and len(names) == 1 and is_within(used, seen[feed.file].column(names[0]).values) < _FEW:
            names = _better_id(feed, seen[feed.file], used) or names
        out.append(replace(feed, columns={**feed.columns, "id": names}) if names else feed)
    ids = {feed.file: feed.columns["id"] for feed in out if feed.table == "rep" and "id" in feed.columns}
    return [replace(feed, columns={**feed.columns, "rep_id": ids[feed.file]})
            if feed.table == "rep_role" and feed.file in ids else feed for feed in out]  # fmt: skip


def _better_id(feed: Feed, file: SeenFile, used: set[str]) -> tuple[str, ...]:
    for ours in ("name", "email", "domain"):
        names = feed.columns.get(ours, ())
        if len(names) == 1 and is_within(used, file.column(names[0]).values) > _MOST:
            return names
    return ()


def references(table: str, feeds: Iterable[Feed], seen: dict[str, SeenFile]) -> set[str]:
    """What the columns that refer to a record hold; a person's manager apart."""
    return {
        value
        for feed in feeds
        for ours, names in feed.columns.items()
        if (found := our_column(feed.record, ours)) and found[0].refers == table and len(names) == 1
        and feed.table not in ("rep_role", table)
        for value in seen[feed.file].column(names[0]).values
    }  # fmt: skip


def _managers(feeds: list[Feed], seen: dict[str, SeenFile], known: Known) -> list[Feed]:
    """People and their roles, for managers whom the file names and has no row for."""
    out: list[Feed] = []
    for feed in feeds:
        boss = feed.columns.get("manager_id", ())
        people = next((one for one in feeds if one.table == "rep" and one.file == feed.file), None)
        if feed.table != "rep_role" or len(boss) != 1 or people is None or len(people.columns.get("id", ())) != 1:
            continue
        file = seen[feed.file]
        there = {*file.column(people.columns["id"][0]).values, *known("rep")}
        if is_within(file.column(boss[0]).values, there) >= _MOST:
            continue
        out.append(Feed("rep", feed.file, {"id": boss, "name": boss}, distinct=True))
        rest = {ours: feed.columns[ours] for ours in ("team", "territory") if ours in feed.columns}
        out.append(Feed("rep_role", feed.file, {"id": boss, "rep_id": boss, "team": boss, **rest}, {"role": BOSS}, distinct=True))
    return out


def _made_of_deals(feeds: list[Feed], seen: dict[str, SeenFile], given: set[str], known: Known) -> list[Feed]:
    """Owners, accounts and products that only the deals name: each once."""
    out: list[Feed] = []
    for deals in (feed for feed in feeds if feed.table == "opportunity"):
        for table, ours in zip(MADE_OF_DEALS, ("owner_id", "account_id", "product_id"), strict=True):
            names = deals.columns.get(ours, ())
            if table in given or len(names) != 1 or is_within(seen[deals.file].column(names[0]).values, known(table)) >= _MOST:
                continue
            out.append(Feed(table, deals.file, {"id": names, "name": names}, distinct=True))
            if table == "rep" and "rep_role" not in given:
                out.append(Feed("rep_role", deals.file, {"id": names, "rep_id": names}, {"role": ROLE}, distinct=True))
    return out


def _with_day(feed: Feed, day: date | None) -> Feed:
    """Roles begin with the data, and are a seller's, where the file says neither; a team is called after its manager."""
    if feed.table != "rep_role":
        return feed
    constants, columns = dict(feed.constants), dict(feed.columns)
    if "role" not in columns:
        constants.setdefault("role", ROLE)
    if "from_day" not in columns and day is not None:
        constants.setdefault("from_day", day.isoformat())
    if "team" not in columns and "manager_id" in columns and not feed.distinct:
        columns["team"] = columns["manager_id"]
    return replace(feed, constants=constants, columns=columns)


def earliest(feeds: Iterable[Feed], seen: dict[str, SeenFile]) -> date | None:
    """The first of the month of the first day that the deals tell of; None: they tell of none."""
    days: list[int] = []
    for feed in feeds:
        for ours in ("created_at", "close_day"):
            names = feed.columns.get(ours, ())
            if feed.table != "opportunity" or len(names) != 1:
                continue
            column, ours_column = seen[feed.file].column(names[0]), feed.record.column(ours)
            said = tuple(one for one in feed.dates.get(ours, "").split(" | ") if one)
            unsure = () if said or is_clear(ours_column, False, column) else date_formats(ours_column, column)
            text = pa.array([column.least, *column.values], pa.string())
            seconds = 1 if ours_column.type is Type.DAY else 86_400
            readings: list[tuple[str, ...]] = [(one,) for one in unsure] or [said]
            for formats in readings:  # where it isn't sure, the earliest that it can be
                read = read_column(ours_column, text, HowToRead(formats=formats))
                days += [value // seconds for value in read.values.to_pylist() if value is not None]
    if not days:
        return None
    found = datetime.fromtimestamp(0, UTC).date() + timedelta(days=min(days))
    return found.replace(day=1)


def stage_words(feeds: Iterable[Feed], seen: dict[str, SeenFile], known: Known = lambda _: ()) -> tuple[StageWord, ...]:
    """The stages that deals name and neither a file nor the store tells of, with a guess of what they mean, in order."""
    feeds = tuple(feeds)
    if any(feed.table == "stage" for feed in feeds):
        return ()
    found = stage_values(feeds, seen)
    if not found or is_within(found, known("stage")) == 1.0:
        return ()
    ordered = sorted(found, key=lambda word: (_end(word), _way(word, len(found))))
    return tuple(StageWord(word, ("open", "won", "lost")[_end(word)], place) for place, word in enumerate(ordered, start=1))


def stage_values(feeds: Iterable[Feed], seen: dict[str, SeenFile]) -> tuple[str, ...]:
    """The words in the columns of deals' stages."""
    found: dict[str, None] = {}
    for feed in feeds:
        names = feed.columns.get("stage_id", ())
        if feed.table == "opportunity" and len(names) == 1:
            column = seen[feed.file].column(names[0])
            if len(column.values) <= MOST_STAGES:
                found.update(dict.fromkeys(feed.values.get("stage_id", {}).get(word, word) for word in column.values))
    return tuple(word for word in found if word)


def _end(word: str) -> int:
    """0 open, 1 won, 2 lost."""
    said = f" {plain(word)} "
    if any(f" {part} " in said for part in LOST):
        return 2
    return 1 if any(f" {part} " in said for part in WON) else 0


def _way(word: str, many: int) -> int:
    said = plain(word)
    return next((place for place, part in enumerate(WAY) if part in said), len(WAY) // 2 if many else 0)
