"""What was prepared, as the templates and the PDF need it: texts in the reader's language, pictures."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paceline import charts
from paceline.alerts.sight import REP
from paceline.charts import Dot, Picture
from paceline.coaching.models import Action
from paceline.coaching.pair import Pair
from paceline.coaching.prepared import Change, FollowedUp, GoalShown, Prepared
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Unit
from paceline.pages.dashboards import written
from paceline.pages.dashboards.links import records_of
from paceline.pages.dashboards.weeks_views import weeks_link
from paceline.pages.one_on_ones.points import changed_words, goal_words, name_of, trend_of
from paceline.pages.told import in_words
from paceline.sales.periods import Period

CAME = {
    "above": gettext_lazy("above its expected path"),
    "below": gettext_lazy("below its expected path"),
    "same": gettext_lazy("no difference seen"),
    "early": gettext_lazy("too early to tell"),
    "unknown": gettext_lazy("can’t be told"),
}


def change_of(store: Store, pair: Pair, shown: Prepared, one: Change) -> dict[str, Any]:
    """A change: its words, its course, its peers, where to look further."""
    name = name_of(store, one.metric)
    unit = Unit(one.unit)
    return {
        "metric": one.metric,
        "name": name,
        "mark": _mark(one),
        "observed": written.over_weeks(one.observed, unit, one.apart, shown.currency),
        "words": changed_words(shown, one),
        "moved": [f"{_(moved.metric)} {written.signed_share(moved.change)}" for moved in one.moved],
        "allowed": [in_words(said) for said in one.allowed],
        "trend": trend_of(pair, one.metric),
        "weeks": weeks_link(one.metric, REP, pair.rep_id, one.since, one.until, ""),
        "picture": _course(name, shown, one),
        "peers": _beside(name, shown, one),
    }


def _mark(one: Change) -> str:
    return "" if one.better is None else "better" if one.better else "worse"


def _course(name: str, shown: Prepared, one: Change) -> Picture:
    read = written.reader_of(Unit(one.unit), shown.currency)
    labels = [written.day_brief(week) for week in one.weeks]
    out = {place: _mark(one) for place, week in enumerate(one.weeks) if week >= one.since and one.better is not None}
    described = changed_words(shown, one)
    title = _("%(metric)s by week, %(count)s weeks") % {"metric": name, "count": len(labels)}
    words = (_("lower"), _("usual"), _("upper"), _("goal"))
    return charts.control(
        labels, one.values, written=read, title=title, description=described, limits=one.limits, out=out, words=words,
        columns=(_("Week of"), name), missing=_("none"),
    )  # fmt: skip


def _beside(name: str, shown: Prepared, one: Change) -> Picture | None:
    if one.peers is None or one.own is None:
        return None
    read = written.reader_of(Unit(one.unit), shown.currency)
    dots = [Dot(_("own"), one.own, _mark(one) or "me"), *(Dot(_("a peer"), value) for value in one.peers)]
    title = _("%(metric)s beside peers since %(day)s") % {"metric": name, "day": written.day_brief(one.since)}
    return charts.strip(
        dots, written=read, title=title, median_word=_("median"), columns=(_("Who"), name), missing=_("none")
    )


def goal_of(store: Store, pair: Pair, shown: Prepared, goal: GoalShown) -> dict[str, Any]:
    """A goal: value, target, bullet, pace and chance in words."""
    unit = Unit(goal.unit)
    return {
        "name": name_of(store, goal.metric),
        "value": None if goal.value is None else written.brief(goal.value, unit, shown.currency),
        "because": in_words(goal.because),
        "of": _("of %(goal)s") % {"goal": written.brief(goal.target, unit, shown.currency)},
        "bullet": charts.bullet(goal.value, goal.target, pace=goal.expected, likely=goal.likely),
        "words": goal_words(goal),
        "records": records_of(goal.metric, Period.between(goal.first, goal.until), pair.rep_id),
    }


def followed_of(store: Store, names: dict[str, str], one: FollowedUp, today: date) -> dict[str, Any]:
    """Something agreed and what became of it."""
    return {
        "action": one.action,
        "text": one.text,
        "who": names.get(one.who, one.who),
        "metric": name_of(store, one.metric) if one.metric else "",
        "due": written.day_brief(one.until),
        "late": not one.metric and one.done is None and one.until <= today,
        "over": one.over,
        "done": None if one.done is None else written.day_brief(one.done),
        "came": CAME.get(one.outcome, ""),
        "mark": "" if one.better is None else "better" if one.better else "worse",
        "sentence": in_words(one.sentence),
    }


def agreed_of(store: Store, names: dict[str, str], action: Action) -> dict[str, Any]:
    """Something agreed in this 1:1."""
    target = ""
    if action.metric and action.target is not None and action.metric in store.catalog:
        target = written.brief(action.target, store.catalog[action.metric].unit, store.settings.currency)
    return {
        "text": action.text,
        "who": names.get(action.who, action.who),
        "metric": name_of(store, action.metric) if action.metric else "",
        "target": target,
        "days": written.days(action.first, written_last(action.until)),
        "came": CAME.get(str(action.came.get("outcome", "")), ""),
        "sentence": str(action.came.get("sentence", "")),
    }


def written_last(until: date) -> date:
    """The last day before."""
    return date.fromordinal(until.toordinal() - 1)


def person_page(rep_id: str) -> str:
    """The rep's page."""
    return reverse("rep", args=[rep_id])
