"""Leads: who worked them first, how fast, and what became of them."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts import days
from paceline.facts.merged import surviving
from paceline.facts.people import normalised
from paceline.facts.shape import ADDRESS, ATTEMPT, LEAD_KEY, LIFE, stored
from paceline.facts.tables import Tables


def lead(t: Tables) -> ir.Table:
    """Surviving leads, credited to who first tried to reach them (a mail not automated, or a dial), else who got them first."""
    rec = counted(t)
    rec = rec.select("created_at", "source", "owner_id", "converted_at", "converted_account_id", "converted_opportunity_id",
                     lead_id="id", at="created_at")
    wide = _with_rep(rec, t)
    wide = days.with_local_day(wide, t)
    wide = _with_times(wide, t)
    return _with_end(wide, t)


def attempt(t: Tables) -> ir.Table:
    """The working table `attempt`: who first tried to reach a surviving lead, once it was there."""
    sources = (t.rec("email"), t.rec("email_recipient"), t.rec("call"))
    return first_attempts(since_created(attempts(stored(t, ADDRESS), stored(t, LEAD_KEY), *sources), counted(t)))


def counted(t: Tables) -> ir.Table:
    """The records of surviving leads."""
    rec = t.rec("lead")
    return rec.filter(rec.merged_into_id.isnull(), ~rec.deleted.fill_null(False))


def attempts(spelt: ir.Table, keys: ir.Table, mail: ir.Table, to: ir.Table, call: ir.Table) -> ir.Table:
    """Human outbound attempts at leads: columns lead_id (surviving), rep_id, at, touch_id; one row an attempt and lead.

    ``spelt`` and ``keys``: rows of `address` and `lead_key`; ``mail``, ``to`` and ``call``: records of activities.
    """
    ways = ibis.union(_tried_by_mail(spelt, keys, mail, to), _tried_by_phone(call))
    hits = ways.inner_join(keys, ways.key_ == keys.lead_key_)
    return hits.select("lead_id", "rep_id", "at", "touch_id").distinct()


def since_created(tried: ir.Table, leads: ir.Table) -> ir.Table:
    """Attempts not before the lead was there."""
    created = leads.select("created_at", tried_lead_="id")
    both = tried.inner_join(created, tried.lead_id == created.tried_lead_)
    return both.filter(both["at"] >= both.created_at).select("lead_id", "rep_id", "at", "touch_id")


def first_attempts(tried: ir.Table) -> ir.Table:
    """The first of each lead; of several at that instant the one of the smallest ids."""
    order = ibis.window(group_by="lead_id", order_by=["at", "touch_id", "rep_id"])
    ranked = tried.mutate(nth_=ibis.row_number().over(order))
    return ranked.filter(ranked.nth_ == 0).drop("nth_")


def human_outbound(mail: ir.Table) -> ir.Table:
    """Mails that a person of ours wrote."""
    return mail.filter(mail.direction == "outbound", ~mail.automated.fill_null(False), ~mail.calendar_reply.fill_null(False),
                       ~mail.bounce.fill_null(False))


def _tried_by_mail(spelt: ir.Table, keys: ir.Table, mail: ir.Table, to: ir.Table) -> ir.Table:
    meant = spelt.semi_join(keys.select("lead_key_").distinct(), [("address", "lead_key_")]).select("written", key_="address")
    to = to.select("email_id", "address").join(meant, [("address", "written")]).drop("address", "written")
    sent = human_outbound(mail).select("rep_id", "sent_at", mail_="id")
    each = to.inner_join(sent, to.email_id == sent.mail_)
    return each.select("key_", rep_id="rep_id", at="sent_at", touch_id=ibis.literal("email:") + each.email_id)


def _tried_by_phone(call: ir.Table) -> ir.Table:
    dial = call.filter(call.direction == "outbound")
    keys = (ibis.literal("lead:") + dial.lead_id, ibis.literal("contact:") + dial.contact_id, normalised(dial.address))
    return ibis.union(*(
        dial.select(key_=key, rep_id="rep_id", at="started_at", touch_id=ibis.literal("call:") + dial.id) for key in keys))


def lead_key(t: Tables) -> ir.Table:
    """The working table `lead_key`: by what an activity is known to be meant for a lead (see `shape.LEAD_KEY`)."""
    leads = surviving(t, t.rec("lead"), "lead", "id", "survivor_id")
    leads = surviving(t, leads.filter(leads.survivor_id.notnull()), "contact", "converted_contact_id")
    contacts = surviving(t, t.rec("contact"), "contact", "id", "whole_id")
    contacts = contacts.select("whole_id", contact_="id", contact_address_=normalised(contacts.email))
    became = leads.select("survivor_id", "converted_contact_id")
    became = became.inner_join(contacts, became.converted_contact_id == contacts.whole_id)
    keys = ibis.union(
        leads.select(lead_key_=normalised(leads.email), lead_id="survivor_id"),
        leads.select(lead_key_=ibis.literal("lead:") + leads.id, lead_id="survivor_id"),
        became.select(lead_key_="contact_address_", lead_id="survivor_id"),
        became.select(lead_key_=ibis.literal("contact:") + became.contact_, lead_id="survivor_id"))
    return keys.filter(keys.lead_key_.notnull()).distinct()


def _with_rep(rec: ir.Table, t: Tables) -> ir.Table:
    """Columns rep_id, first_attempt_at, assigned_at."""
    tried = stored(t, ATTEMPT).select(tried_lead_="lead_id", by_="rep_id", first_attempt_at="at")
    given = surviving(t, t.rec("lead_assignment"), "lead", "lead_id")
    earliest = given.mutate(nth_=ibis.row_number().over(ibis.window(group_by="lead_id", order_by=["assigned_at", "id"])))
    earliest = earliest.filter(earliest.nth_ == 0).select(given_lead_="lead_id", given_to_="rep_id")
    own = given.group_by("lead_id", "rep_id").aggregate(given_at_=given.assigned_at.min()).rename(
        own_lead_="lead_id", own_rep_="rep_id")
    wide = rec.left_join(tried, rec.lead_id == tried.tried_lead_)
    wide = wide.left_join(earliest, wide.lead_id == earliest.given_lead_)
    wide = wide.mutate(rep_id=ibis.coalesce(wide.by_, wide.given_to_, wide.owner_id))
    wide = wide.left_join(own, [wide.lead_id == own.own_lead_, wide.rep_id == own.own_rep_])
    return wide.mutate(assigned_at=ibis.coalesce(wide.given_at_, wide["at"]))


def _with_times(wide: ir.Table, t: Tables) -> ir.Table:
    """Seconds to the first attempt by the wall clock and within working time; an attempt before the assignment took 0."""
    for at, name in (("assigned_at", "worked_assigned_"), ("at", "worked_created_"), ("first_attempt_at", "worked_tried_")):
        wide = with_worked_seconds(wide, t, at, name)
    return wide.mutate(
        wall_seconds=_at_least_0(wide.first_attempt_at - wide.assigned_at),
        business_seconds=_at_least_0(wide.worked_tried_ - wide.worked_assigned_),
        team_wall_seconds=_at_least_0(wide.first_attempt_at - wide["at"]),
        team_business_seconds=_at_least_0(wide.worked_tried_ - wide.worked_created_))


def _at_least_0(seconds: ir.NumericValue) -> ir.NumericValue:
    return ibis.ifelse(seconds < 0, 0, seconds)


def with_worked_seconds(table: ir.Table, t: Tables, at: str, name: str, rep: str = "rep_id") -> ir.Table:
    """Column ``name``: the rep's working seconds up to the instant, from an origin of no meaning: only differences count."""
    dated = days.with_local_day(table, t, at=at, rep=rep, name="worked_day_")
    work = t.ref("workday").select(
        worked_rep_="rep_id", worked_on_="day", starts_="start_at", lasts_="seconds", before_="before_seconds")
    joined = dated.left_join(work, [dated[rep] == work.worked_rep_, dated.worked_day_ == work.worked_on_])
    today = _at_least_0(joined[at] - joined.starts_)
    today = ibis.ifelse(today > joined.lasts_, joined.lasts_, today)
    return joined.mutate(**{name: joined.before_ + today}).select(*table.columns, name)


