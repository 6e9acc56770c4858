"""A made-up company, exported under Salesforce's names: connected by the guess alone, its records are what they were."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from paceline.simulation.random_company import tiny
from paceline.sources.connecting.feed import Plan
from paceline.sources.connecting.planned import planned, to_write
from paceline.sources.connecting.written import write_plan
from paceline.sources.files.mapping import FileMapping
from paceline.sources.files.read import read_folder
from tests.sources.holding import held

Rows = list[dict[str, Any]]


def _instant(at: int | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _day(of: int | None) -> str | None:
    return None if of is None else (date(1970, 1, 1) + timedelta(days=of)).isoformat()


def _export(folder: Path, records: Mapping[str, Rows]) -> None:
    stages = {row["id"]: row["name"] for row in records["stage"]}
    reps, deals = records["rep"], records["opportunity"]
    files: dict[str, Iterable[dict[str, Any]]] = {
        "User.csv": (
            {"Id": row["id"], "Name": row["name"], "Email": row["email"], "IsActive": "true"} for row in reps),
        "Account.csv": (
            {"Id": row["id"], "IsDeleted": str(bool(row["deleted"])).lower(), "Name": row["name"], "Industry": row["industry"],
             "NumberOfEmployees": row["employees"], "CreatedDate": _instant(row["created_at"])} for row in records["account"]),
        "Opportunity.csv": (
            {"Id": row["id"], "IsDeleted": str(bool(row["deleted"])).lower(), "AccountId": row["account_id"],
             "Name": row["name"], "StageName": stages[row["stage_id"]],
             "Amount": None if row["amount_cents"] is None else f"{row['amount_cents'] / 100:.2f}",
             "CurrencyIsoCode": row["currency"], "CloseDate": _day(row["close_day"]), "OwnerId": row["owner_id"],
             "CreatedDate": _instant(row["created_at"]), "LastActivityDate": None, "Custom_1__c": "x"} for row in deals),
    }  # fmt: skip
    for name, rows in files.items():
        told = list(rows)
        with (folder / name).open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.DictWriter(file, told[0], quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows(told)


@pytest.mark.parametrize("seed", [1, 4])
def test_records_come_back_as_they_were(tmp_path: Path, seed: int) -> None:
    company = tiny(seed)
    records = {name: rows.to_pylist() for name, rows in company.records.items()}
    _export(tmp_path, records)
    found = planned(tmp_path, Plan(), FileMapping(), company.settings)
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(write_plan("", to_write(found, found.files, company.settings, found.plan)), encoding="utf-8")
    batch, _report = held(*read_folder(tmp_path, mapping, None, company.settings))
    stages = {row["id"]: row["name"] for row in records["stage"]}
    columns = ("id", "account_id", "owner_id", "amount_cents", "close_day", "created_at")
    came = {row["id"]: row for row in batch["opportunity"].to_pylist()}
    assert came.keys() == {row["id"] for row in records["opportunity"]}
    for row in records["opportunity"]:
        told = came[row["id"]]
        assert {name: told[name] for name in columns} == {name: row[name] for name in columns}
        assert told["stage_id"] == stages[row["stage_id"]]
    assert {row["id"]: row["email"] for row in batch["rep"].to_pylist()} == {row["id"]: row["email"] for row in records["rep"]}
