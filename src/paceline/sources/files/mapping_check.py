"""Holds a mapping against the files that are there: names that no file and no header has, all told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatch

from paceline.saying.said import Said, say
from paceline.sources.contract import Problem, Severity
from paceline.sources.files.mapping import Entry, FileMapping, MappingError
from paceline.sources.files.remarks import nearest


def check_files(rules: FileMapping, headers: Mapping[str, Sequence[str]], files: Sequence[str]) -> None:
    """Raise MappingError if an entry names a file that isn't there, or a column that none of its files has."""
    problems: list[Problem] = []
    where = rules.path.name if rules.path else "mapping"
    for entry in rules.entries:
        if entry.file is None:
            continue
        matching = [name for name in files if fnmatch(name.casefold(), entry.file.casefold())]
        if not matching:
            problems.append(
                Problem(
                    where,
                    entry.line,
                    "file",
                    entry.file,
                    _near(entry.file, files, say("no such file in the folder")),
                    say("Correct the name, or remove the entry"),
                    Severity.REJECTED,
                )
            )
        problems += _unknown_columns(where, entry, [name for name in matching if name in headers], headers)
    if problems:
        raise MappingError(tuple(problems))


def _unknown_columns(where: str, entry: Entry, matching: list[str], headers: Mapping[str, Sequence[str]]) -> list[Problem]:
    problems = []
    for file in matching:
        if file.casefold().endswith((".jsonl", ".ndjson")):
            continue  # each row tells its own columns: one may turn up late
        for name in sorted(_their_names(entry) - set(headers[file])):
            problems.append(
                Problem(
                    where,
                    entry.line,
                    entry.table.name,
                    name,
                    _near(name, headers[file], say("{file} has no such column", file=file)),
                    say("Its columns are {names}", names=", ".join(headers[file])),
                    Severity.REJECTED,
                )
            )
    return problems


def _their_names(entry: Entry) -> set[str]:
    named = {name for origin in entry.origins.values() for name in origin.names}
    named |= {name for origin in entry.origins.values() for rule in origin.nulls for name in rule.when}
    return named | set(entry.where) | set(entry.unless)


def _near(name: str, names: Sequence[str], wrong: Said) -> Said:
    plain = {other.casefold(): other for other in names}
    near = nearest(name.casefold(), list(plain), 0.5)
    return say("{wrong}: did you mean '{near}'?", wrong=wrong, near=plain[near]) if near else wrong
