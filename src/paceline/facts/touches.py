"""Touches: what reps do towards people outside, whom it reached, and the opportunities that were open then.

`touch_person` is built first, from the records; `touch` and `touch_opportunity` are made from it. Every join here is by equal
keys; a range (was the opportunity open then?) only filters what equal keys already paired.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts import schema
from paceline.facts.days import ALWAYS_AT, with_local_day
from paceline.facts.merged import surviving
from paceline.facts.people import external_people
from paceline.facts.shape import GUEST, OWNERSHIP, shaped, stored
from paceline.facts.tables import Tables
from paceline.sales.records import BUYING_ROLES

SLICES = ("account_type", "source", "type", "product_id")
DECIDING_LEVELS = ("director", "vp", "cxo")
DECIDING_ROLES = ("decision_maker", "economic_buyer")
END_OF_TIME = -ALWAYS_AT


def ownership(t: Tables) -> ir.Table:
    """The working table `ownership`: stretches in which an opportunity was open and one rep's.

    Neighbouring rows of `span` that differ only in stage, amount or close date are one stretch, so that a touch meets few rows.
    """
    span = t.fact("span").mutate(
        from_at=lambda s: s.from_at.fill_null(ALWAYS_AT), until_at=lambda s: s.until_at.fill_null(END_OF_TIME)
    )
    span = span.mutate(owned_from_at=span.owned_from_at.fill_null(ALWAYS_AT))
    order = ibis.window(group_by="opportunity_id", order_by=["from_at", "until_at"])
    before = span.mutate(
        until_before=span.until_at.lag().over(order),
        rep_before=span.rep_id.lag().over(order),
        owned_before=span.owned_from_at.lag().over(order),
    )
    goes_on = (
        (before.until_before == before.from_at)
        & before.rep_id.identical_to(before.rep_before)
        & (before.owned_from_at == before.owned_before)
    )
    marked = before.mutate(begins=ibis.ifelse(goes_on.fill_null(False), 0, 1))
    numbered = marked.mutate(
        stretch=marked.begins.sum().over(
            ibis.window(group_by="opportunity_id", order_by=["from_at", "until_at"], preceding=None, following=0)
        )
    )
    return numbered.group_by("opportunity_id", "stretch").aggregate(
        owner_id=numbered.rep_id.min(),
        from_at=numbered.from_at.min(),
        until_at=numbered.until_at.max(),
        owned_from_at=numbered.owned_from_at.min(),
        account_id=numbered.account_id.min(),
        **{name: numbered[name].min() for name in SLICES},
    )


# --- who touched whom ---


def _mails(t: Tables) -> ir.Table:
    email, recipient = t.rec("email"), t.rec("email_recipient")
    sent = email.filter(email.direction == "outbound", ~email.calendar_reply.fill_null(False), ~email.bounce.fill_null(False))
    sent = sent.select("id", "rep_id", "sent_at", "automated")
    known = external_people(t)
    reached = recipient.select("email_id", "address").join(known.select("written_", "person_id"), [("address", "written_")])
    reached = reached.select("email_id", "person_id").distinct()  # somebody may be on it under several addresses
    told = known.select("account_id", "rule", "level", who_="person_id").distinct()
    met = sent.join(reached, sent.id == reached.email_id)
    met = met.join(told, met.person_id == told.who_)
    return met.select(
        touch_id=ibis.literal("email:") + met.id,
        rep_id=met.rep_id,
        kind=ibis.literal("email"),
        at=met.sent_at,
        automated=met.automated.fill_null(False),
        two_way=ibis.literal(False),
        **_whom(met),
    )


def _whom(met: ir.Table) -> dict[str, ir.Column]:
    return {"person_id": met.person_id, "account_id": met.account_id, "rule": met.rule, "level": met.level}


def _calls(t: Tables) -> ir.Table:
    """Dials with a known person, or at least a known account (then the person is null)."""
    call = t.fact("call")
    call = call.filter(call.outbound, call.person_id.notnull() | call.account_id.notnull())
    person = _people(t)
    met = call.left_join(person, call.person_id == person.who_)
    return met.select(
        touch_id=ibis.literal("call:") + met.call_id,
        rep_id=met.rep_id,
        kind=ibis.literal("call"),
        day=met.day,
        at=met.at,
        automated=ibis.literal(False),
        two_way=met.connected.fill_null(False),
        person_id=met.person_id,
        account_id=met.account_id,
        rule=met.rule.fill_null("account_contact"),
        level=met.level,
    )


def _people(t: Tables) -> ir.Table:
    """One row a person: who_, rule, level."""
    return t.fact("person").select("rule", "level", who_="person_id").distinct()


def _meetings(t: Tables) -> ir.Table:
    meeting, invited = t.fact("meeting"), stored(t, GUEST)
    held = meeting.filter(meeting.held).select("rep_id", "day", "at", met_="meeting_id")
    met = held.join(invited.filter(~invited.declined), held.met_ == invited.meeting_id)
    return met.select(
        touch_id=ibis.literal("meeting:") + met.met_,
        rep_id=met.rep_id,
        kind=ibis.literal("meeting"),
        day=met.day,
        at=met.at,
        automated=ibis.literal(False),
        two_way=ibis.literal(True),
        **_whom(met),
    )


def touch_person(t: Tables) -> ir.Table:
    """A row for each touch and each external person it reached; a dial to an account alone has one row without person.

    Refresh key: touch_id; `new_account` by (rep_id, account_id), `rule` and `own_open` by touch_id or opportunity_id.
    Reads email, email_recipient, opportunity_contact; `person`, `call`, `meeting`, `span`; `survivor`.
    """
    return shaped(with_new_account(t, reached(t)), "touch_person")


def reached(t: Tables) -> ir.Table:
    """The rows of `touch_person`, all that a touch's own records tell: every column but `new_account`."""
    met = ibis.union(*(rows.select(*_COLUMNS) for rows in (with_local_day(_mails(t), t), _calls(t), _meetings(t))))
    ranges = stored(t, OWNERSHIP)
    return _with_own_open(_with_contact_rule(t, met, ranges), ranges).select(*REACHED)


