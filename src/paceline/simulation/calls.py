"""Calls: to deals' contacts, prospects and leads, with dispositions, lengths, and who spoke when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .clock import DAY_SECONDS
from .deal_records import participant
from .draw import Bools, Floats, Ints, below, chance, choose, counted, skewed
from .mails import by_mail
from .people import AE, SDR
from .tables import at_index, ids, null_unless, table, where, words
from .world import Part, World, deal_days, person_days, prospects

_DISPOSITIONS = ("connected", "no answer", "voicemail", "gatekeeper", "wrong number", "busy")
_CONNECTED, _VOICEMAIL, _GATEKEEPER = 0, 2, 3
_DEAL_CALLS = np.array([0.13, 0.12, 0.1])
_SECONDS = np.array([420.0, 12.0, 35.0, 55.0, 25.0, 6.0])  # median lengths by disposition


@dataclass(frozen=True)
class Calls:
    """Calls of a part: who, with which party, when, outcome (an index into the dispositions), length."""

    rep: Ints
    party: Ints
    at: Ints
    outcome: Ints
    seconds: Ints
    inbound: Bools

    def __len__(self) -> int:
        return len(self.rep)


def make_calls(world: World, rng: np.random.Generator, part: Part) -> Calls:
    """All calls of the part, in order of time."""
    deal, owner, deal_day = deal_days(world, rng, part, _DEAL_CALLS)
    warm = participant(world.market, world.deals, deal, below(rng, world.deals.contacts[deal]))
    ae, ae_day = person_days(world, rng, part, AE, 3.0)
    sdr, sdr_day = person_days(world, rng, part, SDR, 18.0)
    cold = np.concatenate((prospects(world, rng, ae, ae_day), prospects(world, rng, sdr, sdr_day)))
    lead, lead_at = _lead_calls(world, rng, part)
    rep = np.concatenate((owner, ae, sdr))
    at = world.days.instant(rep, np.concatenate((deal_day, ae_day, sdr_day)), rng.random(len(rep)))
    odds = np.repeat([0.4, 0.08, 0.2], [len(owner), len(cold), len(lead)])
    rep = np.concatenate((rep, world.leads.sdr[lead]))
    return _valid(world, rng, rep, np.concatenate((warm, cold, world.first_lead + lead)), np.concatenate((at, lead_at)), odds)


def _lead_calls(world: World, rng: np.random.Generator, part: Part) -> tuple[Ints, Ints]:
    """(lead, when): the first attempt where it is a call, and up to three more in the days after any first attempt."""
    leads = world.leads
    rows = np.flatnonzero(
        part.of(leads.sdr) & (leads.answered >= part.start * DAY_SECONDS) & (leads.answered < part.end * DAY_SECONDS)
    ).astype(np.int64)
    first = rows[~by_mail(leads.answered[rows])]
    owner, rank = counted(rng.integers(0, 4, len(rows)))
    more = rows[owner]
    later = world.days.working(leads.sdr[more], leads.answered[more] + (rank + 1) * 2 * DAY_SECONDS + 3000, rng.random(len(more)))
    return np.concatenate((first, more)), np.concatenate((leads.answered[first], later))


def _valid(world: World, rng: np.random.Generator, rep: Ints, party: Ints, at: Ints, odds: Floats) -> Calls:
    day = world.days.local_day(rep, at)
    kept = (at < world.days.until * DAY_SECONDS) & (day >= world.people.connected[rep, 3]) & (day < world.people.left[rep])
    order = np.flatnonzero(kept)[np.lexsort((party[kept], rep[kept], at[kept]))]
    rep, party, at, odds = rep[order], party[order], at[order], odds[order]
    answered = chance(rng, len(rep), odds)
    outcome = np.where(answered, _CONNECTED, 1 + choose(rng, len(rep), (0.52, 0.28, 0.09, 0.05, 0.06)))
    seconds = np.maximum(skewed(rng, _SECONDS[outcome], 0.6), 1).astype(np.int64)
    return Calls(rep, party, at, outcome, seconds, chance(rng, len(rep), 0.03))


def call_tables(world: World, rng: np.random.Generator, calls: Calls, first: int, first_turn: int) -> dict[str, pa.Table]:
    """The tables ``call`` and ``call_turn``; the numbers tell from where to count ids on."""
    n = len(calls)
    call_ids = ids("call", np.arange(first + 1, first + n + 1, dtype=np.int64), 8)
    is_lead = calls.party >= world.first_lead
    link = choose(rng, n, (0.9, 0.05, 0.03, 0.02))  # by record, by address, by company alone, not at all
    contact = np.where(~is_lead & (link == 0), calls.party + 1, -1)
    lead = np.where(is_lead & (link != 1), calls.party - world.first_lead + 1, -1)
    account = np.where(
        ~is_lead & (link == 2), world.market.contact_account[np.minimum(calls.party, world.first_lead - 1)] + 1, -1
    )
    recorded = _recorded(world, rng, calls)
    call = table(
        "call",
        {
            "id": call_ids,
            "rep_id": at_index(world.rep_ids, calls.rep),
            "started_at": calls.at,
            "direction": words(("outbound", "inbound"), calls.inbound.astype(np.int64)),
            "disposition": words(_DISPOSITIONS, np.where(chance(rng, n, 0.12), -1, calls.outcome)),
            "seconds": where(calls.seconds, ~chance(rng, n, 0.02)),
            "contact_id": ids("contact", contact),
            "lead_id": ids("lead", lead),
            "address": null_unless(at_index(world.addresses, calls.party), (link == 1) & world.reachable[calls.party]),
            "account_id": ids("acct", account),
            "vendor_talk_ratio": where(
                np.clip(world.people.talk[calls.rep] + rng.normal(0, 0.06, n), 0.02, 0.98).round(3),
                recorded & chance(rng, n, 0.3),
            ),
        },
    )
    return {"call": call, "call_turn": _turns(world, rng, calls, np.flatnonzero(recorded).astype(np.int64), call_ids, first_turn)}


def _recorded(world: World, rng: np.random.Generator, calls: Calls) -> Bools:
    """Answered calls of a minute or so and more, of reps with a recorder, as many as the size keeps."""
    since = world.people.connected[calls.rep, 4]
    answered = (calls.outcome == _CONNECTED) & (calls.seconds >= 40)
    return np.asarray(
        answered & (world.days.local_day(calls.rep, calls.at) >= since) & chance(rng, len(calls), world.size.recorded)
    )


def _turns(world: World, rng: np.random.Generator, calls: Calls, rows: Ints, call_ids: pa.Array, first: int) -> pa.Table:
    """Speech of both sides in turn: the rep's share and pauses follow habit; some overlaps, some holds, some short "mhm"s
    within."""
    call, rank = counted(np.clip(calls.seconds[rows] // 11, 3, 160))
    n, rep = len(call), calls.rep[rows][call]
    ours = (rank + rows[call]) % 2 == 0
    share = world.people.talk[rep]
    length = np.maximum(rng.exponential(1.0, n) * np.where(ours, share, 1 - share) * 19_000, 350)
    pause = np.where(ours, skewed(rng, world.people.patience[rep] * 1000, 0.5), skewed(rng, np.full(n, 500.0), 0.6))
    pause = np.where(
        chance(rng, n, 0.08), -rng.uniform(50, 500, n), np.where(chance(rng, n, 0.004), rng.uniform(11_000, 60_000, n), pause)
    )
    start, end = _within_call(call, rank, length, pause)
    fits = end <= calls.seconds[rows][call] * 1000
    mumbled = np.flatnonzero(fits & (length > 4000) & chance(rng, n, 0.07)).astype(np.int64)
    kept = np.flatnonzero(fits).astype(np.int64)
    middle = start[mumbled] + 1500
    every = np.concatenate((kept, mumbled))
    starts, ends = np.concatenate((start[kept], middle)), np.concatenate((end[kept], middle + 400))
    speaks = np.concatenate((ours[kept], ~ours[mumbled]))
    order = np.lexsort((ends, starts, call[every]))
    every, speaks = every[order], speaks[order]
    who = rep[every]
    return table(
        "call_turn",
        {
            "id": ids("turn", np.arange(first + 1, first + len(every) + 1, dtype=np.int64), 9),
            "call_id": at_index(call_ids, rows[call[every]]),
            "speaker": pc.if_else(pa.array(speaks), at_index(world.rep_names, who), pa.scalar("Customer")),
            "rep_id": at_index(world.rep_ids, np.where(speaks, who, -1)),
            "start_ms": starts[order],
            "end_ms": ends[order],
        },
    )


def _within_call(call: Ints, rank: Ints, length: Floats, pause: Floats) -> tuple[Ints, Ints]:
    """(start, end) in milliseconds of turns that follow each other after their pauses; the first starts at 0."""
    step = length + np.where(rank == 0, 0.0, pause)
    run = np.cumsum(step)
    before = np.where(rank == 0, run - step, 0.0)
    base = np.maximum.accumulate(before) if len(call) else before
    end = np.maximum(run - base, 100)
    start = np.maximum(end - length, 0)
    return np.floor(start).astype(np.int64), np.floor(end).astype(np.int64) + 1
