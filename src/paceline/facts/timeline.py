"""The history of opportunities as intervals: every field's value from each change to the next (working table `timeline`).

A field that never changed has always been what it is now; before its first change it was that change's `old`. A closed
opportunity without a change of stage was open, at an unknown stage, until its close: its first interval has no stage.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts.days import ALWAYS_AT
from paceline.facts.shape import STAGE_ORDER, stored
from paceline.facts.tables import Tables
from paceline.warehouse.deals import iso_day

FIELDS = ("stage", "owner", "amount", "close_day")
COLUMN = {"stage": "stage_id", "owner": "owner_id", "amount": "native_cents", "close_day": "close_day"}


def counted(t: Tables) -> ir.Table:
    """The opportunities that count: not deleted, not a test, not merged away."""
    deal = t.rec("opportunity")
    return deal.filter(~deal.deleted.fill_null(False), ~deal.test.fill_null(False), deal.merged_into_id.isnull())


def stages(t: Tables) -> ir.Table:
    """The built working table `stage_order`."""
    return stored(t, STAGE_ORDER)


def stage_order(t: Tables) -> ir.Table:
    """The working table `stage_order` (see `shape.STAGE_ORDER`). Each pipeline has its own order and accepted stage."""
    stage = t.rec("stage")
    stage = stage.mutate(pipeline=stage.pipeline.fill_null(""))
    opened = stage.filter(stage.outcome == "open")
    ladder = opened.select("pipeline", "position").distinct()
    ladder = ladder.mutate(rung_=ibis.row_number().over(ibis.window(group_by="pipeline", order_by="position")) + 1)
    top = ladder.group_by("pipeline").aggregate(top_=ladder.position.max(),
                                                rungs_=ladder.rung_.max()).rename(top_pipeline_="pipeline")
    accepted = stage.filter(stage.accepted.fill_null(False)).group_by("pipeline").aggregate(
        accepted_from_=lambda s: s.position.min()).rename(accepted_pipeline_="pipeline")
    ladder = ladder.rename(ladder_pipeline_="pipeline", ladder_position_="position")
    wide = stage.left_join(top, stage.pipeline == top.top_pipeline_)
    wide = wide.left_join(accepted, wide.pipeline == accepted.accepted_pipeline_)
    wide = wide.left_join(ladder, [wide.pipeline == ladder.ladder_pipeline_, wide.position == ladder.ladder_position_])
    won, lost = wide.outcome == "won", wide.outcome == "lost"
    order = ibis.cases((lost, ibis.null("int64")), (won, ibis.coalesce(wide.top_ + 1, wide.position)), else_=wide.position)
    rank = ibis.cases((lost, ibis.null("int64")), (won, wide.rungs_.fill_null(0) + 1), else_=wide.rung_)
    return wide.mutate(stage_key_=wide.id, stage_name_=wide.name, order_=order, rank_=rank)


def timeline(t: Tables) -> ir.Table:
    """The working table `timeline` (see `shape.TIMELINE`) of every counted opportunity."""
    deals = counted(t)
    changes = t.rec("opportunity_change").semi_join(deals, [("opportunity_id", "id")])
    rows = ibis.union(_beginnings(t, deals, changes), _steps(changes))
    filled = _filled(rows)
    order = ibis.window(group_by="opportunity_id", order_by="at")
    stage = t.rec("stage").select(stage_key_="id", outcome_="outcome")
    filled = filled.mutate(until_at=filled["at"].lead().over(order))
    known = filled.left_join(stage, filled.stage_id == stage.stage_key_)
    return known.mutate(outcome=known.outcome_.fill_null("open"))


def _value(field: str, text: ir.StringValue) -> ir.Value:
    given = text.nullif("")
    if field == "amount":
        return given.cast("int64")
    return iso_day(given) if field == "close_day" else given


def _beginnings(t: Tables, deals: ir.Table, changes: ir.Table) -> ir.Table:
    """One row an opportunity: what each field was before any change."""
    order = ibis.window(group_by=["opportunity_id", "field"], order_by=["changed_at", "id"])
    firsts = changes.mutate(nth_=ibis.row_number().over(order))
    firsts = firsts.filter(firsts.nth_ == 0)
    is_ = {field: firsts.field == field for field in FIELDS}
    told = firsts.group_by("opportunity_id").aggregate(
        **{f"{field}_old": ibis.ifelse(is_[field], _value(field, firsts.old), None).max() for field in FIELDS},
        **{f"{field}_told": ibis.ifelse(is_[field], 1, 0).max() for field in FIELDS},
    ).rename(told_of_="opportunity_id")
    stage = t.rec("stage").select(stage_key_="id", outcome_="outcome")
    wide = deals.left_join(stage, deals.stage_id == stage.stage_key_)
    wide = wide.left_join(told, wide.id == told.told_of_)
    is_open = wide.outcome_.fill_null("open") == "open"
    now = {"stage": ibis.ifelse(is_open, wide.stage_id, None), "owner": wide.owner_id, "amount": wide.amount_cents,
           "close_day": wide.close_day}
    values = {COLUMN[field]: ibis.ifelse(wide[f"{field}_told"].fill_null(0) == 1, wide[f"{field}_old"],
                                         now[field]) for field in FIELDS}
    return wide.select(
        opportunity_id=wide.id, at=ibis.literal(ALWAYS_AT, "int64"), **values,
        **{f"{field}_set": ibis.literal(1, "int64") for field in FIELDS},
        changed_by_id=ibis.null("string"))


def _steps(changes: ir.Table) -> ir.Table:
    """One row an opportunity and instant of change: the new values (of several of a field at an instant, the last id's)."""
    order = ibis.window(group_by=["opportunity_id", "field", "changed_at"], order_by=ibis.desc("id"))
    last = changes.mutate(nth_=ibis.row_number().over(order))
    last = last.filter(last.nth_ == 0)
    is_ = {field: last.field == field for field in FIELDS}
    steps = last.group_by("opportunity_id", "changed_at").aggregate(
        **{COLUMN[field]: ibis.ifelse(is_[field], _value(field, last.new), None).max() for field in FIELDS},
        **{f"{field}_set": ibis.ifelse(is_[field], 1, 0).max().cast("int64") for field in FIELDS},
        changed_by_id=ibis.ifelse(is_["owner"], last.changed_by_id, None).max())
    return steps.rename(at="changed_at").select(
        "opportunity_id", "at", *COLUMN.values(), *(f"{field}_set" for field in FIELDS), "changed_by_id")


def _filled(rows: ir.Table) -> ir.Table:
    """Values carried on to the next change: rows from one setting of a field to the next share a number, and so a value."""
    so_far = ibis.window(group_by="opportunity_id", order_by="at", preceding=None, following=0)
    numbered = rows.mutate(**{f"{field}_nth": rows[f"{field}_set"].sum().over(so_far) for field in FIELDS})
    return numbered.mutate(**{
        COLUMN[field]: numbered[COLUMN[field]].max().over(ibis.window(group_by=["opportunity_id",
                                                                                f"{field}_nth"])) for field in FIELDS})
