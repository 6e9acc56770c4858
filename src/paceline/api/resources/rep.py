"""One rep: everything that the rep's page shows."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Answer, Shape, instant, period_of
from paceline.api.answers import Period as Days
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.question import When, understood
from paceline.api.resources.deals import Deal, deal_of
from paceline.api.resources.goals import Goal, goal_of
from paceline.api.resources.signals import Signal, signal_of
from paceline.api.resources.team import Cell, cell_of
from paceline.pages.dashboards import judged
from paceline.pages.dashboards import rep as pages_rep
from paceline.sales.periods import Period, from_epoch_day


class Who(Shape):
    """Who the rep is on the period's last day."""

    rep_id: str
    name: str
    role: str | None
    team: str | None
    segment: str | None
    hired: date | None
    ramp_week: int | None


class RepAnswer(Answer):
    """A rep: metrics against the own usual range, goals, signals, open deals. ``against`` of a cell: the peers' median."""

    period: Days
    so_far: bool
    who: Who
    cells: list[Cell]
    goals: list[Goal] = Field(description="Goals of the current quarter.")
    signals: list[Signal]
    deals: list[Deal]


class RepQuery(When):
    """Which rep, which days."""

    rep: str = Field(description="The CRM's id of a person, or the name if only one in sight is called so.")


def rep(caller: Caller, query: RepQuery) -> RepAnswer:
    """The rep page's numbers."""
    door = caller.door("see_rep")
    asked = understood(door, query, caller.problems)
    rep_id = dict(asked.words)["rep"]
    peers = caller.door("see_peers").peers(rep_id, asked.as_of) if caller.may("see_peers") else None
    page = pages_rep.page(asked.store, asked.scope, rep_id, asked.course, peers=peers, as_of=asked.as_of)
    fiscal = "quarter" if asked.store.settings.fiscal_start_month == 1 else "fiscal_quarter"
    quarter = Period.containing(fiscal, asked.today, asked.store.settings)
    return RepAnswer(
        as_of=instant(asked.store.view(asked.as_of).as_of),
        link=caller.link(f"{reverse('rep', args=[rep_id])}?{urlencode(asked.words)}"),
        period=period_of(asked.period), so_far=asked.course.so_far, who=_who(page),
        cells=[cell_of(asked, cell, group.name, rep_id) for group in page.groups for cell in group.cells],
        goals=[goal_of(line, query.as_of) for line in judged.goal_lines(asked.store, quarter, asked.scope, asked.as_of)],
        signals=[signal_of(caller, one) for one in judged.changes(asked.store, asked.scope, asked.as_of).firing],
        deals=[deal_of(rep_id, one, asked.store.settings.currency) for one in page.deals],
    )  # fmt: skip


def _who(page: pages_rep.Page) -> Who:
    stint = page.who
    return Who(
        rep_id=stint.rep_id, name=page.name, role=stint.role, team=stint.team, segment=stint.segment,
        hired=None if stint.hired_day is None else from_epoch_day(stint.hired_day), ramp_week=page.ramp_week,
    )  # fmt: skip


OPERATIONS = (
    Operation("api_rep", "reps/<path:rep>", "see_rep", "One rep: metrics, goals, signals, open deals.", RepQuery, RepAnswer, rep),
)
