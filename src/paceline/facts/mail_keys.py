"""Which mails, first mails, answers and threads a load concerns. Each is told with the instants between which it may matter."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts.days import DAY_SECONDS
from paceline.facts.parts import SINCE, Parts
from paceline.facts.shape import FIRST_MAIL
from paceline.warehouse.store import unbound

PAIR = ("rep_id", "person_id")


def mailed(rows: ir.Table) -> ir.Table:
    """The rows of mails among those of `touch_person`."""
    return rows.filter(rows.kind == "email")


# --- the first mail of a pair ---


def pairs_without_first(parts: Parts) -> ir.Table:
    """Columns rep_id, person_id, from_at: pairs whose first mail isn't there any more, and when it was."""
    first = parts.fact("first_mail")
    first = first.select(*PAIR, from_at="at", touch_id=ibis.literal("email:") + first.email_id)
    lost = first.semi_join(mailed(parts.part("gone_touch")), [*PAIR, "touch_id"])
    return lost.anti_join(parts.part("come_touch"), [*PAIR, "touch_id", ("from_at", "at")]).select(*PAIR, "from_at")


def pairs_mailed_first(parts: Parts) -> ir.Table:
    """Columns rep_id, person_id: those, and pairs that have a mail not after their first one now."""
    first = parts.fact("first_mail").select(*PAIR, first_at_="at")
    come = mailed(parts.part("come_touch")).select(*PAIR, "touch_id", "at")
    later = come.join(first, list(PAIR))
    won = come.anti_join(later.filter(later.first_at_ < later["at"]), [*PAIR, "touch_id"])
    return ibis.union(parts.part("lost_pair").select(*PAIR), won.select(*PAIR), distinct=True)


def first_candidates(parts: Parts, any_lost: bool) -> ir.Table:
    """Rows of `touch_person` among which the first mails of these pairs are: the one so far, if it is there still, and what came;
    else, where there is such a pair, whatever isn't before the one that is gone."""
    whole = parts.fact("touch_person")
    lost, pairs = parts.part("lost_pair"), parts.part("mailed_pair")
    later = ibis.union(whole.filter(whole["at"] >= SINCE), whole.filter(whole["at"].isnull()))  # an OR would be read whole
    anew = [mailed(later).semi_join(lost, list(PAIR))] if any_lost else []
    kept = pairs.anti_join(lost, list(PAIR))
    come = mailed(parts.part("come_touch")).semi_join(pairs, list(PAIR))
    first = parts.fact("first_mail").semi_join(kept, list(PAIR))
    gone = mailed(parts.part("gone_touch")).select(*PAIR, email_id=lambda row: row.touch_id.substr(len("email:")))
    first = first.anti_join(gone, [*PAIR, "email_id"])  # it came again, with something else that is true of it
    there = {column.name for column in FIRST_MAIL.columns} & set(whole.columns)
    as_touch = {"touch_id": ibis.literal("email:") + first.email_id, "kind": ibis.literal("email"),
                **{column: first[column] for column in there}}
    stored_ = first.select(**{column: as_touch.get(column, ibis.null(type_)) for column, type_ in whole.schema().items()})
    return ibis.union(*anew, come, stored_)


def first_otherwise(parts: Parts) -> ir.Table:
    """Columns rep_id, person_id, from_at: pairs whose first mail is another one, and the earlier of both instants."""
    rows = parts.differing("first_mail")
    return rows.group_by(*PAIR).aggregate(from_at=rows["at"].min())


# --- mails ---


def mails(parts: Parts) -> ir.Table:
    """Columns email_id, at: mails of the records concerned, now and before, and what pairs wrote whose first mail changed."""
    rows, first = parts.fact("mail"), parts.part("first_pair")
    theirs = rows.filter(rows["at"] >= SINCE).join(first, list(PAIR))
    theirs = theirs.filter(theirs["at"] >= theirs.from_at)
    return ibis.union(parts.part("email_rec").select(email_id="id", at="sent_at"),
                      parts.past("email", email_id="id", at="sent_at"), theirs.select("email_id", "at"), distinct=True)


