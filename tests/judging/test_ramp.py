"""New hires read from a store: tenure by the day of hire, working days, who is held against whom, predictions settled."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from paceline.facts import schema
from paceline.insight.ramp import FEWEST
from paceline.judging.people import full_day
from paceline.judging.ramp import Ramp, RampError, keep_ramps, ramp, settle_ramps
from paceline.judging.record import kept
from paceline.metrics.store import Store, day_end
from paceline.sales.periods import epoch_day
from paceline.sales.scope import Scope
from tests.metrics.facts_by_hand import SETTINGS, connections, store_of

FIRST, TODAY = date(2024, 1, 1), date(2026, 9, 15)
PACE = 1.0  # calls a working day when fully productive
SLOW, NEW, GONE, HALF = "slow", "new", "gone", "half"


def _hired() -> dict[str, tuple[date, date | None, float]]:
    """Who was hired when, left when, and for how much of a day works."""
    people: dict[str, tuple[date, date | None, float]] = {f"old{i}": (date(2020, 1, 1), None, 1.0) for i in range(6)}
    people |= {f"past{i:02}": (FIRST + timedelta(days=40 * i + 17), None, 1.0) for i in range(16)}
    people[GONE] = (date(2025, 3, 10), date(2025, 8, 20), 1.0)
    people[HALF] = (date(2026, 4, 20), None, 0.5)
    people[SLOW] = (date(2026, 3, 2), None, 1.0)
    people[NEW] = (date(2026, 3, 16), None, 1.0)
    return people


def _worked(people: dict[str, tuple[date, date | None, float]]) -> list[dict[str, Any]]:
    rows = []
    for rep, (hired, left, part) in people.items():
        for number in range(epoch_day(max(hired, FIRST)), epoch_day(left or TODAY + timedelta(days=1))):
            weekend = (number + 3) % 7 >= 5
            away = rep == NEW and epoch_day(date(2026, 6, 16)) <= number < epoch_day(date(2026, 7, 16))
            seconds = 0 if weekend or away else round(full_day(SETTINGS) * part)
            rows.append({"rep_id": rep, "day": number, "start_at": number * 86_400, "seconds": seconds, "before_seconds": 0})
    return rows


def store() -> Store:
    rng, people = np.random.default_rng(3), _hired()
    work = _worked(people)
    calls: list[dict[str, Any]] = []
    for row in work:
        rep, number = row["rep_id"], row["day"]
        tenure = (number - epoch_day(people[rep][0])) / 30.4
        weeks = 30.0 if rep == SLOW else 5.0
        share = min(0.25 + 0.75 * tenure / weeks, 1.0)
        part = row["seconds"] / full_day(SETTINGS)
        for _ in range(rng.poisson(PACE * share * part)):
            calls.append({"call_id": f"c{len(calls)}", "rep_id": rep, "day": number, "at": number * 86_400, "outbound": True})
    stints = [
        {
            "rep_id": rep,
            "from_day": -schema.FOREVER,
            "until_day": schema.FOREVER,
            "name": rep.title(),
            "role": "AE",
            "segment": "smb",
        }
        | {
            "team": "North" if rep in (SLOW, GONE) else "South",
            "hired_day": epoch_day(hired),
            "left_day": left and epoch_day(left),
        }
        for rep, (hired, left, _) in people.items()
    ]
    wins = [
        {"opportunity_id": f"o{i}", "rep_id": f"past{i:02}", "day": epoch_day(FIRST) + 40 * i + 17 + 60 + i, "owner": True}
        | {"won": True, "lost": False, "valued": True, "share": 1.0}
        for i in range(12)
    ]
    facts = {"stint": stints, "workday": work, "call": calls, "outcome": wins, "connection": connections(*people)}
    return store_of(facts, now=TODAY)


@pytest.fixture(scope="module")
def company() -> Store:
    return store()


@pytest.fixture(scope="module")
def dials(company: Store) -> Ramp:
    return ramp(company, "dials", Scope.company())


def test_the_slow_one_is_called_slow_and_the_others_are_not(dials: Ramp) -> None:
    by_name = {one.rep: one for one in dials.hires}
    assert {rep for rep, one in by_name.items() if one.standing.slow} == {SLOW}
    assert "Slower than a normal ramp." in by_name[SLOW].sentence
    assert by_name[SLOW].standing.month == 6
    assert by_name[SLOW].standing.n >= FEWEST


def test_part_time_and_a_month_away_are_in_the_measure(dials: Ramp) -> None:
    by_name = {one.rep: one for one in dials.hires}
    half, new = by_name[HALF], by_name[NEW]
    assert half.standing.amount < 0.65 * 21 * 4
    assert half.standing.chance is not None
    assert half.standing.chance > 0.15  # half the calls in half the days is no slow ramp
    assert new.paces[3] is None or np.isnan(new.paces[3])  # the fourth month of tenure was spent away


def test_months_of_tenure_begin_on_the_day_of_hire(company: Store, dials: Ramp) -> None:
    hired = epoch_day(date(2026, 3, 2))
    call = company.view().frame.fact("call")
    mine = company.engine.query(call.filter(call.rep_id == SLOW, call.day >= hired, call.day < epoch_day(date(2026, 9, 2))))
    assert next(one for one in dials.hires if one.rep == SLOW).standing.amount == mine.num_rows


def test_who_left_is_a_past_hire_for_as_long_as_they_stayed(dials: Ramp) -> None:
    (cohort,) = dials.cohorts
    assert cohort.label == "AE, smb"
    assert cohort.hires == 20
    assert cohort.fan.n[4] - cohort.fan.n[5] >= 1
    assert GONE not in {one.rep for one in dials.hires}


def test_the_time_to_the_first_deal_counts_those_without_one_as_waiting(dials: Ramp) -> None:
    curve = dials.cohorts[0].first_deal
    assert curve is not None
    assert (curve.n, curve.events) == (20, 12)
    assert curve.times.tolist() == [60.0 + i for i in range(12)]
    # At day 60 all 20 had been watched; one of them won. None was censored before day 71.
    assert curve.waiting[:2].tolist() == pytest.approx([19 / 20, 18 / 20])


def test_a_team_sees_its_own_hires_beside_the_whole_companys(company: Store) -> None:
    found = ramp(company, "dials", Scope.team("North"))
    assert [one.rep for one in found.hires] == [SLOW]
    assert found.hires[0].standing.n >= FEWEST


def test_full_productivity_is_expected_and_the_word_is_kept_and_settled(company: Store) -> None:
    early = Store(company.engine, SETTINGS, day_end(date(2026, 1, 15), SETTINGS))
    said = ramp(early, "dials", Scope.company())
    waiting = {one.rep: one.expected for one in said.hires if one.expected.middle is not None and one.expected.reached is None}
    assert waiting
    assert keep_ramps(early, said) == len(waiting)
    assert keep_ramps(early, said) == 0
    assert settle_ramps(early) == 0
    assert settle_ramps(company) == len(waiting)
    for one in kept(company.engine, "ramp"):
        expected = waiting[one.prediction.name]
        assert one.actual is not None
        assert (one.prediction.low, one.prediction.point) == (expected.low, expected.middle)
    slow = next(one for one in ramp(company, "dials", Scope.company()).hires if one.rep == SLOW)
    assert slow.cohort.full == pytest.approx(21 * PACE, rel=0.1)
    assert slow.expected.reached is None
    assert slow.full_from is None  # nobody before was as slow: the past hires don't tell when
    assert "can't be read from theirs" in slow.sentence


def test_a_flag_is_right_where_it_takes_longer_than_half_of_the_past_hires_took() -> None:
    """The slow one is flagged in month 4; half of the past hires were there by then, so the end of month 6 settles it."""
    late = store()
    early = Store(late.engine, SETTINGS, day_end(date(2026, 7, 20), SETTINGS))
    keep_ramps(early, ramp(early, "dials", Scope.company()))
    (flag,) = kept(late.engine, "ramp flag")
    assert (flag.prediction.name, flag.prediction.target, flag.actual) == (SLOW, 4.0, None)
    assert settle_ramps(early) == 0
    settle_ramps(late)
    assert [one.actual for one in kept(late.engine, "ramp flag")] == [1.0]


def test_rows_for_programs(dials: Ramp) -> None:
    table = dials.to_arrow().to_pylist()
    assert {row["rep"] for row in table} == {SLOW, NEW, HALF, *(one.rep for one in dials.hires)}
    assert all(row["sentence"].startswith("Month") for row in table)
    curves = dials.curves_to_arrow().to_pylist()
    assert [row["month"] for row in curves] == list(range(1, 13))
    assert all(row["p10"] <= row["p50"] <= row["p90"] for row in curves)


@pytest.mark.parametrize("slug", ["stuck_opportunities", "average_deal_size_median", "sales_velocity", "nonsense"])
def test_what_cannot_be_added_up_over_months_has_no_ramp(company: Store, slug: str) -> None:
    with pytest.raises(RampError):
        ramp(company, slug, Scope.company())
