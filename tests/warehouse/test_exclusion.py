"""A record left out of every number: gone for facts and for the independent SQL alike, whatever is loaded, until it is taken in
again; a past day still has it.
"""

from __future__ import annotations

import random
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from paceline.facts import build
from paceline.facts.refresh import refresh
from paceline.metrics.ask import ask
from paceline.metrics.store import day_end
from paceline.sales.periods import Period
from paceline.sales.records import TABLES
from paceline.sales.scope import Scope
from paceline.simulation.random_company import tiny
from paceline.warehouse.engine import Engine
from paceline.warehouse.exclude import ExclusionError, exclude, include
from paceline.warehouse.exclusion import EXCLUDABLE, exclusions
from paceline.warehouse.history import restated
from paceline.warehouse.load import load
from paceline.warehouse.store import create_store
from tests.oracle.agreement import differences, open_oracle, open_store

NOW = date(2026, 4, 30)


def _tables(engine: Engine) -> dict[str, list[str]]:
    names = [f"ref_{name}" for name in ("workday", "survivor", "title")] + [build.fact_of(name).table for name in build.BUILDERS]
    found = {name: engine.query(f"SELECT * FROM {name}").to_pylist() for name in names}
    return {name: sorted(repr(tuple(row.values())) for row in rows) for name, rows in found.items()}


def _some(records: dict[str, pa.Table], dice: random.Random, each: int) -> list[tuple[str, str]]:
    """Records that count: neither deleted nor merged away already."""
    found = []
    for kind in EXCLUDABLE:
        rows = [row for row in records[kind].to_pylist() if not row.get("deleted") and not row.get("merged_into_id")]
        found += [(kind, row["id"]) for row in dice.sample(rows, min(each, len(rows)))]
    return found


def _without(records: dict[str, pa.Table], out: list[tuple[str, str]]) -> dict[str, pa.Table]:
    """The records as the specification wants them: those left out are deleted, or, where a kind can't be, not there."""
    cut = dict(records)
    for table in TABLES:
        ids = pa.array([id_ for kind, id_ in out if kind == table.name], pa.string())
        held = pc.is_in(cut[table.name]["id"], value_set=ids)
        if "deleted" in cut[table.name].column_names:
            rows = [{**row, "deleted": True} if is_out else row
                    for row, is_out in zip(cut[table.name].to_pylist(), held.to_pylist(), strict=True)]
            cut[table.name] = pa.Table.from_pylist(rows, schema=cut[table.name].schema)
        else:
            cut[table.name] = cut[table.name].filter(pc.invert(held))
    return cut


def test_the_engine_agrees_with_the_oracle_on_a_company_without_the_records_left_out() -> None:
    company, dice = tiny(3), random.Random(3)
    store = open_store(company.records, company.settings, NOW)
    out = _some(dict(company.records), dice, 4)
    for kind, id_ in out:
        exclude(store.engine, kind, id_, "a test", known_at=day_end(NOW, company.settings))
    refresh(store.engine, company.settings)
    oracle = open_oracle(_without(dict(company.records), out))
    store.refresh(store.now)
    period = Period.containing("quarter", date(2026, 2, 1), company.settings)
    assert not "\n".join(str(one) for one in differences(store, oracle, [period], NOW, ("rep", "company")))
    store.engine.close()


@pytest.mark.parametrize("kind", EXCLUDABLE)
def test_a_refresh_after_an_exclusion_and_after_its_end_gives_what_a_full_build_gives(kind: str) -> None:
    company, dice = tiny(4), random.Random(kind)
    store = open_store(company.records, company.settings, NOW)
    engine, before = store.engine, _tables(store.engine)
    out = [id_ for one, id_ in _some(dict(company.records), dice, 3) if one == kind]
    for step in (exclude, include):
        for id_ in out:
            step(engine, kind, id_, *(("twice",) if step is exclude else ()))
        refresh(engine, company.settings)
        refreshed = _tables(engine)
        build.build(engine, company.settings)
        assert refreshed == _tables(engine), step
        assert (refreshed != before) is (step is exclude)
    engine.close()


