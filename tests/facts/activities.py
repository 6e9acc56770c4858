"""Activities written by hand: the reps, and short ways to write a mail or a meeting down.

Each test file has a company of its own, whose ids, addresses and domains no other file uses, so that all of them together are one
company too (`test_activities_agree.py` builds that one on every engine).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from paceline.facts.tables import Tables
from paceline.sales.settings import Settings
from paceline.warehouse.engine import Engine
from paceline.warehouse.engines.duckdb import open_duckdb
from tests.facts.small import DEALS, Row, store

Records = dict[str, list[Row]]

SETTINGS = Settings(own_domains=frozenset({"Us.com "}))
ACTIVITIES = (
    "person",
    "meeting",
    "booking",
    "call",
    "touch_person",
    "touch",
    "mail",
    "outreach",
    "reply",
    "touch_opportunity",
    "opportunity_person",
)
FACTS = (*DEALS, "contact_key", "address", "person_key", "ownership", "guest", "first_mail", *ACTIVITIES)
COMMON: Records = {
    "rep": [
        {"id": "ann", "name": "Ann", "email": "Ann@us.com", "time_zone": "UTC"},
        {"id": "bob", "name": "Bob", "email": "bob@us.com", "time_zone": "UTC"},
        {"id": "kei", "name": "Kei", "email": "kei@us.com", "time_zone": "Asia/Tokyo"},
    ]
}


def joined(*parts: Records) -> Records:
    """Several sets of records as one; rows with the same id are there once."""
    whole: dict[str, dict[str, Row]] = {}
    for part in parts:
        for name, rows in part.items():
            whole.setdefault(name, {}).update({row["id"]: row for row in rows})
    return {name: list(rows.values()) for name, rows in whole.items()}


@contextmanager
def built(records: Records, facts: Iterable[str] = FACTS) -> Iterator[Engine]:
    """A store in memory with the facts of those records."""
    engine = open_duckdb()
    store(engine, SETTINGS, (*FACTS[: -len(ACTIVITIES)], *facts), **joined(COMMON, records))
    yield engine
    engine.close()


def found(engine: Engine, fact: str, columns: str, **where: object) -> list[tuple[Any, ...]]:
    """Those columns (names with spaces between) of the fact's rows in which the named columns have those values, in order."""
    names = columns.split()
    rows = engine.query(Tables(SETTINGS).fact(fact)).to_pylist()
    chosen = [tuple(row[name] for name in names) for row in rows if all(row[name] == value for name, value in where.items())]
    return sorted(chosen, key=lambda row: [(value is not None, value) for value in row])


def mail(id_: str, rep: str, sent_at: int, *to: str, sender: str | None = None, **more: object) -> Records:
    """A mail: outbound to those addresses, or inbound from ``sender``."""
    kinds = ("to", "cc", "bcc")
    row: Row = {
        "id": id_,
        "rep_id": rep,
        "direction": "inbound" if sender else "outbound",
        "sent_at": sent_at,
        "from_address": sender or f"{rep}@us.com",
        **more,
    }
    return {
        "email": [row],
        "email_recipient": [
            {"id": f"{id_}/{n}", "email_id": id_, "address": address, "kind": kinds[n % 3]} for n, address in enumerate(to)
        ],
    }


def meeting(id_: str, start_at: int, *attendees: Row, organizer: str | None = None, **more: object) -> Records:
    """A meeting and its attendees (dicts of meeting_attendee)."""
    row: Row = {"id": id_, "start_at": start_at, "organizer_id": organizer, **more}
    return {
        "meeting": [row],
        "meeting_attendee": [{"id": f"{id_}/{n}", "meeting_id": id_, **one} for n, one in enumerate(attendees)],
    }


def us(rep: str, response: str = "accepted") -> Row:
    """One of our reps as an attendee."""
    return {"rep_id": rep, "address": f"{rep}@us.com", "response": response}


def them(address: str, response: str = "accepted") -> Row:
    """Somebody else as an attendee."""
    return {"address": address, "response": response}
