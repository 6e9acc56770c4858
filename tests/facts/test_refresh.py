"""A refresh after a load gives the same tables as a full build, whatever the load, and touches what it must alone."""

from __future__ import annotations

import random

import pytest

from paceline.facts import build
from paceline.facts.refresh import Touched, refresh
from paceline.warehouse.engine import Engine
from paceline.warehouse.load import clear_changes, load
from paceline.warehouse.store import create_store
from tests.facts.small import PARIS, STAGES, Row, at, batch

REPS: list[Row] = [{"id": name, "name": name, "email": f"{name}@us.example", "time_zone": zone} for name, zone in (
    ("ana", "Europe/Paris"), ("bob", "America/New_York"), ("syd", "Australia/Sydney"))]
OPEN = ("new", "demo", "offer")
START, DAY = at("2026-01-05T09:00"), 86_400


class Company:
    """A small company that lives on from load to load: each `batch` holds some new and some changed records."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.deals: dict[str, Row] = {}
        self.number = 0

    def next_id(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def when(self) -> int:
        return START + self.random.randrange(60 * DAY)

    def rep(self) -> str:
        return str(self.random.choice(REPS)["id"])

    def deal(self) -> Row:
        row: Row = {
            "id": self.next_id("O"), "account_id": f"A{self.random.randrange(12)}", "owner_id": self.rep(), "stage_id": "new",
            "created_at": self.when(), "amount_cents": self.random.choice([None, 0, 1000, 2500]), "close_day": 20_500,
            "product_id": "X"}
        self.deals[str(row["id"])] = row
        return row

    def change(self, deal: Row) -> Row:
        field = self.random.choice(["stage", "owner", "amount"])
        column = {"stage": "stage_id", "owner": "owner_id", "amount": "amount_cents"}[field]
        new = {"stage": self.random.choice([*OPEN, "won", "lost"]), "owner": self.rep(),
               "amount": self.random.choice([500, 900])}[field]
        old, deal[column] = deal[column], new
        return {"id": self.next_id("h"), "opportunity_id": deal["id"], "field": field, "old": None if old is None else str(old),
                "new": str(new), "changed_at": self.when(), "changed_by_id": self.rep()}

    def batch(self, new: int, changed: int) -> dict[str, list[Row]]:
        fresh = [self.deal() for _ in range(new)]
        moved = self.random.sample(sorted(self.deals), min(changed, len(self.deals)))
        changes = [self.change(self.deals[name]) for name in moved for _ in range(2)]
        deals = {row["id"]: row for row in (*fresh, *(self.deals[name] for name in moved))}
        rows: dict[str, list[Row]] = {"opportunity": list(deals.values()), "opportunity_change": changes}
        if moved and self.random.random() < 0.7:
            rows["line_item"] = [{"id": self.next_id("l"), "opportunity_id": moved[0], "product_id": "Y", "quantity": 2.0,
                                  "sold_cents": 700}]
            rows["opportunity_split"] = [{"id": self.next_id("s"), "opportunity_id": moved[0], "rep_id": self.rep(),
                                          "share": 0.5}]
        if self.random.random() < 0.5:
            rows["account"] = [{"id": f"A{self.random.randrange(12)}", "type": self.random.choice(["small", "big"]),
                                "segment": "any"}]
        return rows

    def rare(self) -> dict[str, list[Row]]:
        """What concerns everyone: merged and deleted deals, a merged account, a rate, a rep who moved, activities."""
        names = self.random.sample(sorted(self.deals), 3)
        self.deals[names[0]]["merged_into_id"], self.deals[names[2]]["deleted"] = names[1], True
        mail = self.next_id("m")
        return {
            "opportunity": [self.deals[name] for name in names], "account": [{"id": "A1", "merged_into_id": "A2"}],
            "exchange_rate": [{"id": "r1", "currency": "USD", "from_day": 20_450, "rate": 0.9}],
            "rep": [{**REPS[1], "time_zone": "Asia/Kolkata"}],
            "contact": [{"id": "C1", "account_id": "A3", "email": "kim@them.example", "title": "Director"}],
            "lead": [{"id": "L1", "email": "lee@them.example", "created_at": START}],
            "email": [{"id": mail, "rep_id": "ana", "direction": "outbound", "sent_at": START + 40 * DAY,
                       "from_address": "ana@us.example"}],
            "email_recipient": [{"id": self.next_id("t"), "email_id": mail, "address": address} for address in (
                "kim@them.example", "lee@them.example")]}


def tables(engine: Engine) -> dict[str, list[object]]:
    names = [f"ref_{name}" for name in ("zone_offset", "rate", "workday", "survivor", "title")]
    names += [build.fact_of(name).table for name in build.BUILDERS]
    return {name: sorted((tuple(row.values()) for row in engine.query(f"SELECT * FROM {name}").to_pylist()),
                         key=repr) for name in names}


@pytest.mark.parametrize("seed", range(1))
def test_refresh_after_random_loads_gives_what_a_full_build_gives(duckdb_engine: Engine, seed: int) -> None:
    engine, company = duckdb_engine, Company(seed)
    create_store(engine)
    load(engine, batch({"rep": REPS, "stage": STAGES, **company.batch(40, 15)}), "test", at("2026-06-01T00:00"))
    assert refresh(engine, PARIS)["outcome"] == "whole"
    for number, rows in enumerate([company.batch(2, 2), company.batch(0, 3), company.rare(), company.batch(1, 1)]):
        load(engine, batch(rows), "test", at("2026-06-02T00:00") + number)
        refresh(engine, PARIS)
        refreshed = tables(engine)
        build.build(engine, PARIS)
        built = tables(engine)
        for name, rows_built in built.items():
            assert refreshed[name] == rows_built, name
    assert not [name for name in engine.tables() if name.startswith("part_")]


def test_a_few_changed_deals_are_redone_alone(duckdb_engine: Engine) -> None:
    engine, company = duckdb_engine, Company(7)
    seen: list[Touched] = []
    create_store(engine)
    load(engine, batch({"rep": REPS, "stage": STAGES, **company.batch(60, 20)}), "test", at("2026-06-01T00:00"))
    build.build(engine, PARIS)
    clear_changes(engine)
    load(engine, batch({"opportunity": [{**company.deals["O1"], "account_id": "A99", "amount_cents": 77}]}), "test",
         at("2026-06-02T00:00"))
    done = refresh(engine, PARIS, after=seen.append)
    assert {done[name] for name in ("timeline", "life", "span", "move", "opportunity")} == {"part"}
    assert "person" not in done
    assert "goal" not in done
    redone = seen[0]["move"]
    assert redone is not None
    assert redone.column_names == ["rep_id", "day"]
    assert redone.num_rows < 20


def test_nothing_loaded_touches_nothing(duckdb_engine: Engine) -> None:
    create_store(duckdb_engine)
    load(duckdb_engine, batch({"rep": REPS, "stage": STAGES, "opportunity": [Company(1).deal()]}), "test")
    refresh(duckdb_engine, PARIS)
    assert refresh(duckdb_engine, PARIS) == {}
