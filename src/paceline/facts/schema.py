"""The facts: dated, owned rows that metrics add up. The contract between this room and the metrics.

Each fact is stored as ``fact_<name>``; reference tables made from settings and calendars as ``ref_<name>``. All amounts of money are
cents of the *company's* currency unless the column says native. ``rep_id`` is the rep who gets the credit, at the time. What the rep was
then (role, segment, team, manager, territory) is in ``stint``: join on rep_id with from_day <= day < until_day (exactly one row matches).

Facts know no "now": a row dated in the future (a booked meeting) is simply there, and whoever asks cuts at the as-of instant.
Facts of a past day are built by the very same expressions over ``warehouse.history.as_known``.
"""

from __future__ import annotations

from dataclasses import dataclass

from paceline.sales.records import Column, Type

FOREVER = 2_000_000  # an until_day later than any real one: stints are closed with it, so that joins need no null case


@dataclass(frozen=True)
class Fact:
    """One fact table. ``key``: the columns that identify a row. ``dated``: the column that puts a row into a period (None for spans)."""

    name: str
    doc: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    dated: str | None = "day"

    @property
    def table(self) -> str:
        """Name of the stored table."""
        return f"fact_{self.name}"


def _t(name: str, doc: str) -> Column:
    return Column(name, Type.TEXT, doc)


def _f(name: str, doc: str) -> Column:
    return Column(name, Type.FLAG, doc)


def _i(name: str, doc: str) -> Column:
    return Column(name, Type.INTEGER, doc)


def _n(name: str, doc: str) -> Column:
    return Column(name, Type.NUMBER, doc)


def _c(name: str, doc: str) -> Column:
    return Column(name, Type.CENTS, doc)


def _d(name: str, doc: str) -> Column:
    return Column(name, Type.DAY, doc)


def _a(name: str, doc: str) -> Column:
    return Column(name, Type.AT, doc)


_REP = _t("rep_id", "who gets the credit")
_DAY = _d("day", "local day of the rep")
_AT = _a("at", "instant")
_OPP = _t("opportunity_id", "the surviving opportunity")
_ACCOUNT = _t("account_id", "the surviving account; null: none matched")
_PERSON = _t("person_id", "the surviving contact (`contact:ID`), else lead (`lead:ID`), else address (`address:a@b`)")
_KIND = _t("kind", "email, call or meeting")
_AUTO = _f("automated", "sent by a sequence (false for calls and meetings)")
_RULE = _t("rule", "how the person was matched: opportunity_contact, account_contact, domain, lead or none")

# What an opportunity is sliced by; every opportunity fact carries them.
_SLICES = (
    _ACCOUNT,
    _t("account_type", "the account's type as first known (at the opportunity's creation); null: unknown"),
    _t("source", "lead source"),
    _t("type", "new or existing business"),
    _t("product_id", "the line item with the largest value, else the opportunity's main product"),
)

