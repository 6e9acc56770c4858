"""Which activities a load concerns: those whose own records changed, and those that people or opportunities see otherwise now."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts.days import ALWAYS_AT
from paceline.facts.merged import surviving
from paceline.facts.parts import Parts
from paceline.facts.people import folded, normalised
from paceline.facts.people_refresh import ids_in
from paceline.facts.schema import FOREVER
from paceline.warehouse.store import unbound

ADDRESSED = (("email_recipient", "address"), ("email", "from_address"), ("call", "address"), ("meeting_attendee", "address"))


def met(parts: Parts) -> ir.Table:
    """Column written: what the changed activities name, or once named."""
    each = (parts.versions(record, column).select(written=column) for record, column in ADDRESSED)
    rows = ibis.union(*each, distinct=True)
    return rows.filter(rows.written.notnull())


def met_now(parts: Parts) -> ir.Table:
    """Columns written, address: which of `met` some activity names now. Only those that changed records no longer name are
    looked for."""
    named = (unbound(record).semi_join(parts.changed(record), "id").select(written=column) for record, column in ADDRESSED)
    here = ibis.union(*named, distinct=True)
    here = here.filter(here.written.notnull())
    gone = parts.part("address").anti_join(here, "written")
    elsewhere = (unbound(record).select(written=column).semi_join(gone, "written") for record, column in ADDRESSED)
    return folded(ibis.union(here, *elsewhere, distinct=True))


def seen_otherwise(parts: Parts) -> ir.Table:
    """Column address: keys of `person` that lead elsewhere now, or to a person of whom something else is true.

    A new address that is no record's key isn't among them: no activity but the changed ones has it.
    """
    changed = parts.part("person_changed").select("address").distinct()
    new = changed.anti_join(parts.part("person_was"), "address")
    named = new.address.startswith("contact:") | new.address.startswith("lead:")
    return ibis.union(changed.semi_join(parts.part("person_was"), "address"), new.filter(named), distinct=True)


def seen_as(parts: Parts) -> ir.Table:
    """Column written: how activities write those of `seen_otherwise` that are addresses."""
    return parts.fact("address").semi_join(parts.part("seen"), "address").select("written")


def _at(parts: Parts, record: str, column: str, id_: str) -> ir.Table:
    """Column id: activities that name an address of `seen_otherwise`."""
    return unbound(record).semi_join(parts.part("seen_as"), [(column, "written")]).select(id=id_)


def _of(parts: Parts, record: str, column: str) -> ir.Table:
    return parts.versions(record, column).select(id=column)


def meetings(parts: Parts) -> ir.Table:
    """Column id: the meetings concerned."""
    return _distinct(parts.changed("meeting"), _of(parts, "meeting_attendee", "meeting_id"),
                     _at(parts, "meeting_attendee", "address", "meeting_id"))


def calls(parts: Parts) -> ir.Table:
    """Column id: the calls concerned."""
    return _distinct(parts.changed("call"), _of(parts, "call_turn", "call_id"), _at(parts, "call", "address", "id"),
                     *_calls_with(parts.part("seen").address))


def _calls_with(keys: ir.StringColumn) -> list[ir.Table]:
    """Column id: calls with the contacts and leads named in keys."""
    call = unbound("call")
    return [call.semi_join(ids_in(keys, kind), [(f"{kind}_id", "named_")]).select("id") for kind in ("contact", "lead")]


def emails(parts: Parts) -> ir.Table:
    """Column id: the mails concerned."""
    return _distinct(parts.changed("email"), _of(parts, "email_recipient", "email_id"),
                     _at(parts, "email_recipient", "address", "email_id"), _at(parts, "email", "from_address", "id"))


def partakings(parts: Parts) -> ir.Table:
    """Columns person_id, opportunity_id: who is, or was, said to take part in an opportunity, where that or it changed."""
    now = unbound("opportunity_contact")
    changed = parts.versions("opportunity_contact", "contact_id", "opportunity_id")
    own = _by_key(parts, changed)
    moved = _by_key(parts, now).semi_join(parts.part("seen"), "address")
    held = _by_key(parts, now).semi_join(parts.part("stretch"), "opportunity_id")
    pairs = ibis.union(own, moved, held)
    person = parts.fact("person").select("address", "person_id")
    who = ibis.union(person, parts.part("person_changed").select("address", "person_id"))
    return pairs.join(who, "address").select("person_id", "opportunity_id").distinct()


def _by_key(parts: Parts, rows: ir.Table) -> ir.Table:
    rows = surviving(parts.t, rows.select("contact_id", "opportunity_id"), "opportunity", "opportunity_id")
    return rows.select("opportunity_id", address=ibis.literal("contact:") + rows.contact_id)


def drawn_in(parts: Parts) -> ir.Table:
    """Column touch_id: touches in stretches of opportunities that aren't as they were, or of which somebody takes part who
    didn't, or who did."""
    reached, stretch, takes_part = parts.fact("touch_person"), parts.part("stretch"), parts.part("partaking")
    by_account = reached.join(stretch, [
        reached.account_id == stretch.account_id, reached["at"] >= stretch.from_at, reached["at"] < stretch.until_at])
    ranges = parts.fact("ownership").select("opportunity_id", "from_at", "until_at")
    ranges = ibis.union(ranges, stretch.select("opportunity_id", "from_at", "until_at")).semi_join(takes_part, "opportunity_id")
    open_ = takes_part.join(ranges, "opportunity_id")
    by_person = reached.join(open_, [
        reached.person_id == open_.person_id, reached["at"] >= open_.from_at, reached["at"] < open_.until_at])
    return ibis.union(by_account.select("touch_id"), by_person.select("touch_id"), distinct=True)


