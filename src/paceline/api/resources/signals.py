"""Signals: what changed for whom, beyond chance."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Listing, Range, Shape, instant, number, range_of
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part
from paceline.api.question import Whose, understood
from paceline.insight.cards import State
from paceline.judging.signals import Signal as Judged
from paceline.pages.dashboards import judged

KINDS = ("worse", "better", "neither")


class Signal(Shape):
    """A lasting change against one's own pace."""

    level: str = Field(description="rep or team.")
    id: str = Field(description="The rep's id, or the team's name.")
    name: str
    metric: str
    metric_name: str
    definition_version: int
    kind: str = Field(description=f"One of {', '.join(KINDS)}.")
    sentence: str
    since: date
    fired: date
    observed: float | None
    expected: float | None
    usual: Range | None = Field(description="8 in 10 of what was to be expected.")
    change: float | None = Field(description="Relative: -0.31 is 31 % less.")
    false_alarm_every_quarters: float | None = Field(description="Rep-quarters in which chance brings one such card.")
    allowed_for: list[str]
    moved_with: dict[str, float] = Field(description="What else was out in these weeks: metric → relative change.")
    link: str
    records: str


class SignalsAnswer(Listing):
    """What fires, weightiest first; then how much was looked at."""

    judged: int = Field(description="How many series of reps and metrics were judged.")
    usual: int = Field(description="How many of them are as usual.")
    unknown: int = Field(description="Of how many nothing can be said.")
    away: list[str] = Field(description="Who seems to be away.")
    items: list[Signal]


class SignalsQuery(Whose, Paged):
    """Whose signals."""

    kind: str = Field("", description=f"Only one kind: {', '.join(KINDS)}.")


def signals(caller: Caller, query: SignalsQuery) -> SignalsAnswer:
    """The signals of everybody in the scope."""
    door, problems = caller.door("see_rep"), caller.problems
    if query.kind and query.kind not in KINDS:
        problems.unknown("kind", "kind", query.kind, KINDS)
    asked = understood(door, query, problems)
    found = judged.changes(asked.store, asked.scope, asked.as_of)
    wanted = [one for one in found.firing if not query.kind or _kind(one) == query.kind]
    some, cursor = part(wanted, query, asked.store)
    states = [one.state for one in found.standings]
    return SignalsAnswer(
        as_of=instant(asked.store.view(asked.as_of).as_of),
        link=caller.link(reverse("today" if caller.may("see_today") else "people")),
        next_cursor=cursor, judged=len(states), usual=states.count(State.OK), unknown=states.count(State.UNKNOWN),
        away=[f"{who}: {one.sentence}" for who, one in found.notices], items=[signal_of(caller, one) for one in some],
    )  # fmt: skip


def _kind(one: Judged) -> str:
    return "neither" if one.better is None else "better" if one.better else "worse"


def signal_of(caller: Caller, one: Judged) -> Signal:
    """A signal as its card tells it."""
    is_rep = one.level == "rep"
    whom = {"rep" if is_rep else "team": one.name}
    since = {"period": f"{one.card.since}..{date.fromordinal(one.card.until.toordinal() + 7)}"}
    page = f"{reverse('rep', args=[one.name])}" if is_rep else f"{reverse('team')}?{urlencode(whom)}"
    return Signal(
        level=one.level, id=one.name, name=one.who or one.name, metric=one.metric.slug, metric_name=one.metric.name,
        definition_version=one.metric.version, kind=_kind(one), sentence=one.sentence, since=one.card.since,
        fired=one.card.fired, observed=number(one.card.observed), expected=number(one.card.expected),
        usual=range_of(one.card.interval), change=number(one.card.change),
        false_alarm_every_quarters=number(one.card.quarters),
        allowed_for=[allowed.sentence for allowed in one.card.allowed],
        moved_with=dict(one.moved_with), link=caller.link(page),
        records=f"{reverse('api_records')}?{urlencode({'metric': one.metric.slug, **whom, **since})}",
    )  # fmt: skip


OPERATIONS = (
    Operation("api_signals", "signals", "see_rep", "What changed for whom, beyond chance.", SignalsQuery, SignalsAnswer, signals),
)
