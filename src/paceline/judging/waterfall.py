"""What changed the pipeline between two days, read from the facts of those two days, each as known then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from paceline.facts.shape import LIFE, stored
from paceline.insight.waterfall import MEANING, Cause, Closing, Deal, Part, Standing, Waterfall, waterfall
from paceline.metrics.store import Store, View
from paceline.sales.periods import Period, epoch_day
from paceline.sales.scope import Scope, Stint
from paceline.saying.said import Said, SaidError, catalogued, joined, say
from paceline.saying.values import Day, Money, Number

Rows = list[dict[str, Any]]
Inside = Callable[[str | None, int], bool]
_CENTS = 100.0


class PipelineError(SaidError):
    """Two days between which there is no change to tell; the message says why."""


@dataclass(frozen=True)
class PipelineChange:
    """The waterfall of a scope between the ends of two days. ``due``: whose end close dates must precede; None: all open deals.

    ``names``: of deals and reps, by id. ``amounts_change``: whether any change of an amount was on record; if not, the first
    day's amounts are those of the second.
    """

    scope: Scope
    opened: date
    closed: date
    due: Period | None
    currency: str
    change: Waterfall
    names: Mapping[str, str]
    amounts_change: bool = True

    @property
    def hindsight(self) -> Said | None:
        """What to know of amounts that have no history; None where they have one, or there is no deal."""
        if self.amounts_change or not (self.change.opening_deals or self.change.closing_deals or self.change.parts):
            return None
        return say(
            "No change of an amount is on record: what was open on {opened} is shown with the amounts known on {closed}, in "
            "hindsight, and nothing can have grown or shrunk.",
            opened=Day(self.opened), closed=Day(self.closed),
        )  # fmt: skip

    @property
    def sentence(self) -> Said:
        """The change in one sentence."""
        change = self.change
        about = say("Open pipeline")
        if self.due is not None:
            about = say("Pipeline due by the end of {period}", period=self.due.told)
        went = say(
            "{about}: from {opening} to {closing} between {opened} and {closed}",
            about=about, opening=self._money(change.opening),
            closing=self._money(change.closing), opened=Day(self.opened), closed=Day(self.closed),
        )  # fmt: skip
        largest = sorted(change.parts, key=lambda part: -abs(part.cents))[:3]
        why = joined((_cause(part) for part in largest if part.cents), "; ")
        words = say("{went}: {why}.", went=went, why=why) if why else say("{went}, unchanged.", went=went)
        if not change.unknown:
            return words
        return joined([words, say("{count} open without a known amount add nothing.", count=change.unknown)])

    def _money(self, cents: int) -> Money:
        return Money(cents / _CENTS, self.currency)

    def to_arrow(self) -> pa.Table:
        """A row a part, opening and closing included: part, meaning, amount (company currency; null: none of its deals
        has a known one), deals, how many of them are of unknown amount, and what all known amounts stand at after it."""
        change, standing = self.change, self.change.opening
        rows: Rows = [
            _part("opening", f"open on {self.opened}", change.opening, (change.opening_deals, change.opening_unknown), standing)
        ]
        for part in change.parts:
            standing += part.cents
            rows.append(_part(part.cause, MEANING[part.cause], part.cents, (part.deals, part.unknown), standing))
        rows.append(_part("closing", f"open on {self.closed}", change.closing, (change.closing_deals, change.unknown), standing))
        return pa.Table.from_pylist(rows, schema=_PARTS)

    def deals_to_arrow(self) -> pa.Table:
        """A row a deal and part: part, opportunity, its name, whose it was, amount in the company's currency (null: unknown)."""
        rows = [
            {
                "part": part.cause.value,
                "opportunity_id": move.deal,
                "name": self.names.get(move.deal),
                "rep_id": move.owner,
                "rep_name": self.names.get(move.owner or ""),
                "amount": move.cents / _CENTS if move.known else None,
            }
            for part in self.change.parts
            for move in part.moves
        ]
        return pa.Table.from_pylist(rows, schema=_DEALS)


def _units(cents: int, form: str = ",.0f") -> Number:
    return Number(cents / _CENTS, form)


def _cause(part: Part) -> Said:
    cause, amount = catalogued(str(part.cause)), _units(part.cents, "+,.0f")
    return say("{cause} {amount} ({deals})", cause=cause, amount=amount, deals=part.deals)


