"""A rep's drivers in brief, for the rep's page: the gap of the running quarter's result, its largest parts, where to look."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from paceline.access.gate import Asking, door_for, may
from paceline.judging.drivers import Drivers, DriversError
from paceline.judging.drivers_read import LINKS
from paceline.pages.dashboards import goal_tiles, written
from paceline.pages.dashboards.address import Address
from paceline.pages.dashboards.asking import Asked
from paceline.pages.dashboards.later import NotYetError
from paceline.pages.plan import periods
from paceline.pages.plan.drivers_views import days_of, metric_for, name_of, records_behind, signed, split, suggestion
from paceline.pages.told import fault_in_words, in_words
from paceline.sales.scope import Scope

MOST = 4  # parts: what is left is on the drivers' page


def drivers_in_brief(request: Asking, of: Asked, rep_id: str) -> dict[str, Any] | None:
    """What the page shows of a rep's drivers: ``found``, else the ``problem``, else neither: it is being worked out.

    None where the user may not see drivers.
    """
    if not may(request, "see_drivers"):
        return None
    scope = door_for(request, "see_drivers").narrowed(Scope.rep(rep_id))
    period, metric = goal_tiles.goals_period(of), metric_for(of, scope)
    word = periods.word(period, of.store.settings, of.today)
    query = Address(as_of=of.address.as_of).query(rep=rep_id, period=word, metric=metric)
    told: dict[str, Any] = {"page": reverse("drivers") + query, "title": gettext(of.store.catalog[metric].name),
                            "period": written.period(period), "found": None, "problem": ""}  # fmt: skip
    try:
        found = split(of, scope, period, metric, "past", 0.0)
    except NotYetError:
        return told
    except (DriversError, ValueError) as error:
        return {**told, "problem": fault_in_words(error)}
    return {**told, "found": _shown(of, found, rep_id)}


def _shown(of: Asked, found: Drivers, rep_id: str) -> dict[str, Any]:
    days = days_of(found)
    leaves = [one for one in found.split.leaves if one.name not in LINKS]
    largest = sorted(leaves, key=lambda one: (not one.named, -abs(one.part)))[:MOST]
    return {
        "here": written.brief(found.split.here, found.unit, of.currency),
        "there": written.brief(found.split.there, found.unit, of.currency),
        "gap": signed(found.split.gap, found.unit, of.currency),
        "worse": found.split.gap < 0,
        "reference": in_words(found.reference),
        "parts": [
            {
                "name": name_of(one.name),
                "part": signed(one.part, found.unit, of.currency),
                "mark": ("better" if one.part > 0 else "worse") if one.named else "",
                "records": records_behind(of, found, one.name, days, rep_id),
            }
            for one in largest
        ],
        "turn": in_words(found.turns[0].sentence) if found.turns else "",
        "look": suggestion(of, found, days, rep_id),
    }
