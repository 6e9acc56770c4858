"""What every engine must do alike. The `engine` fixture runs each test on all of them."""

from __future__ import annotations

import math

import ibis
import pyarrow as pa
import pytest

from paceline.warehouse.engine import Engine

SCHEMA = {"k": "string", "n": "int64", "d": "int32", "f": "float64", "b": "boolean"}
T = ibis.table(SCHEMA, name="t")
ROWS = pa.table({
    "k": pa.array(["a", "", None, 'q"u,o\nte', "ü"]),
    "n": pa.array([1, None, 2**62, -3, 0], pa.int64()),
    "d": pa.array([20000, None, -1, 0, 5], pa.int32()),
    "f": pa.array([0.1, None, 1e300, -0.0, 1 / 3]),
    "b": pa.array([True, None, False, True, False]),
})


@pytest.fixture
def filled(engine: Engine) -> Engine:
    engine.put("t", ROWS)
    return engine


def rows(table: pa.Table) -> list[dict[str, object]]:
    return sorted(table.to_pylist(), key=repr)


def test_what_is_put_comes_back_the_same(filled: Engine) -> None:
    found = filled.query(T)
    assert found.schema == ROWS.schema
    assert rows(found) == rows(ROWS)


def test_put_replaces_and_append_adds_by_name(filled: Engine) -> None:
    filled.put("t", ROWS.slice(0, 1))
    filled.append("t", pa.table({"n": pa.array([7], pa.int64()), "k": ["z"]}))
    assert rows(filled.query(T)) == rows(pa.concat_tables([ROWS.slice(0, 1), pa.table({
        "k": ["z"], "n": pa.array([7], pa.int64()), "d": pa.array([None], pa.int32()), "f": pa.array([None], pa.float64()),
        "b": pa.array([None], pa.bool_())})]))


def test_empty_tables_keep_their_types(engine: Engine) -> None:
    engine.put("t", ROWS.schema.empty_table())
    assert engine.query(T).schema == ROWS.schema
    assert engine.query(T).num_rows == 0
    assert engine.schema("t") == ROWS.schema


def test_one_column_of_nulls(engine: Engine) -> None:
    engine.put("t", pa.table({"k": pa.array([None, "", None], pa.string())}))
    found = engine.query(ibis.table({"k": "string"}, name="t"))
    assert rows(found) == [{"k": ""}, {"k": None}, {"k": None}]


def test_arrow_variants_are_normalised(engine: Engine) -> None:
    engine.put("t", pa.table({
        "k": pa.array(["a", "b"]).dictionary_encode(), "n": pa.array([1, 2], pa.int16()), "f": pa.array([1.5, 2.5], pa.float32()),
        "u": pa.array(["x", None], pa.large_string()), "z": pa.nulls(2)}))
    assert engine.schema("t") == pa.schema(
        [("k", pa.string()), ("n", pa.int64()), ("f", pa.float64()), ("u", pa.string()), ("z", pa.string())])


def test_types_outside_the_kernel_are_refused_by_name(engine: Engine) -> None:
    with pytest.raises(TypeError, match="'when'"):
        engine.put("t", pa.table({"when": pa.array([0], pa.timestamp("s"))}))


def test_results_have_one_type_everywhere(filled: Engine) -> None:
    t = T.filter(T.n < 100)
    found = filled.query(t.agg(
        s=t.n.sum(), sd=t.d.sum(), sf=t.f.sum(), c=t.count(), m=t.n.mean(), yes=t.b.sum(), one=(t.n * 0 + 1).max().cast("int8"),
        share=t.n.sum().cast("float64") / t.count().nullif(0)))
    assert found.schema == pa.schema([
        ("s", pa.int64()), ("sd", pa.int64()), ("sf", pa.float64()), ("c", pa.int64()), ("m", pa.float64()), ("yes", pa.int64()),
        ("one", pa.int64()), ("share", pa.float64())])
    row = found.to_pylist()[0]
    assert (row["s"], row["sd"], row["c"], row["yes"]) == (-2, 20005, 3, 2)
    assert math.isclose(row["m"], -2 / 3)
    assert math.isclose(row["share"], -2 / 3)


def test_stored_results_have_the_same_types(filled: Engine) -> None:
    filled.create("sums", T.filter(T.n < 100).group_by("b").agg(s=T.n.sum(), m=T.n.mean(), d=T.d.max()))
    assert filled.schema("sums") == pa.schema([("b", pa.bool_()), ("s", pa.int64()), ("m", pa.float64()), ("d", pa.int32())])
    sums = ibis.table({"b": "boolean", "s": "int64", "m": "float64", "d": "int32"}, name="sums")
    filled.insert("sums", sums.select("b", "s"))
    assert filled.query(sums.filter(sums.d.isnull())).num_rows == 2


def test_sql_text_sums(filled: Engine) -> None:
    found = filled.query("SELECT sum(n) AS s, avg(n) AS m, sum(f) AS f, count(*) AS c FROM t WHERE n < 100")
    assert found.schema.types == [pa.int64(), pa.float64(), pa.float64(), pa.int64()]


