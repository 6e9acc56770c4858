"""Leads: people who came in, were assigned to an SDR, answered sooner or later (or never), and converted or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..sales.records import LEVELS
from .clock import DAY_SECONDS
from .deal_records import participant
from .deals import Deals
from .draw import Ints, below, chance, choose, counted, skewed, stream
from .market import Market
from .people import SDR, Days
from .tables import at_index, ids, null_unless, numbered, table, where, words
from .truths import Plant, intensity
from .words import COMPANY_FIRST, COMPANY_SECOND, FIRST, FREE_MAIL_DOMAINS, LAST, LEAD_SOURCES, TITLES

_A_DAY = 1.3  # leads a working day of a busy SDR


@dataclass(frozen=True)
class Leads:
    """One entry a lead, in order of arrival; -1 is none."""

    sdr: Ints  # who works on it
    created: Ints
    assigned: Ints
    answered: Ints  # first attempt, -1: never
    deal: Ints
    contact: Ints
    addresses: pa.Array
    tables: dict[str, pa.Table]

    def __len__(self) -> int:
        return len(self.sdr)


def make_leads(seed: int, plan: Plant, days: Days, market: Market, deals: Deals, rep_ids: pa.Array) -> Leads:
    """All leads: those that became sourced deals, and the others."""
    rng = stream(seed, "leads")
    sdr, created, deal = _arrivals(rng, plan, days, deals)
    n, end = len(sdr), days.until * DAY_SECONDS
    contact = np.where(deal >= 0, participant(market, deals, np.maximum(deal, 0), np.zeros(n, dtype=np.int64)), -1)
    converted = np.where(deal >= 0, deals.created[np.maximum(deal, 0)] - 5, -1)
    assigned = np.minimum(
        created + np.floor(rng.exponential(900, n)).astype(np.int64), np.where(deal >= 0, converted - 60, NEVER_AT)
    )
    unassigned = chance(rng, n, 0.03) & (deal < 0)
    assigned = np.where(unassigned | (assigned >= end), -1, assigned)
    wait = skewed(rng, np.full(n, 2400.0), 1.3).astype(np.int64)
    answered = days.working(sdr, assigned + wait, rng.random(n))
    answered = np.where(
        (assigned < 0) | (chance(rng, n, 0.1) & (deal < 0)),
        -1,
        np.where(deal >= 0, np.minimum(answered, converted - 30), answered),
    )
    answered = np.where(answered >= end, -1, answered)
    addresses, leads = _people(rng, market, sdr, created, assigned, converted, deal, deals, contact, rep_ids)
    return Leads(
        sdr,
        created,
        assigned,
        answered,
        deal,
        contact,
        addresses,
        {"lead": leads, "lead_assignment": _assignments(rng, days, sdr, assigned, answered, rep_ids)},
    )


NEVER_AT = 1 << 40


def _arrivals(rng: np.random.Generator, plan: Plant, days: Days, deals: Deals) -> tuple[Ints, Ints, Ints]:
    """(SDR, created at, deal or -1) in order of arrival: at any hour and day while the SDR is at work in that week."""
    sdrs = days.people.of(SDR)
    first, last = np.full(len(sdrs), days.first), np.full(len(sdrs), days.until)
    count = rng.poisson(days.count(sdrs, first, last) * _A_DAY * days.people.pace[sdrs]).astype(np.int64)
    owner, _ = counted(count)
    sdr = sdrs[owner]
    day = days.pick(sdr, first[owner], last[owner], rng.random(len(sdr)))
    kept = chance(rng, len(sdr), intensity(plan, days.people, sdr, day))
    sdr, day = sdr[kept], day[kept]
    created = day * DAY_SECONDS + rng.integers(0, DAY_SECONDS + DAY_SECONDS // 4, len(day))
    deal = np.flatnonzero((deals.sourced >= 0) & chance(rng, len(deals), 0.65)).astype(np.int64)
    before = deals.created[deal] - np.floor(rng.uniform(0.2, 25, len(deal)) * DAY_SECONDS).astype(np.int64)
    fine = before >= np.maximum(days.first, days.people.hired[deals.sourced[deal]] + 1) * DAY_SECONDS
    deal, before = deal[fine], before[fine]
    sdr, created = np.concatenate((sdr, deals.sourced[deal])), np.concatenate((created, before))
    deal = np.concatenate((np.full(len(day), -1, dtype=np.int64), deal))
    order = np.argsort(created, kind="stable")
    order = order[created[order] < days.until * DAY_SECONDS]
    return sdr[order], created[order], deal[order]


def _people(
    rng: np.random.Generator,
    market: Market,
    sdr: Ints,
    created: Ints,
    assigned: Ints,
    converted: Ints,
    deal: Ints,
    deals: Deals,
    contact: Ints,
    rep_ids: pa.Array,
) -> tuple[pa.Array, pa.Table]:
    n = len(sdr)
    first, last = (words(pool, rng.integers(0, len(pool), n)) for pool in (FIRST, LAST))
    company = pc.binary_join_element_wise(
        *(words(pool, rng.integers(0, len(pool), n)) for pool in (COMPANY_FIRST, COMPANY_SECOND)), ""
    )
    numbers = np.arange(1, n + 1, dtype=np.int64)
    own = pc.binary_join_element_wise(
        pc.binary_join_element_wise(pc.ascii_lower(first), pc.ascii_lower(last), "."),
        pc.binary_join_element_wise(pc.ascii_lower(company), "example", "."),
        "@",
    )
    own = pc.binary_join_element_wise("l", pa.array(numbers).cast(pa.string()), own, ".")
    free = pc.binary_join_element_wise(
        pc.binary_join_element_wise("paceline-simulation", ids("lead", numbers), "."),
        words(FREE_MAIL_DOMAINS, rng.integers(0, len(FREE_MAIL_DOMAINS), n)),
        "@",
    )
    address = pc.if_else(pa.array(chance(rng, n, 0.12)), free, own)
    address = pc.if_else(pa.array(contact >= 0), at_index(market.addresses, np.maximum(contact, 0)), address)
    title = rng.integers(0, len(TITLES), n)
    level = np.array([one for _, one in TITLES], dtype=np.int64)[title]
    lead_ids = numbered("lead", n)
    merged = np.where(chance(rng, n, 0.015) & (numbers > 1) & (deal < 0), numbers - 2, -1)
    account = np.where(deal >= 0, deals.account[np.maximum(deal, 0)], -1)
    opp = np.where(chance(rng, n, 0.92), deal, -1)
    return address, table(
        "lead",
        {
            "id": lead_ids,
            "name": pc.binary_join_element_wise(first, last, " "),
            "email": null_unless(address, ~chance(rng, n, 0.02)),
            "company": null_unless(company, ~chance(rng, n, 0.1)),
            "title": words(tuple(name for name, _ in TITLES), np.where(chance(rng, n, 0.2), -1, title)),
            "seniority": words(LEVELS, np.where(chance(rng, n, 0.3), level, -1)),
            "source": words(LEAD_SOURCES, np.where(chance(rng, n, 0.06), -1, choose(rng, n, (5, 2, 1, 1, 3, 1, 1)))),
            "owner_id": at_index(rep_ids, np.where(assigned >= 0, sdr, -1)),
            "created_at": created,
            "converted_at": where(converted, converted >= 0),
            "converted_account_id": ids("acct", account + 1 - (account < 0)),
            "converted_contact_id": ids("contact", contact + 1 - (contact < 0)),
            "converted_opportunity_id": ids("opp", opp + 1 - (opp < 0)),
            "merged_into_id": at_index(lead_ids, merged),
            "deleted": chance(rng, n, 0.005) & (merged < 0),
        },
    )


def _assignments(rng: np.random.Generator, days: Days, sdr: Ints, assigned: Ints, answered: Ints, rep_ids: pa.Array) -> pa.Table:
    """One row for who works on the lead; before it, for some, one for a colleague who had it for a while."""
    n = len(sdr)
    mates = days.people.of(SDR)
    mate = mates[below(rng, np.full(n, len(mates)))]
    lead = np.flatnonzero(assigned >= 0).astype(np.int64)
    handed = lead[
        (
            chance(rng, n, 0.06)
            & (mate != sdr)
            & (answered - assigned > 1200)
            & (days.people.hired[mate] * DAY_SECONDS < assigned)
            & (days.people.left[mate] * DAY_SECONDS > assigned)
        )[lead]
    ]
    rows = np.concatenate((handed, lead))
    who = np.concatenate((mate[handed], sdr[lead]))
    later = np.zeros(n, dtype=np.int64)
    later[handed] = 600
    at = np.concatenate((assigned[handed], (assigned + later)[lead]))
    order = np.lexsort((rows, at))
    kept = order[at[order] < days.until * DAY_SECONDS]
    return table(
        "lead_assignment",
        {
            "id": numbered("assign", len(kept)),
            "lead_id": ids("lead", rows[kept] + 1),
            "rep_id": at_index(rep_ids, who[kept]),
            "assigned_at": at[kept],
        },
    )
