"""A mapping's text ⇄ a ``Plan``: what a form knows of it is read out and written in, all else stays, comments included."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

import tomlkit
from tomlkit.items import AoT, Table
from tomlkit.toml_document import TOMLDocument

from paceline.sales.records import BY_NAME, Type
from paceline.sources.connecting.feed import Feed, Plan, StageWord, key_of, makes_its_id
from paceline.sources.files.mapping import our_column
from paceline.sources.files.mapping_entry import toml_text

BETWEEN = " | "  # of several date formats
HEAD = "What these files' columns are called here. Written by the form above it, or by hand: docs/reference/mapping.md"
_SHOWN = ("table", "file", "columns", "constants", "values", "dates", "decimal", "unless", "key", "distinct", "null")


def read_plan(text: str) -> Plan:
    """What the mapping says, as far as a form knows it. Raises ValueError for what isn't TOML."""
    found = tomllib.loads(text, parse_float=str)
    told = found.get("table", [])
    tables = [table for table in told if isinstance(table, dict)] if isinstance(told, list) else []
    feeds = tuple(
        _feed(place, table)
        for place, table in enumerate(tables)
        if table.get("table") in BY_NAME and isinstance(table.get("file"), str)
    )
    files = found.get("file", {})
    stages = [row for table in tables if table.get("table") == "stage" for row in table.get("rows", []) if isinstance(row, dict)]
    return Plan(
        feeds, _files_without(files, "read"), _files_without(files, "header"), tuple(map(_stage, stages)),
        str(found.get("currency", "")),
    )  # fmt: skip


def _files_without(files: Mapping[str, Any], key: str) -> frozenset[str]:
    return frozenset(name for name, how in files.items() if isinstance(how, dict) and how.get(key) is False)


def _stage(row: Mapping[str, Any]) -> StageWord:
    position = row.get("position")
    return StageWord(str(row.get("id", "")), str(row.get("outcome", "")), position if isinstance(position, int) else 0)


def _feed(place: int, raw: Mapping[str, Any]) -> Feed:
    columns = {ours: _names(theirs) for ours, theirs in _section(raw, "columns").items()}
    if "key" in raw:
        columns = {"id": _names(raw["key"]), **columns}
    record = BY_NAME[raw["table"]]
    return Feed(
        record.name, raw["file"], columns, _texts(_section(raw, "constants")),
        {ours: _texts(words) for ours, words in _section(raw, "values").items() if isinstance(words, dict)},
        _for_columns(raw.get("dates"), columns, record.name, (Type.DAY, Type.AT)),
        _for_columns(raw.get("decimal"), columns, record.name, (Type.CENTS, Type.NUMBER, Type.INTEGER)),
        {} if _has_rules(raw) else {ours: _names(words) for ours, words in _section(raw, "null").items()},
        {theirs: _names(words) for theirs, words in _section(raw, "unless").items()},
        raw.get("distinct") is True, frozenset(_section(raw, "defaults")), place,
        tuple(key for key in raw if key not in _SHOWN or (key == "null" and _has_rules(raw))),
    )  # fmt: skip


def _has_rules(raw: Mapping[str, Any]) -> bool:
    """Whether words are unknown under conditions, or in all columns: that no form shows."""
    told = raw.get("null", {})
    if not isinstance(told, dict):
        return True
    return any(isinstance(one, dict) for words in told.values() for one in (words if isinstance(words, list) else [words]))


