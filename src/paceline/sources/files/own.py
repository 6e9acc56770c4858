"""Files in our own names: ``opportunities.csv`` with our columns needs no mapping."""

from __future__ import annotations

from collections.abc import Sequence

from paceline.sales.records import TABLES, Table
from paceline.sales.settings import Settings
from paceline.saying.said import Said, say
from paceline.sources.contract import Severity
from paceline.sources.files.cells import HowToRead
from paceline.sources.files.mapping import Entry, Origin, our_column, our_names
from paceline.sources.files.remarks import Remark, nearest

# In a file of ours these words are *unknown* where a number, date or flag is wanted; in text they may be somebody's name.
NULL_WORDS = ("null", "none", "nan", "nat", "n/a", "na", "#n/a", "-", "\\n")
_KEY = "key of the row"  # how records.py marks an id that nobody outside needs to know


def _plain(name: str) -> str:
    return "_".join(name.strip().casefold().replace("-", " ").replace("_", " ").split())


def _plural(name: str) -> str:
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}es" if name.endswith("ch") else f"{name}s"


FILE_NAMES: dict[str, Table] = {word: table for table in TABLES for word in (table.name, _plural(table.name))}
COLUMN_NAMES = frozenset(name for table in TABLES for name in our_names(table))


def table_named(stem: str) -> Table | None:
    """The table that a file name (without its ending) means, in singular or plural and any case."""
    return FILE_NAMES.get(_plain(stem))


def near_table(stem: str) -> str | None:
    """The file name that was probably meant."""
    return nearest(_plain(stem), FILE_NAMES, 0.75)


def own_entry(table: Table, names: Sequence[str], settings: Settings) -> tuple[Entry, list[tuple[Remark, str]]]:
    """The entry that reads a file with these columns, and what is to be said of the columns (remark, field)."""
    origins: dict[str, Origin] = {}
    said: list[tuple[Remark, str]] = []
    for name in names:
        found = our_column(table, _plain(name))
        if found is None:
            said.append((_unknown(table, name), name))
            continue
        column, money = found
        if column.name in origins:
            said.append(
                (
                    _warning(
                        "same-column",
                        say("{name} is given twice; '{used}' is used", name=column.name, used=origins[column.name].names[0]),
                        say("Remove one"),
                    ),
                    name,
                )
            )
            continue
        origins[column.name] = Origin((name,), how=HowToRead(money=money, time_zone=settings.time_zone))
    made = _made_key(table, origins)
    if made:
        said.append(
            (
                _warning(
                    "made-id",
                    say("there is no id: it is made of {names}", names=", ".join(made)),
                    say("Give an id if rows can share these"),
                ),
                "id",
            )
        )
        origins["id"] = Origin(tuple(origins[name].names[0] for name in made), joiner="/")
    said += [
        (
            _warning(
                "no-column", say("the file has no such column, and every row needs it: none can load"), say("Add the column")
            ),
            column.name,
        )
        for column in table.columns
        if column.required and column.name not in origins
    ]
    return Entry(table, origins), said


def _made_key(table: Table, origins: dict[str, Origin]) -> list[str]:
    """The columns that make the id of a row without one: the required ones, of tables whose id nothing else refers to."""
    if "id" in origins or table.column("id").doc != _KEY:
        return []
    needed = [column.name for column in table.columns if column.required and column.name != "id"]
    return needed if all(name in origins for name in needed) else []


def _unknown(table: Table, name: str) -> Remark:
    near = nearest(_plain(name), our_names(table), 0.6)
    if near:
        wrong = say("no column of {table}: left out; did you mean {near}?", table=table.name, near=near)
    else:
        wrong = say("no column of {table}: left out; the columns of {table} are in its reference page", table=table.name)
    return _warning("unknown-column", wrong, say("Rename it, or use a mapping file"))


def _warning(kind: str, wrong: Said, remedy: Said) -> Remark:
    return Remark(kind, wrong, remedy, Severity.WARNING)
