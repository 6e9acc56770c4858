"""Data health: what the numbers stand on."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.access.doors import Door
from paceline.api.answers import Answer, Part, Shape, instant, number, part_of, period_of
from paceline.api.answers import Period as Days
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.question import When, understood
from paceline.pages.dashboards import health as pages_health
from paceline.pages.dashboards.control import Held, held
from paceline.pages.dashboards.later import PATIENT
from paceline.project.control_totals import totals
from paceline.project.running import running


class Kind(Shape):
    """Rows of one kind of record."""

    name: str
    rows: int
    first: date | None
    last: date | None
    missing: str | None = Field(description="What it would be good for, where there is none of it.")


class Load(Shape):
    """One load of a source."""

    at: datetime
    source: str
    read: int
    inserted: int
    updated: int


class Gap(Shape):
    """A metric that lacks some of what it needs."""

    metric: str
    name: str
    definition_version: int
    value: float | None
    because: str | None
    least: Part | None = Field(description="What is there least of.")


class Hygiene(Shape):
    """How many rows are in a state that they shouldn't be in."""

    metric: str
    name: str
    definition_version: int
    value: float | None
    because: str | None


class Stranger(Shape):
    """People of one domain, touched, and at no account that is known."""

    domain: str
    people: int
    touches: int


class Activity(Shape):
    """Activities of a kind, and how many of them are with nobody of an account that is known."""

    kind: str
    count: int
    without_account: int


class Reconciled(Shape):
    """What became of the stored records of a kind; ``stored`` is the sum of all that follows."""

    kind: str
    stored: int
    counted: int
    deleted: int
    merged: int
    tests: int
    left_out: int = Field(description="By an admin, after a dispute or by command.")
    other: int


class Amounts(Shape):
    """The opportunities of a currency, to be held against the CRM's own report; amounts in units of it."""

    currency: str
    stored: int
    amount: float
    counted: int
    counted_amount: float
    unknown: int = Field(description="Stored ones without an amount.")


class ControlTotal(Shape):
    """A number of a source's own report beside ours."""

    month: date = Field(description="Its first day.")
    source: str | None = Field(description="Null: of all sources.")
    measure: str = Field(description="won_deals or won_amount.")
    currency: str | None = Field(description="Null, of an amount: all deals, converted to the company's.")
    theirs: float
    ours: float
    difference: float = Field(description="Theirs less ours.")
    sentence: str = Field(description="Why they differ, as far as stored records tell.")


class HealthAnswer(Answer):
    """What the numbers of the scope stand on."""

    period: Days
    records: list[Kind]
    loads: list[Load]
    hygiene: list[Hygiene]
    gaps: list[Gap]
    whole: int = Field(description="How many metrics lack nothing.")
    matching: dict[str, int] = Field(description="By which rule people touched were matched to an account → touches.")
    strangers: list[Stranger] = Field(description="Whom nobody knows: the domains with most touches.")
    activities: list[Activity]
    reconciled: list[Reconciled]
    amounts: list[Amounts]
    control_totals: list[ControlTotal]


def data_health(caller: Caller, query: When) -> HealthAnswer:
    """The data-health page's numbers."""
    door = caller.door("see_data_health")
    asked = understood(door, query, caller.problems)
    found = pages_health.health(asked.store, asked.scope, asked.period, asked.as_of, PATIENT)
    return HealthAnswer(
        as_of=instant(asked.store.view(asked.as_of).as_of),
        link=caller.link(f"{reverse('data_health')}?{urlencode(asked.words)}"),
        period=period_of(asked.period),
        records=[
            Kind(name=one.name, rows=one.rows, first=one.first, last=one.last,
                 missing=one.doc if one.matters and not one.rows else None)
            for one in found.records
        ],
        loads=[
            Load(at=instant(one.at), source=one.source, read=one.read, inserted=one.inserted, updated=one.updated)
            for one in found.loads
        ],
        hygiene=[
            Hygiene(metric=one.slug, name=one.metric.name, definition_version=one.version, value=number(one.value),
                    because=one.none_because)
            for one in found.hygiene
        ],
        gaps=[_gap(one) for one in found.gaps],
        whole=found.whole,
        matching={one.rule: one.touches for one in found.matching},
        strangers=[Stranger(domain=one.domain, people=one.people, touches=one.touches) for one in found.strangers],
        activities=[Activity(kind=one.kind, count=one.count, without_account=one.without) for one in found.activities],
        reconciled=[Reconciled(**asdict(one)) for one in found.reconciled],
        amounts=[Amounts(**asdict(one)) for one in found.amounts],
        control_totals=[_control(one) for one in _totals(door)],
    )  # fmt: skip


def _totals(door: Door) -> tuple[Held, ...]:
    return held(door.store, totals(running().project.folder), named=door.sight().is_company)


def _control(one: Held) -> ControlTotal:
    total = one.total
    return ControlTotal(
        month=total.month, source=total.source or None, measure=total.measure, currency=total.currency or None,
        theirs=float(total.value), ours=float(one.ours), difference=float(one.difference), sentence=one.sentence,
    )  # fmt: skip


def _gap(one: pages_health.Gap) -> Gap:
    return Gap(
        metric=one.metric.slug, name=one.metric.name, definition_version=one.metric.version, value=number(one.reading.value),
        because=one.reading.none_because, least=None if one.least is None else part_of(one.least),
    )  # fmt: skip


OPERATIONS = (
    Operation("api_data_health", "data-health", "see_data_health", "How complete the data is, and what that does.",
              When, HealthAnswer, data_health),
)  # fmt: skip
