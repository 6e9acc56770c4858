"""A company's own metrics: read through the same classes, with all problems at once."""

from __future__ import annotations

import pytest

from paceline.metrics.ask import ask
from paceline.metrics.catalog import CATALOG
from paceline.metrics.own import OwnMetricsError, read
from paceline.metrics.store import Store
from paceline.sales.periods import parse
from paceline.sales.scope import Scope
from tests.metrics.facts_by_hand import NOW

GOOD = """
[thresholds]
untouched_days = 10

[metric.win_rate_again]
name = "Win rate, again"
meaning = "The built-in one, written by hand."
unit = "percent"
interval = "wilson"
needs = ["crm"]
numerator = { count = "outcome", where = { won = true, owner = true, valued = true }, words = "deals won" }
denominator = { count = "outcome", where = { owner = true, valued = true, any = [{ won = true }, { lost = true }] } }

[metric.long_calls]
name = "Long calls"
meaning = "Calls of ten minutes and more."
direction = { band = [5, 50] }
numerator = { count = "call", where = { seconds = { ">=" = 10 }, person_id = { known = true } } }

[metric.big_cycle]
name = "Slow deals"
meaning = "Nine of ten deals are faster."
unit = "days"
numerator = { quantile = "outcome.cycle_days", at = 0.9, where = { source = ["web", "event"] } }
"""

BAD = """
[threshold]
x = 1

[metric.win_rate]
name = "Mine"
meaning = "Mine."
numerator = { count = "outcome" }

[metric.other]
name = "Other"
units = "percent"
category = "qualty"
needs = ["mailboxes"]
twin = "emails_send"
numerator = { sum = "outcome.amount_cent", where = { wonn = true } }
denominator = { count = "outcomes" }
"""


def test_an_own_metric_reads_like_a_built_in_one(full_store: Store) -> None:
    own = read(GOOD, CATALOG)
    assert own.thresholds.untouched_days == 10
    store = Store(full_store.engine, full_store.settings, full_store.now, {**CATALOG, **own.metrics})
    quarter = parse("2026-Q3", store.settings, NOW)
    mine, theirs = ask(store, ["win_rate_again", "win_rate"], Scope.company(), quarter)
    assert (mine.numerator, mine.denominator, mine.interval) == (theirs.numerator, theirs.denominator, theirs.interval)
    assert ask(store, "long_calls", Scope.company(), quarter).only().value is not None
    assert ask(store, "big_cycle", Scope.company(), quarter).only().value is not None


def test_all_problems_come_at_once_with_line_field_and_remedy() -> None:
    with pytest.raises(OwnMetricsError) as raised:
        read(BAD, CATALOG)
    told = [str(problem) for problem in raised.value.problems]
    expected = [
        "metrics.toml:1: threshold: no such field 'threshold'; did you mean 'thresholds'?",
        "metrics.toml:5: metric.win_rate: 'win_rate' is built in",
        "metrics.toml:10: metric.other.meaning: is missing",
        "metrics.toml:12: metric.other.units: no such field 'units'; did you mean 'unit'?",
        "metrics.toml:13: metric.other.category: 'qualty' is none of",
        "metrics.toml:14: metric.other.needs: no such connection 'mailboxes'; did you mean 'mailbox'?",
        "metrics.toml:15: metric.other.twin: no metric is called 'emails_send'; did you mean 'emails_sent'?",
        "metrics.toml:16: metric.other.numerator: outcome has no column 'amount_cent'; did you mean 'amount_cents'?",
        "metrics.toml:16: metric.other.numerator: outcome has no column 'wonn'; did you mean 'won'?",
        "metrics.toml:17: metric.other.denominator: no rows are called 'outcomes'; did you mean 'outcome'?",
    ]
    assert len(told) == len(expected)
    for line, start in zip(told, expected, strict=True):
        assert line.startswith(start)


def test_broken_syntax_names_the_line() -> None:
    with pytest.raises(OwnMetricsError, match=r"metrics.toml:2: syntax"):
        read("[metric.x]\nname = \n", CATALOG)
