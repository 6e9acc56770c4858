"""Goals to come: which to set, what reaching one takes, which are proposed; and how one that is set came about."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.access.doors import Door
from paceline.api.answers import Answer, Listing, Shape, currency_of, instant, number, period_of
from paceline.api.answers import Period as Days
from paceline.api.caller import Caller, Visiting
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part, version_of_ids
from paceline.api.question import Query, Whose, understood
from paceline.api.refusal import Problems, not_found
from paceline.api.resources.goals import Goal, goal_of
from paceline.judging.goals import GoalLine, goals_in
from paceline.judging.goals_calendar import as_period
from paceline.judging.goals_plan import METRICS
from paceline.judging.goals_recommend import Suggested
from paceline.metrics.vocabulary import Metric
from paceline.pages.asked import Asked
from paceline.pages.dashboards import judged
from paceline.pages.dashboards.later import PATIENT
from paceline.pages.plan.goal_people import Setter
from paceline.pages.plan.goal_set_views import EVER
from paceline.pages.plan.goals_views import metrics_of, planned_back, proposals, suggested
from paceline.pages.plan.models import GoalChange, GoalProposal
from paceline.sales.periods import PeriodError, parse


class ToCome(Whose):
    """Whose goals, for which days."""

    period: str = Field("this_quarter", description="The goal's days; they may be to come.")


class Level(Shape):
    """A target, and the chance to reach it."""

    target: float
    chance: float


class Recommended(Shape):
    """What comparable people came to, as goals. ``levels``: hardest first; none where too little is known."""

    level: str = Field(description="rep, team or company.")
    id: str = Field(description="Empty for the company.")
    name: str
    present: float = Field(description="The share of a full-timer's working days; of teams: people.")
    compared_with: str
    people: int
    periods: int
    own_periods: int
    middle: float | None
    levels: list[Level]
    sentence: str


class RecommendedAnswer(Listing):
    """The company, where it is asked for as a whole, teams, and a line a person."""

    metric: str
    definition_version: int
    unit: str
    currency: str | None
    period: Days
    items: list[Recommended]


class RecommendedQuery(ToCome, Paged):
    """Whose, of which metric."""

    metric: str = Field("revenue", description="A metric that adds up over days.")


class Spread(Shape):
    """The middle, and between what 8 in 10 draws lie."""

    low: float
    middle: float
    high: float


class PlanAnswer(Answer):
    """What reaching a target takes at one's present rates."""

    metric: str
    definition_version: int
    unit: str
    currency: str | None
    period: Days
    name: str
    target: float
    so_far: float
    open_deals: int
    missing: float = Field(description="After what is won, and what open deals are expected to bring.")
    opportunities: Spread | None = Field(description="To open; null: it can't be told.")
    meetings_a_week: Spread | None
    in_time: float | None = Field(description="Share of the deals opened from now on that are decided before the end.")
    rates_of: str = Field(description="Whose rates these are.")
    sentence: str


class PlanQuery(ToCome):
    """To which target."""

    metric: str = Field("revenue", description=f"One of {', '.join(METRICS)}.")
    target: float = Field(gt=0, description="In the metric's unit; money in units of the currency.")


class Proposal(Shape):
    """A goal that somebody would like to have. ``accepted`` null: nobody has decided."""

    id: int
    rep_id: str
    metric: str
    first: date
    last: date
    target: float
    reason: str | None
    proposed_by: str
    at: datetime
    accepted: bool | None
    answer: str | None


class ProposalsAnswer(Listing):
    """Those that wait for the caller's decision, and one's own of late."""

    items: list[Proposal]


class Change(Shape):
    """One thing done to a goal. Where the target was made of a full one: ``full`` × ``present`` × ``ramped``."""

    what: str = Field(description="set, changed or retired.")
    at: datetime
    by: str | None
    target: float
    before: float | None
    full: float | None
    present: float | None
    ramped: float | None
    reason: str | None


class GoalAnswer(Answer):
    """A goal, and how it came about: the latest first; empty where it came with the records."""

    goal: Goal
    history: list[Change]


class GoalQuery(Query):
    """Which goal."""

    goal_id: str = Field(description="A goal's id, as in /goals.")


def asked_ahead(door: Door, query: Whose, period: str, problems: Problems) -> Asked:
    """A question whose days may be to come. Raises Refused."""
    try:
        days = parse(period, door.store.settings, door.store.view(query.as_of).day)
    except PeriodError as error:
        problems.add("period", str(error), "For example: this_quarter, 2026-Q4.")
        days = None
    asked = understood(door, query, problems)
    assert days is not None
    return Asked(door, asked.scope, days, asked.as_of, asked.today)


def metric_for_goals(door: Door, slug: str, problems: Problems) -> Metric | None:
    """The metric, if goals are set for it; else a problem."""
    offered = metrics_of(door.store)
    if slug not in offered:
        problems.unknown("metric", "metric that goals are set for", slug, list(offered))
    return offered.get(slug)


