"""Whom nobody knows: people touched who are at no account, by their domain; activities that count for no account; what became of
every stored record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis

from paceline.facts.people import domain
from paceline.metrics.store import Store, View
from paceline.sales.periods import Period, epoch_day
from paceline.sales.scope import Scope
from paceline.warehouse.exclusion import exclusions
from paceline.warehouse.store import unbound

DOMAINS = 12
# Activity → the fact that it becomes, and its key there.
ACTIVITIES = {"email": ("mail", "email_id"), "call": ("call", "call_id"), "meeting": ("meeting", "meeting_id")}


@dataclass(frozen=True)
class Stranger:
    """People of one domain, touched, and at no account that is known."""

    domain: str
    people: int
    touches: int


@dataclass(frozen=True)
class Activity:
    """Activities of a kind in the period: how many, and how many of them are with nobody of an account that is known."""

    kind: str
    count: int
    without: int


@dataclass(frozen=True)
class Reconciled:
    """What became of the stored records of a kind. ``stored`` is the sum of all that follows."""

    kind: str
    stored: int
    counted: int
    deleted: int
    merged: int
    tests: int
    left_out: int
    other: int


@dataclass(frozen=True)
class Amounts:
    """The opportunities of a currency, to be held against the CRM's own report: how many are stored and counted, and what their
    amounts add up to, in units of the currency. ``unknown``: stored ones without an amount.
    """

    currency: str
    stored: int
    amount: float
    counted: int
    counted_amount: float
    unknown: int


def strangers(store: Store, scope: Scope, period: Period, as_of: date | None) -> tuple[Stranger, ...]:
    """The domains with the most touches that were matched to nobody, of the reps in scope."""
    view = store.view(as_of)
    touch = _inside(view, "touch_person", scope, period)
    unknown = touch.filter(touch.rule.isnull() & touch.person_id.startswith("address:"))
    unknown = unknown.mutate(domain_=domain(unknown.person_id))
    found = unknown.filter(unknown.domain_.notnull()).group_by("domain_")
    rows = view.engine.query(found.agg(people=unknown.person_id.nunique(), touches=unknown.touch_id.nunique())).to_pylist()
    top = sorted(rows, key=lambda row: (-row["touches"], row["domain_"]))[:DOMAINS]
    return tuple(Stranger(row["domain_"], row["people"], row["touches"]) for row in top)


def activities(store: Store, scope: Scope, period: Period, as_of: date | None) -> tuple[Activity, ...]:
    """External activities of the reps in scope, and those without an account."""
    view = store.view(as_of)
    found = []
    for kind, (fact, key) in ACTIVITIES.items():
        rows = _inside(view, fact, scope, period)
        told = rows.agg(n=rows[key].nunique(), without=rows[key].nunique(where=rows.account_id.isnull()))
        row = view.engine.query(told).to_pylist()[0]
        found.append(Activity(kind, row["n"], row["without"]))
    return tuple(found)


def _inside(view: View, fact: str, scope: Scope, period: Period) -> Any:
    """A fact's rows of the period, of whoever is in scope at any time."""
    rows = view.frame.fact(fact)
    rows = rows.filter((rows.day >= period.first_day) & (rows.day < min(period.until_day, epoch_day(view.day) + 1)))
    if scope.is_company:
        return rows
    return rows.filter(rows.rep_id.isin(sorted({stint.rep_id for stint in view.members(scope)}) or [""]))


def reconciled(store: Store) -> tuple[Reconciled, ...]:
    """Every stored record of the kinds that numbers are counted from, and what became of it."""
    counted = {"opportunity": ("opportunity", "opportunity_id"), "lead": ("lead", "lead_id"), **ACTIVITIES}
    out = left_out(store)
    return tuple(_reconciled(store, kind, *fact, out.get(kind, set())) for kind, fact in counted.items())


def amounts(store: Store) -> tuple[Amounts, ...]:
    """The stored opportunities' amounts by currency, the largest first, and those of the ones that count."""
    rows = unbound("opportunity")
    money = rows.select("id", currency=ibis.coalesce(rows.currency, store.settings.currency), cents=rows.amount_cents)
    told = fates(store, "opportunity", "opportunity", "opportunity_id", left_out(store).get("opportunity", set()))
    told = told.select("id", "word_").inner_join(money, "id")
    counts = told.word_ == "counted"
    found = told.group_by("currency").agg(
        stored=told.count(), cents=told.cents.sum(), counted=counts.sum(), counted_cents=told.cents.sum(where=counts),
        unknown=told.cents.isnull().sum(),
    )  # fmt: skip
    every = [
        Amounts(row["currency"], row["stored"], (row["cents"] or 0) / 100, row["counted"], (row["counted_cents"] or 0) / 100,
                row["unknown"])
        for row in store.engine.query(found).to_pylist()
    ]  # fmt: skip
    return tuple(sorted(every, key=lambda one: (-one.amount, one.currency)))


def left_out(store: Store) -> dict[str, set[str]]:
    """Kind → ids of the records that an admin left out."""
    out: dict[str, set[str]] = {}
    for one in exclusions(store.engine):
        if one.ended_at is None:
            out.setdefault(one.table, set()).add(one.id)
    return out


def fates(store: Store, kind: str, fact: str, key: str, out: set[str]) -> ibis.Table:
    """Each stored record's id, and in ``word_`` what became of it."""
    rows, facts = unbound(kind), store.view().frame.fact(fact)
    left = rows.id.isin(sorted(out)) if out else ibis.literal(False)
    gone = rows.deleted.fill_null(False) if "deleted" in rows.columns else ibis.literal(False)
    merged = rows.merged_into_id.notnull() if "merged_into_id" in rows.columns else ibis.literal(False)
    test = rows.test.fill_null(False) if "test" in rows.columns else ibis.literal(False)
    word = ibis.cases((left, "left_out"), (gone, "deleted"), (merged, "merged"), (test, "tests"), else_="rest")
    marked = rows.select(id=rows.id, word_=word)
    known = facts.select(id=facts[key]).distinct()
    told = marked.left_join(known, "id")
    return told.mutate(word_=((told.word_ == "rest") & told.id_right.notnull()).ifelse("counted", told.word_))


def _reconciled(store: Store, kind: str, fact: str, key: str, out: set[str]) -> Reconciled:
    rows, told = unbound(kind), fates(store, kind, fact, key, out)
    found = {row["word_"]: row["n"] for row in store.engine.query(told.group_by("word_").agg(n=told.count())).to_pylist()}
    gone_for_good = len(out) if "deleted" not in rows.columns else 0  # an activity left out isn't among the current records
    numbers = {name: found.get(name, 0) for name in ("counted", "deleted", "merged", "tests", "left_out", "rest")}
    return Reconciled(
        kind, sum(numbers.values()) + gone_for_good, numbers["counted"], numbers["deleted"], numbers["merged"], numbers["tests"],
        numbers["left_out"] + gone_for_good, numbers["rest"],
    )
