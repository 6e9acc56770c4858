"""The canonical records: every table that a source may bring, every column with its type and its meaning.

This is the one place where a record's shape is told. Loading, history, simulation, files and docs read it from here.

Units, everywhere: money is integer hundredths of the native currency (``cents``), an instant is integer seconds since
1970-01-01 UTC (``at``), a date is integer days since 1970-01-01 (``day``). A missing value is null and means *unknown*.
Ranges are half-open: ``from_day`` is in, ``until_day`` is out, a null ``until_day`` means "still".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """What a column holds. The values are the words that a mapping file uses."""

    TEXT = "text"
    FLAG = "flag"  # boolean
    INTEGER = "integer"  # int64
    NUMBER = "number"  # float64
    CENTS = "cents"  # int64, hundredths of the row's currency
    DAY = "day"  # int32, days since 1970-01-01
    AT = "at"  # int64, seconds since 1970-01-01 UTC


@dataclass(frozen=True)
class Column:
    """One column of a record. ``refers`` names the table whose ``id`` it holds; ``words`` are the only values allowed."""

    name: str
    type: Type
    doc: str
    required: bool = False
    refers: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One kind of record, keyed by ``id``. ``true_at`` names the column telling when a row became true (None: always)."""

    name: str
    doc: str
    columns: tuple[Column, ...]
    true_at: str | None = None

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


# Every stored version of a record carries these beside its own columns.
STAMPS = (
    Column("record_source", Type.TEXT, "which source brought the row (`source` alone is a lead's and a deal's own)", required=True),
    Column("source_id", Type.TEXT, "the row's id as that source writes it", required=True),
    Column(
        "known_at", Type.AT, "since when we know it: the load's moment, or for a source's first load when it became true (0: unknown)",
        required=True,
    ),
)
# Versions that a later load replaced are kept, with the moment of it.
SUPERSEDED_AT = Column("superseded_at", Type.AT, "when a later load replaced this version", required=True)

LEVELS = ("entry", "senior", "manager", "director", "vp", "cxo")
BUYING_ROLES = ("decision_maker", "economic_buyer", "champion", "influencer", "user", "blocker", "other")


def _id(doc: str) -> Column:
    return Column("id", Type.TEXT, doc, required=True)


def _ref(name: str, table: str, doc: str, required: bool = False) -> Column:
    return Column(name, Type.TEXT, doc, required, refers=table)


def _text(name: str, doc: str, required: bool = False, words: tuple[str, ...] = ()) -> Column:
    return Column(name, Type.TEXT, doc, required, words=words)


def _flag(name: str, doc: str) -> Column:
    return Column(name, Type.FLAG, doc)


def _day(name: str, doc: str, required: bool = False) -> Column:
    return Column(name, Type.DAY, doc, required)


def _at(name: str, doc: str, required: bool = False) -> Column:
    return Column(name, Type.AT, doc, required)


def _cents(name: str, doc: str, required: bool = False) -> Column:
    return Column(name, Type.CENTS, doc, required)


def _int(name: str, doc: str, required: bool = False) -> Column:
    return Column(name, Type.INTEGER, doc, required)


def _num(name: str, doc: str, required: bool = False) -> Column:
    return Column(name, Type.NUMBER, doc, required)


_FROM = _day("from_day", "first day of the range", required=True)
_UNTIL = _day("until_day", "first day after the range; empty: still")
_CURRENCY = _text("currency", "ISO 4217 code of the amounts; empty: the company's")
_MERGED = "the surviving record, when this one was merged away"
_DELETED = _flag("deleted", "deleted in the source; kept here, counted nowhere")

