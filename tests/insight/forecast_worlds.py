"""The plain tables that forecasts are tested on: Maven's public CRM data, and simulated companies."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from paceline.insight.pipeline import Opportunities
from paceline.simulation import Size, stream_company

SHARED = Path(os.environ.get("PACELINE_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
DAY = 86_400


def maven_columns() -> dict[str, list[Any]]:
    """Maven's opportunities: engaged is created, lost ones have the value 0; products are known at the opening."""
    folder = SHARED / "maven"
    if not (folder / "sales_pipeline.csv").exists():
        pytest.skip(f"the Maven data isn't in {folder}")
    with (folder / "sales_teams.csv").open() as lines:
        team = {row["sales_agent"]: row["manager"] for row in csv.DictReader(lines)}
    with (folder / "sales_pipeline.csv").open() as lines:
        rows = [row for row in csv.DictReader(lines) if row["engage_date"]]
    return {
        "opportunity_id": [row["opportunity_id"] for row in rows],
        "rep_id": [row["sales_agent"] for row in rows],
        "team": [team[row["sales_agent"]] for row in rows],
        "created_day": [_day(row["engage_date"]) for row in rows],
        "closed_day": [_day(row["close_date"]) if row["close_date"] else None for row in rows],
        "won": [row["deal_stage"] == "Won" for row in rows],
        "amount_cents": [100 * int(row["close_value"]) if row["close_value"] else None for row in rows],
        "size_band": [row["product"] for row in rows],
        "account": [row["account"] or None for row in rows],
    }


def maven() -> Opportunities:
    return Opportunities.from_columns(maven_columns())


def simulated(size: Size, seed: int, until: date = date(2026, 7, 1)) -> Opportunities:
    """The deals of a simulated company, with the owners and amounts of each day; cents as they are, in the deal's currency."""
    tables = next(iter(stream_company(size, seed, until).parts()))
    deal = {
        name: tables["opportunity"][name].to_pylist() for name in ("id", "owner_id", "created_at", "stage_id", "amount_cents")
    }
    close = tables["opportunity"]["close_day"].to_pylist()
    home: dict[str, tuple[str, str]] = {}
    for row in tables["rep_role"].select(["rep_id", "team", "segment"]).to_pylist():
        home[row["rep_id"]] = (row["team"] or "", row["segment"] or "")
    good = [row for row, at in enumerate(deal["created_at"]) if at is not None]
    closed = [close[row] if deal["stage_id"][row] in ("stage-6", "stage-7") else None for row in good]
    created = [int(deal["created_at"][row]) // DAY for row in good]
    owner = [str(deal["owner_id"][row]) for row in good]
    moved = tables["opportunity_change"].select(["opportunity_id", "field", "old", "new", "changed_at"]).to_pylist()
    first: dict[tuple[str, str], Any] = {}
    later: dict[str, list[tuple[int, str, Any]]] = {}
    for row in moved:
        if row["field"] in ("owner", "amount"):
            first.setdefault((row["opportunity_id"], row["field"]), row["old"])
            later.setdefault(row["opportunity_id"], []).append((row["changed_at"] // DAY, row["field"], row["new"]))
    columns: dict[str, list[Any]] = {
        "opportunity_id": [deal["id"][row] for row in good],
        "rep_id": owner,
        "team": [home[name][0] for name in owner],
        "created_day": created,
        "closed_day": [None if end is None else max(end, start) for end, start in zip(closed, created, strict=True)],
        "won": [deal["stage_id"][row] == "stage-6" for row in good],
        "amount_cents": [deal["amount_cents"][row] for row in good],
        "size_band": [home[name][1] for name in owner],
    }
    changes: dict[str, list[Any]] = {name: [] for name in ("opportunity_id", "from_day", "rep_id", "amount_cents")}
    for at, name in enumerate(columns["opportunity_id"]):
        now = {"owner": first.get((name, "owner"), owner[at])}
        now["amount"] = first.get((name, "amount"), columns["amount_cents"][at])
        for day, field, new in [(created[at], "owner", now["owner"]), *later.get(name, [])]:
            now[field] = new
            amount = None if now["amount"] in (None, "") else int(now["amount"])
            for column, value in zip(changes.values(), (name, day, now["owner"], amount), strict=True):
                column.append(value)
    columns["opening_cents"] = [
        None if value in (None, "") else int(value)
        for value in (
            first.get((name, "amount"), amount)
            for name, amount in zip(columns["opportunity_id"], columns["amount_cents"], strict=True)
        )
    ]
    return Opportunities.from_columns(columns, changes)


def steady(seed: int = 0, reps: int = 4, days: int = 400) -> dict[str, list[Any]]:
    """A small company where nothing changes: 0.4 deals a rep and day, a third won, after 5 to 40 days, for 1000 each."""
    rng = np.random.default_rng(seed)
    columns: dict[str, list[Any]] = {
        name: [] for name in ("opportunity_id", "rep_id", "team", "created_day", "closed_day", "won", "amount_cents")
    }
    for rep in range(reps):
        for start in np.flatnonzero(rng.random(days) < 0.4).tolist():
            end = start + int(rng.integers(5, 41))
            won = bool(rng.random() < 1 / 3)
            row = (
                f"{rep}-{start}",
                f"rep {rep}",
                f"team {rep % 2}",
                start,
                end if end < days else None,
                won and end < days,
                None,
            )
            for column, value in zip(columns.values(), row, strict=True):
                column.append(value)
    columns["amount_cents"] = [
        100_000 if won else (None if end is None else 0) for won, end in zip(columns["won"], columns["closed_day"], strict=True)
    ]
    return columns


def _day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days