FACTS: tuple[Fact, ...] = (
    # --- dimensions ---
    Fact("stint", "What a rep was, from day to day; covers all days of every rep, gaps with nulls.", ("rep_id", "from_day"), (
        _REP, _d("from_day", "first day (-FOREVER for the first stint)"), _d("until_day", "first day after; FOREVER: still"),
        _t("name", "rep's name"), _t("role", "role"), _t("segment", "segment"), _t("team", "team"), _t("manager_id", "manager"),
        _t("territory", "territory"), _t("zone", "IANA zone"), _d("hired_day", "hired"), _d("left_day", "left"),
    ), dated=None),
    Fact("connection", "Since when a kind of data of a rep is there: stated by `connection`, else from the first record seen.",
         ("rep_id", "kind", "from_day"), (
        _REP, _t("kind", "crm, mailbox, calendar, dialer, recorder"), _d("from_day", "since"), _d("until_day", "first day after, FOREVER: still"),
        _f("stated", "stated by a connection record (else derived from the rep's first record of the kind)"),
    ), dated=None),
    Fact("person", "Every address and contact met in activities or the CRM, resolved.", ("address",), (
        _t("address", "normalised address (lower case, trimmed); each contact and lead has a row `contact:ID` or `lead:ID` too"), _PERSON, _ACCOUNT, _RULE,
        _f("external", "outside our own domains, or in the CRM"), _t("level", "seniority level; null: unknown title"),
    ), dated=None),
    # --- activities ---
    Fact("touch", "An outbound email to an external person, an outbound dial, or a held meeting with one. A row per touch and rep.",
         ("touch_id", "rep_id"), (
        _t("touch_id", "`email:ID`, `call:ID` or `meeting:ID`"), _REP, _KIND, _DAY, _AT, _AUTO,
        _i("people", "distinct external people"),
    )),
    Fact("touch_person", "A touch and one external person touched; a dial to an account alone has a row without person.", ("touch_id", "rep_id", "person_id"), (
        _t("touch_id", "the touch"), _REP, _KIND, _DAY, _AT, _AUTO, _PERSON, _ACCOUNT, _RULE,
        _t("level", "seniority level; null: unknown"),
        _f("two_way", "the person attended the meeting or was connected on the call (replies are in `reply`)"),
        _f("own_open", "the rep owned an open opportunity of the account at the time"),
        _f("new_account", "the rep hadn't touched the account in the `new_account_days` before (false without account)"),
    )),
    Fact("touch_opportunity", "A touch and an opportunity that was open at the time.", ("touch_id", "rep_id", "opportunity_id"), (
        _t("touch_id", "the touch"), _REP, _KIND, _DAY, _AT, _AUTO, _OPP, *_SLICES, _RULE,
        _f("owned", "the toucher owned the opportunity then"),
        _a("owned_from_at", "since when the toucher's ownership ran, where owned"),
        _i("gap_days", "days since the owner's previous touch day in this ownership; null: first, not owned, or not the day's first touch"),
    )),
    Fact("opportunity_person", "A person engaged in an opportunity: touched while it was open.", ("opportunity_id", "person_id"), (
        _OPP, _PERSON, _t("level", "seniority level"), _t("buying_role", "buying role, where given"),
        _d("day", "first touched (local day of the toucher)"), _f("decides", "director or above, or decision maker / economic buyer"),
    )),
    Fact("mail", "An external message in a rep's mailbox: sent, or received from a human.", ("email_id", "rep_id"), (
        _t("email_id", "message"), _REP, _t("direction", "outbound or inbound"), _DAY, _AT, _AUTO,
        _f("human", "inbound: not an auto-reply, bounce or calendar answer (false for outbound)"),
        _f("engaged", "inbound, human, from a person whom this rep had mailed before"),
        _t("person_id", "inbound: the sender"), _ACCOUNT,
    )),
    Fact("outreach", "The first mail of a rep to a person, and whether it was answered.", ("rep_id", "person_id"), (
        _REP, _PERSON, _ACCOUNT, _DAY, _AT, _t("email_id", "the first mail"),
        _f("replied", "a human reply came within `reply_days`"), _a("reply_at", "when, if it did"),
        _d("matures_day", "first day on which no reply can count any more"),
    )),
    Fact("reply", "The first human inbound message in a thread from a person mailed before in it.", ("email_id", "rep_id"), (
        _t("email_id", "the reply"), _t("thread_id", "thread"), _REP, _PERSON, _ACCOUNT, _DAY, _AT,
    )),
    Fact("meeting", "An external meeting and one of our reps on it, held or not, past or future.", ("meeting_id", "rep_id"), (
        _t("meeting_id", "instance"), _t("series_id", "series"), _REP, _DAY, _AT, _i("minutes", "length"), _ACCOUNT,
        _f("held", "not cancelled, not a no-show, an external attendee who didn't decline, the rep didn't decline"),
        _f("no_show", "marked no-show"), _f("cancelled", "cancelled"), _i("externals", "distinct external people invited"),
        _f("initial", "held, and the company's first with the account, or first since all earlier opportunities closed"),
        _f("follow_up", "held with an account, and not initial"),
    )),
    Fact("booking", "An invitation sent to an external person.", ("meeting_id", "rep_id"), (
        _t("meeting_id", "instance"), _REP, _DAY, _AT, _ACCOUNT,
    )),
    Fact("call", "A call.", ("call_id",), (
        _t("call_id", "call"), _REP, _DAY, _AT, _f("outbound", "by the rep"), _f("connected", "the prospect answered; null: unknown"),
        _i("seconds", "duration"), _t("person_id", "with whom"), _ACCOUNT,
        _n("talk_ratio", "rep's share of speech time; null: no turns, or shorter than `talk_min_seconds`"),
        _n("talk_ratio_of_call", "rep's speech over the call's whole length"),
        _n("vendor_talk_ratio", "as the recorder computed it"),
        _n("patience_seconds", "mean pause before the rep answers; null: too few switches"),
        _n("longest_monologue_seconds", "the rep's longest uninterrupted speech"),
        _n("switches_per_minute", "speaker switches per minute of call"),
    )),
    # --- leads ---
    Fact("lead", "A lead, dated when it was created, credited to its first worker (else its first assignee).", ("lead_id",), (
        _t("lead_id", "lead"), _REP, _DAY, _AT, _t("source", "lead source"), _a("assigned_at", "when the credited rep got it"),
        _a("first_attempt_at", "first human (not automated) outbound attempt by anyone; null: never"),
        _i("wall_seconds", "assignment to first attempt, wall clock; null: unanswered"),
        _i("business_seconds", "the same within working time of the credited rep"),
        _i("team_wall_seconds", "creation to first attempt, wall clock"),
        _i("team_business_seconds", "the same within working time"),
        _d("opportunity_day", "became an opportunity; null: not"), _d("customer_day", "became a customer (its account's first win after creation)"),
    )),
    # --- opportunities ---
    Fact("opportunity", "An opportunity at its start (accepted stage reached, where one is mapped; else created).", ("opportunity_id",), (
        _OPP, _t("rep_id", "sourced by, else creator, else first owner"), _t("owner_id", "owner at the start"), _d("day", "local day of its start"),
        _d("owner_day", "the same in the zone of the owner at the start"),
        _AT, *_SLICES, _c("amount_cents", "amount at the start; null: unknown"), _c("native_cents", "native"), _t("currency", "native currency"),
        _d("created_day", "created"), _d("won_day", "final close if won; null otherwise"), _d("lost_day", "final close if lost"),
    )),
    Fact("outcome", "The final close of an opportunity, and a rep credited. The owner at close always has a row, with `owner` true.",
         ("opportunity_id", "rep_id"), (
        _OPP, _REP, _d("day", "won: close date; lost: local day it moved to lost"), *_SLICES,
        _f("owner", "this rep owned it at close"), _f("won", "won"), _f("lost", "lost"),
        _f("valued", "counts in win and value metrics: amount unknown or above 0"),
        _n("share", "part of the credit, 0 to 1"), _c("amount_cents", "whole amount; null: unknown"), _c("credit_cents", "amount × share, rounded"),
        _i("cycle_days", "start to close; null: start unknown"), _i("meetings", "held meetings on it, start to close, all reps"),
        _i("people", "people engaged by the close"), _d("start_day", "start"),
        _f("first_won", "won, and the account's first win"), _t("segment", "the account's segment"),
    )),
    Fact("span", "A stretch of days in which an open opportunity had the same owner, stage, amount and close date.",
         ("opportunity_id", "from_at"), (
        _OPP, _t("rep_id", "owner"), _d("from_day", "first day"), _d("until_day", "first day after; FOREVER: still"),
        _d("last_day", "last day on any instant of which it held; FOREVER: still"), _a("from_at", "from"),
        _a("until_at", "until; null: still"), *_SLICES, _t("stage_id", "stage"), _i("position", "the stage's order"),
        _n("probability", "the stage's chance to win"), _i("limit_days", "the stage's configured limit"),
        _c("native_cents", "amount, native; null: unknown"), _t("currency", "its currency"),
        _d("start_day", "when the opportunity started"), _d("stage_day", "when it entered the stage (this visit)"),
        _a("owned_from_at", "since when this ownership runs"), _d("close_day", "expected close"), _f("next_step", "a next step is written"),
        _f("valued", "amount unknown or above 0"),
    ), dated=None),
    Fact("move", "A change of stage.", ("opportunity_id", "at"), (
        _OPP, _t("rep_id", "owner at the move"), _DAY, _AT, *_SLICES, _t("from_stage_id", "from"), _t("to_stage_id", "to"),
        _i("from_position", "order before"), _i("to_position", "order after; won: above every open stage; lost: null"),
        _f("forward", "to a higher order, won included"), _f("regression", "to a lower order"), _f("skip", "forward over at least one stage"),
    )),
    Fact("stage_visit", "A stay in an open stage.", ("opportunity_id", "at"), (
        _OPP, _t("rep_id", "owner at leaving, else current"), _d("day", "local day of leaving; null: still there"), _d("entered_day", "entered"),
        _a("at", "entered, instant"), *_SLICES, _t("stage_id", "stage"), _t("stage", "stage name"), _i("days", "days of stay; null: still there"),
        _f("advanced", "left to a higher order or won"), _f("won", "the opportunity was finally won"),
    )),
    Fact("arrival", "An opportunity becoming a rep's.", ("opportunity_id", "at"), (
        _OPP, _REP, _DAY, _AT, *_SLICES, _t("how", "created or transferred"), _f("bulk", "part of a bulk reassignment (not counted)"),
    )),
    Fact("line", "A line item of a won opportunity, and the owner at close.", ("line_item_id",), (
        _t("line_item_id", "line"), _OPP, _REP, _DAY, _ACCOUNT, _t("account_type", "account type"), _t("source", "lead source"), _t("type", "business type"),
        _t("product_id", "the line's product"), _n("quantity", "how many"), _c("list_cents", "list price × quantity; null: unknown or 0"),
        _c("sold_cents", "sold price × quantity"), _c("discount_cents", "list − sold; null where the list price is unknown"),
    )),
    # --- aims and costs ---
    Fact("goal", "A goal, spread over nothing: one row.", ("goal_id",), (
        _t("goal_id", "goal"), _t("rep_id", "whose; null: the team's"), _t("team", "team"), _t("metric", "slug"), _d("from_day", "first day"),
        _d("until_day", "first day after"), _n("target", "in the metric's unit; money in cents of the company's currency"),
    ), dated="from_day"),
    Fact("forecast", "What a rep said would close.", ("forecast_call_id",), (
        _t("forecast_call_id", "call"), _REP, _d("from_day", "first day of the period"), _d("until_day", "first day after"),
        _t("category", "commit, best_case, pipeline"), _c("amount_cents", "how much"), _AT,
        _f("early", "said before the first day began where the rep is"),
    ), dated="from_day"),
    Fact("cost", "A cost.", ("cost_id",), (
        _t("cost_id", "cost"), _t("rep_id", "for whom; null: shared"), _d("from_day", "first day"), _d("until_day", "first day after"),
        _c("amount_cents", "how much"), _t("kind", "kind"), _t("segment", "account segment; null: all"),
    ), dated="from_day"),
)

