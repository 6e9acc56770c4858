"""The folders that a project's pages load from: ``sources/<name>/``, its files, an optional ``mapping.toml``, its last report."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from paceline.project.folder import Project
from paceline.project.loading import Loaded, load_folder
from paceline.saying.keeping import as_json, from_json
from paceline.saying.said import SaidError, say
from paceline.sources.contract import FileCount, Problem, Severity
from paceline.warehouse.engine import Engine

FOLDER, MAPPING, REPORT = "sources", "mapping.toml", ".report.json"
KINDS = (".csv", ".tsv", ".txt", ".parquet", ".pq", ".jsonl", ".ndjson", ".vtt", ".rttm", ".toml")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_FILE = re.compile(r"[^\W_][\w .()-]{0,119}")
TOLD = 500  # problems kept of a report


class BadFileError(SaidError):
    """A source or a file can't be called so, or is of no kind that is read; the message says what to do."""


@dataclass(frozen=True)
class Report:
    """What the last load of a source did. ``at``: when it began to read, epoch seconds; what was changed in files since isn't
    in it. ``problems``: at most ``TOLD``.
    """

    at: float
    files: tuple[FileCount, ...]
    problems: tuple[Problem, ...]
    inserted: int
    updated: int
    unchanged: int
    rejected_file: str = ""

    @property
    def read(self) -> int:
        """Rows read."""
        return sum(one.read for one in self.files)

    @property
    def accepted(self) -> int:
        """Rows accepted; with the rejected ones, those read."""
        return sum(one.accepted for one in self.files)

    @property
    def rejected(self) -> int:
        """Rows rejected."""
        return sum(one.rejected for one in self.files)


@dataclass(frozen=True)
class Source:
    """A folder to load from. ``files``: names and bytes, the mapping apart."""

    name: str
    folder: Path
    files: tuple[tuple[str, int], ...]

    @property
    def mapping(self) -> Path | None:
        """Its mapping file, if it has one."""
        file = self.folder / MAPPING
        return file if file.exists() else None


def sources(project: Project) -> tuple[Source, ...]:
    """The project's sources, by name."""
    place = project.folder / FOLDER
    names = sorted(one.name for one in place.iterdir() if one.is_dir() and _NAME.fullmatch(one.name)) if place.is_dir() else []
    return tuple(found for name in names if (found := source(project, name)) is not None)


def source(project: Project, name: str) -> Source | None:
    """The source of that name; None: there is none."""
    folder = project.folder / FOLDER / name
    if not _NAME.fullmatch(name) or not folder.is_dir():
        return None
    files = sorted((one.name, one.stat().st_size) for one in folder.iterdir() if one.is_file() and not one.name.startswith("."))
    return Source(name, folder, tuple(file for file in files if file[0] != MAPPING))


def put(project: Project, name: str, files: Iterable[tuple[str, Iterator[bytes]]]) -> Source:
    """Put files (name, content) into a source, made if it isn't there; one of the same name is replaced, whole or not at all.

    Raises BadFileError for names that can't be, writing nothing of that file.
    """
    if not _NAME.fullmatch(name):
        raise BadFileError(say("'{name}' can't be a source's name: use small letters, digits, - and _", name=name))
    folder = project.folder / FOLDER / name
    for file, content in files:
        _checked(file)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = folder / f".{file}.part"
        with part.open("wb") as out:
            for chunk in content:
                out.write(chunk)
        os.replace(part, folder / (MAPPING if file.lower().endswith(".toml") else file))
    found = source(project, name)
    if found is None:
        raise BadFileError(say("no file came"))
    return found


def _checked(file: str) -> None:
    if not _FILE.fullmatch(file):
        raise BadFileError(say("'{file}' can't be a file's name here: begin with a letter or digit; no slashes", file=file))
    if not file.lower().endswith(KINDS):
        raise BadFileError(say("{file} is of no kind that is read: save it as one of {kinds}", file=file, kinds=", ".join(KINDS)))


def load_source(project: Project, engine: Engine, one: Source, tell: Callable[[str], None]) -> Report:
    """Load a source's folder, and keep the report. Raises what ``load_folder`` raises."""
    began = time.time()
    found = _report(load_folder(project, engine, one.folder, one.mapping, tell, one.name), began)
    (one.folder / REPORT).write_text(json.dumps(_kept(found), ensure_ascii=False), encoding="utf-8")
    return found


def _report(done: Loaded, began: float) -> Report:
    """What is kept of a load."""
    file = done.rejected_file.name if done.rejected_file is not None else ""
    told = done.report
    return Report(
        began, told.files, told.problems[:TOLD], done.inserted, done.updated, done.unchanged, file,
    )


def _kept(report: Report) -> dict[str, Any]:
    """A report as JSON has it; its sentences so that they can be told in any language."""
    told = [{**asdict(one), "wrong": as_json(one.wrong), "remedy": as_json(one.remedy)} for one in report.problems]
    return {**asdict(report), "problems": told}


def _problem(row: dict[str, Any]) -> Problem:
    severity, wrong, remedy = Severity(row["severity"]), from_json(row["wrong"]), from_json(row["remedy"])
    return Problem(**{**row, "severity": severity, "wrong": wrong, "remedy": remedy})


def last_report(one: Source) -> Report | None:
    """The report of the last load from the pages; None: there was none, or it can't be read."""
    try:
        told: dict[str, Any] = json.loads((one.folder / REPORT).read_text(encoding="utf-8"))
        files = tuple(FileCount(**row) for row in told.pop("files"))
        problems = tuple(_problem(row) for row in told.pop("problems"))
        return Report(files=files, problems=problems, **told)
    except (OSError, ValueError, KeyError, TypeError):  # another version wrote it: the next load writes it anew
        return None
