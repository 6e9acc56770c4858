"""Readings held against own past, peers and goal."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Listing, Person, Range, Shape, currency_of, instant, number, period_of, range_of
from paceline.api.answers import Period as Days
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part
from paceline.api.question import Question, When, Words, metrics_of, understood
from paceline.insight.compare import Judgement as Judged
from paceline.judging.compare import Comparison, compare
from paceline.pages.dashboards.kept import kept_for_the_day


class Judgement(Shape):
    """One comparison."""

    verdict: str = Field(description="above, usual, below, or too few to call.")
    reference: float | None = Field(description="What it is held against.")
    interval: Range | None
    chance: float | None
    needs: int | None = Field(description="About how much of n a verdict would take, where there is too little.")
    peers: int | None = Field(description="With how many.")
    sentence: str


class Compared(Shape):
    """One person's reading of one metric."""

    person: Person
    metric: str
    name: str
    definition_version: int
    unit: str
    currency: str | None
    period: Days
    value: float | None
    because: str | None
    past: Judgement | None
    peers: Judgement | None = Field(description="Without names; null where the company doesn't show peers, or they are too few.")
    goal: Judgement | None
    smallest_fall: float | None = Field(description="The smallest lasting fall that 8 weeks would show; null: none.")
    sentence: str
    records: str


class ComparisonAnswer(Listing):
    """Comparisons, by metric and name."""

    items: list[Compared]


class ComparisonQuery(When, Paged):
    """Who, in what."""

    period: str = Field("this_quarter", description="Which days; the ones before are the past that it is held against.")
    metrics: Words = Field((), description="Slugs, with commas; without any, results and the activity that drives them.")


def comparison(caller: Caller, query: ComparisonQuery) -> ComparisonAnswer:
    """Everybody of the scope, metric by metric."""
    door, problems = caller.door("see_rep"), caller.problems
    metrics = metrics_of(door.store, query.metrics, problems) if query.metrics else ()
    asked = understood(door, query, problems)
    slugs = tuple(one.slug for one in metrics) or None
    found = kept_for_the_day(
        asked.store, ("comparison", asked.scope, asked.period, slugs), asked.as_of,
        lambda: compare(asked.store, asked.scope, asked.period, slugs, as_of=asked.as_of),
    )  # fmt: skip
    some, cursor = part(found, query, asked.store)
    shown = {one.person.rep: sees_peers(caller, one.person.rep, asked) for one in some}
    return ComparisonAnswer(
        as_of=instant(asked.store.view(asked.as_of).as_of), link=caller.link(_page(caller, asked)), next_cursor=cursor,
        items=[_compared(asked, one, shown[one.person.rep]) for one in some],
    )  # fmt: skip


def _page(caller: Caller, asked: Question) -> str:
    """The rep's page, or the team's; of the people in sight, where neither fits."""
    rep = asked.scope.one_rep
    page = reverse("rep", args=[rep]) if rep else reverse("team" if caller.may("see_team") else "people")
    return f"{page}?{urlencode(asked.words)}"


def sees_peers(caller: Caller, rep_id: str, asked: Question) -> bool:
    """Whether values of others without names may stand beside a person's."""
    return caller.may("see_peers") and caller.door("see_peers").peers(rep_id, asked.as_of) is not None


def _compared(asked: Question, one: Comparison, with_peers: bool) -> Compared:
    words = {"metric": one.metric.slug, **dict(asked.words), "rep": one.person.rep}
    peers = one.peers if with_peers else None
    said = [("Own past", one.past), ("Peers", peers), ("Goal", one.goal)]
    sentence = " ".join(f"{against}: {of.sentence}" for against, of in said if of is not None)
    return Compared(
        person=Person(rep_id=one.person.rep, name=one.person.name), metric=one.metric.slug, name=one.metric.name,
        definition_version=one.metric.version, unit=one.metric.unit.value,
        currency=currency_of(one.metric, asked.store.settings.currency), period=period_of(one.period), value=number(one.value),
        because=one.none_because, past=_judgement(one.past), peers=_judgement(peers), goal=_judgement(one.goal),
        smallest_fall=number(one.smallest_fall),
        sentence=sentence or f"{'No value' if one.value is None else 'Not compared'}: {one.none_because}.",
        records=f"{reverse('api_records')}?{urlencode(words)}",
    )  # fmt: skip


def _judgement(of: Judged | None) -> Judgement | None:
    if of is None:
        return None
    return Judgement(
        verdict=of.verdict.value, reference=number(of.reference), interval=range_of(of.interval), chance=number(of.chance),
        needs=of.needs, peers=of.peers, sentence=of.sentence,
    )  # fmt: skip


OPERATIONS = (
    Operation("api_comparison", "comparison", "see_rep", "Readings held against own past, peers and goal.",
              ComparisonQuery, ComparisonAnswer, comparison),
)  # fmt: skip