REFERENCES: tuple[Fact, ...] = (
    Fact("zone_offset", "What to add to an instant to get local seconds: join on zone and at // 86400, then second between.",
         ("zone", "utc_day", "from_second"), (
        _t("zone", "IANA zone"), _d("utc_day", "UTC day"), _i("from_second", "second of the UTC day, from"), _i("until_second", "until"),
        _i("offset_seconds", "local minus UTC"),
    ), dated=None),
    Fact("rate", "The company's currency for one unit, on every day.", ("currency", "day"), (
        _t("currency", "ISO 4217"), _DAY, _n("rate", "units of the company's currency"),
    ), dated=None),
    Fact("survivor", "Records merged away or deleted: under which id they count. Ids that aren't here stand for themselves.",
         ("record", "id"), (
        _t("record", "account, contact, lead or opportunity"), _t("id", "the id merged away or deleted"),
        _t("survivor_id", "the last of its chain of merges; null: that one is deleted or missing"),
    ), dated=None),
    Fact("title", "Job titles as written, and the level read from them.", ("title",), (
        _t("title", "as a contact or lead has it"), _t("level", "one of `records.LEVELS`; null: not understood"),
    ), dated=None),
    Fact("workday", "Working time of a rep on a day; days off have length 0.", ("rep_id", "day"), (
        _REP, _DAY, _a("start_at", "start of work"), _i("seconds", "length"), _i("before_seconds", "working seconds of all days before"),
    ), dated=None),
)

BY_NAME: dict[str, Fact] = {fact.name: fact for fact in FACTS}
