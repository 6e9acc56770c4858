"""Something of everything that people do on pages: alerts with verdicts, a 1:1 that was held, a dispute, saved views."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from paceline.project.running import Running
from tests.product.conftest import NOW, Cast

if TYPE_CHECKING:
    from paceline.coaching.models import OneOnOne

MOMENT = datetime.fromtimestamp(NOW, UTC)
SHARED, PRIVATE, REPS_PRIVATE = "we talked about her first big deal", "she may leave", "I want to leave"
# Whose alerts there are: each one's card ends in the name.
ALERTS = ("rep", "peer", "other_rep")


def stock(cast: Cast) -> OneOnOne:
    """All of it; gives the 1:1 that was held by the manager and the rep."""
    _alerts(cast)
    _disputes(cast)
    _views(cast)
    return _one_on_one(cast)


def _alerts(cast: Cast) -> None:
    from paceline.alerts.models import Alert, State

    for name in ALERTS:
        Alert.objects.create(
            card=f"card-{name}", level="rep", name=cast.rep_id(name), metric="meetings_held", direction=-1, better=False,
            since=date(2026, 5, 4), fired=date(2026, 6, 1), until=date(2026, 6, 22), observed=20.0, expected=41.0, change=-0.51,
            weight=2.0, state=State.FIRING,
        )  # fmt: skip


def _disputes(cast: Cast) -> None:
    from paceline.disputes.deciding import Seen, dispute

    for name in ("rep", "other_rep"):
        dispute("meeting", f"m-{name}", f"no sales meeting of {name}", cast[name], Seen(cast.rep_id(name), "meetings_held"))


def _views(cast: Cast) -> None:
    from paceline.pages.plan.models import SavedView

    SavedView.objects.create(user=cast["manager"], name="North, by quarter", address="/team/?period=2026-Q2", shared=True)
    SavedView.objects.create(user=cast["other_manager"], name="Mine alone", address="/goals/")
    SavedView.objects.create(user=cast["rep"], name="Where I stand", address="/goals/")


def _one_on_one(cast: Cast) -> OneOnOne:
    from paceline.coaching import agenda, notes
    from paceline.coaching.models import Action, State
    from paceline.coaching.prepared import Prepared

    manager, rep = cast.rep_id("manager"), cast.rep_id("rep")
    one = agenda.add(manager, rep, manager, "note", "Holiday in August").one_on_one
    notes.write(one, manager, False, SHARED, MOMENT)
    notes.write(one, manager, True, PRIVATE, MOMENT)
    notes.write(one, rep, True, REPS_PRIVATE, MOMENT)
    Action.objects.create(one_on_one=one, by=manager, who=rep, text="Ten first calls a day", first=date(2026, 4, 6),
                          until=date(2026, 6, 1))  # fmt: skip
    one.state, one.ended_at, one.minutes = State.HELD, MOMENT - timedelta(days=3), 25
    one.shown = Prepared(date(2026, 6, 27), "EUR").to_json()
    one.save()
    agenda.add(manager, rep, manager, "note", "The new territory")
    return one


@contextmanager
def leaderboard(place: Running, word: str) -> Iterator[None]:
    """What the company allows of leaderboards, for a while."""
    before = place.project
    pages = replace(before.config.pages, leaderboard=word)
    place.project = replace(before, config=replace(before.config, pages=pages))
    try:
        yield
    finally:
        place.project = before


