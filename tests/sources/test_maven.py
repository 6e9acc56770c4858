"""The real CRM sample, through its mapping file: the figures that are known of it."""

from __future__ import annotations

import csv
from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from paceline.sources.contract import Batch, ReadReport
from paceline.sources.files.read import read_folder
from tests.sources.holding import ROOT, held, shared_data


@pytest.fixture(scope="module")
def maven() -> tuple[Batch, ReadReport]:
    return held(*read_folder(shared_data("maven"), ROOT / "docs" / "examples" / "maven.toml"))


def stage(batch: Batch, name: str) -> pa.Table:
    return batch["opportunity"].filter(pc.equal(batch["opportunity"]["stage_id"], name))


def test_figures(maven: tuple[Batch, ReadReport]) -> None:
    batch, report = maven
    assert len(batch["opportunity"]) == 8_800
    won = stage(batch, "Won")
    assert (len(won), len(stage(batch, "Lost"))) == (4_238, 2_473)
    assert pc.sum(won["amount_cents"]).as_py() == 1_000_553_400
    created = won["created_at"].to_pylist()
    days = [close - begun // 86_400 for close, begun in zip(won["close_day"].to_pylist(), created, strict=True)]
    assert round(sum(days) / len(days), 2) == 51.78
    assert report.rejected.num_rows == 0


def test_reps(maven: tuple[Batch, ReadReport]) -> None:
    batch, _ = maven
    roles = Counter(batch["rep_role"]["role"].to_pylist())
    assert roles == {"AE": 35, "manager": 6}
    agents = batch["rep_role"].filter(pc.equal(batch["rep_role"]["role"], "AE"))
    assert set(agents["territory"].to_pylist()) == {"Central", "East", "West"}
    without = set(agents["rep_id"].to_pylist()) - set(batch["opportunity"]["owner_id"].to_pylist())
    assert len(without) == 5


def test_flaws(maven: tuple[Batch, ReadReport]) -> None:
    batch, report = maven
    deals = batch["opportunity"]
    with (shared_data("maven") / "sales_pipeline.csv").open(newline="") as file:
        raw = {row["opportunity_id"]: row for row in csv.DictReader(file)}
    assert set(deals["product_id"].to_pylist()) <= set(batch["product"]["id"].to_pylist())
    assert deals["account_id"].null_count == sum(not row["account"] for row in raw.values())
    assert deals["created_at"].null_count == sum(not row["engage_date"] for row in raw.values())
    assert stage(batch, "Lost")["amount_cents"].null_count == 2_473
    assert stage(batch, "Engaging")["amount_cents"].null_count == 1_589
    for row in deals.to_pylist():
        source = raw[row["id"]]
        cents = int(source["close_value"] or 0) * 100
        assert (row["amount_cents"] or 0) == cents
        assert row["currency"] == "USD"
    assert [problem.wrong for problem in report.problems if "account" in (problem.field or "")] == []
