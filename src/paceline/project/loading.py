"""Loading into a project: a folder's files, or records in memory, become records, facts and roll-ups that agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2s
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from paceline.facts.build import BUILDERS, build
from paceline.facts.queries import Queries
from paceline.facts.refresh import Touched, refresh
from paceline.facts.tables import Tables, described
from paceline.metrics.catalog import CATALOG
from paceline.metrics.rollup import roll_up, rolled_measures
from paceline.metrics.vocabulary import Metric
from paceline.project import control_totals
from paceline.project.folder import Project, catalog
from paceline.sales.records import BY_NAME
from paceline.sales.settings import Settings
from paceline.sources.contract import ReadReport
from paceline.sources.files.read import read_folder
from paceline.warehouse.engine import Engine
from paceline.warehouse.load import LoadReport, clear_changes, load, pending_changes
from paceline.warehouse.store import create_store, plain, unbound

MADE_WITH = "made_with"  # the table that tells with what facts and roll-ups were made
_MADE_SCHEMA = pa.schema([("facts", pa.string()), ("rollups", pa.string())])

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

    @property
    def repeated(self) -> int:
        """Rows that told of a record that another row of the same load told of, too."""
        return sum(table.duplicates for table in self.load.tables.values())


def load_folder(
    project: Project, engine: Engine, folder: Path, mapping: Path | None, tell: Tell, source: str = "files"
) -> Loaded:
    """Read every file of a folder into the project's store; ``tell`` is given words about what is being done.

    The source's own totals (``control_totals.csv``), if they are there, are taken up beside the records.
    Raises what ``read_folder`` raises for a missing folder or a faulty mapping; nothing is changed then.
    """
    create_store(engine)
    tell("Reading files…")
    batch, report = read_folder(folder, mapping, lambda name: stored_ids(engine, name), project.settings, tell)
    done = load_records(engine, project.settings, batch, source, tell, metrics=catalog(project))
    report = replace(report, problems=report.problems + control_totals.taken_up(project.folder, folder, source))
    return Loaded(report, done, _keep_rejected(project.folder, done.load_id, report))


def load_records(
    engine: Engine,
    settings: Settings,
    batch: Mapping[str, pa.Table],
    source: str,
    tell: Tell,
    known_at: int | None = None,
    metrics: Mapping[str, Metric] = CATALOG,
) -> LoadReport:
    """Merge records, and bring facts and roll-ups up to date, all or nothing. ``known_at``: the load's moment, epoch seconds."""
    create_store(engine)
    with engine.transaction():
        tell("Merging records…")
        done = load(engine, batch, source, known_at)
        bring_up_to_date(engine, settings, tell, metrics)
    return done


def bring_up_to_date(engine: Engine, settings: Settings, tell: Tell, metrics: Mapping[str, Metric] = CATALOG) -> None:
    """Make facts and roll-ups agree with records, settings and metrics; costs what changed since the last time, mostly nothing.

    Facts depend on the settings (time zone, thresholds, own domains…), roll-ups on what the metrics add up: when these changed,
    all of them are made anew.
    """
    wanted = made_with(settings, metrics)
    before = engine.query(plain(engine, MADE_WITH, _MADE_SCHEMA)).to_pylist() if MADE_WITH in engine.tables() else []
    made = before[0] if before else {"facts": "", "rollups": ""}
    if made == wanted and not pending_changes(engine):
        return
    tell("Deriving facts…")
    is_increment = made["facts"] == wanted["facts"]
    with engine.many_small_steps(is_increment), engine.transaction():
        touched: Touched
        if is_increment:
            told: list[Touched] = []
            refresh(engine, settings, after=told.append)
            touched = told[0]
        else:
            build(engine, settings)
            clear_changes(engine)
            touched = dict.fromkeys(BUILDERS)
        tell("Rolling up…")
        queries = Queries(engine, Tables(settings))
        roll_up(queries, metrics.values(), None if made["rollups"] != wanted["rollups"] else touched)
        queries.save()
        engine.put(MADE_WITH, pa.Table.from_pylist([wanted], schema=_MADE_SCHEMA))


def made_with(settings: Settings, metrics: Mapping[str, Metric]) -> dict[str, str]:
    """What facts and roll-ups are made with, as fingerprints of the settings, the program's version and the metrics."""
    columns = {rows: sorted(measures) for rows, measures in sorted(rolled_measures(metrics.values()).items())}
    return {"facts": _fingerprint((version("paceline"), described(settings))), "rollups": _fingerprint(columns)}


def _fingerprint(of: object) -> str:
    return blake2s(repr(of).encode(), digest_size=16).hexdigest()


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
