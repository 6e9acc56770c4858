"""The records of deals: opportunities, their changes, contacts, splits and line items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..sales.records import BUYING_ROLES
from .clock import DAY_SECONDS
from .deals import OPEN_STAGES, WON, Deals
from .draw import Bools, Floats, Ints, below, chance, choose, counted, stream
from .market import Market
from .people import AE, CURRENCIES, Days
from .tables import at_index, day_text, ids, null_unless, numbered, table, where, words
from .truths import Plant
from .words import LEAD_SOURCES, NEXT_STEPS

STAGES = (
    ("stage-1", "Prospecting", 0.05, "open"),
    ("stage-2", "Qualified", 0.15, "open"),
    ("stage-3", "Discovery", 0.3, "open"),
    ("stage-4", "Proposal", 0.5, "open"),
    ("stage-5", "Negotiation", 0.75, "open"),
    ("stage-6", "Closed won", 1.0, "won"),
    ("stage-7", "Closed lost", 0.0, "lost"),
)
PRODUCTS = (
    ("Starter plan", "Platform", 120_000),
    ("Team plan", "Platform", 480_000),
    ("Enterprise plan", "Platform", 1_800_000),
    ("Analytics", "Add-on", 240_000),
    ("Security pack", "Add-on", 360_000),
    ("Onboarding", "Services", 500_000),
    ("Training day", "Services", 150_000),
    ("Premium support", "Services", 300_000),
)
_PRICE_LIST = np.array([1.0, 0.9, 0.8])  # list prices in EUR and GBP against USD
_STAGE_IDS = tuple(stage[0] for stage in STAGES)
_NEW, _EXISTING = 0, 1


def stage_table() -> pa.Table:
    """The pipeline's stages."""
    return table(
        "stage",
        {
            "id": pa.array(_STAGE_IDS),
            "name": pa.array([stage[1] for stage in STAGES]),
            "pipeline": pa.array(["New business"] * len(STAGES)),
            "position": np.arange(1, len(STAGES) + 1),
            "probability": pa.array([stage[2] for stage in STAGES]),
            "outcome": pa.array([stage[3] for stage in STAGES]),
            "accepted": pa.array([stage[1] == "Qualified" for stage in STAGES]),
            "limit_days": pa.array([None, None, None, None, 30, None, None], pa.int64()),
        },
    )


def product_table() -> pa.Table:
    """What is sold, with list prices in US dollars."""
    return table(
        "product",
        {
            "id": numbered("product", len(PRODUCTS), 2),
            "name": pa.array([one[0] for one in PRODUCTS]),
            "family": pa.array([one[1] for one in PRODUCTS]),
            "list_cents": pa.array([one[2] for one in PRODUCTS]),
            "currency": pa.array(["USD"] * len(PRODUCTS)),
        },
    )


@dataclass(frozen=True)
class _Items:
    deal: Ints
    product: Ints
    quantity: Ints
    listed: Ints
    sold: Ints
    total: Ints  # per deal, cents sold; 0: no line items


@dataclass(frozen=True)
class _Changes:
    """Changes of a number: amount (cents) or close day; -1 is none."""

    deal: Ints
    at: Ints
    old: Ints
    new: Ints


def deal_tables(seed: int, plan: Plant, days: Days, market: Market, deals: Deals, rep_ids: pa.Array) -> dict[str, pa.Table]:
    """Every record table about deals."""
    opp_ids = numbered("opp", len(deals))
    currency = days.people.currency[deals.ae]
    items = _items(stream(seed, "items"), plan, days, deals, currency)
    amount, amounts = _amounts(stream(seed, "amounts"), days, deals, items)
    close_day, slips = _close_days(stream(seed, "close days"), days, deals)
    return {
        "stage": stage_table(),
        "product": product_table(),
        "opportunity": _opportunities(stream(seed, "opportunities"), days, market, deals, opp_ids, rep_ids, amount, close_day),
        "opportunity_change": _changes(deals, amounts, slips, opp_ids, rep_ids),
        "opportunity_contact": _contacts(stream(seed, "deal contacts"), market, deals, opp_ids),
        "opportunity_split": _splits(stream(seed, "splits"), days, deals, opp_ids, rep_ids),
        "line_item": table(
            "line_item",
            {
                "id": numbered("item", len(items.deal)),
                "opportunity_id": at_index(opp_ids, items.deal),
                "product_id": ids("product", items.product + 1, 2),
                "quantity": items.quantity.astype(np.float64),
                "list_cents": where(items.listed, ~chance(stream(seed, "unlisted"), len(items.deal), 0.03)),
                "sold_cents": items.sold,
                "currency": words(CURRENCIES, currency[items.deal]),
            },
        ),
    }


