"""Which activities a load concerns: those whose own records changed, and those that people or opportunities see otherwise now."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts.merged import surviving
from paceline.facts.parts import SINCE, Parts
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


def stretches(parts: Parts) -> ir.Table:
    """Columns opportunity_id, account_id, from_at, until_at: when what `ownership` says of an opportunity isn't what it said.

    Of a row that only ends otherwise now this is the time between the two ends: before it all is as it was.
    """
    gone, come = parts.part("ownership_gone"), parts.part("ownership_come")
    other = come.rename({f"{column}_": column for column in come.columns})
    same = [column for column in gone.columns if column not in ("opportunity_id", "from_at", "until_at")]
    both = gone.join(other, [gone.opportunity_id == other.opportunity_id_, gone.from_at == other.from_at_,
                             *(gone[column].identical_to(other[f"{column}_"]) for column in same)])
    moved = both.select("opportunity_id", "account_id", began_=both.from_at, from_at=ibis.least(both.until_at, both.until_at_),
                        until_at=ibis.greatest(both.until_at, both.until_at_))
    whole = ibis.union(gone, come).anti_join(moved, ["opportunity_id", ("from_at", "began_")])
    columns = ("opportunity_id", "account_id", "from_at", "until_at")
    return ibis.union(whole.select(*columns), moved.select(*columns), distinct=True)


def partakings(parts: Parts) -> ir.Table:
    """Columns person_id, opportunity_id: who is, or was, said to take part in an opportunity, where that or who it is changed."""
    changed = parts.versions("opportunity_contact", "contact_id", "opportunity_id")
    moved = _by_key(parts, unbound("opportunity_contact")).semi_join(parts.part("seen"), "address")
    return _by_person(parts, ibis.union(_by_key(parts, changed), moved))


def held(parts: Parts) -> ir.Table:
    """Columns person_id, opportunity_id: who takes part in opportunities of `stretches`."""
    now = _by_key(parts, unbound("opportunity_contact"))
    return _by_person(parts, now.semi_join(parts.part("stretch"), "opportunity_id"))


def _by_person(parts: Parts, pairs: ir.Table) -> ir.Table:
    person = parts.fact("person").select("address", "person_id")
    who = ibis.union(person, parts.part("person_changed").select("address", "person_id"))
    return pairs.join(who, "address").select("person_id", "opportunity_id").distinct()


def _by_key(parts: Parts, rows: ir.Table) -> ir.Table:
    rows = surviving(parts.t, rows.select("contact_id", "opportunity_id"), "opportunity", "opportunity_id")
    return rows.select("opportunity_id", address=ibis.literal("contact:") + rows.contact_id)


def drawing(parts: Parts) -> ir.Table:
    """Columns account_id or person_id, from_at, until_at: whose touches may mean other opportunities than they did, and when."""
    stretch, takes_part = parts.part("stretch"), parts.part("partaking")
    ranges = parts.fact("ownership").select("opportunity_id", "from_at", "until_at")
    ranges = ibis.union(ranges.semi_join(takes_part, "opportunity_id"), stretch.select("opportunity_id", "from_at", "until_at"))
    of_people = (takes_part.join(ranges, "opportunity_id"), parts.part("held").join(stretch.drop("account_id"), "opportunity_id"))
    nobody = ibis.null("string")
    whole = ibis.union(
        stretch.filter(stretch.account_id.notnull()).select("account_id", "from_at", "until_at", person_id=nobody),
        *(rows.select("from_at", "until_at", "person_id", account_id=nobody).select(
            "account_id", "from_at", "until_at", "person_id") for rows in of_people))
    return whole.distinct()


def drawn_in(parts: Parts) -> ir.Table:
    """Columns touch_id, at: the touches of `drawing`."""
    reached, drawn = parts.fact("touch_person"), parts.part("drawing")
    reached = reached.filter(reached["at"] >= SINCE).select("touch_id", "at", "account_id", "person_id")
    found = []
    for whose in ("account_id", "person_id"):
        ranges = drawn.filter(drawn[whose].notnull()).select("from_at", "until_at", whose_=whose)
        met = reached.join(ranges, [reached[whose] == ranges.whose_, reached["at"] >= ranges.from_at,
                                    reached["at"] < ranges.until_at])
        found.append(met.select("touch_id", "at"))
    return ibis.union(*found, distinct=True)


def drawn(parts: Parts, kind: str) -> ir.Table:
    """Columns id, at: the activities of that kind which are drawn in, but not concerned themselves."""
    touch = parts.part("drawn_in")
    touch = touch.filter(touch.touch_id.startswith(f"{kind}:"))
    return touch.select("at", id=touch.touch_id.substr(len(kind) + 1)).anti_join(parts.part(kind), "id").distinct()


def email_records(parts: Parts) -> ir.Table:
    """The records of the mails concerned, and of those drawn in."""
    email = unbound("email")
    return ibis.union(email.semi_join(parts.part("email"), "id"),
                      email.semi_join(parts.part("drawn_email"), ["id", ("sent_at", "at")]))


def touches(parts: Parts) -> ir.Table:
    """Columns touch_id, at: touches of the activities concerned, now and before, and those drawn in by opportunities."""
    mail, meeting = parts.part("email_rec"), ibis.union(parts.part("old_meeting"), parts.part("new_meeting"))
    call = ibis.union(parts.part("old_call"), parts.part("new_call"))
    mails = ibis.union(mail.select("id", at="sent_at"), parts.past("email", "id", at="sent_at"))
    met = meeting.semi_join(parts.part("meeting_id"), "meeting_id")
    own = ((mails, "email", "id"), (call, "call", "call_id"), (met, "meeting", "meeting_id"))
    return ibis.union(parts.part("drawn_in"), *(
        rows.select(touch_id=ibis.literal(f"{kind}:") + rows[id_], at=rows["at"]) for rows, kind, id_ in own), distinct=True)


def rows_drawn(parts: Parts, kind: str, fact: str) -> ir.Table:
    """A fact's rows of the activities of that kind which are concerned or drawn in."""
    on = [(f"{kind}_id", "id"), *([("at", "at")] if "at" in parts.fact(fact).columns else [])]
    own = parts.part(f"new_{fact}").semi_join(parts.part(kind), [(f"{kind}_id", "id")])
    return ibis.union(own, parts.fact(fact).semi_join(parts.part(f"drawn_{kind}"), on))


