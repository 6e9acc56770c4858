"""What a question is asked of: an engine with facts, the company's settings, the catalogue, and the as-of instant."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from threading import Lock
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pyarrow as pa

from paceline.facts.build import build
from paceline.facts.tables import Tables
from paceline.metrics import rollup
from paceline.metrics.catalog import CATALOG
from paceline.metrics.compile import MemberRow, PeriodRow, Question, compiled, filled
from paceline.metrics.frame import Frame
from paceline.metrics.vocabulary import Metric
from paceline.sales.periods import epoch_day
from paceline.sales.scope import Scope, Stint
from paceline.sales.settings import Settings
from paceline.warehouse.engine import Engine, uncollected

# How facts of a past day are made: (engine, settings, as-of instant, prefix of the tables' names).
PastFacts = Callable[[Engine, Settings, int, str], None]
Answer = TypeVar("Answer")
_ONCE_LIMIT = 4096


@dataclass(frozen=True)
class Connection:
    """Since when a kind of data of a rep is there."""

    rep_id: str
    kind: str
    from_day: int
    until_day: int


def day_end(day: date, settings: Settings) -> int:
    """The last instant of a day in the company's zone, epoch seconds."""
    return day_start(day + timedelta(days=1), settings) - 1


def day_start(day: date, settings: Settings) -> int:
    """The first instant of a day in the company's zone, epoch seconds."""
    return int(datetime.combine(day, time(), ZoneInfo(settings.time_zone)).timestamp())


@dataclass
class View:
    """The facts as of one instant. ``prefix`` of their tables' names; empty for now."""

    engine: Engine
    settings: Settings
    as_of: int
    prefix: str = ""
    rolled: frozenset[str] = frozenset()
    _sql: dict[Question, str] = field(default_factory=dict)
    _stints: tuple[Stint, ...] | None = None
    _connections: tuple[Connection, ...] | None = None
    _connected: dict[tuple[str, int, int], frozenset[str]] = field(default_factory=dict)
    _once: dict[Hashable, Any] = field(default_factory=dict)

    @cached_property
    def day(self) -> date:
        """The as-of instant's day in the company's zone."""
        return datetime.fromtimestamp(self.as_of, ZoneInfo(self.settings.time_zone)).date()

    @property
    def frame(self) -> Frame:
        """The tables that rows are built from."""
        past = self.as_of if self.prefix else None
        return Frame(Tables(self.settings, past, self.prefix))

    def sql(self, question: Question, periods: list[PeriodRow], members: list[MemberRow]) -> str:
        """The SQL that answers the question; compiled once for now and once for all past days, with periods and members
        written in.
        """
        tables = self.frame.tables
        text = self._sql.get(question)
        if text is None:
            with uncollected():
                text = self._sql[question] = compiled(Frame(tables.of_any_day), self.engine, question)
        return filled(self.engine, tables.at_its_day(text), periods, members)

    @property
    def stints(self) -> tuple[Stint, ...]:
        """What each rep was, from day to day; read once."""
        if self._stints is None:
            columns = (
                "rep_id",
                "from_day",
                "until_day",
                "name",
                "role",
                "segment",
                "team",
                "manager_id",
                "territory",
                "hired_day",
                "left_day",
            )
            rows = self._read("stint", columns)
            self._stints = tuple(Stint(**row) for row in rows.to_pylist())
        return self._stints

    @property
    def connections(self) -> tuple[Connection, ...]:
        """Which kinds of data are there for whom; read once."""
        if self._connections is None:
            rows = self._read("connection", ("rep_id", "kind", "from_day", "until_day"))
            self._connections = tuple(Connection(**row) for row in rows.to_pylist())
        return self._connections

    def connected(self, kind: str, first_day: int, last_day: int) -> frozenset[str]:
        """The reps whose data of the kind is there on some day from first to last; looked up once."""
        asked = (kind, first_day, last_day)
        if asked not in self._connected:
            self._connected[asked] = frozenset(
                c.rep_id for c in self.connections if c.kind == kind and c.from_day <= last_day and c.until_day > first_day
            )
        return self._connected[asked]

    def members(self, scope: Scope) -> tuple[Stint, ...]:
        """The stints in a scope, as ``Scope.members`` has them; looked up once."""
        return self.once(scope, lambda: scope.members(self.stints))

    def once(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """What is made of this view alone, kept under the key. Two threads that ask at the same time may both make it."""
        known = self._once
        if key not in known:
            if len(known) >= _ONCE_LIMIT:
                known = self._once = {}
            known[key] = make()
        answer: Answer = known[key]
        return answer

    def _read(self, fact: str, columns: tuple[str, ...]) -> pa.Table:
        return self.engine.query(self.frame.fact(fact).select(*columns))


class Store:
    """An engine with facts, and what is needed to ask. ``now``: the as-of instant when none is asked for, epoch seconds.

    ``past_facts`` builds the facts of a past day on first use; None: no past days. After a load: a new Store, or ``refresh``.
    """

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        now: int,
        catalog: Mapping[str, Metric] | None = None,
        past_facts: PastFacts | None = build,
    ) -> None:
        self.engine, self.settings, self.now = engine, settings, now
        self.catalog: Mapping[str, Metric] = CATALOG if catalog is None else catalog
        self._refreshed = 0
        self._past_facts = past_facts
        self._lock = Lock()
        self._views: dict[int, View] = {}
        self._sql: dict[Question, str] = {}  # of now: it outlives a load, which changes rows alone
        self._past_sql: dict[Question, str] = {}

    def refresh(self, now: int) -> None:
        """Forget what was read, after a load; the as-of instant moves to ``now``."""
        with self._lock:
            self.now, self._refreshed = now, self._refreshed + 1
            self._views.clear()

    @property
    def state(self) -> tuple[int, int]:
        """What tells one reading of the data from the next, also where ``now`` stands still."""
        return self.now, self._refreshed

    def view(self, as_of: date | None = None) -> View:
        """The facts now, or as of the end of a past day in the company's zone (built on first use).

        ValueError for a past day when the store can't build past facts.
        """
        return self.view_at(self.now if as_of is None else min(self.now, day_end(as_of, self.settings)))

    def view_at(self, at: int) -> View:
        """The facts as of an instant."""
        with self._lock:
            if at not in self._views:
                self._views[at] = self._opened(at)
            return self._views[at]

    def _opened(self, at: int) -> View:
        if at == self.now:
            there = self.engine.tables()
            rolled = frozenset(rows for rows in rollup.ROLLED if rollup.table_name(rows) in there)
            return View(self.engine, self.settings, at, rolled=rolled, _sql=self._sql)
        if self._past_facts is None:
            raise ValueError("this store was opened without a way to build the facts of a past day")
        prefix = f"asof_{epoch_day(datetime.fromtimestamp(at, ZoneInfo(self.settings.time_zone)).date())}_"
        self._past_facts(self.engine, self.settings, at, prefix)
        return View(self.engine, self.settings, at, prefix, _sql=self._past_sql)
