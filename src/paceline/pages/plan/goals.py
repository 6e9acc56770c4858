"""The goals page: how each goal stands, how it came about, and whether a team's is what its people's add up to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from paceline.judging.goals import COMPANY, REP, TEAM, GoalLine
from paceline.judging.people import people
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Metric
from paceline.pages.dashboards import goal_tiles, judged, written
from paceline.pages.dashboards.asking import Asked
from paceline.pages.dashboards.kept import kept_for_the_day
from paceline.pages.dashboards.links import records_of, rep_link
from paceline.pages.plan.models import GoalChange
from paceline.pages.told import in_words
from paceline.sales.periods import Period
from paceline.sales.scope import Scope

_ORDER = {COMPANY: 0, TEAM: 1, REP: 2}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Group:
    """One metric's goals for the same days; ``adds_up``: what its people's make beside their team's, in words."""

    metric: Metric
    period: Period
    rows: tuple[Mapping[str, Any], ...]
    adds_up: tuple[str, ...]


def lines_of(of: Asked, period: Period, scope: Scope, wait: float | None = None) -> tuple[GoalLine, ...]:
    """The goals of a scope. Raises NotYetError while the company's are being worked out."""
    return judged.goals_soon(of.store, period, scope, of.as_of, wait)


def in_order(of: Asked, lines: Sequence[GoalLine]) -> list[GoalLine]:
    """By metric, results first as in the catalogue, and days; within them the company, teams, people."""
    rank = {slug: place for place, slug in enumerate(of.store.catalog)}
    return sorted(lines, key=lambda one: (
        rank[one.metric.slug], one.period.first, one.period.until, _ORDER[one.goal.level], one.name.casefold(),
    ))  # fmt: skip


def groups(
    of: Asked, shown: Sequence[GoalLine], lines: Sequence[GoalLine], may_change: Callable[[GoalLine], bool]
) -> list[Group]:
    """Of all ``lines``, in order, those shown, by metric and days."""
    found: dict[tuple[str, Period], list[GoalLine]] = {}
    for line in shown:
        found.setdefault((line.metric.slug, line.period), []).append(line)
    how = {one.goal_id: one for one in reversed(GoalChange.objects.filter(goal_id__in=[line.goal.id for line in shown]))}
    out = []
    for (slug, period), some in found.items():
        rows = tuple(row(of, one, how.get(one.goal.id), may_change(one)) for one in some)
        alike = [one for one in lines if one.metric.slug == slug and one.period == period]
        out.append(Group(of.store.catalog[slug], period, rows, tuple(_adds_up(of, some, alike, period))))
    return out


def row(of: Asked, line: GoalLine, change: GoalChange | None, may_change: bool) -> dict[str, Any]:
    """A goal as the table shows it."""
    tile = goal_tiles.tile(of, line)
    rep, team = (line.goal.subject, "") if line.goal.level == REP else ("", line.goal.subject)
    page = rep_link(of, rep) if rep else reverse("team") + of.address.query(team=team, vs="own")
    plan = reverse("goal_plan") + of.address.query(rep=rep, team=team, metric=line.metric.slug, target=f"{line.goal.target:.10g}")
    return {
        **tile,
        "who": line.name or gettext("the company"),
        "level": line.goal.level,
        "page": page,
        "goal": written.brief(line.goal.target, line.metric.unit, of.currency),
        "records": records_of(line.metric.slug, line.period, rep, team, of.address.as_of),
        "because": in_words(line.none_because),
        "chance": None if line.reach is None else written.chance(line.reach.chance),
        "no_chance": in_words(line.no_chance_because),
        "how": how_it_came(of, line.metric, change),
        "change": reverse("goal", args=[line.goal.id]) if may_change else "",
        "plan": plan if line.metric.slug in PLANNED and line.period.first <= of.today < line.period.until else "",
        "sentence": in_words(line.sentence),
    }


PLANNED = ("revenue", "sales_volume", "pipeline_generated")