def _reached(deals: Deals, stage: int) -> Ints:
    """When each deal first entered the stage or a later open one, -1: not."""
    at = np.full(len(deals), -1, dtype=np.int64)
    rows = np.flatnonzero((deals.stages.new >= stage) & (deals.stages.new <= WON))[::-1]
    at[deals.stages.deal[rows]] = deals.stages.at[rows]
    return at


def _items(rng: np.random.Generator, plan: Plant, days: Days, deals: Deals, currency: Ints) -> _Items:
    """One to four products for most deals that got to a proposal; sold below list by the AE's habit."""
    has = (_reached(deals, 3) >= 0) & chance(rng, len(deals), 0.85)
    count = np.where(has, 1 + choose(rng, len(deals), (0.4, 0.3, 0.2, 0.1)), 0).astype(np.int64)
    deal, rank = counted(count)
    product = (below(rng, np.full(len(deals), len(PRODUCTS)))[deal] + rank * 3) % len(PRODUCTS)
    listed = np.round(np.array([one[2] for one in PRODUCTS])[product] * _PRICE_LIST[currency[deal]]).astype(np.int64)
    quantity = np.maximum(np.round(deals.value[deal] / count[deal] / listed), 1).astype(np.int64)
    seller = np.where(days.people.role[deals.owner] == AE, deals.owner, deals.ae)
    habit = np.where(seller == plan.discount, Plant.DISCOUNT, days.people.discount[seller])
    given = np.where(
        chance(rng, len(deals), 0.8) | (seller == plan.discount), np.clip(habit * rng.uniform(0.6, 1.4, len(deals)), 0, 0.7), 0.0
    )
    sold = np.round(listed * (1 - given[deal])).astype(np.int64)
    return _Items(
        deal, product, quantity, listed, sold, np.bincount(deal, sold * quantity, minlength=len(deals)).astype(np.int64)
    )


def _amounts(rng: np.random.Generator, days: Days, deals: Deals, items: _Items) -> tuple[Ints, _Changes]:
    """(present amounts, changes): often unknown at first, revised at the proposal, the line items' sum when won; 0 on some."""
    n = len(deals)
    unknown, zero = chance(rng, n, 0.12), chance(rng, n, 0.01)
    first = np.where(zero, 0, np.where(unknown, -1, deals.value))
    proposed = _reached(deals, 3)
    revise = (proposed >= 0) & ~zero & (chance(rng, n, 0.45) | (unknown & chance(rng, n, 0.85)))
    revised = np.round(deals.value * rng.uniform(0.8, 1.3, n) / 100).astype(np.int64) * 100
    won = (deals.stage == WON) & (items.total > 0)
    rows = [
        (np.flatnonzero(revise).astype(np.int64), (proposed + 120)[revise], revised[revise]),
        (np.flatnonzero(won).astype(np.int64), (deals.closed - 45)[won], items.total[won]),
    ]
    return _follow(first, rows, days.until * DAY_SECONDS)


def _follow(first: Ints, rows: list[tuple[Ints, Ints, Ints]], until: int) -> tuple[Ints, _Changes]:
    """(present values, changes in order) from first values and (deal, at, new value) rows before ``until``."""
    deal, at, new = (np.concatenate(column) for column in zip(*rows, strict=True))
    order = np.lexsort((at, deal))
    deal, at, new = deal[order], at[order], new[order]
    early = at < until
    deal, at, new = deal[early], at[early], new[early]
    above = np.concatenate((new[:1], new[:-1]))
    same = np.concatenate((np.zeros(min(len(deal), 1), dtype=np.bool_), deal[1:] == deal[:-1]))
    old = np.where(same, above, first[deal])
    now = first.copy()
    now[deal] = new
    moved = old != new
    return now, _Changes(deal[moved], at[moved], old[moved], new[moved])


