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
from paceline.facts.people import normalised
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
    each = sent.join(recipient.select("email_id", to_=normalised(recipient.address)), sent.id == recipient.email_id)
    people = _external(t)
    met = each.join(people, each.to_ == people.key_)
    return met.select(
        touch_id=ibis.literal("email:") + met.id,
        rep_id=met.rep_id,
        kind=ibis.literal("email"),
        at=met.sent_at,
        automated=met.automated.fill_null(False),
        two_way=ibis.literal(False),
        **_whom(met),
    ).distinct()


def _external(t: Tables) -> ir.Table:
    person = t.fact("person")
    return person.filter(person.external).select("person_id", "account_id", "rule", "level", key_="address")


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
    keys = met.select("touch_id", "rep_id", "person_id", "at")
    on = _open_for_person(t, keys, ranges).select(on_touch_="touch_id", on_rep_="rep_id", on_person_="person_id").distinct()
    joined = met.left_join(on, [met.touch_id == on.on_touch_, met.rep_id == on.on_rep_, met.person_id == on.on_person_])
    return joined.mutate(rule=joined.on_touch_.notnull().ifelse("opportunity_contact", joined.rule)).drop(
        "on_touch_", "on_rep_", "on_person_"
    )


def _with_own_open(met: ir.Table, ranges: ir.Table) -> ir.Table:
    keys = met.select("touch_id", "rep_id", "account_id", "at").distinct()
    own = keys.join(
        ranges.drop("opportunity_id"),
        [
            keys.account_id == ranges.account_id,
            keys.rep_id == ranges.owner_id,
            keys["at"] >= ranges.from_at,
            keys["at"] < ranges.until_at,
        ],
    )
    own = own.select(own_touch_="touch_id", own_rep_="rep_id", own_account_="account_id").distinct()
    joined = met.left_join(own, [met.touch_id == own.own_touch_, met.rep_id == own.own_rep_, met.account_id == own.own_account_])
    return joined.mutate(own_open=joined.own_touch_.notnull()).drop("own_touch_", "own_rep_", "own_account_")


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
    ranges = stored(t, OWNERSHIP)
    reached = t.fact("touch_person").filter(lambda r: r.person_id.notnull())
    reached = reached.select("person_id", "account_id", "rule", "level", "at", "day")
    engaged = ibis.union(*(pairs.select("opportunity_id", "person_id", "level", "day") for pairs in _pairs(t, reached, ranges)))
    first = engaged.group_by("opportunity_id", "person_id", "level").aggregate(day=engaged.day.min())
    roles = taking_part(t)
    rank = roles.buying_role.cases(*((role, place) for place, role in enumerate(BUYING_ROLES)), else_=len(BUYING_ROLES))
    roles = roles.mutate(rank_=rank).group_by("part_person_", "part_opportunity_").aggregate(rank_=lambda r: r.rank_.min())
    roles = roles.mutate(buying_role=roles.rank_.cases(*enumerate(BUYING_ROLES), else_=ibis.null("string")))
    joined = first.left_join(roles, [first.opportunity_id == roles.part_opportunity_, first.person_id == roles.part_person_])
    decides = joined.level.isin(DECIDING_LEVELS).fill_null(False) | joined.buying_role.isin(DECIDING_ROLES).fill_null(False)
    return shaped(joined.mutate(decides=decides), "opportunity_person")
