"""Alerts: what changed for longer than chance explains, how it stands, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from pydantic import Field

from paceline.alerts.acting import snoozed
from paceline.alerts.models import Act, ActKind, Alert
from paceline.alerts.sight import REP, seen_through
from paceline.api.answers import Answer, Listing, Shape, instant, number
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part, version_of_ids
from paceline.api.question import Query
from paceline.api.refusal import not_found
from paceline.pages.telling import words
from paceline.pages.telling.alerts import FILTERS, OPEN, filtered, history
from paceline.saying.keeping import from_json


class AlertNow(Shape):
    """An alert as it stands."""

    card: str = Field(description="Its id.")
    level: str = Field(description="rep or team.")
    id: str = Field(description="The rep's id, or the team's name.")
    name: str
    metric: str
    metric_name: str
    kind: str = Field(description="One of worse, better, neither.")
    sentence: str
    since: date
    fired: date
    until: date = Field(description="The last week looked at.")
    observed: float | None
    expected: float | None
    change: float | None = Field(description="Relative: -0.31 is 31 % less.")
    state: str = Field(description="firing, ok (back to usual) or unknown.")
    because: str | None = Field(description="Why it stands so, if there is anything to say.")
    verdict: str | None = Field(description="confirmed (useful) or dismissed (not an issue); null: nobody said.")
    verdict_reason: str | None
    snoozed_until: datetime | None = Field(description="For you alone.")
    begun_at: datetime
    changed_at: datetime
    link: str
    records: str


class Happened(Shape):
    """Something that happened to an alert."""

    at: datetime
    what: str
    who: str | None
    why: str | None


class AlertsAnswer(Listing):
    """Those that need somebody first, the weightiest of them first."""

    items: list[AlertNow]


class AlertAnswer(Answer):
    """One alert, and what became of it: the latest first. Others' snoozes are theirs."""

    alert: AlertNow
    history: list[Happened]


class AlertsQuery(Paged):
    """Which alerts."""

    state: str = Field(OPEN, description=f"One of {', '.join(FILTERS)}.")
    rep: str = Field("", description="Only one person's, by the CRM's id.")
    team: str = Field("", description="Only one team's as a whole.")


class AlertQuery(Query):
    """Which alert."""

    card: str = Field(description="An alert's id, as in /alerts.")


def alerts(caller: Caller, query: AlertsQuery) -> AlertsAnswer:
    """The list of alerts in sight."""
    door, problems, now = caller.door("see_alerts"), caller.problems, timezone.now()
    if query.state not in FILTERS:
        problems.unknown("state", "state", query.state, list(FILTERS))
    problems.check()
    asleep = {act.alert_id: act for act in snoozed(caller.user, now)}
    seen = _narrowed(seen_through(door), query)
    found = list(filtered(seen, query.state, asleep).prefetch_related("acts"))
    version = version_of_ids((one.pk, one.state, one.verdict, one.pk in asleep) for one in found)
    some, cursor = part(found, query, door.store, version)
    names = words.names_of(door.store)
    address = f"{reverse('alerts')}?{urlencode({'state': query.state})}"
    items = [_shown(caller, one, names, asleep.get(one.pk)) for one in some]
    return AlertsAnswer(as_of=instant(door.store.now), link=caller.link(address), next_cursor=cursor, items=items)


def _narrowed(seen: QuerySet[Alert], query: AlertsQuery) -> QuerySet[Alert]:
    if query.rep:
        seen = seen.filter(level=REP, name=query.rep)
    return seen.filter(name=query.team).exclude(level=REP) if query.team else seen


def alert(caller: Caller, query: AlertQuery) -> AlertAnswer:
    """One of them."""
    return told(caller, found_alert(caller, "see_alerts", query.card))


def found_alert(caller: Caller, action: str, card: str) -> Alert:
    """The alert of that id, if it is in sight through the action's door. Raises Refused (404)."""
    found = seen_through(caller.door(action)).filter(card=card).first()
    if found is None:
        raise not_found()
    return found


def told(caller: Caller, one: Alert) -> AlertAnswer:
    """An alert with its history."""
    store, user = caller.store, caller.user
    asleep = snoozed(user, timezone.now()).filter(alert=one).first()
    events = [
        Happened(at=event.at, what=event.what, who=event.who or None, why=event.why or None) for event in history(one, user)
    ]
    shown = _shown(caller, one, words.names_of(store), asleep)
    return AlertAnswer(as_of=instant(store.now), link=shown.link, alert=shown, history=events)


def _shown(caller: Caller, one: Alert, names: Mapping[str, str], asleep: Act | None) -> AlertNow:
    store = caller.store
    metric = store.catalog.get(one.metric)
    whom = {"rep" if one.level == REP else "team": one.name}
    weeks = words.weeks(one)
    asked = {"metric": one.metric, **whom, "period": f"{weeks.first}..{weeks.until}"}
    return AlertNow(
        card=one.card, level=one.level, id=one.name, name=names.get(one.name, one.name) if one.level == REP else one.name,
        metric=one.metric, metric_name=one.metric if metric is None else metric.name, kind=words.mark(one) or "neither",
        sentence=words.sentence(one, store), since=one.since, fired=one.fired, until=one.until, observed=number(one.observed),
        expected=number(one.expected), change=number(one.change), state=one.state, because=from_json(one.because) or None,
        verdict=one.verdict or None, verdict_reason=_reason(one.acts.all()), begun_at=one.begun_at, changed_at=one.changed_at,
        snoozed_until=None if asleep is None else asleep.until, link=caller.link(reverse("alert", args=[one.card])),
        records=f"{reverse('api_records')}?{urlencode(asked)}",
    )  # fmt: skip


def shown_by(caller: Caller, some: Iterable[Alert]) -> dict[str, AlertNow]:
    """Alerts by their ids, as the caller is shown them. They must be in the caller's sight."""
    asleep = {act.alert_id: act for act in snoozed(caller.user, timezone.now())}
    names = words.names_of(caller.store)
    return {one.card: _shown(caller, one, names, asleep.get(one.pk)) for one in some}


def _reason(acts: Iterable[Act]) -> str | None:
    given = [act for act in acts if act.kind != ActKind.SNOOZE and act.undone_at is None]
    return (given[-1].reason or None) if given else None


OPERATIONS = (
    Operation("api_alerts", "alerts", "see_alerts", "Alerts and how they stand.", AlertsQuery, AlertsAnswer, alerts),
    Operation("api_alert", "alerts/<slug:card>", "see_alerts", "One alert, and what became of it.",
              AlertQuery, AlertAnswer, alert),
)  # fmt: skip
