"""Results over leads: how fast they are answered, and what becomes of them."""

from __future__ import annotations

from typing import Any

from paceline.metrics.conditions import Column, compare, unknown
from paceline.metrics.vocabulary import HIGHER, LOWER, ByGrain, Category, Count, Metric, Quantile, Unit

_CREATED_BY_LEAD = "the first rep who worked the lead, else its first assignee"
_LEAD: dict[str, Any] = {
    "roles": ("SDR",),
    "date": "the day the lead came in",
    "owner": _CREATED_BY_LEAD,
    "none": "no lead came in",
}


def _response(slug: str, name: str, quantile: float, clock: str, meaning: str, variant: bool) -> Metric:
    rep = Quantile("lead", f"{clock}_seconds", quantile, words="time to the first attempt", absent_last=True)
    pooled = Quantile("lead", f"team_{clock}_seconds", quantile, words="time to the first attempt", absent_last=True)
    return Metric(
        slug,
        name,
        Category.RESULT,
        Unit.SECONDS,
        LOWER,
        ByGrain(rep, pooled),
        meaning=meaning,
        needs=("crm",),
        edges=(
            "A rep's clock starts at the assignment, a team's at the lead's creation.",
            "Unanswered leads stay in, as longer than any answered one; if the middle falls among them there is no value.",
            "Automated mail is no attempt.",
        ),
        variant_of="lead_response_time" if variant else None,
        drives=() if variant else ("conversion_rate",),
        beside=()
        if variant
        else (
            "lead_response_time_wall",
            "lead_response_time_p90",
            "leads_answered_within_5_minutes",
            "leads_answered_within_1_hour",
            "leads_never_answered",
        ),
        **_LEAD,
    )


def _within(slug: str, name: str, seconds: int) -> Metric:
    # Shares can't be told apart by grain as quantiles are: the clock of the rep is taken throughout.
    return Metric(
        slug,
        name,
        Category.RESULT,
        Unit.PERCENT,
        HIGHER,
        Count("lead", compare("business_seconds", "<=", seconds), "answered in time"),
        Count("lead", words="leads came in"),
        meaning=f"Share of leads with a first attempt {name.split(' answered ')[1]}, by the working time of the rep.",
        interval="wilson",
        variant_of="lead_response_time",
        **_LEAD,
    )


RESPONSE = (
    _response(
        "lead_response_time",
        "Lead response time",
        0.5,
        "business",
        "Median working time from getting a lead to the first human attempt to reach it.",
        False,
    ),
    _response(
        "lead_response_time_wall",
        "Lead response time (wall clock)",
        0.5,
        "wall",
        "The same by the wall clock, nights and weekends included.",
        True,
    ),
    _response(
        "lead_response_time_p90",
        "Lead response time (90th percentile)",
        0.9,
        "business",
        "Nine of ten leads get their first attempt within this working time.",
        True,
    ),
    _within("leads_answered_within_5_minutes", "Leads answered within 5 minutes", 300),
    _within("leads_answered_within_1_hour", "Leads answered within 1 hour", 3600),
    Metric(
        "leads_never_answered",
        "Leads never answered",
        Category.RESULT,
        Unit.PERCENT,
        LOWER,
        Count("lead", unknown("first_attempt_at"), "never attempted"),
        Count("lead", words="leads came in"),
        meaning="Share of leads without any human attempt so far.",
        interval="wilson",
        variant_of="lead_response_time",
        **_LEAD,
    ),
)

CONVERSION = (
    Metric(
        "conversion_rate",
        "Conversion rate",
        Category.RESULT,
        Unit.PERCENT,
        HIGHER,
        Count("lead", compare("customer_day", "<=", Column("p_as_of")), "of them became customers so far"),
        Count("lead", words="leads came in"),
        meaning="Of the leads that came in in the period, the share that became customers so far.",
        edges=("It is one cohort's: never one period's wins over the same period's leads.", "A young cohort reads low."),
        interval="wilson",
        drives=("revenue",),
        beside=("lead_to_opportunity_rate",),
        **_LEAD,
    ),
    Metric(
        "lead_to_opportunity_rate",
        "Lead-to-opportunity rate",
        Category.RESULT,
        Unit.PERCENT,
        HIGHER,
        Count("lead", compare("opportunity_day", "<=", Column("p_as_of")), "of them became opportunities so far"),
        Count("lead", words="leads came in"),
        meaning="Of the leads that came in in the period, the share that became an opportunity so far.",
        edges=("A young cohort reads low.",),
        interval="wilson",
        variant_of="conversion_rate",
        **_LEAD,
    ),
)

LEADS = (*CONVERSION, *RESPONSE)