# --- whom ---


def people_invited(parts: Parts) -> ir.Table:
    """Rows of `person` at the addresses of those on the meetings concerned, and at reps' own: who is on one for us is told by
    the latter alone."""
    invited, rep = parts.part("attendee"), parts.t.rec("rep")
    keys = (normalised(table[column]).name("key_").as_table() for table, column in ((invited, "address"), (rep, "email")))
    return parts.fact("person").semi_join(ibis.union(*keys, distinct=True), [("address", "key_")])


def people_called(parts: Parts) -> ir.Table:
    """Rows of `person` by whose key a call concerned names whom it was with."""
    call = parts.part("call_rec")
    keys = (ibis.literal("contact:") + call.contact_id, ibis.literal("lead:") + call.lead_id, normalised(call.address))
    named = ibis.union(*(key.name("key_").as_table() for key in keys), distinct=True)
    return parts.fact("person").semi_join(named, [("address", "key_")])


def addresses_written(parts: Parts) -> ir.Table:
    """Rows of `address`: to whom the mails touched went."""
    return parts.fact("address").semi_join(parts.part("recipient"), [("written", "address")])


def addresses_of_writers(parts: Parts) -> ir.Table:
    """Rows of `address`: who wrote the mails of `mail_rec`."""
    return parts.fact("address").semi_join(parts.part("mail_rec"), [("written", "from_address")])


def people_met(parts: Parts) -> ir.Table:
    """Column person_id: whom the touches concerned reached."""
    mailed = parts.fact("person").semi_join(parts.part("spelt"), "address")
    met = (mailed, parts.part("call_touched_rows"), parts.part("guest_touched_rows"))
    ids = ibis.union(*(rows.select("person_id") for rows in met), distinct=True)
    return ids.filter(ids.person_id.notnull())


def opportunities_of_people(parts: Parts) -> ir.Table:
    """Column opportunity_id: those of the accounts of people met or called, and those in which such people take part."""
    whom, call = parts.part("whom"), parts.part("call_touched_rows")
    accounts = (whom, call, parts.part("guest_touched_rows"))
    account = ibis.union(*(rows.select("account_id") for rows in accounts), distinct=True)
    of_accounts = parts.fact("ownership").semi_join(account, "account_id")
    part = _by_key(parts, unbound("opportunity_contact")).semi_join(whom, "address")
    return ibis.union(of_accounts.select("opportunity_id"), part.select("opportunity_id"), distinct=True)


def owned_since(parts: Parts) -> ir.Table:
    """Rows of `ownership` of those opportunities that no touch concerned is after."""
    rows = parts.rows_of("ownership", "theirs", ("opportunity_id",))
    return rows.filter(rows.until_at > SINCE)


# --- people engaged ---


