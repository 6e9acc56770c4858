"""Facts of activities, refreshed after loads of a nasty company in pieces, are those of a full build, row by row; and what is
told of changed days is enough to keep a table by rep and day up to date."""

from __future__ import annotations

from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from paceline.facts import build, refresh
from paceline.facts.activity_refresh import BLOCKERS, CONCERNING
from paceline.facts.queries import Queries
from paceline.facts.tables import Tables
from paceline.sales.records import BY_NAME
from paceline.simulation.random_company import tiny
from paceline.warehouse.engine import Engine
from paceline.warehouse.load import clear_changes, load
from paceline.warehouse.store import create_store
from tests.facts.test_refresh import tables

Records = dict[str, pa.Table]
PARENTS = {"email_recipient": "email", "call_turn": "call", "meeting_attendee": "meeting", "opportunity_contact": "opportunity"}
# Columns whose values a later version of a record may swap with another one's.
EDITED = {"email": ("from_address", "thread_id", "sent_at", "automated"), "email_recipient": ("address",),
          "call": ("contact_id", "address", "started_at", "disposition"), "call_turn": ("end_ms",),
          "meeting": ("start_at", "status"), "meeting_attendee": ("response", "address", "meeting_id"),
          "contact": ("email", "account_id", "title"), "lead": ("email", "owner_id"), "lead_assignment": ("rep_id",),
          "account": ("domain",), "opportunity_contact": ("contact_id", "buying_role"),
          "opportunity": ("owner_id", "account_id", "stage_id"), "opportunity_change": ("changed_at",)}


def pieces(records: Records, count: int) -> list[Records]:
    """All but the last weeks, then the rest piece by piece in order of time; rows without a time follow their parents."""
    last = max(pc.max(records["email"]["sent_at"]).as_py(), 0)
    cuts = [last - 86_400 * 2 * (count - 1 - n) for n in range(count - 1)]
    left, cut_off = dict(records), []
    for cut in cuts:
        piece: Records = {}
        for name in sorted(left, key=lambda name: name in PARENTS):
            rows, dated = left[name], BY_NAME[name].true_at
            if name in PARENTS and name != "opportunity_contact":
                now = pc.is_in(rows[f"{PARENTS[name]}_id"], piece[PARENTS[name]]["id"].combine_chunks())
            elif dated is not None:
                now = pc.fill_null(pc.less(rows[dated], cut), True)
            else:
                now = pa.array([True] * rows.num_rows, pa.bool_())
            piece[name], left[name] = rows.filter(now), rows.filter(pc.invert(now))
        cut_off.append(piece)
    return [*cut_off, left]


def _edited(records: Records, dice: Random, names: list[str]) -> Records:
    """A few rows of those tables, each with a value of another row in one column."""
    edited: Records = {}
    for name in names:
        rows = records[name].to_pylist()
        if len(rows) < 2:
            continue
        column = dice.choice(EDITED[name])
        pairs = [dice.sample(rows, 2) for _ in range(2)]
        changed = {one["id"]: {**one, column: other[column]} for one, other in pairs}
        edited[name] = pa.Table.from_pylist(list(changed.values()), schema=records[name].schema)
    return edited


def _rolled(engine: Engine, t: Tables, name: str) -> dict[tuple[object, object], int]:
    fact = t.fact(name)
    rows = engine.query(fact.group_by("rep_id", "day").aggregate(n=fact.count())).to_pylist()
    return {(row["rep_id"], row["day"]): row["n"] for row in rows}


@pytest.mark.parametrize("seed", range(1))
def test_a_refresh_equals_a_build(duckdb_engine: Engine, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paceline.facts.activity_refresh.LARGE", 2.0)  # never whole, however much of a small company changed
    monkeypatch.setattr(refresh, "LARGE", 2.0)
    engine, company, dice = duckdb_engine, tiny(seed), Random(seed)
    settings, t = company.settings, Tables(company.settings)
    loads = pieces(company.records, 3)
    loads += [_edited(company.records, dice, dice.sample(sorted(EDITED), 3)) for _ in range(3)]
    create_store(engine)
    load(engine, loads[0], "test", 1_900_000_000)
    build.build(engine, settings)
    clear_changes(engine)
    dated = ["mail", "touch_person", "touch_opportunity", "call", "outreach", "outcome", "move", "lead"]
    days = {name: _rolled(engine, t, name) for name in dated}
    for number, piece in enumerate(loads[1:], 1):
        load(engine, piece, "test", 1_900_000_000 + number)
        seen: list[refresh.Touched] = []
        done = refresh.refresh(engine, settings, after=seen.append)
        refreshed, now = tables(engine), {name: _rolled(engine, t, name) for name in dated}
        for name in dated:
            cells = seen[0].get(name) if name in done else pa.table({"rep_id": [], "day": []})
            if cells is not None:
                told = {(row["rep_id"], row["day"]) for row in cells.to_pylist()}
                other = {key for key in days[name].keys() | now[name].keys() if days[name].get(key) != now[name].get(key)}
                assert other <= told, (number, name)
        days = now
        build.build(engine, settings)
        for name, rows in tables(engine).items():
            assert refreshed[name] == rows, (number, name, sorted(piece), done.get(name))
    assert not [name for name in engine.tables() if name.startswith("part_")]


def test_what_activities_read_is_told_by_part_or_blocks(duckdb_engine: Engine) -> None:
    queries = Queries(duckdb_engine, Tables(tiny(0).settings))
    by_part = {build.fact_of(name).table for name in (*refresh.ACTIVITY_FACTS, *refresh.OPPORTUNITY_FACTS, "stage_order")}
    told = by_part | BLOCKERS | {"ref_title", "fact_stint", "ref_workday"}
    records = CONCERNING | set(refresh.OPPORTUNITY_RECORDS)
    told |= {f"rec_{name}{past}" for name in records for past in ("", "_past")}
    for name in refresh.ACTIVITY_FACTS:
        assert build.compiled(queries, name).reads <= told, name