def test_a_later_load_doesnt_bring_the_record_back_and_its_end_does_as_the_source_has_it_by_then(duckdb_engine: Engine) -> None:
    create_store(duckdb_engine)
    mail = {"id": "m1", "rep_id": "r", "direction": "outbound", "sent_at": 50, "from_address": "a@b.example"}
    deal = {"id": "o1", "name": "Old", "stage_id": "s", "created_at": 10}
    other = {**deal, "id": "o2"}
    load(duckdb_engine, _batch(mail, deal, other), "crm", 100)
    exclude(duckdb_engine, "email", "m1", "private", "someone", 110)
    exclude(duckdb_engine, "opportunity", "o1", "a duplicate", "someone", 110)
    for at in (120, 130):  # the same twice changes nothing
        done = load(duckdb_engine, _batch({**mail, "sent_at": 51}, {**deal, "name": "New"}, other), "crm", at)
        assert done.changes == (1 if at == 120 else 0)
        assert all(one.read == one.inserted + one.updated + one.unchanged + one.duplicates for one in done.tables.values())
        assert duckdb_engine.query("SELECT id FROM rec_email").num_rows == 0
        assert duckdb_engine.query("SELECT deleted FROM rec_opportunity WHERE id = 'o1'").to_pylist() == [{"deleted": True}]
    ended = [include(duckdb_engine, kind, id_, 140) for kind, id_ in (("email", "m1"), ("opportunity", "o1"))]
    assert duckdb_engine.query("SELECT sent_at FROM rec_email").to_pylist() == [{"sent_at": 51}]
    back = duckdb_engine.query("SELECT name, deleted, record_source, known_at FROM rec_opportunity WHERE id = 'o1'").to_pylist()
    assert back == [{"name": "New", "deleted": None, "record_source": "crm", "known_at": 140}]
    assert exclusions(duckdb_engine) == tuple(ended)
    assert [one.holds_at(115) for one in ended] == [True, True]
    assert [one.holds_at(140) for one in ended] == [False, False]


def test_each_beginning_and_end_is_told_among_the_restatements_with_its_reason(duckdb_engine: Engine) -> None:
    create_store(duckdb_engine)
    mail = {"id": "m1", "rep_id": "r", "direction": "outbound", "sent_at": 50}
    load(duckdb_engine, _batch(mail, {"id": "o1", "stage_id": "s", "created_at": 10}), "crm", 100)
    exclude(duckdb_engine, "email", "m1", "private", known_at=110)
    exclude(duckdb_engine, "opportunity", "o1", "a duplicate", known_at=110)
    include(duckdb_engine, "email", "m1", 120)
    told = [(row["table"], row["column"], row["old"], row["new"]) for row in restated(duckdb_engine, 100, 115).to_pylist()]
    assert told == [("opportunity", "excluded", None, "a duplicate"), ("email", "excluded", None, "private")]
    told = [(row["table"], row["column"], row["old"], row["new"]) for row in restated(duckdb_engine, 115, 120).to_pylist()]
    assert told == [("email", "excluded", "private", None)]


def test_as_of_a_day_before_the_record_counts_and_since_it_doesnt() -> None:
    company = tiny(5)
    store = open_store(company.records, company.settings, date(2026, 3, 31))
    won = store.engine.query("SELECT opportunity_id AS id FROM fact_outcome WHERE won ORDER BY 1")["id"][0].as_py()
    day = date(2026, 4, 10)
    year = Period.between(date(2025, 9, 1), date(2026, 4, 1))

    def deals(as_of: date) -> float | None:
        return ask(store, "sales_volume", Scope.company(), year, as_of=as_of).only().value

    exclude(store.engine, "opportunity", won, "it was a test", known_at=day_end(day, company.settings))
    refresh(store.engine, company.settings)
    store.refresh(day_end(NOW, company.settings))
    before, after = deals(date(2026, 4, 9)), deals(day)
    assert before is not None
    assert before - (after or 0) == 1
    assert deals(NOW) == after
    store.engine.close()


def test_what_cant_be_left_out_is_told(duckdb_engine: Engine) -> None:
    create_store(duckdb_engine)
    load(duckdb_engine, _batch({"id": "m1", "rep_id": "r", "direction": "outbound", "sent_at": 50}), "crm", 100)
    wrong = ("rep", "r", "x", "can't be left out"), ("email", "m2", "x", "no email m2"), ("email", "m1", " ", "reason")
    for table, id_, reason, why in wrong:
        with pytest.raises(ExclusionError, match=why):
            exclude(duckdb_engine, table, id_, reason, known_at=110)
    exclude(duckdb_engine, "email", "m1", "x", known_at=110)
    with pytest.raises(ExclusionError, match="already"):
        exclude(duckdb_engine, "email", "m1", "x", known_at=120)
    with pytest.raises(ExclusionError, match="isn't left out"):
        include(duckdb_engine, "opportunity", "m1", 120)


def _batch(mail: dict[str, object], *deals: dict[str, object]) -> dict[str, pa.Table]:
    found = {"email": pa.Table.from_pylist([mail])}
    return found | ({"opportunity": pa.Table.from_pylist(list(deals))} if deals else {})
