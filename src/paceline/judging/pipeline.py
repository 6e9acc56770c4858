"""A store's opportunities as the forecast wants them: owners and amounts of each day, closes, bands; in the company's currency.

Read once; ``opportunities(now)`` then gives what was known when a day began, for as many days as are replayed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any

import ibis.expr.types as ir
import numpy as np

from paceline.facts.money import with_company_cents
from paceline.insight.pipeline import NEVER, Opportunities, indexed
from paceline.metrics.store import Store, View, day_end
from paceline.sales.periods import epoch_day
from paceline.sales.scope import Stint

NOBODY = ""  # the owner of deals that have none
_CLOSING = ("opportunity_id", "closed_day", "until_day", "won", "amount_cents")
_MOST_BANDS, _KNOWN = 12, 0.9  # a product is a band where so few are sold, and so many deals have one from the start

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Pipeline:
    """Every started opportunity of a store, as known at an instant. Amounts in cents of the company's currency.

    ``deals``: a row an opportunity; ``spans``: its owners and amounts from day to day; ``closings``: earlier closes of those
    reopened. ``no_start`` weren't created on a known day and are left out; ``shared``: won ones whose credit is split.
    """

    deals: Rows
    spans: Rows
    closings: Rows
    stints: tuple[Stint, ...]
    no_start: int
    shared: int

    def opportunities(self, now: int, amounts: bool = True) -> Opportunities:
        """The plain table; bands, teams and amounts as seen when day ``now`` began; later rows are there, too.

        Without ``amounts``, those of open deals are taken as unknown: where no history of them is kept and they are filled in at
        the close, an amount of a past day would tell who is going to win.
        """
        if not amounts:
            return self._without_amounts().opportunities(now)
        found = self._at_no_day
        bands, band = indexed([word or "" for word in self._bands(now)])
        team = {rep: self._stint(rep, now).team or "" for rep in found.reps}
        teams = sorted(set(team.values()))
        home = [teams.index(team[rep]) for rep in found.reps]
        return replace(found, bands=bands, band=band, teams=tuple(teams), team_of_rep=np.array(home, dtype=np.int64), team=None)

    @cached_property
    def _at_no_day(self) -> Opportunities:
        """The plain table without bands and teams, which are those of a day."""
        deals = self.deals
        columns: dict[str, list[Any]] = {name: [row[name] for row in deals] for name in deals[0]} if deals else dict(_NONE)
        columns["team"] = [None] * len(deals)
        spans = {name: [row[name] for row in self.spans] for name in ("opportunity_id", "from_day", "rep_id", "amount_cents")}
        closings = {name: [row[name] for row in self.closings] for name in _CLOSING}
        return Opportunities.from_columns(columns, spans if self.spans else None, closings if self.closings else None)

    def _without_amounts(self) -> Pipeline:
        deals = [
            {**row, "opening_cents": None, "amount_cents": None if row["closed_day"] is None else row["amount_cents"]}
            for row in self.deals
        ]
        return replace(self, deals=deals, spans=[{**row, "amount_cents": None} for row in self.spans])

    def without_later(self, now: int) -> Pipeline:
        """Without deals whose close is known and dated ``now`` or later: neither open nor yet counted."""
        kept = [row for row in self.deals if row["closed_day"] is None or row["closed_day"] < now]
        return replace(self, deals=kept)

    def dated_ahead(self, today: int, until: int) -> Rows:
        """Deals already won whose close is dated after ``today`` and before ``until``."""
        return [row for row in self.deals if row["won"] and today < row["closed_day"] < until]

    def _bands(self, now: int) -> list[str | None]:
        """The product where it is known of nearly all deals begun by then, open ones too; else the owner's segment."""
        begun = [row for row in self.deals if row["created_day"] < now]
        open_ = [row for row in begun if row["closed_day"] is None or row["closed_day"] >= now]
        named = {row["product_id"] for row in begun if row["product_id"]}
        if 1 < len(named) <= _MOST_BANDS and all(_share(some) >= _KNOWN for some in (begun, open_) if some):
            return [row["product_id"] if row["product_id"] in named else None for row in self.deals]
        return [self.segments[row["opportunity_id"]] for row in self.deals]

    @cached_property
    def segments(self) -> dict[str, str | None]:
        """The segment that each deal's first owner sold to on its first day, by opportunity id."""
        return {
            row["opportunity_id"]: self._stint(row["starter_id"], row["created_day"] + 1).segment for row in self.deals
        }

    @cached_property
    def deal_of(self) -> dict[str, dict[str, Any]]:
        """The row of each opportunity."""
        return {row["opportunity_id"]: row for row in self.deals}

    @cached_property
    def first_spans(self) -> dict[str, dict[str, Any]]:
        """The first span of each opportunity."""
        found: dict[str, dict[str, Any]] = {}
        for span in self.spans:  # in order of days
            found.setdefault(span["opportunity_id"], span)
        return found

    def _stint(self, rep: str | None, now: int) -> Stint:
        """What a rep was on the day before ``now``; nothing of someone unknown."""
        for stint in self._of_rep.get(rep or NOBODY, ()):
            if stint.from_day < now <= stint.until_day:
                return stint
        return Stint(rep or NOBODY, 0, 0)

    @cached_property
    def _of_rep(self) -> dict[str, list[Stint]]:
        found: dict[str, list[Stint]] = {}
        for stint in self.stints:
            found.setdefault(stint.rep_id, []).append(stint)
        return found


