"""Today as one document: the few changes that need somebody, what went well, goals to date, whom one meets, how fresh it is."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from pydantic import Field

from paceline.api.answers import Answer, Person, Range, Shape, currency_of, instant, number, period_of, range_of
from paceline.api.answers import Period as Days
from paceline.api.caller import Caller, Visiting
from paceline.api.operation import Operation
from paceline.api.question import Question, When, understood
from paceline.api.resources.alerts import AlertNow, shown_by
from paceline.api.resources.signals import Signal, signal_of
from paceline.coaching import wishes
from paceline.coaching.actions import due
from paceline.insight.cards import State
from paceline.pages.dashboards import judged
from paceline.pages.dashboards import today as pages_today
from paceline.pages.dashboards.goal_tiles import quarter_beside
from paceline.pages.dashboards.later import PATIENT
from paceline.pages.fresh import fresh
from paceline.pages.one_on_ones.pairing import names, pair_in
from paceline.pages.one_on_ones.reading import address_of
from paceline.pages.one_on_ones.today import planned_today, points_on
from paceline.pages.telling.changes import Change


class Changed(Shape):
    """A change. ``alert`` null: seen since the last look, on a past day, or by a key that doesn't reach alerts; nothing can be
    done about it.
    """

    signal: Signal
    alert: AlertNow | None


class GoalTogether(Shape):
    """Goals of several people taken together, or one of all of them as a whole. Money in units of the currency."""

    level: str = Field(description="people, or teams: theirs added up; team or company: one goal of its own.")
    name: str | None = Field(description="The name of the team, or those of the teams; null for the company, and for people.")
    metric: str
    metric_name: str
    definition_version: int
    unit: str
    currency: str | None
    period: Days
    people: int = Field(description="How many goals were added up; 0: it is one of its own.")
    target: float
    value: float | None
    because: str | None
    attainment: float | None = Field(description="Value ÷ target.")
    expected_by_now: float | None = Field(description="At the usual pace of such a period; null where that is unknown.")
    likely_end: Range | None = Field(description="8 in 10; null where that isn't foretold, and for a key without forecasts.")
    link: str


class MeetingToday(Shape):
    """A 1:1 of today."""

    person: Person
    at: datetime
    points: int = Field(description="On its agenda, still to be talked about.")
    link: str


class Promise(Shape):
    """Something that one promised and that is due."""

    text: str
    due: date
    late: bool


class Away(Shape):
    """Who seems to be away."""

    name: str
    sentence: str


class TodayAnswer(Answer):
    """What the page Today shows."""

    day: date
    fresh_at: datetime | None = Field(description="When a load last brought something; null: never.")
    needs: list[Changed] = Field(description="The few that need somebody; all are in /alerts.")
    more: int = Field(description="How many further ones there are, older or lighter.")
    snoozed: int
    praise: list[Changed]
    more_praise: int
    for_everybody: list[str] = Field(description="What happened to all at once, taken out of what is said of people.")
    away: list[Away]
    goals: list[GoalTogether] = Field(description="Empty for a key that doesn't reach them.")
    meetings: list[MeetingToday] = Field(description="The caller's 1:1s; empty for a key that doesn't reach them.")
    wishes_waiting: int = Field(description="Asked for in 1:1s, and waiting for the caller's answer.")
    promised: list[Promise]
    judged: int = Field(description="How many series of reps and metrics were judged.")
    usual: int
    unknown: int = Field(description="Of how many nothing can be said.")


def today(caller: Caller, query: When) -> TodayAnswer:
    """The page's content."""
    asked, now = understood(caller.door("see_today"), query, caller.problems), timezone.now()
    visitor = Visiting(caller.user, asked.door)
    at = pages_today.morning(visitor, asked.scope, now, asked.as_of, PATIENT)
    whole = at.seen.whole
    meetings, waiting, promised = _one_on_ones(caller)
    return TodayAnswer(
        as_of=instant(asked.store.view(asked.as_of).as_of), link=caller.link(f"{reverse('today')}?{urlencode(asked.words)}"),
        day=asked.today, fresh_at=fresh().loaded_at, needs=_changed(caller, at.needs), more=at.more, snoozed=len(at.seen.snoozed),
        praise=_changed(caller, at.praise), more_praise=at.more_praise, for_everybody=[str(one.sentence) for one in whole.common],
        away=[Away(name=str(who), sentence=str(one.sentence)) for who, one in whole.notices], goals=_goals(caller, asked),
        meetings=meetings, wishes_waiting=waiting, promised=promised, judged=len(whole.standings), usual=at.standing(State.OK),
        unknown=at.standing(State.UNKNOWN),
    )  # fmt: skip