def _close_days(rng: np.random.Generator, days: Days, deals: Deals) -> tuple[Ints, _Changes]:
    """(present close days, changes): expected ones slip when they come near, some are left in the past; the end sets the
    actual one."""
    n = len(deals)
    horizon = np.array([35, 70, 130])[deals.segment]
    due = deals.created // DAY_SECONDS + np.floor(horizon * rng.uniform(0.7, 1.4, n)).astype(np.int64)
    first = due.copy()
    over = np.where(deals.closed < 0, days.until * DAY_SECONDS, deals.closed)
    rows: list[tuple[Ints, Ints, Ints]] = []
    active = np.arange(n, dtype=np.int64)
    for _ in range(6):
        at = days.working(
            deals.ae[active], (due[active] - rng.integers(0, 9, len(active))) * DAY_SECONDS + 40_000, rng.random(len(active))
        )
        kept = (at < over[active] - 600) & (at > deals.created[active] + 600) & chance(rng, len(active), 0.85)
        active, at = active[kept], at[kept]
        due[active] += np.floor(horizon[active] * rng.uniform(0.25, 0.9, len(active))).astype(np.int64)
        rows.append((active, at, due[active]))
    closed = np.flatnonzero(deals.closed >= 0).astype(np.int64)
    # Contracts are sometimes dated a few days before somebody moves the deal in the CRM.
    early = np.where(chance(rng, len(closed), 0.15), rng.integers(1, 5, len(closed)), 0)
    actual = days.local_day(deals.ae[closed], deals.closed[closed]) - early
    rows.append((closed, deals.closed[closed] + 20, actual))
    return _follow(first, rows, days.until * DAY_SECONDS)


def _merged(rng: np.random.Generator, deals: Deals) -> Ints:
    """A few deals are duplicates of the deal before with the same AE and account; -1: not merged."""
    n = len(deals)
    order = np.lexsort((np.arange(n), deals.account))
    above = np.full(n, -1, dtype=np.int64)
    same = deals.account[order][1:] == deals.account[order][:-1]
    above[order[1:][same]] = order[:-1][same]
    return np.where((above >= 0) & chance(rng, n, 0.03), above, -1)


def _opportunities(
    rng: np.random.Generator,
    days: Days,
    market: Market,
    deals: Deals,
    opp_ids: pa.Array,
    rep_ids: pa.Array,
    amount: Ints,
    close_day: Ints,
) -> pa.Table:
    n = len(deals)
    merged = _merged(rng, deals)
    known_type = ~chance(rng, n, 0.05)
    kind = np.where(chance(rng, n, 0.3), _EXISTING, _NEW)
    stem = pc.list_element(pc.split_pattern(at_index(market.tables["account"]["name"].combine_chunks(), deals.account), " "), 0)
    name = pc.binary_join_element_wise(stem, words(("new contract", "extension"), kind), " ")
    return table(
        "opportunity",
        {
            "id": opp_ids,
            "name": name,
            "account_id": null_unless(at_index(market.account_ids, deals.account), ~chance(rng, n, 0.005)),
            "owner_id": at_index(rep_ids, deals.owner),
            "created_by_id": at_index(rep_ids, deals.creator),
            "sourced_by_id": at_index(rep_ids, deals.sourced),
            "created_at": where(deals.created, ~chance(rng, n, 0.003)),
            "stage_id": words(_STAGE_IDS, deals.stage),
            "amount_cents": where(amount, amount >= 0),
            "currency": null_unless(
                words(CURRENCIES, days.people.currency[deals.ae]), ~((days.people.currency[deals.ae] == 0) & chance(rng, n, 0.1))
            ),
            "close_day": close_day,
            "closed_at": where(deals.closed, (deals.closed >= 0) & ~chance(rng, n, 0.1)),
            "source": words(LEAD_SOURCES, np.where(chance(rng, n, 0.08), -1, choose(rng, n, (3, 1, 1, 2, 1, 1, 3)))),
            "type": words(("new business", "existing business"), np.where(known_type, kind, -1)),
            "product_id": ids("product", np.where(chance(rng, n, 0.6), below(rng, np.full(n, len(PRODUCTS))) + 1, -1), 2),
            "next_step": words(
                NEXT_STEPS,
                np.where((deals.stage < OPEN_STAGES) & chance(rng, n, 0.7), below(rng, np.full(n, len(NEXT_STEPS))), -1),
            ),
            "merged_into_id": at_index(opp_ids, merged),
            "deleted": chance(rng, n, 0.008) & (merged < 0),
            "test": chance(rng, n, 0.006),
        },
    )


