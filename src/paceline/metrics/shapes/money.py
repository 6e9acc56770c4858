"""Shapes over money: costs in proportion to their days, commits, what a mix of accounts is worth."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.metrics.frame import Frame

_MIX_DAYS = 365


def shared(table: ir.Table, amount: ir.Value, until: ir.Value) -> ir.Table:
    """Ranges of days, cut to the period, with the amount in proportion to the calendar days of the whole (``whole_days``)."""
    first = ibis.greatest(table.from_day, table.p_first)
    days = ibis.least(table.until_day, until) - first
    share = days.cast("float64") / table.whole_days.cast("float64").nullif(0.0)
    return table.mutate(on_day=first, days=days.cast("int64"), share=share, part_cents=amount.cast("float64") * share)


def at_stints(f: Frame, table: ir.Table, **columns: str) -> ir.Table:
    """Ranges of days cut where the rep in ``rep_id`` became something else (another team…); nobody's stay whole.

    ``columns``: what the rep was, from `stint`, by the name wanted.
    """
    stint = f.fact("stint").select(s_rep="rep_id", s_from="from_day", s_until="until_day", **columns)
    during = [table.rep_id == stint.s_rep, table.from_day < stint.s_until, table.until_day > stint.s_from]
    rows = table.left_join(stint, during)
    begun = ibis.greatest(rows.from_day, ibis.coalesce(rows.s_from, rows.from_day)).cast("int32")
    ended = ibis.least(rows.until_day, ibis.coalesce(rows.s_until, rows.until_day)).cast("int32")
    return rows.mutate(from_day=begun, until_day=ended).drop("s_rep", "s_from", "s_until")


def costs(f: Frame) -> ir.Table:
    """Costs by the day, in the period so far: ``part_cents``. One row a cost and, where it is for a rep, stint."""
    cost = f.fact("cost")
    cost = at_stints(f, cost.mutate(whole_days=cost.until_day - cost.from_day))
    period = f.period
    rows = cost.inner_join(period, [cost.from_day < period.p_until, cost.until_day > period.p_first])
    return shared(rows, rows.amount_cents, rows.p_until)


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
