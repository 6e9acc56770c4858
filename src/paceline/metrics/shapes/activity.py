"""Shapes over touches: people who answered, accounts and contacts touched, the time between touches."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.metrics.frame import Frame
from paceline.metrics.shapes.stocks import upcoming


def two_way(f: Frame) -> ir.Table:
    """Signs that a person engaged back: a reply, a connected call, a meeting attended. A row each."""
    touch = f.fact("touch_person")
    touch = touch.filter(touch.two_way.fill_null(False))
    touched = f.within(touch.select("rep_id", "day", "at", "person_id", "account_id", "kind", evidence=touch.touch_id))
    reply = f.fact("reply")
    replied = f.within(
        reply.select("rep_id", "day", "at", "person_id", "account_id", kind=ibis.literal("reply"), evidence=reply.email_id)
    )
    rows = touched.union(replied)
    return rows.mutate(on_day=rows.day)


def touched_accounts(f: Frame) -> ir.Table:
    """Touches of a person at a known account, with the account's tier."""
    touch = f.fact("touch_person")
    rows = f.within(f.of_members(touch.filter(touch.account_id.notnull())))
    account = f.tables.rec("account").select(a_account="id", tier="tier")
    rows = rows.left_join(account, rows.account_id == account.a_account).drop("a_account")
    return rows.mutate(on_day=rows.day, in_target_tier=rows.tier.isin(sorted(f.settings.target_tiers)).fill_null(False))


def touched_contacts(f: Frame) -> ir.Table:
    """Touches of a contact of the CRM, with whether the contact has a title."""
    contact = f.tables.rec("contact")
    contact = contact.select(
        c_person=ibis.literal("contact:") + contact.id, titled=contact.title.notnull() & (contact.title.strip() != "")
    )
    rows = f.within(f.of_members(f.fact("touch_person")))
    rows = rows.inner_join(contact, rows.person_id == contact.c_person).drop("c_person")
    return rows.mutate(on_day=rows.day)


def touch_gaps(f: Frame) -> ir.Table:
    """An opportunity and an owner, with the mean number of days between the owner's touch days.

    Gaps that ended in the period, within one ownership. For one still open and owned at the snapshot, the gap since the last
    touch is added when it is longer than that mean, unless a meeting of the owner with the account lies ahead. Without any closed
    gap there is nothing to compare with, and the open gap alone counts.
    """
    closed = _closed_gaps(f)
    waiting = _open_gaps(f)
    both = closed.outer_join(
        waiting, [closed.p_no == waiting.w_no, closed.opportunity_id == waiting.w_opportunity, closed.rep_id == waiting.w_rep]
    )
    mean = both.gap_sum.cast("float64") / both.gap_count.cast("float64").nullif(0.0)
    counted = both.open_gap.notnull() & (mean.isnull() | (both.open_gap.cast("float64") > mean))
    total = both.gap_sum.fill_null(0) + ibis.ifelse(counted, both.open_gap, 0)
    number = both.gap_count.fill_null(0) + ibis.ifelse(counted, 1, 0)
    rows = both.select(
        p_no=ibis.coalesce(both.p_no, both.w_no),
        rep_id=ibis.coalesce(both.rep_id, both.w_rep),
        opportunity_id=ibis.coalesce(both.opportunity_id, both.w_opportunity),
        on_day=ibis.coalesce(both.last_day, both.w_day),
        account_type=ibis.coalesce(both.account_type, both.w_account_type),
        source=ibis.coalesce(both.source, both.w_source),
        product_id=ibis.coalesce(both.product_id, both.w_product_id),
        type=ibis.coalesce(both.type, both.w_type),
        gaps=number,
        gap_days=total,
        open_gap=both.open_gap,
        mean_gap=total.cast("float64") / number.cast("float64").nullif(0.0),
    )
    return rows.filter(rows.gaps > 0)


_SLICES = ("account_type", "source", "type", "product_id")


def _closed_gaps(f: Frame) -> ir.Table:
    touch = f.of_members(f.fact("touch_opportunity"))
    touch = f.within(touch.filter(touch.owned.fill_null(False), touch.gap_days.notnull()))
    slices = {name: touch[name].max() for name in _SLICES}
    return touch.group_by("p_no", "opportunity_id", "rep_id").agg(
        gap_sum=touch.gap_days.sum(), gap_count=touch.count(), last_day=touch.day.max(), **slices
    )


def _open_gaps(f: Frame) -> ir.Table:
    span = f.at_snapshot(f.of_members(f.fact("span")))
    touch = f.of_members(f.fact("touch_opportunity"))
    touch = touch.filter(touch.owned.fill_null(False)).select(
        t_opportunity="opportunity_id", t_rep="rep_id", t_day="day", t_at="at", t_owned_from="owned_from_at"
    )
    pairs = span.inner_join(
        touch,
        [
            span.opportunity_id == touch.t_opportunity,
            span.rep_id == touch.t_rep,
            span.owned_from_at == touch.t_owned_from,
            touch.t_day <= span.p_snapshot,
            touch.t_at <= span.p_as_of_at,
        ],
    )
    slices = {f"w_{name}": pairs[name].max() for name in _SLICES}
    last = pairs.group_by(w_no="p_no", w_opportunity="opportunity_id", w_rep="rep_id").agg(
        w_day=pairs.p_snapshot.max(), w_touch_day=pairs.t_day.max(), w_account=pairs.account_id.max(), **slices
    )
    last = last.mutate(open_gap=(last.w_day - last.w_touch_day).cast("int64"))
    ahead = upcoming(f, f.of_members(f.fact("meeting")))
    stopped = last.anti_join(ahead, [last.w_no == ahead.p_no, last.w_rep == ahead.n_rep, last.w_account == ahead.n_account])
    return stopped.drop("w_touch_day", "w_account")
