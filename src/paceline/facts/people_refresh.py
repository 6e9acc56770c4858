"""Who people are, brought up to date: the keys concerned, told by what links people, and the records of those keys alone.

An address, a contact and a lead are keys of a person. Keys hang together where they led to one person so far, where a lead was
converted to a contact, or where a record that was merged away names both; whatever hangs together with a key that a changed
record names is redone, and nothing else can have changed. (What any other record names led to one person so far.)
"""

from __future__ import annotations

from functools import partial

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from paceline.facts.merged import surviving
from paceline.facts.parts import Parts
from paceline.facts.people import domain, normalised
from paceline.facts.tables import Tables
from paceline.warehouse.store import unbound

_KNOWN = "known_keys"  # the keys found so far, lent to the query that looks for more
_FOLK = ("folk", ("address",))


def put_people_aside(parts: Parts, addresses: bool) -> int:
    """Make the part ``folk`` (column address): every key of a person that may have changed; how many there are.

    ``addresses``: the fact `address` was brought up to date before. The parts ``contact_folk`` and ``lead_folk`` are the records
    of those keys.
    """
    parts.make("folk_seed", lambda: _seeds(parts, addresses), str(addresses))
    seeds = parts.queries.rows("folk seed", lambda _: parts.part("folk_seed"))
    parts.make("merged_name", lambda: ibis.union(*(_named_by_merged(parts.t, record) for record in ("lead", "contact"))))
    with parts.engine.lent(_KNOWN, _connected(parts, seeds)):
        parts.make("folk", lambda: ibis.table({"address": "string"}, name=_KNOWN))
    found = parts.count("folk")
    for kind in ("contact", "lead") if found else ():
        parts.make(f"{kind}_folk", partial(_records, parts, kind))
    return found


def redo_contact_key(parts: Parts) -> None:
    """`contact_key` of those keys."""
    parts.redo("contact_key", {"rec_contact": "contact_folk"}, _FOLK)


def redo_person_key(parts: Parts) -> None:
    """`person_key` of those keys."""
    parts.make("contact_key_folk", lambda: parts.rows_of("contact_key", *_FOLK))
    parts.make("address_folk", lambda: parts.rows_of("address", *_FOLK))
    parts.make("room_folk", lambda: _rooms(parts))
    parts.redo("person_key", {
        "fact_contact_key": "contact_key_folk", "fact_address": "address_folk", "rec_lead": "lead_folk",
        "rec_meeting_attendee": "room_folk"}, _FOLK)


def redo_person(parts: Parts) -> None:
    """`person` of those keys. The parts ``person_was`` and ``person_now`` are its rows that aren't as they were."""
    parts.make("person_key_folk", lambda: parts.rows_of("person_key", *_FOLK))
    parts.redo("person", {
        "fact_person_key": "person_key_folk", "rec_contact": "contact_folk", "rec_lead": "lead_folk"}, _FOLK)
    parts.make("person_was", lambda: parts.gone("person"))
    parts.make("person_now", lambda: parts.come("person"))


def redo_lead_key(parts: Parts) -> None:
    """`lead_key` of the leads among those keys. The part ``lead_key_changed`` is what it has no more and what is new."""
    parts.make("lead_of_folk", lambda: _surviving_leads(parts))
    parts.redo("lead_key", {"rec_contact": "contact_folk", "rec_lead": "lead_folk"}, ("lead_of_folk", ("lead_id",)))
    parts.make("lead_key_changed", lambda: parts.differing("lead_key"))


def ids_in(keys: ir.StringColumn, kind: str) -> ir.Table:
    """Column named_: the ids of that kind of record among keys that are written `kind:ID`."""
    prefix = f"{kind}:"
    rows = keys.name("key_").as_table()
    return rows.filter(rows.key_.startswith(prefix)).select(named_=rows.key_.substr(len(prefix)))


# --- which keys ---


