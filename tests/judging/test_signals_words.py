"""How a change is told: over all its weeks where they add up, else a week."""

from __future__ import annotations

from datetime import date

import pytest

from paceline.judging.signals_words import weeks_apart
from paceline.metrics.catalog import CATALOG


@pytest.mark.parametrize(("slug", "weeks"), [("accounts_touched", 4), ("meetings_held", 1), ("target_account_share", 1)])
def test_a_count_is_told_a_week_where_the_same_account_counts_in_two(slug: str, weeks: int) -> None:
    assert weeks_apart(CATALOG[slug], date(2026, 3, 2), date(2026, 3, 23)) == weeks
