"""Quality: how well the work is done."""

from __future__ import annotations

from typing import Any

from paceline.metrics.conditions import Column, Test, compare, eq, known, no, one_of, unknown, yes
from paceline.metrics.vocabulary import (
    HIGHER,
    LOWER,
    NEITHER,
    Category,
    Count,
    Coverage,
    Distinct,
    Median,
    Metric,
    Sum,
    Unit,
)

_TOUCH: dict[str, Any] = {"needs": ("mailbox", "calendar", "dialer"), "any_need": True, "owner": "who made the touch",
                          "date": "the day of the touch"}
# Whose accounts are meant follows from what the rep was on the day: a prospector's are those without an opportunity of hers.
_PROSPECTS = one_of("rep_role", "SDR", "BDR", "sdr", "bdr")
_OWN_FIELD = (_PROSPECTS & no("own_open")) | (
    (Test("rep_role", "not in", ("SDR", "BDR", "sdr", "bdr")) | unknown("rep_role")) & yes("own_open"))
_SENIOR = one_of("level", "director", "vp", "cxo")
_CLOSED = (yes("won") | yes("lost")) & yes("owner") & yes("valued")
_OUT = eq("direction", "outbound")

_OWNED = Count("owned", words="opportunities owned open in the period")
_OPEN_PEOPLE = Count("open_people", words="open opportunities")
_KNOWN_LEVEL = Distinct("touch_person", "person_id", known("level"), "people touched whose title is known")
_DIALS_KNOWN = Count("call", yes("outbound") & known("connected"), "dials with a known outcome")
_LISTED = Count("line", known("discount_cents"))

