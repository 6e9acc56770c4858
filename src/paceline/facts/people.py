"""Who an address, a contact or a lead is: one person, whatever number of records and addresses they have.

`person` is the one place where that is decided. Activities look people up in it by a key: a normalised address, `contact:ID` or
`lead:ID`. Account, rule and level belong to the person, so every key of a person says the same.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from paceline.facts.merged import surviving
from paceline.facts.queries import Queries
from paceline.facts.shape import ADDRESS, CONTACT_KEY, PERSON_KEY, shaped, stored
from paceline.facts.tables import Tables
from paceline.sales.seniority import level
from paceline.sales.settings import FREE_MAIL


def normalised(address: ir.StringColumn) -> ir.StringColumn:
    """An address trimmed and in lower case; null if nothing is left."""
    return address.strip().lower().nullif("")


def domain(address: ir.StringColumn) -> ir.StringColumn:
    """What follows the last `@`; null without one."""
    behind = address.reverse().find("@")
    return ibis.ifelse(behind > 0, address.right(ibis.greatest(behind, 0)), ibis.null("string"))


def titles(queries: Queries) -> pa.Table:
    """The rows of the reference table `title`: every title of a contact or lead, and the level read from it (null: none)."""
    words = sorted(queries.rows("titles", _titles)["title"].to_pylist())
    return pa.table({"title": pa.array(words, pa.string()), "level": pa.array([level(word) for word in words], pa.string())})


def _titles(t: Tables) -> ir.Table:
    both = ibis.union(t.rec("contact").select("title"), t.rec("lead").select("title"))
    return both.filter(both.title.notnull()).distinct()


def person(t: Tables) -> ir.Table:
    """Every address, contact and lead, resolved to a person.

    Refresh key: address (those of the activities, contacts and leads that changed, and all others of their persons).
    Reads email, email_recipient, call, meeting_attendee, contact, lead, rep, account, account_domain; `survivor`, `title`.
    """
    keys = stored(t, PERSON_KEY)
    told = _facts_of_people(t, keys)
    joined = keys.left_join(told, keys.person_id == told.person_id)
    return shaped(joined, "person")


# --- contacts and leads ---


def _with_level(t: Tables, people: ir.Table) -> ir.Table:
    title = t.ref("title").select(title_="title", level_="level")
    joined = people.left_join(title, people.title == title.title_)
    return joined.mutate(level=ibis.coalesce(joined.seniority, joined.level_)).drop("title_", "level_")


def _people_records(t: Tables, record: str) -> ir.Table:
    """Contacts or leads that aren't deleted: own and surviving id, normalised address, whether it survives itself."""
    rec = t.rec(record)
    rec = surviving(t, rec.mutate(address=normalised(rec.email)), record, "id", "survivor_id")
    rec = rec.filter(rec.survivor_id.notnull())
    return rec.mutate(survives=rec.id == rec.survivor_id)


def contact_key(t: Tables) -> ir.Table:
    """The working table `contact_key`: every contact as `contact:ID`, merged ones too, and every address that a contact has."""
    contacts = _people_records(t, "contact")
    # Of surviving contacts that share an address the smallest id stands for all of them.
    own = (
        contacts.filter(contacts.survives, contacts.address.notnull()).group_by("address").aggregate(chosen=lambda c: c.id.min())
    )
    survivors = contacts.filter(contacts.survives).select(survivor_="id", survivor_address_="address")
    chosen = survivors.left_join(own, survivors.survivor_address_ == own.address)
    chosen = chosen.select("survivor_", chosen_=ibis.coalesce(chosen.chosen, chosen.survivor_))
    each = contacts.join(chosen, contacts.survivor_id == chosen.survivor_)
    by_id = each.select(address=ibis.literal("contact:") + each.id, person_id=ibis.literal("contact:") + each.chosen_)
    by_address = own.select("address", person_id=ibis.literal("contact:") + own.chosen)
    # An address that only a merged-away contact has leads to the survivor.
    former = each.filter(~each.survives, each.address.notnull()).anti_join(own, "address")
    former = former.group_by("address").aggregate(person_id=ibis.literal("contact:") + former.chosen_.min())
    return ibis.union(by_id, by_address, former)


