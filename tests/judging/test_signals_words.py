"""How a change is told: counts and amounts a week, so that what is usual beside them is the same number whenever it began."""

from __future__ import annotations

from datetime import date

import pytest

from paceline.judging.signals_words import weeks_apart
from paceline.metrics.catalog import CATALOG


@pytest.mark.parametrize(
    ("slug", "weeks"),
    [("accounts_touched", 4), ("meetings_held", 4), ("revenue", 4), ("target_account_share", 1), ("sales_cycle", 1)],
)
def test_counts_and_amounts_are_told_a_week(slug: str, weeks: int) -> None:
    assert weeks_apart(CATALOG[slug], date(2026, 3, 2), date(2026, 3, 23)) == weeks
