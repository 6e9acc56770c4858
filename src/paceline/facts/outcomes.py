"""How opportunities began and ended: the facts `opportunity`, `outcome` and `line`."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts import days
from paceline.facts.merged import surviving
from paceline.facts.money import rounded, with_company_cents
from paceline.facts.shape import LIFE, stored
from paceline.facts.tables import Tables


def opportunity(t: Tables) -> ir.Table:
    """Each started opportunity, dated when it started in the zone of the rep who is credited with it."""
    life = stored(t, LIFE)
    begun = life.drop("start_day").mutate(rep_id=life.credited_id, at=life.start_at, native_cents=life.start_cents,
                                          owner_id=life.started_by_id)
    begun = days.with_local_day(begun, t)
    begun = days.with_local_day(begun, t, rep="owner_id", name="owner_day")
    begun = days.with_local_day(begun, t, at="created_at", name="created_day")
    begun = with_company_cents(begun, t, {"amount_cents": "native_cents"})
    return begun.mutate(won_day=ibis.ifelse(begun.outcome == "won", begun.outcome_day, None),
                        lost_day=ibis.ifelse(begun.outcome == "lost", begun.outcome_day, None))


def closed(t: Tables) -> ir.Table:
    """Opportunities closed on a known day, with ``day`` and ``amount_cents`` in the company's currency; one row each."""
    life = stored(t, LIFE)
    ended = life.filter(life.outcome != "open", life.outcome_day.notnull()).mutate(day=life.outcome_day)
    return with_company_cents(ended, t, {"amount_cents": "native_cents"})


def outcome(t: Tables) -> ir.Table:
    """The owner at close, and every rep with a split; meetings and people counted once a deal, before credit is shared out."""
    ended = _with_first_won(closed(t))
    ended = _with_counts(ended, t)
    credited = _with_credit(ended, t)
    share = credited.share
    return credited.mutate(
        won=credited.outcome == "won", lost=credited.outcome == "lost",
        valued=credited.native_cents.isnull() | (credited.native_cents > 0),
        credit_cents=rounded(credited.amount_cents.cast("float64") * share),
        cycle_days=credited.day.cast("int64") - credited.start_day.cast("int64"))


def _with_first_won(ended: ir.Table) -> ir.Table:
    """Column first_won. Wins of one day come in the order of their closing, then of their id."""
    won = (ended.outcome == "won") & ended.account_id.notnull()
    order = ibis.window(group_by=["account_id", "outcome"], order_by=["day", "closed_at", "opportunity_id"])
    ranked = ended.mutate(nth_=ibis.row_number().over(order))
    return ranked.mutate(first_won=won & (ranked.nth_ == 0)).drop("nth_")


def _with_counts(ended: ir.Table, t: Tables) -> ir.Table:
    """Columns meetings and people. Both facts hold only what happened while the opportunity was open."""
    touched, engaged = t.fact("touch_opportunity"), t.fact("opportunity_person")
    held = touched.filter(touched.kind == "meeting")
    meetings = held.group_by("opportunity_id").aggregate(meetings_=held.touch_id.nunique()).rename(met_on_="opportunity_id")
    people = engaged.group_by("opportunity_id").aggregate(people_=engaged.person_id.nunique())
    people = people.rename(engaged_on_="opportunity_id")
    wide = ended.left_join(meetings, ended.opportunity_id == meetings.met_on_)
    wide = wide.left_join(people, wide.opportunity_id == people.engaged_on_)
    return wide.mutate(meetings=wide.meetings_.fill_null(0), people=wide.people_.fill_null(0)).drop(
        "met_on_", "meetings_", "engaged_on_", "people_")


def _with_credit(ended: ir.Table, t: Tables) -> ir.Table:
    """One row a credited rep: columns rep_id, owner, share."""
    splits = _splits(t)
    shared = splits.select(shared_="opportunity_id").distinct()
    owned = ended.left_join(shared, ended.opportunity_id == shared.shared_)
    own_share = splits.rename(split_of_="opportunity_id", split_to_="rep_id", split_="share")
    owned = owned.left_join(own_share, [owned.opportunity_id == own_share.split_of_, owned.owner_id == own_share.split_to_])
    owners = owned.mutate(
        rep_id=owned.owner_id, owner=ibis.literal(True),
        share=ibis.ifelse(owned.shared_.isnull(), 1.0, owned.split_.fill_null(0.0))).select(*ended.columns, "rep_id", "owner",
                                                                                            "share")
    others = ended.inner_join(own_share, ended.opportunity_id == own_share.split_of_)
    others = others.filter(others.owner_id.isnull() | (others.split_to_ != others.owner_id))
    others = others.mutate(rep_id=others.split_to_, owner=ibis.literal(False), share=others.split_).select(
        *ended.columns, "rep_id", "owner", "share")
    return ibis.union(owners, others)


def _splits(t: Tables) -> ir.Table:
    """Columns opportunity_id (surviving), rep_id, share: one row each."""
    split = surviving(t, t.rec("opportunity_split"), "opportunity", "opportunity_id")
    return split.group_by("opportunity_id", "rep_id").aggregate(share=split.share.sum())


def line(t: Tables) -> ir.Table:
    """Line items of won opportunities, valued at the close day's rate."""
    won = closed(t).drop("currency", "product_id")
    won = won.filter(won.outcome == "won").rename(won_id_="opportunity_id")
    item = surviving(t, t.rec("line_item"), "opportunity", "opportunity_id")
    wide = item.inner_join(won, item.opportunity_id == won.won_id_)
    priced = wide.mutate(line_item_id=wide.id, rep_id=wide.owner_id,
                         listed_=wide.list_cents.nullif(0).cast("float64") * wide.quantity,
                         sold_=wide.sold_cents.cast("float64") * wide.quantity)
    priced = with_company_cents(priced.drop("list_cents", "sold_cents"), t, {"list_cents": "listed_", "sold_cents": "sold_"})
    return priced.mutate(discount_cents=priced.list_cents - priced.sold_cents)