TABLES: tuple[Table, ...] = (
    # --- people ---
    Table("rep", "A person whose performance is tracked, and every manager.", (
        _id("the person's id in the CRM"),
        _text("name", "full name", required=True),
        _text("email", "work address"),
        _text("time_zone", "IANA zone, e.g. Europe/Paris; empty: the company's"),
        _day("hired_day", "first day of work"),
        _day("left_day", "first day no longer employed"),
        _text("holiday_calendar", "which rows of `holiday` apply"),
    )),
    Table("rep_role", "What a rep was, from when until when: one row a change.", (
        _id("key of the row"),
        _ref("rep_id", "rep", "whose role", required=True),
        _FROM, _UNTIL,
        _text("role", "e.g. AE, SDR, manager"),
        _text("segment", "e.g. enterprise, mid-market"),
        _text("team", "team name"),
        _ref("manager_id", "rep", "to whom the rep reported"),
        _text("territory", "e.g. EMEA North"),
        _text("work_days", "ISO weekdays worked, e.g. 12345; empty: the company's"),
        _int("work_start_minute", "start of the working day, minutes after local midnight; empty: the company's"),
        _int("work_end_minute", "end of the working day, minutes after local midnight; empty: the company's"),
    )),
    Table("absence", "Days on which a rep was away.", (
        _id("key of the row"),
        _ref("rep_id", "rep", "who", required=True),
        _FROM,
        _day("until_day", "first day back", required=True),
        _text("kind", "e.g. holiday, sick, parental"),
    )),
    Table("holiday", "Public holidays, by calendar.", (
        _id("key of the row"),
        _text("calendar", "name of the calendar, e.g. FR", required=True),
        _day("day", "the day", required=True),
        _text("name", "what is celebrated"),
    )),
    Table("connection", "Since when a rep's mailbox, calendar or dialler is connected: without one, its metrics are unknown, not 0.", (
        _id("key of the row"),
        _ref("rep_id", "rep", "whose", required=True),
        _text("kind", "what is connected", required=True, words=("crm", "mailbox", "calendar", "dialer", "recorder")),
        _FROM, _UNTIL,
    )),
    # --- whom they sell to ---
    Table("account", "A company sold to.", (
        _id("the CRM's id"),
        _text("name", "company name"),
        _text("domain", "its main mail domain, e.g. example.com"),
        _text("type", "account type, e.g. prospect, customer, partner"),
        _text("tier", "e.g. target, A, B: see `target_tiers` in the settings"),
        _text("industry", "industry"),
        _text("segment", "size segment"),
        _text("territory", "sales territory"),
        _int("employees", "head count"),
        _ref("parent_id", "account", "parent company (not rolled up)"),
        _at("created_at", "when it was created in the CRM"),
        _ref("merged_into_id", "account", _MERGED),
        _DELETED,
    ), true_at="created_at"),
    Table("account_domain", "Further mail domains of an account.", (
        _id("key of the row"),
        _ref("account_id", "account", "whose", required=True),
        _text("domain", "mail domain", required=True),
    )),
    Table("contact", "A person at an account.", (
        _id("the CRM's id"),
        _ref("account_id", "account", "where they work"),
        _text("name", "full name"),
        _text("email", "address"),
        _text("title", "job title as written"),
        _text("seniority", "level; empty: read from the title", words=LEVELS),
        _at("created_at", "when it was created in the CRM"),
        _ref("merged_into_id", "contact", _MERGED),
        _DELETED,
    ), true_at="created_at"),
    Table("lead", "A person not yet a contact.", (
        _id("the CRM's id"),
        _text("name", "full name"),
        _text("email", "address"),
        _text("company", "company name"),
        _text("title", "job title as written"),
        _text("seniority", "level; empty: read from the title", words=LEVELS),
        _text("source", "where the lead came from"),
        _ref("owner_id", "rep", "current owner"),
        _at("created_at", "when it came in", required=True),
        _at("converted_at", "when it was converted"),
        _ref("converted_account_id", "account", "the account made of it"),
        _ref("converted_contact_id", "contact", "the contact made of it"),
        _ref("converted_opportunity_id", "opportunity", "the opportunity made of it"),
        _ref("merged_into_id", "lead", _MERGED),
        _DELETED,
    ), true_at="created_at"),
    Table("lead_assignment", "A lead given to a rep: one row each time.", (
        _id("key of the row"),
        _ref("lead_id", "lead", "which lead", required=True),
        _ref("rep_id", "rep", "to whom", required=True),
        _at("assigned_at", "when", required=True),
    ), true_at="assigned_at"),
    # --- what they sell ---
    Table("product", "Something sold.", (
        _id("the CRM's id"),
        _text("name", "product name", required=True),
        _text("family", "product family"),
        _cents("list_cents", "list price of one unit"),
        _CURRENCY,
    )),
    Table("stage", "A stage of a pipeline, in order.", (
        _id("the CRM's id"),
        _text("pipeline", "which pipeline; empty: the only one"),
        _text("name", "stage name", required=True),
        _int("position", "its order in the pipeline, 1 is first", required=True),
        _num("probability", "chance to win from here, 0 to 1"),
        _text("outcome", "what it means", required=True, words=("open", "won", "lost")),
        _flag("accepted", "an opportunity begins to count here (sales-accepted)"),
        _int("limit_days", "days after which an opportunity here is stuck; empty: from won deals' history"),
    )),
    Table("opportunity", "A deal, as the CRM shows it now. Its past lies in `opportunity_change`.", (
        _id("the CRM's id"),
        _text("name", "deal name"),
        _ref("account_id", "account", "with whom"),
        _ref("owner_id", "rep", "current owner"),
        _ref("created_by_id", "rep", "who created it"),
        _ref("sourced_by_id", "rep", "who sourced it, e.g. the SDR"),
        _at("created_at", "when it was created; empty: unknown, it then counts in no metric of age or cycle"),
        _ref("stage_id", "stage", "current stage", required=True),
        _cents("amount_cents", "current amount, native currency; empty: unknown"),
        _CURRENCY,
        _day("close_day", "close date: expected while open, actual when closed"),
        _at("closed_at", "the moment it moved to won or lost, where the source tells"),
        _text("source", "lead source"),
        _text("type", "e.g. new business, existing business"),
        _ref("product_id", "product", "main product, where there are no line items"),
        _text("next_step", "what is to be done next"),
        _ref("merged_into_id", "opportunity", _MERGED),
        _DELETED,
        _flag("test", "a test record, counted nowhere"),
    ), true_at="created_at"),
    Table("opportunity_change", "One change of one field of an opportunity. Money as cents, days as ISO dates, both in text.", (
        _id("key of the row"),
        _ref("opportunity_id", "opportunity", "which", required=True),
        _text("field", "what changed", required=True, words=("stage", "owner", "amount", "close_day")),
        _text("old", "value before: stage id, rep id, cents, or YYYY-MM-DD; empty: unknown or none"),
        _text("new", "value after; empty: none"),
        _at("changed_at", "when", required=True),
        _ref("changed_by_id", "rep", "by whom"),
    ), true_at="changed_at"),
    Table("opportunity_contact", "A contact taking part in an opportunity.", (
        _id("key of the row"),
        _ref("opportunity_id", "opportunity", "which", required=True),
        _ref("contact_id", "contact", "who", required=True),
        _text("buying_role", "their part in the decision", words=BUYING_ROLES),
        _at("added_at", "since when"),
    ), true_at="added_at"),
    Table("opportunity_split", "Credit for a deal shared among reps.", (
        _id("key of the row"),
        _ref("opportunity_id", "opportunity", "which", required=True),
        _ref("rep_id", "rep", "who gets credit", required=True),
        _num("share", "part of the amount, 0 to 1; a deal's revenue shares add up to 1", required=True),
    )),
    Table("line_item", "A product within an opportunity.", (
        _id("the CRM's id"),
        _ref("opportunity_id", "opportunity", "which", required=True),
        _ref("product_id", "product", "what"),
        _num("quantity", "how many"),
        _cents("list_cents", "list price of one unit; empty: unknown"),
        _cents("sold_cents", "sold price of one unit"),
        _CURRENCY,
    )),
    # --- what they do ---
    Table("email", "A message in a rep's mailbox.", (
        _id("message id"),
        _text("thread_id", "conversation; empty: a thread of its own"),
        _ref("rep_id", "rep", "whose mailbox", required=True),
        _text("direction", "from the rep, or to the rep", required=True, words=("outbound", "inbound")),
        _at("sent_at", "when", required=True),
        _text("from_address", "sender's address"),
        _flag("automated", "sent by a sequence"),
        _text("auto_submitted", "header Auto-Submitted"),
        _text("x_autoreply", "header X-Autoreply"),
        _text("x_autorespond", "header X-Autorespond"),
        _text("precedence", "header Precedence"),
        _text("return_path", "header Return-Path as written; `<>` is a null path; empty: unknown"),
        _flag("calendar_reply", "accepts or declines an invitation"),
        _flag("bounce", "a delivery failure"),
    ), true_at="sent_at"),
    Table("email_recipient", "An address that a message went to.", (
        _id("key of the row"),
        _ref("email_id", "email", "which message", required=True),
        _text("address", "address", required=True),
        _text("kind", "to, cc or bcc", words=("to", "cc", "bcc")),
    )),
    Table("call", "A phone or video call.", (
        _id("the source's id"),
        _ref("rep_id", "rep", "who called or was called", required=True),
        _at("started_at", "when", required=True),
        _text("direction", "by the rep, or to the rep", required=True, words=("outbound", "inbound")),
        _text("disposition", "outcome as the dialler names it: see `dispositions` in the settings"),
        _int("seconds", "duration"),
        _ref("contact_id", "contact", "with whom"),
        _ref("lead_id", "lead", "with whom, if a lead"),
        _text("address", "mail address of the person, if the source has no link"),
        _ref("account_id", "account", "the company, if only that is known"),
        _num("vendor_talk_ratio", "talk ratio as the recorder computed it, 0 to 1"),
    ), true_at="started_at"),
    Table("call_turn", "One stretch of speech in a recorded call.", (
        _id("key of the row"),
        _ref("call_id", "call", "which call", required=True),
        _text("speaker", "who spoke, as the recorder names them", required=True),
        _ref("rep_id", "rep", "which of our people it was; empty: the customer's side"),
        _int("start_ms", "from, milliseconds into the call", required=True),
        _int("end_ms", "to, milliseconds into the call", required=True),
    )),
    Table("meeting", "A calendar meeting: one row an instance of a series.", (
        _id("the instance's id"),
        _text("series_id", "the recurring series it belongs to"),
        _text("title", "subject"),
        _ref("organizer_id", "rep", "who invited, if ours"),
        _at("booked_at", "when the invitation was sent"),
        _at("start_at", "start", required=True),
        _at("end_at", "end"),
        _text("status", "as marked; empty: scheduled", words=("scheduled", "held", "cancelled", "no_show")),
    ), true_at="booked_at"),
    Table("meeting_attendee", "Someone invited to a meeting.", (
        _id("key of the row"),
        _ref("meeting_id", "meeting", "which", required=True),
        _ref("rep_id", "rep", "who, if ours"),
        _text("address", "address"),
        _text("response", "their answer", words=("accepted", "declined", "tentative", "none")),
        _flag("resource", "a room or a device"),
    )),
    # --- what is aimed at, what it costs ---
    Table("goal", "A quota or goal for a metric over a range of days.", (
        _id("key of the row"),
        _ref("rep_id", "rep", "whose; empty: the team's"),
        _text("team", "team, where the goal is a team's"),
        _text("metric", "slug of the metric, e.g. revenue", required=True),
        _FROM,
        _day("until_day", "first day after", required=True),
        _num("target", "what is to be reached, in the metric's unit (money in whole units of the currency)", required=True),
        _CURRENCY,
        _DELETED,
    )),
    Table("forecast_call", "What a rep said would close, when they said it.", (
        _id("key of the row"),
        _ref("rep_id", "rep", "who said it", required=True),
        _FROM,
        _day("until_day", "first day after the period", required=True),
        _text("category", "how sure", required=True, words=("commit", "best_case", "pipeline")),
        _cents("amount_cents", "how much", required=True),
        _CURRENCY,
        _at("submitted_at", "when", required=True),
    ), true_at="submitted_at"),
    Table("cost", "Sales and marketing cost of a range of days.", (
        _id("key of the row"),
        _FROM,
        _day("until_day", "first day after", required=True),
        _cents("amount_cents", "how much", required=True),
        _CURRENCY,
        _text("kind", "e.g. salaries, advertising"),
        _text("segment", "account segment that it was for; empty: all"),
        _ref("rep_id", "rep", "rep that it was for; empty: shared"),
    )),
    Table("exchange_rate", "What one unit of a currency is worth in the company's, from a day on.", (
        _id("key of the row"),
        _text("currency", "ISO 4217 code", required=True),
        _day("from_day", "from when, until the next row of the currency", required=True),
        _num("rate", "units of the company's currency for one unit", required=True),
    )),
)

BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
