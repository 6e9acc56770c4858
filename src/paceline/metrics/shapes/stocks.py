"""Opportunities open at the snapshot, and what there is to say about them then."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.metrics.frame import Frame, rounded


def open_opportunities(f: Frame) -> ir.Table:
    """Open opportunities at the snapshot, one row each, with age, days in the stage, and amount at the snapshot day's rate.

    Amounts of those that aren't ``valued`` are unknown.
    """
    rows = f.at_snapshot(f.of_members(f.fact("span")))
    rates = f.tables.ref("rate").select(rate_currency="currency", rate_day="day", rate="rate")
    rows = rows.left_join(rates, [rows.currency == rates.rate_currency, rows.p_snapshot == rates.rate_day])
    amount = ibis.ifelse(
        rows.valued.fill_null(False), f.in_company_currency(rows.native_cents, rows.currency, rows.rate), ibis.null("int64")
    )
    rows = rows.mutate(
        on_day=rows.p_snapshot,
        amount_cents=amount,
        age_days=(rows.p_snapshot - rows.start_day).cast("int64"),
        stage_days=(rows.p_snapshot - rows.stage_day).cast("int64"),
        due_in_period=rows.close_day < rows.p_end,
    )
    rows = rows.mutate(
        overdue=rows.close_day < rows.p_snapshot, weighted_cents=rounded(rows.amount_cents.cast("float64") * rows.probability)
    )
    return rows.drop("rate_currency", "rate_day", "rate")


def open_with_people(f: Frame) -> ir.Table:
    """Open opportunities at the snapshot, with how many people were engaged by then and whether one of them decides."""
    rows = open_opportunities(f)
    people = f.fact("opportunity_person").select(
        e_opportunity="opportunity_id", e_person="person_id", e_day="day", e_decides="decides"
    )
    pairs = rows.select("p_no", "p_snapshot", "opportunity_id").inner_join(
        people, [rows.opportunity_id == people.e_opportunity, people.e_day <= rows.p_snapshot]
    )
    engaged = pairs.group_by("p_no", "opportunity_id").agg(
        engaged_people=pairs.e_person.nunique(), deciders=pairs.count(where=pairs.e_decides.fill_null(False))
    )
    engaged = engaged.rename(e_no="p_no", e_opportunity="opportunity_id")
    rows = rows.left_join(engaged, [rows.p_no == engaged.e_no, rows.opportunity_id == engaged.e_opportunity]).drop(
        "e_no", "e_opportunity"
    )
    return rows.mutate(
        engaged_people=rows.engaged_people.fill_null(0),
        decider=rows.deciders.fill_null(0) > 0,
        multi_threaded=rows.engaged_people.fill_null(0) >= f.settings.thresholds.multi_threaded_people,
    ).drop("deciders")


def open_watched(f: Frame) -> ir.Table:
    """Open opportunities at the snapshot, with what makes one stuck: its stage's limit, the last touch, the next meeting."""
    rows = _with_limit(f, open_opportunities(f))
    rows = _with_last_touch(f, rows)
    rows = _with_next_meeting(f, rows)
    since = ibis.coalesce(rows.last_touch_day, rows.start_day)
    return rows.mutate(
        stuck=rows.stage_days > rows.stuck_limit, untouched=rows.p_snapshot - since >= f.settings.thresholds.untouched_days
    )


def _with_limit(f: Frame, rows: ir.Table) -> ir.Table:
    """The stage's limit in days: configured, else the 75th percentile of visits by won deals, else the company's; floored."""
    limits = f.settings.thresholds
    visits = f.fact("stage_visit")
    period = f.period.select(v_no="p_no", v_snapshot="p_snapshot")
    visits = visits.filter(visits.won, visits.days.notnull())
    visits = visits.inner_join(period, visits.day <= period.v_snapshot)  # later visits say nothing of how long was usual then
    stage = visits.group_by(s_no="v_no", s_stage="stage_id").agg(
        s_visits=visits.count(), s_limit=visits.days.cast("float64").quantile(0.75)
    )
    company = visits.group_by(c_no="v_no").agg(c_visits=visits.count(), c_limit=visits.days.cast("float64").quantile(0.75))
    rows = rows.left_join(stage, [rows.p_no == stage.s_no, rows.stage_id == stage.s_stage])
    rows = rows.left_join(company, rows.p_no == company.c_no)
    enough = limits.stuck_min_spells
    history = ibis.coalesce(
        ibis.ifelse(rows.s_visits >= enough, rows.s_limit, ibis.null("float64")),
        ibis.ifelse(rows.c_visits >= enough, rows.c_limit, ibis.null("float64")),
        ibis.literal(float(limits.stuck_floor_days)),
    )
    limit = ibis.greatest(ibis.coalesce(rows.limit_days.cast("float64"), history), ibis.literal(float(limits.stuck_floor_days)))
    return rows.mutate(stuck_limit=limit).drop(
        "s_no", "s_stage", "s_visits", "s_limit", "c_no", "c_visits", "c_limit"
    )


def _with_last_touch(f: Frame, rows: ir.Table) -> ir.Table:
    """The last day on which anyone of ours touched it, up to the snapshot."""
    touch = f.fact("touch_opportunity").select(t_opportunity="opportunity_id", t_day="day", t_at="at")
    pairs = rows.select("p_no", "p_snapshot", "p_as_of_at", "opportunity_id").inner_join(
        touch, [rows.opportunity_id == touch.t_opportunity, touch.t_day <= rows.p_snapshot, touch.t_at <= rows.p_as_of_at]
    )
    last = pairs.group_by("p_no", "opportunity_id").agg(last_touch_day=pairs.t_day.max())
    last = last.rename(t_no="p_no", t_opportunity="opportunity_id")
    return rows.left_join(last, [rows.p_no == last.t_no, rows.opportunity_id == last.t_opportunity]).drop("t_no", "t_opportunity")


def _with_next_meeting(f: Frame, rows: ir.Table) -> ir.Table:
    """Whether, at the snapshot, a meeting with the account lay ahead."""
    ahead = upcoming(f, f.fact("meeting"))
    accounts = ahead.group_by("p_no", "n_account").agg(n_meetings=ahead.count()).rename(n_no="p_no")
    rows = rows.left_join(accounts, [rows.p_no == accounts.n_no, rows.account_id == accounts.n_account])
    return rows.mutate(next_meeting=rows.n_meetings.notnull()).drop("n_no", "n_account", "n_meetings")


def upcoming(f: Frame, meeting: ir.Table) -> ir.Table:
    """Of these meetings those that lay ahead at the snapshot's instant and were booked by then: p_no, n_rep, n_account.

    Of unknown booking: booked all along. The snapshot's instant is that of the company's zone: a meeting has reps of several.
    """
    booked = f.tables.rec("meeting").select(b_meeting="id", booked_at="booked_at")
    meeting = meeting.filter(meeting.held, meeting.account_id.notnull())  # held says that nothing speaks against it, ahead too
    meeting = meeting.left_join(booked, meeting.meeting_id == booked.b_meeting)
    meeting = meeting.mutate(n_booked_at=ibis.coalesce(meeting.booked_at, 0))
    meeting = meeting.select("n_booked_at", n_rep="rep_id", n_account="account_id", n_at="at")
    period = f.period
    ahead = [meeting.n_at > period.p_snapshot_at, meeting.n_booked_at <= period.p_snapshot_at]
    return meeting.inner_join(period, ahead).select("p_no", "n_rep", "n_account")
