"""The tools: read-only, each an operation of the API or several, cut down to what an assistant needs to answer and to cite.

Their descriptions and schemas together must stay small (a test counts): every conversation carries them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from paceline.api.caller import Caller
from paceline.api.mcp import briefs
from paceline.api.mcp.shown import Shown, versions_of
from paceline.api.operation import Operation
from paceline.api.question import Query
from paceline.api.question import Words as Several
from paceline.api.resources import drivers, forecast, goals, health, metrics, readings, records, signals

Words = Mapping[str, Any]
_PERIOD = "e.g. last_month, this_quarter, 2026-Q3, trailing_28, 2026-01-01..2026-02-01"
_SOME = 50  # items of a list that an assistant gets at once


class Whose(Query):
    """Whose rows."""

    rep: str = Field("", description="A person's id or full name")
    team: str = ""
    role: str = ""
    as_of: str = Field("", description="A past day: as known then")


class When(Whose):
    """Whose rows, which days."""

    period: str = Field("trailing_28", description=_PERIOD)


class Search(Query):
    """Words."""

    words: str = Field(description="A name, a metric, a topic")


class OneMetric(Query):
    """A metric."""

    metric: str = Field(description="Its slug, e.g. win_rate")


class QueryMetrics(When):
    """Values."""

    metrics: Several = Field(description="Slugs; search finds them")
    by: Several = Field((), description="rep, team, role, segment, product, source; or day, week, month, quarter")
    usual: bool = Field(True, description="Also the range of its own past; not with a cut by time")
    cursor: str = ""


class GetRecords(When):
    """Rows."""

    metric: str
    group: Several = Field((), description="A part of a cut: product:Basic")
    measure: int = Field(0, description="0 the numerator's rows, 1 the denominator's")
    limit: int = 20
    cursor: str = ""


class Brief(Query):
    """A person."""

    rep: str = Field(description="A person's id or full name")
    period: str = Field("trailing_28", description=_PERIOD)


class GetForecast(Whose):
    """A period's end."""

    period: str = Field("this_quarter", description=_PERIOD)
    metric: str = Field("revenue", description="revenue, sales_volume, or a count")


class GetGoals(Whose):
    """Goals."""

    period: str = Field("this_quarter", description=_PERIOD)


class ExplainGap(Whose):
    """A gap."""

    period: str = Field("this_quarter", description=_PERIOD)
    metric: str = Field("revenue", description="revenue, sales_volume or pipeline_generated")
    against: str = Field("past", description="past, peers or goal")


class Signals(Whose):
    """Signals."""

    kind: str = Field("", description="worse, better or neither")


@dataclass(frozen=True)
class Tool:
    """One tool. ``run`` gets the caller and checked words; what it gives is JSON with ``as_of``, ``link``, versions."""

    name: str
    description: str
    query: type[Query]
    run: Callable[[Caller, Words], Shown]
    schema: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "schema", _small(self.query.model_json_schema()))


_SAYS_NOTHING: tuple[tuple[str, Any], ...] = (("default", ""), ("default", []), ("default", False))


def _small(node: Any) -> Any:
    """A schema without what says nothing: titles and empty defaults."""
    if isinstance(node, list):
        return [_small(one) for one in node]
    if not isinstance(node, dict):
        return node
    if "properties" in node:
        node = {**node, "properties": {name: _small(one) for name, one in node["properties"].items()}}
    kept = {key: value for key, value in node.items() if key != "title" and (key, value) not in _SAYS_NOTHING}
    if "properties" in kept:
        kept.pop("description", None)  # of the whole: the tool has its own
    return {key: value if key == "properties" else _small(value) for key, value in kept.items()}


def _asked(operation: Operation[Any], *without: str, limit: int | None = _SOME) -> Callable[[Caller, Words], Shown]:
    """A tool that is an operation of the API; ``without`` fields that are for programs."""

    def run(caller: Caller, words: Words) -> Shown:
        sent = {name: word for name, word in words.items() if word not in ("", [], ())}
        if limit is not None and "limit" in operation.query.model_fields:
            sent.setdefault("limit", limit)
        answer = operation.answered(caller, sent)
        told = answer.model_dump(mode="json")
        return Shown.of(told, versions_of(told), drop=without)

    return run


TOOLS: tuple[Tool, ...] = (
    Tool("search", "Find people in sight, metrics and pages by words. Start here for ids and slugs.", Search, briefs.search),
    Tool("describe_metric", "What a metric means: definition, formula, unit, edges, version.", OneMetric,
         _asked(metrics.OPERATIONS[1])),
    Tool("query_metrics", "Values of metrics, with n, 95 % interval, usual range, coverage; null says why in because.",
         QueryMetrics, _asked(readings.OPERATIONS[0], "coverage")),
    Tool("get_records", "The CRM rows behind a number; their contributions add up to it.", GetRecords,
         _asked(records.OPERATIONS[0], limit=None)),
    Tool("get_rep_brief", "One person: what is out of the usual range, goals, signals, open deals that need care.", Brief,
         briefs.rep_brief),
    Tool("get_team_brief", "The team at a glance: who and what is out of the usual range, results, goals, signals.", When,
         briefs.team_brief),
    Tool("list_signals", "Lasting changes beyond chance, weightiest first, each with how rarely chance does it.", Signals,
         _asked(signals.OPERATIONS[0])),
    Tool("get_forecast", "Where a period will end: middle, 8 in 10 range, chance of the goal, deals that decide.", GetForecast,
         _asked(forecast.OPERATIONS[0])),
    Tool("explain_gap", "Why: a result's gap to past, peers or goal, split into drivers that add up to it. Not proof of cause.",
         ExplainGap, _asked(drivers.OPERATIONS[0])),
    Tool("get_goals", "Goals: target, value, pace, chance to reach each.", GetGoals, _asked(goals.OPERATIONS[0])),
    Tool("prepare_1on1", "Points for a 1:1 with a person, each with its source. Never private notes. A draft for a human.", Brief,
         briefs.prepare_1on1),
    Tool("get_data_health", "What the numbers stand on: loads, gaps, hygiene. Ask before trusting a surprise.", When,
         _asked(health.OPERATIONS[0])),
)  # fmt: skip
BY_NAME: Mapping[str, Tool] = {tool.name: tool for tool in TOOLS}