def touches(parts: Parts) -> ir.Table:
    """Column touch_id: touches of the activities concerned, and those drawn in by opportunities."""
    own = (parts.part(kind).select(touch_id=ibis.literal(f"{kind}:") + parts.part(kind).id)
           for kind in ("email", "call", "meeting"))
    return ibis.union(*own, parts.part("drawn_in"), distinct=True)


def touched(parts: Parts, kind: str) -> ir.Table:
    """Column id: the activities of that kind whose touches are redone."""
    rows = parts.part("touch")
    of_kind = rows.filter(rows.touch_id.startswith(f"{kind}:"))
    return of_kind.select(id=of_kind.touch_id.substr(len(kind) + 1))


def touched_rows(parts: Parts, kind: str, fact: str) -> ir.Table:
    """A fact's rows of those activities."""
    return parts.fact(fact).semi_join(parts.part(f"{kind}_touched"), [(f"{kind}_id", "id")])


# --- mail ---


def mailed(rows: ir.Table) -> ir.Table:
    """The rows of mails among those of `touch_person`."""
    return rows.filter(rows.kind == "email")


def pairs_mailed_first(parts: Parts) -> ir.Table:
    """Columns rep_id, person_id: pairs whose first mail isn't there any more, or that have a mail not after it now."""
    first = parts.fact("first_mail").select("rep_id", "person_id", first_id_="email_id", first_at_="at")
    gone, come = mailed(parts.part("gone_touch")), mailed(parts.part("come_touch"))
    lost = gone.semi_join(first.select("rep_id", "person_id", touch_id=ibis.literal("email:") + first.first_id_),
                          ["rep_id", "person_id", "touch_id"])
    later = come.join(first, ["rep_id", "person_id"])
    later = later.filter(later.first_at_ < later["at"]).select("rep_id", "person_id", "touch_id")
    won = come.anti_join(later, ["rep_id", "person_id", "touch_id"])
    return ibis.union(*(rows.select("rep_id", "person_id") for rows in (lost, won)), distinct=True)


