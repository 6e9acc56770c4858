"""Mail: threads with customers, sequences, leads' first answers, out-of-office replies, bounces, internal mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from .clock import DAY_SECONDS
from .deal_records import participant
from .draw import Bools, Floats, Ints, below, chance, choose, skewed
from .people import AE, MANAGER, SDR
from .truths import Plant
from .world import Part, World, deal_days, person_days, prospects

# What an inbound message is; the automatic ones differ in the header that gives them away.
HUMAN, AUTO_REPLIED, X_AUTOREPLY, X_AUTORESPOND, BULK, AUTO_REPLY, NULL_PATH, BOUNCE, CALENDAR = range(9)
_AUTOMATIC = (4.0, 1.0, 1.0, 1.0, 1.0, 1.0)

_DEAL_THREADS = np.array([0.26, 0.26, 0.26])  # a working day of an open deal, by segment
_STEPS = (0, 3, 7, 12, 18)  # days after its start on which a sequence writes


@dataclass(frozen=True)
class Mails:
    """Messages: whose mailbox, the other side (a party), when, thread number within the part, kind."""

    rep: Ints
    party: Ints
    at: Ints
    thread: Ints
    inbound: Bools
    automated: Bools
    kind: Ints

    def __len__(self) -> int:
        return len(self.rep)

    def take(self, rows: Bools | Ints) -> Mails:
        """The messages at these rows."""
        return Mails(*(getattr(self, field.name)[rows] for field in fields(self)))


def join(batches: Sequence[Mails]) -> Mails:
    """All messages of the batches, one after the other."""
    return Mails(*(np.concatenate([getattr(batch, field.name) for batch in batches]) for field in fields(Mails)))


def mails(rep: Ints, party: Ints, at: Ints, thread: Ints, inbound: bool, automated: bool = False, kind: int = HUMAN) -> Mails:
    """Messages that are all of one direction and kind."""
    n = len(rep)
    return Mails(rep, party, at, thread, np.full(n, inbound), np.full(n, automated), np.full(n, kind, dtype=np.int64))


def make_mails(world: World, rng: np.random.Generator, part: Part, calendar: Mails) -> Mails:
    """All mail of the part, with ``calendar`` answers to invitations (their threads: -1), in order of time and cut at the end."""
    batches: list[Mails] = []
    for made in (_on_deals, _prospecting, _sequences, _to_leads, _internal):
        shift = max((int(batch.thread.max(initial=-1)) for batch in batches), default=-1) + 1
        new = made(world, rng, part)
        batches.append(Mails(new.rep, new.party, new.at, new.thread + shift, new.inbound, new.automated, new.kind))
    batches += _automatic(world, rng, join(batches))
    calendar = Mails(
        calendar.rep,
        calendar.party,
        calendar.at,
        np.arange(len(calendar)) + 1 + max(int(b.thread.max(initial=-1)) for b in batches),
        calendar.inbound,
        calendar.automated,
        calendar.kind,
    )
    every = join([*batches, calendar])
    return _valid(world, every)


def _valid(world: World, every: Mails) -> Mails:
    """In order of time, without what can't be: no address, mailbox not connected, rep gone, after the end."""
    day = world.days.local_day(every.rep, every.at)
    kept = world.reachable[every.party] & (every.at < world.days.until * DAY_SECONDS)
    kept &= (day >= world.people.connected[every.rep, 1]) & (day < world.people.left[every.rep])
    every = every.take(kept)
    return every.take(np.lexsort((every.thread, every.rep, every.at)))


