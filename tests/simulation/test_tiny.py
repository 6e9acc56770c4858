"""The small nasty company: canonical, quick, always the same, and rich in what goes wrong."""

from __future__ import annotations

import time
from collections import Counter
from functools import cache
from typing import Any

import pytest

from paceline.sales.records import TABLES
from paceline.simulation import Company
from paceline.simulation.conform import problems
from paceline.simulation.random_company import tiny

SEEDS = range(20)


@cache
def nasty(seed: int) -> Company:
    return tiny(seed)


@cache
def rows(table: str) -> list[dict[str, Any]]:
    """The table's rows of all seeds."""
    return [row for seed in SEEDS for row in nasty(seed).records[table].to_pylist()]


@pytest.mark.parametrize("seed", SEEDS)
def test_records_are_canonical(seed: int) -> None:
    assert problems(nasty(seed).records) == []


def test_same_seed_same_bytes_and_quick() -> None:
    nasty(3)
    began = time.process_time()
    again = tiny(3)
    assert time.process_time() - began < 0.5
    assert all(again.records[name].equals(table) for name, table in nasty(3).records.items())


def test_size() -> None:
    records = nasty(0).records
    assert 600 < sum(len(records[name]) for name in ("email", "call", "meeting")) < 1100
    assert len(records["opportunity"]) == 60


@pytest.mark.parametrize("table", [one.name for one in TABLES])
def test_nulls_wherever_allowed(table: str) -> None:
    one = next(one for one in TABLES if one.name == table)
    always = {column.name for column in one.columns if not any(row[column.name] is None for row in rows(table))}
    # What a row is nothing without is never left out.
    assert always - {column.name for column in one.columns if column.required} <= {"deleted", "test", "accepted"}


def test_changes_in_the_same_second() -> None:
    changes = nasty(0).records["opportunity_change"].to_pylist()
    times = Counter((row["opportunity_id"], row["field"], row["changed_at"]) for row in changes)
    assert sum(count > 1 for count in times.values()) >= 5


def test_reopened_twice() -> None:
    stages = {row["id"]: row["outcome"] for row in nasty(0).records["stage"].to_pylist()}
    reopened: Counter[str] = Counter()
    for row in nasty(0).records["opportunity_change"].to_pylist():
        if row["field"] == "stage" and row["old"] and stages[row["old"]] != "open" and stages[row["new"]] == "open":
            reopened[row["opportunity_id"]] += 1
    assert sum(count >= 2 for count in reopened.values()) >= 3


@pytest.mark.parametrize("table", ["account", "contact", "opportunity", "lead"])
def test_chained_merges_end(table: str) -> None:
    target = {row["id"]: row["merged_into_id"] for row in nasty(1).records[table].to_pylist()}
    lengths = []
    for start in target:
        seen, here = {start}, target[start]
        while here is not None:
            assert here not in seen
            seen.add(here)
            here = target[here]
        lengths.append(len(seen) - 1)
    assert max(lengths) >= 2


def test_people_at_two_accounts() -> None:
    accounts: dict[str, set[str]] = {}
    for row in nasty(0).records["contact"].to_pylist():
        if row["email"] and row["account_id"]:
            accounts.setdefault(row["email"].strip().lower(), set()).add(row["account_id"])
    assert any(len(found) > 1 for found in accounts.values())


def test_several_companies_in_one_mail() -> None:
    domains: dict[str, set[str]] = {}
    for row in nasty(0).records["email_recipient"].to_pylist():
        domains.setdefault(row["email_id"], set()).add(row["address"].strip().lower().partition("@")[2])
    assert sum(len(found) > 2 for found in domains.values()) >= 20


def test_roles_change_within_a_quarter() -> None:
    assert any(row["until_day"] is not None for row in rows("rep_role"))


def test_split_shares_add_up() -> None:
    for seed in SEEDS:
        shares: Counter[str] = Counter()
        for row in nasty(seed).records["opportunity_split"].to_pylist():
            shares[row["opportunity_id"]] += row["share"]
        assert all(abs(total - 1) < 1e-9 for total in shares.values())
