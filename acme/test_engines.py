"""Acme's answers are the same on every engine: PostgreSQL and Spark give what DuckDB gives, each reading and its records."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from acme.company import SETTINGS, records
from acme.test_acme import ANSWERS, Worked
from paceline.facts import build
from paceline.facts.queries import Queries
from paceline.facts.tables import Tables
from paceline.metrics.ask import ask
from paceline.metrics.catalog import CATALOG
from paceline.metrics.explain import CONTRIBUTION, explain
from paceline.metrics.reading import Reading
from paceline.metrics.store import PastFacts, Store, day_end
from paceline.metrics.vocabulary import Kind
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.sales.settings import Settings
from paceline.warehouse.engine import Engine
from paceline.warehouse.engines.duckdb import open_duckdb
from paceline.warehouse.load import load
from paceline.warehouse.store import create_store

_SEEN = date(2026, 4, 10)  # when most answers are given
_TODAY = date(2026, 5, 1)
# Metrics whose records are compared on Spark, too, where each takes seconds: sums, distinct counts, medians, stocks, moves.
_EXPLAINED_ON_SPARK = (
    "win_rate", "contacts_engaged", "days_between_touches", "weighted_pipeline", "stage_conversion", "lead_response_time",
)

Key = tuple[str, Period, tuple[tuple[str, str | None], ...]]


def _store(engine: Engine, past_facts: PastFacts = build.build) -> Store:
    """Acme in the engine. Its facts are built when asked for, as of the day asked about: on Spark a build takes a minute."""
    create_store(engine)
    at = day_end(_TODAY, SETTINGS)
    load(engine, records(), "acme", known_at=at)
    return Store(engine, SETTINGS, at, past_facts=past_facts)


def _built_as_needed(here: Store) -> PastFacts:
    """Builds every fact as of the day of most answers; of another day those that its few answers are read from."""

    def built(engine: Engine, settings: Settings, at: int, prefix: str) -> None:
        day = next(worked.as_of for worked in ANSWERS if day_end(worked.as_of, settings) == at)
        if day == _SEEN:
            build.build(engine, settings, at, prefix)
            return
        queries = Queries(engine, Tables(settings, at, prefix))
        build.put_references(queries)
        for name in _needed(here, day):
            build.create(queries, name)

    return built


def _needed(here: Store, as_of: date) -> list[str]:
    """The facts that the day's answers are read from, and the facts that those are made from, in the order of building."""
    read = {build.fact_of(name).table for name in ("stint", "connection")}  # read once a store, so maybe not now
    query = here.engine.query

    def heard(asked: Any, *args: Any, **options: Any) -> pa.Table:
        read.update(re.findall(r"asof_\d+_(\w+)", asked if isinstance(asked, str) else ""))
        return query(asked, *args, **options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(here.engine, "query", heard)
        _readings(here, as_of, _answered(as_of))
    needed: list[str] = []
    for name in reversed(build.BUILDERS):
        if build.fact_of(name).table in read:
            read |= build.compiled(Queries(here.engine, Tables(SETTINGS)), name).reads
            needed.insert(0, name)
    return needed


def _answered(as_of: date) -> list[str]:
    return list(dict.fromkeys(worked.slug for worked in ANSWERS if worked.as_of == as_of))


@pytest.fixture(scope="module")
def here() -> Iterator[Store]:
    """Acme in DuckDB, whose answers `test_acme` compares with those worked by hand."""
    engine = open_duckdb()
    yield _store(engine)
    engine.close()


def _group(worked: Worked) -> tuple[tuple[str, str | None], ...]:
    """Whom an answer is about, as the group of a reading."""
    kind, _, name = worked.who.partition(":")
    if kind == "company":
        return ()
    return ((kind, name) if name else ("rep", kind),)


def _readings(store: Store, as_of: date, slugs: Iterable[str]) -> dict[Key, Reading]:
    """The metrics for the company, each team and each rep, in every period of the answers: few questions, with all in each."""
    periods = list(dict.fromkeys(worked.period for worked in ANSWERS if worked.as_of == as_of))
    found: dict[Key, Reading] = {}
    for by in ((), ("rep",), ("team",)):
        readings = ask(store, list(slugs), Scope.company(), periods, by, as_of=as_of, mean_of_reps=False)
        found.update({(reading.slug, reading.period, reading.group): reading for reading in readings})
    return found


def _compare(here: Store, there: Store, as_of: date) -> dict[Key, Reading]:
    """Every metric on the day of most answers, on another day those with an answer. Gives what was found there."""
    slugs = list(CATALOG) if as_of == _SEEN else _answered(as_of)
    expected, found = _readings(here, as_of, slugs), _readings(there, as_of, slugs)
    assert found.keys() == expected.keys()
    assert [(reading, found[key]) for key, reading in expected.items() if not _equal(reading, found[key])] == []
    worked_by_hand = {(worked.slug, worked.period, _group(worked)) for worked in ANSWERS if worked.as_of == as_of}
    assert worked_by_hand <= found.keys()  # `test_acme` holds that DuckDB's are the worked answers
    return found


def _equal(a: Reading, b: Reading) -> bool:
    return (
        (a.none_because, a.n, a.name, a.as_of) == (b.none_because, b.n, b.name, b.as_of)
        and [str(part) for part in a.coverage] == [str(part) for part in b.coverage]
        and all(_close(x, y) for x, y in ((a.value, b.value), (a.numerator, b.numerator), (a.denominator, b.denominator)))
        and all(_close(x, y) for x, y in zip(a.interval or (), b.interval or (), strict=True))
    )


def _close(a: float | None, b: float | None) -> bool:
    """Equal but for the order in which floats were added up; none only equals none."""
    return a is b if a is None or b is None else math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-12)


