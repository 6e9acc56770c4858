"""Shapes over aims and money: goals and costs in proportion to their days, commits, what a mix of accounts is worth."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.metrics.frame import Frame

_MIX_DAYS = 365


def _shared(table: ir.Table, amount: ir.Value, until: ir.Value) -> ir.Table:
    """Rows of a range, cut to the period, with the amount in proportion to the calendar days of it."""
    first = ibis.greatest(table.from_day, table.p_first)
    days = ibis.least(table.until_day, until) - first
    share = days.cast("float64") / (table.until_day - table.from_day).cast("float64").nullif(0.0)
    return table.mutate(on_day=first, days=days.cast("int64"), share=share, part_cents=amount.cast("float64") * share)


def goals(f: Frame) -> ir.Table:
    """Reps' revenue goals, in proportion to their days in the whole period (not cut at the as-of day): ``part_cents``."""
    goal = f.fact("goal")
    goal = goal.filter(goal.metric == "revenue", goal.rep_id.notnull())
    period = f.period
    rows = goal.inner_join(period, [goal.from_day < period.p_end, goal.until_day > period.p_first])
    return _shared(rows, rows.target, rows.p_end)


def won_under_goal(f: Frame) -> ir.Table:
    """Won credit on days for which the rep has a revenue goal."""
    outcome = f.fact("outcome")
    rows = f.within(outcome.filter(outcome.won.fill_null(False), outcome.valued.fill_null(False)))
    goal = f.fact("goal")
    goal = goal.filter(goal.metric == "revenue", goal.rep_id.notnull())
    rows = rows.semi_join(goal, [rows.rep_id == goal.rep_id, rows.day >= goal.from_day, rows.day < goal.until_day])
    return rows.mutate(on_day=rows.day)


def costs(f: Frame) -> ir.Table:
    """Costs, in proportion to their days in the period so far: ``part_cents``."""
    cost = f.fact("cost")
    period = f.period
    rows = cost.inner_join(period, [cost.from_day < period.p_until, cost.until_day > period.p_first])
    return _shared(rows, rows.amount_cents, rows.p_until)


def commits(f: Frame) -> ir.Table:
    """The commit for exactly this period, once it is over, one a rep: the last before it began, else the first in it."""
    call = f.fact("forecast")
    call = call.filter(call.category == "commit")
    period = f.period
    rows = call.inner_join(
        period,
        [
            call.from_day == period.p_first,
            call.until_day == period.p_end,
            call["at"] <= period.p_as_of_at,
            period.p_end <= period.p_as_of + 1,
        ],
    )
    early = rows.early.fill_null(False)
    rows = rows.mutate(late=ibis.ifelse(early, 0, 1), nearness=ibis.ifelse(early, -rows["at"], rows["at"]))
    best = ibis.row_number().over(
        group_by=[rows.p_no, rows.rep_id, rows.from_day, rows.until_day],
        order_by=[rows.late, rows.nearness, rows.forecast_call_id.desc()],
    )
    rows = rows.mutate(rank=best)
    rows = rows.filter(rows["rank"] == 0).drop("rank", "late", "nearness")
    return rows.mutate(on_day=rows.from_day)


def mix(f: Frame) -> ir.Table:
    """Opportunities started in the period, each with the company's mean won deal of its account type over a year."""
    worth = _worth(f)
    rows = f.within(f.fact("opportunity"), day="owner_day")
    rows = rows.left_join(worth, [rows.p_no == worth.w_no, rows.account_type == worth.w_type]).drop("w_no", "w_type")
    return rows.mutate(starter_id=rows.rep_id, rep_id=rows.owner_id, on_day=rows.owner_day)


def _worth(f: Frame) -> ir.Table:
    outcome = f.fact("outcome")
    won = outcome.filter(
        outcome.won.fill_null(False),
        outcome.owner.fill_null(False),
        outcome.valued.fill_null(False),
        outcome.amount_cents.notnull(),
        outcome.account_type.notnull(),
    )
    period = f.period
    rows = won.inner_join(period, [won.day > period.p_snapshot - _MIX_DAYS, won.day <= period.p_snapshot])
    return rows.group_by(w_no="p_no", w_type="account_type").agg(expected_cents=rows.amount_cents.cast("float64").mean())
