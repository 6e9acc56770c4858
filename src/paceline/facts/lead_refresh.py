"""Leads brought up to date where a load concerns them: who first tried to reach them, and then what became of them."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts.days import utc_day
from paceline.facts.leads import attempts, counted, first_attempts, human_outbound, since_created
from paceline.facts.merged import surviving
from paceline.facts.parts import SINCE, Parts
from paceline.facts.shape import ADDRESS, stored
from paceline.warehouse.store import unbound

_ON_LEAD = ("lead_id",)


def redo_attempt(parts: Parts) -> None:
    """`attempt` of the leads at whom activities concerned were meant, and of those of which more than that is new.

    What was known stays, unless an earlier attempt came in: only for new leads, those known by other keys now, and those whose
    first attempt is itself concerned, attempts are looked for again, from the creation of the eldest of them.
    """
    if "lead_key_changed" not in parts.made:
        parts.make("lead_key_changed", lambda: parts.fact("lead_key").filter(ibis.literal(False)), "none")
    parts.make("lead_anew", lambda: _tried_otherwise(parts))
    since = parts.earliest("lead_anew", "created_at")
    parts.make("lead_mail", _mails_since, since=since)
    parts.make("lead_to", lambda: unbound("email_recipient").semi_join(parts.part("lead_mail"), [("email_id", "id")]))
    parts.make("lead_call", lambda: unbound("call").filter(lambda call: call.started_at >= SINCE), since=since)
    parts.make("lead_keys_anew", lambda: parts.rows_of("lead_key", "lead_anew", _ON_LEAD))
    parts.make("lead_hit", lambda: _hits(parts))
    parts.make("lead_tried", lambda: ibis.union(*(parts.part(name).select("lead_id") for name in ("lead_anew", "lead_hit")),
                                                distinct=True))
    parts.put("attempt", lambda: _first(parts), ("lead_tried", _ON_LEAD))


def redo_lead(parts: Parts) -> None:
    """`lead` of the leads that changed, that were first tried otherwise, or whose deals changed."""
    parts.make("lead", lambda: _leads(parts))
    parts.make("lead_rec", lambda: _records(parts))
    parts.make("attempt_of_lead", lambda: parts.rows_of("attempt", "lead", _ON_LEAD))
    parts.make("lead_given", lambda: unbound("lead_assignment").semi_join(parts.part("lead_rec"), [("lead_id", "id")]))
    parts.make("lead_workday", lambda: _workdays(parts))
    parts.redo("lead", {
        "rec_lead": "lead_rec", "rec_lead_assignment": "lead_given", "fact_attempt": "attempt_of_lead",
        "ref_workday": "lead_workday"}, ("lead", _ON_LEAD))


def _tried_otherwise(parts: Parts) -> ir.Table:
    """Columns lead_id, created_at: leads for which attempts are looked for again."""
    lead, known = counted(parts.t), parts.fact("lead").select(known_="lead_id", known_at_="at")
    changed = lead.semi_join(parts.changed("lead"), "id").left_join(known, [("id", "known_")])
    same = changed.known_.notnull() & changed.created_at.identical_to(changed.known_at_)
    own = changed.filter(~same).select(lead_id="id")
    touched = ibis.union(*(parts.part(kind).select(touch_id=ibis.literal(f"{kind}:") + parts.part(kind).id)
                           for kind in ("email", "call")))
    tried = parts.fact("attempt").semi_join(touched, "touch_id").select("lead_id")
    ids = ibis.union(own, tried, parts.part("lead_key_changed").select("lead_id"), distinct=True)
    # A lead that counts no more is among them too: its attempt goes.
    return ids.left_join(lead.select("created_at", lead_="id"), [("lead_id", "lead_")]).select("lead_id", "created_at")


def _mails_since() -> ir.Table:
    mail = unbound("email")
    return human_outbound(mail.filter(mail.sent_at >= SINCE))


def _hits(parts: Parts) -> ir.Table:
    """Attempts by activities concerned, at whomever; and all at those leads, since the eldest of them was created."""
    spelt, part = stored(parts.t, ADDRESS), parts.part
    here = attempts(spelt, parts.fact("lead_key"), part("email_rec"), part("recipient"), part("call_rec"))
    before = attempts(spelt, part("lead_keys_anew"), part("lead_mail"), part("lead_to"), part("lead_call"))
    return since_created(ibis.union(here, before, distinct=True), counted(parts.t))


def _first(parts: Parts) -> ir.Table:
    tried = parts.part("lead_hit")
    known = parts.fact("attempt").semi_join(tried, "lead_id").anti_join(parts.part("lead_anew"), "lead_id")
    return first_attempts(ibis.union(tried, known.select(*tried.columns), distinct=True))


def _leads(parts: Parts) -> ir.Table:
    own = ibis.union(parts.changed("lead").select(lead_id="id"), parts.versions("lead_assignment", "lead_id"),
                     parts.differing("attempt").select("lead_id"))
    lead = surviving(parts.t, unbound("lead"), "opportunity", "converted_opportunity_id")
    lead = surviving(parts.t, lead, "account", "converted_account_id")
    became = lead.semi_join(parts.part("ids"), [("converted_opportunity_id", "opportunity_id")])
    theirs = lead.semi_join(parts.part("account"), [("converted_account_id", "account_id")])
    found = ibis.union(own, became.select(lead_id="id"), theirs.select(lead_id="id"), distinct=True)
    return surviving(parts.t, found, "lead", "lead_id").distinct()


def _records(parts: Parts) -> ir.Table:
    """Records of the leads concerned, those merged into them too."""
    rec = surviving(parts.t, unbound("lead"), "lead", "id", "whole_")
    return rec.semi_join(parts.part("lead"), [("whole_", "lead_id")]).drop("whole_")


def _workdays(parts: Parts) -> ir.Table:
    """Rows of `ref_workday` of the days on which those leads came, were given to somebody and tried; a local day is at most one
    away from the clock's."""
    instants = (("lead_rec", "created_at"), ("lead_given", "assigned_at"), ("attempt_of_lead", "at"))
    at = ibis.union(*(parts.part(name)[column].name("at").as_table() for name, column in instants), distinct=True)
    days = ibis.union(*(at.select(day_=(utc_day(at["at"]) + away).cast("int32")) for away in (-1, 0, 1)), distinct=True)
    return parts.t.ref("workday").semi_join(days, [("day", "day_")])
