"""Goals end to end: set through the ordinary load, prorated, standing with pace and chance, recommended, planned backwards."""

from __future__ import annotations

from datetime import date

import pytest

from acme.company import SETTINGS, day, records
from paceline.insight.goals import given_ramp
from paceline.judging.goals import goal_predictions, standing
from paceline.judging.goals_calendar import as_period, calendar
from paceline.judging.goals_draws import draws_of
from paceline.judging.goals_plan import plan_back
from paceline.judging.goals_recommend import recommendations
from paceline.judging.goals_set import SOURCE, GoalError, goals_for, retired
from paceline.judging.record import keep, kept, settle
from paceline.metrics.ask import ask
from paceline.metrics.store import Store
from paceline.project.loading import load_records
from paceline.sales.periods import Period, epoch_day
from paceline.sales.scope import Scope
from tests.judging.test_people import acme
from tests.judging.watched import UNTIL, watched
from tests.oracle.agreement import open_store

SEEN = date(2026, 4, 10)
COMPANY = Scope.company()


def quarter(year: int, number: int) -> Period:
    return Period.containing("quarter", date(year, 3 * number - 2, 1), SETTINGS)


@pytest.mark.parametrize(("period", "by", "subjects"), [
    (quarter(2026, 1), "rep", {"ana", "bob"}),
    (Period.containing("month", date(2026, 3, 1), SETTINGS), "team", {"South"}),
])
def test_a_goal_that_is_over_stands_as_attainment_reads(period: Period, by: str, subjects: set[str]) -> None:
    over = [line for line in standing(acme(), quarter(2026, 1), COMPANY) if line.goal.subject in subjects]
    lines = {line.goal.subject: line for line in over}
    assert set(lines) == subjects
    read = {dict(one.group)[by]: one for one in ask(acme(), "quota_attainment", COMPANY, period, (by,))}
    for subject, line in lines.items():
        assert line.attainment is not None
        assert line.attainment == pytest.approx(read[subject].value)
        assert line.sentence.endswith("Reached." if line.attainment >= 1 else "Missed.")
        assert line.reach is None
        assert line.no_chance_because == "the period is over"


def test_only_goals_inside_the_asked_period_stand() -> None:
    assert {line.goal.subject for line in standing(acme(), quarter(2026, 1), COMPANY)} == {"ana", "bob", "South"}


def test_a_running_goal_has_pace_and_chance_and_other_scopes_do_not_see_it() -> None:
    (line,) = standing(acme(), quarter(2026, 2), COMPANY)
    assert (line.goal.subject, line.goal.target, line.metric.slug) == ("ana", 45_500, "revenue")
    assert line.pace is not None
    assert 0 < line.pace.elapsed < 0.2
    assert line.reach is not None
    assert 0 <= line.reach.chance <= 1
    assert "likely to reach the goal" in line.sentence
    assert standing(acme(), quarter(2026, 2), Scope.rep("bob")) == ()
    assert standing(acme(), quarter(2026, 2), COMPANY, metric="dials") == ()
    assert standing(acme(), quarter(2027, 2), COMPANY) == ()


def test_a_retired_goal_counts_nowhere_and_can_be_set_again() -> None:
    store = open_store(records(), SETTINGS, SEEN)
    gone = next(line.goal for line in standing(store, quarter(2026, 2), COMPANY))
    for wanted in (0, 1):
        batch = goals_for(store, "revenue", 50_000, quarter(2026, 2), Scope.rep("ana")).records if wanted else None
        load_records(store.engine, SETTINGS, batch or retired(store, [gone.id]), SOURCE, lambda _: None)
        store.refresh(store.now)
        assert [line.goal.subject for line in standing(store, quarter(2026, 2), COMPANY)] == ["ana"] * wanted
        read = ask(store, "quota_attainment", Scope.rep("ana"), quarter(2026, 2)).only()
        assert (read.none_because is None) is bool(wanted)
    with pytest.raises(GoalError, match="no-such-goal"):
        retired(store, ["no-such-goal"])


