"""A project in one file, taken while it is served, and put back whole or not at all.

The archive is a tar with ``manifest.json`` first: the versions, and of each part its size and SHA-256. Parts are

``files/…``         the settings, own metrics, sources with their mappings, and (only if wished) the secret key
``store/<t>.arrow`` every table of the store that can't be made anew: records with their past, the log of loads, exclusions…
``app/<t>.jsonl``   what Django keeps, written by the caller (``pages.backing_up``): users, roles, disputes, notes, the audit log

The store is read in one transaction, so it is of one moment, also through a server that has it open, and on any engine.
Facts and roll-ups aren't in it: they are made anew from the records.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO

import pyarrow as pa

from paceline.metrics.rollup import ROLLED, table_name
from paceline.project.bringing import FOLDER as SOURCES
from paceline.project.changing import KEPT
from paceline.project.control_totals import FILE as TOTALS
from paceline.project.folder import FILE, OWN_METRICS, Project
from paceline.project.loading import MADE_WITH
from paceline.warehouse.engine import Engine
from paceline.warehouse.store import create_store

FORMAT = 1
MANIFEST = "manifest.json"
KEY = "secret.key"
_CHUNK = 1 << 20
_MADE_ANEW = ("fact_", "ref_", "daily_", "asof_", "part_", "compiled")


class BackupError(Exception):
    """The archive can't be made or put back; the message says why, and nothing was changed."""


@dataclass(frozen=True)
class Part:
    """A part of an archive."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself."""

    version: str
    made_at: int
    with_key: bool
    parts: tuple[Part, ...]


def kept_tables(engine: Engine) -> list[str]:
    """The tables of a store that can't be made anew from others."""
    made = {MADE_WITH, *(table_name(rows) for rows in ROLLED)}
    return sorted(name for name in engine.tables() if name not in made and not name.startswith(_MADE_ANEW))


def back_up(
    project: Project,
    engine: Engine | None,
    out: Path,
    scratch: Path,
    application: Callable[[Path], Iterable[Path]],
    with_key: bool,
) -> Manifest:
    """Write the archive. ``engine`` None: nothing was loaded yet. ``application`` writes Django's tables into a folder.

    ``scratch``: an empty folder, with room for all of it. Raises BackupError: the file is there already.
    """
    if out.exists():
        raise BackupError(f"{out} is there already; a back-up never replaces another")
    store, app = scratch / "store", scratch / "app"
    store.mkdir()
    app.mkdir()
    if engine is not None:
        _write_store(engine, store)
    files = [("app/" + path.name, path) for path in application(app)]
    files += [("store/" + path.name, path) for path in sorted(store.iterdir())]
    files += [("files/" + str(path.relative_to(project.folder)), path) for path in _project_files(project.folder, with_key)]
    parts = tuple(Part(name, path.stat().st_size, _digest(path)) for name, path in files)
    manifest = Manifest(version("paceline"), int(time.time()), with_key, parts)
    part = out.with_name(out.name + ".part")
    part.touch(mode=0o600)
    with tarfile.open(part, "w") as archive:
        _add(archive, MANIFEST, json.dumps(_as_json(manifest), indent=1).encode())
        for name, path in files:
            archive.add(path, name, recursive=False)
    part.rename(out)
    return manifest


def _write_store(engine: Engine, folder: Path) -> None:
    with engine.transaction():
        for name in kept_tables(engine):
            table = engine.query(f"SELECT * FROM {engine.quoted(name)}")
            with pa.OSFile(str(folder / f"{name}.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
                writer.write_table(table)


def _project_files(folder: Path, with_key: bool) -> Iterator[Path]:
    names = [FILE, OWN_METRICS, TOTALS, *([KEY] if with_key else [])]
    yield from (folder / name for name in names if (folder / name).is_file())
    for inner in (SOURCES, KEPT):
        yield from sorted(path for path in (folder / inner).rglob("*") if path.is_file())


def read_manifest(archive: tarfile.TarFile) -> Manifest:
    """What the archive says of itself. Raises BackupError if it is no back-up, or of a newer format."""
    first = archive.next()
    content = archive.extractfile(first) if first is not None and first.name == MANIFEST else None
    if content is None:
        raise BackupError("this is no back-up of Paceline: it doesn't begin with a manifest")
    told = json.loads(content.read())
    if not isinstance(told, dict):
        raise BackupError("this is no back-up of Paceline: its manifest is none")
    if told.get("format") != FORMAT:
        raise BackupError(f"this back-up is of format {told.get('format')}, and this version reads {FORMAT}: use the version "
                          f"{told.get('version')} that made it, or a later one")
    return Manifest(told["version"], told["made_at"], told["with_key"], tuple(Part(**one) for one in told["parts"]))


def unpacked(file: Path, scratch: Path) -> Manifest:
    """Unpack an archive into an empty folder, each part checked. Raises BackupError: broken, incomplete, strange names."""
    try:
        with tarfile.open(file, "r:") as archive:
            manifest = read_manifest(archive)
            wanted = {part.name: part for part in manifest.parts}
            for member in archive:
                part = wanted.pop(member.name, None)
                if part is not None:
                    _extract(archive, member, part, scratch)
                elif member.name != MANIFEST:
                    raise BackupError(f"the archive holds {member.name!r}, of which its manifest knows nothing")
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError) as error:  # ValueError: no JSON, or no text at all
        raise BackupError(f"{file} can't be read as a back-up: {error}") from None
    if wanted:
        raise BackupError(f"the archive isn't whole: {', '.join(sorted(wanted)[:5])} is missing")
    return manifest


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, part: Part, scratch: Path) -> None:
    target = (scratch / member.name).resolve()
    content = archive.extractfile(member) if member.isreg() else None
    outside = not target.is_relative_to(scratch.resolve()) or member.name.split("/")[0] not in ("files", "store", "app")
    if content is None or outside:
        raise BackupError(f"the archive holds {member.name!r}, which isn't a plain file of a project")
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("wb") as out:
        digest = _copied(content, out)
    if digest != part.sha256:
        raise BackupError(f"{member.name} isn't what was backed up: its checksum differs")


def _copied(source: IO[bytes], out: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        out.write(chunk)
    return digest.hexdigest()


def put_back_store(engine: Engine, folder: Path) -> None:
    """Make an empty store what the folder of an unpacked archive says; facts are made when it is next opened."""
    tables: Mapping[str, Path] = {path.stem: path for path in sorted(folder.glob("*.arrow"))} if folder.is_dir() else {}
    with engine.transaction():
        for name, path in tables.items():
            with pa.memory_map(str(path)) as source:
                engine.put(name, pa.ipc.open_file(source).read_all())
        create_store(engine)  # an earlier version's tables get the columns that they lack


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(content), 0o600, int(time.time())
    archive.addfile(info, io.BytesIO(content))


def _as_json(manifest: Manifest) -> dict[str, object]:
    parts = [{"name": part.name, "size": part.size, "sha256": part.sha256} for part in manifest.parts]
    told = {"format": FORMAT, "version": manifest.version, "made_at": manifest.made_at, "with_key": manifest.with_key}
    return {**told, "parts": parts}
