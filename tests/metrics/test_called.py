"""People and accounts behind a number are told by name."""

from __future__ import annotations

from datetime import date

import pytest

from acme.company import SETTINGS, records
from paceline.metrics.ask import ask
from paceline.metrics.called import names_among
from paceline.metrics.explain import explain
from paceline.metrics.store import Store
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from tests.oracle.agreement import open_store

_QUARTER = Period.between(date(2026, 1, 1), date(2026, 4, 1))


@pytest.fixture(scope="module")
def acme() -> Store:
    return open_store(records(), SETTINGS, date(2026, 5, 1))


def test_contacts_leads_and_addresses_are_people(acme: Store) -> None:
    told = explain(acme, ask(acme, "dials", Scope.company(), _QUARTER).only())
    people = names_among(acme, [told.records[0].table], told.reading.as_of)["person_id"]
    assert people["contact:C1"] == "Anna North"
    assert people["lead:LD1"] == "Lena Newco"
    assert people["address:someone@newdomain.example"] == "someone@newdomain.example"


def test_a_meeting_says_with_which_account(acme: Store) -> None:
    told = explain(acme, ask(acme, "meetings_held", Scope.company(), _QUARTER).only())
    names = names_among(acme, [told.records[0].table], told.reading.as_of)
    assert {names["account_id"][one] for one in told.records[0].table["account_id"].to_pylist() if one} == {
        "Northwind", "Umbrella", "Hooli", "Oscorp",
    }  # fmt: skip


def test_with_whom_is_left_out_where_nobody_is_named(acme: Store) -> None:
    told = explain(acme, ask(acme, "emails_sent", Scope.company(), _QUARTER).only())
    assert "person_id" not in told.records[0].table.column_names  # a mail may go to several
    assert "account_id" in told.records[0].table.column_names
