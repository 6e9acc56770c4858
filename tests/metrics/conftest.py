"""Random facts: nonsense as sales, but every fact full, so that properties of the arithmetic can be tried on every metric."""

from __future__ import annotations

import random
from typing import Any

import pytest

from paceline.facts import schema
from paceline.metrics.store import Store
from paceline.sales.records import Type
from tests.metrics.facts_by_hand import connections, day, stint, store_of

REPS = ("ann", "bob", "cat")
FIRST, LAST = day("2026-03-01"), day("2026-10-10")  # some rows lie after now
_WORDS: dict[str, tuple[str | None, ...]] = {
    "rep_id": (*REPS, None),
    "owner_id": REPS,
    "kind": ("email", "call", "meeting"),
    "direction": ("inbound", "outbound"),
    "level": ("director", "vp", "entry", None),
    "currency": ("EUR", "USD", None),
    "how": ("created", "transferred"),
    "metric": ("revenue", "dials"),
    "category": ("commit", "best_case"),
    "account_type": ("customer", "prospect", None),
    "source": ("web", "event", None),
}


def _value(column: Any, row: int, luck: random.Random) -> Any:
    if column.name in _WORDS:
        return luck.choice(_WORDS[column.name])
    if column.type is Type.FLAG:
        return luck.choice((True, True, False))
    if column.type is Type.DAY:
        return luck.randint(FIRST, LAST)
    if column.type is Type.AT:
        return luck.randint(FIRST, LAST) * 86_400 + luck.randint(0, 86_399)
    if column.type is Type.NUMBER:
        return luck.choice((None, round(luck.random(), 3)))
    if column.type is Type.TEXT:
        return f"{column.name[0]}{luck.randint(0, 15)}"
    return luck.choice((None, luck.randint(1, 90), luck.randint(-500, 50_000) if column.type is Type.CENTS else row % 7))


def _row(fact: schema.Fact, number: int, luck: random.Random) -> dict[str, Any]:
    row = {column.name: _value(column, number, luck) for column in fact.columns}
    if "from_day" in row:
        row["until_day"] = min(row["from_day"] + luck.randint(1, 90), schema.FOREVER)
    if "from_at" in row:
        row["from_at"], row["until_at"] = row["from_day"] * 86_400, row["until_day"] * 86_400
    if "last_day" in row:
        row["last_day"] = row["until_day"] - 1  # it ended at midnight
    if "day" in row and "at" in row:
        row["at"] = row["day"] * 86_400 + luck.randint(0, 86_399)
    return row


@pytest.fixture(scope="session")
def full_store() -> Store:
    """A store in which every fact has 80 random rows."""
    luck = random.Random(7)
    facts: dict[str, list[dict[str, Any]]] = {
        fact.name: [_row(fact, number, luck) for number in range(80)]
        for fact in schema.FACTS
        if fact.name not in ("stint", "connection", "person")
    }
    facts["stint"] = [
        stint("ann", None, "2026-08-01", team="North", role="AE", manager_id="cat"),
        stint("ann", "2026-08-01", None, team="South", role="AE", manager_id="cat"),
        stint("bob", team="South", role="SDR", manager_id="ann"),
        stint("cat", role="manager"),
    ]
    facts["connection"] = connections("ann", "bob")
    facts["rate"] = [{"currency": "USD", "day": number, "rate": 0.9} for number in range(FIRST - 400, LAST + 400)]
    records = {
        "account": [{"id": f"a{i}", "name": f"A{i}", "tier": ("A", "B", None)[i % 3]} for i in range(16)],
        "contact": [{"id": f"p{i}", "title": ("CEO", None)[i % 2]} for i in range(16)],
    }
    return store_of(facts, records)
