"""When an opportunity started and ended, whose it was then, and what it is sliced by (working table `life`)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts import days
from paceline.facts.days import ALWAYS_AT
from paceline.facts.merged import surviving
from paceline.facts.shape import TIMELINE, stored
from paceline.facts.tables import Tables
from paceline.facts.timeline import counted, stages
from paceline.warehouse import history

_KEPT = ("account_id", "stage_id", "created_at", "closed_at", "sourced_by_id", "created_by_id", "source", "type", "product_id",
         "currency", "next_step")  # what an opportunity's record tells of its life; the rest is in its timeline


def life(t: Tables) -> ir.Table:
    """The working table `life` (see `shape.LIFE`): counted opportunities that have started, closed nobody knows when included."""
    ended = _ended(t)
    begun = _begun(t, ended)
    at_start = _owner_and_amount_at_start(t, begun)
    dated = days.with_local_day(at_start, t, at="start_at", rep="owner_id", name="start_day")
    sliced = _sliced(t, dated)
    credited = ibis.coalesce(sliced.sourced_by_id, sliced.created_by_id, sliced.started_by_id)
    return sliced.mutate(credited_id=credited, next_step=sliced.next_step.strip().nullif("").notnull())


def _ended(t: Tables) -> ir.Table:
    """Each counted opportunity with its last state: outcome, closed_at, outcome_day, owner_id (at close), native_cents."""
    line = stored(t, TIMELINE)
    last = line.filter(line.until_at.isnull()).select(
        "opportunity_id", "native_cents", last_stage_="stage_id", last_owner_="owner_id", last_close_day_="close_day")
    deal = counted(t).select(*_KEPT, deal_id_="id")
    wide = deal.inner_join(last, deal.deal_id_ == last.opportunity_id)
    wide = wide.mutate(no_stages_told_=wide.last_stage_.isnull(), last_stage_=ibis.coalesce(wide.last_stage_, wide.stage_id))
    stage = stages(t).select("stage_key_", "accepted_from_", outcome_="outcome")
    wide = wide.left_join(stage, wide.last_stage_ == stage.stage_key_)
    wide = wide.mutate(outcome=wide.outcome_.fill_null("open"))
    closing = _closings(line)
    wide = wide.left_join(closing, wide.opportunity_id == closing.closing_of_)
    wide = days.with_day_end(wide, t, day="last_close_day_", rep="last_owner_", name="close_day_end_")
    is_closed = wide.outcome != "open"
    told = ibis.coalesce(wide.moved_at_, wide.closed_at)
    wide = wide.mutate(told_at_=ibis.ifelse(is_closed, told, None),
                       closed_at=ibis.ifelse(is_closed, ibis.coalesce(told, wide.close_day_end_), None))
    wide = _with_owner_at_close(wide, line)
    wide = days.with_local_day(wide, t, at="told_at_", rep="owner_id", name="told_day_")
    day = ibis.cases((wide.outcome == "won", ibis.coalesce(wide.last_close_day_, wide.told_day_)),
                     (wide.outcome == "lost", ibis.coalesce(wide.told_day_, wide.last_close_day_)), else_=ibis.null("int32"))
    return wide.mutate(outcome_day=day)


def _closings(line: ir.Table) -> ir.Table:
    """When each opportunity last moved to won or lost, from an open stage or from the other outcome."""
    order = ibis.window(group_by="opportunity_id", order_by="at")
    moved = line.mutate(before_=line.outcome.lag().over(order))
    moved = moved.filter(moved.outcome != "open", moved.before_.notnull(), moved.before_ != moved.outcome)
    return moved.group_by("opportunity_id").aggregate(moved_at_=lambda m: m["at"].max()).rename(closing_of_="opportunity_id")


def _with_owner_at_close(wide: ir.Table, line: ir.Table) -> ir.Table:
    """Column owner_id: the owner at the instant of closing; for open ones, and those closed nobody knows when, the last owner."""
    states = line.select(state_of_="opportunity_id", state_from_="at", state_until_=line.until_at.fill_null(-ALWAYS_AT),
                         state_owner_="owner_id")
    joined = wide.left_join(states, [
        wide.opportunity_id == states.state_of_, states.state_from_ <= wide.closed_at,
        states.state_until_ > wide.closed_at])  # no OR: DuckDB would join by nested loops
    owner = ibis.ifelse(joined.closed_at.isnull(), joined.last_owner_, joined.state_owner_)
    return joined.mutate(owner_id=owner).select(*wide.columns, "owner_id")


def _begun(t: Tables, ended: ir.Table) -> ir.Table:
    """Column start_at; opportunities that haven't started are left out."""
    line, stage = stored(t, TIMELINE), stages(t).drop("outcome")
    seen = line.inner_join(stage, line.stage_id == stage.stage_key_)
    far_enough = seen.accepted_from_.isnull() | (seen.order_ >= seen.accepted_from_)  # lost has no order: it isn't "higher"
    reached = seen.filter(far_enough & (seen.outcome != "lost"))
    first = reached.group_by("opportunity_id").aggregate(reached_at_=reached["at"].min()).rename(reached_by_="opportunity_id")
    wide = ended.left_join(first, ended.opportunity_id == first.reached_by_)
    created, reached_at = wide.created_at, wide.reached_at_
    accepted_at = ibis.cases(
        (reached_at.isnull(), wide.closed_at),  # never reached, but closed: it started at its closing
        (reached_at == ALWAYS_AT, created),
        (created > reached_at, created),
        else_=reached_at)
    # A closed one of whose stages nothing is told has always been where it is now: it started when it was created.
    start_at = ibis.ifelse(wide.accepted_from_.isnull() | wide.no_stages_told_, created, accepted_at)
    begun = wide.accepted_from_.isnull() | reached_at.notnull() | (wide.outcome != "open")
    return wide.mutate(start_at=start_at).filter(begun)