_PARTS = pa.schema(
    [(name, pa.string()) for name in ("part", "meaning")]
    + [("amount", pa.float64()), ("deals", pa.int64()), ("unknown", pa.int64()), ("standing", pa.float64())]
)
_DEALS = pa.schema(
    [(name, pa.string()) for name in ("part", "opportunity_id", "name", "rep_id", "rep_name")] + [("amount", pa.float64())]
)


def _part(name: str, meaning: str, cents: int, deals: tuple[int, int], standing: int) -> dict[str, Any]:
    """``deals``: all of them, and those of unknown amount."""
    amount = None if deals[0] and deals[0] == deals[1] else cents / _CENTS
    named = {"part": str(name), "meaning": meaning, "amount": amount}
    return {**named, "deals": deals[0], "unknown": deals[1], "standing": standing / _CENTS}


def pipeline_change(store: Store, scope: Scope, opened: date, closed: date, due: Period | None = None) -> PipelineChange:
    """What changed the scope's open pipeline from the end of day ``opened`` to the end of day ``closed``.

    Each as known on its day, owners of that day. ``due``: only deals whose close date lies before this period's end; None: all.
    PipelineError unless ``opened`` lies before ``closed``, and both not after the store's now.
    """
    today = store.view().day
    if not opened < closed <= today:
        raise PipelineError(say(
            "the first day must lie before the second, and that not after today ({today}): {opened}, {closed}",
            today=Day(today), opened=Day(opened), closed=Day(closed),
        ))  # fmt: skip
    first, last = store.view(opened), store.view(None if closed == today else closed)
    until = None if due is None else due.until_day
    deals = _deals(scope, _Day(first, opened), _Day(last, closed), until)
    change = waterfall(deals, epoch_day(opened), until)
    names = _names(last, first, change)
    return PipelineChange(scope, opened, closed, due, store.settings.currency, change, names, _amounts_change(last))


def _amounts_change(last: View) -> bool:
    """Whether the day knows of any change of an amount."""
    told = last.frame.tables.rec("opportunity_change")
    return bool(last.engine.query(told.filter(told.field == "amount").select("id").limit(1)).num_rows)


class _Day:
    """What was open and closed on a day, as known at its end."""

    def __init__(self, view: View, day: date) -> None:
        self.view, self.day = view, epoch_day(day)
        self.home = view.settings.currency

    def open_spans(self) -> ir.Table:
        """What was open on the day."""
        span = self.view.frame.fact("span")
        return span.filter(span.from_day <= self.day, span.until_day > self.day)

    def outcomes(self) -> ir.Table:
        """Final closes with a day, a row each, with who owned it."""
        outcome = self.view.frame.fact("outcome")
        return outcome.filter(outcome.owner, outcome.day.notnull())

    def open(self) -> dict[str, dict[str, Any]]:
        """Open opportunities by id."""
        wanted = ("opportunity_id", "rep_id", "native_cents", "currency", "close_day", "start_day", "valued")
        return self._by_id(self.open_spans().select(*wanted))

    def closes(self, *among: ir.Table) -> dict[str, dict[str, Any]]:
        """Final closes by opportunity, of those in one of the tables: owner, won, day, amount (cents; None: unknown), valued."""
        wanted = ("opportunity_id", "rep_id", "won", "day", "amount_cents", "valued")
        found: dict[str, dict[str, Any]] = {}
        for some in among:
            found |= self._by_id(self.outcomes().semi_join(some, "opportunity_id").select(*wanted))
        return found

    def lives(self, among: ir.Table) -> dict[str, dict[str, Any]]:
        """Start, last amount and currency of the opportunities in the table."""
        life = stored(self.view.frame.tables, LIFE).semi_join(among, "opportunity_id")
        return self._by_id(life.select("opportunity_id", "start_day", "native_cents", "currency"))

    def last_close_days(self, among: ir.Table) -> dict[str, int | None]:
        """The close date that each opportunity in the table had when it last was open."""
        span = self.view.frame.fact("span").semi_join(among, "opportunity_id")
        latest: dict[str, tuple[int, int | None]] = {}
        for row in self._rows(span.select("opportunity_id", "from_at", "close_day")):
            if row["opportunity_id"] not in latest or row["from_at"] > latest[row["opportunity_id"]][0]:
                latest[row["opportunity_id"]] = row["from_at"], row["close_day"]
        return {deal: close_day for deal, (_, close_day) in latest.items()}

    def rates(self) -> dict[str, float]:
        """The company's currency for one unit, on the day."""
        rate = self.view.frame.tables.ref("rate")
        rows = self._rows(rate.filter(rate.day == self.day).select("currency", "rate"))
        return {**{row["currency"]: row["rate"] for row in rows}, self.home: 1.0}

    def inside(self, scope: Scope) -> Inside:
        """Whether a rep was in the scope on a day, as known then."""
        if scope.is_company:
            return lambda _rep, _day: True
        stints: dict[str, list[Stint]] = {}
        for stint in self.view.members(scope):
            stints.setdefault(stint.rep_id, []).append(stint)
        return lambda rep, day: any(one.from_day <= day < one.until_day for one in stints.get(rep or "", ()))

    def _by_id(self, query: ir.Table) -> dict[str, dict[str, Any]]:
        return {row["opportunity_id"]: row for row in self._rows(query)}

    def _rows(self, query: Any) -> Rows:
        return list(self.view.engine.query(query).to_pylist())