def engaged_otherwise(parts: Parts) -> ir.Table:
    """Columns person_id, opportunity_id: who may be engaged otherwise in what. That are the people of touches that are gone or
    were drawn in, with the opportunities that these meant or mean; who takes part otherwise; and whom a touch engaged anew."""
    rows = [parts.part(name).semi_join(parts.part("drawn_in"), "touch_id") for name in ("old_touch_person", "touched_rows")]
    people = ibis.union(*(each.select("touch_id", "person_id") for each in (*rows, parts.part("gone_touch"))))
    meant = ibis.union(*(parts.part(f"{age}_touch_opportunity").select("touch_id", "opportunity_id") for age in ("old", "new")))
    stored_ = parts.fact("opportunity_person").select("opportunity_id", "person_id", first_level_="level", first_day_="day")
    known = parts.part("come_engaged").join(stored_, ["opportunity_id", "person_id"])
    known = known.filter(known.level.identical_to(known.first_level_), known.first_day_ <= known.day)
    anew = parts.part("come_engaged").anti_join(known, ["opportunity_id", "person_id"])
    pairs = (people.join(meant, "touch_id"), parts.part("partaking"), anew)
    both = ibis.union(*(each.select("person_id", "opportunity_id") for each in pairs), distinct=True)
    return both.filter(both.person_id.notnull())


def partakers(parts: Parts) -> ir.Table:
    """The records that say who takes part in the opportunities of `engaged`, now or before a merge."""
    rec = surviving(parts.t, unbound("opportunity_contact"), "opportunity", "opportunity_id", "whole_")
    return rec.semi_join(parts.part("engaged"), [("whole_", "opportunity_id")]).drop("whole_")


def people_partaking(parts: Parts) -> ir.Table:
    """Rows of `person` of those contacts."""
    key = ibis.literal("contact:") + parts.part("partaker").contact_id
    return parts.fact("person").semi_join(key.name("key_").as_table(), [("address", "key_")])


def engaging(parts: Parts) -> ir.Table:
    """Column from_at: since when these opportunities have been open."""
    return parts.fact("ownership").semi_join(parts.part("engaged"), "opportunity_id").select("from_at")


def engaged_rows(parts: Parts) -> ir.Table:
    """Rows of `touch_person` of these people, while these opportunities were open."""
    rows = parts.fact("touch_person")
    return rows.filter(rows["at"] >= SINCE).semi_join(parts.part("engaged"), "person_id")


# --- what a flag that looks back over days needs beside fresh rows ---


def first_changed_days(parts: Parts, name: str, fresh: str, within: tuple[str, ...]) -> ir.Table:
    """Columns ``within``, first_: the first day on which rows went or came."""
    changed = ibis.union(*(parts.part(rows).select(*within, "day") for rows in (f"{name}_gone", fresh)))
    changed = changed.filter(*(changed[column].notnull() for column in within))
    return changed.group_by(*within).aggregate(first_=changed.day.fill_null(FOREVER).min())


def later_rows(parts: Parts, name: str, within: tuple[str, ...]) -> ir.Table:
    """The other rows of those pairs from that day on."""
    rows = parts.fact(name)
    rows = rows.filter(rows["at"] >= SINCE).join(parts.part(f"{name}_first"), list(within))
    return rows.filter(rows.day >= rows.first_).drop("first_").anti_join(parts.part("touch_at"), "touch_id")


def last_days_before(parts: Parts, name: str, within: tuple[str, ...], back: int | None) -> ir.Table:
    """Columns ``within``, day: the last day of those pairs before that day (when what went or came never was), at most so long
    before it. From no day, nothing is looked back."""
    rows = parts.fact(name)
    rows = rows.filter(rows["at"] >= SINCE).select(*within, "day").join(parts.part(f"{name}_first"), list(within))
    rows = rows.filter(rows.day < rows.first_, *([] if back is None else [rows.day >= rows.first_ - back]))
    return rows.group_by(*within).aggregate(day=rows.day.max())


def in_context(parts: Parts, name: str, fresh: str) -> ir.Table:
    """Fresh rows, those later rows, and a row without touch_id of the last day before."""
    last, came = parts.part(f"{name}_before"), parts.part(fresh)
    schema = came.schema()
    last = last.select(**{c: last[c] if c in last.columns else ibis.null(schema[c]) for c in came.columns})
    return ibis.union(came, parts.part(f"{name}_later").select(*came.columns), last.cast(schema))


def _distinct(*ids: ir.Table) -> ir.Table:
    rows = ibis.union(*ids, distinct=True)
    return rows.filter(rows.id.notnull())
