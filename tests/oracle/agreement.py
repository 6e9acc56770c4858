"""Asks the engine and the oracle the same, and tells where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from paceline.facts.build import build
from paceline.metrics.ask import ask
from paceline.metrics.store import Store, day_end
from paceline.sales.periods import Period, epoch_day
from paceline.sales.scope import Scope
from paceline.sales.settings import Settings
from paceline.warehouse.engine import Engine
from paceline.warehouse.engines.duckdb import open_duckdb
from paceline.warehouse.load import load
from paceline.warehouse.store import create_store
from tests.oracle.oracle import COMPANY, QUERIES, By, answers, prepare

_TOLERANCE = 1e-5  # relative: the engine rounds parts of goals and costs to whole cents


@dataclass(frozen=True)
class Difference:
    """One number that the two don't agree on."""

    slug: str
    group: str
    period: Period
    as_of: date
    oracle: float | None
    engine: float | None
    because: str | None

    def __str__(self) -> str:
        return (f"{self.slug} of {self.group or 'the company'} {self.period.first}–{self.period.until} as of {self.as_of}: "
                f"oracle {self.oracle}, engine {self.engine} {self.because or ''}")


def open_store(records: Mapping[str, pa.Table], settings: Settings, now: date, engine: Engine | None = None) -> Store:
    """A store with the records loaded as known when true, and the facts built; ``now`` is its last day."""
    engine = engine or open_duckdb()
    create_store(engine)
    at = day_end(now, settings)
    load(engine, records, "acme", known_at=at)
    build(engine, settings)
    return Store(engine, settings, at, past_facts=build)


def open_oracle(records: Mapping[str, pa.Table]) -> duckdb.DuckDBPyConnection:
    """A database of its own with the records alone, as ``rec_<table>``."""
    connection = duckdb.connect()
    for name, rows in records.items():
        connection.register("arriving", rows)
        connection.execute(f"CREATE TABLE rec_{name} AS SELECT * FROM arriving")
        connection.unregister("arriving")
    return connection


def engine_values(store: Store, slugs: Sequence[str], periods: Sequence[Period], as_of: date, by: By
                  ) -> dict[tuple[str, Period, str], tuple[float | None, str | None]]:
    """The engine's value, or why there is none, by metric, period and group."""
    cuts = () if by == "company" else (by,)
    readings = ask(store, slugs, Scope.company(), periods, cuts, as_of=as_of, mean_of_reps=False)
    return {(r.slug, r.period, str(dict(r.group).get(by, COMPANY))): (r.value, r.none_because) for r in readings}


def differences(store: Store, connection: duckdb.DuckDBPyConnection, periods: Sequence[Period], as_of: date,
                bys: Sequence[By] = ("rep", "company"), slugs: Sequence[str] = tuple(QUERIES)) -> Iterator[Difference]:
    """Every value of a rep, a team or the company that differs, or that only one of the two has."""
    prepare(connection, store.settings, epoch_day(as_of))
    for by in bys:
        engine = engine_values(store, slugs, periods, as_of, by)
        for period in periods:
            for slug, oracle in answers(connection, slugs, period.first_day, period.until_day, epoch_day(as_of), by):
                groups = set(oracle) | {group for (of, when, group) in engine if (of, when) == (slug, period) and group != "None"}
                for group in sorted(groups):
                    value, because = engine.get((slug, period, group), (None, None))
                    expected = oracle.get(group, (None, None, None))[0]
                    if not same(expected, value):
                        yield Difference(slug, group, period, as_of, expected, value, because)


def same(a: float | None, b: float | None) -> bool:
    """Equal but for rounding; none only equals none."""
    if a is None or b is None:
        return a is b
    return abs(a - b) <= _TOLERANCE * max(1.0, abs(a), abs(b))
