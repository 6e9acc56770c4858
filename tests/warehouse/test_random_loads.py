"""Random sequences of loads, against a model in plain Python that keeps everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.sales.records import BY_NAME
from paceline.warehouse.engine import Engine
from paceline.warehouse.engines.duckdb import open_duckdb
from paceline.warehouse.history import as_known
from paceline.warehouse.load import clear_changes, load, pending_changes
from paceline.warehouse.store import canonical_schema, create_store, unbound, unbound_past

START = 1_000
SCHEMA = canonical_schema(BY_NAME["account"])
ROW = st.fixed_dictionaries({
    "id": st.sampled_from("abcd"), "name": st.sampled_from([None, "", "A", "B"]), "employees": st.sampled_from([None, 0, 1]),
    "deleted": st.sampled_from([None, True, False]), "created_at": st.sampled_from([None, 5, 1_001, 5_000])})
LOAD = st.tuples(st.lists(ROW, max_size=6), st.sampled_from(["crm", "files"]), st.integers(0, 2))


@dataclass
class Version:
    row: dict[str, Any]
    source: str
    known_at: int
    superseded_at: int | None = None

    def key(self) -> tuple[Any, ...]:
        return (*sorted(self.row.items()), self.source, self.known_at, self.superseded_at)


@dataclass
class Model:
    """All versions, newest last, by id."""

    versions: dict[str, list[Version]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)

    def load(self, rows: list[dict[str, Any]], source: str, at: int) -> set[str]:
        changed = set()
        for row in {row["id"]: row for row in rows}.values():
            versions = self.versions.setdefault(row["id"], [])
            if versions and versions[-1].row == row:
                continue
            known_at = at
            if versions:
                versions[-1].superseded_at = at
            elif source not in self.seen:
                known_at = min(at, row["created_at"] or 0)
            versions.append(Version(row, source, known_at))
            changed.add(row["id"])
        if rows:
            self.seen.add(source)
        self.changed |= changed
        return changed

    def known(self, at: int) -> dict[str, dict[str, Any]]:
        return {version.row["id"]: version.row for versions in self.versions.values() for version in versions
                if version.known_at <= at and (version.superseded_at is None or at < version.superseded_at)
                and (version.row["created_at"] or 0) <= at}


@pytest.fixture(scope="module")
def shared() -> Iterator[Engine]:
    """One engine for all examples: each makes only the tables that it fills anew."""
    engine = open_duckdb()
    yield engine
    engine.close()


@settings(max_examples=20, deadline=None)
@given(loads=st.lists(LOAD, min_size=1, max_size=6))
def test_loads_agree_with_the_model(shared: Engine, loads: list[tuple[list[dict[str, Any]], str, int]]) -> None:
    engine = shared
    for name in ("rec_account", "rec_account_past", "load_log", "changed"):
        engine.drop(name)
    create_store(engine)
    model, at, moments = Model(), START, {4, 5, START}
    for rows, source, pause in loads:
        at += pause
        moments |= {at - 1, at}
        batch = pa.Table.from_pylist(rows, schema=SCHEMA)
        changed = model.load(rows, source, at)
        report = load(engine, {"account": batch}, source, at).tables["account"]
        assert set(report.changed.to_pylist()) == changed
        assert report.read == report.inserted + report.updated + report.unchanged + report.duplicates == len(rows)
        _agree(engine, model)
        assert load(engine, {"account": batch}, source, at).changes == 0
        _agree(engine, model)
    for moment in (*moments, 9_999):
        found = {row["id"]: row for row in engine.query(as_known("account", moment)).to_pylist()}
        expected = {key: {**dict.fromkeys(SCHEMA.names), **row} for key, row in model.known(moment).items()}
        assert found == expected
    clear_changes(engine)
    assert pending_changes(engine) == {}


def _agree(engine: Engine, model: Model) -> None:
    stored = [*engine.query(unbound("account")).to_pylist(), *engine.query(unbound_past("account")).to_pylist()]
    found = sorted((_version(row).key() for row in stored), key=repr)
    expected = sorted((version.key() for versions in model.versions.values() for version in versions), key=repr)
    assert found == expected
    pending = pending_changes(engine).get("account")
    assert set(pending.to_pylist() if pending is not None else ()) == model.changed


def _version(row: dict[str, Any]) -> Version:
    kept = {name: row[name] for name in ("id", "name", "employees", "deleted", "created_at")}
    return Version(kept, row["record_source"], row["known_at"], row.get("superseded_at"))
