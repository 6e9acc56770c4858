"""The series of a 1:1: when the two meet, and what changes when they meet at another time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paceline.coaching.cadence import Cadence
from paceline.coaching.models import OneOnOne, Series, State
from paceline.coaching.pair import Pair


def series_of(pair: Pair) -> Series | None:
    """The series of the two; None where they never said when they meet."""
    return Series.objects.filter(**pair.ids).first()


def cadence_of(series: Series) -> Cadence:
    """Its rhythm."""
    return Cadence(series.weeks, series.weekday, series.at, series.time_zone, series.first)


def meet(pair: Pair, cadence: Cadence, minutes: int, now: datetime) -> Series:
    """From now on the two meet so; the 1:1 to come moves to the rhythm's next date, unless it is on."""
    told = {
        "weeks": cadence.weeks, "weekday": cadence.weekday, "at": cadence.at, "time_zone": cadence.zone, "first": cadence.first,
        "minutes": minutes, "changed_at": now,
    }  # fmt: skip
    with transaction.atomic():
        series, _ = Series.objects.update_or_create(manager_id=pair.manager_id, rep_id=pair.rep_id, defaults=told)
        to_come = OneOnOne.objects.filter(**pair.ids, state=State.PLANNED, began_at=None).first()
        if to_come is not None:
            to_come.at, to_come.minutes = cadence.next_after(now), minutes
            to_come.save(update_fields=["at", "minutes"])
    return series
