"""Companions: not named by the sources, expected by everyone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from paceline.metrics.catalog.quantity import speech
from paceline.metrics.catalog.results import CLOSED, REVENUE, SIZED, WON, WON_AMOUNT
from paceline.metrics.conditions import known, no, yes
from paceline.metrics.vocabulary import (
    HIGHER,
    LOWER,
    ByGrain,
    Category,
    Count,
    Coverage,
    Distinct,
    Metric,
    Sum,
    Unit,
    Window,
    band,
    distance,
    minus,
    over,
    times,
)

_SNAPSHOT: dict[str, Any] = {"roles": ("AE",), "date": "the snapshot", "owner": "the owner at the snapshot"}
_REPS_TARGET = Sum("goals", "part_cents", words="revenue target, in proportion to its days")
_TARGET = ByGrain(
    _REPS_TARGET, _REPS_TARGET, replace(_REPS_TARGET, rows="team_goals"), replace(_REPS_TARGET, rows="company_goals")
)
_REPS_WON = Sum("won_under_goal", "credit_cents", words="won on days with a goal")
_WON_UNDER_GOAL = ByGrain(
    _REPS_WON, _REPS_WON, replace(_REPS_WON, rows="won_under_team_goal"), replace(_REPS_WON, rows="won_under_company_goal")
)
_NO_GOAL = "no revenue goal is set for these days"
_COMMIT = Sum("commits", "amount_cents", words="committed")
_OPEN = Count("open", words="open opportunities")
_PRICED = (Coverage("open opportunities with an amount", Count("open", known("amount_cents")), _OPEN),)
_QUARTER = Window("trailing", 90)
_CYCLED = Count(
    "outcome", yes("won") & yes("owner") & yes("valued") & known("cycle_days"), "deals won with a known start", _QUARTER
)
_CYCLES = Sum("outcome", "cycle_days", yes("won") & yes("owner") & yes("valued"), "days from start to close", _QUARTER)

COMPANIONS = (
    Metric(
        "quota_attainment",
        "Quota attainment",
        Category.COMPANION,
        Unit.PERCENT,
        HIGHER,
        _WON_UNDER_GOAL,
        _TARGET,
        roles=("AE",),
        date="the close date",
        owner="each rep by share of the split; the goal's rep",
        meaning="Revenue so far as a share of the target.",
        edges=(
            "A goal that overlaps the period counts in proportion to its calendar days in it.",
            "A team's target is its own goal on the days that one covers, else the sum of its reps' of those days; "
            "the company's likewise, of its teams.",
            "A rep's goal goes with the rep: each day of it counts for the team of that day.",
        ),
        none=_NO_GOAL,
        drives=("revenue",),
    ),
    Metric(
        "pipeline_coverage",
        "Pipeline coverage",
        Category.COMPANION,
        Unit.RATIO,
        HIGHER,
        Sum("open", "amount_cents", yes("due_in_period") & yes("valued"), "open amount due by the period's end"),
        minus(_TARGET, REVENUE),
        absent=_NO_GOAL,
        absent_of=_TARGET,
        meaning="Open amount due by the period's end, for each unit of the target still to be won.",
        none="the target is reached",
        positive=True,
        drives=("revenue",),
        coverage=_PRICED,
        **_SNAPSHOT,
    ),
    Metric(
        "weighted_pipeline",
        "Weighted pipeline",
        Category.COMPANION,
        Unit.MONEY,
        HIGHER,
        Sum("open", "weighted_cents", yes("valued"), "open amount × the stage's probability"),
        meaning="Open amount, each weighted with its stage's probability to win.",
        drives=("revenue",),
        twin="win_rate",
        coverage=_PRICED,
        **_SNAPSHOT,
    ),
    Metric(
        "stage_conversion",
        "Stage conversion",
        Category.COMPANION,
        Unit.PERCENT,
        HIGHER,
        Count("stage_visit", yes("advanced"), "left to go on"),
        Count("stage_visit", words="stays in a stage that ended"),
        roles=("AE",),
        date="the day of leaving the stage",
        owner="the owner at leaving",
        meaning="Of the stays in a stage that ended, the share that went on to a higher one. Cut by stage.",
        none="no stay in a stage ended",
        interval="wilson",
        drives=("win_rate",),
    ),
    Metric(
        "time_in_stage",
        "Time in stage",
        Category.COMPANION,
        Unit.DAYS,
        LOWER,
        Sum("stage_visit", "days", words="days of stay"),
        Count("stage_visit", known("days"), "stays in a stage that ended"),
        roles=("AE",),
        date="the day of leaving the stage",
        owner="the owner at leaving",
        meaning="Mean number of days of the stays in a stage that ended. Cut by stage.",
        none="no stay in a stage ended",
        interval="mean",
        drives=("sales_cycle",),
    ),
    Metric(
        "slip_rate",
        "Slip rate",
        Category.COMPANION,
        Unit.PERCENT,
        LOWER,
        Distinct("due", "opportunity_id", yes("slipped"), "slipped"),
        Distinct("due", "opportunity_id", words="opportunities due in the period"),
        roles=("AE",),
        date="due in the period at its start, or when it started or was reopened in it",
        owner="the owner when it was so due",
        meaning="Of the opportunities due to close in the period, the share still open at its end with a later close date.",
        none="no opportunity was due",
        interval="wilson",
        drives=("revenue",),
    ),
    Metric(
        "untouched_opportunities",
        "Untouched opportunities",
        Category.COMPANION,
        Unit.COUNT,
        LOWER,
        Count("open_watched", yes("untouched"), "open opportunities untouched for 14 days"),
        meaning="Open opportunities that none of ours has touched for 14 days.",
        edges=("Never touched: counted from the opportunity's start.",),
        drives=("win_rate",),
        **{**_SNAPSHOT, "needs": ("crm", "mailbox", "calendar", "dialer"), "any_need": True},
    ),
    Metric(
        "opportunities_without_next_meeting",
        "Open opportunities without next meeting",
        Category.COMPANION,
        Unit.COUNT,
        LOWER,
        Count("open_watched", no("next_meeting"), "open opportunities without a meeting ahead"),
        meaning="Open opportunities with whose account no meeting lies ahead.",
        **{**_SNAPSHOT, "needs": ("calendar", "crm")},
    ),
    Metric(
        "multi_threading",
        "Multi-threading",
        Category.COMPANION,
        Unit.PERCENT,
        HIGHER,
        Count("open_people", yes("multi_threaded"), "with three or more engaged people"),
        Count("open_people", words="open opportunities"),
        meaning="Share of open opportunities with three or more engaged people.",
        none="no opportunity was open",
        interval="wilson",
        drives=("win_rate",),
        **{**_SNAPSHOT, "needs": ("mailbox", "calendar", "dialer"), "any_need": True},
    ),
    speech(
        "longest_monologue",
        "Longest monologue",
        "longest_monologue_seconds",
        Unit.SECONDS,
        LOWER,
        "The rep's longest stretch of uninterrupted speech in a call; mean over calls.",
        "sum of the calls' longest monologues",
        "no call has speaker turns",
        category=Category.COMPANION,
    ),
    speech(
        "interactivity",
        "Interactivity",
        "switches_per_minute",
        Unit.RATIO,
        band(2.0, 12.0),
        "Speaker switches per minute of a call; mean over calls.",
        "sum of the calls' switches per minute",
        "no call has speaker turns",
        category=Category.COMPANION,
    ),
    Metric(
        "forecast_accuracy",
        "Forecast accuracy",
        Category.COMPANION,
        Unit.PERCENT,
        HIGHER,
        minus(REVENUE, distance(_COMMIT, REVENUE)),
        REVENUE,
        absent_of=_COMMIT,
        absent="no commit was made for this period, or it isn't over",
        roles=("AE",),
        date="the close date",
        owner="who committed; revenue by share of the split",
        meaning="1 − |commit − revenue| ÷ revenue, for ended periods.",
        edges=("The last commit before the period began counts, else the first in it.", "Below 0 is shown as it is."),
        none="nothing was won",
    ),
    Metric(
        "sales_velocity",
        "Sales velocity",
        Category.COMPANION,
        Unit.MONEY,
        HIGHER,
        times(_OPEN, over(WON, _QUARTER), over(WON_AMOUNT, _QUARTER), _CYCLED),
        times(over(CLOSED, _QUARTER), over(SIZED, _QUARTER), _CYCLES),
        meaning="Revenue per day: open opportunities × win rate × deal size ÷ sales cycle.",
        edges=("Win rate, deal size and cycle are those of the trailing 90 days up to the snapshot.",),
        none="no deal was won in the 90 days up to the snapshot",
        drives=("revenue",),
        **_SNAPSHOT,
    ),
)
