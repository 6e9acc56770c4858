"""A company's folder: found from where one stands, its configuration read, its store opened."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from paceline.project import reading
from paceline.project.reading import BadConfigError, Config, Fault
from paceline.sales.settings import Settings
from paceline.saying.said import joined, say

if TYPE_CHECKING:  # the engine is heavy to import, and reading a configuration doesn't need it
    from paceline.metrics.own import Own
    from paceline.metrics.vocabulary import Metric
    from paceline.warehouse.engine import Engine

FILE = "paceline.toml"
OWN_METRICS = "metrics.toml"
STORE_VARIABLE = "PACELINE_STORE"


@dataclass(frozen=True)
class Project:
    """A company's folder and what its ``paceline.toml`` says."""

    folder: Path
    config: Config

    @property
    def settings(self) -> Settings:
        """The company's choices."""
        return self.config.settings

    @property
    def location(self) -> str:
        """Where the store is, as ``open_engine`` wants it; a file's path is taken from the project's folder."""
        written = os.environ.get(STORE_VARIABLE) or self.config.store
        if written.split(":", 1)[0] in ("postgresql", "spark") or written == ":memory:":
            return written
        return str(self.folder / written)

    @property
    def has_store(self) -> bool:
        """Whether something was loaded; always true of a server, which alone can tell."""
        location = self.location
        return ":" in location or Path(location).exists()

    def engine(self) -> Engine:
        """The store, opened (made, if it is a file that isn't there); while a server has it, through that server.

        Raises WarehouseError if it can't be opened.
        """
        from paceline.warehouse.engine import StoreLockedError
        from paceline.warehouse.engines.shared import connect

        try:
            return self.own_engine()
        except StoreLockedError:
            shared = connect(self.location)
            if shared is None:
                raise
            return shared

    def own_engine(self) -> Engine:
        """The store, opened for this process. Raises StoreLockedError if another has it, a server as well."""
        from paceline.warehouse.engines import open_engine

        return open_engine(self.location)


def find(start: Path) -> Path | None:
    """The nearest folder, from this one upward, with a ``paceline.toml``; None if there is none."""
    start = start.resolve()
    return next((folder for folder in (start, *start.parents) if (folder / FILE).is_file()), None)


def open_project(folder: Path | None = None) -> Project:
    """The project in this folder; None: the one found from the working directory upward. Raises BadConfigError."""
    place = folder.resolve() if folder is not None else find(Path.cwd())
    if place is None:
        missing = Fault(None, say("there is none here or in a folder above"), say("Make one with `paceline init`"))
        raise BadConfigError(Path.cwd() / FILE, [missing])
    return _with_own_thresholds(Project(place, reading.read(place / FILE)))


def _with_own_thresholds(project: Project) -> Project:
    """The project with the thresholds that its ``metrics.toml`` sets, where it sets any."""
    own = _own(project)
    if own is None or own.thresholds == project.settings.thresholds:
        return project
    return replace(project, config=replace(project.config, settings=replace(project.settings, thresholds=own.thresholds)))


def catalog(project: Project) -> Mapping[str, Metric]:
    """Every metric of the project by slug: the built-in ones and those of its ``metrics.toml``. Raises BadConfigError."""
    from paceline.metrics.catalog import CATALOG

    own = _own(project)
    return CATALOG if own is None else {**CATALOG, **own.metrics}


def _own(project: Project) -> Own | None:
    """What ``metrics.toml`` says; None if there is none. Raises BadConfigError with all its faults."""
    file = project.folder / OWN_METRICS
    if not file.exists():
        return None
    from paceline.metrics.catalog import CATALOG
    from paceline.metrics.own import OwnMetricsError, load

    try:
        return load(file, CATALOG, project.settings.thresholds)
    except OwnMetricsError as error:
        faults = [Fault(fault.line, joined([fault.field, fault.message], ": ")) for fault in error.problems]
        raise BadConfigError(file, faults) from None
