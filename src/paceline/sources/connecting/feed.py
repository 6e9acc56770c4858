"""A ``[[table]]`` of a mapping as a form sees it: which record, from which file, and what becomes of each of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from paceline.sales.records import BY_NAME, Column, Table, Type
from paceline.sources.files.mapping import our_column

_KEY = "key of the row"  # how records.py marks an id that nobody outside needs to know
# Without these a row loads, and little can be said of it.
WANTED: Mapping[str, tuple[str, ...]] = {
    "opportunity": ("owner_id", "account_id", "created_at", "close_day", "amount_cents"),
    "rep_role": ("role", "team", "manager_id"),
    "lead": ("owner_id",),
    "account": ("name",),
    "contact": ("account_id", "name", "email"),
    "line_item": ("product_id", "sold_cents"),
}


@dataclass(frozen=True)
class Feed:
    """``columns``: ours, as the mapping writes it (``amount`` or ``amount_cents``) → theirs. ``values``: ours → their word → our
    word. ``dates`` (formats joined by `` | ``), ``decimals``: ours → how theirs is written. ``unknown``: ours → words that mean
    that nothing is known. ``leave``: their column → words whose rows are left out. ``given``: ours that have a default.
    ``place``: which ``[[table]]`` it is; None: it isn't there yet. ``kept``: the keys of it that no form shows.
    """

    table: str
    file: str
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    decimals: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    leave: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    distinct: bool = False
    given: frozenset[str] = frozenset()
    place: int | None = None
    kept: tuple[str, ...] = ()

    @property
    def record(self) -> Table:
        """The record that it makes."""
        return BY_NAME[self.table]

    def ours_of(self, theirs: str) -> tuple[str, ...]:
        """What a column of theirs becomes."""
        return tuple(ours for ours, names in self.columns.items() if theirs in names)

    def told(self) -> frozenset[str]:
        """The columns of the record that something gives."""
        names = (*self.columns, *self.constants, *self.given)
        found = (our_column(self.record, name) for name in names)
        return frozenset(one[0].name for one in found if one is not None)


@dataclass(frozen=True)
class StageWord:
    """A stage that no file tells of: its id as deals name it, what it means, its order."""

    id: str
    outcome: str
    position: int


@dataclass(frozen=True)
class Plan:
    """What becomes of a folder: the feeds, the files that are not to be read, those whose first line is no header, the stages
    written in the mapping itself, and the amounts' currency ("": the company's).
    """

    feeds: tuple[Feed, ...] = ()
    unread: frozenset[str] = frozenset()
    headless: frozenset[str] = frozenset()
    stages: tuple[StageWord, ...] = ()
    currency: str = ""


def makes_its_id(record: Table) -> bool:
    """Whether nothing refers to the record's id, so that it can be made of what each row needs anyway."""
    return record.column("id").doc == _KEY


def missing(feed: Feed) -> tuple[str, ...]:
    """The columns that every row needs and nothing gives."""
    told = feed.told()
    return tuple(
        column.name
        for column in feed.record.columns
        if column.required and column.name not in told and not (column.name == "id" and makes_its_id(feed.record))
    )


def wanting(feed: Feed) -> tuple[str, ...]:
    """The columns without which little can be said of the record, and that nothing gives."""
    told = feed.told()
    if feed.distinct:  # derived from other rows, it tells what these do
        return ()
    return tuple(name for name in WANTED.get(feed.table, ()) if name not in told)


def key_of(feed: Feed) -> tuple[str, ...]:
    """Their columns of which the id is made, where nothing gives it: those of what every row needs, or of the rep or team whose
    row it is.
    """
    found: dict[str, None] = {}
    for column in feed.record.columns:
        if column.name != "id" and column.required:
            for ours, names in feed.columns.items():
                if _is(feed.record, ours, column):
                    found.update(dict.fromkeys(names))
    return tuple(found)


def _is(record: Table, ours: str, column: Column) -> bool:
    known = our_column(record, ours)
    return known is not None and known[0].name == column.name


def choices(record: Table) -> list[tuple[str, Column, bool]]:
    """What a column of theirs may become: the name in a mapping, the column, whether it is an amount in money."""
    out: list[tuple[str, Column, bool]] = []
    for column in record.columns:
        if column.type is Type.CENTS:
            out.append((column.name.removesuffix("_cents"), column, True))
        out.append((column.name, column, False))
    return out
