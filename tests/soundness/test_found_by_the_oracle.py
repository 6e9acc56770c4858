"""Errors of the engine that comparing it with the oracle brought to light, each with a test of its own."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from acme.company import SETTINGS, records
from paceline.metrics.ask import ask
from paceline.sales.periods import Period, epoch_day
from paceline.sales.scope import Scope
from tests.oracle.agreement import open_store

_NOW = date(2026, 5, 1)


def test_days_between_two_stated_connections_are_not_connected() -> None:
    rows = records()
    stated = rows["connection"].schema.empty_table().to_pylist()
    for nth, (first, until) in enumerate(((date(2026, 1, 1), date(2026, 2, 1)), (date(2026, 3, 1), None))):
        stated.append({
            "id": f"c{nth}", "rep_id": "ana", "kind": "mailbox", "from_day": epoch_day(first),
            "until_day": None if until is None else epoch_day(until)})
    rows = {**rows, "connection": pa.Table.from_pylist(stated, schema=rows["connection"].schema)}
    store = open_store(rows, SETTINGS, _NOW)
    months = [Period.containing("month", date(2026, month, 15), SETTINGS) for month in (1, 2, 3)]
    values = [ask(store, "emails_sent", Scope.rep("ana"), month)[0].value for month in months]
    store.engine.close()
    assert values[0] is not None
    assert values[1] is None, "the mailbox wasn't connected in February"
    assert values[2] == pytest.approx(values[2] or 0)
    assert values[2] is not None
