"""Coaching time as a number: whom managers met, for how long; seen by those who lead, without a word of what was said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from paceline.coaching.models import OneOnOne, State
from paceline.coaching.time_spent import Held, Met, reports_since, spent
from paceline.project.running import Running
from paceline.sales.periods import epoch_day
from paceline.sales.scope import Stint
from tests.product.conftest import NOW, Cast

if TYPE_CHECKING:
    from django.test import Client

DAY = date(2026, 6, 30)
FOREVER = epoch_day(date(2100, 1, 1))


def _stint(rep: str, boss: str, since: date, until: int = FOREVER, left: date | None = None) -> Stint:
    return Stint(rep, epoch_day(since), until, rep, manager_id=boss, left_day=None if left is None else epoch_day(left))


LONG_AGO = date(2025, 1, 1)
TEAM = (
    _stint("ann", "boss", LONG_AGO),
    _stint("ben", "boss", LONG_AGO),
    _stint("new", "boss", date(2026, 6, 25)),
    _stint("moved", "other", LONG_AGO, epoch_day(date(2026, 5, 1))),
    _stint("moved", "boss", date(2026, 5, 1)),
    _stint("gone", "boss", LONG_AGO, left=date(2026, 6, 1)),
    _stint("boss", "boss", LONG_AGO),
)


def test_reports_are_those_of_the_day_and_since_when_without_a_break() -> None:
    change = date(2026, 6, 20)
    regrouped = (*TEAM[1:], _stint("ann", "boss", LONG_AGO, epoch_day(change)), _stint("ann", "boss", change))
    since = reports_since("boss", regrouped, DAY)
    assert since == {"ann": LONG_AGO, "ben": LONG_AGO, "new": date(2026, 6, 25), "moved": date(2026, 5, 1)}


def test_the_share_met_and_the_minutes_by_hand() -> None:
    held = [
        Held("boss", "ann", date(2026, 6, 17), 30),  # the first of the last 14 days
        Held("boss", "ann", date(2026, 6, 16), 30),  # the day before
        Held("boss", "ben", date(2026, 6, 3), 20),
        Held("boss", "ben", date(2026, 6, 2), 99),  # 29 days ago
        Held("boss", "new", date(2026, 6, 26), 40),
        Held("boss", "gone", date(2026, 6, 28), 60),  # reports to nobody any more
        Held("other", "ann", date(2026, 6, 28), 60),  # somebody else's
    ]
    (one,) = spent(["boss", "nobody"], held, TEAM, DAY)
    # 14 days: ann and new were met; ben and moved weren't. 28 days: ben, too.
    assert one.met == (Met(14, 2, 4), Met(28, 3, 4))
    assert one.met[0].share == pytest.approx(0.5)
    assert {rep.rep_id: (rep.last, rep.minutes) for rep in one.reps} == {
        "ann": (date(2026, 6, 17), 60), "ben": (date(2026, 6, 3), 20), "new": (date(2026, 6, 26), 40), "moved": (None, 0),
    }  # fmt: skip
    assert [(period.label, minutes) for period, minutes in one.months] == [
        ("April 2026", 0.0), ("May 2026", 0.0), ("June 2026", (30 + 30 + 20 + 99 + 40) / 4),
    ]  # fmt: skip


def test_whoever_came_in_the_window_is_counted_once_met_and_not_before() -> None:
    team = (_stint("new", "boss", date(2026, 6, 25)),)
    (one,) = spent(["boss"], [], team, DAY)
    assert [met.share for met in one.met] == [None, None]  # nobody was to be met: none, not 0 %
    (one,) = spent(["boss"], [Held("boss", "new", date(2026, 6, 29), 30)], team, DAY)
    assert [met.share for met in one.met] == [1.0, 1.0]


@pytest.fixture
def held(cast: Cast) -> None:
    at = datetime.fromtimestamp(NOW, UTC) - timedelta(days=2)
    OneOnOne.objects.create(
        manager_id=cast.rep_id("manager"), rep_id=cast.rep_id("rep"), state=State.HELD, minutes=37, began_at=at, ended_at=at
    )


def test_those_who_lead_see_the_numbers_of_their_own(held: None, cast: Cast, browser: Callable[[str], Client]) -> None:  # noqa: ARG001
    def managers(name: str) -> set[str]:
        return {one["id"] for one in browser(name).get(reverse("coaching_time")).context["managers"]}

    boss, other = cast.rep_id("manager"), cast.rep_id("other_manager")
    assert boss in managers("manager")
    assert other not in managers("manager")
    assert {boss, other} <= managers("executive")
    assert managers("executive") == managers("admin")
    assert boss not in managers("other_manager")
    assert browser("rep").get(reverse("coaching_time")).status_code == 404
    assert "37" in browser("admin").get(reverse("coaching_time")).content.decode()


def test_the_numbers_are_a_file_too(
    held: None, cast: Cast, browser: Callable[[str], Client], place: Running  # noqa: ARG001
) -> None:
    address = reverse("coaching_time_export", args=["csv"])
    rows = browser("manager").get(address).content.decode().splitlines()
    assert rows[0].startswith("day,manager_id,manager,reports,met_14,of_14,met_28,of_28,minutes_a_rep_this_month")
    (own,) = [row.split(",") for row in rows[1:] if cast.rep_id("manager") in row]
    assert own[0] == place.store.view().day.isoformat()
    assert (own[4], own[6]) == ("1", "1")
    assert float(own[8]) == pytest.approx(37 / int(own[3]))
    assert browser("rep").get(address).status_code == 404
