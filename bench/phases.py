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

from paceline.facts import schema
from paceline.facts.shape import WORKING
from paceline.metrics.ask import ask
from paceline.metrics.rollup import ROLLED, table_name
from paceline.metrics.store import Store
from paceline.project.loading import MADE_WITH, bring_up_to_date
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
    """All facts and roll-ups anew, in a store that has none: their SQL is compiled, too."""
    bring_up_to_date(prepared.engine, prepared.settings, _quietly)
    prepared.engine.close()


def full_again(prepared: Prepared) -> None:
    """All facts and roll-ups anew, where the store has their SQL."""
    _rebuild(prepared)
    prepared.engine.close()


def _rebuild(prepared: Prepared) -> None:
    prepared.engine.drop(MADE_WITH)
    bring_up_to_date(prepared.engine, prepared.settings, _quietly)


def _quietly(_: str) -> None:
    """Nobody listens."""


def answer(prepared: Prepared) -> None:
    """The same metrics of every rep and month as the hand-written SQL, from facts."""
    ask(prepared.store, METRICS, Scope.company(), prepared.history, by=("rep", "month"), mean_of_reps=False)


def first_tick(prepared: Prepared) -> None:
    """The first day's load after the build, merged; facts and roll-ups brought up to date. The SQL of that is compiled, too."""
    _day(prepared, "day_before", prepared.now - 86_400)


def tick(prepared: Prepared) -> None:
    """The same of the next day, in another process: as every day's load goes."""
    _day(prepared, "last_day", prepared.now)


def _day(prepared: Prepared, folder: str, known_at: int) -> None:
    day = {file.stem: pa.ipc.open_file(file).read_all() for file in sorted((prepared.folder / folder).glob("*.arrow"))}
    load(prepared.engine, day, "bench", known_at)
    bring_up_to_date(prepared.engine, prepared.settings, _quietly)
    prepared.engine.close()  # what was written is brought into the file


def check(prepared: Prepared) -> None:
    """What the increments made is what a full build makes, table by table. Raises AssertionError naming those that differ."""
    made = _sums(prepared)
    _rebuild(prepared)
    built = _sums(prepared)
    differing = sorted(name for name in built if made.get(name) != built[name])
    assert not differing, f"increments and a full build differ in {', '.join(differing)}"


def _sums(prepared: Prepared) -> dict[str, tuple[int, str]]:
    """Of each table of facts, references and roll-ups: how many rows, and a sum of their hashes, whatever their order.

    Numbers that aren't whole are compared to nine digits: their sums depend on the order of adding.
    """
    engine = prepared.engine
    facts = (*schema.BY_NAME.values(), *WORKING.values())
    names = [fact.table for fact in facts] + [f"ref_{one.name}" for one in schema.REFERENCES]
    names += [table_name(rows) for rows in ROLLED]
    sums = {}
    for name in names:
        columns = ", ".join(
            f"format('{{:.9g}}', \"{field.name}\")" if pa.types.is_floating(field.type) else f'"{field.name}"'
            for field in engine.schema(name)
        )
        rows = engine.query(f"SELECT count(*) AS n, CAST(sum(hash(row({columns}))) AS VARCHAR) AS s FROM {name}").to_pylist()
        sums[name] = (rows[0]["n"], rows[0]["s"])
    return sums


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
    phase.__name__: phase
    for phase in (scan, by_hand, full, full_again, answer, team, team_warm, team_by_hand, first_tick, tick, check)
}


def peak_mb() -> float:
    """The most memory that this process held; getrusage's figure would be inherited from the one that started it."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


def main() -> None:
    """``python -m bench.phases PHASE FOLDER``: prints CPU seconds, wall seconds and peak memory as JSON."""
    phase, folder = PHASES[sys.argv[1]], Path(sys.argv[2])
    prepared = Prepared(folder)
    pa.array([0])  # the first list brings in pandas, where that is installed: no part of the work
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
