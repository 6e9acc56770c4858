"""Facts of people and activities brought up to date where a load concerns them: a step a fact, in build order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial

import ibis
import ibis.expr.types as ir

from paceline.facts import activity_keys as keys
from paceline.facts import build, lead_refresh, mail_keys, touches
from paceline.facts import people_refresh as people
from paceline.facts.days import DAY_SECONDS
from paceline.facts.parts import Make, Parts
from paceline.warehouse.store import unbound

LARGE = 0.3  # when more than this share of the touches is concerned, a whole build is cheaper
# What no part is told by: where one of these changed, all is built anew.
BLOCKERS = frozenset({"rec_rep", "rec_stage", "ref_survivor", "ref_zone_offset"})
# By which people may be seen otherwise.
PEOPLE = frozenset({"contact", "lead", "account", "account_domain"})
ADDRESSED = frozenset({"email", "email_recipient", "call", "meeting_attendee"})
ACTIVITIES = frozenset({"email", "email_recipient", "call", "call_turn", "meeting", "meeting_attendee"})
CONCERNING = PEOPLE | ACTIVITIES | {"opportunity", "opportunity_change", "opportunity_contact", "line_item", "lead_assignment"}

_ON_MEETING = ("meeting_id", ("meeting_id",))
# What is known of those whom the touches concerned reached, in place of what is known of all.
_WHOM = {"fact_person": "whom", "fact_address": "spelt", "fact_ownership": "owned"}
_PAIR = mail_keys.PAIR
# Rows of known instants are found without reading the whole history; what has no instant, by its id alone.
_ON_TOUCH = (("touch", ("touch_id", "at")), ("touch_undated", ("touch_id",)))
_ON_MAIL = (("mail", ("email_id", "at")), ("mail_undated", ("email_id",)))


class ActivityRefresh:
    """One refresh of the activity facts. Before it, `parts` has ``ids`` and ``account``: the opportunities concerned, theirs."""

    def __init__(self, parts: Parts, changes: Collection[str]) -> None:
        self.parts, self.t = parts, parts.t
        self.addresses = not ADDRESSED.isdisjoint(changes)
        self.contacts = "contact" in changes
        self.people = self.addresses or not PEOPLE.isdisjoint(changes)  # until it turns out that nobody is concerned
        self.untouched = set() if self.addresses else {"address"}
        self.whole = False  # so much is concerned that from here on all is built anew
        self.steps: Mapping[str, Callable[[], None]] = {
            "address": self._address, "contact_key": lambda: people.redo_contact_key(parts),
            "person_key": lambda: people.redo_person_key(parts), "person": self._person, "ownership": self._ownership,
            "guest": self._guest, "meeting": self._meeting, "booking": self._booking, "call": self._call,
            "touch_person": self._touch_person, "touch": self._touch, "first_mail": self._first_mail, "mail": self._mail,
            "outreach": self._outreach, "reply": self._reply, "touch_opportunity": self._touch_opportunity,
            "opportunity_person": self._opportunity_person, "lead_key": lambda: people.redo_lead_key(parts),
            "attempt": lambda: lead_refresh.redo_attempt(parts), "lead": lambda: lead_refresh.redo_lead(parts)}

    def redo(self, name: str) -> str | None:
        """Bring one fact up to date: `part` or `whole`, or None where nothing of it can have changed."""
        if name == "contact_key":
            self._find_people()
        if name in self.untouched:
            if name == "person":
                self._same_people()
            return None
        if self.whole:
            self._anew(name)
        else:
            self.steps[name]()
        return "whole" if self.whole else "part"

    # --- people ---

    def _find_people(self) -> None:
        if self.people:
            self.people = people.put_people_aside(self.parts, self.addresses) > 0
        if not self.people:
            self.untouched |= {"contact_key", "person_key", "person", "lead_key"}
        elif not self.contacts:
            self.untouched.add("contact_key")

    def _same_people(self) -> None:
        parts = self.parts

        def nobody() -> ir.Table:
            return parts.fact("person").filter(ibis.literal(False))

        parts.make("person_was", nobody, "nobody")
        parts.make("person_changed", lambda: nobody().select("address", "person_id"), "nobody")
        parts.make("seen", lambda: nobody().select("address"), "nobody")
        parts.make("seen_as", lambda: keys.seen_as(parts))

    def _anew(self, name: str) -> None:
        with self.parts.engine.many_small_steps(False):
            build.create(self.parts.queries, name)

    def _address(self) -> None:
        parts = self.parts
        parts.make("address", lambda: keys.met(parts))
        parts.put("address", lambda: keys.met_now(parts), ("address", ("written",)))

    def _person(self) -> None:
        parts = self.parts
        people.redo_person(parts)
        parts.make("person_changed", lambda: ibis.union(
            *(parts.part(name).select("address", "person_id") for name in ("person_was", "person_now")), distinct=True))
        parts.make("seen", lambda: keys.seen_otherwise(parts))
        parts.make("seen_as", lambda: keys.seen_as(parts))

    def _ownership(self) -> None:
        parts = self.parts
        parts.make("span", lambda: parts.rows_of("span", "ids", ("opportunity_id",)))
        parts.redo("ownership", {"fact_span": "span"}, ("ids", ("opportunity_id",)))
        for age, rows in (("gone", parts.gone), ("come", parts.come)):
            parts.make(f"ownership_{age}", partial(rows, "ownership"))
        parts.make("stretch", lambda: keys.stretches(parts))

    # --- meetings and calls ---

    def _guest(self) -> None:
        parts = self.parts
        parts.make("meeting", lambda: keys.meetings(parts))
        parts.make("meeting_id", lambda: parts.part("meeting").rename(meeting_id="id"))
        parts.make("attendee", lambda: unbound("meeting_attendee").semi_join(parts.part("meeting_id"), "meeting_id"))
        parts.make("attendee_person", lambda: keys.people_invited(parts))
        parts.redo("guest", {"rec_meeting_attendee": "attendee", "fact_person": "attendee_person"}, _ON_MEETING)

    def _booking(self) -> None:
        parts = self.parts
        parts.make("meeting_rec", lambda: unbound("meeting").semi_join(parts.part("meeting"), "id"))
        parts.redo("booking", {"rec_meeting": "meeting_rec", "fact_guest": "new_guest"}, _ON_MEETING)

    def _meeting(self) -> None:
        """What is first depends on all meetings with an account: those of the accounts concerned are all redone."""
        parts = self.parts
        parts.make("met_account", lambda: ibis.union(
            parts.fact("meeting").semi_join(parts.part("meeting"), [("meeting_id", "id")]).select("account_id"),
            parts.part("new_guest").select("account_id"), parts.part("account").select("account_id"), distinct=True))
        parts.make("meeting_with", lambda: ibis.union(
            parts.rows_of("meeting", "met_account", ("account_id",)).select("meeting_id"), parts.part("meeting_id"),
            distinct=True))
        on = ("meeting_with", ("meeting_id",))
        parts.make("attendee_with", lambda: unbound("meeting_attendee").semi_join(parts.part("meeting_with"), "meeting_id"))
        parts.make("meeting_rec_with", lambda: unbound("meeting").semi_join(
            parts.part("meeting_with"), [("id", "meeting_id")]))
        parts.make("guest_with", lambda: parts.rows_of("guest", *on))
        parts.make("span_with", lambda: parts.rows_of("span", "met_account", ("account_id",)))
        parts.make("life_with", lambda: parts.rows_of("life", "met_account", ("account_id",)))
        parts.redo("meeting", {
            "rec_meeting": "meeting_rec_with", "rec_meeting_attendee": "attendee_with", "fact_guest": "guest_with",
            "fact_person": "attendee_person", "fact_span": "span_with", "fact_life": "life_with"}, on)

    def _call(self) -> None:
        parts = self.parts
        parts.make("call", lambda: keys.calls(parts))
        parts.make("call_id", lambda: parts.part("call").rename(call_id="id"))
        parts.make("call_rec", lambda: unbound("call").semi_join(parts.part("call"), "id"))
        parts.make("turn", lambda: unbound("call_turn").semi_join(parts.part("call_id"), "call_id"))
        parts.make("call_person", lambda: keys.people_called(parts))
        parts.redo("call", {"rec_call": "call_rec", "rec_call_turn": "turn", "fact_person": "call_person"},
                   ("call_id", ("call_id",)))

    # --- touches ---

    def _touch_person(self) -> None:
        parts = self.parts
        self._find_touches()
        if parts.count("touch") > LARGE * parts.count_fact("touch_person"):
            self.whole = True
            self._anew("touch_person")
            return
        parts.make("email_touched", lambda: parts.part("email_rec").select("id"))
        parts.make("recipient", lambda: unbound("email_recipient").semi_join(
            parts.part("email_touched"), [("email_id", "id")]))
        for kind, fact in (("call", "call"), ("meeting", "meeting"), ("meeting", "guest")):
            parts.make(f"{fact}_touched_rows", partial(keys.rows_drawn, parts, kind, fact))
        self._find_whom()
        parts.make("reached", lambda: parts.swapped(touches.reached(self.t), {
            "rec_email": "email_rec", "rec_email_recipient": "recipient", "fact_call": "call_touched_rows",
            "fact_meeting": "meeting_touched_rows", "fact_guest": "guest_touched_rows", **_WHOM}))

        def rows() -> ir.Table:
            known = parts.part("touch_person_known")
            return touches.with_new_account(self.t, known).filter(known.touch_id.notnull())

        self._put_in_context("touch_person", "reached", ("rep_id", "account_id"), ("touch_id", "rep_id", "account_id", "at"),
                             rows, back=self.t.settings.thresholds.new_account_days)
        parts.make("touched_rows", lambda: parts.part("new_touch_person").semi_join(parts.part("touch_at"), "touch_id"))
        parts.make("gone_touch", lambda: parts.gone("touch_person"))
        parts.make("come_touch", lambda: parts.come("touch_person"))

    def _find_whom(self) -> None:
        """Under what keys the people of these touches are known, and what was open with them or their accounts since."""
        parts = self.parts
        parts.make("spelt", lambda: keys.addresses_written(parts))
        parts.make("met_person", lambda: keys.people_met(parts))
        parts.make("whom", lambda: parts.rows_of("person", "met_person", ("person_id",)))
        parts.make("theirs", lambda: keys.opportunities_of_people(parts))
        parts.make("owned", lambda: keys.owned_since(parts), since=parts.earliest("touch_at", "at"))

    def _find_touches(self) -> None:
        parts = self.parts
        parts.make("email", lambda: keys.emails(parts))
        parts.make("partaking", lambda: keys.partakings(parts))
        parts.make("held", lambda: keys.held(parts))
        parts.make("drawing", lambda: keys.drawing(parts))
        parts.make("drawn_in", lambda: keys.drawn_in(parts), since=parts.earliest("drawing"))
        for kind in ("email", "call", "meeting"):
            parts.make(f"drawn_{kind}", partial(keys.drawn, parts, kind))
        parts.make("email_rec", lambda: keys.email_records(parts))
        parts.make("touch_at", lambda: keys.touches(parts))
        self._dated("touch", "touch_at")

    def _dated(self, name: str, of: str) -> None:
        """Parts ``name`` and ``<name>_undated``: keys with and without an instant."""
        parts = self.parts
        parts.make(name, lambda: parts.part(of).filter(lambda key: key["at"].notnull()))
        parts.make(f"{name}_undated", lambda: parts.part(of).filter(lambda key: key["at"].isnull()))

    def _put_in_context(self, name: str, fresh: str, within: tuple[str, ...], key: tuple[str, ...], rows: Make,
                        back: int | None = None) -> None:
        """Put rows with a flag that looks back over the days ``within`` a pair (``back``: so many at most).

        ``rows`` makes them from the part ``<fact>_known``: the fresh ones, the pair's others from the first changed day on, which
        may have to change too, and its last day before, as a row without touch_id.
        """
        parts = self.parts
        parts.make(f"{name}_gone", lambda: ibis.union(*(parts.rows_of(name, *key) for key in _ON_TOUCH)))
        parts.make(f"{name}_first", lambda: keys.first_changed_days(parts, name, fresh, within))
        first = parts.earliest(f"{name}_first", "first_") - 2  # the local day begins before or after the day of the clock
        ago = parts.earliest(f"{name}_first", "owned_from_at") if back is None else (first - back) * DAY_SECONDS
        parts.make(f"{name}_later", lambda: keys.later_rows(parts, name, within), since=first * DAY_SECONDS)
        parts.make(f"{name}_before", lambda: keys.last_days_before(parts, name, within, back), since=ago)
        parts.make(f"{name}_known", lambda: keys.in_context(parts, name, fresh))
        parts.put(name, rows, *_ON_TOUCH, (f"{name}_later", key),
                  old=lambda: ibis.union(parts.part(f"{name}_gone"), parts.part(f"{name}_later")))

    def _touch(self) -> None:
        self.parts.redo("touch", {"fact_touch_person": "touched_rows", "fact_call": "call_touched_rows"}, *_ON_TOUCH)

    # --- mail ---

    def _first_mail(self) -> None:
        parts = self.parts
        parts.make("lost_pair", lambda: mail_keys.pairs_without_first(parts))
        parts.make("mailed_pair", lambda: mail_keys.pairs_mailed_first(parts))
        lost = parts.count("lost_pair") > 0
        parts.make("mailed_rows", lambda: mail_keys.first_candidates(parts, lost), str(lost), parts.earliest("lost_pair"))
        parts.redo("first_mail", {"fact_touch_person": "mailed_rows"}, ("mailed_pair", _PAIR))
        parts.make("first_pair", lambda: mail_keys.first_otherwise(parts))

    def _mail(self) -> None:
        parts = self.parts
        parts.make("mail_at", lambda: mail_keys.mails(parts), since=parts.earliest("first_pair"))
        self._dated("mail", "mail_at")
        parts.make("mail_rec", lambda: mail_keys.mail_records(parts))
        parts.make("writer_spelt", lambda: keys.addresses_of_writers(parts))
        parts.make("writer", lambda: parts.rows_of("person", "writer_spelt", ("address",)))
        parts.redo("mail", {"rec_email": "mail_rec", "fact_touch_person": "touched_rows", "fact_address": "writer_spelt",
                            "fact_person": "writer"}, *_ON_MAIL)
        parts.make("gone_mail", lambda: parts.gone("mail"))
        parts.make("come_mail", lambda: parts.come("mail"))

    def _outreach(self) -> None:
        parts = self.parts
        parts.make("answered_pair", lambda: mail_keys.answered_otherwise(parts, self.t.settings.thresholds.reply_days))
        parts.make("first_mail_answered", lambda: parts.rows_of("first_mail", "answered_pair", _PAIR))
        parts.make("mail_answered", lambda: mail_keys.answers_of_pairs(parts), since=parts.earliest("first_mail_answered", "at"))
        parts.redo("outreach", {"fact_first_mail": "first_mail_answered", "fact_mail": "mail_answered"}, ("answered_pair", _PAIR))

    def _reply(self) -> None:
        parts = self.parts
        parts.make("thread_mailed", lambda: mail_keys.threads_mailed(parts))
        parts.make("thread", lambda: mail_keys.threads(parts), since=parts.earliest("thread_mailed"))
        parts.make("thread_rec", lambda: mail_keys.thread_records(parts))
        parts.make("thread_mail", lambda: mail_keys.answers_in_threads(parts))
        parts.make("thread_touched", lambda: mail_keys.touches_in_answered_threads(parts))
        parts.redo("reply", {"rec_email": "thread_rec", "fact_mail": "thread_mail", "fact_touch_person": "thread_touched"},
                   ("thread", ("thread_id",)))

    # --- opportunities that were open then ---

    def _touch_opportunity(self) -> None:
        parts = self.parts
        parts.make("matched", lambda: parts.swapped(touches.matched(self.t), {"fact_touch_person": "touched_rows", **_WHOM}))

        def rows() -> ir.Table:
            known = parts.part("touch_opportunity_known")
            gaps = touches.with_gaps(known.mutate(owned=known.owned.fill_null(True)))
            return gaps.filter(gaps.touch_id.notnull())

        self._put_in_context("touch_opportunity", "matched", ("opportunity_id", "rep_id", "owned_from_at"),
                             ("touch_id", "rep_id", "opportunity_id", "at"), rows)

    def _opportunity_person(self) -> None:
        parts = self.parts
        parts.make("come_own", lambda: parts.part("come_touch").semi_join(parts.part("touch_at"), "touch_id"))
        parts.make("come_engaged", lambda: parts.swapped(touches.engaged(self.t), {"fact_touch_person": "come_own", **_WHOM}))
        parts.make("engaged", lambda: keys.engaged_otherwise(parts))
        parts.make("engaging", lambda: keys.engaging(parts))
        parts.make("engaged_rows", lambda: keys.engaged_rows(parts), since=parts.earliest("engaging"))
        parts.make("partaker", lambda: keys.partakers(parts))
        parts.make("partaker_person", lambda: keys.people_partaking(parts))
        parts.make("engaging_span", lambda: parts.rows_of("ownership", "engaged", ("opportunity_id",)))
        parts.redo("opportunity_person", {
            "fact_touch_person": "engaged_rows", "rec_opportunity_contact": "partaker", "fact_person": "partaker_person",
            "fact_ownership": "engaging_span"}, ("engaged", ("person_id", "opportunity_id")))
