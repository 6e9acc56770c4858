"""Weeks that adjoin are told apart by arithmetic instead of a join: the answers are those of weeks asked in any order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from paceline.metrics.answer import Asked, rows_of_periods, step_of
from paceline.metrics.ask import ask
from paceline.metrics.catalog import CATALOG
from paceline.metrics.store import Store
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.simulation.random_company import tiny
from tests.oracle.agreement import open_store

UNTIL = date(2026, 3, 27)
SLUGS = ("contacts_engaged", "accounts_touched", "contact_seniority", "emails_sent", "dials", "target_account_share", "win_rate",
         "new_opportunities", "responses", "meetings_held", "email_response_rate")  # fmt: skip


def weeks_of(store: Store, count: int = 12) -> list[Period]:
    monday = store.view().day - timedelta(days=store.view().day.weekday() + 7 * (count - 1))
    return [Period("week", monday + timedelta(weeks=i), monday + timedelta(weeks=i + 1)) for i in range(count)]


def four_weeks_each(store: Store, count: int = 4) -> list[Period]:
    """What a page asks of 28 trailing days, oldest first."""
    found = [Period.containing("trailing_28", store.view().day, store.settings)]
    while len(found) < count:
        found.insert(0, found[0].before())
    return found


@pytest.mark.parametrize(("periods", "step"), [(weeks_of, 7), (four_weeks_each, 28)])
def test_in_order_and_in_disorder_have_the_same_answers(periods: Callable[[Store], list[Period]], step: int) -> None:
    company = tiny(31)
    store = open_store(company.records, company.settings, UNTIL)
    weeks = periods(store)
    forth, back = (ask(store, list(SLUGS), Scope.company(), some, ("rep",)) for some in (weeks, weeks[::-1]))
    told = [{(one.slug, one.period.first, one.group): (one.value, one.numerator, one.denominator) for one in found}
            for found in (forth, back)]  # fmt: skip
    assert told[0] == told[1]
    assert sum(value is not None and value > 0 for value, _, _ in told[0].values()) > 50
    top, other = (next(iter(CATALOG[slug].measures)) for slug in ("contacts_engaged", "opportunity_progressions"))
    rows = rows_of_periods(store.view(), Asked(tuple(weeks), (), None, {}), top.window)
    assert step_of(top.rows, (top,), rows) == step
    assert step_of(top.rows, (top,), rows[:1]) == (step if step == 7 else None), "alone it may be of any length"
    assert step_of(top.rows, (top,), rows[::-1]) is None
    assert step_of(other.rows, (other,), rows) is None, "its rows look at the period's beginning and end"