def answers_in_threads(parts: Parts) -> ir.Table:
    """Rows of `mail`: what humans wrote in the threads concerned."""
    answers = parts.fact("mail").filter(lambda m: m.human)
    return answers.semi_join(parts.part("thread_rec"), [("email_id", "id")])


def touches_in_answered_threads(parts: Parts) -> ir.Table:
    """Rows of `touch_person` of the mails in those of the threads that have an answer."""
    mails = parts.part("thread_rec").select("thread_id", "id")
    answered = mails.semi_join(parts.part("thread_mail"), [("id", "email_id")]).select("thread_id")
    touch = mails.semi_join(answered, "thread_id")
    return parts.fact("touch_person").semi_join(touch.select(touch_id=ibis.literal("email:") + touch.id), "touch_id")


# --- people engaged ---


def people_engaged_otherwise(parts: Parts) -> ir.Table:
    """Column person_id: people of touches that are gone or were drawn in, and those whom a touch that came engaged anew."""
    rows = [parts.part(name).semi_join(parts.part("drawn_in"), "touch_id") for name in ("old_touch_person", "touched_rows")]
    stored_ = parts.fact("opportunity_person").select("opportunity_id", "person_id", first_level_="level", first_day_="day")
    known = parts.part("come_engaged").join(stored_, ["opportunity_id", "person_id"])
    known = known.filter(known.level.identical_to(known.first_level_), known.first_day_ <= known.day)
    anew = parts.part("come_engaged").anti_join(known, ["opportunity_id", "person_id"])
    return ibis.union(*(each.select("person_id") for each in (*rows, parts.part("gone_touch"), parts.part("partaking"), anew)),
                      distinct=True)


# --- what a flag that looks back over days needs beside fresh rows ---


def first_changed_days(parts: Parts, name: str, fresh: str, within: tuple[str, ...]) -> ir.Table:
    """Columns ``within``, first_: the first day on which rows went or came."""
    changed = ibis.union(*(parts.part(rows).select(*within, "day") for rows in (f"{name}_gone", fresh)))
    changed = changed.filter(*(changed[column].notnull() for column in within))
    return changed.group_by(*within).aggregate(first_=changed.day.fill_null(FOREVER).min())


def around(parts: Parts, name: str, within: tuple[str, ...], back: int | None) -> ir.Table:
    """The other rows of those pairs, with first_; of days at most so long before it."""
    rows = parts.fact(name).join(parts.part(f"{name}_first"), list(within))
    if back is not None:
        rows = rows.filter((rows.day >= rows.first_ - back) | rows.day.isnull())
    return rows.anti_join(parts.part("touch"), "touch_id")


def later_rows(parts: Parts, name: str) -> ir.Table:
    """Those from that day on."""
    rows = parts.part(f"{name}_around")
    return rows.filter((rows.day >= rows.first_) | rows.day.isnull()).drop("first_")


def in_context(parts: Parts, name: str, fresh: str, within: tuple[str, ...]) -> ir.Table:
    """Fresh rows, those later rows, and a row without touch_id of the last day before."""
    rest, came = parts.part(f"{name}_around"), parts.part(fresh)
    before = rest.filter(rest.day < rest.first_)
    last = before.group_by(*within).aggregate(day=before.day.max())
    schema = came.schema()
    last = last.select(**{c: last[c] if c in last.columns else ibis.null(schema[c]) for c in came.columns})
    return ibis.union(came, parts.part(f"{name}_later").select(*came.columns), last.cast(schema))


# --- leads ---


