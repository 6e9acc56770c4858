"""Companies of deals alone, with all that happens to deals: handed over, repriced, lost and opened again. For forecasts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

import pyarrow as pa

from paceline.facts.build import build
from paceline.metrics.store import Store
from paceline.sales.periods import epoch_day, from_epoch_day
from paceline.sales.records import BY_NAME
from paceline.sales.settings import Settings
from paceline.warehouse.engine import Engine
from paceline.warehouse.load import load
from paceline.warehouse.store import canonical_schema, create_store

DAY = 86_400
FIRST = epoch_day(date(2024, 7, 1))
SETTINGS = Settings(name="Deals", currency="EUR", time_zone="UTC")
REPS = ("ann", "bob", "cat", "dan")
_TEAM = {"ann": "North", "bob": "North", "cat": "South", "dan": "South", "eve": "South"}


@dataclass
class World:
    """Record rows by table, and the deals still open."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    open: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: int = 0

    def add(self, table: str, **row: Any) -> None:
        self.rows.setdefault(table, []).append(row)


def world(days: int, seed: int = 0, turn: int | None = None, seed_after: int = 0, reps: tuple[str, ...] = REPS) -> World:
    """So many days from ``FIRST`` on. From day ``turn`` on luck is another one, and Eve joins: a different future."""
    made = World()
    for position, (name, outcome) in enumerate((("new", "open"), ("offer", "open"), ("won", "won"), ("lost", "lost")), start=1):
        made.add("stage", id=name, name=name, position=position, outcome=outcome)
    for rep in (*reps, *(("eve",) if turn is not None else ())):
        made.add("rep", id=rep, name=rep.title(), hired_day=FIRST - 400)
        made.add("rep_role", id=f"role-{rep}", rep_id=rep, from_day=FIRST - 400, role="AE", segment="all", team=_TEAM[rep])
    luck = Random(seed)
    for day in range(days):
        if day == turn:
            luck, reps = Random(f"after {seed_after}"), (*reps, "eve")
        _live(made, luck, FIRST + day, reps)
    return made


def _live(made: World, luck: Random, day: int, reps: tuple[str, ...]) -> None:
    at = day * DAY + 9 * 3600
    for rep in reps:
        if luck.random() < 0.25:
            made.made += 1
            amount, source = luck.randrange(2_000, 30_000) * 100, luck.choice(("web", "fair"))
            deal = {
                "id": f"d{made.made}-{day}", "name": f"Deal {made.made}", "owner_id": rep, "created_by_id": rep, "created_at": at,
                "stage_id": "new", "amount_cents": amount, "close_day": day + 40, "source": source, "currency": "EUR",
            }  # fmt: skip
            made.add("opportunity", **deal)
            made.open[str(deal["id"])] = made.rows["opportunity"][-1]
    for deal in list(made.open.values()):
        _happen(made, luck, deal, day, at, reps)


def _happen(made: World, luck: Random, deal: dict[str, Any], day: int, at: int, reps: tuple[str, ...]) -> None:
    dice, age = luck.random(), day - deal["created_at"] // DAY
    if deal["stage_id"] in ("won", "lost"):
        if dice < 0.02:
            _change(made, deal, "stage", "offer", at)
        elif dice > 0.9:
            del made.open[deal["id"]]  # closed for good
    elif age > 5 and dice < 0.02:
        _close(made, deal, "won", day, at)
    elif age > 5 and dice < 0.05:
        _close(made, deal, "lost", day, at)
    elif dice < 0.055:
        _change(made, deal, "owner", luck.choice([rep for rep in reps if rep != deal["owner_id"]] or reps), at)
    elif dice < 0.07:
        _change(made, deal, "amount", deal["amount_cents"] * 2, at)


def _close(made: World, deal: dict[str, Any], stage: str, day: int, at: int) -> None:
    _change(made, deal, "stage", stage, at)
    _change(made, deal, "close_day", str(from_epoch_day(day)), at)


_COLUMN = {"stage": "stage_id", "owner": "owner_id", "amount": "amount_cents", "close_day": "close_day"}


def _change(made: World, deal: dict[str, Any], field: str, new: Any, at: int) -> None:
    column = _COLUMN[field]
    number = len(made.rows.get("opportunity_change", ()))
    old = str(from_epoch_day(deal[column])) if field == "close_day" else str(deal[column])
    made.add("opportunity_change", id=f"c{number}", opportunity_id=deal["id"], field=field, old=old, new=str(new), changed_at=at)
    deal[column] = epoch_day(date.fromisoformat(new)) if field == "close_day" else new


def store_of(engine: Engine, made: World, days: int, settings: Settings = SETTINGS) -> Store:
    """The company in a store, as known at the end of its last day."""
    now = (FIRST + days) * DAY - 1
    create_store(engine)
    tables = {name: pa.Table.from_pylist(rows, schema=canonical_schema(BY_NAME[name])) for name, rows in made.rows.items()}
    load(engine, tables, "deals", now)
    build(engine, settings)
    return Store(engine, settings, now)