def test_exact_interpolated_quantiles(engine: Engine) -> None:
    t = ibis.table({"g": "string", "n": "int64"}, name="t")
    engine.put("t", pa.table({"g": ["a"] * 5 + ["b"], "n": pa.array([1, 2, 4, 10, None, None], pa.int64())}))
    found = engine.query(t.group_by("g").agg(
        median=t.n.median(), p75=t.n.quantile(0.75), p90=t.n.quantile(0.9, where=t.n < 10)).order_by("g"))
    assert found.schema.types == [pa.string(), pa.float64(), pa.float64(), pa.float64()]
    first, second = found.to_pylist()
    assert (first["median"], first["p75"]) == (3.0, 5.5)
    assert math.isclose(first["p90"], 3.6)
    assert second == {"g": "b", "median": None, "p75": None, "p90": None}


def test_create_may_read_what_it_replaces(filled: Engine) -> None:
    filled.create("t", T.filter(T.k == "a"))
    filled.create("t", T.union(T))
    assert filled.query(T).num_rows == 2


def test_a_scratch_table_is_read_and_replaced_as_any_other_and_dropped(filled: Engine) -> None:
    rows = ibis.table({"k": "string"}, name="scratched")
    with filled.transaction():
        for key in ("ü", "a"):
            filled.scratch("scratched", T.filter(T.k == key).select("k"))
        assert filled.query(rows)["k"].to_pylist() == ["a"]
        filled.delete_matching("t", "scratched", ("k",))
        filled.drop("scratched")
    assert "a" not in filled.query(T)["k"].to_pylist()
    assert "scratched" not in filled.tables()


@pytest.mark.parametrize("kind", ["name", "arrow", "expression"])
def test_delete_matching(filled: Engine, kind: str) -> None:
    keys = pa.table({"k": ["a", "a", "ü", None], "d": pa.array([20000, 20000, 6, 0], pa.int32())})
    if kind == "arrow":
        filled.delete_matching("t", keys, ("k", "d"))
    else:
        filled.put("keys", keys)
        expression = ibis.table({"k": "string", "d": "int32"}, name="keys")
        filled.delete_matching("t", "keys" if kind == "name" else expression, ("k", "d"))
    assert {row["k"] for row in filled.query(T).to_pylist()} == {"", None, 'q"u,o\nte', "ü"}
    assert filled.tables() - {"keys"} == {"t"}


def test_text_is_ordered_by_code_point(engine: Engine) -> None:
    t = ibis.table({"k": "string"}, name="t")
    engine.put("t", pa.table({"k": ["b", "B", "a", "ä", "Z"]}))
    assert engine.query(t.order_by("k"))["k"].to_pylist() == ["B", "Z", "a", "b", "ä"]
    engine.create("u", t)
    u = ibis.table({"k": "string"}, name="u")
    assert engine.query(u.agg(low=u.k.min(), high=u.k.max())).to_pylist() == [{"low": "B", "high": "ä"}]


def test_strip_takes_white_space_alone(engine: Engine) -> None:
    words = ["view of", " \tview of\n", "\r\v\f", "fff", ""]
    engine.put("said", pa.table({"word": words}))
    said = ibis.table({"word": "string"}, name="said")
    stripped = engine.query(said.select("word", bare=said.word.strip())).to_pylist()
    assert {row["word"]: row["bare"] for row in stripped} == {word: word.strip() for word in words}


def test_tables_drop_and_index(filled: Engine) -> None:
    filled.index("t", ("k",))
    filled.index("t", ("k",))
    assert filled.tables() == {"t"}
    filled.drop("t")
    filled.drop("t")
    assert filled.tables() == set()


def test_names_are_checked(engine: Engine) -> None:
    with pytest.raises(ValueError, match="no table name"):
        engine.put('x"; DROP TABLE t', ROWS)


def test_transactions_are_all_or_nothing(filled: Engine) -> None:
    if filled.dialect == "pyspark":
        pytest.skip("Spark has no transactions: documented")
    with pytest.raises(RuntimeError, match="stop"), filled.transaction():  # noqa: PT012
        filled.put("u", ROWS)
        with filled.transaction():
            filled.delete_matching("t", ROWS.select(["k"]), ("k",))
        filled.create("t", T.limit(0))
        raise RuntimeError("stop")
    assert filled.tables() == {"t"}
    assert filled.query(T).num_rows == ROWS.num_rows
    with filled.transaction():
        filled.put("u", ROWS)
        filled.append("t", ROWS)
    assert filled.tables() == {"t", "u"}
    assert filled.query(T).num_rows == 2 * ROWS.num_rows


def test_lent_rows_are_seen_and_not_stored(filled: Engine) -> None:
    keys = ibis.table({"k": "string"}, name="keys")
    with filled.lent("keys", pa.table({"k": ["a", "ü", "?"]})):
        assert {row["k"] for row in filled.query(T.semi_join(keys, "k")).to_pylist()} == {"a", "ü"}
    with filled.lent("keys", pa.table({"k": pa.array([], pa.string())})):
        assert filled.query(T.semi_join(keys, "k")).num_rows == 0
    assert filled.tables() == {"t"}
