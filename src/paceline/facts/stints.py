"""What a rep was from day to day, and since when each kind of his data is there."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts import days
from paceline.facts.schema import FOREVER
from paceline.facts.shape import shaped
from paceline.facts.tables import Tables

_ROLE_COLUMNS = ("role", "segment", "team", "manager_id", "territory")


def stint(t: Tables) -> ir.Table:
    """Every rep's days cut at changes of role; of overlapping role rows the one that began last holds (then the larger id)."""
    rep, role = t.rec("rep"), t.rec("rep_role")
    cuts = _cuts(rep, role)
    until = cuts.point.lead().over(ibis.window(group_by="rep_id", order_by="point"))
    ranges = cuts.mutate(until_day=ibis.coalesce(until, ibis.literal(FOREVER, "int32")))
    held = role.select(
        role_rep_="rep_id", role_id_="id", role_from_="from_day",
        role_until_=ibis.coalesce(role.until_day, ibis.literal(FOREVER, "int32")), **{name: name for name in _ROLE_COLUMNS})
    joined = ranges.left_join(held, [
        ranges.rep_id == held.role_rep_, ranges.point >= held.role_from_, ranges.point < held.role_until_])
    latest = ibis.window(group_by=["rep_id", "point"], order_by=[joined.role_from_.desc(), joined.role_id_.desc()])
    chosen = joined.mutate(nth_=ibis.row_number().over(latest))
    chosen = chosen.filter(chosen.nth_ == 0)
    person = rep.select(
        "name", "hired_day", "left_day", person_="id", zone=ibis.coalesce(rep.time_zone, ibis.literal(t.settings.time_zone)))
    named = chosen.inner_join(person, chosen.rep_id == person.person_)
    return named.mutate(from_day=named.point)


def _cuts(rep: ir.Table, role: ir.Table) -> ir.Table:
    """Columns rep_id, point: the days on which a stint begins."""
    first = rep.select(rep_id="id", point=ibis.literal(-FOREVER, "int32"))
    begun = role.select("rep_id", point=role.from_day)
    ended = role.filter(role.until_day.notnull()).select("rep_id", point=role.until_day)
    return ibis.union(first, begun, ended, distinct=True)


def connection(t: Tables) -> ir.Table:
    """Stated connections as they are; for kinds that none states, from the rep's first record of the kind."""
    given = t.rec("connection")
    until = ibis.coalesce(given.until_day, ibis.literal(FOREVER, "int32"))
    stated = given.mutate(until_day=until).group_by("rep_id", "kind", "from_day").aggregate(
        until_day=lambda c: c.until_day.max())
    stated = stated.mutate(stated=ibis.literal(True))
    seen = first_seen(t).anti_join(stated.select("rep_id", "kind"), ["rep_id", "kind"])
    derived = seen.select(
        "rep_id", "kind", "from_day", until_day=ibis.literal(FOREVER, "int32"), stated=ibis.literal(False))
    return ibis.union(shaped(stated, "connection"), shaped(derived, "connection"))


def first_seen(t: Tables) -> ir.Table:
    """Columns rep_id, kind, from_day. A kind of which only undated records are there has been there for ever."""
    rows = ibis.union(*_opportunity_traces(t), *_lead_traces(t), *_activity_traces(t))
    rows = rows.filter(rows.rep_id.notnull())
    first = rows.group_by("rep_id", "kind").aggregate(at=rows["at"].min())
    dated = days.with_local_day(first, t)
    return dated.select("rep_id", "kind", from_day=ibis.coalesce(dated.day, ibis.literal(-FOREVER, "int32")))


def _trace(table: ir.Table, kind: str, rep: ir.Value, at: ir.Value) -> ir.Table:
    firsts = table.select(rep_id=rep, at=at)
    return firsts.group_by("rep_id").aggregate(at=firsts["at"].min()).select("rep_id", "at", kind=ibis.literal(kind))


def _opportunity_traces(t: Tables) -> list[ir.Table]:
    deal, change = t.rec("opportunity"), t.rec("opportunity_change")
    owner = change.filter(change.field == "owner")
    return [
        *(_trace(deal, "crm", deal[column], deal.created_at) for column in ("owner_id", "created_by_id", "sourced_by_id")),
        *(_trace(owner, "crm", owner[column], owner.changed_at) for column in ("old", "new")),
    ]


def _lead_traces(t: Tables) -> list[ir.Table]:
    lead, given = t.rec("lead"), t.rec("lead_assignment")
    return [_trace(lead, "crm", lead.owner_id, lead.created_at), _trace(given, "crm", given.rep_id, given.assigned_at)]


def _activity_traces(t: Tables) -> list[ir.Table]:
    email, call, turn = t.rec("email"), t.rec("call"), t.rec("call_turn")
    meeting, attendee = t.rec("meeting"), t.rec("meeting_attendee")
    held = meeting.select(met_="id", start_at="start_at")
    attended = attendee.inner_join(held, attendee.meeting_id == held.met_)
    recorded = ibis.or_(call.vendor_talk_ratio.notnull(), call.id.isin(turn.call_id))
    heard = call.filter(recorded)
    return [
        _trace(email, "mailbox", email.rep_id, email.sent_at),
        _trace(attended, "calendar", attended.rep_id, attended.start_at),
        _trace(meeting, "calendar", meeting.organizer_id, meeting.start_at),
        _trace(call, "dialer", call.rep_id, call.started_at),
        _trace(heard, "recorder", heard.rep_id, heard.started_at),
    ]
