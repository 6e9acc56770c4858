"""Compiled SQL kept in the store: found again in another process, never believed where it is not what this program would make."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import pyarrow as pa
import pytest

from paceline.warehouse import compiled
from paceline.warehouse.compiled import COMPILED, Kept
from paceline.warehouse.engine import Engine


@pytest.fixture(autouse=True)
def _new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_known", {})


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a new process begins with."""
    monkeypatch.setattr(compiled, "_known", {})


class Counted:
    """A question, and how often it was made."""

    def __init__(self, limit: int = 1) -> None:
        self.made, self._limit = 0, limit

    def __call__(self) -> ibis.Table:
        self.made += 1
        rows = ibis.table({"n": "int64"}, name="number")
        return rows.filter(rows.n > self._limit).select(n=rows.n, word=ibis.literal("a"))


@pytest.fixture
def store(duckdb_engine: Engine) -> Engine:
    duckdb_engine.put("number", pa.table({"n": pa.array([1, 2, 3], pa.int64())}))
    return duckdb_engine


def test_a_new_process_needs_not_compile_again(store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Counted()
    kept = Kept(store, "settings")
    first = kept.get("some", asked)
    kept.save()
    forget(monkeypatch)
    again = Kept(store, "settings").get("some", asked)
    assert again == first
    assert again.reads == {"number"}
    assert asked.made == 1
    assert store.query(again).to_pylist() == [{"n": 2, "word": "a"}, {"n": 3, "word": "a"}]


def test_other_settings_find_nothing_and_replace_what_is_there(store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Kept(store, "settings"), Kept(store, "other settings")
    one.get("some", Counted())
    one.save()
    forget(monkeypatch)
    asked = Counted(2)
    assert store.query(other.get("some", asked)).num_rows == 1
    other.save()
    assert store.query(f"SELECT count(*) AS n FROM {COMPILED}").to_pylist() == [{"n": 1}]


def _damaged(engine: Engine) -> None:
    rows = engine.query(f"SELECT * FROM {COMPILED}")
    place = rows.column_names.index("sql")
    engine.put(COMPILED, rows.set_column(place, "sql", pa.array(["SELECT 7 AS n, 'x' AS word"] * rows.num_rows)))


def _of_another_shape(engine: Engine) -> None:
    engine.put(COMPILED, pa.table({"name": pa.array(["some"])}))


@pytest.mark.parametrize("spoil", [_damaged, _of_another_shape])
def test_what_is_spoilt_is_compiled_anew(store: Engine, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Engine], None]) -> None:
    kept = Kept(store, "settings")
    right = kept.get("some", Counted())
    kept.save()
    spoil(store)
    forget(monkeypatch)
    asked, mended = Counted(), Kept(store, "settings")
    assert mended.get("some", asked) == right
    assert asked.made == 1
    mended.save()
    forget(monkeypatch)
    assert Kept(store, "settings").get("some", asked) == right
    assert asked.made == 1


def test_a_name_that_means_two_things_is_told_where_it_is_looked_for(store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kept, "check", True)
    kept = Kept(store, "settings")
    kept.get("some", Counted(1))
    kept.get("some", Counted(1))
    with pytest.raises(AssertionError, match="some means two things"):
        kept.get("some", Counted(2))