def _lead_people(t: Tables, contact_keys: ir.Table) -> ir.Table:
    """Every lead that isn't deleted: lead_id, address, survives, person_id, and the account it was converted into."""
    leads = _people_records(t, "lead")
    leads = surviving(t, leads, "account", "converted_account_id")
    alive = leads.filter(leads.survives)
    alive = alive.mutate(contact_key_=ibis.literal("contact:") + alive.converted_contact_id)
    alive = _looked_up(alive, contact_keys, "contact_key_", "converted_")
    alive = _looked_up(alive, contact_keys, "address", "known_")
    shared = (
        alive.filter(alive.address.notnull())
        .group_by("address")
        .aggregate(shared_=ibis.coalesce(alive.converted_.min(), ibis.literal("lead:") + alive.id.min()))
    )
    shared = shared.rename(shared_address_="address")
    alive = alive.left_join(shared, alive.address == shared.shared_address_)
    whole = alive.select(
        survivor_="id", person_id=ibis.coalesce(alive.known_, alive.shared_, alive.converted_, ibis.literal("lead:") + alive.id)
    )
    each = leads.join(whole, leads.survivor_id == whole.survivor_)
    return each.select("person_id", "address", "survives", "converted_account_id", lead_id="id")


def _looked_up(table: ir.Table, keys: ir.Table, column: str, name: str) -> ir.Table:
    """The table with the person of the key in ``column`` as one more column; null where there is none."""
    found = keys.select(key_="address", found_="person_id")
    joined = table.left_join(found, table[column] == found.key_)
    return joined.mutate(**{name: joined.found_}).select(*table.columns, name)


def _lead_keys(t: Tables, contact_keys: ir.Table) -> ir.Table:
    """Columns address, person_id: every lead as `lead:ID`, and every address that a lead has and no contact."""
    leads = _lead_people(t, contact_keys)
    by_id = leads.select(address=ibis.literal("lead:") + leads.lead_id, person_id=leads.person_id)
    addressed = leads.filter(leads.address.notnull()).anti_join(contact_keys, "address")
    own = addressed.filter(addressed.survives).group_by("address").aggregate(person_id=lambda each: each.person_id.min())
    former = addressed.filter(~addressed.survives).anti_join(own, "address")
    former = former.group_by("address").aggregate(person_id=former.person_id.min())
    return ibis.union(by_id, own, former)


# --- addresses ---


def address(t: Tables) -> ir.Table:
    """The working table `address`: every address of an activity as written there, and the same normalised.

    Facts look people up by what is written: letters are then folded once an address, not once a mail.
    """
    sources = (
        t.rec("email_recipient").address,
        t.rec("email").from_address,
        t.rec("call").address,
        t.rec("meeting_attendee").address,
    )
    written = ibis.union(*(column.name("written").as_table().distinct() for column in sources), distinct=True)
    return folded(written)


def folded(written: ir.Table) -> ir.Table:
    """Columns written, address, of addresses as written (of blanks: null).

    No filter on what is folded: an engine would push it below whatever makes the rows distinct, and fold every mail's.
    """
    return written.filter(written.written.notnull()).select("written", address=normalised(written.written))


def external_people(t: Tables) -> ir.Table:
    """People outside, by an address as written in an activity: written_, person_id, account_id, rule, level."""
    person = t.fact("person")
    known = person.filter(person.external).select("person_id", "account_id", "rule", "level", key_="address")
    spelt = stored(t, ADDRESS).select(written_="written", spelt_="address")
    return spelt.join(known, spelt.spelt_ == known.key_).drop("spelt_", "key_")


