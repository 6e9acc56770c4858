"""Who is judged and how much each worked, in the worked company."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from acme.company import SETTINGS, records
from paceline.judging.people import WorkDays, people, workdays
from paceline.metrics.store import Store
from paceline.sales.scope import Scope
from paceline.sales.settings import Settings
from tests.oracle.agreement import open_store

SEEN = date(2026, 4, 10)


@cache
def acme() -> Store:
    return open_store(records(), SETTINGS, SEEN)


def test_a_manager_without_a_goal_of_his_own_is_no_seller() -> None:
    assert [one.rep for one in people(acme(), SEEN, Scope.company())] == ["ana", "bob", "sue"]


def test_a_person_is_what_they_were_on_that_day() -> None:
    before, after = (people(acme(), day, Scope.rep("bob"))[0] for day in (date(2026, 2, 15), date(2026, 2, 16)))
    assert (before.team, before.segment) == ("North", "enterprise")
    assert (after.team, after.segment) == ("South", "mid-market")
    assert after.hired == date(2024, 6, 1)
    assert after.tenure_days(date(2024, 6, 1)) == 0


def test_who_is_not_hired_yet_or_has_moved_to_another_team_is_not_there() -> None:
    assert [one.rep for one in people(acme(), date(2025, 8, 31), Scope.company())] == ["ana", "bob"]
    assert [one.rep for one in people(acme(), SEEN, Scope.team("North"))] == ["ana", "sue"]


def _march() -> WorkDays:
    return workdays(acme(), Scope.company(), date(2026, 3, 2), date(2026, 4, 6))


def test_working_days_leave_out_weekends_and_absences() -> None:
    off = {row["rep_id"]: (row["from_day"], row["until_day"]) for row in records()["absence"].to_pylist()}
    work = workdays(acme(), Scope.company(), date(2026, 1, 1), date(2026, 7, 1))
    whole = np.busday_count("2026-01-01", "2026-07-01")
    for rep in ("ana", "bob", "sue"):
        calendar = next(r["holiday_calendar"] for r in records()["rep"].to_pylist() if r["id"] == rep)
        free = {r["day"] for r in records()["holiday"].to_pylist() if r["calendar"] == calendar}
        free |= set(range(*off.get(rep, (0, 0))))
        days = np.array(sorted(free), "datetime64[D]")
        inside = days[(days >= np.datetime64("2026-01-01")) & (days < np.datetime64("2026-07-01"))]
        assert work.between(rep, date(2026, 1, 1), date(2026, 7, 1)) == whole - np.is_busday(inside).sum()


def test_weeks_begin_on_mondays_and_days_outside_the_scope_are_unknown() -> None:
    mondays, weeks = _march().by_week()
    assert mondays == tuple(date(2026, 3, day) for day in (2, 9, 16, 23, 30))
    assert weeks.shape == (4, 5)
    south = workdays(acme(), Scope.team("South"), date(2026, 2, 9), date(2026, 2, 23))
    assert south.reps == ("bob",)
    assert np.isnan(south.by_week()[1][0, 0])
    assert south.by_week()[1][0, 1] > 0


def test_half_a_day_of_a_part_timer_is_half_and_long_days_are_one() -> None:
    half = records()
    roles = half["rep_role"].to_pylist()
    hours = {"r1": (9 * 60, 13 * 60), "r4": (7 * 60, 20 * 60)}
    for row in roles:
        if row["id"] in hours:
            row["work_start_minute"], row["work_end_minute"] = hours[row["id"]]
    half["rep_role"] = type(half["rep_role"]).from_pylist(roles, half["rep_role"].schema)
    day = date(2026, 3, 10)
    work = workdays(open_store(half, SETTINGS, SEEN), Scope.company(), day, date(2026, 3, 11))
    assert {rep: work.between(rep, day, date(2026, 3, 11)) for rep in ("ana", "sue")} == {"ana": 0.5, "sue": 1.0}


def test_a_manager_with_a_goal_of_his_own_sells() -> None:
    changed = records()
    goals = changed["goal"].to_pylist()
    goals.append({**goals[0], "id": "g9", "rep_id": "max"})
    changed["goal"] = type(changed["goal"]).from_pylist(goals, changed["goal"].schema)
    store = open_store(changed, replace(SETTINGS, name="Acme with a playing coach"), SEEN)
    assert "max" in {one.rep for one in people(store, SEEN, Scope.company())}


def test_days_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="from a day to a later one"):
        workdays(acme(), Scope.company(), SEEN, SEEN)


def test_full_day_is_the_companys() -> None:
    from paceline.judging.people import full_day

    assert full_day(Settings(work_start_minute=540, work_end_minute=900)) == 6 * 3600
