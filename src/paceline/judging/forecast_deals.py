"""The open deals of a forecast: chance and likely day, chance to be won at all with its reasons, stale or not."""

from __future__ import annotations

from dataclasses import dataclass

from paceline.insight.forecast import Forecast
from paceline.judging.pipeline import Pipeline, open_spans
from paceline.judging.winchance import Chances
from paceline.metrics.store import View


@dataclass(frozen=True)
class DealLine:
    """An open deal. Money in units of the company's currency, None: unknown. Days are days since 1970-01-01.

    ``chance``: to be won before the period ends, ``likely_day``: when, if so. ``win_chance``: to be won at all; None where
    chances are switched off. ``stale``: older than any deal ever won, it counts 0.
    """

    opportunity_id: str
    name: str
    account: str | None
    rep_id: str
    rep_name: str
    stage: str | None
    amount: float | None
    age_days: int
    close_day: int | None  # as expected by the rep
    chance: float
    likely_day: int | None
    expected: float
    win_chance: float | None
    reasons: str
    stale: bool


def deal_lines(view: View, pipeline: Pipeline, made: Forecast, chances: Chances) -> tuple[DealLine, ...]:
    """Every open deal of the forecast, the one that is expected to bring most first."""
    deals = {row["opportunity_id"]: row for row in pipeline.deals}
    spans = open_spans(pipeline)
    names = _names(view, "opportunity")
    accounts, stages = _names(view, "account"), _names(view, "stage")
    people = {stint.rep_id: stint.name or stint.rep_id for stint in view.stints}
    found = []
    for one in made.deals:
        deal, span = deals[one.opportunity_id], spans.get(one.opportunity_id, {})
        chance = chances.of_deal.get(one.opportunity_id)
        amount = span.get("amount_cents", deal["amount_cents"])
        line = DealLine(
            one.opportunity_id, names.get(one.opportunity_id) or one.opportunity_id, accounts.get(deal["account_id"]),
            one.rep_id, people.get(one.rep_id, one.rep_id) or "nobody", stages.get(span.get("stage_id")),
            None if amount is None else amount / 100, one.age_days, span.get("close_day"), one.chance, one.likely_day,
            one.expected_cents / 100, None if chance is None else chance.chance, "" if chance is None else chance.sentence,
            one.stale,
        )  # fmt: skip
        found.append(line)
    return tuple(found)


def _names(view: View, table: str) -> dict[str | None, str | None]:
    rows = view.engine.query(view.frame.tables.rec(table).select("id", "name")).to_pylist()
    return {row["id"]: row["name"] for row in rows}
