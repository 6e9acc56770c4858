"""Any bytes at all: reading ends, in a report in which accepted + rejected = read, and nothing wrong-typed is let in."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.sources.contract import Batch, ReadReport
from paceline.sources.files.read import read_folder
from tests.sources.holding import held

HEAD = b"id,name,position,probability,outcome,accepted\n"
CELLS = st.sampled_from(
    [
        "1",
        "2",
        "x",
        "open",
        "won",
        '"',
        '""',
        '"a\nb"',
        "",
        "0.5",
        "1,5",
        "\0",
        "é",
        "true",
        "=1",
        " ",
        "2020-01-01",
        "-3",
        '"x""y"',
        "\t",
    ]
)
LINES = st.lists(st.lists(CELLS, min_size=1, max_size=8).map(",".join), max_size=12).map("\n".join)


def read(files: dict[str, bytes]) -> tuple[Batch, ReadReport]:
    with TemporaryDirectory() as name:
        for file, content in files.items():
            (Path(name) / file).write_bytes(content)
        return held(*read_folder(Path(name)))


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400), st.sampled_from(["rep.csv", "stage.tsv", "deal.txt", "rep.jsonl", "rep.parquet", "a.vtt", "a.rttm"])
)
def test_any_bytes(content: bytes, name: str) -> None:
    read({name: content})


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_below_a_header(content: bytes) -> None:
    read({"stage.csv": HEAD + content})


@settings(max_examples=200, deadline=None)
@given(LINES, st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_rows_made_of_traps(lines: str, codec: str) -> None:
    batch, _ = read({"stage.csv": (HEAD.decode() + lines).encode(codec)})
    for row in batch["stage"].to_pylist() if "stage" in batch else []:
        assert row["outcome"] in ("open", "won", "lost")
        assert row["probability"] is None or 0 <= row["probability"] <= 1
        assert row["position"] >= 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "x", "email"]), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(JSON | st.dictionaries(st.sampled_from(["id", "name", "hired_day", "time_zone"]), JSON, max_size=4), max_size=6))
def test_any_json(rows: list[object]) -> None:
    read({"rep.jsonl": "\n".join(json.dumps(row) for row in rows).encode("utf-8", "replace")})


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="WEBVTT\n:->0123456789. <v>Ann/", max_size=200))
def test_any_transcript(text: str) -> None:
    read({"a.vtt": b"WEBVTT\n\n" + text.encode(), "b.rttm": b"SPEAKER a 1 " + text.encode()})


NAMES = st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cn"]), min_size=1, max_size=12)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(NAMES, st.integers(-(10**12), 10**12), st.integers(0, 40_000), st.booleans()), max_size=15))
def test_what_is_written_is_read_back_from_every_kind_of_file(rows: list[tuple[str, int, int, bool]]) -> None:
    table = pa.table(
        {
            "id": pa.array([f"o{index}" for index in range(len(rows))], pa.string()),
            "stage_id": pa.array(["s"] * len(rows), pa.string()),
            "name": pa.array([row[0] for row in rows], pa.string()),
            "amount_cents": pa.array([row[1] for row in rows], pa.int64()),
            "close_day": pa.array([row[2] for row in rows], pa.int32()).cast(pa.date32()),
            "deleted": pa.array([row[3] for row in rows], pa.bool_()),
        }
    )
    records = [{**row, "close_day": row["close_day"].isoformat()} for row in table.to_pylist()]
    head = ",".join(table.schema.names)
    quoted = ['"' + '","'.join(str(value).replace('"', '""') for value in row.values()) + '"' for row in records]
    with TemporaryDirectory() as name:
        stage = "id,name,position,outcome\ns,S,1,open\n"
        for kind in ("csv", "jsonl", "parquet"):
            folder = Path(name) / kind
            folder.mkdir()
            (folder / "stage.csv").write_text(stage)
            if kind == "csv":
                (folder / "opportunity.csv").write_text("\n".join([head, *quoted]), encoding="utf-8", newline="")
            elif kind == "jsonl":
                (folder / "opportunity.jsonl").write_text("\n".join(json.dumps(row) for row in records))
            else:
                pq.write_table(table, folder / "opportunity.parquet")
            batch, report = held(*read_folder(folder))
            assert report.rejected.num_rows == 0
            found = batch.get("opportunity", table.slice(0, 0).append_column("x", pa.nulls(0)))
            assert found["amount_cents"].to_pylist() == [row[1] for row in rows]
            assert found["name"].to_pylist() == [row[0] for row in rows]
            assert found["close_day"].to_pylist() == [row[2] for row in rows]
            assert found["deleted"].to_pylist() == [row[3] for row in rows]
