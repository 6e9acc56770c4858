"""Whom the company sells to: accounts in AEs' and SDRs' books, and the people who work there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..sales.records import LEVELS
from .clock import DAY_SECONDS
from .draw import Bools, Floats, Ints, below, chance, choose, counted, stream
from .people import AE, SDR, SEGMENTS, TERRITORIES, Days
from .tables import at_index, ids, null_unless, numbered, table, where, words
from .words import COMPANY_FIRST, COMPANY_LAST, COMPANY_SECOND, FIRST, FREE_MAIL_DOMAINS, INDUSTRIES, LAST, TITLES

TYPES = ("prospect", "customer", "partner", "former customer")
TIERS = ("target", "A", "B", "C")
BOOK = 200  # accounts in an AE's book


@dataclass(frozen=True)
class Market:
    """Accounts (sorted by AE) and contacts (sorted by account), and the Arrow pools of their ids and addresses."""

    ae: Ints  # the AE in whose book an account is
    sdr: Ints
    account_start: Ints  # per person: first account of the AE's book
    account_count: Ints
    sdr_order: Ints  # accounts by SDR
    sdr_start: Ints
    sdr_count: Ints
    contact_start: Ints  # per account
    contact_count: Ints
    contact_account: Ints
    has_email: Bools
    level: Ints
    account_ids: pa.Array
    contact_ids: pa.Array
    addresses: pa.Array
    tables: dict[str, pa.Table]

    def contact(self, account: Ints, where_: Floats) -> Ints:
        """A contact of each account, by part 0 to 1 of them."""
        return self.contact_start[account] + np.floor(where_ * self.contact_count[account]).astype(np.int64)

    def account_of_ae(self, person: Ints, part: Floats) -> Ints:
        """An account of each AE's book."""
        return self.account_start[person] + np.floor(part * self.account_count[person]).astype(np.int64)

    def account_of_sdr(self, person: Ints, part: Floats) -> Ints:
        """An account that each SDR prospects."""
        return self.sdr_order[self.sdr_start[person] + np.floor(part * self.sdr_count[person]).astype(np.int64)]


def make_market(seed: int, days: Days) -> Market:
    """Accounts and contacts for everybody's book."""
    rng, people = stream(seed, "market"), days.people
    book = np.where(people.role == AE, BOOK, 0).astype(np.int64)
    ae, _ = counted(book)
    n = len(ae)
    sdr = _sdrs(rng, days, ae)
    order = np.lexsort((rng.random(n), sdr)).astype(np.int64)
    sdr_count = np.bincount(sdr, minlength=len(people)).astype(np.int64)
    segment = np.where(chance(rng, n, 0.93), people.segment[ae], choose(rng, n, (0.4, 0.4, 0.2)))
    contacts = (2 + rng.poisson(np.array([1.5, 3.5, 6.5])[segment])).astype(np.int64)
    contact_account, _ = counted(contacts)
    names, domains = _companies(rng, n)
    account_ids = numbered("acct", n)
    created = days.first * DAY_SECONDS - rng.integers(0, 900 * DAY_SECONDS, n)
    merged = _merged(rng, ae)
    accounts = table(
        "account",
        {
            "id": account_ids,
            "name": names,
            "domain": null_unless(domains, ~chance(rng, n, 0.02)),
            "type": words(TYPES, np.where(chance(rng, n, 0.03), -1, choose(rng, n, (0.6, 0.28, 0.05, 0.07)))),
            "tier": words(TIERS, np.where(chance(rng, n, 0.08), -1, choose(rng, n, (0.12, 0.2, 0.4, 0.28)))),
            "industry": words(INDUSTRIES, np.where(chance(rng, n, 0.05), -1, choose(rng, n, (1.0,) * len(INDUSTRIES)))),
            "segment": words(SEGMENTS, segment),
            "territory": words(TERRITORIES, people.territory[ae]),
            "employees": where(
                np.floor(np.array([30, 400, 5000])[segment] * np.exp(rng.normal(0, 0.7, n))).astype(np.int64) + 1,
                ~chance(rng, n, 0.1),
            ),
            "parent_id": at_index(account_ids, np.where(chance(rng, n, 0.03), below(rng, np.arange(n)), -1)),
            "created_at": created,
            "merged_into_id": at_index(account_ids, merged),
            "deleted": chance(rng, n, 0.004) & (merged < 0),
        },
    )
    people_table, has_email, level, addresses, contact_ids = _contacts(rng, contact_account, domains, created, days)
    starts = np.cumsum(contacts) - contacts
    return Market(
        ae,
        sdr,
        np.cumsum(book) - book,
        book,
        order,
        np.cumsum(sdr_count) - sdr_count,
        sdr_count,
        starts,
        contacts,
        contact_account,
        has_email,
        level,
        account_ids,
        contact_ids,
        addresses,
        {"account": accounts, "account_domain": _more_domains(rng, account_ids, domains), "contact": people_table},
    )


