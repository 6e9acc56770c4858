"""What a store holds: rows of every kind of record, from when to when, and what a missing kind would be good for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from paceline.facts import schema
from paceline.sales.periods import from_epoch_day
from paceline.sales.records import TABLES, Table, Type
from paceline.saying.said import Said, say
from paceline.warehouse.engine import Engine
from paceline.warehouse.store import unbound

# Facts whose days are of what has happened; a goal's or a booking's day may lie ahead.
_HAPPENED = ("touch", "mail", "call", "outcome", "move", "opportunity", "lead")

# What each kind of record is needed for, for those whose absence leaves metrics dark.
NEEDED_FOR = {
    "rep_role": say("who is in which team and role, for questions by team, role, manager"),
    "opportunity": say("deals, for every result and all of tempo"),
    "opportunity_change": say("stages over time, for progressions, time in stage, owner at the time"),
    "opportunity_contact": say("who takes part in a deal, for matching touches and decision makers"),
    "lead": say("for conversion and lead response time"),
    "line_item": say("list and sold prices, for discounting and units"),
    "contact": say("people and their titles, for seniority and for matching mails and meetings"),
    "email": say("for response and engagement rates, and for touches"),
    "call": say("for connect rate and talk time"),
    "call_turn": say("who spoke when in a recorded call, for talk ratio and patience"),
    "meeting": say("for meetings held, follow-ups, meetings per opportunity"),
    "goal": say("quotas, for attainment and pipeline coverage"),
    "cost": say("for customer acquisition cost"),
    "forecast_call": say("what was forecast, for forecast accuracy"),
}


@dataclass(frozen=True)
class Count:
    """Rows of one kind of record; the first and last day on which one became true, where it has a date."""

    name: str
    rows: int
    first: date | None
    last: date | None

    @property
    def matters(self) -> bool:
        """Whether its absence leaves metrics without a value."""
        return self.name in NEEDED_FOR

    @property
    def doc(self) -> Said:
        """What it would be good for."""
        return NEEDED_FOR[self.name]


def counts(engine: Engine) -> list[Count]:
    """Every kind of record, in the order of the reference."""
    return [_count(engine, table) for table in TABLES]


def _count(engine: Engine, table: Table) -> Count:
    rows = unbound(table.name)
    dated = rows[table.true_at] if table.true_at else None
    found = engine.query(
        rows.agg(rows=rows.count(), **({} if dated is None else {"first": dated.min(), "last": dated.max()}))
    ).to_pylist()[0]
    in_days = table.true_at is not None and table.column(table.true_at).type is Type.DAY
    return Count(table.name, found["rows"], _date(found.get("first"), in_days), _date(found.get("last"), in_days))


def _date(number: int | None, in_days: bool) -> date | None:
    return None if number is None else from_epoch_day(number if in_days else number // 86_400)


def last_day(engine: Engine, today: date) -> date | None:
    """The last day, today at most, on which anything happened; None if nothing ever did."""
    latest = []
    for name in _HAPPENED:
        table = engine.quoted(schema.BY_NAME[name].table)
        limit = (today - date(1970, 1, 1)).days
        value = engine.query(f"SELECT max(day) AS day FROM {table} WHERE day <= {limit}")["day"][0].as_py()
        if value is not None:
            latest.append(value)
    return from_epoch_day(max(latest)) if latest else None
