"""Action plans: what was agreed in the caller's 1:1s, and what came of it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Listing, Person, Shape, instant
from paceline.api.caller import Caller, Visiting
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part, version_of_ids
from paceline.coaching.models import Action
from paceline.coaching.prepared import FollowedUp
from paceline.pages.one_on_ones.gather import follow
from paceline.pages.one_on_ones.pairing import names


class ActionPlan(Shape):
    """Who does what in the days from ``first`` to ``last``; ``target``: of a count, for a full week."""

    id: int
    manager_id: str
    rep_id: str
    text: str
    who: Person
    first: date
    last: date
    metric: str | None
    target: float | None
    done_on: date | None
    over: bool
    outcome: str | None = Field(description="above, below or same as expected, early, unknown; null: it is ticked off.")
    better: bool | None = Field(description="Whether the difference goes the better way.")
    sentence: str | None = Field(description="Before, after, and what was to be expected.")


class ActionPlansAnswer(Listing):
    """The first due first."""

    items: list[ActionPlan]


class ActionPlansQuery(Paged):
    """Which ones."""

    rep: str = Field("", description="Only of the 1:1s with this rep, by the CRM's id.")
    open: bool = Field(False, description="Only those that weren't closed in a later 1:1.")


def action_plans(caller: Caller, query: ActionPlansQuery) -> ActionPlansAnswer:
    """What was agreed in 1:1s of which the caller is one of the two."""
    door, own = caller.door("see_one_on_ones"), caller.user.rep_id
    visitor = Visiting(caller.user, door)
    mine = Action.objects.filter(Q(one_on_one__manager_id=own) | Q(one_on_one__rep_id=own)) if own else Action.objects.none()
    mine = mine.filter(one_on_one__rep_id=query.rep) if query.rep else mine
    every = list((mine.filter(closed_in=None) if query.open else mine).select_related("one_on_one"))
    some, cursor = part(every, query, door.store, version_of_ids((one.pk, one.done_at, one.closed_in_id) for one in every))
    told = {one.action: one for one in follow(door.store, some)}
    known = names(visitor, *{one.who for one in some})
    items = [_shown(one, told[one.pk], known[one.who]) for one in some]
    return ActionPlansAnswer(
        as_of=instant(door.store.now), link=caller.link(reverse("one_on_ones")), next_cursor=cursor, items=items
    )


def _shown(of: Action, told: FollowedUp, name: str) -> ActionPlan:
    """One that was closed stays as it was when the two talked about it."""
    kept = of.came if of.closed_in_id is not None else {}
    return ActionPlan(
        id=of.pk, manager_id=of.one_on_one.manager_id, rep_id=of.one_on_one.rep_id, text=of.text,
        who=Person(rep_id=of.who, name=name), first=of.first, last=date.fromordinal(of.until.toordinal() - 1),
        metric=of.metric or None, target=of.target, done_on=told.done, over=told.over,
        outcome=kept.get("outcome", told.outcome) or None, better=kept.get("better", told.better),
        sentence=str(kept.get("sentence", told.sentence)) or None,
    )  # fmt: skip


OPERATIONS = (
    Operation("api_action_plans", "action-plans", "see_one_on_ones", "What was agreed in one's 1:1s, and what came of it.",
              ActionPlansQuery, ActionPlansAnswer, action_plans),
)  # fmt: skip
