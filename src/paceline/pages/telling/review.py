"""A week or a month in review, for whoever's rows are in sight: goals, what changed, what stood out, all numbers together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from paceline.access.doors import Door
from paceline.alerts.models import Alert, Verdict
from paceline.alerts.sight import seen_through
from paceline.channels.message import Line
from paceline.metrics.reading import Reading
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Metric, Unit
from paceline.pages.dashboards import judged, team, written
from paceline.pages.dashboards.address import Address, Course, word_of
from paceline.pages.dashboards.goal_tiles import quarter_beside, whose
from paceline.pages.dashboards.later import soon
from paceline.pages.telling import words
from paceline.pages.telling.addresses import absolute, metric_page
from paceline.pages.told import in_words
from paceline.sales.periods import Period
from paceline.sales.scope import Scope

GRAINS = {"week": "week", "month": "month"}
_LINES = 40  # of single numbers that stood out
PATIENT = 600.0  # seconds that a message or a file waits for the numbers; a page says that they are being worked out
_REPS = 50  # whose numbers are looked through; a larger company's leaders have their team pages


@dataclass(frozen=True)
class Number:
    """A metric of a role, all its people together: what it was, and in the period before."""

    name: str
    value: str
    before: str
    href: str


@dataclass(frozen=True)
class Review:
    """What a period was like. ``goals``, ``began``, ``ended``, ``stood_out`` are lines with links; ``numbers`` by role."""

    kind: str
    period: Period
    goals: tuple[Line, ...]
    began: tuple[Line, ...]
    ended: tuple[Line, ...]
    stood_out: tuple[Line, ...]
    numbers: tuple[tuple[str, tuple[Number, ...]], ...]
    judged: int

    @property
    def path(self) -> str:
        """Its page."""
        return reverse("review", args=[self.kind, self.period.first.isoformat()])

    @property
    def title(self) -> str:
        """``The week in review: Jun 22 – 28, 2026``."""
        name = gettext("The week in review") if self.kind == "week" else gettext("The month in review")
        return f"{name}: {written.period(self.period)}"


def period_of(kind: str, day: date, door: Door) -> Period:
    """The week or month with the day."""
    return Period.containing(GRAINS[kind], day, door.store.settings)


@dataclass(frozen=True)
class Gathered:
    """What a review is made of. ``quarter``: the one whose goals it tells; ``began``, ``ended``: the alerts, weightiest first;
    ``stood_out``: single numbers outside of their usual range, the worse first; ``page``, ``before``: the two periods' numbers.
    """

    kind: str
    period: Period
    quarter: Period
    goals: tuple[judged.Together, ...]
    began: tuple[Alert, ...]
    ended: tuple[Alert, ...]
    stood_out: tuple[tuple[team.Row, team.Cell], ...]
    page: team.Team
    before: team.Team


def gathered(kind: str, period: Period, door: Door, wait: float | None = PATIENT) -> Gathered:
    """The numbers of a review, of whom is in sight through the door. ``wait``: seconds until NotYetError (None: a page's)."""
    store, scope = door.store, door.sight()
    page, before = soon(store, ("review", period, scope), None, lambda: _teams(store, scope, period), wait)
    quarter = quarter_beside(period, store.view().day, store.settings)
    goals = judged.together(store, judged.goals_soon(store, quarter, scope, wait=wait), scope)
    began, ended = _changed(period, door)
    return Gathered(kind, period, quarter, goals, began, ended, _stood_out(page), page, before)


def review(kind: str, period: Period, door: Door, wait: float | None = PATIENT) -> Review:
    """The review of a period in words. ``wait``: as in ``gathered``."""
    store, of = door.store, gathered(kind, period, door, wait)
    names = words.names_of(store)
    began, ended = (tuple(words.line(one, store, names) for one in some) for some in (of.began, of.ended))
    return Review(kind, period, _goals(of, store), began, ended, _told(of, store.settings.currency),
                  _numbers(of.page, of.before, period), len(of.page.cells))  # fmt: skip


def _teams(store: Store, scope: Scope, period: Period) -> tuple[team.Team, team.Team]:
    """The numbers of the period and of the one before."""
    today = store.view().day
    page, before = (team.team(store, scope, Course.to(one, today), first=0, most=_REPS) for one in (period, period.before()))
    return page, before


def _goals(of: Gathered, store: Store) -> tuple[Line, ...]:
    """Goals to date: of all together, or one's own."""
    lines = []
    for one in of.goals:
        unit, currency = one.metric.unit, store.settings.currency
        goal = written.brief(one.target, unit, currency)
        value = written.reading(one.reading)
        if value is None or one.share is None:
            told = gettext("none, because %(reason)s") % {"reason": in_words(one.reading.none_because)}
        else:
            share = written.share(one.share)
            told = gettext("%(value)s of %(goal)s (%(share)s)") % {"value": value, "goal": goal, "share": share}
        href = absolute(reverse("goals") + Address().query(period=word_of(one.period)))
        who = [whose(one)] if one.line is not None or one.teams else []
        name = [gettext(one.metric.name), *who, written.period(of.quarter)]
        lines.append(Line(", ".join(name), told, href))
    return tuple(lines)


def _changed(period: Period, door: Door) -> tuple[tuple[Alert, ...], tuple[Alert, ...]]:
    """Alerts that began and that ended in the period, without those that are no issue."""
    zone = ZoneInfo(door.store.settings.time_zone)
    first, until = (datetime.combine(day, time(), zone) for day in (period.first, period.until))
    seen = seen_through(door).exclude(verdict=Verdict.DISMISSED)
    began = seen.filter(fired__gte=period.first, fired__lt=period.until).order_by("-weight")
    ended = seen.filter(Q(state="ok"), changed_at__gte=first, changed_at__lt=until).order_by("-weight")
    return tuple(began), tuple(ended)


def _stood_out(page: team.Team) -> tuple[tuple[team.Row, team.Cell], ...]:
    """Single numbers outside of their usual range, at most ``_LINES``."""
    rows = [(row, cell) for block in page.blocks for row in block.rows for cell in row.cells]
    found = [(row, cell) for row, cell in rows
             if cell.mark in ("worse", "better") and cell.usual is not None and cell.value is not None]  # fmt: skip
    return tuple(sorted(found, key=lambda pair: pair[1].mark != "worse")[:_LINES])


def _told(of: Gathered, currency: str) -> tuple[Line, ...]:
    """What stood out, as lines."""
    lines = []
    for row, cell in of.stood_out:
        low, high = (written.brief(end, cell.metric.unit, currency) for end in cell.usual or ())
        value = "" if cell.value is None else written.brief(cell.value, cell.metric.unit, currency)
        told = gettext("%(value)s, usually %(low)s to %(high)s") % {"value": value, "low": low, "high": high}
        href = absolute(metric_page(cell.metric.slug, of.period, "rep", row.rep))
        lines.append(Line(f"{row.name} · {gettext(cell.metric.name)}", told, href, cell.mark))
    return tuple(lines)


def _numbers(page: team.Team, before: team.Team, period: Period) -> tuple[tuple[str, tuple[Number, ...]], ...]:
    earlier = {(block.role, metric.slug): reading for block in before.blocks
               for metric, reading in zip(block.metrics, block.together, strict=True)}  # fmt: skip
    return tuple(
        (block.role, tuple(
            _number(metric, _written(reading), _written(earlier.get((block.role, metric.slug))), block.role, period)
            for metric, reading in zip(block.metrics, block.together, strict=True)
        ))
        for block in page.blocks if block.role
    )  # fmt: skip


def _written(of: Reading | None) -> str | None:
    """In few characters; of a small ratio a few hundredths are much."""
    return None if of is None else written.reading(of, short=of.metric.unit is not Unit.RATIO)


def _number(metric: Metric, value: str | None, before: str | None, role: str, period: Period) -> Number:
    href = reverse("metric", args=[metric.slug]) + Address().query(period=word_of(period), role=role)
    return Number(gettext(metric.name), value or "–", before or "–", href)
