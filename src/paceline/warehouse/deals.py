"""Deals taken back to an instant before their source was first loaded: their later changes undone, one field at a time."""

from __future__ import annotations

import ibis

_DAY_SECONDS = 86_400


def deals_taken_back(
        deals: ibis.Table, at: int, first_loads: ibis.Table, changes: ibis.Table, stages: ibis.Table) -> ibis.Table:
    """The opportunities as they were at the instant (seconds), where their version was loaded after it.

    ``deals``: one version an opportunity, with stamps; ``first_loads``: (record_source, first_load); ``changes``: all versions
    of opportunity_change, with superseded_at; ``stages``: stage, canonical. Each changed field gets the ``old`` value of its
    earliest change after the instant. A closing after the instant is forgotten; a closed deal whose stage was never seen to
    change was open then, at an unknown stage (null), as is one whose earlier stage is unknown.
    """
    deals = deals.left_join(first_loads, "record_source").drop("record_source_right")
    # A version of a later load has only what was known by the instant: nothing in it is to be undone.
    deals = deals.mutate(later=(deals.first_load > at).fill_null(False))
    undone = _old_values(deals, changes, at)
    deals = deals.left_join(undone, deals.id == undone.opportunity_id)
    deals = _with_closed(deals, stages)
    return deals.mutate(
        stage_id=_stage_then(deals, at),
        owner_id=(deals.owner_undone > 0).fill_null(False).ifelse(deals.old_owner, deals.owner_id),
        amount_cents=(deals.amount_undone > 0).fill_null(False).ifelse(deals.old_amount.cast("int64"), deals.amount_cents),
        close_day=(deals.day_undone > 0).fill_null(False).ifelse(iso_day(deals.old_day), deals.close_day),
        closed_at=(deals.later & (deals.closed_at > at)).fill_null(False).ifelse(ibis.null("int64"), deals.closed_at),
    )


def iso_day(text: ibis.expr.types.StringColumn) -> ibis.expr.types.IntegerColumn:
    """Days since 1970-01-01 (int32) of a YYYY-MM-DD text. `epoch_days` of a plain date is the same on every engine."""
    return text.cast("date").epoch_days().cast("int32")


def _old_values(deals: ibis.Table, changes: ibis.Table, at: int) -> ibis.Table:
    """By opportunity: the old value of each field's earliest change after the instant, and how many stage changes there are.

    Only changes known at the source's first load: later ones aren't in the version that is to be taken back.
    """
    loads = deals.filter(deals.later).select(deal=deals.id, first_load=deals.first_load)
    changes = changes.inner_join(loads, changes.opportunity_id == loads.deal)
    changes = changes.filter(
        changes.known_at <= changes.first_load, changes.superseded_at.isnull() | (changes.superseded_at > changes.first_load))
    # Changes by the instant sort behind those after it, so that the first of a field is the one to undo, if any is.
    after = (changes.changed_at > at).ifelse(1, 0)
    in_order = ibis.row_number().over(
        group_by=[changes.opportunity_id, changes.field], order_by=[after.desc(), changes.changed_at, changes.id])
    ranked = changes.mutate(after=after, place=in_order)
    undo = (ranked.after == 1) & (ranked.place == 0)
    values = {}
    for word, field in (("stage", "stage"), ("owner", "owner"), ("amount", "amount"), ("day", "close_day")):
        mine = undo & (ranked.field == field)
        values[f"{word}_undone"] = mine.ifelse(1, 0).sum()
        values[f"old_{word}"] = mine.ifelse(ranked.old, ibis.null("string")).max()
    return ranked.group_by("opportunity_id").agg(**values, stage_changes=(ranked.field == "stage").ifelse(1, 0).sum())


def _with_closed(deals: ibis.Table, stages: ibis.Table) -> ibis.Table:
    """The deals with ``closed``: is their stage won or lost?"""
    own = stages.select(stage="id", closed=(stages.outcome != "open"))
    return deals.left_join(own, deals.stage_id == own.stage)


def _stage_then(deals: ibis.Table, at: int) -> ibis.expr.types.StringColumn:
    # A close day ends with the day's last second in UTC: no more is known of its moment.
    closing = deals.closed_at.fill_null((deals.close_day.cast("int64") + 1) * _DAY_SECONDS - 1)
    never_changed = deals.later & deals.closed & (deals.stage_changes.fill_null(0) == 0) & (closing > at)
    return ibis.cases(
        ((deals.stage_undone > 0).fill_null(False), deals.old_stage),
        (never_changed.fill_null(False), ibis.null("string")),
        else_=deals.stage_id)