def _deals(scope: Scope, first: _Day, last: _Day, due_until: int | None) -> list[Deal]:
    """Every deal that was open on one of the days, or closed in between."""
    were, are, ended = first.open_spans(), last.open_spans(), last.outcomes()
    since = ended.filter(ended.day > first.day)
    before, after = first.open(), last.open()
    closes, closed_before = last.closes(since, were), first.closes(since, are)
    lives = last.lives(since) | last.lives(were)
    rates, later = first.rates(), last.rates()
    inside_first, inside_last = first.inside(scope), last.inside(scope)
    due_days = last.last_close_days(since) | last.last_close_days(were) if due_until is not None else {}

    def close_of(deal: str) -> Closing | None:
        row, earlier = closes.get(deal), closed_before.get(deal)
        if row is None or (earlier is not None and (earlier["won"], earlier["day"]) == (row["won"], row["day"])):
            return None  # the same close as before isn't one of these days
        life = lives.get(deal, {})
        cents = row["amount_cents"] if row["valued"] else None
        steady = _converted(life.get("native_cents"), life.get("currency"), rates, first.home) if cents is not None else None
        due = due_until is None or ((due_day := due_days.get(deal)) is not None and due_day < due_until)
        return Closing(row["won"], row["day"], inside_last(row["rep_id"], row["day"]), cents, steady, due, row["rep_id"])

    def standing(row: dict[str, Any] | None, day: _Day, inside: Inside, own: Mapping[str, float]) -> Standing | None:
        if row is None:
            return None
        native = row["native_cents"] if row["valued"] else None
        cents, steady = (_converted(native, row["currency"], table, first.home) for table in (own, rates))
        return Standing(inside(row["rep_id"], day.day), cents, steady, row["close_day"], row["rep_id"])

    # A deal in neither photograph matters only if it was decided in between.
    decided = {deal for deal, row in closes.items() if row["day"] > first.day}
    return [
        Deal(
            deal,
            standing(before.get(deal), first, inside_first, rates),
            standing(after.get(deal), last, inside_last, later),
            close_of(deal),
            deal in closed_before,
            (after.get(deal) or lives.get(deal) or {}).get("start_day"),
            _currency(before.get(deal)) == _currency(after.get(deal) or lives.get(deal)) or deal not in before,
        )
        for deal in sorted(before.keys() | after.keys() | decided)
    ]


def _currency(row: dict[str, Any] | None) -> str | None:
    return None if row is None else row["currency"]


def _converted(native: int | None, currency: str | None, rates: Mapping[str, float], home: str) -> int | None:
    """Cents of the company's currency, rounded half away from zero; None where the amount or the rate is unknown."""
    rate = rates.get(currency or home)
    if native is None or rate is None:
        return None
    size = int(abs(native * rate) + 0.5)
    return size if native >= 0 else -size


def _names(last: View, first: View, change: Waterfall) -> dict[str, str]:
    """Names of the deals that moved, and of all reps. Of a deal that is no longer there, as it was called then."""
    wanted = sorted({move.deal for part in change.parts for move in part.moves})
    names: dict[str, str] = {}
    for view in (first, last):
        deal = view.frame.tables.rec("opportunity")
        for some in _chunks(wanted):
            rows = view.engine.query(deal.filter(deal.id.isin(some), deal.name.notnull()).select("id", "name"))
            names |= {row["id"]: row["name"] for row in rows.to_pylist()}
    return {**names, **{stint.rep_id: stint.name for stint in last.stints if stint.name}}


def _chunks(ids: Sequence[str], size: int = 1000) -> list[Sequence[str]]:
    return [ids[at : at + size] for at in range(0, len(ids), size)]


__all__ = ["Cause", "PipelineChange", "PipelineError", "pipeline_change"]
