"""A source's own totals beside ours: by how much they differ, which stored records could be why, and whether they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

import ibis

from paceline.metrics.store import Store
from paceline.pages.dashboards.kept import kept
from paceline.pages.dashboards.unmatched import fates, left_out
from paceline.project.control_totals import AMOUNT, Total
from paceline.sales.periods import add_months, epoch_day
from paceline.saying.said import Said, joined, noted, say, say_many
from paceline.saying.values import Money
from paceline.warehouse.store import unbound

# What became of a deal that the source may count in a month, and we don't; the last two are the other way round.
WHY = {
    "deleted": noted("deleted in the source"),
    "merged": noted("merged into another deal"),
    "tests": noted("marked as tests"),
    "left_out": noted("left out by the admin"),
    "another": noted("counted here in another month"),
    "rest": noted("without an owner, an account or a moment of closing"),
    "moved": noted("counted here in this month, though the close date is now in another, or the stage isn’t won"),
    "unknown": noted("counted here without an amount"),
}
_OURS = ("moved", "unknown")


@dataclass(frozen=True)
class Deal:
    """A won deal. ``amount``: in units of the total's currency; None: unknown. ``fate``: a key of ``WHY``; empty: both
    count it.
    """

    id: str
    name: str
    amount: Decimal | None
    fate: str


@dataclass(frozen=True)
class Group:
    """The deals of one fate: how many, and what they add up to. ``sign``: 1 where only the source may count them, -1
    where we do.
    """

    fate: str
    deals: tuple[Deal, ...]
    sign: int

    @property
    def amount(self) -> Decimal | None:
        """Of those whose amount is known; None: none is."""
        known = [deal.amount for deal in self.deals if deal.amount is not None]
        return sum(known, Decimal(0)) if known else None

    def part(self, measure: str) -> Decimal:
        """By how much the source's total would be above ours if they were why."""
        return self.sign * ((self.amount or Decimal(0)) if measure == AMOUNT else Decimal(len(self.deals)))


@dataclass(frozen=True)
class Held:
    """A total held against ours. ``difference``: the source's less ours. ``groups``: what could explain it. ``named``: whether
    its single deals may be shown.
    """

    total: Total
    currency: str
    ours: Decimal
    groups: tuple[Group, ...]
    sentence: Said
    named: bool

    @property
    def difference(self) -> Decimal:
        """The source's less ours."""
        return self.total.value - self.ours


def held(store: Store, totals: Iterable[Total], *, named: bool) -> tuple[Held, ...]:
    """Each total beside what is stored now. ``named``: whether a sentence may name one deal: only to who sees everybody's."""
    wanted = tuple(totals)
    months = tuple(sorted({_days(total) for total in wanted}))
    rows = kept(store, ("held against totals", months), None, lambda: _rows(store, months)) if wanted else []
    return tuple(_held(total, rows, store.settings.currency, named) for total in wanted)


def _held(total: Total, rows: Sequence[dict[str, Any]], company: str, named: bool) -> Held:
    first, until = _days(total)
    mine: list[Deal] = []
    others: list[Deal] = []
    for row in rows:
        if (total.source and row["record_source"] != total.source) or (total.currency and row["currency"] != total.currency):
            continue
        ours = row["day"] is not None and first <= row["day"] < until
        theirs = row["won_stage"] and row["close_day"] is not None and first <= row["close_day"] < until
        if ours or theirs:
            (mine if ours else others).append(_deal(row, total, company, ours, theirs))
    ours_sum = sum((deal.amount or Decimal(0) for deal in mine), Decimal(0)) if total.measure == AMOUNT else Decimal(len(mine))
    groups = _groups([*others, *mine], total.measure)
    currency = total.currency or company
    sentence = _sentence(total, total.value - ours_sum, groups, [*others, *mine] if named else (), currency)
    return Held(total, currency, ours_sum, groups, sentence, named)


def _days(total: Total) -> tuple[int, int]:
    """The first day of its month, and the first after."""
    return epoch_day(total.month), epoch_day(add_months(total.month, 1))


def _deal(row: dict[str, Any], total: Total, company: str, ours: bool, theirs: bool) -> Deal:
    as_it_is = total.currency or (row["day"] is None and row["currency"] == company)  # what isn't counted isn't converted
    cents = row["cents"] if as_it_is else row["company_cents"]
    if ours:
        fate = "" if theirs else "moved"
    else:
        fate = "another" if row["word_"] == "counted" and row["day"] is not None else row["word_"]
    fate = "rest" if fate == "counted" else fate
    return Deal(row["id"], row["name"] or row["id"], None if cents is None else Decimal(cents) / 100, fate)


