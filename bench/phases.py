"""What is measured: each phase is a piece of work on a prepared store, in a process of its own: so are CPU time and memory."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from paceline.facts.build import build
from paceline.facts.refresh import refresh
from paceline.metrics import rollup
from paceline.metrics.ask import ask
from paceline.metrics.catalog import CATALOG
from paceline.metrics.store import Store
from paceline.sales.periods import Period, epoch_day
from paceline.sales.scope import Scope
from paceline.sales.settings import FREE_MAIL, Settings
from paceline.warehouse.engines.duckdb import DuckDBEngine, open_duckdb
from paceline.warehouse.load import load

# What the hand-written SQL answers too, by rep and month.
METRICS = (
    "emails_sent",
    "emails_automated",
    "email_response_rate",
    "responses",
    "email_engagement_rate",
    "dials",
    "connects",
    "call_connect_rate",
    "talk_minutes",
    "meetings_held",
    "accounts_touched",
    "contacts_engaged",
    "contacts_per_account",
    "opportunities_engaged",
    "sales_volume",
    "win_rate",
    "revenue",
    "average_deal_size",
    "sales_cycle",
    "sales_cycle_median",
    "pipeline_generated",
)
# A team page's tiles: this quarter and the one before.
TILES = (
    "win_rate",
    "revenue",
    "average_deal_size",
    "sales_cycle",
    "emails_sent",
    "email_engagement_rate",
    "call_connect_rate",
    "connects",
    "email_response_rate",
    "talk_minutes",
    "sales_volume",
    "dials",
)
# The columns that the work must read: the floor.
SCANNED = {
    "email": (
        "id",
        "thread_id",
        "rep_id",
        "direction",
        "sent_at",
        "from_address",
        "automated",
        "auto_submitted",
        "precedence",
        "return_path",
    ),
    "email_recipient": ("email_id", "address"),
    "call": ("rep_id", "started_at", "direction", "disposition", "seconds", "contact_id", "lead_id"),
    "meeting": ("id", "organizer_id", "start_at", "status"),
    "meeting_attendee": ("meeting_id", "rep_id", "address", "response"),
    "contact": ("id", "account_id", "email"),
    "lead": ("id", "email"),
    "account": ("id", "domain"),
    "opportunity": ("id", "account_id", "owner_id", "created_at", "stage_id", "amount_cents", "currency", "close_day"),
    "opportunity_change": ("opportunity_id", "field", "old", "new", "changed_at"),
}


class Prepared:
    """A store on disk, and what is asked of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        facts = json.loads((folder / "about.json").read_text())
        self.settings = Settings(**facts["settings"] | {"own_domains": frozenset(facts["settings"]["own_domains"])})
        self.now, self.first, self.until = facts["now"], date.fromisoformat(facts["first"]), date.fromisoformat(facts["until"])
        self.team: str = facts["team"]
        self.engine: DuckDBEngine = open_duckdb(folder / "store.duckdb")

    @property
    def store(self) -> Store:
        """The store, freshly opened for questions."""
        return Store(self.engine, self.settings, self.now)

    @property
    def history(self) -> Period:
        """All whole months."""
        return Period.between(self.first.replace(day=1), self.until.replace(day=1))

    @property
    def quarters(self) -> list[Period]:
        """The last whole quarter, and the one before."""
        quarter = Period.containing("quarter", self.until, self.settings).before()
        return [quarter, quarter.before()]


def scan(prepared: Prepared) -> None:
    """Read every value of the needed columns once."""
    with raw(prepared) as connection:
        for table, columns in SCANNED.items():
            sums = ", ".join(f"sum(hash({column}))" for column in columns)
            connection.execute(f"select {sums} from rec_{table}").fetchall()


def by_hand(prepared: Prepared) -> None:
    """Twenty metrics of every rep and month, in hand-written SQL."""
    with raw(prepared) as connection:
        connection.execute(script("handwritten.sql"))
        connection.execute("select * from answer").to_arrow_table()


