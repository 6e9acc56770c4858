"""The team page: reps by metrics in quality, quantity and tempo, each against what is usual for that rep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.utils.translation import gettext

from paceline.insight.scoreboard import RAMP_DAYS, blocks_for, mark
from paceline.metrics.reading import Reading
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Metric
from paceline.pages.dashboards.address import Course
from paceline.pages.dashboards.kept import readings
from paceline.sales.periods import Period, epoch_day
from paceline.sales.scope import Scope, Stint
from paceline.stats.limits import floored, usual

MARKS = {"!": "worse", "+": "better", "~": "ramp", "": ""}
RESULTS = "Results"
SHOW_RESULTS = "results"  # as an address says it
# Wide amounts have their place on the rep's page: twelve columns fit a laptop.
_ELSEWHERE = frozenset({"average_opportunity_size"})


@dataclass(frozen=True)
class Cell:
    """A rep's metric: its readings up to the period asked (None: not here then), the usual range, and whether to look.

    ``against``: what it is compared with besides its own range; None where there is nothing.
    """

    metric: Metric
    history: tuple[Reading | None, ...]
    usual: tuple[float, float] | None
    mark: str
    against: float | None = None

    @property
    def reading(self) -> Reading | None:
        """That of the period asked."""
        return self.history[-1]

    @property
    def value(self) -> float | None:
        """The period's value."""
        return None if self.reading is None else self.reading.value

    @property
    def values(self) -> tuple[float | None, ...]:
        """The values of all periods."""
        return tuple(None if reading is None else reading.value for reading in self.history)

    @property
    def because(self) -> str:
        """Why there is no value; empty where there is one."""
        if self.reading is None:
            return gettext("not here in this period")
        return self.reading.none_because or ""

    @property
    def rising(self) -> bool:
        """Whether the value lies above its usual range rather than below."""
        return self.value is not None and self.usual is not None and self.value > self.usual[1]


@dataclass(frozen=True)
class Row:
    """A rep. ``ramp_week``: the week since the hire, while ramping."""

    rep: str
    name: str
    ramp_week: int | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Block:
    """The reps of a role: groups of metrics, a row a rep, all of them together and the middle one.

    ``together``: nothing of people without a role, who are no group whose rows could be told from others'.
    """

    role: str
    groups: tuple[tuple[str, tuple[Metric, ...]], ...]
    rows: tuple[Row, ...]
    together: tuple[Reading | None, ...]

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The columns."""
        return tuple(metric for _, metrics in self.groups for metric in metrics)

    @property
    def medians(self) -> tuple[float | None, ...]:
        """Of the reps' values, column by column."""
        columns = zip(*(row.cells for row in self.rows), strict=True)
        return tuple(middle([cell.value for cell in column]) for column in columns)