def test_goals_are_written_as_records_and_attainment_reads_them() -> None:
    store = open_store(records(), SETTINGS, SEEN)
    planned = goals_for(store, "revenue", 40_000, quarter(2026, 2), Scope.rep("bob"))
    (made,) = planned.goals
    assert made.target == 40_000
    load_records(store.engine, SETTINGS, planned.records, SOURCE, lambda _: None, known_at=store.now)
    store.refresh(store.now)
    reading = ask(store, "quota_attainment", Scope.rep("bob"), quarter(2026, 2)).only()
    assert reading.denominator == 40_000_00
    with pytest.raises(GoalError, match="already has a goal of 40,000 from 2026-04-01 to 2026-06-30: replace it"):
        goals_for(store, "revenue", 50_000, quarter(2026, 2), Scope.rep("bob"))
    with pytest.raises(GoalError, match="overlaps April 2026"):
        goals_for(store, "revenue", 9_000, Period.containing("month", SEEN, SETTINGS), Scope.rep("bob"), replace=True)
    again = goals_for(store, "revenue", 50_000, quarter(2026, 2), Scope.role("AE"), replace=True)
    assert {(one.subject, one.replaces) for one in again.goals} == {("ana", 45_500), ("bob", 40_000)}
    load_records(store.engine, SETTINGS, again.records, SOURCE, lambda _: None, known_at=store.now)
    store.refresh(store.now)
    assert [line.goal.target for line in standing(store, quarter(2026, 2), COMPANY)] == [50_000, 50_000]
    # A team's own, for another metric and a fiscal period.
    fiscal = Period.containing("fiscal_quarter", SEEN, SETTINGS)
    planned = goals_for(store, "meetings_held", 20, fiscal, Scope.team("North"), team="North")
    load_records(store.engine, SETTINGS, planned.records, SOURCE, lambda _: None, known_at=store.now)
    store.refresh(store.now)
    (line,) = standing(store, fiscal, Scope.team("North"), metric="meetings_held")
    assert (line.goal.level, line.goal.subject, line.period.grain) == ("team", "North", "fiscal_quarter")
    assert line.value == ask(store, "meetings_held", Scope.team("North"), fiscal).only().value


@pytest.mark.parametrize(
    ("metric", "target", "scope", "words"),
    [
        ("revenu", 1, Scope.role("AE"), "no metric"),
        ("revenue", 0, Scope.role("AE"), "above 0"),
        ("revenue", float("nan"), Scope.role("AE"), "above 0"),
        ("win_rate", 25, Scope.role("AE"), "Write 25% or 0.25"),
        ("revenue", 1, Scope.role("astronaut"), "nobody sells"),
    ],
)
def test_a_goal_that_cannot_be_is_told(metric: str, target: float, scope: Scope, words: str) -> None:
    with pytest.raises(GoalError, match=words):
        goals_for(acme(), metric, target, quarter(2026, 3), scope)


def test_who_joins_leaves_or_is_away_has_less() -> None:
    seen = watched()
    period = quarter(2025, 4)
    made = {
        one.subject: one for one in goals_for(seen.store, "emails_sent", 1000, period, COMPANY, ramp=given_ramp((0.5,))).goals
    }
    days = calendar(seen.store, period.first, period.until)
    for truth in seen.company.truths.of("leave"):
        if (truth.from_day or 0) < period.until_day and (truth.until_day or 0) > period.first_day:
            assert made[truth.rep_id or ""].target < 750
    for truth in seen.company.truths.of("ramp"):
        assert truth.rep_id is not None
        if period.first_day < (truth.from_day or 0) < period.until_day:
            assert made[truth.rep_id].target < 200  # from 29 December
        elif (truth.from_day or 0) < period.first_day:
            assert made[truth.rep_id].prorated is not None
            assert made[truth.rep_id].target < 1000 * days.present(truth.rep_id, period)  # the ramp takes some more
    assert sum(one.target >= 800 for one in made.values()) > 10  # a holiday takes little
    (left,) = seen.company.truths.of("departed")
    later = goals_for(seen.store, "emails_sent", 1000, quarter(2026, 1), COMPANY, ramp=given_ramp((0.5,)))
    assert left.rep_id in made
    assert left.rep_id not in {one.subject for one in later.goals}


def test_shares_are_not_prorated_and_an_unmeasured_ramp_says_so() -> None:
    shares = goals_for(watched().store, "win_rate", 0.3, quarter(2025, 4), Scope.role("AE"))
    assert {one.target for one in shares.goals} == {0.3}
    assert "isn't a sum over days" in shares.notes[0]
    new = goals_for(watched().store, "dials", 50, quarter(2025, 4), COMPANY)
    assert any("can't be measured" in note and "such as 25,50,75" in note for note in new.notes)


def test_levels_fall_as_their_chance_rises_and_absences_lower_them() -> None:
    seen = watched()
    month = Period.containing("month", date(2026, 7, 1), SETTINGS)
    found = recommendations(seen.store, "meetings_held", month, Scope.role("AE"))
    assert all(len(one.found.levels) == 3 for one in found)
    people = [one for one in found if one.level == "rep"]
    assert len(people) > 5
    for one in found:
        targets = [level.target for level in one.found.levels]
        assert targets == sorted(targets, reverse=True)
        for level, chance in zip(one.found.levels, (0.4, 0.6, 0.8), strict=True):
            assert level.chance == pytest.approx(chance, abs=0.08)
    assert {one.level for one in found} == {"rep", "team"}
    teams = [one for one in found if one.level == "team"]
    assert all(one.present > 2 and (one.found.middle or 0) > 20 for one in teams)
    with pytest.raises(GoalError, match="sum over days"):
        recommendations(seen.store, "win_rate", quarter(2026, 3), COMPANY)
    none = recommendations(acme(), "revenue", quarter(2026, 3), Scope.rep("ana"))
    assert none[0].found.levels == ()
    assert "No goal to recommend" in none[0].found.sentence


