"""Quantity: how much is done. Each is shown with its quality twin, so that it can't be gamed alone."""

from __future__ import annotations

from typing import Any

from paceline.metrics.conditions import eq, known, no, yes
from paceline.metrics.vocabulary import (
    HIGHER,
    LOWER,
    Category,
    Constant,
    Count,
    Direction,
    Distinct,
    Metric,
    Sum,
    Unit,
    band,
)

_TOUCH: dict[str, Any] = {"needs": ("mailbox", "calendar", "dialer"), "any_need": True, "owner": "who made the touch",
                          "date": "the day of the touch"}
_MEETING: dict[str, Any] = {"needs": ("calendar",), "owner": "each of our reps on it who didn't decline"}
_CALL: dict[str, Any] = {"needs": ("dialer",), "date": "the day of the call", "owner": "who called", "roles": ("SDR",)}
_RECORDED: dict[str, Any] = {"needs": ("recorder",), "date": "the day of the call", "owner": "whose call it is", "roles": ("AE", "SDR")}
_ONCE = "A meeting with two of our reps counts 1 for each and 1 for the team."
_COUNTED = no("bulk")
_HELD = Distinct("meeting", "meeting_id", yes("held"), "meetings held")
_NO_SHOWS = Distinct("meeting", "meeting_id", yes("no_show"), "no-shows")
_OUT = eq("direction", "outbound")


def _count(slug: str, name: str, measure: Any, meaning: str, **more: Any) -> Metric:
    return Metric(slug, name, Category.QUANTITY, more.pop("unit", Unit.COUNT), more.pop("direction", HIGHER), measure, meaning=meaning, **more)


def speech(slug: str, name: str, column: str, unit: Unit, direction: Direction, meaning: str, words: str, none: str, **more: Any) -> Metric:
    """The mean over recorded calls of a value that each call has."""
    return Metric(slug, name, more.pop("category", Category.QUANTITY), unit, direction, Sum("call", column, known(column), words),
                  Count("call", known(column), "recorded calls"), meaning=meaning, none=none, interval="mean", **more, **_RECORDED)


