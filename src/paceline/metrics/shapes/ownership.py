"""Shapes over an opportunity's life in a period: who owned it, whether it moved forward, whether its close date slipped."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.metrics.frame import Frame


def owned(f: Frame) -> ir.Table:
    """An opportunity and each rep who owned it open at any instant of the period, as it was on their last day of it."""
    rows = f.overlapping(f.of_members(f.fact("span")))
    latest = ibis.row_number().over(group_by=[rows.p_no, rows.opportunity_id, rows.rep_id], order_by=[rows.from_at.desc()])
    rows = rows.mutate(rank=latest)
    rows = rows.filter(rows["rank"] == 0).drop("rank")
    rows = rows.mutate(on_day=ibis.least(rows.last_day, rows.p_until - 1))
    rates = f.tables.ref("rate").select(rate_currency="currency", rate_day="day", rate="rate")
    rows = rows.left_join(rates, [rows.currency == rates.rate_currency, rows.on_day == rates.rate_day])
    amount = f.in_company_currency(rows.native_cents, rows.currency, rows.rate)
    valued = ibis.ifelse(rows.valued.fill_null(False), amount, ibis.null("int64"))
    return rows.mutate(amount_cents=valued).drop("rate_currency", "rate_day", "rate")


def progressions(f: Frame) -> ir.Table:
    """Opportunities moved forward in the period, with the stage order before the first move and after the last.

    The order before the first is that of the period's start, or of the first stage. Credited to the owner at the last forward
    move, if still the owner at the end (a won deal: at close).
    """
    moves = _counted_moves(f)
    by = {"group_by": [moves.p_no, moves.opportunity_id]}
    first = ibis.row_number().over(**by, order_by=[moves["at"]])
    last = ibis.row_number().over(**by, order_by=[moves["at"].desc()])
    last_forward = ibis.row_number().over(
        group_by=[moves.p_no, moves.opportunity_id, moves.forward], order_by=[moves["at"].desc()]
    )
    ranked = moves.mutate(first_rank=first, last_rank=last, forward_rank=last_forward)
    starts = ranked.filter(ranked.first_rank == 0).select(
        s_no="p_no", s_opportunity="opportunity_id", order_before="from_position"
    )
    ends = ranked.filter(ranked.last_rank == 0).select(
        e_no="p_no", e_opportunity="opportunity_id", order_after="to_position", won="to_won", closer="rep_id"
    )
    rows = ranked.filter(ranked.forward.fill_null(False), ranked.forward_rank == 0)
    rows = rows.inner_join(starts, [rows.p_no == starts.s_no, rows.opportunity_id == starts.s_opportunity])
    rows = rows.inner_join(ends, [rows.p_no == ends.e_no, rows.opportunity_id == ends.e_opportunity])
    return _still_owned(f, rows.drop("s_no", "s_opportunity", "e_no", "e_opportunity"))


def _counted_moves(f: Frame) -> ir.Table:
    """Moves in the period, after the opportunity's start; ``to_won`` where the move went above every open stage."""
    stage = f.tables.rec("stage").select(g_stage="id", g_outcome="outcome")
    start = f.fact("opportunity").select(o_opportunity="opportunity_id", started_at="at")
    moves = f.within(_theirs(f, f.fact("move")))
    moves = moves.left_join(start, moves.opportunity_id == start.o_opportunity).drop("o_opportunity")
    moves = moves.filter(moves.started_at.isnull() | (moves["at"] > moves.started_at))
    moves = moves.left_join(stage, moves.to_stage_id == stage.g_stage)
    return moves.mutate(to_won=(moves.g_outcome == "won").fill_null(False)).drop("g_stage", "g_outcome", "started_at")


def _theirs(f: Frame, rows: ir.Table) -> ir.Table:
    """Of rows of opportunities, those of opportunities that a member moved: all of them, whoever had the rest."""
    return rows.semi_join(f.of_members(f.fact("move")), "opportunity_id") if f.scoped else rows


def _still_owned(f: Frame, rows: ir.Table) -> ir.Table:
    at_end = f.at_snapshot(_theirs(f, f.fact("span"))).select(o_no="p_no", o_opportunity="opportunity_id", o_rep="rep_id")
    rows = rows.left_join(at_end, [rows.p_no == at_end.o_no, rows.opportunity_id == at_end.o_opportunity])
    owner = ibis.ifelse(rows.won, rows.closer, rows.o_rep)
    rows = rows.filter(rows.rep_id.notnull(), (owner == rows.rep_id).fill_null(False)).drop(
        "o_no", "o_opportunity", "o_rep", "closer"
    )
    progressed = rows.order_before.notnull() & rows.order_after.notnull() & (rows.order_after > rows.order_before)
    return rows.mutate(on_day=rows.day, progressed=progressed.fill_null(False))


def due(f: Frame) -> ir.Table:
    """Opportunities that were to close in the period when it began (or when they started or were reopened in it).

    ``slipped``: still open at its end, with a later date.
    """
    span = f.fact("span")
    order = ibis.window(group_by=span.opportunity_id, order_by=span.from_at)
    rows = f.overlapping(span.mutate(before_until=span.until_at.lag().over(order), before_day=span.last_day.lag().over(order)))
    entered = rows.before_until.isnull() | (rows.before_until < rows.from_at)
    at_start = rows.before_day < rows.p_first  # none before it reaches into the period: it holds at its first instant
    begins = entered | at_start.fill_null(False)
    rows = rows.filter(begins, rows.close_day >= rows.p_first, rows.close_day < rows.p_end).drop("before_until", "before_day")
    end = f.at_snapshot(f.fact("span")).select(o_no="p_no", o_opportunity="opportunity_id", later_close_day="close_day")
    rows = rows.left_join(end, [rows.p_no == end.o_no, rows.opportunity_id == end.o_opportunity]).drop("o_no", "o_opportunity")
    return rows.mutate(
        on_day=ibis.greatest(rows.from_day, rows.p_first), slipped=(rows.later_close_day >= rows.p_end).fill_null(False)
    )
