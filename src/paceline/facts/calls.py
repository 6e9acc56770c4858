"""Calls: with whom, whether somebody answered, and how the talking went."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts.days import with_local_day
from paceline.facts.merged import surviving
from paceline.facts.people import normalised
from paceline.facts.shape import shaped
from paceline.facts.tables import Tables
from paceline.facts.talk import talk


def call(t: Tables) -> ir.Table:
    """A row for each call, in or out.

    Refresh key: call_id. Reads call, call_turn; `person`.
    """
    rows = with_local_day(_with_person(t), t)
    how = talk(t)
    rows = rows.left_join(how, rows.call_id == how.talk_call_id)
    return shaped(rows, "call")


def _with_person(t: Tables) -> ir.Table:
    """Calls with whom they were: the contact, else the lead, else the external person at the address, else nobody."""
    rec = t.rec("call")
    rec = surviving(t, rec, "account", "account_id", "given_account_")
    rows = rec.select(
        "rep_id",
        "seconds",
        "vendor_talk_ratio",
        "given_account_",
        call_id="id",
        at="started_at",
        outbound=rec.direction == "outbound",
        connected=connected(t, rec),
        contact_key_=ibis.literal("contact:") + rec.contact_id,
        lead_key_=ibis.literal("lead:") + rec.lead_id,
        address_key_=normalised(rec.address),
    )
    person = t.fact("person")
    known = person.filter(person.external)
    for key in ("contact", "lead", "address"):
        found = known.select(**{f"found_{key}_": "address", f"{key}_person_": "person_id", f"{key}_account_": "account_id"})
        rows = rows.left_join(found, rows[f"{key}_key_"] == found[f"found_{key}_"])
    who = ibis.coalesce(rows.contact_person_, rows.lead_person_, rows.address_person_)
    account = ibis.cases(
        (rows.contact_person_.notnull(), rows.contact_account_),
        (rows.lead_person_.notnull(), rows.lead_account_),
        (rows.address_person_.notnull(), rows.address_account_),
        else_=rows.given_account_,
    )
    return rows.select(
        "call_id", "rep_id", "at", "outbound", "connected", "seconds", "vendor_talk_ratio", person_id=who, account_id=account
    )


def connected(t: Tables, rec: ir.Table) -> ir.BooleanColumn:
    """Whether the prospect answered: the disposition's meaning, else a duration at or over the threshold, else null (unknown)."""
    word = rec.disposition.strip().lower()
    meanings = {name.strip().lower(): meaning for name, meaning in t.settings.dispositions.items()}
    yes = sorted(name for name, meaning in meanings.items() if meaning is True)
    no = sorted(name for name, meaning in meanings.items() if meaning is False)
    cases = [(word.isin(words), ibis.literal(meaning)) for words, meaning in ((yes, True), (no, False)) if words]
    return ibis.cases(
        *cases, (rec.seconds >= t.settings.thresholds.connect_seconds, ibis.literal(True)), else_=ibis.null("boolean")
    )
