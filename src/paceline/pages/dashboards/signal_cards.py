"""A signal as a card: who, what, how much, since when, its course, where to look further."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from paceline import charts
from paceline.coaching.words import Shift, changed
from paceline.judging.signals import Signal
from paceline.judging.signals_words import weeks_apart
from paceline.pages.dashboards import written
from paceline.pages.dashboards.address import Address
from paceline.pages.dashboards.asking import Asked
from paceline.pages.dashboards.kept import readings
from paceline.pages.dashboards.weeks_views import weeks_link
from paceline.pages.one_on_ones.points import signed
from paceline.pages.told import in_words
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.saying.said import Said, catalogued
from paceline.stats.limits import floored, natural_limits

_WEEKS = 26


def card(of: Asked, one: Signal) -> dict[str, Any]:
    """A signal as a card: who, what, the sentence, its course, where to look further."""
    is_rep = one.level == "rep"
    rep, team = (one.name, "") if is_rep else ("", one.name)
    scope = Scope.rep(one.name) if is_rep else Scope.team(one.name)
    weeks = _weeks(of)
    values = [
        reading.value
        for reading in readings(of.store, [one.metric.slug], of.question.door.narrowed(scope), weeks, as_of=of.as_of)
    ]
    moved = [f"{gettext(name)} {written.signed_share(change)}" for name, change in one.moved_with]
    return {
        "who": in_words(one.who) or one.name,
        "metric": gettext(one.metric.name),
        "mark": "" if one.better is None else "better" if one.better else "worse",
        "sentence": in_words(one.sentence),
        "numbers": _numbers(of, one),
        "since": written.day_brief(one.card.since),
        "said": signed(_point(of, one)) if is_rep else "",
        "line": charts.sparkline(
            values, _limits(values, one), mark="" if one.better is None else "better" if one.better else "worse"
        ),
        "allowed": [in_words(allowed.sentence) for allowed in one.card.allowed],
        "moved": moved,
        "page": reverse("rep", args=[one.name]) if is_rep else reverse("team") + Address().query(team=team),
        "trend": reverse("metric", args=[one.metric.slug]) + Address().query(rep=rep, team=team, period="last_week"),
        "weeks": weeks_behind(of, one),
    }


def weeks_behind(of: Asked, one: Signal) -> str:
    """Where the weeks are that add up to the card's number, each with its records."""
    return weeks_link(one.metric.slug, one.level, one.name, one.card.since, one.card.until, of.address.as_of)


def _numbers(of: Asked, one: Signal) -> dict[str, str]:
    weeks = weeks_apart(one.metric, one.card.since, one.card.until)
    return {
        "observed": written.over_weeks(one.card.observed, one.metric.unit, weeks, of.currency),
        "expected": written.over_weeks(one.card.expected / weeks, one.metric.unit, 1, of.currency),
        "change": written.signed_share(one.card.change),
    }


def _point(of: Asked, one: Signal) -> Said:
    """As a point of an agenda."""
    weeks = weeks_apart(one.metric, one.card.since, one.card.until)
    shift = Shift(one.metric.unit, one.card.observed, one.card.expected / weeks, one.card.change, one.card.since, weeks)
    return changed(catalogued(one.metric.name), shift, of.currency)


def _weeks(of: Asked) -> list[Period]:
    """The last whole weeks, oldest first."""
    weeks = [Period.containing("week", of.today, of.store.settings).before()]
    while len(weeks) < _WEEKS:
        weeks.insert(0, weeks[0].before())
    return weeks


def _limits(values: list[float | None], one: Signal) -> tuple[float, float] | None:
    """What was usual before the change began: the natural limits of the weeks until then."""
    changed = max((one.card.until - one.card.since).days // 7 + 1, 1)
    before = [value for value in values[: max(len(values) - changed, 0)] if value is not None]
    limits = natural_limits(before)
    return None if limits is None else (floored(limits[0], before), limits[1])
