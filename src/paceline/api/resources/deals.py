"""Open deals of a rep: where each stands."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Listing, Shape, instant, number
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part
from paceline.api.question import Whose, understood
from paceline.pages.dashboards.deals import OpenDeal, open_deals
from paceline.pages.dashboards.team import people_of
from paceline.sales.periods import Period


class Deal(Shape):
    """An open deal on the as-of day."""

    opportunity_id: str
    name: str
    account: str | None
    rep_id: str
    stage: str | None
    amount: float | None = Field(description="In units of the company's currency; null: unknown.")
    currency: str
    age_days: int | None
    days_in_stage: int | None
    stage_limit_days: int | None
    expected_close: date | None
    overdue: bool
    last_touch: date | None
    next_meeting: date | None


class DealsAnswer(Listing):
    """Open deals, the one to close next first."""

    items: list[Deal]


class DealsQuery(Whose, Paged):
    """Whose deals."""


def deals(caller: Caller, query: DealsQuery) -> DealsAnswer:
    """The open deals of everybody in the scope."""
    door = caller.door("see_rep")
    asked = understood(door, query, caller.problems)
    today = Period.containing("day", asked.today, asked.store.settings)
    people = [asked.scope.one_rep] if asked.scope.one_rep else sorted(people_of(asked.store, asked.scope, today, asked.as_of))
    found = [(rep, one) for rep in people for one in open_deals(asked.store, rep, asked.as_of)]
    found.sort(key=lambda pair: (pair[1].close or date.max, pair[1].opportunity_id))
    some, cursor = part(found, query, asked.store)
    link = caller.link(reverse("rep", args=[asked.scope.one_rep])) if asked.scope.one_rep else caller.link(reverse("people"))
    return DealsAnswer(
        as_of=instant(asked.store.view(asked.as_of).as_of), link=link, next_cursor=cursor,
        items=[deal_of(rep, one, asked.store.settings.currency) for rep, one in some],
    )  # fmt: skip


def deal_of(rep: str, one: OpenDeal, currency: str) -> Deal:
    """A deal of a rep's page."""
    return Deal(
        opportunity_id=one.opportunity_id, name=one.name, account=one.account or None, rep_id=rep, stage=one.stage or None,
        amount=number(one.amount), currency=currency, age_days=one.age, days_in_stage=one.in_stage, stage_limit_days=one.limit,
        expected_close=one.close, overdue=one.overdue, last_touch=one.last_touch, next_meeting=one.next_meeting,
    )  # fmt: skip


OPERATIONS = (Operation("api_deals", "deals", "see_rep", "Open deals, with where each stands.", DealsQuery, DealsAnswer, deals),)
