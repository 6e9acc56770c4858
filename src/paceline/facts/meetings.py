"""Meetings with people outside: who of ours was on them, whether they were held, and which was the first with its account."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts.days import ALWAYS_AT, with_local_day
from paceline.facts.people import normalised
from paceline.facts.shape import GUEST, LIFE, shaped, stored
from paceline.facts.tables import Tables

# At one instant: what closes has closed before the meeting begins, what starts hasn't started before it.
_CLOSED, _MET, _OPENED = 0, 1, 2


def meeting(t: Tables) -> ir.Table:
    """A row for each external meeting and each of our reps on it (attendees, and the organizer where he isn't listed).

    Refresh key: meeting_id; `initial` and `follow_up` by account_id. Reads meeting, meeting_attendee, rep; `person`, `span`.
    """
    rows = _with_status(t)
    order = _sequence(t, rows)
    joined = rows.left_join(order, rows.meeting_id == order.met_id_)
    initial = joined.held & joined.initial_.fill_null(False)
    follow_up = joined.held & (~joined.initial_).fill_null(False)
    return shaped(joined.mutate(initial=initial, follow_up=follow_up), "meeting")


def booking(t: Tables) -> ir.Table:
    """A row for each invitation that an organizer of ours sent to an external person, on the day that it was sent.

    Refresh key: meeting_id. Reads meeting, meeting_attendee, rep; `person`.
    """
    invited = _guests_of_meeting(t)
    rec = t.rec("meeting")
    sent = rec.filter(rec.booked_at.notnull(), rec.organizer_id.notnull())
    sent = sent.select(meeting_id=sent.id, rep_id=sent.organizer_id, at=sent.booked_at)
    return shaped(with_local_day(sent.join(invited, sent.meeting_id == invited.guests_of_), t), "booking")


def guest(t: Tables) -> ir.Table:
    """The working table `guest`: the distinct external people invited to each meeting.

    Somebody listed twice declined only if every answer was no.
    """
    listed = _listed(t)
    outside = listed.filter(listed.rep_id.isnull(), listed.external_.fill_null(False), ~listed.resource)
    return outside.group_by("meeting_id", "person_id", "account_id", "rule", "level").aggregate(declined=outside.declined.all())


def _listed(t: Tables) -> ir.Table:
    """Attendees as listed, with the person at the address; an attendee at the address of a rep of ours is that rep."""
    rec = t.rec("meeting_attendee")
    rows = rec.select(
        "meeting_id",
        listed_rep_="rep_id",
        address_=normalised(rec.address),
        resource=rec.resource.fill_null(False),
        declined=(rec.response == "declined").fill_null(False),
    )
    person = t.fact("person").select("person_id", "account_id", "rule", "level", key_="address", external_="external")
    rows = rows.left_join(person, rows.address_ == person.key_)
    rep = t.rec("rep")
    reps = rep.select(rep_address_=normalised(rep.email), id=rep.id)
    reps = reps.filter(reps.rep_address_.notnull()).group_by("rep_address_").aggregate(rep_at_=lambda r: r.id.min())
    rows = rows.left_join(reps, rows.address_ == reps.rep_address_)
    at_address = ibis.ifelse(rows.external_.fill_null(False), ibis.null("string"), rows.rep_at_)
    return rows.mutate(rep_id=ibis.coalesce(rows.listed_rep_, at_address))


def _ours(t: Tables) -> ir.Table:
    """Each rep on each meeting once: meeting_id, rep_id, declined."""
    listed = _listed(t)
    reps = listed.filter(listed.rep_id.notnull()).group_by("meeting_id", "rep_id").aggregate(declined=lambda r: r.declined.all())
    rec = t.rec("meeting")
    organizers = rec.filter(rec.organizer_id.notnull()).select(meeting_id="id", rep_id="organizer_id")
    unlisted = organizers.anti_join(reps, ["meeting_id", "rep_id"])
    return ibis.union(reps, unlisted.mutate(declined=ibis.literal(False)))


def _guests_of_meeting(t: Tables) -> ir.Table:
    """One row a meeting with guests: guests_of_, externals, willing_ (those who didn't decline), account_id (of most of them)."""
    each = stored(t, GUEST)
    counts = each.group_by("meeting_id").aggregate(externals=each.count(), willing_=(~each.declined).sum())
    by_account = (
        each.filter(each.account_id.notnull()).group_by("meeting_id", "account_id").aggregate(people_=lambda g: g.count())
    )
    best = ibis.row_number().over(
        ibis.window(group_by=by_account.meeting_id, order_by=[by_account.people_.desc(), by_account.account_id.asc()])
    )
    chosen = by_account.mutate(rank_=best)
    chosen = chosen.filter(chosen.rank_ == 0).select("account_id", chosen_for_="meeting_id")
    joined = counts.left_join(chosen, counts.meeting_id == chosen.chosen_for_)
    return joined.select("externals", "willing_", "account_id", guests_of_="meeting_id")


def _with_status(t: Tables) -> ir.Table:
    """Meeting and rep, dated, with held, no_show and cancelled."""
    rec, ours, invited = t.rec("meeting"), _ours(t), _guests_of_meeting(t)
    rows = rec.select("series_id", "status", at="start_at", minutes=((rec.end_at - rec.start_at) // 60).cast("int64"), met_="id")
    rows = rows.join(invited, rows.met_ == invited.guests_of_).join(ours, rows.met_ == ours.meeting_id)
    takes_place = rows.status.isnull() | rows.status.isin(["held", "scheduled"])
    rows = rows.mutate(
        held=takes_place & ~rows.declined & (rows.willing_ > 0),
        no_show=(rows.status == "no_show").fill_null(False),
        cancelled=(rows.status == "cancelled").fill_null(False),
    )
    return with_local_day(rows, t)


# --- first or further ---


def _sequence(t: Tables, rows: ir.Table) -> ir.Table:
    """Each held meeting with an account: met_id_, initial_.

    Per account, in order of time, one pass over meetings and over openings and closings of its opportunities: how many are open,
    and how many closings there have been, is then known at every meeting without pairing meetings with opportunities.
    """
    met = rows.filter(rows.held, rows.account_id.notnull()).select("account_id", "at", met_id_="meeting_id").distinct()
    met = met.select("account_id", "at", "met_id_", order_=ibis.literal(_MET), open_=ibis.literal(0), closed_=ibis.literal(0))
    events = ibis.union(met, _openings(t).semi_join(met, "account_id"))
    so_far = ibis.window(group_by="account_id", order_by=["at", "order_", "met_id_"], preceding=None, following=0)
    events = events.mutate(opens_=events.open_.sum().over(so_far), closings_=events.closed_.sum().over(so_far))
    met = events.filter(events.order_ == _MET)
    in_order = ibis.window(group_by="account_id", order_by=["at", "met_id_"])
    met = met.mutate(closings_before_=met.closings_.lag().over(in_order))
    initial = met.closings_before_.isnull() | ((met.closings_ > met.closings_before_) & (met.opens_ == 0))
    return met.select("met_id_", initial_=initial)


def _openings(t: Tables) -> ir.Table:
    """When opportunities of an account opened and closed; the seams between spans of one opportunity are neither."""
    span = t.fact("span")
    span = span.filter(span.account_id.notnull()).mutate(from_at=span.from_at.fill_null(ALWAYS_AT))
    order = ibis.window(group_by="opportunity_id", order_by="from_at")
    span = span.mutate(until_before_=span.until_at.lag().over(order), from_after_=span.from_at.lead().over(order))
    opened = span.filter(~(span.until_before_ == span.from_at).fill_null(False))
    closed = span.filter(span.until_at.notnull(), ~(span.from_after_ == span.until_at).fill_null(False))
    nothing = ibis.literal("")
    life = stored(t, LIFE)  # one that started only by being closed was never open, but it was closed
    at_once = life.filter(life.account_id.notnull(), life.start_at == life.closed_at)
    return ibis.union(
        at_once.select(
            "account_id",
            at=at_once.closed_at,
            met_id_=nothing,
            order_=ibis.literal(_CLOSED),
            open_=ibis.literal(0),
            closed_=ibis.literal(1),
        ),
        opened.select(
            "account_id",
            at=opened.from_at,
            met_id_=nothing,
            order_=ibis.literal(_OPENED),
            open_=ibis.literal(1),
            closed_=ibis.literal(0),
        ),
        closed.select(
            "account_id",
            at=closed.until_at,
            met_id_=nothing,
            order_=ibis.literal(_CLOSED),
            open_=ibis.literal(-1),
            closed_=ibis.literal(1),
        ),
    )
