"""A mapping file (TOML) → ``FileMapping``. All its errors come at once, each with its line and the nearest word."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paceline.sales.records import BY_NAME
from paceline.sales.settings import Settings
from paceline.saying.said import Said, say
from paceline.sources.contract import Problem, Severity
from paceline.sources.files.delimited import HowWritten
from paceline.sources.files.mapping import CallOf, Entry, FileMapping, MappingError, Speech
from paceline.sources.files.mapping_entry import EntryReader, toml_text
from paceline.sources.files.remarks import nearest
from paceline.sources.files.toml_lines import Path as Place
from paceline.sources.files.toml_lines import TomlLines

TOP = ("table", "file", "transcripts", "time_zone", "currency")
FILE = ("encoding", "separator", "quote", "skip_lines", "header", "read")
TRANSCRIPTS = ("speakers", "calls", "merge_gap_ms")


class Faults:
    """Errors of a mapping file, with their lines."""

    def __init__(self, name: str, lines: TomlLines) -> None:
        self.name, self.lines = name, lines
        self.problems: list[Problem] = []

    def add(self, place: Place, value: object, wrong: Said, remedy: Said) -> None:
        """An error at a place such as ``("table", 0, "columns")``."""
        field = ".".join(str(part) for part in place if isinstance(part, str))
        self.problems.append(
            Problem(
                self.name,
                self.lines.of(place),
                field or None,
                None if value is None else str(value),
                wrong,
                remedy,
                Severity.REJECTED,
            )
        )

    def unknown(self, place: Place, value: str, what: Said, known: object) -> None:
        """A word that is none of the known ones."""
        words = sorted(str(word) for word in known) if isinstance(known, (list, tuple, set, frozenset, dict)) else []
        near = nearest(value, words, 0.5)
        wrong = say("no such {what}: did you mean '{near}'?", what=what, near=near) if near else say("no such {what}", what=what)
        self.add(place, value, wrong, say("Known are {words}", words=", ".join(words[:40])))

    def keys(self, place: Place, found: Mapping[str, Any], known: tuple[str, ...]) -> None:
        """Report the keys that mean nothing here."""
        for key in found:
            if key not in known:
                self.unknown((*place, key), key, say("key"), known)

    def section(self, place: Place, value: object) -> Mapping[str, Any]:
        """The value as a table of TOML; reported if it is anything else."""
        if isinstance(value, dict):
            return value
        self.add(place, value, say("must be a table of keys"), say("See docs/reference/mapping.md"))
        return {}


def read_mapping(path: Path, settings: Settings) -> FileMapping:
    """Read a mapping file. Raises FileNotFoundError, and MappingError with every error in it."""
    text = path.read_bytes().decode("utf-8-sig", "replace")
    faults = Faults(path.name, TomlLines(text))
    try:
        found = tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(
            (
                Problem(
                    path.name,
                    _line_of(error),
                    None,
                    None,
                    say("not TOML: {error}", error=str(error)),
                    say("Mend it there"),
                    Severity.REJECTED,
                ),
            )
        ) from error
    rules = _read(path, found, settings, faults)
    if faults.problems:
        raise MappingError(tuple(sorted(dict.fromkeys(faults.problems), key=lambda problem: problem.line or 0)))
    return rules


def _line_of(error: tomllib.TOMLDecodeError) -> int | None:
    words = str(error).replace(",", " ").split()
    return int(words[words.index("line") + 1]) if "line" in words else None


def _read(path: Path, found: Mapping[str, Any], settings: Settings, faults: Faults) -> FileMapping:
    faults.keys((), found, TOP)
    tables = found.get("table", [])
    if not isinstance(tables, list):
        faults.add(
            ("table",), None, say("must be [[table]], in two brackets: one for each table and file"), say("Write [[table]]")
        )
        tables = []
    prefixes = {
        str(raw.get("table")): str(raw["id_prefix"]) for raw in reversed(tables) if isinstance(raw, dict) and "id_prefix" in raw
    }
    reader = EntryReader(faults, settings, prefixes, toml_text(found.get("time_zone")), toml_text(found.get("currency")))
    entries: list[Entry] = []
    for index, raw in enumerate(tables):
        entry = reader.read(("table", index), faults.section(("table", index), raw))
        if entry is not None:
            entries.append(entry)
    files = {
        name: _file(("file", name), faults.section(("file", name), raw), faults)
        for name, raw in faults.section(("file",), found.get("file", {})).items()
    }
    return FileMapping(
        path, tuple(entries), files, _speech(faults.section(("transcripts",), found.get("transcripts", {})), faults)
    )


def _file(place: Place, raw: Mapping[str, Any], faults: Faults) -> HowWritten:
    faults.keys(place, raw, FILE)
    encoding = toml_text(raw.get("encoding"))
    if encoding is not None:
        try:
            codecs.lookup(encoding)
            b"".decode(encoding)
        except LookupError:
            faults.add(
                (*place, "encoding"),
                encoding,
                say("no such encoding"),
                say("Write utf-8, utf-16, cp1252 or another of Python's codecs"),
            )
    for key in ("separator", "quote"):
        sign = raw.get(key)
        if sign is not None and (not isinstance(sign, str) or len(sign) != 1 or sign in "\r\n"):
            faults.add((*place, key), sign, say("must be one character"), say('Write ";" or "\\t"'))
            raw = {name: value for name, value in raw.items() if name != key}
    skip = raw.get("skip_lines", 0)
    if not isinstance(skip, int) or skip < 0:
        faults.add((*place, "skip_lines"), skip, say("must be how many lines are above the header"), say("Write a whole number"))
        skip = 0
    for key, remedy in (("header", say("Write header = false")), ("read", say("Write read = false"))):
        if not isinstance(raw.get(key, True), bool):
            faults.add((*place, key), raw[key], say("must be true or false"), remedy)
    header, read = raw.get("header") is not False, raw.get("read") is not False
    return HowWritten(encoding, raw.get("separator"), raw.get("quote", '"'), skip, header, read)


def _speech(raw: Mapping[str, Any], faults: Faults) -> Speech:
    place: Place = ("transcripts",)
    faults.keys(place, raw, TRANSCRIPTS)
    gap = raw.get("merge_gap_ms", Speech.merge_gap_ms)
    if not isinstance(gap, int) or gap < 0:
        faults.add(
            (*place, "merge_gap_ms"), gap, say("must be a number of milliseconds"), say("Write a whole number such as 1000")
        )
        gap = Speech.merge_gap_ms
    speakers = {name: toml_text(rep) or "" for name, rep in faults.section((*place, "speakers"), raw.get("speakers", {})).items()}
    calls: dict[str, CallOf] = {}
    columns = tuple(column.name for column in BY_NAME["call"].columns)
    for name, one in faults.section((*place, "calls"), raw.get("calls", {})).items():
        here = (*place, "calls", name)
        call = faults.section(here, one)
        faults.keys(here, call, columns)
        texts = {key: toml_text(value) or "" for key, value in call.items()}
        calls[name] = CallOf(texts.get("id", name.rsplit(".", 1)[0]), texts)
    return Speech(speakers, calls, gap)
