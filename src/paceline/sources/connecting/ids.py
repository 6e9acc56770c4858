"""References that lead nowhere: what files refer to and none of them brings, where it is little enough to be said one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from paceline.sales.records import Column
from paceline.sources.connecting.feed import Feed
from paceline.sources.connecting.seen import SeenColumn, SeenFile
from paceline.sources.files.mapping import our_column

MOST_STRANGERS, MOST_IDS = 20, 300


def ids_of(feeds: Iterable[tuple[Feed, SeenFile]]) -> dict[str, tuple[str, ...]]:
    """The ids of each record that the files bring; none of a record of which not all are known, or too many to choose from."""
    found: dict[str, dict[str, None]] = {}
    unsure: set[str] = set()
    for feed, seen in feeds:
        names = feed.columns.get("id", ())
        column = seen.column(names[0]) if len(names) == 1 else SeenColumn("", all_values=False)
        if not column.all_values or not seen.whole or feed.kept:
            unsure.add(feed.table)
        found.setdefault(feed.table, {}).update(dict.fromkeys(column.values))
    return {table: tuple(ids) for table, ids in found.items() if table not in unsure and len(ids) <= MOST_IDS}


def strangers(
    feed: Feed, seen: SeenFile, ids: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, Column, SeenColumn, tuple[int, ...]]]:
    """The feed's columns that refer to what isn't there: ours, the column, theirs, and which of its values."""
    for ours, names in feed.columns.items():
        known = our_column(feed.record, ours)
        to = known[0].refers if known is not None else None
        if known is None or to is None or to not in ids or len(names) != 1 or to == feed.table:
            continue
        theirs, there = seen.column(names[0]), set(ids[to])
        wrong = tuple(number for number, word in enumerate(theirs.values) if word not in there)
        if wrong and len(wrong) <= MOST_STRANGERS and theirs.all_values:
            yield ours, known[0], theirs, wrong
