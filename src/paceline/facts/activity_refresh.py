"""Facts of people and activities brought up to date where a load concerns them: a step a fact, in build order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import ibis
import ibis.expr.types as ir

from paceline.facts import activity_keys as keys
from paceline.facts import build, touches
from paceline.facts.merged import surviving
from paceline.facts.parts import Keys, Parts
from paceline.facts.people import normalised
from paceline.facts.schema import FOREVER
from paceline.warehouse.store import unbound

LARGE = 0.3  # when more than this share of the touches is concerned, a whole build is cheaper
# What no part is told by: where one of these changed, all is built anew.
BLOCKERS = frozenset({"rec_rep", "rec_stage", "ref_survivor", "ref_zone_offset"})
# Lists few beside activities: they are redone whole, and told by comparing them which people are seen otherwise.
PEOPLE = frozenset({"contact", "lead", "account", "account_domain"})
ADDRESSED = frozenset({"email", "email_recipient", "call", "meeting_attendee"})
ACTIVITIES = frozenset({"email", "email_recipient", "call", "call_turn", "meeting", "meeting_attendee"})
CONCERNING = PEOPLE | ACTIVITIES | {"opportunity", "opportunity_change", "opportunity_contact", "line_item", "lead_assignment"}

_ON_TOUCH, _ON_MEETING = ("touch", ("touch_id",)), ("meeting_id", ("meeting_id",))
_PAIR = ("rep_id", "person_id")


class ActivityRefresh:
    """One refresh of the activity facts. Before it, `parts` has ``ids`` and ``account``: the opportunities concerned, theirs."""

    def __init__(self, parts: Parts, changes: Collection[str]) -> None:
        self.parts, self.t = parts, parts.t
        self.addresses = not ADDRESSED.isdisjoint(changes)
        self.people = self.addresses or not PEOPLE.isdisjoint(changes)
        self.untouched = {
            *(() if "contact" in changes else ("contact_key",)), *(() if self.addresses else ("address",)),
            *(() if self.people else ("person_key", "person")),
            *(() if {"contact", "lead"} & set(changes) else ("lead_key",))}
        self.whole = False  # so much is concerned that from here on all is built anew
        self.steps: Mapping[str, Callable[[], None]] = {
            "contact_key": lambda: self._anew("contact_key"), "address": self._address,
            "person_key": lambda: self._anew("person_key"), "person": self._person, "ownership": self._ownership,
            "guest": self._guest, "meeting": self._meeting, "booking": self._booking, "call": self._call,
            "touch_person": self._touch_person, "touch": self._touch, "first_mail": self._first_mail, "mail": self._mail,
            "outreach": self._outreach, "reply": self._reply, "touch_opportunity": self._touch_opportunity,
            "opportunity_person": self._opportunity_person, "lead_key": self._lead_key, "lead": self._lead}

    def redo(self, name: str) -> str | None:
        """Bring one fact up to date: `part` or `whole`, or None where nothing of it can have changed."""
        if name in self.untouched:
            if name == "person":
                self._same_people()
            return None
        if self.whole:
            self._anew(name)
        else:
            self.steps[name]()
        return "whole" if self.whole or name in ("contact_key", "person_key", "lead_key") else "part"

    def _same_people(self) -> None:
        nobody = self.parts.fact("person").filter(ibis.literal(False))
        self.parts.make("person_was", nobody)
        self.parts.make("person_changed", nobody.select("address", "person_id"))
        self.parts.make("seen", nobody.select("address"))

    def _anew(self, name: str) -> None:
        build.create(self.parts.engine, self.t, name)

    # --- people ---

    def _address(self) -> None:
        self.parts.make("address", keys.met(self.parts))
        self.parts.put("address", keys.met_now(self.parts), ("address", ("address",)))

    def _person(self) -> None:
        parts, stored = self.parts, self.parts.fact("person")
        new = parts.make("person_new", build.expression("person", self.t))
        was = parts.make("person_was", ibis.difference(stored, new))
        now = parts.make("person_now", ibis.difference(new, stored))
        changed = ibis.union(was.select("address", "person_id"), now.select("address", "person_id"), distinct=True)
        parts.make("person_changed", changed)
        parts.engine.delete_matching("fact_person", "part_person_changed", ("address",))
        parts.engine.insert("fact_person", now)
        parts.make("seen", keys.seen_otherwise(parts))

    def _ownership(self) -> None:
        parts = self.parts
        ids = parts.part("ids")
        parts.make("span", parts.fact("span").semi_join(ids, "opportunity_id"))
        parts.redo("ownership", {"fact_span": "span"}, ("ids", ("opportunity_id",)))
        parts.make("stretch", parts.differing("ownership"))

    # --- meetings and calls ---

    def _guest(self) -> None:
        parts = self.parts
        ids = parts.make("meeting", keys.meetings(parts))
        parts.make("meeting_id", ids.rename(meeting_id="id"))
        parts.make("attendee", unbound("meeting_attendee").semi_join(parts.part("meeting_id"), "meeting_id"))
        parts.redo("guest", {"rec_meeting_attendee": "attendee"}, _ON_MEETING)

    def _booking(self) -> None:
        parts = self.parts
        parts.make("meeting_rec", unbound("meeting").semi_join(parts.part("meeting"), "id"))
        parts.redo("booking", {"rec_meeting": "meeting_rec", "fact_guest": "new_guest"}, _ON_MEETING)

    def _meeting(self) -> None:
        """What is first depends on all meetings with an account: those of the accounts concerned are all redone."""
        parts, stored = self.parts, self.parts.fact("meeting")
        own = stored.semi_join(parts.part("meeting"), [("meeting_id", "id")]).select("account_id")
        guests = ibis.union(parts.part("new_guest").select("account_id"), parts.part("account").select("account_id"))
        accounts = parts.make("met_account", ibis.union(own, guests, distinct=True))
        theirs = stored.semi_join(accounts, "account_id").select("meeting_id")
        parts.make("meeting_with", ibis.union(theirs, parts.part("meeting_id"), distinct=True))
        on = ("meeting_with", ("meeting_id",))
        parts.make("attendee_with", unbound("meeting_attendee").semi_join(parts.part("meeting_with"), "meeting_id"))
        parts.make("meeting_rec_with", unbound("meeting").semi_join(parts.part("meeting_with"), [("id", "meeting_id")]))
        parts.make("guest_with", parts.rows_of("guest", *on))
        for fact in ("span", "life"):
            parts.make(f"{fact}_with", parts.rows_of(fact, "met_account", ("account_id",)))
        parts.redo("meeting", {
            "rec_meeting": "meeting_rec_with", "rec_meeting_attendee": "attendee_with", "fact_guest": "guest_with",
            "fact_span": "span_with", "fact_life": "life_with"}, on)

    def _call(self) -> None:
        parts = self.parts
        ids = parts.make("call", keys.calls(parts))
        parts.make("call_id", ids.rename(call_id="id"))
        parts.make("call_rec", unbound("call").semi_join(ids, "id"))
        parts.make("turn", unbound("call_turn").semi_join(parts.part("call_id"), "call_id"))
        parts.redo("call", {"rec_call": "call_rec", "rec_call_turn": "turn"}, ("call_id", ("call_id",)))

    # --- touches ---

    def _touch_person(self) -> None:
        parts = self.parts
        parts.make("email", keys.emails(parts))
        parts.make("partaking", keys.partakings(parts))
        touched = parts.make("touch", keys.touches(parts))
        stored = parts.fact("touch_person")
        count = parts.engine.query(stored.aggregate(n=stored.count()))["n"][0].as_py()
        if parts.count("touch") > LARGE * count:
            self.whole = True
            self._anew("touch_person")
            return
        for kind in ("email", "call", "meeting"):
            of_kind = touched.filter(touched.touch_id.startswith(f"{kind}:"))
            parts.make(f"{kind}_touched", of_kind.select(id=of_kind.touch_id.substr(len(kind) + 1)))
        parts.make("email_rec", unbound("email").semi_join(parts.part("email_touched"), "id"))
        parts.make("recipient", unbound("email_recipient").semi_join(parts.part("email_touched"), [("email_id", "id")]))
        for kind, fact in (("call", "call"), ("meeting", "meeting"), ("meeting", "guest")):
            rows = parts.fact(fact).semi_join(parts.part(f"{kind}_touched"), [(f"{kind}_id", "id")])
            parts.make(f"{fact}_touched_rows", rows)
        fresh = parts.make("reached", parts.swapped(touches.reached(self.t), {
            "rec_email": "email_rec", "rec_email_recipient": "recipient", "fact_call": "call_touched_rows",
            "fact_meeting": "meeting_touched_rows", "fact_guest": "guest_touched_rows"}))
        known, others = self._in_context("touch_person", fresh, ("rep_id", "account_id"), ("touch_id", "rep_id", "account_id"))
        parts.put("touch_person", touches.with_new_account(self.t, known).filter(known.touch_id.notnull()), _ON_TOUCH, others)

    def _in_context(self, name: str, fresh: ir.Table, within: tuple[str, ...], key: tuple[str, ...]) -> tuple[ir.Table, Keys]:
        """Fresh rows, and what a flag that looks back over the days ``within`` a pair needs beside them: the pair's other rows
        from the first changed day on, which may have to change too, and its last day before, as a row without touch_id."""
        parts = self.parts
        stored = parts.fact(name)
        gone = stored.semi_join(parts.part("touch"), "touch_id")
        changed = ibis.union(gone.select(*within, "day"), fresh.select(*within, "day"))
        changed = changed.filter(*(changed[column].notnull() for column in within))
        first = parts.make(f"{name}_first", changed.group_by(*within).aggregate(first_=changed.day.fill_null(FOREVER).min()))
        rest = stored.anti_join(parts.part("touch"), "touch_id").join(first, list(within))
        later = rest.filter((rest.day >= rest.first_) | rest.day.isnull())
        parts.make(f"{name}_later", later.select(*fresh.columns))
        before = rest.filter(rest.day < rest.first_)
        last = before.group_by(*within).aggregate(day=before.day.max())
        schema = fresh.schema()
        last = last.select(**{c: last[c] if c in last.columns else ibis.null(schema[c]) for c in fresh.columns})
        known = parts.make(f"{name}_known", ibis.union(fresh, parts.part(f"{name}_later"), last.cast(schema)))
        return known, (f"{name}_later", key)

    def _touch(self) -> None:
        swaps = {"fact_touch_person": "touched_rows", "fact_call": "call_touched_rows"}
        self.parts.make("touched_rows", self.parts.rows_of("touch_person", *_ON_TOUCH))
        self.parts.redo("touch", swaps, _ON_TOUCH)

    # --- mail ---

    def _first_mail(self) -> None:
        parts = self.parts
        both = ibis.union(*(parts.part(name).filter(lambda r: r.kind == "email").select(*_PAIR)
                            for name in ("old_touch_person", "touched_rows")), distinct=True)
        parts.make("mailed_pair", both)
        parts.make("mailed_rows", parts.rows_of("touch_person", "mailed_pair", _PAIR).filter(lambda r: r.kind == "email"))
        parts.redo("first_mail", {"fact_touch_person": "mailed_rows"}, ("mailed_pair", _PAIR))
        parts.make("first_pair", parts.differing("first_mail").select(*_PAIR).distinct())

    def _mail(self) -> None:
        parts = self.parts
        from_them = parts.rows_of("mail", "first_pair", _PAIR).select("email_id")
        ids = (parts.part(name).select(email_id="id") for name in ("email", "email_touched"))
        parts.make("mail", ibis.union(*ids, from_them, distinct=True))
        parts.make("mail_rec", unbound("email").semi_join(parts.part("mail"), [("id", "email_id")]))
        touch = parts.part("mail").select(touch_id=ibis.literal("email:") + parts.part("mail").email_id)
        parts.make("mail_touched", parts.fact("touch_person").semi_join(touch, "touch_id"))
        parts.redo("mail", {"rec_email": "mail_rec", "fact_touch_person": "mail_touched"}, ("mail", ("email_id",)))

    def _outreach(self) -> None:
        parts = self.parts
        answers = (parts.part(name).filter(lambda r: r.human).select(*_PAIR) for name in ("old_mail", "new_mail"))
        parts.make("answered_pair", ibis.union(parts.part("first_pair"), *answers, distinct=True))
        for fact in ("first_mail", "mail"):
            parts.make(f"{fact}_answered", parts.rows_of(fact, "answered_pair", _PAIR))
        parts.redo("outreach", {"fact_first_mail": "first_mail_answered", "fact_mail": "mail_answered"}, ("answered_pair", _PAIR))

    def _reply(self) -> None:
        parts = self.parts
        threads = ibis.union(parts.part("mail_rec").select("thread_id"), parts.versions("email", "thread_id"), distinct=True)
        parts.make("thread", threads)
        mails = parts.make("thread_rec", unbound("email").semi_join(threads, "thread_id"))
        parts.make("thread_mail", parts.fact("mail").semi_join(mails, [("email_id", "id")]))
        touch = mails.select(touch_id=ibis.literal("email:") + mails.id)
        parts.make("thread_touched", parts.fact("touch_person").semi_join(touch, "touch_id"))
        parts.redo("reply", {"rec_email": "thread_rec", "fact_mail": "thread_mail", "fact_touch_person": "thread_touched"},
                   ("thread", ("thread_id",)))

    # --- opportunities that were open then ---

    def _touch_opportunity(self) -> None:
        parts = self.parts
        fresh = parts.make("matched", parts.swapped(touches.matched(self.t), {"fact_touch_person": "touched_rows"}))
        within = ("opportunity_id", "rep_id", "owned_from_at")
        known, others = self._in_context("touch_opportunity", fresh, within, ("touch_id", "rep_id", "opportunity_id"))
        rows = touches.with_gaps(known.mutate(owned=known.owned.fill_null(True)))
        parts.put("touch_opportunity", rows.filter(rows.touch_id.notnull()), _ON_TOUCH, others)

    def _opportunity_person(self) -> None:
        parts = self.parts
        pairs = (parts.part(name).select("person_id") for name in ("old_touch_person", "touched_rows", "partaking"))
        parts.make("engaged", ibis.union(*pairs, distinct=True))
        on = ("engaged", ("person_id",))
        parts.make("engaged_rows", parts.rows_of("touch_person", *on))
        parts.redo("opportunity_person", {"fact_touch_person": "engaged_rows"}, on)

    # --- leads ---

    def _lead_key(self) -> None:
        was, new = self.parts.fact("lead_key"), self.parts.make("lead_key_new", build.expression("lead_key", self.t))
        self.parts.make("lead_key_was", ibis.difference(was, new))
        self._anew("lead_key")

    def _lead(self) -> None:
        parts = self.parts
        if "lead_key_was" not in parts.made:
            parts.make("lead_key_was", parts.fact("lead_key").filter(ibis.literal(False)))
        parts.make("lead_hit", keys.lead_hits(parts))
        ids = parts.make("lead", keys.leads(parts))
        key = parts.make("lead_key", parts.fact("lead_key").semi_join(ids, "lead_id"))
        rec = surviving(self.t, unbound("lead"), "lead", "id", "whole_").semi_join(ids, [("whole_", "lead_id")])
        parts.make("lead_rec", rec.drop("whole_"))
        to, call = unbound("email_recipient"), unbound("call")
        address = normalised(to.address)
        to = parts.make("lead_to", to.mutate(key_=address).semi_join(key, [("key_", "lead_key_")]).drop("key_"))
        parts.make("lead_mail", unbound("email").semi_join(to, [("id", "email_id")]))
        tried = call.mutate(k1_=ibis.literal("contact:") + call.contact_id, k2_=ibis.literal("lead:") + call.lead_id,
                            k3_=normalised(call.address))
        hits = ibis.union(*(tried.semi_join(key, [(name, "lead_key_")]).select("id") for name in ("k1_", "k2_", "k3_")))
        parts.make("lead_call", call.semi_join(hits, "id"))
        parts.redo("lead", {"rec_lead": "lead_rec", "rec_email_recipient": "lead_to", "rec_email": "lead_mail",
                            "rec_call": "lead_call", "fact_lead_key": "lead_key"}, ("lead", ("lead_id",)))
