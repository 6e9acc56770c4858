"""What is aimed at and what it costs: the facts `goal`, `forecast` and `cost`."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts import days
from paceline.facts.money import with_company_cents
from paceline.facts.tables import Tables

# A goal for one of these is written in whole units of a currency; a goal for any other metric is only where it names a currency.
MONEY_METRICS = (
    "average_deal_size", "average_opportunity_size", "customer_acquisition_cost", "pipeline_generated", "revenue",
    "sales_velocity",
    "weighted_pipeline",
)


def goal(t: Tables) -> ir.Table:
    """Goals that stand; those in money as cents of the company's currency at the rate of their first day (null: no rate)."""
    given = t.rec("goal")
    given = given.filter(~given.deleted.fill_null(False))
    given = given.mutate(goal_id=given.id, hundredfold_=given.target * 100)
    given = with_company_cents(given, t, {"cents_": "hundredfold_"}, day="from_day")
    in_money = given.metric.isin(MONEY_METRICS) | given.currency.notnull()
    return given.mutate(target=ibis.ifelse(in_money, given.cents_.cast("float64"), given.target))


def forecast(t: Tables) -> ir.Table:
    """Forecast calls, at the rate of the company's day on which they were said."""
    said = t.rec("forecast_call")
    said = said.mutate(forecast_call_id=said.id, at=said.submitted_at, native_=said.amount_cents).drop("amount_cents")
    said = days.with_local_day(said, t, name="said_day_")
    home = days.with_local_day(said.mutate(nobody_=ibis.null("string")), t, rep="nobody_")
    return with_company_cents(home, t, {"amount_cents": "native_"}).mutate(early=lambda f: f.said_day_ < f.from_day)


def cost(t: Tables) -> ir.Table:
    """Costs, at the rate of their first day."""
    spent = t.rec("cost")
    spent = spent.mutate(cost_id=spent.id, native_=spent.amount_cents).drop("amount_cents")
    return with_company_cents(spent, t, {"amount_cents": "native_"}, day="from_day")
