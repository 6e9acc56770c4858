"""The chance that each open deal of a store is won when it closes, from what was known when it was created.

Fields that can't have known the outcome are used alone: amount and expected close at the start come from the deal's history;
every field goes through the leak audit first, and what fails it is listed and left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from paceline.insight.leaks import Leak, audit, usable
from paceline.insight.pipeline import Opportunities
from paceline.insight.winchance import Chance, Deals, WinChance, fit_win_chance
from paceline.judging.pipeline import Pipeline

FIELDS = ("source", "type", "account type", "segment", "owner", "sourced by another", "amount", "days to expected close")


@dataclass(frozen=True)
class Chances:
    """The model, its chances by opportunity id (none where it is off), what it can't use, and factors for the forecast."""

    model: WinChance
    leaks: tuple[Leak, ...]
    of_deal: Mapping[str, Chance]
    lifts: Mapping[str, float]

    @property
    def amounts(self) -> bool:
        """Whether amounts before the close can be trusted: they don't tell the outcome."""
        return all(leak.field != "amount" for leak in self.leaks)


def win_chances(pipeline: Pipeline, now: int, known: Opportunities | None = None) -> Chances:
    """Learn from deals closed before day ``now`` begins; say the chance of those open then. Later rows are never looked at.

    ``known``: the pipeline's ``opportunities(now)``, where they were made already.
    """
    deals = deal_fields(pipeline, pipeline.opportunities(now) if known is None else known, now)
    leaks = audit(deals, now=now)
    clean = usable(deals, leaks)
    model = fit_win_chance(clean, now)
    open_ = clean.rows((clean.created < now) & (clean.closed >= now))
    chances = {one.opportunity_id: one for one in model.chances(open_, now)}
    return Chances(model, leaks, chances, model.lifts(open_, now))


def deal_fields(pipeline: Pipeline, opportunities: Opportunities, now: int) -> Deals:
    """The deals begun before ``now`` with their fields as they were on the first day; closed and won as known then."""
    known = opportunities.as_of(now)
    rows = [pipeline.deal_of[name] for name in known.ids]
    columns: dict[str, Sequence[Any]] = {
        "source": [row["source"] for row in rows],
        "type": [row["type"] for row in rows],
        "account type": [row["account_type"] for row in rows],
        "segment": [pipeline.segments[name] for name in known.ids],
        "owner": [row["starter_id"] for row in rows],
        "sourced by another": [_word(row["sourcer_id"] != row["starter_id"]) for row in rows],
        "amount": [None if row["opening_cents"] is None else row["opening_cents"] / 100 for row in rows],
        "days to expected close": [_ahead(row, pipeline.first_spans.get(row["opportunity_id"])) for row in rows],
    }
    told = {name: columns[name] for name in FIELDS if any(value is not None for value in columns[name])}
    return Deals(known.ids, known.created, known.closed, known.won, told)


def _word(yes: bool) -> str:
    return "yes" if yes else "no"


def _ahead(row: Mapping[str, Any], span: Mapping[str, Any] | None) -> float | None:
    """Days from the start to the close that was expected then."""
    if span is None or span["close_day"] is None:
        return None
    return float(span["close_day"] - row["created_day"])