def _changes(deals: Deals, amounts: _Changes, slips: _Changes, opp_ids: pa.Array, rep_ids: pa.Array) -> pa.Table:
    """All changes of all fields, in order of time."""
    stages, owners = deals.stages, deals.owners
    deal = np.concatenate((stages.deal, owners.deal, amounts.deal, slips.deal))
    at = np.concatenate((stages.at, owners.at, amounts.at, slips.at))
    by = np.concatenate((stages.by, owners.by, deals.owner[amounts.deal], deals.owner[slips.deal]))
    field = np.repeat(np.arange(4), [len(stages.deal), len(owners.deal), len(amounts.deal), len(slips.deal)]).astype(np.int64)
    old, new = (
        pa.concat_arrays(
            [words(_STAGE_IDS, stage), at_index(rep_ids, owner), where(amount, amount >= 0).cast(pa.string()), day_text(day)]
        )
        for stage, owner, amount, day in (
            (stages.old, owners.old, amounts.old, slips.old),
            (stages.new, owners.new, amounts.new, slips.new),
        )
    )
    order = np.lexsort((field, deal, at))
    return table(
        "opportunity_change",
        {
            "id": numbered("change", len(deal), 7),
            "opportunity_id": at_index(opp_ids, deal[order]),
            "field": words(("stage", "owner", "amount", "close_day"), field[order]),
            "old": at_index(old, order),
            "new": at_index(new, order),
            "changed_at": at[order],
            "changed_by_id": at_index(rep_ids, by[order]),
        },
    )


def _contacts(rng: np.random.Generator, market: Market, deals: Deals, opp_ids: pa.Array) -> pa.Table:
    """The people taking part: neighbours in the account's list, the same that mails and meetings go to."""
    deal, rank = counted(deals.contacts)
    contact = participant(market, deals, deal, rank)
    n = len(deal)
    at = deals.created[deal] + np.where(rank == 0, 30, rng.integers(60, 20 * DAY_SECONDS, n))
    until = np.where(deals.closed < 0, int(deals.created.max(initial=0)), deals.closed)[deal]
    return table(
        "opportunity_contact",
        {
            "id": numbered("part", n),
            "opportunity_id": at_index(opp_ids, deal),
            "contact_id": at_index(market.contact_ids, contact),
            "buying_role": words(BUYING_ROLES, np.where(chance(rng, n, 0.4), choose(rng, n, (3, 1, 2, 2, 3, 1, 1)), -1)),
            "added_at": where(np.minimum(at, np.maximum(until, deals.created[deal])), ~chance(rng, n, 0.02)),
        },
    )


def participant(market: Market, deals: Deals, deal: Ints, rank: Ints) -> Ints:
    """The ``rank``-th contact of each deal."""
    account = deals.account[deal]
    return market.contact_start[account] + (deals.contact_offset[deal] + rank) % market.contact_count[account]


def _splits(rng: np.random.Generator, days: Days, deals: Deals, opp_ids: pa.Array, rep_ids: pa.Array) -> pa.Table:
    """One deal in twenty is shared with another AE of the company, half and half up to 90 to 10."""
    mates = np.flatnonzero(days.people.role == 0)
    n = len(deals)
    mate = mates[below(rng, np.full(n, len(mates)))]
    shared: Bools = chance(rng, n, 0.05) & (mate != deals.owner)
    deal = np.flatnonzero(shared).astype(np.int64)
    mine: Floats = np.array([0.5, 0.6, 0.7, 0.8, 0.9])[rng.integers(0, 5, len(deal))]
    return table(
        "opportunity_split",
        {
            "id": numbered("split", 2 * len(deal)),
            "opportunity_id": at_index(opp_ids, np.repeat(deal, 2)),
            "rep_id": at_index(rep_ids, np.stack((deals.owner[deal], mate[deal]), axis=1).ravel()),
            "share": np.round(np.stack((mine, 1 - mine), axis=1).ravel(), 2),
        },
    )
