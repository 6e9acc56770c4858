"""Mail with people outside: what was sent, what humans answered, and whether a first mail was replied to."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts.days import DAY_SECONDS, with_local_day
from paceline.facts.people import external_people
from paceline.facts.shape import FIRST_MAIL, shaped, stored
from paceline.facts.tables import Tables


def human(email: ir.Table) -> ir.BooleanValue:
    """Whether a person wrote an inbound message: no header or mark says that a machine did (a missing header says nothing)."""
    submitted, precedence, path = (_word(email[name]) for name in ("auto_submitted", "precedence", "return_path"))
    machine = [
        submitted.notnull() & (submitted != "no"),
        _word(email.x_autoreply).notnull(),
        _word(email.x_autorespond).notnull(),
        precedence.isin(["bulk", "auto_reply"]),
        path == "<>",
        email.calendar_reply,
        email.bounce,
    ]
    written = email.direction == "inbound"
    for sign in machine:
        written = written & ~sign.fill_null(False)
    return written


def _word(header: ir.StringColumn) -> ir.StringColumn:
    return header.strip().lower().nullif("")


def mail(t: Tables) -> ir.Table:
    """A row for each external message sent, and each one received from a human outside.

    Refresh key: email_id; `engaged` by (rep_id, person_id). Reads email; `touch_person`, `person`.
    """
    return ibis.union(shaped(_sent(t), "mail"), shaped(_received(t), "mail"))


def _outbound(t: Tables) -> ir.Table:
    """Mails sent and the people they went to: `touch_person` with the message's id."""
    reached = t.fact("touch_person").filter(lambda r: r.kind == "email")
    return reached.mutate(email_id=reached.touch_id.substr(len("email:")))


def _sent(t: Tables) -> ir.Table:
    """One row a mail, with the account of most of its people; of equal ones the smallest id."""
    by_account = (
        _outbound(t).group_by("email_id", "rep_id", "day", "at", "automated", "account_id").aggregate(people_=lambda r: r.count())
    )
    known = by_account.account_id.notnull().ifelse(by_account.people_, 0)  # no account is chosen only where none is known
    order = ibis.window(group_by="email_id", order_by=[known.desc(), by_account.account_id.asc()])
    ranked = by_account.mutate(nth_=ibis.row_number().over(order))
    return ranked.filter(ranked.nth_ == 0).mutate(
        direction=ibis.literal("outbound"), human=ibis.literal(False), engaged=ibis.literal(False), person_id=ibis.null("string")
    )


def _answers(t: Tables) -> ir.Table:
    """Human inbound mails from external people: email_id, thread_id, rep_id, at, automated, person_id, account_id."""
    email, people = t.rec("email"), external_people(t).select("written_", "person_id", "account_id")
    inbound = email.filter(human(email))
    known = inbound.join(people, inbound.from_address == people.written_)
    return known.select(
        "thread_id", "rep_id", "person_id", "account_id", email_id="id", at="sent_at", automated=known.automated.fill_null(False)
    )


def first_mail(t: Tables) -> ir.Table:
    """The working table `first_mail`: a rep's first mail to a person; of several at that instant the one with the smallest id."""
    sent = _outbound(t)
    order = ibis.window(group_by=["rep_id", "person_id"], order_by=["at", "account_id", "email_id"])
    ranked = sent.mutate(nth_=ibis.row_number().over(order))
    return ranked.filter(ranked.nth_ == 0)


def _first_mailed(t: Tables) -> ir.Table:
    """When a rep first mailed a person: mailing_rep_, mailed_person_, first_at_."""
    return stored(t, FIRST_MAIL).select(mailing_rep_="rep_id", mailed_person_="person_id", first_at_="at")


def _received(t: Tables) -> ir.Table:
    answers, first = _answers(t), _first_mailed(t)
    joined = answers.left_join(first, [answers.rep_id == first.mailing_rep_, answers.person_id == first.mailed_person_])
    joined = joined.mutate(
        direction=ibis.literal("inbound"), human=ibis.literal(True), engaged=(joined.first_at_ < joined["at"]).fill_null(False)
    )
    return with_local_day(joined, t)


def outreach(t: Tables) -> ir.Table:
    """A row for each rep and person mailed: the first mail ever, and whether a human answer came within `reply_days`.

    Refresh key: (rep_id, person_id). Reads `touch_person`, `mail`; `stint`, `zone_offset`.
    """
    mailed = stored(t, FIRST_MAIL)
    limit = t.settings.thresholds.reply_days * DAY_SECONDS
    answer = t.fact("mail").filter(lambda m: m.human).select(by_="person_id", to_="rep_id", answered_at_="at")
    answered = mailed.join(
        answer,
        [
            mailed.rep_id == answer.to_,
            mailed.person_id == answer.by_,
            answer.answered_at_ > mailed["at"],
            answer.answered_at_ <= mailed["at"] + limit,
        ],
    )
    answered = answered.group_by(answered_rep_="rep_id", answering_="person_id").aggregate(reply_at=answered.answered_at_.min())
    joined = mailed.left_join(answered, [mailed.rep_id == answered.answered_rep_, mailed.person_id == answered.answering_])
    joined = with_local_day(joined.mutate(ends_at_=joined["at"] + limit), t, "ends_at_", name="last_day_")
    # The last second that counts lies within last_day_: only the day after is free of replies that count.
    return shaped(joined.mutate(replied=joined.reply_at.notnull(), matures_day=joined.last_day_ + 1), "outreach")


def reply(t: Tables) -> ir.Table:
    """A row for each thread, rep and person mailed in it: the first human answer after the first mail.

    Refresh key: (thread_id, rep_id). Reads email; `touch_person`, `mail`.
    """
    email = t.rec("email")
    threads = email.filter(email.thread_id.notnull()).select("thread_id", threaded_="id")
    received = t.fact("mail").filter(lambda m: m.human)
    answers = received.join(threads, received.email_id == threads.threaded_)
    sent = _outbound(t).select("rep_id", "person_id", "at", "email_id")
    sent = sent.join(threads.semi_join(answers, "thread_id"), sent.email_id == threads.threaded_)
    first = sent.group_by(in_="thread_id", of_="rep_id", to_="person_id").aggregate(mailed_at_=sent["at"].min())
    after = answers.join(
        first,
        [
            answers.thread_id == first.in_,
            answers.rep_id == first.of_,
            answers.person_id == first.to_,
            answers["at"] > first.mailed_at_,
        ],
    )
    order = ibis.window(group_by=["thread_id", "rep_id", "person_id"], order_by=["at", "email_id"])
    ranked = after.mutate(nth_=ibis.row_number().over(order))
    return shaped(ranked.filter(ranked.nth_ == 0), "reply")
