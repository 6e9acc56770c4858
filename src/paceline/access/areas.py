"""The areas that a key can be limited to, and what belongs to each. An action in none is open to unlimited keys alone."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Name → the actions (``access/rules.py``) that a key limited to it may do; those that write, only if it may write at all.
AREAS: Mapping[str, frozenset[str]] = MappingProxyType({
    "numbers": frozenset({"see_metric", "see_team", "see_rep", "see_peers", "see_today", "see_board", "see_views",
                          "see_review", "see_notice"}),
    "records": frozenset({"see_records", "see_disputes", "dispute_record"}),
    "forecast": frozenset({"see_forecast"}),
    "goals": frozenset({"see_goals", "set_goals"}),
    "decide": frozenset({"see_decide", "see_drivers", "see_ramp", "see_accuracy"}),
    "alerts": frozenset({"see_alerts", "act_on_alerts", "see_messages"}),
    "one_on_ones": frozenset({"see_one_on_ones", "hold_one_on_ones", "see_coaching_time"}),
    "health": frozenset({"see_data_health"}),
    "administration": frozenset({"see_set_up", "see_users", "see_audit", "see_work"}),
    "monitoring": frozenset({"see_server_metrics"}),
})  # fmt: skip
# What every key may do.
ALWAYS = frozenset({"use_api", "ask_by_assistant"})


def covers(areas: frozenset[str], action: str) -> bool:
    """Whether a key limited to these areas (none named: not limited) may do the action."""
    return not areas or action in ALWAYS or any(action in AREAS.get(area, frozenset()) for area in areas)
