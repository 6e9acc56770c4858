"""``paceline backup`` and ``paceline restore``: a project in one file, and back."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.failure import Exit, Failure
from paceline.cli.opening import ProjectOption, opened, store_of
from paceline.cli.output import say, working

if TYPE_CHECKING:
    from paceline.project.backing_up import Manifest


def backup(
    file: Annotated[Path, typer.Argument(help="The archive to write; it must not be there yet.")],
    key: Annotated[
        bool, typer.Option("--with-key/--without-key", help="Whether secret.key goes into the archive. It opens second factors.")
    ],
    project: ProjectOption = None,
) -> None:
    """Write everything of a project that can't be made anew into one file, also while it is served.

    Settings, own metrics, sources, every record with its past, users, notes, disputes, the audit log. Sessions stay behind.
    With the key, keep the archive as you keep passwords; without it, keep `secret.key` elsewhere: second factors and the audit
    log's proof need it.

    Example: `paceline backup paceline-monday.tar --with-key`
    """
    from paceline.pages.backing_up import write_application
    from paceline.pages.serving import open_database
    from paceline.project.backing_up import BackupError, back_up

    place = opened(project)
    open_database(place.folder)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.absolute().parent) as scratch, working("Writing…"):
        try:
            if place.has_store:
                with store_of(place) as engine:
                    done = back_up(place, engine, file, Path(scratch), write_application, key)
            else:
                done = back_up(place, None, file, Path(scratch), write_application, key)
        except (BackupError, OSError) as error:
            raise Failure("Nothing was backed up.", str(error)) from None
    say(f"Wrote {file}: {_told(done)}.")


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The archive that `paceline backup` wrote.")],
    folder: Annotated[Path, typer.Argument(help="Where the project shall be; empty or new, unless --force is given.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace the project that is there; it is kept beside, under another name.")
    ] = False,
) -> None:
    """Put a project back from one file: all of it, or nothing is changed.

    The archive is checked first, part by part. The server must not be running. With --force what is there is moved aside.

    Example: `paceline restore paceline-monday.tar acme`
    """
    from paceline.project.backing_up import BackupError

    folder = folder.absolute()
    there = folder.exists() and any(folder.iterdir())
    if there and not force:
        why = "A restore would overwrite what is there."
        raise Failure(f"{folder} isn't empty.", why, "Name another folder, or use --force.", Exit.USAGE)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _beside(folder) as new, working("Checking…"):
            done = _rebuilt(file, new, folder, force)
            if there:
                aside = folder.with_name(f"{folder.name}.before-restore")
                if aside.exists():
                    raise BackupError(f"{aside} is there from an earlier restore: look at it, and remove it")
                folder.rename(aside)
            elif folder.exists():
                folder.rmdir()
            new.rename(folder)
    except (BackupError, OSError) as error:
        raise Failure("Nothing was restored.", str(error)) from None
    say(f"Restored {folder}: {_told(done)}.")
    if there:
        say(f"What was there is in {folder.name}.before-restore.", "yellow")
    if not done.with_key:
        say("The archive has no key: put secret.key there before the first start, or second factors are lost.", "yellow")


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A new folder beside, gone if it wasn't put to use."""
    new = Path(tempfile.mkdtemp(prefix=f".{folder.name}-restore-", dir=folder.parent))
    try:
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _rebuilt(file: Path, new: Path, folder: Path, force: bool) -> Manifest:
    """The whole project in the new folder. Raises BackupError."""
    from paceline.project.backing_up import BackupError, put_back_store, unpacked
    from paceline.warehouse.engine import StoreLockedError, WarehouseError

    scratch = new / ".unpacked"
    scratch.mkdir()
    done = unpacked(file, scratch)
    for path in sorted((scratch / "files").rglob("*")):
        if path.is_file():
            target = new / path.relative_to(scratch / "files")
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
            target.chmod(0o600)
    place = opened(new)
    _not_served(folder)
    try:
        engine = place.own_engine()
        try:
            if engine.tables() and not force:
                raise BackupError(f"the store at {place.location} isn't empty; --force replaces its tables")
            put_back_store(engine, scratch / "store")
        finally:
            engine.close()
    except (StoreLockedError, WarehouseError) as error:
        raise BackupError(str(error)) from None
    _put_back_users(new, scratch / "app", force)
    shutil.rmtree(scratch)
    return done


def _not_served(folder: Path) -> None:
    """Raise BackupError while a server has the project that would be replaced."""
    from paceline.project import FILE
    from paceline.project.backing_up import BackupError
    from paceline.warehouse.engine import StoreLockedError

    if (folder / FILE).exists():
        place = opened(folder)
        if place.has_store:
            try:
                place.own_engine().close()
            except StoreLockedError:
                raise BackupError("the project is being served: stop the server first") from None


def _put_back_users(new: Path, rows: Path, force: bool) -> None:
    from paceline.pages.backing_up import clear, is_empty, put_back_application
    from paceline.pages.serving import open_database
    from paceline.project.backing_up import BackupError

    open_database(new)
    if not is_empty():
        if not force:
            raise BackupError("the users' database isn't empty; --force replaces it")
        clear()
        open_database(new)
    put_back_application(rows)
    from django.db import connections

    connections.close_all()


def _told(done: Manifest) -> str:
    size = sum(part.size for part in done.parts) / 1024 / 1024
    return f"{len(done.parts)} parts, {size:.1f} MB, version {done.version}, {'with' if done.with_key else 'without'} the key"