def _owner_and_amount_at_start(t: Tables, begun: ir.Table) -> ir.Table:
    """Columns started_by_id and start_cents; where the start is unknown, the first that are known of."""
    line = stored(t, TIMELINE)
    states = line.select(first_of_="opportunity_id", first_from_="at", first_until_=line.until_at.fill_null(-ALWAYS_AT),
                         started_by_id="owner_id",
                         start_cents="native_cents")
    instant = begun.start_at.fill_null(ALWAYS_AT)
    joined = begun.mutate(instant_=instant)
    joined = joined.left_join(states, [
        joined.opportunity_id == states.first_of_, states.first_from_ <= joined.instant_,
        states.first_until_ > joined.instant_])
    return joined.drop("first_of_", "first_from_", "first_until_", "instant_")


def _sliced(t: Tables, table: ir.Table) -> ir.Table:
    """Columns account_id (surviving), account_type, segment, product_id, currency."""
    table = surviving(t, table, "account", "account_id")
    account = accounts(t)
    wide = table.left_join(account, table.account_id == account.account_key_)
    product = _largest_products(t)
    wide = wide.left_join(product, wide.opportunity_id == product.product_of_)
    return wide.mutate(product_id=ibis.coalesce(wide.largest_, wide.product_id),
                       currency=wide.currency.fill_null(t.settings.currency))


def accounts(t: Tables) -> ir.Table:
    """Columns account_key_, account_type (the first that was known), segment (as known)."""
    now, past = history.unbound("account"), history.unbound_past("account")
    versions = ibis.union(now.select("id", "type", "known_at", replaced=ibis.literal(0)),
                          past.select("id", "type", "known_at", replaced=ibis.literal(1)))
    versions = versions.filter(versions.type.notnull())
    if t.as_of is not None:
        versions = versions.filter(versions.known_at <= t.as_of)
    oldest = ibis.window(group_by="id", order_by=[ibis.asc("known_at"), ibis.desc("replaced"), ibis.asc("type")])
    versions = versions.mutate(nth_=ibis.row_number().over(oldest))
    first = versions.filter(versions.nth_ == 0).select(first_of_="id", account_type="type")
    account = t.rec("account").select("segment", account_key_="id")
    return account.left_join(first, account.account_key_ == first.first_of_).drop("first_of_")


def _largest_products(t: Tables) -> ir.Table:
    """Columns product_of_ (the surviving opportunity), largest_: the product of the line worth most (then of the first id)."""
    line = surviving(t, t.rec("line_item"), "opportunity", "opportunity_id")
    line = line.filter(line.product_id.notnull(), line.opportunity_id.notnull())
    worth = ibis.coalesce(line.sold_cents, line.list_cents, 0).cast("float64") * line.quantity.fill_null(1.0)
    line = line.mutate(worth_=worth)
    best = ibis.window(group_by="opportunity_id", order_by=[ibis.desc("worth_"), ibis.asc("id")])
    line = line.mutate(nth_=ibis.row_number().over(best))
    return line.filter(line.nth_ == 0).select(product_of_="opportunity_id", largest_="product_id")
