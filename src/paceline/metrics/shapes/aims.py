"""Shapes over goals: what a rep, a team and the company aim at, and what was won towards it.

A goal is spread evenly over its calendar days, and so it may change teams with its rep. On a day a team's target is that of the
team's own goals where one covers the day, else the sum of its reps' of that day. The company's likewise: its own, else its teams'
and that of reps in no team.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts.schema import FOREVER
from paceline.metrics.frame import Frame
from paceline.metrics.shapes.money import at_stints, shared

TEAM_ITSELF = "team:"  # begins what stands for a team in `rep_id`, where a row is the team's own and no rep's


def goals(f: Frame) -> ir.Table:
    """Reps' revenue goals by the day, in the whole period (not cut at the as-of day): ``part_cents``. A row a goal and stint."""
    return _in_period(f, _of_reps(f))


def team_goals(f: Frame) -> ir.Table:
    """Revenue goals of teams, and of their reps on the days that no goal of the team covers: ``part_cents``."""
    return _in_period(f, _of_teams(f))


def company_goals(f: Frame) -> ir.Table:
    """The company's revenue goals, and those of its teams and reps on the days that none of them covers: ``part_cents``."""
    own = _of_company(f)
    return _in_period(f, own.union(_outside(_of_teams(f).mutate(key_=ibis.literal("")), own.mutate(key_=ibis.literal("")))))


def won_under_goal(f: Frame) -> ir.Table:
    """Won credit on days for which the rep has a revenue goal."""
    return _any(f, _won(f), ("rep",))


def won_under_team_goal(f: Frame) -> ir.Table:
    """Won credit on days for which the rep's team or, where it hasn't, the rep has a revenue goal."""
    return _any(f, _won(f), ("rep", "team"))


def won_under_company_goal(f: Frame) -> ir.Table:
    """Won credit on days for which the company has a revenue goal or, where it hasn't, the rep's team or the rep."""
    return _any(f, _won(f), ("rep", "team", "company"))


# --- goals as ranges of days: goal_id, rep_id, rep_team, target, whole_days, from_day, until_day ---

_RANGE = ("goal_id", "rep_id", "rep_team", "target", "whole_days", "from_day", "until_day")


def _revenue(f: Frame) -> ir.Table:
    goal = f.fact("goal")
    goal = goal.filter(goal.metric == "revenue", goal.until_day > goal.from_day)
    return goal.mutate(whole_days=goal.until_day - goal.from_day)


def _of_reps(f: Frame) -> ir.Table:
    goal = _revenue(f)
    goal = goal.filter(goal.rep_id.notnull()).drop("team")
    return at_stints(f, goal, rep_team="team").select(*_RANGE)


def _of_teams(f: Frame) -> ir.Table:
    goal = _revenue(f)
    goal = goal.filter(goal.rep_id.isnull(), goal.team.notnull())
    own = goal.mutate(rep_id=ibis.literal(TEAM_ITSELF) + goal.team, rep_team=goal.team).select(*_RANGE)
    reps = _of_reps(f)
    return own.union(_outside(reps.mutate(key_=reps.rep_team), own.mutate(key_=own.rep_team)))


def _of_company(f: Frame) -> ir.Table:
    goal = _revenue(f)
    goal = goal.filter(goal.rep_id.isnull(), goal.team.isnull())
    return goal.mutate(rep_team=goal.team).select(*_RANGE)


def _outside(rows: ir.Table, taken: ir.Table) -> ir.Table:
    """The rows, cut to the days that no range of the same ``key_`` takes."""
    untouched = rows.anti_join(taken, "key_")
    free = _free(taken)
    cut = rows.inner_join(free, [rows.key_ == free.f_key, rows.from_day < free.f_until, rows.until_day > free.f_from])
    first, until = ibis.greatest(cut.from_day, cut.f_from), ibis.least(cut.until_day, cut.f_until)
    cut = cut.mutate(from_day=first.cast("int32"), until_day=until.cast("int32"))
    return untouched.select(*_RANGE).union(cut.select(*_RANGE))


def _free(taken: ir.Table) -> ir.Table:
    """The ranges of days between those taken: f_key, f_from, f_until."""
    order = {"group_by": "key_", "order_by": [taken.from_day, taken.until_day, taken.goal_id]}
    reach = taken.mutate(reach=taken.until_day.max().over(ibis.window(**order, preceding=None, following=0)))
    order = {"group_by": "key_", "order_by": [reach.from_day, reach.until_day, reach.goal_id]}
    before = reach.mutate(before=reach.reach.lag().over(ibis.window(**order)))
    gaps = before.select(
        f_key="key_", f_from=ibis.coalesce(before.before, ibis.literal(-FOREVER, "int32")).cast("int32"), f_until="from_day"
    )
    last = taken.group_by(f_key="key_").agg(f_from=taken.until_day.max())
    after = last.select("f_key", "f_from", f_until=ibis.literal(FOREVER, "int32"))
    return gaps.filter(gaps.f_from < gaps.f_until).union(after)


def _in_period(f: Frame, goal: ir.Table) -> ir.Table:
    period = f.period
    rows = goal.inner_join(period, [goal.from_day < period.p_end, goal.until_day > period.p_first])
    return shared(rows, rows.target, rows.p_end)


# --- what was won ---


def _won(f: Frame) -> ir.Table:
    """Won credit in the period, with the rep's team of the day."""
    outcome = f.fact("outcome")
    rows = f.within(outcome.filter(outcome.won.fill_null(False), outcome.valued.fill_null(False), outcome.share > 0))
    stint = f.fact("stint").select(st_rep="rep_id", st_from="from_day", st_until="until_day", rep_team="team")
    there = [rows.rep_id == stint.st_rep, rows.day >= stint.st_from, rows.day < stint.st_until]
    rows = rows.left_join(stint, there).drop("st_rep", "st_from", "st_until")
    return rows.mutate(on_day=rows.day)


def _covering(f: Frame, rows: ir.Table, whose: str) -> tuple[ir.Table, list[ir.BooleanValue]]:
    """The goals of a rep, a team or the company, and what says that one covers a row's day."""
    goal = _revenue(f).select(g_rep="rep_id", g_team="team", g_from="from_day", g_until="until_day")
    on_day = [rows.day >= goal.g_from, rows.day < goal.g_until]
    if whose == "rep":
        return goal, [rows.rep_id == goal.g_rep, *on_day]
    goal = goal.filter(goal.g_rep.isnull(), goal.g_team.notnull() if whose == "team" else goal.g_team.isnull())
    on_day = [rows.day >= goal.g_from, rows.day < goal.g_until]
    return goal, [rows.rep_team == goal.g_team, *on_day] if whose == "team" else on_day


def _any(f: Frame, rows: ir.Table, whose: tuple[str, ...]) -> ir.Table:
    """The rows whose day a goal of any of them covers, each once."""
    first, *others = whose
    covered, rest = rows.semi_join(*_covering(f, rows, first)), rows.anti_join(*_covering(f, rows, first))
    return covered if not others else covered.union(_any(f, rest, tuple(others)))
