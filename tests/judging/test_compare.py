"""Comparisons read from a store: the planted fall is below the own past, peers are fair, and numbers are the readings."""

from __future__ import annotations

import io
from datetime import date
from functools import cache

import pytest
from rich.console import Console

from paceline.cli.compare_board import as_table, show
from paceline.insight.compare import Verdict
from paceline.judging.compare import Comparison, NotComparableError, compare
from paceline.metrics.ask import ask
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from tests.judging.watched import UNTIL, watched

METRICS = ("meetings_held", "win_rate", "average_deal_size", "email_response_rate")
PERIOD = Period.containing("trailing_90", date.fromordinal(UNTIL.toordinal() - 1), watched().company.settings)


@cache
def found() -> tuple[Comparison, ...]:
    return compare(watched().store, Scope.company(), PERIOD, METRICS)


def of(rep: str, metric: str) -> Comparison:
    (one,) = [one for one in found() if (one.person.rep, one.metric.slug) == (rep, metric)]
    return one


def test_who_holds_half_the_meetings_is_below_the_own_past() -> None:
    rep, _ = watched().planted("meetings_drop")
    one = of(rep, "meetings_held")
    assert one.past is not None
    assert one.past.verdict is Verdict.BELOW
    assert "Below the own past" in one.sentence


def test_values_are_the_readings_and_only_of_the_metrics_roles() -> None:
    readings = {(dict(r.group)["rep"], r.slug): r.value for r in ask(watched().store, METRICS, Scope.company(), PERIOD, ("rep",))}
    assert all(one.value == readings[one.person.rep, one.metric.slug] for one in found())
    assert {one.person.role for one in found() if one.metric.slug == "email_response_rate"} == {"SDR"}
    assert {one.person.role for one in found() if one.metric.slug == "win_rate"} == {"AE"}


def test_peers_are_those_of_role_and_tenure() -> None:
    judged = [one for one in found() if one.metric.slug == "meetings_held" and one.peers is not None]
    aes = {one.person.rep for one in judged}
    assert all(one.peers.peers is None or one.peers.peers < len(aes) for one in judged if one.peers)
    for one in judged:
        assert one.peers is not None
        assert one.peers.interval is None or one.peers.interval[0] <= (one.peers.estimate or 0) <= one.peers.interval[1]
    assert any(one.peers and one.peers.interval for one in judged)


def test_few_deals_are_too_few_to_call_and_say_how_many_are_needed() -> None:
    few = [one for one in found() if one.metric.slug == "win_rate" and one.past and one.past.verdict is Verdict.TOO_FEW]
    assert few
    assert all(one.past is not None and one.past.needs for one in few)
    assert all(one.watched for one in few)


def test_the_smallest_fall_is_smaller_where_there_is_more_to_see() -> None:
    falls = [one.smallest_fall for one in found() if one.metric.slug == "email_response_rate" and one.smallest_fall is not None]
    wins = [one for one in found() if one.metric.slug == "win_rate" and one.smallest_fall is not None]
    assert falls
    assert all(one.smallest_fall is not None and one.smallest_fall > 0.6 for one in wins), "few closed deals a week show little"
    assert min(falls) < 0.75


def test_only_the_scopes_people_are_shown_with_the_same_judgement() -> None:
    rep, _ = watched().planted("meetings_drop")
    (alone,) = compare(watched().store, Scope.rep(rep), PERIOD, ("meetings_held",))
    assert (alone.past, alone.peers) == (of(rep, "meetings_held").past, of(rep, "meetings_held").peers)


def test_a_period_not_over_is_held_against_as_many_days() -> None:
    quarter = Period.containing("quarter", date(2026, 6, 28), watched().company.settings)
    rep, _ = watched().planted("meetings_drop")
    (one,) = compare(watched().store, Scope.rep(rep), quarter, ("meetings_held",))
    assert one.period.until == date(2026, 6, 30), "the day as of which is asked is the last"
    assert one.past is not None
    assert one.past.reference is not None


def test_a_median_can_not_be_compared() -> None:
    with pytest.raises(NotComparableError, match="medians and quantiles"):
        compare(watched().store, Scope.company(), PERIOD, ("sales_cycle_median",))


def test_every_form_has_the_same_rows() -> None:
    table = as_table(found())
    assert table.num_rows == len(found())
    assert set(table["past_verdict"].to_pylist()) <= {"above", "usual", "below", "too few to call", None}
    console = Console(file=io.StringIO(), width=200)
    show(found(), "Watched", "USD", True, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "●" in text
    assert all(one.person.name in text for one in found())
    assert "too few to call (needs about" in text
