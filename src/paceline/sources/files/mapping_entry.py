"""One ``[[table]]`` of a mapping file → ``Entry``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Protocol
from zoneinfo import available_timezones

import pyarrow as pa

from paceline.sales.records import BY_NAME, Column, Table, Type
from paceline.sales.settings import Settings
from paceline.saying.said import Said, say
from paceline.sources.contract import Severity
from paceline.sources.files.cells import HowToRead, read_column
from paceline.sources.files.mapping import Entry, NullRule, Origin, our_column, our_names
from paceline.sources.files.moments import WORDS, FormatError, compile_format
from paceline.sources.files.numbers import CODES, Style
from paceline.sources.files.toml_lines import Path as Place
from paceline.sources.files.toml_lines import TomlLines

KEYS = (
    "table",
    "file",
    "columns",
    "values",
    "dates",
    "decimal",
    "thousands",
    "signs",
    "percent",
    "constants",
    "defaults",
    "null",
    "id_prefix",
    "key",
    "distinct",
    "rows",
    "where",
    "unless",
    "time_zone",
)
_SIGNS = (".", ",", " ", "'")


class Faults(Protocol):
    """Where errors go (see ``mapping_read.Faults``)."""

    lines: TomlLines

    def add(self, place: Place, value: object, wrong: Said, remedy: Said) -> None: ...
    def unknown(self, place: Place, value: str, what: Said, known: object) -> None: ...
    def keys(self, place: Place, found: Mapping[str, Any], known: tuple[str, ...]) -> None: ...
    def section(self, place: Place, value: object) -> Mapping[str, Any]: ...


class EntryReader:
    """Reads entries; holds what all of them share: the company's choices, each table's id prefix, the mapping's zone
    and currency.
    """

    def __init__(
        self, faults: Faults, settings: Settings, prefixes: Mapping[str, str], zone: str | None, currency: str | None
    ) -> None:
        self._faults, self._settings, self._prefixes = faults, settings, prefixes
        self._zone = self._checked_zone(("time_zone",), zone) or settings.time_zone
        self._currency = currency
        if currency is not None and currency not in CODES:
            faults.unknown(("currency",), currency, say("currency"), CODES)

    def read(self, place: Place, raw: Mapping[str, Any]) -> Entry | None:
        """The entry, or None where it has no table to be of; errors go to the faults."""
        self._faults.keys(place, raw, KEYS)
        table = BY_NAME.get(str(raw.get("table")))
        if table is None:
            self._faults.unknown((*place, "table"), str(raw.get("table", "")), say("table"), BY_NAME)
            return None
        if not isinstance(raw.get("distinct", False), bool):
            self._faults.add((*place, "distinct"), raw["distinct"], say("must be true or false"), say("Write distinct = true"))
        rows = self._rows(place, raw, table)
        if (raw.get("file") is None) == (not rows):
            self._faults.add(place, None, say("needs a file or rows, and not both"), say('Write file = "deals.csv"'))
        if rows:
            raw = {**raw, "columns": {**{name: name for row in rows for name in row}, **raw.get("columns", {})}}
        reader = _OriginReader(
            self._faults,
            place,
            raw,
            table,
            self._checked_zone((*place, "time_zone"), toml_text(raw.get("time_zone"))) or self._zone,
            self._prefixes,
        )
        origins = reader.origins(self._currency)
        return Entry(
            table,
            origins,
            toml_text(raw.get("file")),
            rows,
            raw.get("distinct") is True,
            self._words((*place, "where"), raw.get("where", {})),
            self._words((*place, "unless"), raw.get("unless", {})),
            self._faults.lines.of(place),
        )

    def _rows(self, place: Place, raw: Mapping[str, Any], table: Table) -> tuple[Mapping[str, str], ...]:
        rows = raw.get("rows", [])
        if not isinstance(rows, list):
            self._faults.add((*place, "rows"), None, say("must be a list of rows"), say('Write rows = [{{ id = "Won", … }}]'))
            return ()
        out = []
        for one in rows:
            row = self._faults.section((*place, "rows"), one)
            for name in row:
                if our_column(table, name) is None:
                    self._faults.unknown(
                        (*place, "rows", name), name, say("column of {table}", table=table.name), our_names(table)
                    )
            out.append({name: text for name, value in row.items() if (text := toml_text(value)) is not None})
        return tuple(out)

    def _words(self, place: Place, raw: object) -> dict[str, frozenset[str]]:
        return words_of(self._faults.section(place, raw))

    def _checked_zone(self, place: Place, zone: str | None) -> str | None:
        if zone is not None and zone not in available_timezones():
            self._faults.unknown(place, zone, say("time zone"), available_timezones())
            return None
        return zone


class _OriginReader:
    """The columns of one entry."""

    def __init__(
        self, faults: Faults, place: Place, raw: Mapping[str, Any], table: Table, zone: str, prefixes: Mapping[str, str]
    ) -> None:
        self._faults, self._place, self._raw, self._table, self._zone, self._prefixes = faults, place, raw, table, zone, prefixes
        self._told: set[tuple[str, str]] = set()

    def origins(self, currency: str | None) -> dict[str, Origin]:
        """Our columns that this entry gives, each with where it comes from."""
        sources = self._sources()
        origins = {
            name: self._origin(column, money, names, constant) for name, (column, money, names, constant) in sources.items()
        }
        if currency and "currency" not in origins and any(column.name == "currency" for column in self._table.columns):
            origins["currency"] = Origin(default=currency)
        key = self._raw.get("key")
        if key is not None:
            names = tuple(key) if isinstance(key, list) else (key,)
            if not names or not all(isinstance(name, str) for name in names):
                self._faults.add(
                    (*self._place, "key"), key, say("must be names of their columns"), say('Write key = ["Deal ID"]')
                )
                names = ()
            origins["id"] = Origin(names, prefix=toml_text(self._raw.get("id_prefix")) or "", joiner="/")
        for column in self._table.columns:
            if column.required and column.name not in origins:
                self._faults.add(
                    self._place,
                    column.name,
                    say("every {name} needs it, and nothing gives it", name=self._table.name),
                    say(
                        "Give it under `columns`, `constants` or {section}",
                        section="`key`" if column.name == "id" else "`defaults`",
                    ),
                )
        return origins

    def _sources(self) -> dict[str, tuple[Column, bool, tuple[str, ...], str | None]]:
        """Our column → (column, money, their names, constant)."""
        out: dict[str, tuple[Column, bool, tuple[str, ...], str | None]] = {}
        for name, theirs, column, money in self._ours("columns"):
            names = tuple(theirs) if isinstance(theirs, list) else (theirs,)
            if not names or not all(isinstance(other, str) for other in names):
                self._faults.add(
                    (*self._place, "columns", name),
                    theirs,
                    say("must be a name of theirs, or a list of names to join"),
                    say('Write id = "Deal ID"'),
                )
                continue
            out[column.name] = (column, money, names, None)
        for section in ("constants", "defaults"):
            for name, value, column, money in self._ours(section):
                if section == "constants" and column.name in out:
                    self._faults.add(
                        (*self._place, section, name),
                        value,
                        say("given under `columns` too"),
                        say("Keep one, or make it a default"),
                    )
                elif column.name not in out:
                    out[column.name] = (column, money, (), toml_text(value))
        return out

    def _ours(self, section: str) -> Iterator[tuple[str, Any, Column, bool]]:
        """Entries of a section whose keys are our columns."""
        place = (*self._place, section)
        for name, value in self._faults.section(place, self._raw.get(section, {})).items():
            found = our_column(self._table, name)
            if found is None:
                if (section, name) not in self._told:
                    self._told.add((section, name))
                    self._faults.unknown(
                        (*place, name), name, say("column of {table}", table=self._table.name), our_names(self._table)
                    )
            else:
                yield name, value, *found

    def _of(self, section: str, column: Column) -> tuple[Place, Any]:
        """What a section says of a column: by its name, or for all where the section isn't a table."""
        raw = self._raw.get(section)
        place: Place = (*self._place, section)
        if not isinstance(raw, dict):
            return place, raw
        return next(
            (((*place, name), value) for name, value, other, _ in self._ours(section) if other.name == column.name), (place, None)
        )

    def _origin(self, column: Column, money: bool, names: tuple[str, ...], constant: str | None) -> Origin:
        if not names:
            self._check_constant(column, money, constant)
        place, values = self._of("values", column)
        values = self._faults.section(place, values) if values is not None else {}
        _, default = self._of("defaults", column)
        prefix = toml_text(self._raw.get("id_prefix")) if column.name == "id" else self._prefixes.get(column.refers or "")
        return Origin(
            names,
            toml_text(default) if names else constant,
            {theirs: toml_text(ours) or "" for theirs, ours in values.items()},
            self._nulls(column),
            self._how(column, money),
            prefix or "",
        )

    def _how(self, column: Column, money: bool) -> HowToRead:
        percent = self._raw.get("percent", [])
        if not isinstance(percent, list):
            self._faults.add(
                (*self._place, "percent"), percent, say("must be a list of our columns"), say('Write percent = ["probability"]')
            )
        style = Style(
            self._sign("decimal", column),
            self._sign("thousands", column),
            self._signs(),
            isinstance(percent, list) and column.name in percent,
        )
        for name in percent if isinstance(percent, list) else []:
            if our_column(self._table, name) is None and ("percent", name) not in self._told:
                self._told.add(("percent", name))
                self._faults.unknown(
                    (*self._place, "percent"), name, say("column of {table}", table=self._table.name), our_names(self._table)
                )
        return HowToRead(style, self._formats(column), money, self._zone)

    def _sign(self, section: str, column: Column) -> str | None:
        place, sign = self._of(section, column)
        allowed = _SIGNS[:2] if section == "decimal" else _SIGNS
        if sign is not None and sign not in allowed:
            self._faults.add(
                place, sign, say("must be one of {words}", words=" ".join(map(repr, allowed))), say('Write decimal = ","')
            )
            return None
        return toml_text(sign)

    def _signs(self) -> dict[str, str]:
        place = (*self._place, "signs")
        signs = {sign: toml_text(code) or "" for sign, code in self._faults.section(place, self._raw.get("signs", {})).items()}
        for sign, code in signs.items():
            if code not in CODES and ("signs", sign) not in self._told:
                self._told.add(("signs", sign))
                self._faults.unknown((*place, sign), code, say("currency"), CODES)
        return signs

    def _formats(self, column: Column) -> tuple[str, ...]:
        if column.type not in (Type.DAY, Type.AT):
            return ()
        place, raw = self._of("dates", column)
        formats = tuple(str(one) for one in raw) if isinstance(raw, list) else (str(raw),) if raw is not None else ()
        for one in formats:
            if one not in WORDS:
                try:
                    compile_format(one)
                except FormatError as error:
                    self._faults.add(place, one, say("no date format: {error}", error=error.said), say('Write "%d/%m/%Y"'))
                    return ()
        return formats

    def _nulls(self, column: Column) -> tuple[NullRule, ...]:
        place, raw = self._of("null", column)
        rules = []
        for one in raw if isinstance(raw, list) else [] if raw is None else [raw]:
            if not isinstance(one, dict):
                rules.append(NullRule(toml_text(one) or ""))
            elif set(one) <= {"is", "when"} and "is" in one and isinstance(one.get("when", {}), dict):
                rules.append(NullRule(toml_text(one["is"]) or "", words_of(one.get("when", {}))))
            else:
                self._faults.add(
                    place,
                    None,
                    say("must be a word, or {{ is = word, when = {{ their column = word }} }}"),
                    say('Write amount = [{{ is = "0", when = {{ stage = "Lost" }} }}]'),
                )
        return tuple(rules)

    def _check_constant(self, column: Column, money: bool, constant: str | None) -> None:
        section = "constants" if any(other.name == column.name for _, _, other, _ in self._ours("constants")) else "defaults"
        read = read_column(column, pa.array([constant], pa.string()), self._how(column, money))
        for remark in read.remarks:
            if remark.severity is Severity.REJECTED:
                self._faults.add((*self._place, section, column.name), constant, remark.wrong, remark.remedy)


def words_of(raw: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """``{ Stage = ["Won", "Lost"] }`` → the words of each of their columns."""
    return {
        name: frozenset(toml_text(word) or "" for word in (words if isinstance(words, list) else [words]))
        for name, words in raw.items()
    }


def toml_text(value: object) -> str | None:
    """A TOML value as a file would have it."""
    if value is None or isinstance(value, (dict, list)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, (date, datetime, time)) else str(value)
