"""Definitions: what each metric means."""

from __future__ import annotations

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Answer, Listing, Shape, instant
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part
from paceline.api.question import Query
from paceline.metrics.explain import formula
from paceline.metrics.vocabulary import Category, Metric


class Definition(Shape):
    """What a metric means, as its page says it."""

    metric: str = Field(description="Its slug: its name everywhere in the API.")
    name: str
    category: str
    unit: str = Field(description="percent (a fraction), money, days, count, seconds, minutes or ratio.")
    definition_version: int
    meaning: str
    formula: str
    better: str = Field(description="Which way is better, in words.")
    dated_by: str = Field(description="Which date puts a row into a period.")
    credited_to: str = Field(description="Whose row it is.")
    edges: list[str] = Field(description="What is left out, and other decisions.")
    none_because: str | None = Field(description="Why there is no value when there is nothing to count.")
    needs: list[str] = Field(description="Kinds of data without which it is unknown.")
    drives: list[str] = Field(description="Results that it drives.")
    twin: str | None
    variant_of: str | None
    roles: list[str] = Field(description="Whose metric it is; empty: everybody's.")
    own: bool = Field(description="Declared by the company itself.")
    link: str


class MetricsAnswer(Listing):
    """Definitions."""

    items: list[Definition]


class MetricAnswer(Answer):
    """One definition."""

    definition: Definition


class MetricsQuery(Paged):
    """Which definitions."""

    category: str = Field("", description=f"One of {', '.join(Category)}.")


class MetricQuery(Query):
    """Which definition."""

    metric: str = Field(description="A metric's slug, as in /metrics.")


def definition_of(caller: Caller, one: Metric) -> Definition:
    """A metric's definition."""
    return Definition(
        metric=one.slug, name=one.name, category=one.category.value, unit=one.unit.value, definition_version=one.version,
        meaning=one.meaning, formula=formula(one.numerator, one.denominator), better=one.direction.words, dated_by=one.date,
        credited_to=one.owner, edges=list(one.edges), none_because=one.none or None, needs=list(one.needs),
        drives=list(one.drives), twin=one.twin, variant_of=one.variant_of, roles=list(one.roles), own=one.ours,
        link=caller.link(reverse("metric", args=[one.slug])),
    )  # fmt: skip


def metrics(caller: Caller, query: MetricsQuery) -> MetricsAnswer:
    """The catalogue."""
    store = caller.door("see_metric").store
    problems = caller.problems
    if query.category and query.category not in list(Category):
        problems.unknown("category", "category", query.category, [one.value for one in Category])
    problems.check()
    found = [one for one in store.catalog.values() if not query.category or one.category == query.category]
    some, cursor = part(found, query, store)
    return MetricsAnswer(
        as_of=instant(store.now), link=caller.link(reverse("metrics")), next_cursor=cursor,
        items=[definition_of(caller, one) for one in some],
    )  # fmt: skip


def metric(caller: Caller, query: MetricQuery) -> MetricAnswer:
    """One of the catalogue."""
    store = caller.door("see_metric").store
    problems = caller.problems
    if query.metric not in store.catalog:
        problems.unknown("metric", "metric", query.metric, list(store.catalog))
    problems.check()
    found = definition_of(caller, store.catalog[query.metric])
    return MetricAnswer(as_of=instant(store.now), link=found.link, definition=found)


OPERATIONS = (
    Operation("api_metrics", "metrics", "see_metric", "Every metric's definition.", MetricsQuery, MetricsAnswer, metrics),
    Operation("api_metric", "metrics/<slug:metric>", "see_metric", "One metric's definition.", MetricQuery, MetricAnswer, metric),
)
