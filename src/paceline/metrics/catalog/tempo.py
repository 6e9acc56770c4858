"""Tempo: how fast opportunities move."""

from __future__ import annotations

from typing import Any

from paceline.metrics.conditions import known, yes
from paceline.metrics.vocabulary import HIGHER, LOWER, Category, Count, Coverage, Distinct, Median, Metric, Sum, Unit

_SNAPSHOT: dict[str, Any] = {
    "roles": ("AE",),
    "date": "the snapshot: the end of the period's last day, or the as-of instant",
    "owner": "the owner at the snapshot",
}
_MOVE: dict[str, Any] = {"roles": ("AE",), "date": "the day of the move", "owner": "the owner at the move"}
_MEETING: dict[str, Any] = {
    "roles": ("AE",),
    "date": "the day the meeting began",
    "owner": "each of our reps on it who didn't decline",
    "needs": ("calendar",),
}
_FOLLOW_UPS = Distinct("meeting", "meeting_id", yes("follow_up"), "follow-up meetings")
_AGED = Count("open", known("age_days"), "open opportunities with a known start")

TEMPO = (
    Metric(
        "average_opportunity_age",
        "Average opportunity age",
        Category.TEMPO,
        Unit.DAYS,
        LOWER,
        Sum("open", "age_days", words="days since their start"),
        _AGED,
        meaning="Mean number of days since the start of the open opportunities.",
        none="no opportunity with a known start was open",
        interval="mean",
        drives=("sales_cycle",),
        twin="win_rate",
        coverage=(Coverage("open opportunities with a known start", _AGED, Count("open")),),
        beside=("average_opportunity_age_median",),
        **_SNAPSHOT,
    ),
    Metric(
        "average_opportunity_age_median",
        "Median opportunity age",
        Category.TEMPO,
        Unit.DAYS,
        LOWER,
        Median("open", "age_days", words="middle age of the open opportunities"),
        meaning="Median number of days since the start of the open opportunities.",
        none="no opportunity with a known start was open",
        variant_of="average_opportunity_age",
        **_SNAPSHOT,
    ),
    Metric(
        "opportunity_progressions",
        "Opportunity progressions",
        Category.TEMPO,
        Unit.COUNT,
        HIGHER,
        Distinct("progressions", "opportunity_id", yes("progressed"), "opportunities further on than at the start"),
        roles=("AE",),
        date="the period: its start against its end",
        owner="the owner at the last forward move, if still owner at the end (won: at close)",
        meaning="Opportunities whose stage is higher at the end of the period than at its start.",
        edges=(
            "Forward and back again is no progression; won counts as above every open stage; lost has none.",
            "An opportunity started in the period is measured from its first stage.",
        ),
        drives=("sales_cycle",),
        twin="win_rate",
        beside=("moves_forward", "regressions", "stage_skips"),
    ),
    Metric(
        "moves_forward",
        "Moves forward",
        Category.TEMPO,
        Unit.COUNT,
        HIGHER,
        Count("move", yes("forward"), "moves to a higher stage"),
        meaning="Moves to a higher stage, won included; every move counts.",
        twin="win_rate",
        variant_of="opportunity_progressions",
        **_MOVE,
    ),
    Metric(
        "regressions",
        "Regressions",
        Category.TEMPO,
        Unit.COUNT,
        LOWER,
        Count("move", yes("regression"), "moves back to a lower stage"),
        meaning="Moves back to a lower stage.",
        variant_of="opportunity_progressions",
        **_MOVE,
    ),
    Metric(
        "stage_skips",
        "Stage skips",
        Category.TEMPO,
        Unit.COUNT,
        LOWER,
        Count("move", yes("skip"), "moves over at least one stage"),
        meaning="Moves forward that left out at least one stage.",
        variant_of="opportunity_progressions",
        **_MOVE,
    ),
    Metric(
        "follow_up_meetings",
        "Follow-up meetings",
        Category.TEMPO,
        Unit.COUNT,
        HIGHER,
        _FOLLOW_UPS,
        meaning="Held meetings with an account that aren't the initial one.",
        edges=(
            "Initial: the company's first with the account, or the first after all its earlier opportunities had closed.",
            "Meetings matched to no account are neither.",
            "A meeting with two of our reps counts 1 for each and 1 for the team.",
        ),
        drives=("sales_cycle",),
        twin="meetings_per_opportunity",
        beside=("follow_up_ratio",),
        **_MEETING,
    ),
    Metric(
        "follow_up_ratio",
        "Follow-up ratio",
        Category.TEMPO,
        Unit.RATIO,
        HIGHER,
        _FOLLOW_UPS,
        Distinct("meeting", "meeting_id", yes("initial"), "initial meetings"),
        meaning="Follow-up meetings for each initial meeting.",
        none="no initial meeting was held",
        variant_of="follow_up_meetings",
        **_MEETING,
    ),
    Metric(
        "stuck_opportunities",
        "Stuck opportunities",
        Category.TEMPO,
        Unit.COUNT,
        LOWER,
        Count("open_watched", yes("stuck"), "open opportunities over their stage's limit"),
        meaning="Open opportunities that have been in their stage for longer than that stage's limit.",
        edges=(
            "The limit: the configured days, else the 75th percentile of visits by won deals (20 at least, else the company's); "
            "never below 14 days.",
            "One of which nobody knows since when it has been in its stage isn't counted, and lowers the coverage.",
        ),
        coverage=(
            Coverage(
                "open opportunities known since when in their stage",
                Count("open_watched", known("stage_days")),
                Count("open_watched"),
            ),
        ),
        drives=("sales_cycle",),
        twin="win_rate",
        beside=("untouched_opportunities", "opportunities_past_close_date", "opportunities_without_next_meeting"),
        **_SNAPSHOT,
    ),
)
