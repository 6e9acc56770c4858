"""Beginning, ending and skipping a 1:1. What was prepared is frozen when it begins, at the latest when it is over."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paceline.coaching import actions, agenda
from paceline.coaching.models import OneOnOne, State
from paceline.coaching.pair import Pair
from paceline.coaching.prepared import Prepared

MOST_MINUTES = 480


def begin(one: OneOnOne, shown: Prepared, now: datetime) -> None:
    """From now on the page shows what was prepared by now. Again: nothing more."""
    if one.is_planned and one.began_at is None:
        one.began_at, one.shown = now, shown.to_json()
        one.save(update_fields=["began_at", "shown"])


def end(one: OneOnOne, shown: Prepared, minutes: int, now: datetime) -> OneOnOne:
    """It was held. What was agreed earlier and is over is closed; what wasn't talked about goes to the next one, which is given.

    ValueError for a length that no talk has.
    """
    if not 1 <= minutes <= MOST_MINUTES:
        raise ValueError(f"a 1:1 lasts 1 to {MOST_MINUTES} minutes")
    pair = Pair(one.manager_id, one.rep_id)
    with transaction.atomic():
        begin(one, shown, now)
        kept = Prepared.from_json(one.shown)
        actions.close(actions.open_actions(pair, one), kept.followed, one)
        return _over(one, State.HELD, minutes, now)


def skip(one: OneOnOne, now: datetime) -> OneOnOne:
    """It doesn't take place: what is on its agenda goes to the next one, which is given."""
    with transaction.atomic():
        return _over(one, State.SKIPPED, one.minutes, now)


def move(one: OneOnOne, at: datetime | None) -> None:
    """This one is at another time; the series stays as it is."""
    one.at = at
    one.save(update_fields=["at"])


def _over(one: OneOnOne, state: State, minutes: int, now: datetime) -> OneOnOne:
    one.state, one.minutes, one.ended_at = state, minutes, now
    one.save(update_fields=["state", "minutes", "ended_at"])
    following = agenda.upcoming(Pair(one.manager_id, one.rep_id), now)
    agenda.carry_over(one, following)
    return following


def history(pair: Pair) -> list[OneOnOne]:
    """The 1:1s that were, the latest first."""
    return list(OneOnOne.objects.filter(**pair.ids).exclude(state=State.PLANNED))


def last_held(pair: Pair) -> OneOnOne | None:
    """The latest that took place."""
    return OneOnOne.objects.filter(**pair.ids, state=State.HELD).first()
