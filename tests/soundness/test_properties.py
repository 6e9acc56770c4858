"""What must hold of every metric on a random company: its records add up to it, a team is its reps, the past stays as it was."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from paceline.facts.build import build
from paceline.metrics.aggregate import LONGEST
from paceline.metrics.ask import ask
from paceline.metrics.catalog import CATALOG
from paceline.metrics.explain import CONTRIBUTION, Records, explain
from paceline.metrics.store import Store, day_end
from paceline.metrics.vocabulary import ByGrain, Kind, Measure
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.simulation.random_company import tiny
from paceline.warehouse.history import restated
from paceline.warehouse.load import load
from tests.oracle.agreement import open_store

_SEED = 11
_FIXED = ("id", "opportunity_id", "field", "old", "new", "merged_into_id")  # what a spoilt row keeps
_NOW, _LATER = date(2026, 4, 30), date(2026, 5, 20)
_QUARTER = Period.between(date(2026, 1, 1), date(2026, 4, 1))


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    company = tiny(_SEED)
    opened = open_store(company.records, company.settings, _NOW)
    yield opened
    opened.engine.close()


def _added_up(records: Records) -> float | None:
    values = [float(value) for value in records.table[CONTRIBUTION].to_pylist() if value is not None]
    if records.measure.kind is not Kind.QUANTILE:
        return math.fsum(values)
    if not values:
        return None
    place = records.measure.quantile * (len(values) - 1)
    low, high = sorted(values)[int(place)], sorted(values)[min(int(place) + 1, len(values) - 1)]
    middle = low + (place - int(place)) * (high - low)
    return None if middle > LONGEST / 1e3 else middle


@pytest.mark.slow
def test_the_records_behind_every_metric_add_up_to_it(store: Store) -> None:
    for reading in ask(store, list(CATALOG), Scope.company(), _QUARTER, mean_of_reps=False):
        for records in explain(store, reading).records:
            expected = None if records.number is None and records.measure.kind is Kind.QUANTILE else records.number or 0
            assert _added_up(records) == (expected if expected is None else pytest.approx(expected)), reading.slug


def _adds_up(measure: Any) -> bool:
    """Sums and counts of rows that are reps' own: a team's own goals aren't."""
    return isinstance(measure, Measure) and measure.additive and not isinstance(measure, ByGrain)


@pytest.mark.slow
def test_a_team_s_numbers_are_those_of_its_reps_added_up_or_at_most_so_many_different_ones(store: Store) -> None:
    slugs = [slug for slug, metric in CATALOG.items() if isinstance(metric.numerator, Measure)]
    teams = ask(store, slugs, Scope.company(), _QUARTER, ("team",), mean_of_reps=False)
    reps: dict[tuple[str, str | None], list[float]] = {}
    for reading in ask(store, slugs, Scope.company(), _QUARTER, ("team", "rep"), mean_of_reps=False):
        reps.setdefault((reading.slug, dict(reading.group)["team"]), []).append(reading.numerator or 0)
    told = 0
    for team in teams:
        of_reps = reps.get((team.slug, dict(team.group)["team"]), [])
        if _adds_up(team.metric.numerator):
            assert team.numerator == pytest.approx(math.fsum(of_reps)), team
        elif team.metric.numerator.kind is Kind.DISTINCT:  # type: ignore[union-attr]
            assert max(of_reps, default=0) <= (team.numerator or 0) <= math.fsum(of_reps), team
        told += bool(team.numerator)
    assert told > 60, "a company of which there is little to add up proves little"


def _spoilt(rows: pa.Table, luck: Random) -> pa.Table:
    """Some of the rows with amounts, owners, stages, titles… of others."""
    names = [name for name in rows.column_names if name not in _FIXED]
    found = rows.to_pylist()
    chosen = luck.sample(found, len(found) // 4)
    for row in chosen:
        for name in luck.sample(names, min(3, len(names))):
            row[name] = luck.choice(found)[name]
    return pa.Table.from_pylist(chosen, schema=rows.schema)


def _said(store: Store, as_of: date | None) -> list[tuple[Any, ...]]:
    readings = ask(store, list(CATALOG), Scope.company(), _QUARTER, ("rep",), as_of=as_of, mean_of_reps=False)
    return [(r.slug, r.group, None if r.value is None else round(r.value, 6), r.none_because, r.n) for r in readings]


@pytest.mark.slow
def test_later_loads_leave_what_was_known_on_a_past_day_and_are_logged() -> None:
    company = tiny(_SEED)
    store = open_store(company.records, company.settings, _NOW)
    shown = _said(store, None)
    luck, at = Random("later"), day_end(_LATER, company.settings)
    spoilt = ("opportunity", "contact", "call", "lead", "opportunity_change")
    changed = {name: _spoilt(company.records[name], luck) for name in spoilt}
    load(store.engine, changed, "acme", known_at=at)
    store.refresh(at + 60)
    build(store.engine, company.settings)
    now = _said(store, None)
    assert _said(store, _NOW) == shown
    assert sum(then != today for then, today in zip(shown, now, strict=False)) > 30, "the load did change what is so now"
    assert restated(store.engine, store.view(_NOW).as_of, at).num_rows > 100
    store.engine.close()