@contextmanager
def raw(prepared: Prepared) -> Iterator[duckdb.DuckDBPyConnection]:
    """The store without the engine between, and what hand-written SQL needs to know of the settings, as temporary tables."""
    prepared.engine.close()
    words = sorted(prepared.settings.dispositions.items())
    given = {
        "own_domain": pa.table({"domain": pa.array(sorted(prepared.settings.own_domains), pa.string())}),
        "free_mail": pa.table({"domain": pa.array(sorted(FREE_MAIL), pa.string())}),
        "disposition": pa.table(
            {"word": pa.array([word for word, _ in words]), "connected": pa.array([meant for _, meant in words], pa.bool_())}
        ),
        "as_of": pa.table({"at": pa.array([prepared.now], pa.int64())}),
    }
    connection = duckdb.connect(str(prepared.folder / "store.duckdb"))
    for name, table in given.items():
        connection.register(f"given_{name}", table)
        connection.execute(f"create temp table {name} as select * from given_{name}")
    try:
        yield connection
    finally:
        connection.close()


def script(name: str) -> str:
    """A hand-written script."""
    return (Path(__file__).parent / name).read_text()


def full(prepared: Prepared) -> None:
    """All facts and roll-ups anew."""
    build(prepared.engine, prepared.settings)
    for name, expression in rollup.rollups(prepared.store.view().frame.tables, CATALOG.values()).items():
        prepared.engine.create(name, expression)


def answer(prepared: Prepared) -> None:
    """The same metrics of every rep and month as the hand-written SQL, from facts."""
    ask(prepared.store, METRICS, Scope.company(), prepared.history, by=("rep", "month"), mean_of_reps=False)


def tick(prepared: Prepared) -> None:
    """The last day's records merged, and facts brought up to date."""
    day = {file.stem: pa.ipc.open_file(file).read_all() for file in sorted((prepared.folder / "last_day").glob("*.arrow"))}
    load(prepared.engine, day, "bench", prepared.now)
    refresh(prepared.engine, prepared.settings)


def team(prepared: Prepared) -> None:
    """One team's quarter against the quarter before, cold: SQL compiled too."""
    ask(prepared.store, TILES, Scope.team(prepared.team), prepared.quarters, by=("rep",), mean_of_reps=False)


def team_warm(prepared: Prepared) -> None:
    """The same twenty times, as a running server answers."""
    store = prepared.store
    for _ in range(20):
        ask(store, TILES, Scope.team(prepared.team), prepared.quarters, by=("rep",), mean_of_reps=False)


def team_by_hand(prepared: Prepared) -> None:
    """The team's numbers in hand-written SQL over the facts' rows, twenty times."""
    quarter, before = prepared.quarters
    bound = {
        "first": epoch_day(before.first),
        "middle": epoch_day(quarter.first),
        "until": epoch_day(quarter.until),
        "team": prepared.team,
    }
    with raw(prepared) as connection:
        for _ in range(20):
            connection.execute(script("team.sql"), bound).to_arrow_table()


PHASES: dict[str, Callable[[Prepared], None]] = {
    phase.__name__: phase for phase in (scan, by_hand, full, answer, tick, team, team_warm, team_by_hand)
}


def peak_mb() -> float:
    """The most memory that this process held; getrusage's figure would be inherited from the one that started it."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


def main() -> None:
    """``python -m bench.phases PHASE FOLDER``: prints CPU seconds, wall seconds and peak memory as JSON."""
    phase, folder = PHASES[sys.argv[1]], Path(sys.argv[2])
    prepared = Prepared(folder)
    wall, cpu = time.perf_counter(), time.process_time()
    phase(prepared)
    print(
        json.dumps(
            {
                "cpu": time.process_time() - cpu,
                "wall": time.perf_counter() - wall,
                "peak_mb": peak_mb(),
            }
        )
    )


if __name__ == "__main__":
    main()
