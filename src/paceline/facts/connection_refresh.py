"""Whether a load can have moved the first record of anybody's data: mostly it can't, and then nothing older is read."""

from __future__ import annotations

from functools import partial

import ibis
import ibis.expr.types as ir

from paceline.facts.parts import Parts
from paceline.facts.stints import first_seen
from paceline.warehouse.store import unbound

# Records that tell of a kind of data by themselves; activities' parts are there already.
_OWN = ("opportunity", "opportunity_change", "lead", "lead_assignment")
_NOW = {"rec_email": "email_rec", "rec_call": "call_rec", "rec_call_turn": "turn", "rec_meeting": "meeting_rec",
        "rec_meeting_attendee": "attendee", **{f"rec_{record}": f"seen_{record}" for record in _OWN}}
_WAS = tuple(stored_as.removeprefix("rec_") for stored_as in _NOW)


def may_have_moved(parts: Parts) -> bool:
    """Whether a changed record is earlier than the first one of its rep and kind, or was itself, before it changed, the first.

    The parts of the activities concerned must have been made.
    """
    for record in _OWN:
        parts.make(f"seen_{record}", partial(_changed, parts, record))
    for record in _WAS:
        parts.make(f"was_{record}", partial(_was, parts, record))
    parts.make("seen_moved", lambda: _moved(parts))
    return parts.count("seen_moved") > 0


def _changed(parts: Parts, record: str) -> ir.Table:
    return unbound(record).semi_join(parts.changed(record), "id")


def _was(parts: Parts, record: str) -> ir.Table:
    """Of a call and its turns, or a meeting and those on it, either may be what it was while the other one changed."""
    past = parts.past(record, *unbound(record).columns)
    return past if record in (*_OWN, "email") else ibis.union(past, parts.part(_NOW[f"rec_{record}"]))


def _moved(parts: Parts) -> ir.Table:
    """Columns rep_id, kind: what may begin on another day now."""
    before = {f"rec_{record}": f"was_{record}" for record in _WAS}
    known = parts.fact("connection")
    known = known.select("stated", rep_="rep_id", kind_="kind", since_="from_day")
    come = parts.swapped(first_seen(parts.t), _NOW).left_join(known, [("rep_id", "rep_"), ("kind", "kind_")])
    come = come.filter(come.rep_.isnull() | (~come.stated & (come.from_day < come.since_)))
    gone = parts.swapped(first_seen(parts.t), before).join(known, [("rep_id", "rep_"), ("kind", "kind_")])
    gone = gone.filter(~gone.stated & (gone.from_day <= gone.since_))
    return ibis.union(come.select("rep_id", "kind"), gone.select("rep_id", "kind"), distinct=True)