def _with_end(wide: ir.Table, t: Tables) -> ir.Table:
    """Columns opportunity_day and customer_day."""
    wide = surviving(t, wide, "opportunity", "converted_opportunity_id")
    wide = surviving(t, wide, "account", "converted_account_id")
    wide = days.with_local_day(wide, t, at="converted_at", name="converted_day_")
    life = stored(t, LIFE)
    own = life.select(own_="opportunity_id", own_start_="start_day",
                      own_won_=ibis.ifelse(life.outcome == "won", life.outcome_day, None))
    won = life.filter(life.outcome == "won", life.outcome_day.notnull(), life.account_id.notnull(), life.start_at.notnull())
    won = won.select(won_by_="account_id", won_start_="start_at", won_day_="outcome_day")
    later = wide.select("lead_id", "created_at", "converted_account_id")
    later = later.inner_join(won, [later.converted_account_id == won.won_by_, won.won_start_ > later.created_at])
    later = later.group_by("lead_id").aggregate(later_day_=later.won_day_.min()).rename(later_of_="lead_id")
    wide = wide.left_join(own, wide.converted_opportunity_id == own.own_)
    wide = wide.left_join(later, wide.lead_id == later.later_of_)
    converted = ibis.coalesce(wide.converted_day_, wide.own_start_)
    first = ibis.ifelse(wide.own_won_ < wide.later_day_, wide.own_won_, ibis.coalesce(wide.later_day_, wide.own_won_))
    return wide.mutate(opportunity_day=ibis.ifelse(wide.converted_opportunity_id.notnull(), converted, None), customer_day=first)