QUANTITY = (
    _count("accounts_touched", "Accounts touched", Distinct("touch_person", "account_id", words="accounts touched"),
           "Distinct accounts of which somebody was touched.", roles=("AE",), drives=("revenue",), twin="contacts_per_account",
           edges=("Counted once however many reps touch it: a team's count isn't the sum of its reps'.",),
           beside=("new_accounts_touched",), **_TOUCH),
    _count("new_accounts_touched", "New accounts touched", Distinct("touch_person", "account_id", yes("new_account"), "new accounts touched"),
           "Distinct accounts touched that the rep hadn't touched in the 180 days before.", roles=("AE",), twin="contacts_per_account",
           variant_of="accounts_touched", **_TOUCH),
    _count("opportunities_engaged", "Opportunities engaged",
           Distinct("touch_opportunity", "opportunity_id", yes("owned"), "opportunities touched by their owner"),
           "Distinct opportunities touched while open and owned by the rep.", roles=("AE",), drives=("revenue",), twin="win_rate", **_TOUCH),
    _count("meetings_held", "Meetings held", _HELD, "External meetings that took place.", roles=("AE",), date="the day the meeting began",
           edges=("Begun before now, not cancelled or marked no-show, with an external attendee who didn't decline.",
                  "Each instance of a series counts on its own date.", _ONCE),
           drives=("revenue",), twin="meetings_per_opportunity", beside=("meetings_booked", "no_show_rate"), **_MEETING),
    _count("meetings_booked", "Meetings booked", Distinct("booking", "meeting_id", words="meetings booked"),
           "Invitations sent to an external person.", roles=("AE", "SDR"), date="the day the invitation was sent", needs=("calendar",),
           owner="who invited", edges=("Cancelled ones stay counted.",), twin="no_show_rate", variant_of="meetings_held"),
    _count("no_show_rate", "No-show rate", _NO_SHOWS, "Of the meetings that were to take place, the share to which nobody came.",
           unit=Unit.PERCENT, direction=LOWER,
           denominator=Distinct("meeting", "meeting_id", yes("held") | yes("no_show"), "meetings held or missed"), roles=("AE", "SDR"),
           date="the day of the meeting", none="no meeting was held or missed", interval="wilson", variant_of="meetings_held", **_MEETING),
    _count("new_opportunities", "New opportunities", Distinct("arrival", "opportunity_id", _COUNTED, "opportunities became theirs"),
           "Opportunities that became the rep's: created, or handed over.", roles=("AE",), date="the day it became theirs",
           owner="who got it", edges=("Bulk reassignments aren't counted.", "Given back within 24 hours, neither way counts."),
           drives=("revenue",), twin="cohort_win_rate", beside=("new_opportunities_created", "new_opportunities_transferred")),
    _count("new_opportunities_created", "New opportunities, created",
           Distinct("arrival", "opportunity_id", _COUNTED & eq("how", "created"), "opportunities created as theirs"),
           "Opportunities whose first owner is the rep.", roles=("AE",), date="the opportunity's start", owner="the first owner",
           twin="cohort_win_rate", variant_of="new_opportunities"),
    _count("new_opportunities_transferred", "New opportunities, transferred",
           Distinct("arrival", "opportunity_id", _COUNTED & eq("how", "transferred"), "opportunities handed over to them"),
           "Opportunities handed over to the rep while open.", roles=("AE",), date="the day of the transfer", owner="who got it",
           twin="win_rate", variant_of="new_opportunities"),
    _count("responses", "Responses", Distinct("reply", "person_id", words="people who replied"),
           "Distinct people who replied to a mail.", roles=("SDR",), date="the day of the reply", owner="who was replied to", needs=("mailbox",),
           edges=("Auto-replies, bounces and calendar answers are no replies.",), drives=("pipeline_generated",), twin="email_response_rate"),
    _count("contacts_engaged", "Contacts engaged", Distinct("touch_person", "person_id", words="people touched"),
           "Distinct external people touched.", roles=("SDR",), drives=("pipeline_generated",), twin="contact_seniority",
           beside=("contacts_engaged_two_way",), **_TOUCH),
    _count("contacts_engaged_two_way", "Contacts engaged, two-way", Distinct("two_way", "person_id", words="people who engaged back"),
           "Distinct people who replied, answered a call or attended a meeting.", roles=("SDR",), twin="contact_seniority",
           variant_of="contacts_engaged", needs=("mailbox", "calendar", "dialer"), any_need=True, owner="with whom they engaged",
           date="the day of the reply, call or meeting"),
    _count("emails_sent", "Emails sent", Count("mail", _OUT, "external mails sent"), "Mails to external people; each once.", roles=("SDR",),
           date="the day it was sent", owner="who sent it", needs=("mailbox",), edges=("Automated mail counts; see emails_automated.",),
           drives=("pipeline_generated",), twin="email_response_rate", beside=("emails_automated", "emails_by_hand")),
    _count("emails_automated", "Emails sent, automated", Count("mail", _OUT & yes("automated"), "mails sent by a sequence"),
           "External mails that a sequence sent.", roles=("SDR",), date="the day it was sent", owner="in whose name it was sent",
           needs=("mailbox",), twin="email_response_rate", variant_of="emails_sent"),
    _count("emails_by_hand", "Emails sent, by hand", Count("mail", _OUT & no("automated"), "mails sent by hand"),
           "External mails without those of a sequence: the strict reading.", roles=("SDR",), date="the day it was sent",
           owner="who sent it", needs=("mailbox",), twin="email_response_rate", variant_of="emails_sent"),
    _count("connects", "Connects", Count("call", yes("outbound") & yes("connected"), "connected calls"),
           "Outbound calls that the prospect answered.", drives=("pipeline_generated",), twin="call_connect_rate",
           edges=("Calls of unknown outcome don't count.",), beside=("dials", "talk_minutes"), **_CALL),
    _count("dials", "Dials", Count("call", yes("outbound"), "outbound calls"), "Outbound calls, answered or not.", twin="call_connect_rate",
           variant_of="connects", **_CALL),
    _count("talk_minutes", "Talk minutes", Sum("call", "seconds", yes("outbound") & yes("connected"), "seconds of connected calls"),
           "Length of the connected outbound calls, in minutes.", denominator=Constant(60), unit=Unit.MINUTES, twin="call_connect_rate",
           variant_of="connects", **_CALL),
    speech("talk_ratio", "Talk ratio", "talk_ratio", Unit.PERCENT, band(0.35, 0.65),
            "The rep's share of the speech time of a call; mean over calls of 60 seconds and more.", "sum of the calls' talk ratios",
            "no call of 60 seconds or more has speaker turns", drives=("win_rate",), twin="meetings_held",
            beside=("talk_ratio_of_call", "talk_ratio_vendor")),
    speech("talk_ratio_of_call", "Talk ratio, of the whole call", "talk_ratio_of_call", Unit.PERCENT, band(0.3, 0.6),
            "The rep's speech as a share of the call's whole length, silence included; mean over calls.", "sum of the calls' talk ratios",
            "no call of 60 seconds or more has speaker turns", variant_of="talk_ratio"),
    speech("talk_ratio_vendor", "Talk ratio, as the recorder says", "vendor_talk_ratio", Unit.PERCENT, band(0.35, 0.65),
            "The recorder's own value, taken as it is; mean over calls.", "sum of the calls' talk ratios",
            "no recorder gave a value of its own", variant_of="talk_ratio"),
    speech("patience", "Patience", "patience_seconds", Unit.SECONDS, band(0.4, 2.0),
            "The pause from the customer's last word to the rep's first; mean over a call's switches, then over calls.",
            "sum of the calls' mean pauses", "no call has 10 switches from customer to rep",
            edges=("Overlaps are 0; gaps over 10 seconds are holds and left out; back-channels are no turns.",),
            drives=("win_rate",), twin="meetings_held"),
)
