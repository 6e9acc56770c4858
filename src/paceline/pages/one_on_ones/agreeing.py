"""The form of one thing agreed: filled in beforehand from what changed, so that one click saves it."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paceline.access.gate import Asking
from paceline.coaching.actions import Agreed
from paceline.coaching.models import OneOnOne
from paceline.coaching.pair import Pair
from paceline.coaching.prepared import Change, GoalShown, Prepared
from paceline.judging.signals_metrics import not_judged
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Unit
from paceline.pages.dashboards import written
from paceline.pages.one_on_ones.gather import metrics_to_choose, prepared
from paceline.pages.one_on_ones.pairing import names
from paceline.pages.one_on_ones.points import name_of

WEEKS = 4  # whole ones: from fewer nothing is said of a plan


class AgreeForm(forms.Form):
    """Who does what until when, and how one will know."""

    text = forms.CharField(label=gettext_lazy("What"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    who = forms.ChoiceField(label=gettext_lazy("Who"))
    metric = forms.ChoiceField(label=gettext_lazy("How we will know"), required=False)
    target = forms.FloatField(
        label=gettext_lazy("Target"), required=False, widget=forms.NumberInput(attrs={"step": "any"}),
        help_text=gettext_lazy("For a count, per full week; for a share, in percent. Leave empty for “just better”."),
    )
    first = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    last = forms.DateField(label=gettext_lazy("Check on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, *args: Any, request: Asking, pair: Pair, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.store = request.door.store
        known = names(request, pair.rep_id, pair.manager_id)
        slugs = metrics_to_choose(self.store, pair.rep_id)
        more = [str(self.initial.get("metric") or ""), str(self.data.get("metric") or "")]
        slugs += [slug for slug in dict.fromkeys(more) if slug in self.store.catalog and slug not in slugs]
        self.fields["who"].choices = list(known.items())  # type: ignore[attr-defined]
        self.fields["metric"].choices = [  # type: ignore[attr-defined]
            ("", _("when it is ticked off")), *((slug, name_of(self.store, slug)) for slug in slugs),
        ]  # fmt: skip

    def agreed(self) -> Agreed:
        """What was filled in, once it is valid; the day of the check is the first after the plan."""
        told = self.cleaned_data
        target = told["target"]
        if target is not None and told["metric"] and self.store.catalog[told["metric"]].unit is Unit.PERCENT:
            target = target / 100
        return Agreed(told["who"], told["text"], told["first"], told["last"], told["metric"], target)


def start(request: Asking, pair: Pair, one: OneOnOne | None) -> AgreeForm:
    """The form, filled in: with what changed most (or ``metric`` of the address), back to what was usual, for four weeks.

    Empty once something is agreed: one thing is enough, and a second click mustn't agree the same again.
    """
    store = request.door.store
    told = prepared(request, pair, one)
    today = store.view().day
    changes = (*told.changes, *told.praise)
    wanted = request.GET.get("metric", "")
    initial: dict[str, Any] = {"who": pair.rep_id, "first": today, "last": check_day(today)}
    if not wanted and one is not None and one.actions.exists():
        return AgreeForm(initial=initial, request=request, pair=pair)
    running = {each.metric for each in told.followed if not each.over}
    fresh = next((each for each in told.changes if each.metric not in running), None)
    change = next((each for each in changes if each.metric == wanted), fresh)
    goal = None if change is not None else _late_goal(store, told, running)
    if goal is not None:
        initial |= {"metric": goal.metric, "text": _("%(metric)s: closer to the goal") % {"metric": name_of(store, goal.metric)}}
    if change is not None:
        usual = _usual(change)
        initial |= {"metric": change.metric, "text": _suggested(store, change, usual)}
        if usual is not None:
            target = round(usual * 100, 1) if change.unit == Unit.PERCENT.value else usual
            initial["target"] = int(target) if target == int(target) else target
    return AgreeForm(initial=initial, request=request, pair=pair)


def _late_goal(store: Store, told: Prepared, running: Set[str]) -> GoalShown | None:
    """The goal that is furthest behind its pace, of those that can be followed week by week and have no plan yet."""
    without = not_judged(store.catalog)
    late = [
        (goal.value / goal.expected, goal)
        for goal in told.goals
        if goal.value is not None and goal.expected and goal.value < goal.expected and goal.metric not in without
        and goal.metric not in running
    ]
    return min(late, key=lambda pair: pair[0], default=(1.0, None))[1]


def check_day(today: date) -> date:
    """After four whole weeks from the next Monday on."""
    return today + timedelta(days=(7 - today.weekday()) % 7 + 7 * WEEKS)


def _usual(change: Change) -> float | None:
    """What was usual in a week before the change, as a neat number."""
    if change.limits is None:
        return None
    usual = change.limits[1]
    return float(round(usual)) if change.unit == Unit.COUNT.value and usual >= 2 else float(f"{usual:.2g}")


def _suggested(store: Store, change: Change, usual: float | None) -> str:
    name = name_of(store, change.metric)
    if change.better:
        return _("%(metric)s: keep what works") % {"metric": name}
    if usual is None:
        return _("%(metric)s: back to usual") % {"metric": name}
    value = written.brief(usual, Unit(change.unit), store.settings.currency)
    words = _("%(metric)s: back to %(value)s a week") if change.unit == Unit.COUNT.value else _("%(metric)s: back to %(value)s")
    return words % {"metric": name, "value": value}