def covered(ranges: ir.Table, *by: str) -> ir.Table:
    """Columns ``by``, covered_from_, covered_until_: when at least one of the ranges holds, in stretches that don't overlap.

    So an instant meets at most one of them, and a left join tells whether it does without ever making two rows of one.
    """
    so_far = ibis.window(group_by=list(by), order_by=["from_at", "until_at"], preceding=None, following=0)
    order = ibis.window(group_by=list(by), order_by=["from_at", "until_at"])
    rows = ranges.select(*by, "from_at", "until_at")
    rows = rows.mutate(reach_=rows.until_at.max().over(so_far))
    rows = rows.mutate(goes_on_=(rows.from_at <= rows.reach_.lag().over(order)).fill_null(False))
    rows = rows.mutate(begins_=ibis.ifelse(rows.goes_on_, 0, 1))
    rows = rows.mutate(stretch_=rows.begins_.sum().over(so_far))
    whole = rows.group_by(*by, "stretch_").aggregate(covered_from_=rows.from_at.min(), covered_until_=rows.until_at.max())
    return whole.drop("stretch_")


def with_new_account(t: Tables, rows: ir.Table) -> ir.Table:
    """Rows of `reached` with `new_account`, which the rep's earlier touches of the account among these rows decide.

    Whose account it is anew nobody knows of a touch without rep: it counts as new.
    """
    days = rows.filter(rows.account_id.notnull(), rows.day.notnull())
    days = days.select(before_rep_="rep_id", before_account_="account_id", before_day_="day").distinct()
    order = ibis.window(group_by=["before_rep_", "before_account_"], order_by="before_day_")
    pause = days.before_day_ - days.before_day_.lag().over(order)
    days = days.mutate(again_=(pause <= t.settings.thresholds.new_account_days).fill_null(False))
    joined = rows.left_join(days.filter(days.again_), [
        rows.rep_id == days.before_rep_, rows.account_id == days.before_account_, rows.day == days.before_day_])
    return joined.mutate(new_account=joined.account_id.notnull() & joined.again_.isnull())


_COLUMNS = ("touch_id", "rep_id", "kind", "day", "at", "automated", "person_id", "account_id", "rule", "level", "two_way")
REACHED = (*_COLUMNS, "own_open")