def _changed(caller: Caller, some: tuple[Change, ...]) -> list[Changed]:
    alerts = shown_by(caller, [one.alert for one in some if one.alert is not None]) if caller.may("see_alerts") else {}
    return [
        Changed(signal=signal_of(caller, one.signal), alert=None if one.alert is None else alerts.get(one.alert.card))
        for one in some
    ]


def _goals(caller: Caller, asked: Question) -> list[GoalTogether]:
    if not caller.may("see_goals"):
        return []
    quarter = quarter_beside(asked.period, asked.today, asked.store.settings)
    lines = judged.goals_soon(asked.store, quarter, asked.scope, asked.as_of, PATIENT)
    found = judged.together(asked.store, lines, asked.scope, asked.as_of)
    words = {name: word for name, word in asked.words if name != "period"}
    return [goal_together(caller, one, asked.today, asked.as_of, words) for one in found]


def goal_together(
    caller: Caller, one: judged.Together, day: date, as_of: date | None = None, words: dict[str, str] | None = None
) -> GoalTogether:
    """Goals added up, as Today and the reviews tell them. ``words``: whose they are, for the page's address."""
    store = caller.store
    likely = None
    if day < one.period.until and caller.may("see_forecast"):
        likely = judged.likely_end(store, one.metric, one.period, one.scope, as_of, PATIENT)
    address = {**(words or {}), "period": f"{one.period.first}..{one.period.until}"}
    level, name = ("teams", ", ".join(one.teams)) if one.teams else ("people", "")
    if one.line is not None:
        level, name = one.line.goal.level, one.line.name
    return GoalTogether(
        level=level, name=name or None,
        metric=one.metric.slug, metric_name=one.metric.name, definition_version=one.metric.version, unit=one.metric.unit.value,
        currency=currency_of(one.metric, store.settings.currency), period=period_of(one.period), people=one.people,
        target=one.target, value=number(one.reading.value), because=one.reading.none_because, attainment=number(one.share),
        expected_by_now=number(one.expected), likely_end=range_of(likely),
        link=caller.link(f"{reverse('goals')}?{urlencode(address)}"),
    )  # fmt: skip


def _one_on_ones(caller: Caller) -> tuple[list[MeetingToday], int, list[Promise]]:
    own = caller.user.rep_id
    if not own or not caller.may("see_one_on_ones"):
        return [], 0, []
    visitor = Visiting(caller.user, caller.door("see_one_on_ones"))
    day = visitor.door.store.view().day
    meetings = []
    for one in planned_today(visitor):
        pair = pair_in(one)
        person = Person(rep_id=pair.rep_id, name=names(visitor, pair.rep_id)[pair.rep_id])
        link = caller.link(address_of(visitor, pair))
        if one.at is not None:
            meetings.append(MeetingToday(person=person, at=one.at, points=points_on(one), link=link))
    promised = [Promise(text=one.text, due=one.until, late=one.until < day) for one in due(own, day)]
    return meetings, len(wishes.waiting_for(own)), promised


OPERATIONS = (
    Operation("api_today", "today", "see_today", "Today: what needs somebody, what went well, goals to date.",
              When, TodayAnswer, today),
)  # fmt: skip