def lead_hits(parts: Parts) -> ir.Table:
    """Columns lead_key_, tried_at: keys that changed activities and contacts name, or once named, and the earliest instant at
    which one of these activities was, or once was (contacts: ALWAYS_AT)."""
    contact = parts.versions("contact", "id", "email")
    always = ibis.literal(ALWAYS_AT, "int64")
    call = parts.versions("call", "contact_id", "lead_id", "address", tried_at="started_at")
    sent = ibis.union(parts.part("email_rec").select(mail_="id", tried_at="sent_at"),
                      parts.versions("email", mail_="id", tried_at="sent_at"))
    to = unbound("email_recipient").semi_join(parts.changed("email"), [("email_id", "id")]).select("email_id", "address")
    to = ibis.union(to, parts.versions("email_recipient", "email_id", "address"))
    mailed_to = to.join(sent, to.email_id == sent.mail_)
    keys = ibis.union(
        contact.select(lead_key_=ibis.literal("contact:") + contact.id, tried_at=always),
        contact.select(lead_key_=normalised(contact.email), tried_at=always),
        call.select("tried_at", lead_key_=ibis.literal("contact:") + call.contact_id).select("lead_key_", "tried_at"),
        call.select("tried_at", lead_key_=ibis.literal("lead:") + call.lead_id).select("lead_key_", "tried_at"),
        call.select("tried_at", lead_key_=normalised(call.address)).select("lead_key_", "tried_at"),
        mailed_to.select("tried_at", lead_key_=normalised(mailed_to.address)).select("lead_key_", "tried_at"))
    keys = keys.filter(keys.lead_key_.notnull())
    return keys.group_by("lead_key_").aggregate(tried_at=keys.tried_at.min())


def leads(parts: Parts) -> ir.Table:
    """Column lead_id: leads whose own records changed, of which changed activities may be the first attempt or have been it, or
    whose deals changed."""
    own = ibis.union(parts.changed("lead").select(lead_id="id"), parts.versions("lead_assignment", "lead_id"),
                     parts.part("lead_key_changed").select("lead_id"))
    hits = parts.fact("lead_key").join(parts.part("lead_hit"), "lead_key_")
    hits = hits.group_by("lead_id").aggregate(tried_at=hits.tried_at.min())
    known = parts.fact("lead").select(known_="lead_id", first_attempt_at="first_attempt_at")
    tried = hits.left_join(known, hits.lead_id == known.known_)
    first = tried.filter(tried.first_attempt_at.isnull() | (tried.first_attempt_at >= tried.tried_at)).select("lead_id")
    lead = surviving(parts.t, unbound("lead"), "opportunity", "converted_opportunity_id")
    lead = surviving(parts.t, lead, "account", "converted_account_id")
    became = lead.semi_join(parts.part("ids"), [("converted_opportunity_id", "opportunity_id")])
    theirs = lead.semi_join(parts.part("account"), [("converted_account_id", "account_id")])
    found = ibis.union(own, first, became.select(lead_id="id"), theirs.select(lead_id="id"), distinct=True)
    return surviving(parts.t, found, "lead", "lead_id").distinct()


def records_of_leads(parts: Parts) -> ir.Table:
    """Records of the leads concerned, those merged into them too."""
    rec = surviving(parts.t, unbound("lead"), "lead", "id", "whole_")
    return rec.semi_join(parts.part("lead"), [("whole_", "lead_id")]).drop("whole_")


def recipients_of_leads(parts: Parts) -> ir.Table:
    """To whom mails at those leads went."""
    return unbound("email_recipient").semi_join(_lead_addresses(parts), [("address", "written")])


def _lead_addresses(parts: Parts) -> ir.Table:
    return parts.fact("address").semi_join(parts.part("lead_key"), [("address", "lead_key_")]).select("written")


def calls_of_leads(parts: Parts) -> ir.Table:
    """Calls at those leads."""
    call = unbound("call")
    by_address = call.semi_join(_lead_addresses(parts), [("address", "written")]).select("id")
    return call.semi_join(ibis.union(by_address, *_calls_with(parts.part("lead_key").lead_key_)), "id")


def _distinct(*ids: ir.Table) -> ir.Table:
    rows = ibis.union(*ids, distinct=True)
    return rows.filter(rows.id.notnull())
