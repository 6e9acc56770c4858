"""Stretches in which an open opportunity had the same owner, stage, amount and close date.

Each day's end meets exactly one span of an opportunity that is open then: where it goes from a rep of one time zone to a rep of
another, the first one's days end where the other's begin, so that no day has it twice or not at all.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts import days
from paceline.facts.days import ALWAYS_AT
from paceline.facts.schema import FOREVER
from paceline.facts.shape import LIFE, TIMELINE, stored
from paceline.facts.tables import Tables
from paceline.facts.timeline import stages

SLICES = ("account_id", "account_type", "source", "type", "product_id")


def span(t: Tables) -> ir.Table:
    """Every span of every started opportunity; those closed at an unknown time have none."""
    pieces = open_pieces(t)
    pieces = _since(pieces, "stage_id", "stage_from_")
    dated = _with_days(pieces, t)
    stage = stages(t).drop("outcome")
    wide = dated.left_join(stage, dated.stage_id == stage.stage_key_)
    return wide.mutate(position=wide.order_, valued=wide.native_cents.isnull() | (wide.native_cents > 0))


def open_pieces(t: Tables) -> ir.Table:
    """The timeline cut to the time between start and close, open intervals only.

    Columns from_at, until_at (null: still), rep_id, owned_from_at.
    """
    life, line = stored(t, LIFE), stored(t, TIMELINE)
    life = life.filter((life.outcome == "open") | life.closed_at.notnull())
    life = life.select(*SLICES, "start_at", "closed_at", "currency", "next_step", life_of_="opportunity_id")
    line = _since(line.mutate(from_at=line["at"]), "owner_id", "owner_from_").drop("from_at")
    line = line.filter(line.outcome == "open").drop("outcome", "changed_by_id")
    both = line.inner_join(life, line.opportunity_id == life.life_of_)
    start = both.start_at.fill_null(ALWAYS_AT)
    from_at = ibis.ifelse(both["at"] > start, both["at"], start)
    until_at = ibis.cases((both.until_at.isnull(), both.closed_at), (both.closed_at < both.until_at, both.closed_at),
                          else_=both.until_at)
    # Only a transfer begins an ownership anew; closing and reopening doesn't.
    owned_from = ibis.ifelse(both.owner_from_ > start, both.owner_from_, start)
    cut = both.mutate(from_at=from_at, until_at=until_at, rep_id=both.owner_id, owned_from_at=owned_from).drop(
        "life_of_", "owner_id", "owner_from_", "at", "closed_at")
    return cut.filter(cut.until_at.isnull() | (cut.from_at < cut.until_at))


def _since(pieces: ir.Table, column: str, name: str) -> ir.Table:
    """Column ``name``: since when, without a break, the value of ``column`` is what it is."""
    order = ibis.window(group_by="opportunity_id", order_by="from_at")
    same = pieces[column].lag().over(order).identical_to(pieces[column])
    goes_on = same & (pieces.until_at.lag().over(order) == pieces.from_at)
    marked = pieces.mutate(begins_=ibis.ifelse(goes_on.fill_null(False), 0, 1))
    so_far = ibis.window(group_by="opportunity_id", order_by="from_at", preceding=None, following=0)
    numbered = marked.mutate(stretch_=marked.begins_.sum().over(so_far))
    whole = ibis.window(group_by=["opportunity_id", "stretch_"])
    return numbered.mutate(**{name: numbered.from_at.min().over(whole)}).drop("begins_", "stretch_")


def _with_days(pieces: ir.Table, t: Tables) -> ir.Table:
    """Columns from_day, until_day, last_day, start_day, stage_day, in the owner's zone."""
    pieces = pieces.mutate(last_at_=pieces.until_at - 1)
    for at, name in (("from_at", "from_day"), ("until_at", "until_day"), ("last_at_", "last_day"), ("start_at", "start_day"),
                     ("stage_from_", "stage_day")):
        pieces = days.with_local_day(pieces, t, at=at, name=name)
    so_far = ibis.window(group_by="opportunity_id", order_by="from_at", preceding=None, following=0)
    begun = ibis.ifelse(pieces.from_at == ALWAYS_AT, ibis.literal(-FOREVER, "int32"), pieces.from_day)
    pieces = pieces.mutate(from_day=begun)
    pieces = pieces.mutate(from_day=pieces.from_day.max().over(so_far))  # a day gone west would come twice
    order = ibis.window(group_by="opportunity_id", order_by="from_at")
    following = pieces.mutate(next_at_=pieces.from_at.lead().over(order), next_day_=pieces.from_day.lead().over(order))
    until = ibis.cases(
        (following.until_at.isnull(), ibis.literal(FOREVER, "int32")),
        (following.next_at_ == following.until_at, following.next_day_),
        (following.until_day < following.from_day, following.from_day),
        else_=following.until_day)
    forever = ibis.literal(FOREVER, "int32")
    last = ibis.ifelse(following.until_at.isnull(), forever, ibis.greatest(following.last_day, following.from_day))
    return following.mutate(until_day=until, last_day=last)
