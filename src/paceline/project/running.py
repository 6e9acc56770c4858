"""A project's store, opened once in this process and kept open: what serves asks here."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from paceline.project.folder import Project, catalog, open_project

if TYPE_CHECKING:
    from paceline.metrics.store import Store
    from paceline.warehouse.engine import Engine

# How long the pages' "now" may stand still when nothing is loaded.
STALE_SECONDS = 900


class Running:
    """A project and its open store. ``now``: the moment that always counts as now (epoch seconds); None: the clock's."""

    def __init__(self, project: Project, engine: Engine, now: int | None = None) -> None:
        self.project, self.engine = project, engine
        self._fixed, self._lock = now, Lock()
        self.bring_up_to_date()
        self._store = self._opened()

    @property
    def store(self) -> Store:
        """The store, ready to be asked; its now is at most ``STALE_SECONDS`` old."""
        if self._fixed is None and time.time() - self._store.now > STALE_SECONDS:
            self.changed()
        return self._store

    def changed(self) -> None:
        """Forget what was read before a load: the next question sees the new rows."""
        with self._lock:
            self._store.refresh(self._now())

    def reread(self) -> None:
        """Take up a changed ``paceline.toml`` or ``metrics.toml``; facts follow it. Raises BadConfigError, changing nothing."""
        project = open_project(self.project.folder)
        catalog(project)
        with self._lock:
            self.project = project
            self.bring_up_to_date()
            self._store = self._opened()

    def bring_up_to_date(self) -> None:
        """Facts and roll-ups that agree with the records and the settings; in an empty store, empty ones."""
        from paceline.project.loading import bring_up_to_date
        from paceline.warehouse.store import create_store

        create_store(self.engine)
        bring_up_to_date(self.engine, self.project.settings, lambda _: None, catalog(self.project))

    def close(self) -> None:
        """Let go of the store."""
        self.engine.close()

    def _opened(self) -> Store:
        from paceline.metrics.store import Store
        from paceline.project.past import past_facts

        return Store(self.engine, self.project.settings, self._now(), catalog(self.project), past_facts=past_facts)

    def _now(self) -> int:
        return int(time.time()) if self._fixed is None else self._fixed


_running: Running | None = None


def start(folder: Path, now: int | None = None) -> Running:
    """Open the project in this process. Raises BadConfigError, WarehouseError (another process has the store)."""
    global _running
    project = open_project(folder)
    _running = Running(project, project.engine(), now)
    return _running


def running() -> Running:
    """The project that this process serves. Raises RuntimeError before ``start``."""
    if _running is None:
        raise RuntimeError("no project is open in this process: call paceline.project.running.start(folder) first")
    return _running


def stop() -> None:
    """Close what ``start`` opened, if anything."""
    global _running
    if _running is not None:
        _running.close()
        _running = None