def _compare_records(here: Store, there: Store, slugs: Iterable[str], found: dict[Key, Reading]) -> None:
    """What explains the company's readings is the same, and adds up to them."""
    for slug in slugs:
        reading = found[slug, ANSWERS[0].period, ()]
        ours, theirs = explain(here, reading), explain(there, reading)
        for expected, behind in zip(ours.records, theirs.records, strict=True):
            _assert_same_rows(expected.table, behind.table, slug)
            assert _close(behind.number, expected.number), slug
            if behind.measure.kind is not Kind.QUANTILE and behind.table.num_rows:
                total = math.fsum(value or 0 for value in behind.table[CONTRIBUTION].to_pylist())
                assert _close(total, behind.number), slug


def _assert_same_rows(expected: pa.Table, found: pa.Table, slug: str) -> None:
    assert (found.column_names, found.num_rows) == (expected.column_names, expected.num_rows), slug
    for ours, theirs in zip(expected.to_pylist(), found.to_pylist(), strict=True):
        differing = {name for name, value in ours.items() if not _same_cell(value, theirs[name])}
        assert not differing, (slug, ours, theirs)


def _same_cell(a: object, b: object) -> bool:
    return _close(a, b) if isinstance(a, float) and isinstance(b, float) else a == b


def _one_of_each_shape() -> list[str]:
    """A metric over each kind of rows."""
    over: dict[str, str] = {}
    for slug, metric in CATALOG.items():
        for measure in metric.measures:
            over.setdefault(measure.rows, slug)
    return list(dict.fromkeys(over.values()))


@pytest.mark.engine
@pytest.mark.slow
def test_postgresql_gives_what_duckdb_gives(here: Store, postgres_engine: Engine) -> None:
    there = _store(postgres_engine)
    for as_of in sorted({worked.as_of for worked in ANSWERS} - {_SEEN}):
        _compare(here, there, as_of)
    _compare_records(here, there, _one_of_each_shape(), _compare(here, there, _SEEN))


@pytest.mark.engine
@pytest.mark.slow
def test_spark_gives_what_duckdb_gives(here: Store, spark_engine: Engine) -> None:
    """The facts of other days are built as far as their answers need them; PostgreSQL builds them all."""
    there = _store(spark_engine, _built_as_needed(here))
    for as_of in sorted({worked.as_of for worked in ANSWERS} - {_SEEN}):
        _compare(here, there, as_of)
    _compare_records(here, there, _EXPLAINED_ON_SPARK, _compare(here, there, _SEEN))