def how_it_came(of: Asked, metric: Metric, change: GoalChange | None) -> str:
    """How a target was made from the full one; empty where it was set as it is, or elsewhere."""
    if change is None or change.full is None:
        return ""
    parts = []
    if change.present is not None and change.present < 0.9995:
        parts.append(gettext("%(share)s of the working time") % {"share": written.share(change.present)})
    if change.ramped is not None and change.ramped < 0.9995:
        parts.append(gettext("%(share)s for the ramp") % {"share": written.share(change.ramped)})
    full = written.brief(change.full, metric.unit, of.currency)
    return gettext("%(parts)s of %(full)s") % {"parts": " × ".join(parts), "full": full} if parts else ""


def _adds_up(of: Asked, shown: Sequence[GoalLine], lines: Sequence[GoalLine], period: Period) -> list[str]:
    """Of the company and each team shown with a goal of its own: what people's goals add up to beside it."""
    above = [line for line in shown if line.goal.level != REP]
    if not above or above[0].metric.denominator is not None:
        return []
    day = max(period.first, min(of.today, period.until - DAY))
    team_of = {one.rep: one.team for one in sellers(of.store, day, of.as_of)}
    theirs: dict[str | None, list[float]] = {}
    for line in (line for line in lines if line.goal.level == REP):
        theirs.setdefault(team_of.get(line.goal.subject), []).append(line.goal.target)
    everybody = [target for some in theirs.values() for target in some]
    out = []
    for whole in above:
        is_team = whole.goal.level == TEAM
        if mine := theirs.get(whole.name, []) if is_team else everybody:
            told = {
                "team": whole.name, "sum": written.brief(sum(mine), whole.metric.unit, of.currency), "count": len(mine),
                "share": written.share(sum(mine) / whole.goal.target),
            }  # fmt: skip
            words = ngettext(
                "%(team)s: the goal of %(count)s person comes to %(sum)s, %(share)s of the team’s.",
                "%(team)s: the goals of %(count)s people add up to %(sum)s, %(share)s of the team’s.", len(mine),
            ) if is_team else ngettext(
                "The goal of %(count)s person comes to %(sum)s, %(share)s of the company’s.",
                "The goals of %(count)s people add up to %(sum)s, %(share)s of the company’s.", len(mine),
            )  # fmt: skip
            out.append(words % told)
    return out


def sellers(store: Store, day: date, as_of: date | None) -> tuple[Any, ...]:
    """Everybody who sells on a day, kept."""
    return kept_for_the_day(store, ("sellers", day), as_of, lambda: people(store, day, Scope.company(), as_of))


def table(lines: Sequence[GoalLine]) -> pa.Table:
    """A row a goal, for a file."""
    return pa.Table.from_pylist([_exported(line) for line in lines], _SCHEMA)


_SCHEMA = pa.schema([
    ("goal_id", pa.string()), ("level", pa.string()), ("who", pa.string()), ("name", pa.string()), ("metric", pa.string()),
    ("first_day", pa.date32()), ("last_day", pa.date32()), ("target", pa.float64()), ("unit", pa.string()),
    ("currency", pa.string()), ("value", pa.float64()), ("none_because", pa.string()), ("expected_by_now", pa.float64()),
    ("chance", pa.float64()), ("likely_low", pa.float64()), ("likely_middle", pa.float64()), ("likely_high", pa.float64()),
    ("no_chance_because", pa.string()),
])  # fmt: skip


def _exported(line: GoalLine) -> dict[str, Any]:
    reach = line.reach
    return {
        "goal_id": line.goal.id, "level": line.goal.level, "who": line.goal.subject, "name": line.name,
        "metric": line.metric.slug, "first_day": line.period.first, "last_day": line.period.until - DAY,
        "target": line.goal.target, "unit": line.metric.unit.value, "currency": line.currency, "value": line.value,
        "none_because": line.none_because, "expected_by_now": None if line.pace is None else line.pace.expected,
        "chance": None if reach is None else reach.chance, "likely_low": None if reach is None else reach.interval[0],
        "likely_middle": None if reach is None else reach.middle, "likely_high": None if reach is None else reach.interval[1],
        "no_chance_because": line.no_chance_because,
    }  # fmt: skip
