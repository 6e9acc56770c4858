"""What an assistant can read besides tools: the catalogue and the calendar; and questions that people often ask."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from paceline.api.caller import Caller
from paceline.api.mcp.messages import BAD_PARAMS, RpcError
from paceline.sales.periods import Period

CATALOGUE, CALENDAR = "paceline://metrics", "paceline://calendar"
_RESOURCES = {
    CATALOGUE: ("metrics", "Every metric: slug, name, unit, what it means, version."),
    CALENDAR: ("calendar", "Which day counts as today, the fiscal year, the current periods."),
}
# Name → (what it is for, its arguments, its text).
_PROMPTS: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "daily_check": (
        "What needs me today.", (),
        "Use get_team_brief and list_signals. Tell me at most five things that need me today, each with the number, its usual "
        "range, since when, and the link; then one thing that goes well. Leave out what is within its usual range.",
    ),
    "one_on_one": (
        "Prepare a 1:1 with somebody.", ("rep",),
        "Use prepare_1on1 and get_rep_brief for {rep}. Draft an agenda of three points: one to praise, one to look into, one to "
        "agree on, each with its number, its link, and an open question. Say which numbers are too few to call.",
    ),
    "quarterly_review": (
        "How the quarter went, and why.", ("period",),
        "Use query_metrics, get_goals, get_forecast and explain_gap for {period}. Tell how it went against the goal, which "
        "drivers make up the gap (arithmetic, not causes), and what the data can't tell. Cite links and definition versions.",
    ),
}  # fmt: skip


def resources(caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """What there is to read."""
    found = [
        {"uri": uri, "name": name, "description": words, "mimeType": "application/json"}
        for uri, (name, words) in _RESOURCES.items()
    ]
    return {"resources": found}


def templates(caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """None."""
    return {"resourceTemplates": []}


def read(caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
    """One of them."""
    uri = str(params.get("uri"))
    if uri not in _RESOURCES:
        raise RpcError(BAD_PARAMS, f"There is no resource {uri!r}. There are: {', '.join(_RESOURCES)}.")
    told = _catalogue(caller) if uri == CATALOGUE else _calendar(caller)
    text = json.dumps(told, ensure_ascii=False)
    return {"contents": [{"uri": uri, "mimeType": "application/json", "text": text}]}


def _catalogue(caller: Caller) -> list[dict[str, Any]]:
    return [
        {"metric": one.slug, "name": one.name, "category": one.category.value, "unit": one.unit.value, "meaning": one.meaning,
         "definition_version": one.version}
        for one in caller.store.catalog.values()
    ]  # fmt: skip


def _calendar(caller: Caller) -> dict[str, Any]:
    settings, today = caller.store.settings, caller.store.view().day
    periods = {grain: Period.containing(grain, today, settings) for grain in ("week", "month", "quarter", "fiscal_quarter")}
    current = {
        grain: {"label": one.label, "first": str(one.first), "until": str(one.until)} for grain, one in periods.items()
    }
    start = settings.fiscal_start_month
    return {"today": str(today), "time_zone": settings.time_zone, "fiscal_year_starts_in_month": start, "current": current}


def listed(caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """The questions."""
    found = [
        {"name": name, "description": words, "arguments": [{"name": one, "required": True} for one in arguments]}
        for name, (words, arguments, _) in _PROMPTS.items()
    ]
    return {"prompts": found}


def get(caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """A question, filled in."""
    name, given = str(params.get("name")), params.get("arguments") or {}
    if name not in _PROMPTS:
        raise RpcError(BAD_PARAMS, f"There is no prompt {name!r}. There are: {', '.join(_PROMPTS)}.")
    words, arguments, text = _PROMPTS[name]
    missing = [one for one in arguments if not given.get(one)]
    if missing:
        raise RpcError(BAD_PARAMS, f"{name} lacks {', '.join(missing)}.")
    filled = text.format(**{one: str(given[one]) for one in arguments})
    return {"description": words, "messages": [{"role": "user", "content": {"type": "text", "text": filled}}]}
