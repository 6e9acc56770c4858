"""Results: what the other metrics are there to explain."""

from __future__ import annotations

from typing import Any

from paceline.metrics.conditions import Column, compare, known, unknown, yes
from paceline.metrics.vocabulary import (
    HIGHER,
    LOWER,
    Category,
    Count,
    Coverage,
    Distinct,
    Median,
    Metric,
    Sum,
    Unit,
    Window,
)

# Outcomes are counted once, for the owner at close; only those that count in win and value metrics.
_OWN = yes("owner") & yes("valued")
_WON = yes("won") & _OWN
_CLOSED = (yes("won") | yes("lost")) & _OWN
_SIZED = _WON & known("amount_cents")

WON = Count("outcome", _WON, "deals won")
LOST = Count("outcome", yes("lost") & _OWN, "deals lost")
CLOSED = Count("outcome", _CLOSED, "deals won or lost")
WON_AMOUNT = Sum("outcome", "amount_cents", _WON, "won amount")
SIZED = Count("outcome", _SIZED, "deals won with a known amount")
# A deal of which the owner has no share says nothing of his revenue: it isn't a known 0.
REVENUE = Sum("outcome", "credit_cents", yes("won") & yes("valued") & compare("share", ">", 0), "credit for won deals")
_AMOUNTS = (Coverage("won deals with an amount", SIZED, WON),)
_CLOSE = "won: the close date; lost: the day it moved to lost"
_CLOSER = "the owner at the moment of closing"
_NO_CLOSE = "no deal was won or lost"
_REOPENED = "A deal closed, reopened and closed again counts once, at its final close."
_VALUED = "Deals with an amount of 0 or less are left out; those with an unknown amount count."