def recommended(caller: Caller, query: RecommendedQuery) -> RecommendedAnswer:
    """Which goals to set."""
    door, problems = caller.door("see_goals"), caller.problems
    metric = metric_for_goals(door, query.metric, problems)
    of = asked_ahead(door, query, query.period, problems)
    assert metric is not None
    found = suggested(of, metric, PATIENT)
    some, cursor = part(found, query, of.store)
    page = f"{reverse('recommended_goals')}?{urlencode({'metric': metric.slug, 'period': query.period})}"
    return RecommendedAnswer(
        as_of=instant(of.store.view(of.as_of).as_of), link=caller.link(page), next_cursor=cursor, metric=metric.slug,
        definition_version=metric.version, unit=metric.unit.value, currency=currency_of(metric, of.store.settings.currency),
        period=period_of(of.period), items=[_recommended(one) for one in some],
    )  # fmt: skip


def _recommended(one: Suggested) -> Recommended:
    found = one.found
    return Recommended(
        level=one.level, id=one.subject, name=one.name, present=one.present, compared_with=str(one.compared_with),
        people=found.people, periods=found.periods, own_periods=found.own, middle=number(found.middle),
        levels=[Level(target=float(level.target), chance=float(level.chance)) for level in found.levels],
        sentence=str(found.sentence),
    )  # fmt: skip


def plan(caller: Caller, query: PlanQuery) -> PlanAnswer:
    """What reaching a target takes."""
    door, problems = caller.door("see_goals"), caller.problems
    if query.metric not in METRICS:
        problems.unknown("metric", "metric that plans go back from", query.metric, METRICS)
    of = asked_ahead(door, query, query.period, problems)
    found, metric = planned_back(of, query.metric, query.target, PATIENT), of.store.catalog[query.metric]
    words = {"metric": query.metric, "target": f"{query.target:.10g}", "period": query.period}
    return PlanAnswer(
        as_of=instant(of.store.view(of.as_of).as_of), link=caller.link(f"{reverse('goal_plan')}?{urlencode(words)}"),
        metric=metric.slug, definition_version=metric.version, unit=metric.unit.value,
        currency=currency_of(metric, of.store.settings.currency), period=period_of(of.period), name=found.name,
        target=found.target, so_far=found.so_far, open_deals=found.open_deals, missing=found.plan.missing,
        opportunities=_spread(found.plan.opportunities), meetings_a_week=_spread(found.plan.meetings_a_week),
        in_time=number(found.plan.in_time), rates_of=str(found.rates_of), sentence=str(found.plan.sentence),
    )  # fmt: skip


def _spread(three: tuple[float, float, float] | None) -> Spread | None:
    if three is None:
        return None
    low, middle, high = sorted(three)
    return Spread(low=low, middle=middle, high=high)


def proposed(caller: Caller, query: Paged) -> ProposalsAnswer:
    """Proposed goals."""
    door = caller.door("see_goals")
    today = door.store.view().day
    of = Asked(door, door.sight(), parse("today", door.store.settings, today), None, today)
    found = proposals(caller.user, Setter(Visiting(caller.user, door), of))
    some, cursor = part(found, query, door.store, version_of_ids((one.pk, one.accepted) for one in found))
    items = [_proposal(one) for one in some]
    return ProposalsAnswer(as_of=instant(door.store.now), link=caller.link(reverse("goals")), next_cursor=cursor, items=items)


def _proposal(one: GoalProposal) -> Proposal:
    return Proposal(
        id=one.pk, rep_id=one.rep_id, metric=one.metric, first=one.first, last=date.fromordinal(one.until.toordinal() - 1),
        target=one.target, reason=one.reason or None, proposed_by=one.by.name, at=one.created_at, accepted=one.accepted,
        answer=one.answer or None,
    )  # fmt: skip


def goal(caller: Caller, query: GoalQuery) -> GoalAnswer:
    """One goal and its history."""
    door = caller.door("see_goals")
    line = _line(door, query.goal_id)
    if line is None:
        raise not_found()
    history = GoalChange.objects.filter(goal_id=query.goal_id).select_related("by")
    page = caller.link(reverse("goal", args=[query.goal_id]))
    return GoalAnswer(
        as_of=instant(door.store.now), link=page, goal=goal_of(line), history=[_change(one) for one in history]
    )


def _line(door: Door, goal_id: str) -> GoalLine | None:
    """How the goal stands; None where there is none of that id in sight."""
    store = door.store
    known = next((one for one in goals_in(store.view(), EVER) if one.id == goal_id), None)
    if known is None:
        return None
    days = as_period(known.first, known.until, store.settings)
    lines = judged.goal_lines(store, days, door.sight())
    own = judged.goal_lines(store, days, door.rep(door.rep_id)) if door.rep_id else ()
    return next((one for one in (*lines, *own) if one.goal.id == goal_id), None)


def _change(one: GoalChange) -> Change:
    return Change(
        what=one.what, at=one.at, by=None if one.by is None else one.by.name, target=one.target, before=one.before, full=one.full,
        present=one.present, ramped=one.ramped, reason=one.reason or None,
    )  # fmt: skip


OPERATIONS = (
    Operation("api_goals_recommended", "goals/recommended", "see_goals", "Which goals to set: levels and the chance of each.",
              RecommendedQuery, RecommendedAnswer, recommended),
    Operation("api_goals_plan", "goals/plan", "see_goals", "What reaching a target takes.", PlanQuery, PlanAnswer, plan),
    Operation("api_goal_proposals", "goals/proposals", "see_goals", "Goals that people propose.",
              Paged, ProposalsAnswer, proposed),
    Operation("api_goal", "goals/one/<path:goal_id>", "see_goals", "One goal, and how it came about.",
              GoalQuery, GoalAnswer, goal),
)  # fmt: skip