def reply_chance(world: World, rep: Ints, at: Ints, usual: float) -> Floats:
    """How likely a mail is answered: the usual rate, the rep's gift, and half of it for the SDR with the planted fall."""
    planted = world.plan.after(rep, at // DAY_SECONDS, world.plan.replies, Plant.REPLIES)
    return np.minimum(usual * world.people.reply[rep] * planted, 0.95)


def converse(world: World, rng: np.random.Generator, last: Mails, usual: float, rounds: int = 5) -> list[Mails]:
    """What follows these messages in their threads: answers, answers to answers, a reminder now and then."""
    out: list[Mails] = []
    for _ in range(rounds):
        last = _next(world, rng, last, usual)
        out.append(last)
    return out


def _next(world: World, rng: np.random.Generator, last: Mails, usual: float) -> Mails:
    """The next message of each thread that goes on: an answer of theirs, else one of the rep's (the planted silence keeps
    most back)."""
    n, day = len(last), last.at // DAY_SECONDS
    theirs = ~last.inbound & chance(rng, n, reply_chance(world, last.rep, last.at, usual))
    habit = np.where(last.inbound, 0.72, 0.12) * world.plan.after(last.rep, day, world.plan.follow_up, Plant.FOLLOW_UP)
    goes_on = theirs | chance(rng, n, habit)
    ours_after = np.where(last.inbound, skewed(rng, np.full(n, 7200.0), 1.0), rng.uniform(2, 5, n) * DAY_SECONDS)
    theirs_after = skewed(rng, np.full(n, 5.0 * 3600), 1.2)
    at = last.at + np.where(theirs, theirs_after, ours_after).astype(np.int64)
    at = np.maximum(np.where(theirs, at, world.days.working(last.rep, at, rng.random(n))), last.at + 60)
    plain = np.zeros(n, dtype=np.int64)
    return Mails(last.rep, last.party, at, last.thread, theirs, plain == 1, plain).take(goes_on)


def _threads(world: World, rng: np.random.Generator, rep: Ints, party: Ints, day: Ints, usual: float) -> Mails:
    """New threads begun by the rep on a day, with all that follows."""
    at = world.days.instant(rep, day, rng.random(len(rep)))
    first = mails(rep, party, at, np.arange(len(rep), dtype=np.int64), inbound=False)
    return join([first, *converse(world, rng, first, usual)])


def _on_deals(world: World, rng: np.random.Generator, part: Part) -> Mails:
    deal, person, day = deal_days(world, rng, part, _DEAL_THREADS)
    party = participant(world.market, world.deals, deal, below(rng, world.deals.contacts[deal]))
    return _threads(world, rng, person, party, day, 0.42)


def _prospecting(world: World, rng: np.random.Generator, part: Part) -> Mails:
    """First mails written by hand, to the AE's and the SDR's books."""
    ae, ae_day = person_days(world, rng, part, AE, 5.0)
    sdr, sdr_day = person_days(world, rng, part, SDR, 6.0)
    party = np.concatenate((prospects(world, rng, ae, ae_day), prospects(world, rng, sdr, sdr_day)))
    return _threads(world, rng, np.concatenate((ae, sdr)), party, np.concatenate((ae_day, sdr_day)), 0.12)


def _sequences(world: World, rng: np.random.Generator, part: Part) -> Mails:
    """Automated mails in five steps, which stop when the prospect answers."""
    rep, day = person_days(world, rng, part, SDR, 9.0)
    n = len(rep)
    party = prospects(world, rng, rep, day)
    part_of_day = rng.random(n)
    thread = np.arange(n, dtype=np.int64)
    alive = np.ones(n, dtype=np.bool_)
    out: list[Mails] = []
    for step in _STEPS:
        rows = np.flatnonzero(alive).astype(np.int64)
        at = world.days.instant(rep[rows], world.days.next(rep[rows], day[rows] + step), part_of_day[rows])
        sent = mails(rep[rows], party[rows], at, thread[rows], inbound=False, automated=True)
        answered = chance(rng, len(rows), reply_chance(world, rep[rows], at, 0.03))
        wait = skewed(rng, np.full(len(rows), 6.0 * 3600), 1.2).astype(np.int64)
        reply = mails(rep[rows], party[rows], at + 120 + wait, thread[rows], inbound=True).take(answered)
        out += [sent, reply, *converse(world, rng, reply, 0.42, rounds=3)]
        alive[rows[answered]] = False
        alive &= ~chance(rng, n, 0.04)
    return join(out)


def _to_leads(world: World, rng: np.random.Generator, part: Part) -> Mails:
    """The first answer to a lead (six in ten by mail) and its reminders."""
    leads = world.leads
    rows = np.flatnonzero(
        part.of(leads.sdr)
        & (leads.answered >= part.start * DAY_SECONDS)
        & (leads.answered < part.end * DAY_SECONDS)
        & by_mail(leads.answered)
    ).astype(np.int64)
    first = mails(
        leads.sdr[rows], world.first_lead + rows, leads.answered[rows], np.arange(len(rows), dtype=np.int64), inbound=False
    )
    return join([first, *converse(world, rng, first, 0.3)])


def by_mail(answered: Ints) -> Bools:
    """Whether a lead's first attempt is a mail (else a call), read from its second."""
    return answered % 10 < 6


def _internal(world: World, rng: np.random.Generator, part: Part) -> Mails:
    """Mail among colleagues."""
    rows = [person_days(world, rng, part, role, rate) for role, rate in ((AE, 1.5), (SDR, 1.0), (MANAGER, 4.0))]
    rep, day = (np.concatenate(column) for column in zip(*rows, strict=True))
    other = world.first_rep + below(rng, np.full(len(rep), len(world.people)))
    at = world.days.instant(rep, day, rng.random(len(rep)))
    every = mails(rep, other, at, np.arange(len(rep), dtype=np.int64), inbound=False)
    return Mails(every.rep, every.party, every.at, every.thread, chance(rng, len(rep), 0.5), every.automated, every.kind)


def _automatic(world: World, rng: np.random.Generator, every: Mails) -> list[Mails]:
    """Out-of-office replies and bounces to mail sent out."""
    out = every.take(~every.inbound & (every.party < world.first_rep))
    away = out.take(chance(rng, len(out), 0.018))
    absent = Mails(
        away.rep,
        away.party,
        away.at + 20 + below(rng, np.full(len(away), 200)),
        away.thread,
        np.ones(len(away), dtype=np.bool_),
        np.zeros(len(away), dtype=np.bool_),
        1 + choose(rng, len(away), _AUTOMATIC),
    )
    lost = out.take(chance(rng, len(out), 0.009))
    return [absent, mails(lost.rep, np.full(len(lost), world.daemon), lost.at + 3, lost.thread, inbound=True, kind=BOUNCE)]