def _groups(deals: Sequence[Deal], measure: str) -> tuple[Group, ...]:
    found = {fate: tuple(deal for deal in deals if deal.fate == fate) for fate in WHY}
    if measure == AMOUNT:
        found["unknown"] = tuple(deal for deal in deals if deal.fate == "" and deal.amount is None)
    return tuple(Group(fate, some, -1 if fate in _OURS else 1) for fate, some in found.items() if some)


def _sentence(total: Total, difference: Decimal, groups: Sequence[Group], deals: Sequence[Deal], currency: str) -> Said:
    if difference == 0:
        return say("Both are the same.")
    exact = _exactly(difference, [group for group in groups if group.part(total.measure)], total.measure)
    if len(exact) == 1:
        return say("All of the difference: {why}.", why=joined([_counted(group) for group in exact[0]], "; "))
    if exact:
        ways = [joined([_counted(group) for group in some], "; ") for some in exact]
        return say("Any of these would be all of the difference: {why}.", why=joined(ways, " | "))
    one = _one(total, difference, deals)
    if one is not None:
        amount = Money(float(abs(difference)), currency)
        if one.fate:
            words = say("Exactly the amount of {deal}, {amount}: {why}.", deal=one.name, amount=amount, why=say(WHY[one.fate]))
        else:
            words = say("Exactly the amount of {deal}, {amount}, which is counted here.", deal=one.name, amount=amount)
        return words
    if groups:
        told = joined([_counted(group) for group in groups], "; ")
        return say("Part of it may be: {why}. The rest isn’t among the stored records, or their amounts have changed.", why=told)
    more = say("No stored record explains it: deals of that month haven’t been loaded, or their amounts have changed.")
    return more if difference > 0 else say("No record explains it: every deal counted here is won, and closed in that month.")


def _counted(group: Group) -> Said:
    return say_many("{number} deal {why}", "{number} deals {why}", len(group.deals), why=say(WHY[group.fate]))


def _exactly(difference: Decimal, groups: Sequence[Group], measure: str) -> list[tuple[Group, ...]]:
    """Every choice of the fewest groups that come to just the difference; none: none do."""
    for many in range(1, len(groups) + 1):
        chosen = combinations(groups, many)
        fits = [some for some in chosen if sum((group.part(measure) for group in some), Decimal(0)) == difference]
        if fits:
            return fits
    return []


def _one(total: Total, difference: Decimal, deals: Sequence[Deal]) -> Deal | None:
    """The only deal of just that amount: one that isn't counted here where ours is less, one that is where it is more."""
    if total.measure != AMOUNT:
        return None
    counted_here = ("", "moved")
    fits = [deal for deal in deals if deal.amount == abs(difference) and (deal.fate in counted_here) == (difference < 0)]
    return fits[0] if len(fits) == 1 else None


def _rows(store: Store, months: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    """Every stored deal that is won by its stage or in the facts, in one of the months: its source, amounts, days, and what
    became of it.
    """
    view = store.view()
    deal = unbound("opportunity")
    stage = view.frame.tables.rec("stage")
    stage = stage.filter(stage.outcome == "won").select(stage_key_=stage.id, won_stage=ibis.literal(True))
    outcome = view.frame.fact("outcome")
    outcome = outcome.filter(outcome.won & outcome.owner)
    won = outcome.select(won_id_=outcome.opportunity_id, day=outcome.day, company_cents=outcome.amount_cents)
    fate = fates(store, "opportunity", "opportunity", "opportunity_id", left_out(store).get("opportunity", set()))
    fate = fate.select(fate_id_=fate.id, word_=fate.word_)
    rows = deal.select(
        "id", "name", "record_source", "close_day", key_=deal.stage_id, cents=deal.amount_cents,
        currency=ibis.coalesce(deal.currency, store.settings.currency),
    )  # fmt: skip
    rows = rows.left_join(stage, rows.key_ == stage.stage_key_)
    rows = rows.left_join(won, rows.id == won.won_id_)
    rows = rows.left_join(fate, rows.id == fate.fate_id_)
    ours, theirs = (ibis.or_(*((day >= first) & (day < until) for first, until in months)) for day in (rows.day, rows.close_day))
    rows = rows.filter(ours | (rows.won_stage.notnull() & theirs))
    found: list[dict[str, Any]] = store.engine.query(rows.drop("key_", "stage_key_", "won_id_", "fate_id_")).to_pylist()
    return sorted(({**row, "won_stage": bool(row["won_stage"])} for row in found), key=lambda row: str(row["id"]))