def taking_part(t: Tables) -> ir.Table:
    """Who takes part in which opportunity: part_person_, part_opportunity_, once each."""
    rec = t.rec("opportunity_contact")
    rec = surviving(t, rec.mutate(contact_key_=ibis.literal("contact:") + rec.contact_id), "opportunity", "opportunity_id")
    person = t.fact("person").select(key_="address", part_person_="person_id")
    joined = rec.join(person, rec.contact_key_ == person.key_).filter(rec.opportunity_id.notnull())
    return joined.select("part_person_", "buying_role", part_opportunity_="opportunity_id")


def _open_for_person(t: Tables, met: ir.Table, ranges: ir.Table) -> ir.Table:
    """Touches of people who take part in an opportunity, with its stretch open at the time."""
    part = taking_part(t).select("part_person_", "part_opportunity_").distinct()
    pairs = met.join(part, met.person_id == part.part_person_)
    return pairs.join(
        ranges.drop("account_id"),
        [pairs.part_opportunity_ == ranges.opportunity_id, pairs["at"] >= ranges.from_at, pairs["at"] < ranges.until_at],
    )


def _with_contact_rule(t: Tables, met: ir.Table, ranges: ir.Table) -> ir.Table:
    """Rule `opportunity_contact` where the person takes part in an opportunity that is open then."""
    part = taking_part(t).select("part_person_", "part_opportunity_").distinct()
    held = part.join(ranges.select("opportunity_id", "from_at", "until_at"), part.part_opportunity_ == ranges.opportunity_id)
    open_ = covered(held, "part_person_")
    joined = met.left_join(
        open_, [met.person_id == open_.part_person_, met["at"] >= open_.covered_from_, met["at"] < open_.covered_until_]
    )
    return joined.mutate(rule=joined.part_person_.notnull().ifelse("opportunity_contact", joined.rule)).select(*met.columns)


def _with_own_open(met: ir.Table, ranges: ir.Table) -> ir.Table:
    """Column own_open: whether the rep has an opportunity of the account open then."""
    named = ranges.filter(ranges.account_id.notnull(), ranges.owner_id.notnull())
    own = covered(named.select("from_at", "until_at", own_account_="account_id", own_rep_="owner_id"), "own_account_", "own_rep_")
    joined = met.left_join(
        own,
        [
            met.account_id == own.own_account_,
            met.rep_id == own.own_rep_,
            met["at"] >= own.covered_from_,
            met["at"] < own.covered_until_,
        ],
    )
    return joined.mutate(own_open=joined.own_rep_.notnull()).select(*met.columns, "own_open")


def touch(t: Tables) -> ir.Table:
    """A row for each touch and rep: what `touch_person` has, and the dials that reached nobody known.

    Refresh key: touch_id. Reads `touch_person`, `call`.
    """
    reached = t.fact("touch_person")
    known = reached.group_by("touch_id", "rep_id", "kind", "day", "at", "automated").aggregate(people=reached.person_id.count())
    call = t.fact("call")
    nobody = call.filter(call.outbound, call.person_id.isnull(), call.account_id.isnull())
    nobody = nobody.select(
        "rep_id",
        "day",
        "at",
        touch_id=ibis.literal("call:") + nobody.call_id,
        kind=ibis.literal("call"),
        automated=ibis.literal(False),
        people=ibis.literal(0, "int64"),
    )
    return ibis.union(shaped(known, "touch"), shaped(nobody, "touch"))


# --- the opportunities that were open then ---

_RANKS = {"opportunity_contact": 0, "account_contact": 1, "lead": 2, "domain": 3}


def touch_opportunity(t: Tables) -> ir.Table:
    """A row for each touch and each opportunity it was about: open at the time, matched by the strongest rule of its people.

    Refresh key: opportunity_id (all touches of its account and of the people on it). Reads opportunity_contact; `touch_person`,
    `person`, `span`; `survivor`.
    """
    return shaped(with_gaps(matched(t)), "touch_opportunity")