def _sdrs(rng: np.random.Generator, days: Days, ae: Ints) -> Ints:
    """An SDR of the AE's team for each account (of any team where it has none)."""
    people = days.people
    chosen = np.zeros(len(ae), dtype=np.int64)
    everyone = people.of(SDR)
    for team in np.unique(people.team):
        mates = everyone[people.team[everyone] == team]
        rows = np.flatnonzero(people.team[ae] == team)
        pool = mates if len(mates) else everyone
        chosen[rows] = pool[rng.integers(0, len(pool), len(rows))]
    return chosen


def _companies(rng: np.random.Generator, n: int) -> tuple[pa.Array, pa.Array]:
    """Names and domains, all different: word pairs in random order, numbered once they run out."""
    pairs = len(COMPANY_FIRST) * len(COMPANY_SECOND)
    order = np.concatenate([rng.permutation(pairs) for _ in range(n // pairs + 1)])[:n].astype(np.int64)
    stem = pc.binary_join_element_wise(
        words(COMPANY_FIRST, order // len(COMPANY_SECOND)), words(COMPANY_SECOND, order % len(COMPANY_SECOND)), ""
    )
    round_ = np.arange(n, dtype=np.int64) // pairs
    extra = pc.if_else(pa.array(round_ > 0), pa.array(round_ + 1).cast(pa.string()), pa.array([""] * n, pa.string()))
    name = pc.binary_join_element_wise(stem, words(COMPANY_LAST, rng.integers(0, len(COMPANY_LAST), n)), " ")
    return name, pc.binary_join_element_wise(pc.binary_join_element_wise(pc.utf8_lower(stem), extra, ""), "example", ".")


def _merged(rng: np.random.Generator, ae: Ints) -> Ints:
    """A few accounts are duplicates of an earlier one of the same book, some of which were merged themselves; -1: not merged."""
    n = len(ae)
    target = np.arange(n, dtype=np.int64) - 1 - rng.integers(0, 3, n)
    valid = chance(rng, n, 0.02) & (target >= 0) & (ae[np.maximum(target, 0)] == ae)
    return np.where(valid, target, -1)


def _more_domains(rng: np.random.Generator, account_ids: pa.Array, domains: pa.Array) -> pa.Table:
    rows = np.flatnonzero(chance(rng, len(account_ids), 0.06)).astype(np.int64)
    return table(
        "account_domain",
        {
            "id": numbered("domain", len(rows)),
            "account_id": at_index(account_ids, rows),
            "domain": pc.binary_join_element_wise("mail", at_index(domains, rows), "."),
        },
    )


def _contacts(
    rng: np.random.Generator, account: Ints, domains: pa.Array, created: Ints, days: Days
) -> tuple[pa.Table, Bools, Ints, pa.Array, pa.Array]:
    n = len(account)
    first, last = (words(pool, rng.integers(0, len(pool), n)) for pool in (FIRST, LAST))
    numbers = np.arange(1, n + 1, dtype=np.int64)
    own = pc.binary_join_element_wise(pc.ascii_lower(first), pc.ascii_lower(last), pa.array(numbers).cast(pa.string()), ".")
    # Local parts at real free-mail providers can't belong to anybody: they name our record.
    free = pc.binary_join_element_wise("paceline-simulation", ids("contact", numbers), ".")
    is_free = chance(rng, n, 0.03)
    local = pc.if_else(pa.array(is_free), free, own)
    domain = pc.if_else(
        pa.array(is_free), words(FREE_MAIL_DOMAINS, rng.integers(0, len(FREE_MAIL_DOMAINS), n)), at_index(domains, account)
    )
    addresses = pc.binary_join_element_wise(local, domain, "@")
    # Some work at two accounts: the same address again, under another one.
    addresses = at_index(addresses, np.where(chance(rng, n, 0.008), below(rng, numbers), numbers - 1))
    title = rng.integers(0, len(TITLES), n)
    level = np.array([level for _, level in TITLES], dtype=np.int64)[title]
    has_email = ~chance(rng, n, 0.03)
    contact_ids = numbered("contact", n)
    merged = _twins(rng, account)
    at = created[account] + rng.integers(0, 200 * DAY_SECONDS, n)
    rows = table(
        "contact",
        {
            "id": contact_ids,
            "account_id": ids("acct", account + 1),
            "name": pc.binary_join_element_wise(first, last, " "),
            "email": null_unless(addresses, has_email),
            "title": words(tuple(name for name, _ in TITLES), np.where(chance(rng, n, 0.12), -1, title)),
            "seniority": words(LEVELS, np.where(chance(rng, n, 0.5), level, -1)),
            "created_at": np.minimum(at, days.until * DAY_SECONDS - 1),
            "merged_into_id": at_index(contact_ids, merged),
            "deleted": chance(rng, n, 0.004) & (merged < 0),
        },
    )
    return rows, has_email, level, addresses, contact_ids


def _twins(rng: np.random.Generator, account: Ints) -> Ints:
    """Some contacts are duplicates of the one before at the same account; -1: not merged."""
    before = np.arange(len(account), dtype=np.int64) - 1
    same = (before >= 0) & (account[np.maximum(before, 0)] == account)
    return np.where(chance(rng, len(account), 0.015) & same, before, -1)