QUALITY = (
    Metric(
        "meetings_per_opportunity", "Meetings per opportunity", Category.QUALITY, Unit.RATIO, HIGHER,
        Count("touch_opportunity", eq("kind", "meeting") & yes("owned"), "meetings held on them by the owner"), _OWNED, roles=("AE",),
        date="the day of the meeting; the opportunity open in the period", owner="the owner of the opportunity at the meeting",
        meaning="Meetings held on open, owned opportunities, for each such opportunity; those without any meeting stay in.",
        edges=("A meeting that concerns two open opportunities of the account counts for both.",), needs=("calendar", "crm"),
        none="no open opportunity was owned", drives=("win_rate",), twin="meetings_held", beside=("meetings_per_opportunity_closed",)),
    Metric(
        "meetings_per_opportunity_closed", "Meetings per closed opportunity", Category.QUALITY, Unit.RATIO, HIGHER,
        Sum("outcome", "meetings", _CLOSED, "meetings held from start to close"), Count("outcome", _CLOSED, "deals won or lost"),
        roles=("AE",), date="the close", owner="the owner at the moment of closing",
        meaning="Meetings held on a deal from its start to its close, by whomever of ours, for each deal closed.",
        needs=("calendar", "crm"), none="no deal was won or lost", interval="mean", variant_of="meetings_per_opportunity"),
    Metric(
        "days_between_touches", "Days between touches", Category.QUALITY, Unit.DAYS, LOWER,
        Median("touch_gaps", "mean_gap", words="days between touches, middle of the opportunities"), roles=("AE",),
        date="the day that ends the gap; the open gap: the snapshot", owner="the owner whose touches they are",
        meaning="For each opportunity the mean gap between the owner's touch days; of these the median over opportunities.",
        edges=("The gap still open at the snapshot counts when it is longer than that mean.", "A booked future meeting stops the open gap.",
               "A transfer starts anew.", "With no gap yet, the open gap alone counts; never touched: the opportunity is left out."),
        needs=("mailbox", "calendar", "dialer"), any_need=True, none="no opportunity was touched twice", drives=("win_rate",),
        twin="opportunities_engaged"),
    Metric(
        "contacts_per_account", "Contacts per account", Category.QUALITY, Unit.RATIO, HIGHER,
        Distinct("touch_person", "person_id", known("account_id") & _OWN_FIELD, "people touched"),
        Distinct("touch_person", "account_id", _OWN_FIELD, "accounts touched"), roles=("AE", "SDR"),
        meaning="Distinct external people touched for each account touched.",
        edges=("For prospectors (role SDR or BDR on the day): accounts where they owned no open opportunity.",
               "For everyone else: accounts with an open opportunity of theirs.", "People matched to no account don't count."),
        none="no account was touched", drives=("win_rate", "pipeline_generated"), twin="accounts_touched", **_TOUCH),
    Metric(
        "email_engagement_rate", "Email engagement rate", Category.QUALITY, Unit.PERCENT, HIGHER,
        Count("mail", eq("direction", "inbound") & yes("engaged"), "human mails came in from people mailed before"),
        Count("mail", _OUT, "external mails sent"), roles=("AE",), date="each mail's own day", owner="whose mailbox it is", needs=("mailbox",),
        meaning="Human mails received from people whom the rep had mailed, for each external mail sent.",
        edges=("It may pass 100 %.", "Auto-replies, bounces and calendar answers don't count.", "Each mail counts once."),
        none="no external mail was sent", drives=("win_rate",), twin="emails_sent"),
    Metric(
        "decision_maker_share", "Decision-maker share", Category.QUALITY, Unit.PERCENT, HIGHER,
        Count("open_people", yes("decider"), "with an engaged decision maker"), _OPEN_PEOPLE, roles=("AE",), date="the snapshot",
        owner="the owner at the snapshot", ours=True,
        meaning="Share of open opportunities with an engaged person at director level or above, or who decides or holds the budget.",
        none="no opportunity was open", interval="wilson", drives=("average_deal_size", "win_rate"), twin="opportunities_engaged"),
    Metric(
        "target_account_share", "Target account share", Category.QUALITY, Unit.PERCENT, HIGHER,
        Distinct("touched_accounts", "account_id", yes("in_target_tier"), "in a target tier"),
        Distinct("touched_accounts", "account_id", known("tier"), "accounts touched whose tier is known"), roles=("AE", "SDR"), ours=True,
        meaning="Share of the accounts touched that are in a target tier.", none="no account with a known tier was touched", interval="wilson",
        coverage=(Coverage("accounts touched with a tier", Distinct("touched_accounts", "account_id", known("tier")),
                           Distinct("touched_accounts", "account_id")),),
        drives=("average_deal_size",), twin="accounts_touched", **_TOUCH),
    Metric(
        "average_opportunity_size", "Average opportunity size", Category.QUALITY, Unit.MONEY, HIGHER,
        Sum("owned", "amount_cents", words="amount of opportunities owned"), Count("owned", known("amount_cents"), "opportunities with an amount"),
        roles=("AE",), date="the rep's last day on it in the period", owner="each rep who owned it open in the period",
        meaning="Mean amount of the opportunities owned: at the period's end if open, else the last open or owned amount.",
        none="no opportunity with an amount was owned", interval="mean", drives=("average_deal_size",), twin="win_rate",
        coverage=(Coverage("opportunities owned with an amount", Count("owned", known("amount_cents")), Count("owned")),),
        beside=("average_opportunity_size_median",)),
    Metric(
        "average_opportunity_size_median", "Median opportunity size", Category.QUALITY, Unit.MONEY, HIGHER,
        Median("owned", "amount_cents", words="middle amount of opportunities owned"), roles=("AE",),
        date="the rep's last day on it in the period", owner="each rep who owned it open in the period",
        meaning="Median amount of the opportunities owned.", none="no opportunity with an amount was owned",
        variant_of="average_opportunity_size"),
    Metric(
        "account_type_mix", "Account type mix", Category.QUALITY, Unit.MONEY, NEITHER,
        Sum("mix", "expected_cents", words="what their account types are worth"), Count("mix", known("expected_cents"), "opportunities started"),
        roles=("AE",), date="the opportunity's start", owner="the owner at the start", ours=True,
        meaning="What a deal of this mix of account types is worth: mean won deal size of the type, over all opportunities started.",
        edges=("A type's worth is the company's mean won deal over the 365 days up to the period's end.",
               "Types without a won deal are left out and lower the coverage.", "The distribution itself: new_opportunities by account_type."),
        none="no opportunity of an account type with won deals was started", drives=("average_deal_size",),
        coverage=(Coverage("opportunities of a type with won deals", Count("mix", known("expected_cents")), Count("mix")),)),
    Metric(
        "discount_rate", "Discount rate", Category.QUALITY, Unit.PERCENT, LOWER,
        Sum("line", "discount_cents", known("list_cents"), "discount given"), Sum("line", "list_cents", known("discount_cents"), "list price"),
        roles=("AE",), date="the close date", owner="the owner at the moment of closing",
        meaning="Discount on the line items of won deals, as a share of their list price.",
        edges=("Lines without a list price are left out and lower the coverage.", "Sold above list: a negative discount."),
        none="no won line has a list price", drives=("average_deal_size",), twin="win_rate",
        coverage=(Coverage("won lines with a list price", _LISTED, Count("line")),), beside=("discounted_deal_share",)),
    Metric(
        "discounted_deal_share", "Share of deals discounted", Category.QUALITY, Unit.PERCENT, LOWER,
        Distinct("line", "opportunity_id", compare("discount_cents", ">", 0), "with a discounted line"),
        Distinct("line", "opportunity_id", known("discount_cents"), "won deals with list prices"), roles=("AE",), date="the close date",
        owner="the owner at the moment of closing", meaning="Share of won deals on which some line was sold below its list price.",
        none="no won line has a list price", interval="wilson", variant_of="discount_rate"),
    Metric(
        "contact_seniority", "Contact seniority", Category.QUALITY, Unit.PERCENT, HIGHER,
        Distinct("touch_person", "person_id", _SENIOR, "at director level or above"), _KNOWN_LEVEL, roles=("SDR",),
        meaning="Share of the people touched who are directors or above, of those whose title is known.",
        edges=("Unknown titles are left out and lower the coverage.", "The distribution: contacts_engaged by level."),
        none="nobody with a known title was touched", interval="wilson", drives=("pipeline_generated",), twin="contacts_engaged",
        coverage=(Coverage("people touched with a known title", _KNOWN_LEVEL, Distinct("touch_person", "person_id")),), **_TOUCH),
    Metric(
        "email_response_rate", "Email response rate", Category.QUALITY, Unit.PERCENT, HIGHER,
        Count("outreach", yes("replied"), "of them replied"), Count("outreach", words="people first mailed"), roles=("SDR",),
        date="the day of the rep's first mail to the person", owner="who mailed", needs=("mailbox",),
        meaning="Of the people mailed for the first time, the share who replied within 14 days.",
        edges=("Auto-replies, bounces and calendar answers are no replies.", "People whose 14 days aren't over count; the coverage says how many are."),
        none="nobody was mailed for the first time", interval="wilson", drives=("pipeline_generated",), twin="emails_sent",
        coverage=(Coverage("people whose 14 days are over", Count("outreach", compare("matures_day", "<=", Column("p_as_of"))),
                           Count("outreach")),)),
    Metric(
        "call_connect_rate", "Call connect rate", Category.QUALITY, Unit.PERCENT, HIGHER,
        Count("call", yes("outbound") & yes("connected"), "connected"), _DIALS_KNOWN, roles=("SDR",), date="the day of the call",
        owner="who called", needs=("dialer",), meaning="Of the outbound dials with a known outcome, the share that the prospect answered.",
        edges=("Wrong numbers and gatekeepers aren't connects.", "Dials of unknown outcome are left out and lower the coverage."),
        none="no dial has a known outcome", interval="wilson", drives=("pipeline_generated",), twin="dials",
        coverage=(Coverage("dials with a known outcome", _DIALS_KNOWN, Count("call", yes("outbound"))),)),
)