def _section(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = raw.get(name, {})
    return found if isinstance(found, dict) else {}


def _names(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _texts(section: Mapping[str, Any]) -> dict[str, str]:
    return {name: text for name, value in section.items() if (text := toml_text(value)) is not None}


def _for_columns(raw: object, columns: Mapping[str, object], table: str, types: tuple[Type, ...]) -> dict[str, str]:
    """What a key says of each column; said once for all, it is said of each column of such a type."""
    if isinstance(raw, dict):
        return {ours: BETWEEN.join(_names(one)) for ours, one in raw.items()}
    if raw is None:
        return {}
    of = {ours: our_column(BY_NAME[table], ours) for ours in columns}
    return {ours: BETWEEN.join(_names(raw)) for ours, known in of.items() if known and known[0].type in types}


def write_plan(text: str, plan: Plan) -> str:
    """The mapping with the plan in it. ``text`` is what the plan was read from ("": there is none yet): what differs is changed,
    a feed without a place is added, one that is gone is taken out, and everything else stays.
    """
    before = read_plan(text)
    if plan == before:
        return text
    document = tomlkit.parse(text)
    if not text.strip():
        document.add(tomlkit.comment(HEAD))
        document.add(tomlkit.nl())
    _write_currency(document, before.currency, plan.currency)
    tables = _tables(document)
    was = {feed.place: feed for feed in before.feeds}
    for feed in plan.feeds:
        if feed.place is not None and feed != was[feed.place]:
            _change(tables[feed.place], was[feed.place], feed)
    _write_stages(tables, before.stages, plan.stages)
    kept = {feed.place for feed in plan.feeds}
    for place in sorted((place for place in was if place is not None and place not in kept), reverse=True):
        del tables[place]
    for feed in plan.feeds:
        if feed.place is None:
            table = tomlkit.table()
            _change(table, None, feed)
            tables.append(table)
    _write_files(document, "read", before.unread, plan.unread)
    _write_files(document, "header", before.headless, plan.headless)
    if not len(tables):
        document.remove("table")
    return _sound(document)


def _tables(document: TOMLDocument) -> AoT:
    if "table" not in document:
        document.add("table", tomlkit.aot())
    found = document["table"]
    if not isinstance(found, AoT):  # one list, in brackets: TOML that says the same, and has no room for what is added
        tables = [tomlkit.item(one) for one in found.unwrap()]
        found = tomlkit.aot()
        for one in tables:
            found.append(one)
        del document["table"]
        document.add("table", found)
    return found


def _sound(document: TOMLDocument) -> str:
    """The document's text; where an edit in place came out wrong, all of its meaning without its comments."""
    meant = document.unwrap()
    text = tomlkit.dumps(document)
    with suppress(tomllib.TOMLDecodeError):
        if tomllib.loads(text) == meant:
            return text
    return tomlkit.dumps(meant)


def _write_currency(document: TOMLDocument, before: str, after: str) -> None:
    if before == after:
        return
    if after:
        document["currency"] = after
    else:
        document.remove("currency")


def _change(table: Table, before: Feed | None, feed: Feed) -> None:
    """Write what differs. Another record begins anew: of the columns of the one before, none is meant."""
    if before is None or before.table != feed.table:
        for key in list(table.keys()):
            del table[key]
        before = Feed(feed.table, feed.file)
        table["table"], table["file"] = feed.table, feed.file
        if feed.distinct:
            table["distinct"] = True
    _change_id(table, before, feed)
    _change_section(table, "columns", _theirs(before.columns), _theirs(feed.columns))
    _change_section(table, "constants", _typed(before, before.constants), _typed(feed, feed.constants))
    for ours in dict.fromkeys((*before.values, *feed.values)):
        _change_values(table, ours, before.values.get(ours, {}), feed.values.get(ours, {}))
    for key, was, now in (("dates", before.dates, feed.dates), ("decimal", before.decimals, feed.decimals)):
        if was != now:
            _said_of_each(table, key, was)
            _change_section(table, key, _formats(was), _formats(now))
    _change_section(table, "null", _lists(before.unknown), _lists(feed.unknown))
    _change_section(table, "unless", _lists(before.leave), _lists(feed.leave))


def _theirs(columns: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    return {ours: names[0] if len(names) == 1 else list(names) for ours, names in columns.items() if ours != "id" and names}


def _formats(of: Mapping[str, str]) -> dict[str, Any]:
    return {ours: one.split(BETWEEN) if BETWEEN in one else one for ours, one in of.items() if one}


def _lists(of: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    return {theirs: list(words) for theirs, words in of.items() if words}


def _typed(feed: Feed, of: Mapping[str, str]) -> dict[str, Any]:
    """Constants: days as TOML's, the rest as text."""
    out: dict[str, Any] = {}
    for ours, text in of.items():
        known = our_column(feed.record, ours)
        out[ours] = text
        if known and known[0].type is Type.DAY:
            with suppress(ValueError):
                out[ours] = date.fromisoformat(text)
    return out


def _change_id(table: Table, before: Feed, feed: Feed) -> None:
    """One column is the id; several together are its key, as is what makes the id of a row that has none."""
    was, now = before.columns.get("id", ()), feed.columns.get("id", ())
    made = not now and makes_its_id(feed.record)
    if made:
        now = key_of(feed)
    if was == now and not (made and "key" not in table):
        return
    if "columns" in table and "id" in table["columns"]:
        del table["columns"]["id"]
    if "key" in table:
        del table["key"]
    if len(now) == 1 and not makes_its_id(feed.record):
        _section_of(table, "columns")["id"] = now[0]
    elif now:
        table["key"] = list(now)


def _change_section(table: Table, name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Set and take out what differs, in the table of that name within."""
    if before == after:
        return
    section = _section_of(table, name)
    for key in before:
        if key not in after and key in section:
            del section[key]
    for key, value in after.items():
        if before.get(key) != value:
            section[key] = value
    if not len(section):
        del table[name]


def _section_of(table: Table, name: str) -> Any:
    if name not in table:
        table[name] = tomlkit.table()
    return table[name]


def _change_values(table: Table, ours: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    if before == after:
        return
    values = _section_of(table, "values")
    if ours not in values:
        values[ours] = tomlkit.table()
    section = values[ours]
    for word in before:
        if word not in after and word in section:
            del section[word]
    for word, mine in after.items():
        if before.get(word) != mine:
            section[word] = mine
    if not len(section):
        del values[ours]
    if not len(values):
        del table["values"]


def _said_of_each(table: Table, key: str, was: Mapping[str, str]) -> None:
    """What was said once for all columns is said of each, before one of them changes."""
    if key in table and not isinstance(table[key], Mapping):
        del table[key]
        section = _section_of(table, key)
        for ours, one in _formats(was).items():
            section[ours] = one


def _write_stages(tables: AoT, before: Sequence[StageWord], after: Sequence[StageWord]) -> None:
    """The stages' rows, in the mapping itself. What else a row says (its chance, its pipeline) stays."""
    if before == after:
        return
    place = next((place for place, table in enumerate(tables) if table.get("table") == "stage" and "rows" in table), None)
    if not after:
        return
    if place is None:
        table = tomlkit.table()
        table["table"] = "stage"
        table["rows"] = tomlkit.array().multiline(True)
        for one in after:
            table["rows"].append(_row(one))
        tables.append(table)
        return
    rows = tables[place]["rows"]
    there = {str(row.get("id", "")): row for row in rows}
    for one in after:
        if one.id not in there:
            rows.append(_row(one))
            continue
        row = there[one.id]
        for name, value in (("outcome", one.outcome), ("position", one.position)):
            if row.get(name) != value:
                row[name] = value


def _row(one: StageWord) -> Any:
    row = tomlkit.inline_table()
    row.update({"id": one.id, "name": one.id, "position": one.position, "outcome": one.outcome})
    return row


def _write_files(document: TOMLDocument, key: str, before: frozenset[str], after: frozenset[str]) -> None:
    """``read = false``, ``header = false``: for these files, and no longer for those."""
    for name in sorted(after - before):
        if "file" not in document:
            document["file"] = tomlkit.table(is_super_table=True)
        files: Any = document["file"]
        if name not in files:
            files[name] = tomlkit.table()
        files[name][key] = False
    for name in sorted(before - after):
        files = document["file"]
        del files[name][key]
        if not len(files[name]):
            del files[name]
        if not len(files):
            document.remove("file")