_NONE: Mapping[str, list[Any]] = {
    name: [] for name in ("opportunity_id", "rep_id", "created_day", "closed_day", "won", "amount_cents", "opening_cents")
}


def first_unknown_day(store: Store, as_of: date | None = None) -> int:
    """The day that begins with what is known: the day after the as-of day; today itself while today isn't over."""
    view = store.view(as_of)
    return epoch_day(view.day) + int(view.as_of >= day_end(view.day, store.settings))


def read_pipeline(store: Store, as_of: date | None = None) -> Pipeline:
    """The opportunities as known at the end of a day (None: now)."""
    view = store.view(as_of)
    closed = _outcomes(view)
    started = _rows(view, _starts(view))
    dated = [row for row in started if row["created_day"] is not None]
    # In a fixed order, so that a replay draws the same luck whatever comes later.
    dated.sort(key=lambda row: (row["created_day"], row["opportunity_id"]))
    deals = [_deal(row, closed.get(row["opportunity_id"])) for row in dated]
    known = {row["opportunity_id"]: row for row in deals}
    spans = [row for row in _rows(view, _spans(view)) if row["opportunity_id"] in known]
    spans.sort(key=lambda row: (row["opportunity_id"], row["from_day"], row["from_at"]))
    _settle_owners(known, spans)
    shared = sum(1 for row in closed.values() if row["shared"] and row["won"])
    return Pipeline(deals, spans, _reopened(view, spans), view.stints, len(started) - len(dated), shared)


def _starts(view: View) -> ir.Table:
    deal = view.frame.fact("opportunity")
    return deal.select(
        "opportunity_id", "won_day", "lost_day", "product_id", "source", "type", "account_type", "account_id",
        starter_id="owner_id", sourcer_id="rep_id", created_day=deal.owner_day, opening_cents="amount_cents",
    )  # fmt: skip


def _spans(view: View) -> ir.Table:
    """Spans with their amounts at the rate of their first day, what was known then; and at that of the day they ended."""
    span = view.frame.fact("span")
    converted = with_company_cents(span, view.frame.tables, {"amount_cents": "native_cents"}, day="from_day")
    converted = with_company_cents(converted, view.frame.tables, {"end_cents": "native_cents"}, day="until_day")
    return converted.select(
        "opportunity_id", "from_day", "until_day", "from_at", "until_at", "rep_id", "amount_cents", "end_cents", "stage_id",
        "close_day",
    )  # fmt: skip


