"""A correction that came late: what Acme's number was, what it is, and which record's which field made the difference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from acme.company import SETTINGS, records
from paceline.facts.build import build
from paceline.metrics.ask import ask
from paceline.metrics.restated import Learnt, since
from paceline.metrics.store import Store, day_end
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.warehouse.load import load
from tests.oracle.agreement import open_store

_QUARTER = Period.between(date(2026, 1, 1), date(2026, 4, 1))
_TOLD = date(2026, 5, 1)  # when everything was loaded, and the number shown
_CORRECTED = day_end(_TOLD + timedelta(days=3), SETTINGS)


def _row(table: str, id_: str, **values: object) -> pa.Table:
    """One record as it is, with some values changed."""
    whole = records()[table]
    (row,) = whole.filter(pc.equal(whole["id"], id_)).to_pylist()
    return pa.Table.from_pylist([{**row, **values}], schema=whole.schema)


@pytest.fixture(scope="module")
def corrected() -> Iterator[Store]:
    """Acme after a second load, three days later: O1 was worth more, and half of it was bob's."""
    store = open_store(records(), SETTINGS, _TOLD)
    split = pa.Table.from_pylist(
        [{"id": f"late-{rep}", "opportunity_id": "O1", "rep_id": rep, "share": 0.5} for rep in ("ana", "bob")],
        schema=records()["opportunity_split"].schema)
    late = {"opportunity": _row("opportunity", "O1", amount_cents=12_000_00), "opportunity_split": split}
    load(store.engine, late, "acme", known_at=_CORRECTED)
    store.refresh(_CORRECTED + 60)
    build(store.engine, SETTINGS)
    yield store
    store.engine.close()


def test_a_late_correction_is_told_with_field_old_new_and_when(corrected: Store) -> None:
    now = ask(corrected, "revenue", Scope.rep("ana"), _QUARTER).only()
    told = since(corrected, now, _TOLD)
    assert told.then.value == pytest.approx(ask(corrected, "revenue", Scope.rep("ana"), _QUARTER, as_of=_TOLD).only().value)
    assert (told.now.value or 0) - (told.then.value or 0) == pytest.approx(6_000 - 10_000)
    (shift,) = told.shifts
    assert (shift.table, shift.id, shift.then, shift.now) == ("opportunity", "O1", 10_000_00, 6_000_00)
    assert shift.learnt == (
        Learnt("opportunity", "O1", "amount_cents", "1000000", "1200000", _CORRECTED),
        Learnt("opportunity_split", "late-ana", None, None, None, _CORRECTED),
        Learnt("opportunity_split", "late-bob", None, None, None, _CORRECTED),
    )
    assert told.sentence.endswith("now, because something was learnt of 1 record since.")
    assert "of rep Ana" in told.sentence, "by name"


def test_what_no_load_changed_is_the_same(corrected: Store) -> None:
    now = ask(corrected, "emails_sent", Scope.rep("ana"), _QUARTER).only()
    told = since(corrected, now, _TOLD)
    assert told.shifts == ()
    assert told.sentence.endswith("as of 2026-05-01, and is the same now.")


def test_what_happened_since_is_told_by_its_records(corrected: Store) -> None:
    """On 31 January neither O1's win nor the answer to it had happened."""
    now = ask(corrected, "sales_volume", Scope.rep("ana"), _QUARTER).only()
    told = since(corrected, now, date(2026, 1, 31))
    assert {shift.id: (shift.then, shift.now) for shift in told.shifts} == {"O1": (None, 1), "O4": (None, 1)}
    assert all(any(one.table == "opportunity_change" for one in shift.learnt) for shift in told.shifts)


def test_a_day_that_is_not_before_is_refused(corrected: Store) -> None:
    now = ask(corrected, "revenue", Scope.rep("ana"), _QUARTER, as_of=_TOLD).only()
    with pytest.raises(ValueError, match="not before"):
        since(corrected, now, _TOLD)
