"""A person's name and addresses are taken out of every record, earlier versions included; nobody else's are."""

from __future__ import annotations

import pyarrow as pa

from paceline.warehouse.engines.duckdb import open_duckdb
from paceline.warehouse.erasing import ADDRESS, NAME, erase_person
from paceline.warehouse.load import load
from paceline.warehouse.store import create_store


def _rep(email: str) -> pa.Table:
    return pa.table({"id": ["r1", "r2"], "name": ["Ada Byron", "Ben Lind"], "email": [email, "ben@x.test"]})


def test_every_version_and_every_table_forgets_the_person_and_nobody_else() -> None:
    engine = open_duckdb()
    create_store(engine)
    load(engine, {"rep": _rep("ada@x.test")}, "crm", 100)
    load(engine, {"rep": _rep("Ada.Byron@x.test")}, "crm", 200)
    mails = pa.table({"id": ["m1", "m2"], "rep_id": ["r1", "r2"], "direction": ["out", "out"], "sent_at": [10, 20],
                      "from_address": ["ADA@x.test", "ben@x.test"]})
    load(engine, {"email": mails}, "mail", 300)
    changed = erase_person(engine, "r1")
    assert changed == {"rec_rep": 1, "rec_rep_past": 1, "rec_email": 1}
    for table in engine.tables():
        told = str(engine.query(f"SELECT * FROM {engine.quoted(table)}").to_pylist()).lower()
        assert "ada" not in told, table
    people = engine.query("SELECT id, name, email FROM rec_rep ORDER BY id").to_pylist()
    assert people == [{"id": "r1", "name": NAME, "email": ADDRESS}, {"id": "r2", "name": "Ben Lind", "email": "ben@x.test"}]
    assert engine.query("SELECT from_address FROM rec_email ORDER BY id")["from_address"].to_pylist() == [ADDRESS, "ben@x.test"]
    assert erase_person(engine, "r1") == {}
    engine.close()


def test_somebody_whom_no_record_names_changes_nothing() -> None:
    engine = open_duckdb()
    create_store(engine)
    load(engine, {"rep": _rep("ada@x.test")}, "crm", 100)
    assert erase_person(engine, "nobody") == {}
    engine.close()
