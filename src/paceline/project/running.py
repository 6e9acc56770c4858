"""A project's store, opened once in this process and kept open: what serves asks here."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TypeGuard

from paceline.metrics.store import Store
from paceline.project.folder import FILE, OWN_METRICS, Project, catalog, open_project
from paceline.project.loading import bring_up_to_date
from paceline.project.past import past_facts
from paceline.project.reading import BadConfigError
from paceline.warehouse.engine import Engine
from paceline.warehouse.engines.duckdb import DuckDBEngine
from paceline.warehouse.engines.shared import Owner
from paceline.warehouse.store import LOAD_LOG, LOG_SCHEMA, create_store, ibis_table

# How long the pages' "now" may stand still when nothing is loaded.
STALE_SECONDS = 900
# How often a store that others write by themselves is asked whether they did.
ASK_SECONDS = 5

_log = logging.getLogger(__name__)


class Running:
    """A project and its open store. ``now``: the moment that always counts as now (epoch seconds); None: the clock's.

    A DuckDB file is shared: other commands work through this process, and what they write shows up at once. A server's store
    (PostgreSQL) is asked from time to time whether there was a load.
    """

    def __init__(self, project: Project, engine: Engine, now: int | None = None) -> None:
        self.project, self.engine = project, engine
        self._fixed, self._lock = now, Lock()
        self._written, self._asked_at = _written(project.folder), time.monotonic()
        self.bring_up_to_date()
        self._store, self._loads = self._opened(), self._last_load()
        self._owner = Owner(engine, project.location, self.changed) if _is_file(engine, project) else None

    @property
    def store(self) -> Store:
        """The store, ready to be asked; its now is at most ``STALE_SECONDS`` old."""
        stale = self._fixed is None and time.time() - self._store.now > STALE_SECONDS
        if stale or (self._owner is None and self._others_loaded()):
            self.changed()
        return self._store

    def changed(self) -> None:
        """Forget what was read before a load: the next question sees the new rows. Changed settings are taken up, too."""
        written = _written(self.project.folder)
        if written != self._written:
            try:
                self.reread()
            except BadConfigError as error:  # the pages go on with what was right
                _log.error("%s", error)
                self._written = written
        with self._lock:
            self._store.refresh(self._now())

    def reread(self) -> None:
        """Take up a changed ``paceline.toml`` or ``metrics.toml``; facts follow it. Raises BadConfigError, changing nothing."""
        project = open_project(self.project.folder)
        catalog(project)
        with self._lock:
            self.project, self._written = project, _written(project.folder)
            self.bring_up_to_date()
            self._store = self._opened()

    def bring_up_to_date(self) -> None:
        """Facts and roll-ups that agree with the records and the settings; in an empty store, empty ones."""
        create_store(self.engine)
        bring_up_to_date(self.engine, self.project.settings, lambda _: None, catalog(self.project))

    def close(self) -> None:
        """Let go of the store."""
        if self._owner is not None:
            self._owner.close()
        self.engine.close()

    def _opened(self) -> Store:
        return Store(self.engine, self.project.settings, self._now(), catalog(self.project), past_facts=past_facts)

    def _now(self) -> int:
        return int(time.time()) if self._fixed is None else self._fixed

    def _others_loaded(self) -> bool:
        if time.monotonic() - self._asked_at < ASK_SECONDS:
            return False
        before, self._loads, self._asked_at = self._loads, self._last_load(), time.monotonic()
        return before != self._loads

    def _last_load(self) -> int | None:
        log = ibis_table(LOAD_LOG, LOG_SCHEMA)
        last: int | None = self.engine.query(log.aggregate(last=log.load_id.max()))["last"][0].as_py()
        return last


def _is_file(engine: Engine, project: Project) -> TypeGuard[DuckDBEngine]:
    return isinstance(engine, DuckDBEngine) and project.location != ":memory:"


def _written(folder: Path) -> tuple[int, ...]:
    """When the settings' files were written."""
    files = [folder / name for name in (FILE, OWN_METRICS)]
    return tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files)


_running: Running | None = None


def start(folder: Path, now: int | None = None) -> Running:
    """Open the project in this process. Raises BadConfigError, WarehouseError (another process has the store)."""
    global _running
    project = open_project(folder)
    _running = Running(project, project.own_engine(), now)
    return _running


@contextmanager
def beside(folder: Path) -> Iterator[Running]:
    """The project opened in this process for a moment, through the server that has its store, if there is one.

    Raises BadConfigError, WarehouseError (a command has the store just now).
    """
    global _running
    project = open_project(folder)
    _running = Running(project, project.engine())
    try:
        yield _running
    finally:
        stop()


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