def _rows(view: View, table: ir.Table) -> Rows:
    rows: Rows = view.engine.query(table).to_pylist()
    return rows


def _outcomes(view: View) -> dict[str, dict[str, Any]]:
    """How each closed opportunity ended: owner at close, day, amount."""
    outcome = view.frame.fact("outcome")
    found: dict[str, dict[str, Any]] = {}
    rows = _rows(view, outcome.select("opportunity_id", "rep_id", "day", "won", "valued", "amount_cents", "owner", "share"))
    for row in sorted(rows, key=lambda row: not row["owner"]):
        if row["owner"]:
            found[row["opportunity_id"]] = {**row, "shared": False}
        elif row["opportunity_id"] in found:
            found[row["opportunity_id"]]["shared"] = True
    return found


def _deal(row: Mapping[str, Any], end: Mapping[str, Any] | None) -> dict[str, Any]:
    """A row of the plain table. A win without value counts in no metric of wins: it ends as not won."""
    deal = {name: row[name] for name in (
        "opportunity_id", "created_day", "opening_cents", "product_id", "source", "type", "account_type", "account_id",
        "starter_id", "sourcer_id")}  # fmt: skip
    deal |= {"rep_id": row["starter_id"] or NOBODY, "closed_day": None, "won": False, "amount_cents": None}
    if end is not None:
        deal["rep_id"] = end["rep_id"] or NOBODY
        deal["closed_day"] = max(end["day"], row["created_day"])
        deal["won"] = bool(end["won"]) and end["valued"] is not False
        deal["amount_cents"] = end["amount_cents"] if deal["won"] else None
    return deal


def _settle_owners(known: Mapping[str, dict[str, Any]], spans: Sequence[dict[str, Any]]) -> None:
    """Open deals belong to their last owner and are worth their last amount; owners without name are nobody."""
    for span in spans:  # in order: the last one stays
        span["rep_id"] = span["rep_id"] or NOBODY
        deal = known[span["opportunity_id"]]
        if deal["closed_day"] is None:
            deal["rep_id"], deal["amount_cents"] = span["rep_id"], span["amount_cents"]


def _reopened(view: View, spans: Sequence[Mapping[str, Any]]) -> Rows:
    """Stretches in which an opportunity was closed and then opened again: closed_day, until_day, won."""
    gaps = [
        (one, two["from_day"])
        for one, two in pairwise(spans)
        if one["opportunity_id"] == two["opportunity_id"] and one["until_at"] is not None and one["until_day"] < two["from_day"]
    ]
    if not gaps:
        return []
    move = view.frame.fact("move")
    won = {
        (row["opportunity_id"], row["at"]): row["to_position"] is not None
        for row in _rows(view, move.select("opportunity_id", "at", "to_position"))
    }
    found = []
    for span, until in gaps:
        was_won = won.get((span["opportunity_id"], span["until_at"]), False) and (span["end_cents"] or 1) > 0
        cents = span["end_cents"] if was_won else None
        values = (span["opportunity_id"], span["until_day"], until, was_won, cents)
        found.append(dict(zip(_CLOSING, values, strict=True)))
    return found


def open_spans(pipeline: Pipeline) -> dict[str, dict[str, Any]]:
    """The present span of each open opportunity: stage, expected close, owner, amount."""
    open_ = {row["opportunity_id"] for row in pipeline.deals if row["closed_day"] is None}
    return {span["opportunity_id"]: span for span in pipeline.spans if span["opportunity_id"] in open_}


def _share(rows: Sequence[Mapping[str, Any]]) -> float:
    return sum(1 for row in rows if row["product_id"]) / len(rows)


__all__ = ["NEVER", "NOBODY", "Pipeline", "first_unknown_day", "open_spans", "read_pipeline"]