@dataclass(frozen=True)
class Team:
    """The page: a block a role; how many numbers there are, and how many of them stand out. ``everybody``: on all its parts."""

    course: Course
    blocks: tuple[Block, ...]
    everybody: int

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell."""
        return tuple(cell for block in self.blocks for row in block.rows for cell in row.cells)

    @property
    def standing_out(self) -> int:
        """How many are outside of their usual range."""
        return sum(cell.mark in ("worse", "better") for cell in self.cells)

    @property
    def people(self) -> int:
        """How many reps."""
        return sum(len(block.rows) for block in self.blocks)


def middle(values: Sequence[float | None]) -> float | None:
    """The median of the known ones; None of none."""
    there = [value for value in values if value is not None]
    return median(there) if there else None


Groups = tuple[tuple[str, tuple[Metric, ...]], ...]


def groups_of(role: str | None, catalog: Mapping[str, Metric], *, results: bool = False) -> Groups:
    """The groups of metrics that a role is shown, in order; ``results``: also what the others are there to explain."""
    return tuple(
        (name, tuple(catalog[slug] for slug in slugs if results or slug not in _ELSEWHERE))
        for name, slugs in blocks_for(role).items()
        if results or name != RESULTS
    )


def columns_of(role: str | None, catalog: Mapping[str, Metric], show: str = "") -> Groups:
    """The groups of the team page: what leads to results, or (``show``) the results themselves."""
    if show != SHOW_RESULTS:
        return groups_of(role, catalog)
    return tuple(group for group in groups_of(role, catalog, results=True) if group[0] == RESULTS)


def people_of(store: Store, scope: Scope, period: Period, as_of: date | None = None) -> dict[str, Stint]:
    """Who is in the scope in the period: rep id → what they last were in it."""
    view = store.view(as_of)
    first, last = period.first_day, min(period.until_day - 1, epoch_day(view.day))
    found = {}
    for stint in sorted(view.members(scope), key=lambda stint: stint.from_day):
        if stint.from_day <= last and stint.until_day > first and (stint.left_day is None or stint.left_day > first):
            found[stint.rep_id] = stint
    return found


def team(
    store: Store,
    scope: Scope,
    course: Course,
    *,
    vs: str = "own",
    as_of: date | None = None,
    show: str = "",
    first: int = 0,
    most: int | None = None,
) -> Team:
    """The page for a scope: people by role and name, a block a role; ``most`` of them from ``first`` on. Managers aren't rows.

    ``show``: which columns (``columns_of``).
    """
    people = people_of(store, scope, course.last, as_of)
    managers = {stint.manager_id for stint in people.values()}
    listed = sorted(
        (stint for rep, stint in people.items() if rep not in managers),
        key=lambda stint: (stint.role or "", (stint.name or stint.rep_id).casefold(), stint.rep_id),
    )
    shown = listed[first:] if most is None else listed[first : first + most]
    blocks = []
    for role in sorted({stint.role or "" for stint in shown}):
        members = {stint.rep_id: stint for stint in shown if (stint.role or "") == role}
        block = _block(store, scope, columns_of(role or None, store.catalog, show), role, members, course, vs, as_of)
        if block.rows:
            blocks.append(block)
    return Team(course, tuple(blocks), len(listed))


def _block(
    store: Store, scope: Scope, groups: Groups, role: str, members: Mapping[str, Stint], course: Course, vs: str,
    as_of: date | None,
) -> Block:
    metrics = tuple(metric for _, of_group in groups for metric in of_group)
    slugs = [metric.slug for metric in metrics]
    histories = histories_of(store, scope & Scope.reps(sorted(members)), slugs, course.periods, as_of)
    others = _others(store, scope & Scope.reps(sorted(members)), slugs, course, vs, as_of)
    rows = []
    for rep in sorted(members, key=lambda one: (members[one].name or one).casefold()):
        cells = tuple(
            cell_of(metric, histories.get((metric.slug, rep), (None,) * len(course.periods)), members[rep], course.last,
                    others.get((metric.slug, rep)))
            for metric in metrics
        )  # fmt: skip
        if any(cell.reading is not None and cell.reading.n > 0 for cell in cells) or any(v for c in cells for v in c.values):
            rows.append(Row(rep, members[rep].name or rep, ramp_week(members[rep], course.last, store.view(as_of).day), cells))
    together: tuple[Reading | None, ...] = (None,) * len(slugs)
    if role:
        pooled = readings(store, slugs, scope & Scope.role(role), [course.last], as_of=as_of)
        together = tuple(pooled.where(metric=slug)[0] if len(pooled.where(metric=slug)) else None for slug in slugs)
    return Block(role, groups, _against_peers(tuple(rows)) if vs == "peers" else tuple(rows), together)


def histories_of(
    store: Store, scope: Scope, slugs: Sequence[str], periods: Sequence[Period], as_of: date | None
) -> dict[tuple[str, str], tuple[Reading | None, ...]]:
    """(slug, rep) → a reading a period, in order; None for one in which the rep wasn't here."""
    place = {period: number for number, period in enumerate(periods)}
    found: dict[tuple[str, str], list[Reading | None]] = {}
    for reading in readings(store, slugs, scope, periods, ("rep",), as_of=as_of):
        rep = reading.group[0][1]
        if rep is not None:
            found.setdefault((reading.slug, rep), [None] * len(place))[place[reading.period]] = reading
    return {key: tuple(cells) for key, cells in found.items()}


def _others(
    store: Store, scope: Scope, slugs: Sequence[str], course: Course, vs: str, as_of: date | None
) -> dict[tuple[str, str], float | None]:
    """What each cell is compared with, besides its own range."""
    if vs not in ("before", "year"):
        return {}
    whole = course.last
    cut = course.periods[-2] if vs == "before" and len(course.periods) > 1 else None
    period = cut or Course.to(whole.year_before(), date.fromordinal(whole.year_before().until.toordinal() - 1)).last
    if vs == "year" and course.so_far:
        length = course.periods[0].days
        period = Period.between(period.first, min(date.fromordinal(period.first.toordinal() + length), period.until))
    return {
        key: cells[0].value if cells[0] else None for key, cells in histories_of(store, scope, slugs, [period], as_of).items()
    }


def _against_peers(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    medians = [middle([cell.value for cell in column]) for column in zip(*(row.cells for row in rows), strict=True)]
    return tuple(
        Row(row.rep, row.name, row.ramp_week, tuple(
            Cell(cell.metric, cell.history, cell.usual, cell.mark, at) for cell, at in zip(row.cells, medians, strict=True)
        ))
        for row in rows
    )  # fmt: skip


def cell_of(
    metric: Metric, history: tuple[Reading | None, ...], stint: Stint, period: Period, against: float | None = None
) -> Cell:
    """A cell with its usual range (the natural limits of the values before) and its mark."""
    values = [None if reading is None else reading.value for reading in history]
    before = [value for value in values[:-1] if value is not None]
    limits = usual_of(metric, before)
    ramping = stint.hired_day is not None and period.until_day - stint.hired_day < RAMP_DAYS
    ends = None if limits is None else (limits[0], limits[2])
    return Cell(metric, history, ends, MARKS[mark(values, metric.direction, ramping)], against)


def usual_of(metric: Metric, before: Sequence[float]) -> tuple[float, float, float] | None:
    """Lower limit, middle and upper limit of the value after these, where such a metric can be; None for too few values."""
    found = usual(before)
    if found is None:
        return None
    low, middle, high = found
    return floored(low, before), middle, min(high, 1.0) if metric.interval == "wilson" else high  # a share is never above 1


def ramp_week(stint: Stint, period: Period, today: date) -> int | None:
    """The week since the hire at the period's end (or today), while ramping; else None."""
    if stint.hired_day is None or period.until_day - stint.hired_day >= RAMP_DAYS:
        return None
    return max((min(period.until_day - 1, epoch_day(today)) - stint.hired_day) // 7 + 1, 1)
