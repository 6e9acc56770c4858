"""Companies as files: Parquet with the canonical types, CSV as people write it, and the command that makes them."""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
from typer.testing import CliRunner

from paceline.sales.records import TABLES
from paceline.simulation import SIZES, simulate, stream_company, write_csv, write_parquet
from paceline.simulation.__main__ import app
from paceline.simulation.random_company import tiny
from paceline.simulation.tables import schema

UNTIL = date(2026, 7, 1)


def test_parquet_of_a_stream_is_the_company(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    rows = write_parquet(stream_company(SIZES["demo"], 7, UNTIL), tmp_path, lambda done, total: seen.append((done, total)))
    whole = simulate(SIZES["demo"], 7, UNTIL).records
    assert seen[-1] == (8, 8)
    for table in TABLES:
        stored = pq.read_table(tmp_path / f"{table.name}.parquet")
        assert stored.schema == schema(table.name)
        assert rows[table.name] == len(stored) == len(whole[table.name])
    assert pq.read_table(tmp_path / "email.parquet").combine_chunks().equals(whole["email"])


def test_csv_reads_as_people_write(tmp_path: Path) -> None:
    company = tiny(1)
    write_csv(company, tmp_path)
    deal = company.records["opportunity"].to_pylist()[3]
    with (tmp_path / "opportunity.csv").open(encoding="utf-8", newline="") as file:
        shown = list(csv.DictReader(file))[3]
    assert shown["id"] == deal["id"]
    assert shown["amount"] == ("" if deal["amount_cents"] is None else f"{deal['amount_cents'] / 100:.2f}")
    assert shown["close_day"] == "" or date.fromisoformat(shown["close_day"]).toordinal() - 719_163 == deal["close_day"]
    assert shown["created_at"] == "" or shown["created_at"].endswith("Z")


def test_command(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["demo", "--seed", "3", "--until", "2026-07-01", "--out", str(tmp_path / "made")])
    assert told.exit_code == 0, told.output
    assert len(list((tmp_path / "made").glob("*.parquet"))) == len(TABLES)
    truths = tomllib.loads((tmp_path / "made" / "truths.toml").read_text(encoding="utf-8"))["truth"]
    assert {row["kind"] for row in truths} >= {"meetings_drop", "stuck", "ramp", "departed", "leave"}


def test_command_says_which_sizes_there_are(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["huge", "--out", str(tmp_path)])
    assert told.exit_code == 2
    assert "demo" in told.output
