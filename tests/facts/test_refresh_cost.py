"""What an increment costs, counted in rows: it doesn't grow with the history before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pytest

from paceline.facts import build, refresh
from paceline.facts.parts import Parts
from paceline.sales.records import BY_NAME, Type
from paceline.sales.settings import FREE_MAIL, Settings
from paceline.simulation.random_company import tiny
from paceline.warehouse.compiled import Kept
from paceline.warehouse.engine import Engine
from paceline.warehouse.engines.duckdb import open_duckdb
from paceline.warehouse.load import load
from paceline.warehouse.store import create_store
from tests.facts.test_refresh_activities import pieces

APART = 200  # days between a company's history and the same once more before it
# Of whom there is more where history is longer; whoever sells and what they go by stays.
OF_HISTORY = frozenset({
    "account", "account_domain", "contact", "lead", "lead_assignment", "opportunity", "opportunity_change", "opportunity_contact",
    "opportunity_split", "line_item", "email", "email_recipient", "call", "call_turn", "meeting", "meeting_attendee"})
Records = Mapping[str, pa.Table]


def earlier(records: Records, settings: Settings, number: int) -> dict[str, pa.Table]:
    """The same once more, with other customers and rooms, so many times `APART` days before."""
    ours = {str(address).strip().lower() for address in records["rep"]["email"].to_pylist()}

    def moved(column: Any, value: Any) -> Any:
        if value is None:
            return None
        if column.type in (Type.AT, Type.DAY):
            return value - number * APART * (86_400 if column.type is Type.AT else 1)
        if column.name == "id" or column.refers in OF_HISTORY or column.name in ("thread_id", "series_id"):
            return f"{number}~{value}"
        if column.name in ("address", "from_address", "email", "domain"):
            name, at, domain = value.rpartition("@")
            if value.strip().lower() in ours:
                return value
            if domain.strip().lower() in FREE_MAIL | settings.own_domains:
                return f"h{number}.{name.strip()}{at}{domain}"
            return f"{name}{at}h{number}.{domain.strip()}"
        return value

    more = {}
    for name in OF_HISTORY:
        rows, columns = records[name], BY_NAME[name].columns
        again = [{column.name: moved(column, row[column.name]) for column in columns} for row in rows.to_pylist()]
        more[name] = pa.Table.from_pylist(again, schema=rows.schema)
    return more


def increment(engine: Engine, history: int, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many rows bringing the last two days in puts aside, reads again and writes, by part, behind a history of so many times
    `APART` days."""
    company = tiny(0)
    before, last = pieces(company.records, 2)
    for number in range(1, history):
        more = earlier(company.records, company.settings, number)
        before = {name: pa.concat_tables([more[name], rows]) if name in more else rows for name, rows in before.items()}
    create_store(engine)
    load(engine, before, "test", 1_900_000_000)
    build.build(engine, company.settings)
    for name in ("touch_person", "touch", "mail", "call", "touch_opportunity"):
        instants = [at for at in engine.query(f'SELECT "at" FROM fact_{name}')["at"].to_pylist() if at is not None]
        assert instants == sorted(instants)  # so what is recent lies together, and the rest needn't be read
    load(engine, last, "test", 1_900_086_400)
    made: dict[str, int] = {}
    forget = Parts.drop

    def count(parts: Parts) -> None:
        made.update({name: parts.count(name) for name in parts.made if name != "merged_name"})  # whoever was merged away
        forget(parts)

    with monkeypatch.context() as patch:
        patch.setattr(Parts, "drop", count)
        done = refresh.refresh(engine, company.settings)
    assert done["touch_person"] == done["mail"] == done["attempt"] == "part"
    assert "connection" not in done  # nobody's data began
    return made


def test_an_increment_costs_what_changed_not_what_was_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kept, "check", False)  # other tests do that
    monkeypatch.setattr("paceline.facts.activity_refresh.LARGE", 2.0)  # so little history would be built anew
    monkeypatch.setattr(refresh, "LARGE", 2.0)
    made, made_behind_more = (increment(open_duckdb(), history, monkeypatch) for history in (2, 4))
    assert sum(made.values()) > 500
    assert made_behind_more == made