METRICS = (
    Metric(
        "win_rate",
        "Win rate",
        Category.RESULT,
        Unit.PERCENT,
        HIGHER,
        WON,
        CLOSED,
        roles=("AE",),
        date=_CLOSE,
        owner=_CLOSER,
        meaning="Of the deals that were decided, the share that was won, by count.",
        edges=(_REOPENED, _VALUED, "Open deals don't count, whatever their close date."),
        none=_NO_CLOSE,
        interval="wilson",
        beside=("loss_rate", "win_loss_ratio", "win_rate_by_value", "cohort_win_rate"),
    ),
    Metric(
        "loss_rate",
        "Loss rate",
        Category.RESULT,
        Unit.PERCENT,
        LOWER,
        LOST,
        CLOSED,
        roles=("AE",),
        date=_CLOSE,
        owner=_CLOSER,
        meaning="Of the deals that were decided, the share that was lost, by count.",
        edges=(_REOPENED, _VALUED),
        none=_NO_CLOSE,
        interval="wilson",
        variant_of="win_rate",
    ),
    Metric(
        "win_loss_ratio",
        "Win/loss ratio",
        Category.RESULT,
        Unit.RATIO,
        HIGHER,
        WON,
        LOST,
        roles=("AE",),
        date=_CLOSE,
        owner=_CLOSER,
        meaning="Deals won for each deal lost.",
        edges=(_REOPENED, _VALUED),
        none="no deal was lost",
        variant_of="win_rate",
    ),
    Metric(
        "win_rate_by_value",
        "Win rate by value",
        Category.RESULT,
        Unit.PERCENT,
        HIGHER,
        WON_AMOUNT,
        Sum("outcome", "amount_cents", _CLOSED, "won or lost amount"),
        roles=("AE",),
        date=_CLOSE,
        owner=_CLOSER,
        meaning="Of the money that was decided, the share that was won.",
        edges=(_REOPENED, "Unknown amounts add nothing."),
        none="no deal with an amount was won or lost",
        variant_of="win_rate",
        coverage=(Coverage("closed deals with an amount", Count("outcome", _CLOSED & known("amount_cents")), CLOSED),),
    ),
    Metric(
        "cohort_win_rate",
        "Win rate of a cohort",
        Category.RESULT,
        Unit.PERCENT,
        HIGHER,
        Count("started", compare("won_day", "<=", Column("p_as_of")), "of them won so far"),
        Count("started", words="opportunities started"),
        roles=("AE",),
        date="the opportunity's start",
        owner="the owner at the start",
        meaning="Of all opportunities started in the period, the share won so far.",
        edges=("The coverage says how many of the cohort are decided: a young cohort reads low.",),
        none="no opportunity was started",
        interval="wilson",
        variant_of="win_rate",
        coverage=(
            Coverage(
                "opportunities of the cohort that are decided",
                Count("started", known("won_day") | known("lost_day")),
                Count("started"),
            ),
        ),
    ),
    Metric(
        "sales_volume",
        "Sales volume",
        Category.RESULT,
        Unit.COUNT,
        HIGHER,
        WON,
        roles=("AE",),
        date="the close date",
        owner=_CLOSER,
        meaning="Number of deals won.",
        edges=(_REOPENED, _VALUED),
        drives=("revenue",),
        twin="average_deal_size",
        beside=("units_sold",),
    ),
    Metric(
        "units_sold",
        "Units sold",
        Category.RESULT,
        Unit.COUNT,
        HIGHER,
        Sum("line", "quantity", words="units on won deals"),
        roles=("AE",),
        date="the close date",
        owner=_CLOSER,
        meaning="Sum of the quantities on the line items of won deals.",
        edges=("Deals without line items add nothing; lines without quantity lower the coverage.",),
        variant_of="sales_volume",
        twin="discount_rate",
        absent="no won deal has line items",
        absent_of=Count("line"),
        coverage=(Coverage("won lines with a quantity", Count("line", known("quantity")), Count("line")),),
    ),
    Metric(
        "revenue",
        "Revenue",
        Category.RESULT,
        Unit.MONEY,
        HIGHER,
        REVENUE,
        roles=("AE",),
        date="the close date",
        owner="each rep by share of the split; without splits the owner at the moment of closing",
        meaning="Won amount (bookings), converted at the close day's rate, credit split.",
        edges=(_REOPENED, "Unknown amounts add nothing and lower the coverage."),
        twin="win_rate",
        coverage=_AMOUNTS,
    ),
    Metric(
        "average_deal_size",
        "Average deal size",
        Category.RESULT,
        Unit.MONEY,
        HIGHER,
        Sum("outcome", "amount_cents", _SIZED, "won amount"),
        SIZED,
        roles=("AE",),
        date="the close date",
        owner=_CLOSER,
        meaning="Mean amount of won deals (average sale price).",
        edges=(_REOPENED, "Deals with an unknown amount don't enter."),
        none="no deal with a known amount was won",
        interval="mean",
        drives=("revenue",),
        coverage=_AMOUNTS,
        beside=("average_deal_size_median",),
    ),
    Metric(
        "average_deal_size_median",
        "Median deal size",
        Category.RESULT,
        Unit.MONEY,
        HIGHER,
        Median("outcome", "amount_cents", _SIZED, "middle amount of won deals"),
        roles=("AE",),
        date="the close date",
        owner=_CLOSER,
        meaning="Median amount of won deals: half of them were larger.",
        none="no deal with a known amount was won",
        coverage=_AMOUNTS,
        variant_of="average_deal_size",
    ),
    Metric(
        "sales_cycle",
        "Sales cycle",
        Category.RESULT,
        Unit.DAYS,
        LOWER,
        Sum("outcome", "cycle_days", _WON & known("cycle_days"), "days from start to close"),
        Count("outcome", _WON & known("cycle_days"), "deals won with a known start"),
        roles=("AE",),
        date="the close date",
        owner=_CLOSER,
        meaning="Mean number of days from an opportunity's start (accepted, where mapped) to its close, of won deals.",
        edges=("Negative ones, from wrong dates, are kept as they are and flagged by `paceline check`.",),
        none="no deal with a known start was won",
        interval="mean",
        beside=("sales_cycle_median",),
        coverage=(Coverage("won deals with a known start", Count("outcome", _WON & known("cycle_days")), WON),),
    ),
    Metric(
        "sales_cycle_median",
        "Median sales cycle",
        Category.RESULT,
        Unit.DAYS,
        LOWER,
        Median("outcome", "cycle_days", _WON, "middle number of days from start to close"),
        roles=("AE",),
        date="the close date",
        owner=_CLOSER,
        meaning="Median number of days from start to close, of won deals.",
        none="no deal with a known start was won",
        variant_of="sales_cycle",
    ),
    Metric(
        "pipeline_generated",
        "Pipeline generated",
        Category.RESULT,
        Unit.MONEY,
        HIGHER,
        Sum("opportunity", "amount_cents", compare("amount_cents", ">", 0) | unknown("amount_cents"), "amount at the start"),
        roles=("SDR", "AE"),
        date="the opportunity's start",
        owner="who sourced it, else who created it",
        meaning="Amount, at the start, of the opportunities sourced.",
        edges=("The amount is that of the start, at that day's rate; later changes don't matter.",),
        twin="cohort_win_rate",
        coverage=(
            Coverage(
                "opportunities with an amount at the start", Count("opportunity", known("amount_cents")), Count("opportunity")
            ),
        ),
    ),
)


_CUSTOMERS = Distinct("outcome", "account_id", yes("first_won") & yes("owner"), "new customers")
_COST = Sum("costs", "part_cents", words="cost of sales and marketing")
_LAGGED = Sum("costs", "part_cents", words="cost one sales cycle earlier", window=Window("lagged", 365, "sales_cycle_median"))
_ACQUISITION: dict[str, Any] = {
    "date": "the account's first won close date",
    "owner": "the owner at close; costs count for a rep only where they are given for one",
    "none": "no new customer was won",
    "absent": "no cost is given for these days",
    "drives": (),
}

ACQUISITION = (
    Metric(
        "customer_acquisition_cost",
        "Customer acquisition cost",
        Category.RESULT,
        Unit.MONEY,
        LOWER,
        _COST,
        _CUSTOMERS,
        absent_of=_COST,
        meaning="Cost of sales and marketing for each new customer (an account's first win) of the period.",
        edges=(
            "A cost of a range of days counts in proportion to its calendar days in the period.",
            "By account segment, costs without a segment stand apart.",
        ),
        beside=("customer_acquisition_cost_lagged",),
        **_ACQUISITION,
    ),
    Metric(
        "customer_acquisition_cost_lagged",
        "Customer acquisition cost (lagged)",
        Category.RESULT,
        Unit.MONEY,
        LOWER,
        _LAGGED,
        _CUSTOMERS,
        absent_of=_LAGGED,
        meaning="The same, with the costs of the period one median sales cycle (of the trailing 365 days) earlier.",
        variant_of="customer_acquisition_cost",
        **_ACQUISITION,
    ),
)

RESULTS = (*METRICS, *ACQUISITION)
