"""Opening what a command works on: the project, its store; what is missing or wrong becomes a `Failure` in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.failure import Exit, Failure

if TYPE_CHECKING:
    from paceline.project import Project
    from paceline.warehouse.engine import Engine

ProjectOption = Annotated[
    Path | None,
    typer.Option(
        "--project", "-p", help="The project's folder; without it, the nearest one upward from here.", show_default=False
    ),
]


def opened(folder: Path | None) -> Project:
    """The project. Raises Failure with everything that is wrong with its configuration."""
    from paceline.project import BadConfigError, open_project

    try:
        return open_project(folder)
    except BadConfigError as error:
        if len(error.faults) == 1 and error.faults[0].line is None:
            fault = error.faults[0]
            raise Failure(f"{error.file}: {fault.wrong}.", "", f"{fault.remedy}." if fault.remedy else "", Exit.CONFIG) from None
        faults = "\n".join(f"  {fault}" for fault in error.faults)
        count = len(error.faults)
        raise Failure(
            f"{error.file} has {count} fault{'s' if count > 1 else ''}.", faults, "Mend them, then try again.", Exit.CONFIG
        ) from None


@contextmanager
def store_of(project: Project, made: bool = False) -> Iterator[Engine]:
    """The project's store, closed in the end. ``made``: may be new. Raises Failure if missing, locked, unreachable."""
    from paceline.warehouse.engine import WarehouseError

    if not made and not project.has_store:
        raise Failure(
            "Nothing was loaded yet.", f"There is no store at {project.location}.", "Load your files first: paceline load FOLDER"
        )
    try:
        engine = project.engine()
    except WarehouseError as error:
        raise Failure("The store can't be opened.", str(error)) from None
    except _unreachable() as error:
        raise Failure(
            "The store's server can't be reached.", str(error).strip(), "Look at [store] in paceline.toml, and at PACELINE_STORE."
        ) from None
    try:
        yield engine
    finally:
        engine.close()


def _unreachable() -> tuple[type[Exception], ...]:
    """What PostgreSQL's driver raises, if it is installed at all."""
    try:
        from psycopg import OperationalError
    except ImportError:
        return ()
    return (OperationalError,)