def _seeds(parts: Parts, addresses: bool) -> ir.Table:
    """Column address: keys that changed records name or named, addresses that came or went, and those at changed domains."""
    contact = parts.versions("contact", "id", "email")
    lead = parts.versions("lead", "id", "email", "converted_contact_id")
    room = parts.versions("meeting_attendee", "address", "resource")
    at = ibis.union(*(parts.versions(record, "domain") for record in ("account", "account_domain")))
    at = at.select(changed_=normalised(at.domain)).distinct()
    key = parts.fact("person_key")
    keys = [
        _key("contact", contact.id), normalised(contact.email), _key("lead", lead.id), normalised(lead.email),
        _key("contact", lead.converted_contact_id), normalised(room.filter(room.resource.fill_null(False)).address),
        key.semi_join(at, domain(key.address) == at.changed_).address]
    if addresses:
        keys.append(parts.differing("address").address)
    each = ibis.union(*(column.name("address").as_table() for column in keys), distinct=True)
    return each.filter(each.address.notnull())


def _connected(parts: Parts, known: pa.Table) -> pa.Table:
    """The keys, and all that hang together with them: looked for until there are no more."""
    while known.num_rows:
        with parts.engine.lent(_KNOWN, known):
            more = parts.queries.rows("people connected", lambda _: _reached(parts))
        if more.num_rows == known.num_rows:
            break
        known = more
    return known


def _reached(parts: Parts) -> ir.Table:
    """Column address: the known keys, and those that one step leads to from them."""
    known = ibis.table({"address": "string"}, name=_KNOWN)
    key, lead, merged_ = parts.fact("person_key"), unbound("lead"), parts.part("merged_name")
    same = key.semi_join(key.semi_join(known, "address"), "person_id")
    became = lead.semi_join(ids_in(known.address, "lead"), [("id", "named_")])
    became = became.filter(became.converted_contact_id.notnull())
    was = lead.semi_join(ids_in(known.address, "contact"), [("converted_contact_id", "named_")])
    named = merged_.semi_join(merged_.semi_join(known, "address"), "record_")
    return ibis.union(
        known, same.select("address"), became.select(address=_key("contact", became.converted_contact_id)),
        was.select(address=_key("lead", was.id)), named.select("address"), distinct=True)


def _named_by_merged(t: Tables, record: str) -> ir.Table:
    """Columns record_ (`contact:ID` or `lead:ID` of one merged away), address: each key that it names."""
    gone = t.ref("survivor")
    gone = gone.filter(gone.record == record, gone.survivor_id.notnull()).select("survivor_id", gone_="id")
    rec = unbound(record).join(gone, [("id", "gone_")])
    rows = ibis.union(*(rec.select(record_=_key(record, rec.gone_), address=key) for key in (
        _key(record, rec.gone_), _key(record, rec.survivor_id), normalised(rec.email))))
    return rows.filter(rows.address.notnull())


def _key(kind: str, id_: ir.StringColumn) -> ir.StringColumn:
    return ibis.literal(f"{kind}:") + id_


# --- their records ---


def _records(parts: Parts, kind: str) -> ir.Table:
    return unbound(kind).semi_join(ids_in(parts.part("folk").address, kind), [("id", "named_")])


def _rooms(parts: Parts) -> ir.Table:
    """Which of those addresses are rooms', as records of attendees of which nothing else is told."""
    rec = unbound("meeting_attendee")
    rooms = rec.filter(rec.resource.fill_null(False)).semi_join(parts.part("address_folk"), [("address", "written")])
    rooms = rooms.select("address", "resource").distinct()
    return rooms.select(**{
        name: rooms[name] if name in rooms.columns else ibis.null(type_) for name, type_ in rec.schema().items()})


def _surviving_leads(parts: Parts) -> ir.Table:
    leads = surviving(parts.t, parts.part("lead_folk").select(lead_id="id"), "lead", "lead_id")
    return leads.filter(leads.lead_id.notnull()).distinct()
