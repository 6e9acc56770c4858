"""The company's slow-moving part: who is there, whom they sell to, what is being sold. Activity is made from it, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .deals import DEALT, Deals, Spells, make_deals, spells
from .draw import Bools, Floats, Ints, chance, counted, stream
from .leads import Leads, make_leads
from .market import Market, make_market
from .people import SDR, Days, People, hire
from .sizes import Size
from .tables import numbered, words
from .truths import Plant, intensity, plant
from .words import FIRST, LAST

OWN_DOMAIN = "haldenworks.example"
COMPANY = "Halden Works"
DEAL_AGE = 240  # days after which nobody works on a forgotten deal any more
FRESH = 10  # days in which also the AE who stops following up works on a new deal


@dataclass(frozen=True)
class World:
    """Everything but the activities. A *party* is a position in ``addresses``: contacts, then leads, then reps, then the
    mail daemon."""

    size: Size
    seed: int
    people: People
    days: Days
    plan: Plant
    market: Market
    deals: Deals
    leads: Leads
    spells: Spells
    rep_ids: pa.Array
    rep_names: pa.Array
    addresses: pa.Array
    reachable: Bools  # parties with an address

    @property
    def first_lead(self) -> int:
        """The first lead's party."""
        return len(self.market.contact_account)

    @property
    def first_rep(self) -> int:
        """The first rep's party."""
        return self.first_lead + len(self.leads)

    @property
    def daemon(self) -> int:
        """The mail daemon's party."""
        return self.first_rep + len(self.people)


@dataclass(frozen=True)
class Part:
    """A group of people over some days (``start <= day < end``): what activity is made of at a time. ``ahead``: the end for
    bookings."""

    low: int
    high: int
    start: int
    end: int
    ahead: int

    def of(self, person: Ints) -> Bools:
        """Which of these people are in the group."""
        return (person >= self.low) & (person < self.high)


def make_world(size: Size, seed: int, until: date) -> World:
    """The company of this size and seed up to ``until``."""
    people, days = hire(size, seed, until)
    plan = plant(seed, days)
    rep_ids = numbered("rep", len(people), 3 if len(people) < 1000 else 4)
    names, rep_addresses = _names(seed, len(people))
    market = make_market(seed, days)
    deals = make_deals(seed, plan, days, market)
    leads = make_leads(seed, plan, days, market, deals, rep_ids)
    addresses = pa.concat_arrays([market.addresses, leads.addresses, rep_addresses, pa.array([f"mailer-daemon@{OWN_DOMAIN}"])])
    reachable = np.concatenate((market.has_email, np.ones(len(leads) + len(people) + 1, dtype=np.bool_)))
    return World(size, seed, people, days, plan, market, deals, leads, spells(deals), rep_ids, names, addresses, reachable)


def _names(seed: int, n: int) -> tuple[pa.Array, pa.Array]:
    rng = stream(seed, "names")
    pairs = rng.permutation(len(FIRST) * len(LAST))[np.arange(n) % (len(FIRST) * len(LAST))].astype(np.int64)
    first, last = words(FIRST, pairs // len(LAST)), words(LAST, pairs % len(LAST))
    local = pc.binary_join_element_wise(pc.ascii_lower(first), pc.ascii_lower(last), ".")
    return pc.binary_join_element_wise(first, last, " "), pc.binary_join_element_wise(local, OWN_DOMAIN, "@")


def person_days(
    world: World, rng: np.random.Generator, part: Part, role: int, rate: float, end: int | None = None
) -> tuple[Ints, Ints]:
    """(person, day) of so many things a busy working day of everybody in the role, thinned by season, ramp and personal pace."""
    everyone = world.people.of(role)
    everyone = everyone[part.of(everyone)]
    first, last = np.full(len(everyone), part.start), np.full(len(everyone), end or part.end)
    expected = world.days.count(everyone, first, last) * rate * world.people.pace[everyone] * world.size.pace
    owner, _ = counted(rng.poisson(expected).astype(np.int64))
    person = everyone[owner]
    day = world.days.pick(person, first[owner], last[owner], rng.random(len(person)))
    kept = chance(rng, len(person), intensity(world.plan, world.people, person, day))
    return person[kept], day[kept]


def prospects(world: World, rng: np.random.Generator, person: Ints, day: Ints) -> Ints:
    """Someone (a contact) whom each AE or SDR approaches outside of deals: they work through their book over the months.

    A third of the book is in work at a time; an AE's prospects are where deals are rare.
    """
    gone = (day - world.days.first) / (world.days.until - world.days.first)
    place = 0.67 * np.clip(gone, 0.0, 1.0) + 0.329 * rng.random(len(person))
    sdr = world.people.role[person] == SDR
    account = np.zeros(len(person), dtype=np.int64)
    account[sdr] = world.market.account_of_sdr(person[sdr], place[sdr])
    account[~sdr] = world.market.account_of_ae(person[~sdr], DEALT + (1 - DEALT) * place[~sdr])
    return world.market.contact(account, rng.random(len(person)))


def deal_days(
    world: World, rng: np.random.Generator, part: Part, rates: Floats, end: int | None = None
) -> tuple[Ints, Ints, Ints]:
    """(deal, owner, day) of so many things a working day on each open deal, by segment; planted silence is kept."""
    own = world.spells
    rows = np.flatnonzero(part.of(own.person) & (own.start < (end or part.end)) & (own.end > part.start)).astype(np.int64)
    person, start = own.person[rows], np.maximum(own.start[rows], part.start)
    stop = np.minimum(np.minimum(own.end[rows], end or part.end), own.start[rows] + DEAL_AGE)
    expected = world.days.count(person, start, stop) * rates[world.deals.segment[own.deal[rows]]] * world.people.pace[person]
    owner, _ = counted(rng.poisson(expected * world.size.pace).astype(np.int64))
    person = person[owner]
    day = world.days.pick(person, start[owner], stop[owner], rng.random(len(owner)))
    factor = intensity(world.plan, world.people, person, day)
    old = day - own.start[rows][owner] >= FRESH
    factor = factor * np.where(old, world.plan.after(person, day, world.plan.follow_up, Plant.FOLLOW_UP), 1.0)
    kept = chance(rng, len(person), factor)
    return own.deal[rows][owner][kept], person[kept], day[kept]