def mail_records(parts: Parts) -> ir.Table:
    """The records of `mails`."""
    rec = parts.part("email_rec")
    others = parts.part("mail").anti_join(rec, [("email_id", "id")])
    return ibis.union(rec, unbound("email").semi_join(others, [("id", "email_id"), ("sent_at", "at")]))


# --- answers ---


def answered_otherwise(parts: Parts, reply_days: int) -> ir.Table:
    """Columns rep_id, person_id: pairs with another first mail, or with an answer that came or went in time for it."""
    first = parts.fact("first_mail").select(*PAIR, first_at_="at")
    said = _said(parts).join(first, list(PAIR))
    in_time = said.filter(said["at"] <= said.first_at_ + reply_days * DAY_SECONDS)
    return ibis.union(parts.part("first_pair").select(*PAIR), in_time.select(*PAIR), distinct=True)


def answers_of_pairs(parts: Parts) -> ir.Table:
    """Rows of `mail` of those pairs."""
    rows = parts.fact("mail")
    return rows.filter(rows["at"] >= SINCE).semi_join(parts.part("answered_pair"), list(PAIR))


def _said(parts: Parts) -> ir.Table:
    """Rows of `mail` of humans that came or went."""
    rows = ibis.union(parts.part("gone_mail"), parts.part("come_mail"))
    return rows.filter(rows.human)


# --- threads ---


def threads_mailed(parts: Parts) -> ir.Table:
    """Columns thread_id, from_at: threads in which reps wrote what is new, and since when."""
    rec, come = parts.part("email_rec"), mailed(parts.part("come_touch"))
    ids = come.select(come_=come.touch_id.substr(len("email:")))
    rows = rec.semi_join(ids, [("id", "come_")])
    return rows.filter(rows.thread_id.notnull()).group_by("thread_id").aggregate(from_at=lambda r: r.sent_at.min())


def threads(parts: Parts) -> ir.Table:
    """Column thread_id: threads of answers that came or went, of mails that are gone or were edited, and those in which somebody
    had written after what is new now. What is newest in its thread answers nothing and has no answer."""
    rec, email = parts.part("mail_rec"), unbound("email")
    gone = mailed(parts.part("gone_touch"))
    ids = ibis.union(_said(parts).select(id="email_id"), gone.select(id=gone.touch_id.substr(len("email:"))),
                     parts.past("email", "id"))
    new = parts.part("thread_mailed")
    later = email.filter(email.sent_at >= SINCE, email.direction == "inbound").select("thread_id", "sent_at")
    later = later.join(new, "thread_id")
    later = later.filter(later.sent_at > later.from_at)
    each = ibis.union(rec.semi_join(ids, "id").select("thread_id"), parts.past("email", "thread_id"), later.select("thread_id"),
                      distinct=True)
    return each.filter(each.thread_id.notnull())


def thread_records(parts: Parts) -> ir.Table:
    """The records of those threads, with nothing but who they are and when."""
    rec = unbound("email").semi_join(parts.part("thread"), "thread_id")
    kept = ("id", "thread_id", "sent_at")
    return rec.select(**{name: rec[name] if name in kept else ibis.null(type_) for name, type_ in rec.schema().items()})


def answers_in_threads(parts: Parts) -> ir.Table:
    """Rows of `mail`: what humans wrote in them."""
    answers = parts.fact("mail").filter(lambda m: m.human)
    return answers.semi_join(parts.part("thread_rec"), [("email_id", "id"), ("at", "sent_at")])


def touches_in_answered_threads(parts: Parts) -> ir.Table:
    """Rows of `touch_person` of the mails in those of the threads that have an answer."""
    mails_ = parts.part("thread_rec").select("thread_id", "id", "sent_at")
    answered = mails_.semi_join(parts.part("thread_mail"), [("id", "email_id")]).select("thread_id")
    touch = mails_.semi_join(answered, "thread_id")
    touch = touch.select(touch_id=ibis.literal("email:") + touch.id, at="sent_at")
    return parts.fact("touch_person").semi_join(touch, ["touch_id", "at"])
