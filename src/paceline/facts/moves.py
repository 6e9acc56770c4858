"""What happens to opportunities between start and close: the facts `move`, `stage_visit` and `arrival`."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts import days
from paceline.facts.days import DAY_SECONDS, utc_day
from paceline.facts.shape import LIFE, TIMELINE, stored
from paceline.facts.spans import SLICES
from paceline.facts.tables import Tables
from paceline.facts.timeline import stages


def _lives(t: Tables) -> ir.Table:
    return stored(t, LIFE).select(
        *SLICES, "start_at", "closed_at", life_of_="opportunity_id", final_="outcome")


def move(t: Tables) -> ir.Table:
    """Changes of stage after the start, up to the final close. Reaching the accepted stage is the start, no move."""
    line, life = stored(t, TIMELINE), _lives(t)
    order = ibis.window(group_by="opportunity_id", order_by="at")
    steps = line.mutate(from_stage_id=line.stage_id.lag().over(order))
    steps = steps.filter(steps.from_stage_id.notnull(), steps.stage_id.notnull(), steps.from_stage_id != steps.stage_id)
    wide = steps.inner_join(life, steps.opportunity_id == life.life_of_)
    wide = wide.filter((wide["at"] > wide.start_at) | wide.start_at.isnull(),
                       (wide["at"] <= wide.closed_at) | (wide.final_ == "open"))
    wide = _with_order(wide, t, "from_stage_id", "from")
    wide = _with_order(wide, t, "stage_id", "to")
    dated = days.with_local_day(wide.mutate(rep_id=wide.owner_id, to_stage_id=wide.stage_id), t)
    forward = (dated.to_position > dated.from_position).fill_null(False)
    return dated.mutate(forward=forward, regression=(dated.to_position < dated.from_position).fill_null(False),
                        skip=forward & (dated.to_rank - dated.from_rank > 1).fill_null(False))


def _with_order(table: ir.Table, t: Tables, stage: str, name: str) -> ir.Table:
    order = stages(t).select(key_="stage_key_", position_="order_", place_="rank_")
    joined = table.left_join(order, table[stage] == order.key_)
    return joined.mutate(**{f"{name}_position": joined.position_,
                            f"{name}_rank": joined.place_}).drop("key_", "position_", "place_")


def stage_visit(t: Tables) -> ir.Table:
    """Stays in open stages, put together from spans; a reopening into the same stage is a stay of its own."""
    span, life = t.fact("span"), _lives(t)
    span = span.filter(span.stage_id.notnull())
    order = ibis.window(group_by="opportunity_id", order_by="from_at")
    same, touching = span.stage_id.lag().over(order) == span.stage_id, span.until_at.lag().over(order) == span.from_at
    goes_on = (same & touching).fill_null(False)
    marked = span.mutate(begins_=ibis.ifelse(goes_on, 0, 1))
    so_far = ibis.window(group_by="opportunity_id", order_by="from_at", preceding=None, following=0)
    numbered = marked.mutate(stay_=marked.begins_.sum().over(so_far))
    last = ibis.window(group_by=["opportunity_id", "stay_"], order_by=ibis.desc("from_at"))
    whole = ibis.window(group_by=["opportunity_id", "stay_"])
    stays = numbered.mutate(nth_=ibis.row_number().over(last), at=numbered.from_at.min().over(whole))
    stays = stays.filter(stays.nth_ == 0).drop("nth_", *SLICES)
    wide = stays.inner_join(life, stays.opportunity_id == life.life_of_)
    wide = _with_stage_after(wide, t)
    wide = _with_order(wide, t, "stage_id", "here")
    name = stages(t).select(named_="stage_key_", stage="stage_name_")
    wide = wide.left_join(name, wide.stage_id == name.named_)
    wide = days.with_local_day(wide, t, at="until_at")
    wide = days.with_local_day(wide, t, at="at", name="entered_day")
    advanced = (wide.next_outcome_ == "won") | (wide.next_position > wide.here_position)
    return wide.mutate(days=wide.day.cast("int64") - wide.entered_day.cast("int64"), advanced=advanced.fill_null(False),
                       won=(wide.final_ == "won").fill_null(False))


def _with_stage_after(stays: ir.Table, t: Tables) -> ir.Table:
    """Columns next_outcome_ and next_position: where an ended stay led. A close told by no change leads to the final outcome."""
    line = stored(t, TIMELINE).select(next_of_="opportunity_id", next_at_="at", next_stage_="stage_id", next_outcome_="outcome")
    joined = stays.left_join(line, [stays.opportunity_id == line.next_of_, stays.until_at == line.next_at_])
    joined = joined.mutate(next_outcome_=ibis.ifelse(joined.until_at == joined.closed_at, joined.final_, joined.next_outcome_))
    return _with_order(joined, t, "next_stage_", "next").drop("next_of_", "next_at_")


def arrival(t: Tables) -> ir.Table:
    """The first owner on the start day, then each later one while open; a gift returned within a day is left out, both ways."""
    life, given = _lives(t), _owners(t)
    wide = given.inner_join(life, given.opportunity_id == life.life_of_)
    wide = wide.filter(wide.start_at.notnull())
    created = wide.filter((wide.until_at > wide.start_at) | wide.until_at.isnull())
    first = ibis.window(group_by="opportunity_id", order_by="at")
    created = created.mutate(nth_=ibis.row_number().over(first),
                             first_at_=created["at"].min().over(ibis.window(group_by="opportunity_id")))
    starts = created.filter(created.nth_ == 0)
    starts = starts.mutate(at=starts.start_at,  # first owned only later, it is still dated by its start
                           how=ibis.literal("created"), bulk=ibis.literal(False))
    later = created.filter(created.nth_ > 0, created.kept, (created["at"] < created.closed_at) | (created.final_ == "open"),
                           created.outcome == "open")
    transferred = _with_bulk(later.mutate(how=ibis.literal("transferred")), t)
    columns = ("opportunity_id", "rep_id", "at", *SLICES, "how", "bulk")
    return days.with_local_day(ibis.union(starts.select(*columns), transferred.select(*columns)), t)


def _owners(t: Tables) -> ir.Table:
    """One row an owner in turn: opportunity_id, rep_id, at, until_at, outcome, changed_by_id, ``kept`` (not undone in a day).

    Times without owner are left out: who comes after one follows the owner before it. Owners who give a deal to and fro within a
    day make a chain; each gift and its return cancel each other in turn, so of an odd number the last one holds.
    """
    line = stored(t, TIMELINE)
    line = line.filter(line.owner_id.notnull())
    order = ibis.window(group_by="opportunity_id", order_by="at")
    turns = line.mutate(before_=line.owner_id.lag().over(order))
    turns = turns.filter(turns.before_.isnull() | (turns.before_ != turns.owner_id))
    turns = turns.select("opportunity_id", "at", "outcome", "changed_by_id", "before_", rep_id="owner_id")
    turns = turns.mutate(until_at=turns["at"].lead().over(order), after_=turns.rep_id.lead().over(order))
    undone = (turns.after_ == turns.before_) & (turns.until_at - turns["at"] <= DAY_SECONDS)
    turns = turns.mutate(undone_=ibis.ifelse(undone.fill_null(False), 1, 0))
    turns = turns.mutate(joins_=turns.undone_.lag().over(order).fill_null(0))
    so_far = ibis.window(group_by="opportunity_id", order_by="at", preceding=None, following=0)
    turns = turns.mutate(chain_=(1 - turns.joins_).sum().over(so_far))
    chain = ibis.window(group_by=["opportunity_id", "chain_"])
    in_chain = ibis.window(group_by=["opportunity_id", "chain_"], order_by="at")
    turns = turns.mutate(size_=turns.rep_id.count().over(chain), place_=ibis.row_number().over(in_chain) + 1)
    return turns.mutate(kept=(turns.place_ == turns.size_) & (turns.size_ % 2 == 1))


def _with_bulk(later: ir.Table, t: Tables) -> ir.Table:
    """Column bulk: whoever gave it gave away many that UTC day."""
    change = t.rec("opportunity_change")
    gifts = change.filter(change.field == "owner", change.old.nullif("").notnull(), change.new.nullif("").notnull(),
                          change.old != change.new)
    gifts = gifts.select(giver_=gifts.changed_by_id.fill_null(""), gift_day_=utc_day(gifts.changed_at))
    many = gifts.group_by("giver_", "gift_day_").aggregate(gifts_=gifts.count())
    many = many.filter(many.gifts_ >= t.settings.thresholds.bulk_transfer_count)
    keyed = later.mutate(by_=later.changed_by_id.fill_null(""), on_=utc_day(later["at"]))
    joined = keyed.left_join(many, [keyed.by_ == many.giver_, keyed.on_ == many.gift_day_])
    return joined.mutate(bulk=joined.gifts_.notnull())


