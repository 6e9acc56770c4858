"""What records and their columns are called on the pages that connect files: words, where the mapping has names."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paceline.sales.records import Column

RECORDS = {
    "rep": gettext_lazy("people"), "rep_role": gettext_lazy("roles and teams of people"), "absence": gettext_lazy("absences"),
    "holiday": gettext_lazy("public holidays"), "connection": gettext_lazy("connected mailboxes and diallers"),
    "account": gettext_lazy("accounts (companies)"), "account_domain": gettext_lazy("further mail domains of accounts"),
    "contact": gettext_lazy("contacts"), "lead": gettext_lazy("leads"), "lead_assignment": gettext_lazy("leads given to people"),
    "product": gettext_lazy("products"), "stage": gettext_lazy("stages"), "opportunity": gettext_lazy("deals (opportunities)"),
    "opportunity_change": gettext_lazy("changes of deals"), "opportunity_contact": gettext_lazy("contacts of deals"),
    "opportunity_split": gettext_lazy("shares of deals"), "line_item": gettext_lazy("products of deals"),
    "email": gettext_lazy("emails"), "email_recipient": gettext_lazy("recipients of emails"), "call": gettext_lazy("calls"),
    "call_turn": gettext_lazy("stretches of speech in calls"), "meeting": gettext_lazy("meetings"),
    "meeting_attendee": gettext_lazy("people invited to meetings"), "goal": gettext_lazy("goals and quotas"),
    "forecast_call": gettext_lazy("forecasts given by people"), "cost": gettext_lazy("costs"),
    "exchange_rate": gettext_lazy("exchange rates"),
}  # fmt: skip
# The same name means the same in every record, but for those under a record's name.
_FIELDS = {
    "id": gettext_lazy("id"), "name": gettext_lazy("name"), "email": gettext_lazy("mail address"),
    "time_zone": gettext_lazy("time zone"), "hired_day": gettext_lazy("first day of work"),
    "left_day": gettext_lazy("first day no longer employed"), "holiday_calendar": gettext_lazy("calendar of holidays"),
    "rep_id": gettext_lazy("person"), "from_day": gettext_lazy("from"), "until_day": gettext_lazy("until (the day after)"),
    "role": gettext_lazy("role"), "segment": gettext_lazy("segment"), "team": gettext_lazy("team"),
    "manager_id": gettext_lazy("manager"), "territory": gettext_lazy("territory"), "work_days": gettext_lazy("working days"),
    "work_start_minute": gettext_lazy("start of work, in minutes"), "work_end_minute": gettext_lazy("end of work, in minutes"),
    "kind": gettext_lazy("kind"), "calendar": gettext_lazy("calendar"), "day": gettext_lazy("day"),
    "domain": gettext_lazy("mail domain"), "type": gettext_lazy("type"), "tier": gettext_lazy("tier"),
    "industry": gettext_lazy("industry"), "employees": gettext_lazy("employees"), "parent_id": gettext_lazy("parent company"),
    "created_at": gettext_lazy("created"), "merged_into_id": gettext_lazy("merged into"), "deleted": gettext_lazy("deleted"),
    "account_id": gettext_lazy("account"), "title": gettext_lazy("title"), "seniority": gettext_lazy("seniority"),
    "company": gettext_lazy("company"), "source": gettext_lazy("where it came from"), "owner_id": gettext_lazy("owner"),
    "converted_at": gettext_lazy("converted"), "converted_account_id": gettext_lazy("account made of it"),
    "converted_contact_id": gettext_lazy("contact made of it"), "converted_opportunity_id": gettext_lazy("deal made of it"),
    "lead_id": gettext_lazy("lead"), "assigned_at": gettext_lazy("given at"), "family": gettext_lazy("family"),
    "list_cents": gettext_lazy("list price"), "currency": gettext_lazy("currency"), "pipeline": gettext_lazy("pipeline"),
    "position": gettext_lazy("order"), "probability": gettext_lazy("chance, 0 to 1"), "outcome": gettext_lazy("what it means"),
    "accepted": gettext_lazy("counts from here"), "limit_days": gettext_lazy("stuck after, days"),
    "created_by_id": gettext_lazy("created by"), "sourced_by_id": gettext_lazy("sourced by"), "stage_id": gettext_lazy("stage"),
    "amount_cents": gettext_lazy("amount"), "close_day": gettext_lazy("close date"),
    "closed_at": gettext_lazy("moment of closing"),
    "product_id": gettext_lazy("product"), "next_step": gettext_lazy("next step"), "test": gettext_lazy("a test"),
    "opportunity_id": gettext_lazy("deal"), "field": gettext_lazy("what changed"), "old": gettext_lazy("before"),
    "new": gettext_lazy("after"), "changed_at": gettext_lazy("changed at"), "changed_by_id": gettext_lazy("changed by"),
    "contact_id": gettext_lazy("contact"), "buying_role": gettext_lazy("part in the decision"),
    "added_at": gettext_lazy("added at"),
    "share": gettext_lazy("share, 0 to 1"), "quantity": gettext_lazy("quantity"), "sold_cents": gettext_lazy("sold price"),
    "thread_id": gettext_lazy("conversation"), "direction": gettext_lazy("direction"), "sent_at": gettext_lazy("sent at"),
    "from_address": gettext_lazy("sender’s address"), "automated": gettext_lazy("sent by a sequence"),
    "auto_submitted": gettext_lazy("header Auto-Submitted"), "x_autoreply": gettext_lazy("header X-Autoreply"),
    "x_autorespond": gettext_lazy("header X-Autorespond"), "precedence": gettext_lazy("header Precedence"),
    "return_path": gettext_lazy("header Return-Path"), "calendar_reply": gettext_lazy("answers an invitation"),
    "bounce": gettext_lazy("a delivery failure"), "email_id": gettext_lazy("email"), "address": gettext_lazy("address"),
    "started_at": gettext_lazy("started at"), "disposition": gettext_lazy("outcome"), "seconds": gettext_lazy("seconds"),
    "vendor_talk_ratio": gettext_lazy("talk ratio, 0 to 1"), "call_id": gettext_lazy("call"), "speaker": gettext_lazy("speaker"),
    "start_ms": gettext_lazy("from, in milliseconds"), "end_ms": gettext_lazy("to, in milliseconds"),
    "series_id": gettext_lazy("series"), "organizer_id": gettext_lazy("organiser"), "booked_at": gettext_lazy("booked at"),
    "start_at": gettext_lazy("start"), "end_at": gettext_lazy("end"), "status": gettext_lazy("status"),
    "meeting_id": gettext_lazy("meeting"), "response": gettext_lazy("answer"), "resource": gettext_lazy("a room or device"),
    "metric": gettext_lazy("metric"), "target": gettext_lazy("target"), "category": gettext_lazy("category"),
    "submitted_at": gettext_lazy("said at"), "rate": gettext_lazy("rate"),
}  # fmt: skip
WORDS = {
    "open": gettext_lazy("open"), "won": gettext_lazy("won"), "lost": gettext_lazy("lost"), "stage": gettext_lazy("stage"),
    "owner": gettext_lazy("owner"), "amount": gettext_lazy("amount"), "close_day": gettext_lazy("close date"),
    "outbound": gettext_lazy("by us"), "inbound": gettext_lazy("to us"), "to": gettext_lazy("to"), "cc": gettext_lazy("copy"),
    "bcc": gettext_lazy("hidden copy"), "scheduled": gettext_lazy("scheduled"), "held": gettext_lazy("held"),
    "cancelled": gettext_lazy("cancelled"), "no_show": gettext_lazy("nobody came"), "commit": gettext_lazy("commit"),
    "best_case": gettext_lazy("best case"), "pipeline": gettext_lazy("pipeline"), "entry": gettext_lazy("entry level"),
    "senior": gettext_lazy("senior"), "manager": gettext_lazy("manager"), "director": gettext_lazy("director"),
    "vp": gettext_lazy("vice president"), "cxo": gettext_lazy("board"), "decision_maker": gettext_lazy("decision maker"),
    "economic_buyer": gettext_lazy("economic buyer"), "champion": gettext_lazy("champion"),
    "influencer": gettext_lazy("influencer"), "user": gettext_lazy("user"), "blocker": gettext_lazy("blocker"),
    "other": gettext_lazy("other"), "accepted": gettext_lazy("accepted"), "declined": gettext_lazy("declined"),
    "tentative": gettext_lazy("tentative"), "none": gettext_lazy("no answer"), "crm": gettext_lazy("CRM"),
    "mailbox": gettext_lazy("mailbox"), "calendar": gettext_lazy("calendar"), "dialer": gettext_lazy("dialler"),
    "recorder": gettext_lazy("recorder"),
}  # fmt: skip
OUTCOMES = {"open": WORDS["open"], "won": WORDS["won"], "lost": WORDS["lost"]}


def record(name: str) -> str:
    """A record: ``deals (opportunities)``."""
    return str(RECORDS[name])


def field(column: Column, cents: bool = False) -> str:
    """A column: ``owner``. ``cents``: its amounts are given in whole cents."""
    words = str(_FIELDS[column.name])
    return _("%(amount)s, in cents") % {"amount": words} if cents else words


def named(name: str) -> str:
    """A column that a problem names, where it is one of ours: ``amount``; else its name."""
    return str(_FIELDS.get(name, name))


def word(of: str) -> str:
    """One of the words that a column may have."""
    return str(WORDS[of])