def matched(t: Tables) -> ir.Table:
    """The rows of `touch_opportunity`, all that a touch itself tells: every column but `gap_days`."""
    ranges = stored(t, OWNERSHIP)
    reached = t.fact("touch_person").select(
        "touch_id", "rep_id", "kind", "day", "at", "automated", "person_id", "account_id", "rule"
    )
    pairs = _strongest(ibis.union(*(pairs.select(*_PAIRED) for pairs in _pairs(t, reached, ranges))))
    owned = (pairs.owner_id == pairs.rep_id).fill_null(False)
    pairs = pairs.mutate(owned=owned, owned_from_at=owned.ifelse(pairs.owned_from_at, ibis.null("int64")))
    deals = ranges.select("opportunity_id", "account_id", *SLICES).distinct().rename(deal_="opportunity_id")
    return pairs.join(deals, pairs.opportunity_id == deals.deal_).select(*MATCHED)


def _pairs(t: Tables, reached: ir.Table, ranges: ir.Table) -> tuple[ir.Table, ir.Table]:
    """Touched people and the opportunities open then: by the opportunities they take part in, else by their account."""
    by_contact = _open_for_person(t, reached.filter(reached.rule == "opportunity_contact").drop("account_id"), ranges)
    others = reached.filter(reached.rule != "opportunity_contact", reached.account_id.notnull())
    theirs = ranges.rename(with_="account_id")
    by_account = others.join(
        theirs, [others.account_id == theirs.with_, others["at"] >= theirs.from_at, others["at"] < theirs.until_at]
    )
    return by_contact, by_account


MATCHED = tuple(column.name for column in schema.BY_NAME["touch_opportunity"].columns if column.name != "gap_days")
_PAIRED = ("touch_id", "rep_id", "kind", "day", "at", "automated", "rule", "opportunity_id", "owner_id", "owned_from_at")


def _strongest(pairs: ir.Table) -> ir.Table:
    """One row a touch, rep and opportunity, with the strongest of its people's rules."""
    ranked = pairs.mutate(rank_=pairs.rule.cases(*_RANKS.items(), else_=len(_RANKS)))
    best = ranked.group_by(*(column for column in _PAIRED if column != "rule")).aggregate(rank_=ranked.rank_.min())
    return best.mutate(rule=best.rank_.cases(*((rank, rule) for rule, rank in _RANKS.items()), else_="none"))


def with_gaps(pairs: ir.Table) -> ir.Table:
    """Rows of `matched` with gap_days: from touch day to touch day within one ownership, among these rows."""
    order = ibis.window(group_by=["opportunity_id", "rep_id", "owned_from_at"], order_by=["day", "at", "touch_id"])
    gap = pairs.day - pairs.day.lag().over(order)
    return pairs.mutate(gap_days=(pairs.owned & (gap > 0)).ifelse(gap, ibis.null("int32")))


def opportunity_person(t: Tables) -> ir.Table:
    """A row for each opportunity and each person touched while it was open, and matched to it by what that person is.

    Refresh key: opportunity_id. Reads opportunity_contact; `touch_person`, `person`, `span`; `survivor`.
    """
    first = engaged(t)
    roles = taking_part(t)
    rank = roles.buying_role.cases(*((role, place) for place, role in enumerate(BUYING_ROLES)), else_=len(BUYING_ROLES))
    roles = roles.mutate(rank_=rank).group_by("part_person_", "part_opportunity_").aggregate(rank_=lambda r: r.rank_.min())
    roles = roles.mutate(buying_role=roles.rank_.cases(*enumerate(BUYING_ROLES), else_=ibis.null("string")))
    joined = first.left_join(roles, [first.opportunity_id == roles.part_opportunity_, first.person_id == roles.part_person_])
    decides = joined.level.isin(DECIDING_LEVELS).fill_null(False) | joined.buying_role.isin(DECIDING_ROLES).fill_null(False)
    return shaped(joined.mutate(decides=decides), "opportunity_person")


def engaged(t: Tables) -> ir.Table:
    """What touches alone tell of `opportunity_person`: columns opportunity_id, person_id, level, day (the first)."""
    reached = t.fact("touch_person").filter(lambda r: r.person_id.notnull())
    reached = reached.select("person_id", "account_id", "rule", "level", "at", "day")
    pairs = _pairs(t, reached, stored(t, OWNERSHIP))
    met = ibis.union(*(each.select("opportunity_id", "person_id", "level", "day") for each in pairs))
    return met.group_by("opportunity_id", "person_id", "level").aggregate(day=met.day.min())