def person_key(t: Tables) -> ir.Table:
    """The working table `person_key`: every key, once."""
    contact_keys = stored(t, CONTACT_KEY)
    known = ibis.union(contact_keys, _lead_keys(t, contact_keys))
    met = stored(t, ADDRESS)
    strangers = met.filter(met.address.notnull()).select("address").distinct().anti_join(known, "address")
    reps, rooms = _rep_addresses(t), _rooms(t)
    inside = ibis.union(reps, rooms, distinct=True)
    strangers = strangers.left_join(inside, strangers.address == inside.inside_)
    at = domain(strangers.address)
    ours = at.isin(_own_or_free(t))
    strangers = strangers.select(
        "address",
        person_id=ibis.literal("address:") + strangers.address,
        external=strangers.inside_.isnull() & ~ours.fill_null(False),
    )
    known = known.left_join(rooms, known.address == rooms.inside_)
    return ibis.union(known.select("address", "person_id", external=known.inside_.isnull()), strangers)


def _own_or_free(t: Tables) -> list[str]:
    return sorted({name.strip().lower() for name in t.settings.own_domains} | FREE_MAIL)


def _rep_addresses(t: Tables) -> ir.Table:
    rep = t.rec("rep")
    reps = rep.select(inside_=normalised(rep.email))
    return reps.filter(reps.inside_.notnull()).distinct()


def _rooms(t: Tables) -> ir.Table:
    attendee = t.rec("meeting_attendee")
    rooms = attendee.filter(attendee.resource.fill_null(False)).select(inside_=normalised(attendee.address))
    return rooms.filter(rooms.inside_.notnull()).distinct()


def account_domains(t: Tables) -> ir.Table:
    """Columns domain, account_id: whose each domain is (the smallest id of several). Own and free-mail domains aren't there."""
    account, further = t.rec("account"), t.rec("account_domain")
    both = ibis.union(account.select("domain", account_id="id"), further.select("domain", "account_id"))
    both = surviving(t, both.mutate(domain=normalised(both.domain)), "account", "account_id")
    both = both.filter(both.domain.notnull(), both.account_id.notnull(), both.domain.notin(_own_or_free(t)))
    return both.group_by("domain").aggregate(account_id=both.account_id.min())


# --- what is true of a person, under whatever key ---


def _facts_of_people(t: Tables, keys: ir.Table) -> ir.Table:
    """Columns person_id, account_id, rule, level: one row a person."""
    domains = account_domains(t).rename(account_domain_="domain", domain_account_="account_id")
    is_record = keys.address.startswith("contact:") | keys.address.startswith("lead:")  # whose id may be an address itself
    located = keys.mutate(domain_=ibis.ifelse(is_record, ibis.null("string"), domain(keys.address)))
    located = located.left_join(domains, located.domain_ == domains.account_domain_)
    lead = t.rec("lead")
    lead = lead.filter(lead.merged_into_id.isnull())  # what a record merged away became isn't what its survivor became
    converted = surviving(
        t,
        lead.select(lead_key_=ibis.literal("lead:") + lead.id, lead_account_=lead.converted_account_id),
        "account",
        "lead_account_",
    )
    located = located.left_join(converted, located.address == converted.lead_key_)
    whole = located.group_by("person_id").aggregate(
        lead_account_=located.lead_account_.min(), domain_account_=located.domain_account_.min()
    )
    records = _records_of_people(t)
    whole = whole.left_join(records, whole.person_id == records.record_)
    rule = ibis.cases(
        (whole.account_.notnull(), "account_contact"),
        (whole.lead_account_.notnull(), "lead"),
        (whole.domain_account_.notnull(), "domain"),
        else_="none",
    )
    account = ibis.coalesce(whole.account_, whole.lead_account_, whole.domain_account_)
    return whole.select("person_id", account_id=account, rule=rule, level=whole.level_)


def _records_of_people(t: Tables) -> ir.Table:
    """The contact or lead that a person is: record_ (its person_id), account_, level_."""
    contact = surviving(t, _with_level(t, t.rec("contact")), "account", "account_id")
    lead = _with_level(t, t.rec("lead"))
    return ibis.union(
        contact.select(record_=ibis.literal("contact:") + contact.id, account_=contact.account_id, level_=contact.level),
        lead.select(record_=ibis.literal("lead:") + lead.id, account_=ibis.null("string"), level_=lead.level),
    )
