"""Changing a project's files from a page: checked first, written whole or not at all, the version before kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from paceline.metrics.catalog import CATALOG
from paceline.metrics.own import OwnMetricsError, Problem
from paceline.metrics.own import read as read_own
from paceline.project.folder import FILE, OWN_METRICS, Project, catalog, open_project
from paceline.project.loading import made_with
from paceline.project.reading import BadConfigError, Fault, parse
from paceline.project.writing import changed_text

KEPT = "earlier-settings"  # the folder of earlier versions
MOST_KEPT = 50
# Read when the server starts, and so of no effect before it starts anew.
AT_START = frozenset({("store", "location"), ("pages", "database"), ("pages", "address"), ("sso", "issuer"), ("sso", "client_id"),
                      ("sso", "name")})


@dataclass(frozen=True)
class Checked:
    """A change that was looked at and not made yet. ``faults``: all that is wrong with it, each with its line in ``text``."""

    text: str
    faults: tuple[Fault, ...] = ()


def checked(project: Project, chosen: Mapping[tuple[str, str], Any]) -> Checked:
    """``paceline.toml`` with keys set, or taken out (None), and what would be wrong with it. BadConfigError: it is wrong now."""
    now = (project.folder / FILE).read_text(encoding="utf-8-sig")
    parse(now)
    text = changed_text(now, chosen)
    try:
        parse(text)
    except BadConfigError as error:
        return Checked(text, tuple(error.faults))
    return Checked(text)


@dataclass(frozen=True)
class Effect:
    """What a change of the files makes the store do."""

    facts: bool
    rollups: bool
    at_start: bool = False


def made_of(project: Project) -> Mapping[str, str]:
    """What facts and roll-ups of the project's files, as they are now, are made with: ask before a change is written."""
    return made_with(project.settings, catalog(project))


def effect(old: Mapping[str, str], after: Project, changed: frozenset[tuple[str, str]] = frozenset()) -> Effect:
    """What follows from a change: all facts anew, roll-ups anew, or nothing; and whether a restart is needed.

    ``old``: what ``made_of`` gave before it.
    """
    new = made_of(after)
    return Effect(old["facts"] != new["facts"], old["rollups"] != new["rollups"], bool(changed & AT_START))


def write_settings(project: Project, found: Checked) -> Project:
    """Make a change that was checked. Gives the project as it is then. Raises BadConfigError for one with faults."""
    if found.faults:
        raise BadConfigError(project.folder / FILE, found.faults)
    _replace(project.folder, FILE, found.text)
    return open_project(project.folder)


def own_metrics_text(project: Project) -> str:
    """What ``metrics.toml`` says; empty if there is none."""
    file = project.folder / OWN_METRICS
    return file.read_text(encoding="utf-8") if file.exists() else ""


def faults_of_metrics(project: Project, text: str) -> tuple[Problem, ...]:
    """All that is wrong with own metrics, each with its line."""
    try:
        read_own(text, CATALOG, project.settings.thresholds, OWN_METRICS)
    except OwnMetricsError as error:
        return error.problems
    return ()


def write_metrics(project: Project, text: str) -> Project:
    """Replace ``metrics.toml``; an empty text removes it. Raises OwnMetricsError with all faults, changing nothing."""
    if text.strip():
        read_own(text, CATALOG, project.settings.thresholds, OWN_METRICS)
    _replace(project.folder, OWN_METRICS, text if text.strip() else None)
    return open_project(project.folder)


def _replace(folder: Path, name: str, text: str | None) -> None:
    """Write a file whole or not at all, for its owner's eyes as before; None removes it. The version before is kept."""
    file = folder / name
    if file.exists():
        _keep(file)
    if text is None:
        file.unlink(missing_ok=True)
        return
    new = file.with_name(f"{name}.new")
    with new.open("w", encoding="utf-8") as out:
        out.write(text if text.endswith("\n") else text + "\n")
        out.flush()
        os.fsync(out.fileno())
    if file.exists():
        new.chmod(file.stat().st_mode & 0o777)
    os.replace(new, file)


def _keep(file: Path) -> None:
    kept = file.parent / KEPT
    kept.mkdir(mode=0o700, exist_ok=True)
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
    (kept / f"{file.stem}-{at}{file.suffix}").write_bytes(file.read_bytes())
    for old in sorted(kept.glob(f"{file.stem}-*{file.suffix}"))[:-MOST_KEPT]:
        with suppress(FileNotFoundError):  # somebody else has just removed it
            old.unlink()
