"""Loading into a project: a folder's files, or records in memory, become records, facts and roll-ups that agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from hashlib import blake2s
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from paceline.facts.build import BUILDERS, build
from paceline.facts.refresh import refresh
from paceline.facts.tables import Tables
from paceline.metrics.catalog import CATALOG
from paceline.metrics.rollup import rollups, table_name
from paceline.project.folder import Project
from paceline.sales.records import BY_NAME
from paceline.sales.settings import Settings
from paceline.sources.contract import ReadReport
from paceline.sources.files.read import read_folder
from paceline.warehouse.engine import Engine
from paceline.warehouse.load import LoadReport, clear_changes, load, pending_changes
from paceline.warehouse.store import create_store, unbound

MADE_WITH = "made_with"  # the table that tells with which settings the facts were made

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Loaded:
    """What a load did. ``rejected_file`` holds the rejected rows, each with its reason; None when there were none."""

    report: ReadReport
    load: LoadReport
    rejected_file: Path | None

    @property
    def inserted(self) -> int:
        """Rows that are new."""
        return sum(table.inserted for table in self.load.tables.values())

    @property
    def updated(self) -> int:
        """Rows that changed; their earlier versions are kept."""
        return sum(table.updated for table in self.load.tables.values())

    @property
    def unchanged(self) -> int:
        """Rows that were stored already, as they are."""
        return sum(table.unchanged for table in self.load.tables.values())


def load_folder(
    project: Project, engine: Engine, folder: Path, mapping: Path | None, tell: Tell, source: str = "files"
) -> Loaded:
    """Read every file of a folder into the project's store; ``tell`` is given words about what is being done.

    Raises what ``read_folder`` raises for a missing folder or a faulty mapping; nothing is changed then.
    """
    create_store(engine)
    tell("Reading files…")
    batch, report = read_folder(folder, mapping, lambda name: stored_ids(engine, name), project.settings)
    done = load_records(engine, project.settings, batch, source, tell)
    return Loaded(report, done, _keep_rejected(project.folder, done.load_id, report))


def load_records(
    engine: Engine, settings: Settings, batch: Mapping[str, pa.Table], source: str, tell: Tell, known_at: int | None = None
) -> LoadReport:
    """Merge records, and bring facts and roll-ups up to date, all or nothing. ``known_at``: the load's moment, epoch seconds."""
    create_store(engine)
    with engine.transaction():
        tell("Merging records…")
        done = load(engine, batch, source, known_at)
        bring_up_to_date(engine, settings, tell)
    return done


def bring_up_to_date(engine: Engine, settings: Settings, tell: Tell) -> None:
    """Make facts and roll-ups agree with the records and the settings; costs what changed since the last time, mostly nothing.

    Facts depend on the settings (time zone, thresholds, own domains…): when these changed, all of them are made anew.
    """
    made_with = pa.table({"fingerprint": [fingerprint(settings)]})
    fresh = MADE_WITH in engine.tables() and engine.query(f"SELECT fingerprint FROM {engine.quoted(MADE_WITH)}").equals(made_with)
    if fresh and not pending_changes(engine):
        return
    tell("Deriving facts…")
    with engine.transaction():
        if fresh:
            touched = set(refresh(engine, settings))
        else:
            build(engine, settings)
            clear_changes(engine)
            touched = set(BUILDERS)
        tell("Rolling up…")
        for name, expression in rollups(Tables(settings), CATALOG.values()).items():
            if name.removeprefix(table_name("")) in touched:
                engine.create(name, expression)
        engine.put(MADE_WITH, made_with)


def fingerprint(settings: Settings) -> str:
    """Changes when the settings or the program's version do."""
    told = {field.name: getattr(settings, field.name) for field in fields(settings)}
    plain = {
        name: sorted(value.items() if isinstance(value, Mapping) else value) if isinstance(value, Mapping | frozenset) else value
        for name, value in told.items()
    }
    return blake2s(repr((version("paceline"), plain)).encode(), digest_size=16).hexdigest()


def stored_ids(engine: Engine, name: str) -> set[str]:
    """The ids of a record table's rows."""
    return set(engine.query(unbound(BY_NAME[name].name).select("id"))["id"].to_pylist())


def _keep_rejected(folder: Path, load_id: int, report: ReadReport) -> Path | None:
    """Write the rejected rows beside the store, under the load's number, so that no later load replaces them."""
    if not report.rejected.num_rows:
        return None
    file = folder / f"rejected-{load_id:04}.csv"
    rows = report.rejected
    for name in ("raw", "reason"):  # a row could hold a formula, and whoever opens this file uses a spreadsheet
        at = rows.column_names.index(name)
        risky = pc.match_substring_regex(rows[name], r"^[=+\-@\t\r]")
        rows = rows.set_column(at, name, pc.if_else(risky, pc.binary_join_element_wise("'", rows[name], ""), rows[name]))
    arrow_csv.write_csv(rows, file)
    return file
