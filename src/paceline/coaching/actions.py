"""What was agreed, and what became of it: followed up by itself until the two have talked about its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from paceline.coaching.clock import day_of
from paceline.coaching.models import Action, OneOnOne
from paceline.coaching.pair import Pair
from paceline.coaching.prepared import FollowedUp
from paceline.insight.coaching import Outcome
from paceline.judging.coaching import ActionPlan, PlanEffect
from paceline.judging.signals_metrics import not_judged
from paceline.metrics.store import Store
from paceline.saying.said import NOTHING, Said, SaidError, catalogued, joined, say

LONGEST_DAYS = 366
OUTCOMES = {
    Outcome.ABOVE: "above", Outcome.BELOW: "below", Outcome.SAME: "same", Outcome.EARLY: "early", Outcome.UNKNOWN: "unknown",
}  # fmt: skip


class ActionError(SaidError):
    """Something can't be agreed as it stands; the message says why."""


@dataclass(frozen=True)
class Agreed:
    """One thing agreed: who (CRM id) does what in the days [first, until). ``metric`` empty: it is ticked off."""

    who: str
    text: str
    first: date
    until: date
    metric: str = ""
    target: float | None = None


def agree(one: OneOnOne, by: str, told: Agreed, store: Store) -> Action:
    """Write it down. ``by``: who does so. Raises ActionError naming everything that is wrong."""
    pair = Pair(one.manager_id, one.rep_id)
    wrong = [why for why in _faults(told, pair, store) if why]
    if by not in pair:
        wrong.append(say("only the two agree on something"))
    if wrong:
        raise ActionError(joined(wrong, "; "))
    text = " ".join(told.text.split())[:500]
    return Action.objects.create(
        one_on_one=one, by=by, who=told.who, text=text, metric=told.metric, target=told.target if told.metric else None,
        first=told.first, until=told.until,
    )  # fmt: skip


def _faults(told: Agreed, pair: Pair, store: Store) -> list[Said]:
    faults = [] if told.text.strip() else [say("say what is agreed")]
    if told.who not in pair:
        faults.append(say("one of the two does it"))
    if not 1 <= (told.until - told.first).days <= LONGEST_DAYS:
        faults.append(say("it ends after it begins, within a year"))
    if told.metric and told.metric not in store.catalog:
        faults.append(say("no metric is called '{metric}'", metric=told.metric))
    elif told.metric in (why := not_judged(store.catalog)):
        name = catalogued(store.catalog[told.metric].name)
        faults.append(say("{metric} can't be followed week by week: {why}", metric=name, why=why[told.metric]))
    return faults


def open_actions(pair: Pair, one: OneOnOne | None) -> list[Action]:
    """What was agreed before this 1:1 and wasn't closed in an earlier one: it is on the table."""
    before = Action.objects.filter(one_on_one__manager_id=pair.manager_id, one_on_one__rep_id=pair.rep_id)
    if one is not None:
        before = before.filter(Q(closed_in=None) | Q(closed_in=one)).exclude(one_on_one=one)
        return list(before)
    return list(before.filter(closed_in=None))


def due(rep_id: str, until: date) -> list[Action]:
    """What this person has promised until a day and hasn't done, the first due first."""
    return list(Action.objects.filter(who=rep_id, done_at=None, closed_in=None, until__lte=until))


def plans_beside(actions: Sequence[Action]) -> tuple[ActionPlan, ...]:
    """The plans of these actions and all others for the same metrics: whoever had one says nothing of what is usual."""
    slugs = {action.metric for action in actions if action.metric}
    if not slugs:
        return ()
    found = Action.objects.filter(metric__in=slugs).select_related("one_on_one").order_by("pk")
    return tuple(dict.fromkeys(plan_of(action) for action in found))


def plan_of(action: Action) -> ActionPlan:
    """As judgement reads it: the metric is the rep's, whoever of the two does something for it."""
    return ActionPlan(action.one_on_one.rep_id, action.metric, action.first, action.until, action.target)


def followed_up(actions: Sequence[Action], found: Sequence[PlanEffect], day: date) -> tuple[FollowedUp, ...]:
    """Each action and what became of it, as known on a day."""
    by_plan = {one.plan: one for one in found}
    return tuple(_followed(action, by_plan.get(plan_of(action)) if action.metric else None, day) for action in actions)


def _followed(action: Action, effect: PlanEffect | None, day: date) -> FollowedUp:
    return FollowedUp(
        action.pk, action.text, action.who, action.first, action.until, action.metric, action.target,
        day_of(action.done_at) if action.done_at else None, action.until <= day,
        "" if effect is None else OUTCOMES[effect.effect.outcome],
        None if effect is None else effect.better,
        NOTHING if effect is None else effect.effect.sentence,
    )  # fmt: skip


def set_done(action: Action, done: bool, now: datetime) -> None:
    """Tick it off, or open it again."""
    action.done_at = now if done else None
    action.save(update_fields=["done_at"])


def close(actions: Sequence[Action], shown: Sequence[FollowedUp], one: OneOnOne) -> None:
    """The two have talked about what is over or done: it stays as it was shown then, and is on no later agenda."""
    by_id = {each.action: each for each in shown}
    for action in actions:
        told = by_id.get(action.pk)
        if told is None:
            continue
        action.came = {"outcome": told.outcome, "better": told.better, "sentence": str(told.sentence)}
        if told.over or (action.done_at is not None and not action.metric):
            action.closed_in = one
        action.save(update_fields=["came", "closed_in"])
