"""People brought up to date after a load are those of a full build, however addresses, contacts and leads hang together."""

from __future__ import annotations

import random
import time

import pytest

from paceline.facts import build
from paceline.facts.activity_refresh import ActivityRefresh
from paceline.facts.parts import Parts
from paceline.facts.queries import Queries
from paceline.facts.shape import stored
from paceline.sales.settings import Settings
from paceline.warehouse.engine import Engine
from paceline.warehouse.load import clear_changes, load, pending_changes
from tests.facts.small import Row, batch, store

SETTINGS = Settings(own_domains=frozenset({"us.example"}))
PEOPLE = ("address", "contact_key", "person_key", "person", "lead_key")
ADDRESSES = [None, *(f"{name}@{at}.example" for name in "abcd" for at in ("one", "two")), "Room@us.example", " "]


class Crowd:
    """Contacts and leads that share addresses, were merged into one another and converted, and change from load to load."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        merged: dict[int, int] = {5: 1, 6: 5, 7: 2}
        self.rows: dict[str, list[Row]] = {
            "account": [{"id": f"A{n}", "domain": f"{name}.example"} for n, name in enumerate(("one", "two", "three"))],
            "contact": [self.contact(n, merged.get(n)) for n in range(8)],
            "lead": [self.lead(n, merged.get(n)) for n in range(8)],
            "email": [{"id": f"m{n}", "rep_id": "ana", "direction": "outbound", "sent_at": n} for n in range(4)],
            "email_recipient": [{"id": f"t{n}", "email_id": f"m{n}", "address": self.address()} for n in range(4)],
            "meeting": [{"id": "M", "start_at": 9}],
            "meeting_attendee": [{"id": f"a{n}", "meeting_id": "M", "address": self.address(), "resource": False}
                                 for n in range(2)],
        }

    def address(self) -> str | None:
        return self.random.choice(ADDRESSES)

    def contact(self, n: int, into: int | None) -> Row:
        return {"id": f"C{n}", "email": self.address(), "account_id": self.random.choice([None, "A0", "A1"]),
                "merged_into_id": None if into is None else f"C{into}"}

    def lead(self, n: int, into: int | None) -> Row:
        return {"id": f"L{n}", "email": self.address(), "created_at": n, "merged_into_id": None if into is None else f"L{into}",
                "converted_contact_id": self.random.choice([None, f"C{self.random.randrange(8)}"]),
                "converted_account_id": self.random.choice([None, "A2"])}

    def edit(self) -> dict[str, list[Row]]:
        """One or two records that aren't what they were."""
        edited: dict[str, list[Row]] = {}
        for name in self.random.sample(sorted(CHANGING), self.random.choice([1, 1, 2])):
            row = self.random.choice(self.rows[name])
            column = self.random.choice(CHANGING[name])
            row[column] = not row[column] if column == "resource" else self.random.choice(VALUES.get(column, ADDRESSES))
            edited[name] = [row]
        return edited


CHANGING = {"contact": ("email", "account_id"), "lead": ("email", "converted_contact_id"), "email_recipient": ("address",),
            "meeting_attendee": ("address", "resource"), "account": ("domain",)}
VALUES = {"domain": ["one.example", "four.example"], "account_id": ["A0", "A2"],
          "converted_contact_id": [f"C{n}" for n in range(8)]}


@pytest.mark.parametrize("seed", range(2))
def test_people_redone_are_those_built(duckdb_engine: Engine, seed: int) -> None:
    engine, crowd = duckdb_engine, Crowd(seed)
    t = store(engine, SETTINGS, PEOPLE, rep=[{"id": "ana", "name": "Ana", "email": "ana@us.example"}], **crowd.rows)
    clear_changes(engine)
    queries, moment = Queries(engine, t), int(time.time())
    for number in range(15):
        edited = crowd.edit()
        load(engine, batch(edited), "test", moment + number)
        with engine.transaction():
            parts = Parts(queries)
            refresh = ActivityRefresh(parts, pending_changes(engine))
            for name in PEOPLE:
                refresh.redo(name)
            parts.drop()
            clear_changes(engine)
        for name in PEOPLE:  # each from those before it, which are right already
            kept, anew = engine.query(stored(t, build.fact_of(name))), engine.query(build.compiled(queries, name))
            assert sorted(map(repr, kept.to_pylist())) == sorted(map(repr, anew.to_pylist())), (number, name, edited)
