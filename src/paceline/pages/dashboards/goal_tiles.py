"""Goals as tiles: value, goal, a bullet with pace and likely end, and what that means in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from paceline import charts
from paceline.insight.compare import LIKELY, UNLIKELY
from paceline.judging.goals import GoalLine
from paceline.metrics.vocabulary import Metric
from paceline.pages.dashboards import judged, written
from paceline.pages.dashboards.address import word_of
from paceline.pages.dashboards.asking import Asked
from paceline.pages.dashboards.later import NotYetError
from paceline.pages.told import in_words
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.sales.settings import Settings


def goals_period(of: Asked) -> Period:
    """The quarter whose goals stand beside the period."""
    return quarter_beside(of.period, of.today, of.store.settings)


def quarter_beside(period: Period, today: date, settings: Settings) -> Period:
    """Goals are for quarters: the fiscal quarter with the period's last day, or today's."""
    grain = "quarter" if settings.fiscal_start_month == 1 else "fiscal_quarter"
    return Period.containing(grain, min(written.last_day(period), today), settings)


def title(of: Asked) -> str:
    """``Goals, Q4 2026 to date``."""
    period = goals_period(of)
    words = gettext("Goals, %(period)s") if _is_over(of, period) else gettext("Goals, %(period)s to date")
    return words % {"period": written.period(period)}


def _is_over(of: Asked, period: Period) -> bool:
    """Whether nothing can be added to it any more: neither a pace nor a likely end is told then."""
    return period.until <= of.today


def of_team(of: Asked) -> list[dict[str, Any]] | None:
    """The goals of everybody in the scope taken together; None while they are being worked out.

    Each leads to the goals that it is made of, and those to their records.
    """
    period = goals_period(of)
    try:
        lines = judged.goals_soon(of.store, period, of.scope, of.as_of)
    except NotYetError:
        return None
    goals = reverse("goals")
    tiles = []
    for goal in judged.together(of.store, lines, of.scope, of.as_of):
        over = _is_over(of, goal.period)
        likely = None if over else judged.likely_end(of.store, goal.metric, goal.period, goal.scope, of.as_of)
        tile = _tile(of, goal.metric, goal.period, goal.reading.value, goal.target, goal.expected, likely)
        href = goals + of.address.query(period=word_of(goal.period))
        tiles.append({**tile, "href": href, "people": whose(goal), "because": in_words(goal.reading.none_because)})
    return tiles


def whose(goal: judged.Together) -> str:
    """``12 reps``, ``North, South``, or who it is that has one goal as a whole."""
    if goal.teams:
        return ", ".join(goal.teams)
    if goal.line is None:
        return ngettext("%(count)s rep", "%(count)s reps", goal.people) % {"count": goal.people}
    return goal.line.name or gettext("the company")


def of_rep(of: Asked, scope: Scope, records: Any) -> list[dict[str, Any]] | None:
    """One rep's goals, with the chance of reaching each where it can be given; None while they are being worked out."""
    try:
        lines = judged.goals_soon(of.store, goals_period(of), scope, of.as_of)
    except NotYetError:
        return None
    tiles = []
    for line in lines:
        one = tile(of, line)
        words = one["words"]
        if line.reach is not None:
            chance = gettext("%(share)s likely to reach it") % {"share": written.chance(line.reach.chance)}
            words = f"{words} · {chance}" if words else chance
        href = records(line.metric.slug, line.period)
        reason = in_words(line.none_because)
        tiles.append({**one, "words": words, "href": href, "because": reason, "mark": _mark(line), "slug": line.metric.slug})
    return tiles


def _mark(line: GoalLine) -> str:
    """What a judgement against the goal says of it: ``better``, ``worse``, or nothing yet."""
    if line.reach is None or line.value is None:
        return ""
    return "better" if line.reach.chance >= LIKELY else "worse" if line.reach.chance <= UNLIKELY else ""


def tile(of: Asked, line: GoalLine) -> dict[str, Any]:
    """A goal: its value, its bullet, its pace in words."""
    return _tile(of, line.metric, line.period, line.value, line.goal.target, _expected(line), _likely(line))


def _expected(line: GoalLine) -> float | None:
    return None if line.pace is None else line.pace.expected


def _likely(line: GoalLine) -> tuple[float, float] | None:
    return None if line.reach is None else (line.reach.interval[0], line.reach.interval[1])


def _tile(
    of: Asked, metric: Metric, period: Period, value: float | None, target: float, expected: float | None,
    likely: tuple[float, float] | None,
) -> dict[str, Any]:
    def brief(number: float) -> str:
        return written.brief(number, metric.unit, of.currency)

    over = _is_over(of, period)
    words = [_end(value, target, metric) if over else _pace(value, target, expected, metric)]
    if likely is not None:
        words.append(gettext("likely end %(low)s – %(high)s") % {"low": brief(likely[0]), "high": brief(likely[1])})
    return {
        "name": gettext(metric.name),
        "share": None if value is None else gettext("%(share)s of goal") % {"share": written.share(value / target)},
        "plain_share": None if value is None else written.share(value / target),
        "value": None if value is None else brief(value),
        "of": gettext("of %(goal)s") % {"goal": brief(target)},
        "bullet": charts.bullet(value, target, pace=expected, likely=likely),
        "words": " · ".join(word for word in words if word),
    }


def _end(value: float | None, target: float, metric: Metric) -> str:
    """How a goal ended whose period is over."""
    if value is None:
        return ""
    reached = value <= target if metric.direction.way == "lower" else value >= target
    return gettext("reached") if reached else gettext("missed by %(share)s") % {"share": written.share(abs(value / target - 1))}


def _pace(value: float | None, target: float, expected: float | None, metric: Metric) -> str:
    """Where it stands beside the usual way to the goal."""
    if value is None:
        return ""
    if metric.direction.way != "lower" and value >= target:
        return gettext("reached")
    if not expected:
        return ""
    change = value / expected - 1
    if abs(change) < 0.02:
        return gettext("on pace")
    share = written.share(abs(change))
    return (
        gettext("%(share)s ahead of pace") % {"share": share}
        if change > 0
        else gettext("%(share)s behind pace") % {"share": share}
    )