def test_plans_go_back_from_a_goal_at_present_rates() -> None:
    seen = watched()
    year = Period.containing("year", UNTIL, SETTINGS)
    found = plan_back(seen.store, "revenue", 9_000_000, year, Scope.team("Team 1"))
    assert found.rates_of == "own"
    assert found.open_deals > 5
    middle, low, high = found.plan.opportunities or (0, 0, 0)
    assert 0 < low < middle < high
    assert (found.plan.meetings_a_week or (0,))[0] > 1
    assert "at the present win rate" in found.plan.sentence
    nearly = plan_back(seen.store, "revenue", 3_000_000, quarter(2026, 2), Scope.team("Team 1"))
    assert nearly.plan.opportunities is None
    assert "too late" in nearly.plan.sentence or "over" in nearly.plan.sentence
    pipeline = plan_back(seen.store, "pipeline_generated", 50_000_000, year, Scope.role("SDR"))
    assert (pipeline.plan.opportunities or (0,))[0] > 100
    for metric, target, period, words in (
        ("win_rate", 1.0, year, "plans go back from"),
        ("revenue", 0.0, year, "above 0"),
        ("revenue", 1.0, quarter(2027, 1), "hasn't begun"),
    ):
        with pytest.raises(GoalError, match=words):
            plan_back(seen.store, metric, target, period, COMPANY)


def test_somebody_without_deals_is_planned_at_the_roles_rates() -> None:
    found = plan_back(acme(), "revenue", 90_000, quarter(2026, 2), Scope.rep("ana"))
    assert found.plan.opportunities is None or found.rates_of != "own"
    assert "Too few to plan with" in found.plan.sentence or "are needed" in found.plan.sentence


def test_counts_shares_and_means_have_draws_and_others_say_why_not() -> None:
    store, year = watched().store, Period.containing("year", UNTIL, SETTINGS)
    now = epoch_day(UNTIL)
    for slug in ("meetings_held", "emails_sent", "win_rate", "average_deal_size"):
        found = draws_of(store, store.catalog[slug], year, now)
        value = ask(store, slug, COMPANY, year).only().value
        drawn, why = found.of("company", "")
        assert drawn is not None, why
        low, high = sorted(drawn)[50], sorted(drawn)[-50]
        if store.catalog[slug].denominator is None:
            assert low > (value or 0)
        else:
            assert low * 0.7 < (value or 0) < high * 1.3
    drawn, why = draws_of(store, store.catalog["average_opportunity_age"], year, now).of("company", "")
    assert drawn is None
    assert why


def test_chances_are_kept_and_scored_when_the_period_is_over() -> None:
    store = acme()
    lines = standing(store, quarter(2026, 2), COMPANY)
    assert keep(store.engine, goal_predictions(lines, day("2026-04-10")), store.now) == 1
    (said,) = kept(store.engine, "goal chance")
    assert said.prediction.target == 45_500
    assert said.actual is None
    later = Store(store.engine, SETTINGS, (day("2026-07-20")) * 86_400)
    assert settle(later, later.now) == 1
    assert kept(store.engine, "goal chance")[0].actual in (0.0, 1.0)


def test_days_of_a_calendar_period_are_known_as_one() -> None:
    assert as_period(day("2026-04-01"), day("2026-07-01"), SETTINGS).grain == "quarter"
    assert as_period(day("2026-02-01"), day("2026-05-01"), SETTINGS).grain == "fiscal_quarter"
    assert as_period(day("2026-02-01"), day("2026-03-15"), SETTINGS).grain == "range"


def test_nothing_is_recommended_to_those_who_never_had_any_of_it() -> None:
    """SDRs close nothing: peers' levels would be made of nothing, and 0 is no goal."""
    found = recommendations(watched().store, "revenue", Period.containing("quarter", UNTIL, SETTINGS), COMPANY)
    sdrs = {one.subject for one in found if one.level == "rep" and one.compared_with.startswith("SDR")}
    assert sdrs
    for one in found:
        if one.subject in sdrs:
            assert one.found.levels == ()
            assert "never had any of it" in one.found.sentence or "too little was reached" in one.found.sentence
    assert any(one.found.levels for one in found if one.level == "rep" and one.subject not in sdrs)


def test_the_company_is_compared_with_its_own_past() -> None:
    seen = watched()
    month = Period.containing("month", date(2026, 7, 1), SETTINGS)
    whole, *others = recommendations(seen.store, "meetings_held", month, COMPANY)
    assert (whole.level, whole.subject, whole.found.people) == ("company", "", 1)
    assert whole.found.own == whole.found.periods == 8
    before = ask(seen.store, "meetings_held", COMPANY, [month.before()]).only().value or 0.0
    hard, fair, safe = (level.target for level in whole.found.levels)
    assert hard > fair > safe
    assert safe < before * 1.2
    assert hard > before * 0.8
    assert whole.present == pytest.approx(sum(one.present for one in others if one.level == "rep"))
