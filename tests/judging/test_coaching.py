"""Coaching end to end: a planted change is seen, quiet people's plans seldom are, and what was said is scored."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from acme.company import SETTINGS
from paceline.insight.coaching import STATED, Outcome
from paceline.judging.coaching import KIND, ActionPlan, PlanError, coaching_predictions, effects, settle_plans
from paceline.judging.people import people
from paceline.judging.record import keep, kept
from paceline.metrics.store import Store
from paceline.sales.periods import epoch_day
from paceline.sales.scope import Scope
from paceline.warehouse.engines.duckdb import open_duckdb
from tests.judging.test_people import acme
from tests.judging.watched import UNTIL, watched


def test_planted_drops_are_seen_from_their_week_on() -> None:
    for kind, metric in (("meetings_drop", "meetings_held"), ("replies_halve", "responses")):
        rep, since = watched().planted(kind)
        (one,) = effects(watched().store, [ActionPlan(rep, metric, since, UNTIL)])
        assert one.effect.outcome is Outcome.BELOW
        assert one.better is False
        low, high = one.effect.interval or (0, 0)
        assert low <= -0.4 <= high or low <= -0.5 <= high
        assert "fell as much" in one.sentence


def test_plans_of_people_nothing_happened_to_seldom_count_as_successes() -> None:
    seen = watched()
    planted = {truth.rep_id for truth in seen.company.truths.rows}
    quiet = [one.rep for one in people(seen.store, UNTIL - timedelta(days=1), Scope.company()) if one.rep not in planted]
    plans = [
        ActionPlan(rep, metric, UNTIL - timedelta(weeks=weeks), UNTIL)
        for rep in quiet
        for metric in ("meetings_held", "emails_sent", "contacts_engaged")
        for weeks in (5, 8, 10, 12)
    ]
    told = [one.effect for one in effects(seen.store, plans) if one.effect.interval is not None]
    assert len(told) >= 30
    assert sum(one.outcome is Outcome.ABOVE for one in told) <= (STATED + 0.05) * len(told)
    assert sum(low <= 0 <= high for low, high in (one.interval or (0, 0) for one in told)) >= 0.7 * len(told)


def test_young_plans_and_few_peers_are_told_as_such() -> None:
    seen = watched()
    rep, _ = seen.planted("meetings_drop")
    young, ahead, old = effects(
        seen.store,
        [
            ActionPlan(rep, "meetings_held", UNTIL - timedelta(weeks=2), UNTIL + timedelta(weeks=8)),
            ActionPlan(rep, "meetings_held", UNTIL, UNTIL + timedelta(weeks=8)),
            ActionPlan(rep, "meetings_held", date(2020, 1, 6), date(2020, 3, 2)),
        ],
    )
    assert young.effect.outcome is Outcome.EARLY
    assert "Too early to tell (needs about" in young.sentence
    assert not young.over
    assert (ahead.effect.outcome, ahead.effect.weeks) == (Outcome.EARLY, 0)
    assert "began before" in old.sentence
    (alone,) = effects(acme(), [ActionPlan("ana", "meetings_held", date(2026, 2, 2), date(2026, 4, 6))])
    assert alone.effect.outcome is Outcome.UNKNOWN
    assert "comparable people" in alone.sentence


def test_all_plans_that_cannot_be_followed_are_told_at_once() -> None:
    wrong = [
        ActionPlan("ana", "meetings", date(2026, 1, 5), date(2026, 2, 2)),
        ActionPlan("ana", "revenue", date(2026, 1, 5), date(2026, 2, 2)),
        ActionPlan("ana", "emails_sent", date(2026, 2, 2), date(2026, 1, 5)),
    ]
    with pytest.raises(PlanError) as told:
        effects(watched().store, wrong)
    words = str(told.value)
    assert all(part in words for part in ("no metric is called 'meetings'", "Revenue can't be followed", "ends after it begins"))


def test_what_is_said_of_a_running_plan_is_scored_when_it_is_over() -> None:
    seen = watched()
    rep, since = seen.planted("meetings_drop")
    running = effects(seen.store, [ActionPlan(rep, "meetings_held", since, UNTIL + timedelta(weeks=1))])
    today = epoch_day(seen.store.view().day)
    said = coaching_predictions(running, today)
    assert len(said) == 1
    engine = open_duckdb()
    store = Store(engine, SETTINGS, seen.store.now)
    assert keep(engine, said, store.now) == 1
    over = [type(one)(one.plan, one.name, one.metric, True, one.effect, one.better) for one in running]
    assert coaching_predictions(over, today) == []
    assert settle_plans(store, over, store.now) == 1
    (one,) = kept(store.engine, KIND)
    assert one.actual == pytest.approx(running[0].effect.effect)
    assert one.inside
