"""Which metrics a role's scoreboard shows, in which block, and what marks a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from paceline.stats.limits import natural_limits

if TYPE_CHECKING:
    from paceline.metrics.vocabulary import Direction

PERIODS = 12  # as many bars as a cell shows, the last one being the period asked
RAMP_DAYS = 90  # newer people are still learning: their own past is no measure

Blocks = dict[str, tuple[str, ...]]

CLOSING: Blocks = {
    "Results": ("win_rate", "revenue", "average_deal_size", "sales_cycle"),
    "Quality": (
        "meetings_per_opportunity",
        "days_between_touches",
        "contacts_per_account",
        "email_engagement_rate",
        "average_opportunity_size",
    ),
    "Quantity": ("accounts_touched", "opportunities_engaged", "meetings_held", "new_opportunities"),
    "Tempo": ("average_opportunity_age", "opportunity_progressions", "follow_up_meetings", "stuck_opportunities"),
}
PROSPECTING: Blocks = {
    "Results": ("pipeline_generated", "lead_response_time"),
    "Quality": ("contacts_per_account", "contact_seniority", "email_response_rate", "call_connect_rate"),
    "Quantity": ("accounts_touched", "contacts_engaged", "emails_sent", "connects", "responses"),
}
_PROSPECTORS = ("sdr", "bdr", "ldr", "sales development", "business development")


def blocks_for(role: str | None) -> Blocks:
    """The blocks of a role: prospectors have their own, everyone else is shown as a closer."""
    return PROSPECTING if role and role.strip().lower().startswith(_PROSPECTORS) else CLOSING


def mark(history: Sequence[float | None], direction: Direction, ramping: bool) -> str:
    """``!`` worse than usual, ``+`` better, ``~`` ramping, or nothing. Usual: within the limits of the values before."""
    if ramping:
        return "~"
    *before, last = history
    limits = natural_limits([value for value in before if value is not None])
    if last is None or limits is None or limits[0] <= last <= limits[1]:
        return ""
    if direction.way == "band":
        inside = (direction.low is None or last >= direction.low) and (direction.high is None or last <= direction.high)
        return "+" if inside else "!"
    if direction.way == "none":
        return ""
    return "+" if (last > limits[1]) == (direction.way == "higher") else "!"
