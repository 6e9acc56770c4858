"""The team's scoreboard: reps by metrics, each against what is usual for that rep."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Listing, Person, Range, Shape, currency_of, instant, number, period_of, range_of
from paceline.api.answers import Period as Days
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part
from paceline.api.question import Question, When, understood
from paceline.pages.dashboards import team as pages_team
from paceline.pages.dashboards.address import COMPARISONS
from paceline.pages.dashboards.kept import kept


class Cell(Shape):
    """A rep's metric. ``history``: the periods before and, last, the one asked."""

    metric: str
    name: str
    group: str = Field(description="Quality, Quantity or Tempo; of a rep also Results.")
    definition_version: int
    unit: str
    currency: str | None
    value: float | None
    because: str | None
    n: int | None
    usual: Range | None
    mark: str | None = Field(description="`worse`, `better` than usual, `ramp` for new hires, or null.")
    against: float | None = Field(description="What `vs` compares with; null where there is nothing.")
    history: list[float | None]
    records: str


class Row(Shape):
    """A rep."""

    person: Person
    role: str
    ramp_week: int | None = Field(description="The week since the hire, while ramping.")
    cells: list[Cell]
    link: str


class Together(Shape):
    """All reps of a role, in one metric: pooled over their rows, and the middle of their values."""

    role: str
    metric: str
    value: float | None
    because: str | None
    median: float | None


class TeamAnswer(Listing):
    """The scoreboard."""

    period: Days
    so_far: bool = Field(description="The period isn't over; earlier ones are cut to as many days.")
    people: int = Field(description="How many reps there are in all.")
    standing_out: int = Field(description="How many numbers are outside of their usual range.")
    together: list[Together]
    items: list[Row]


class TeamQuery(When, Paged):
    """Which reps, which days."""

    vs: str = Field("own", description=f"What `against` is: one of {', '.join(COMPARISONS)}.")


def team(caller: Caller, query: TeamQuery) -> TeamAnswer:
    """The team page's numbers."""
    door, problems = caller.door("see_team"), caller.problems
    if query.vs not in COMPARISONS:
        problems.unknown("vs", "comparison", query.vs, list(COMPARISONS))
    asked = understood(door, query, problems)
    key = ("team", asked.scope, asked.course, query.vs, "whole")
    found = kept(asked.store, key, asked.as_of, lambda: pages_team.team(
        asked.store, asked.scope, asked.course, vs=query.vs, as_of=asked.as_of
    ))  # fmt: skip
    rows = [(block, row) for block in found.blocks for row in block.rows]
    some, cursor = part(rows, query, asked.store)
    return TeamAnswer(
        as_of=instant(asked.store.view(asked.as_of).as_of),
        link=caller.link(f"{reverse('team')}?{urlencode(asked.words)}"),
        next_cursor=cursor,
        period=period_of(asked.period),
        so_far=asked.course.so_far,
        people=found.people,
        standing_out=found.standing_out,
        together=[one for block in found.blocks for one in _together(block)],
        items=[_row(caller, asked, block, row) for block, row in some],
    )


def _together(block: pages_team.Block) -> list[Together]:
    zipped = zip(block.metrics, block.together, block.medians, strict=True)
    nobody = "nobody is here" if block.role else "people without a role aren't added up"
    return [
        Together(
            role=block.role, metric=metric.slug, value=None if reading is None else number(reading.value),
            because=nobody if reading is None else reading.none_because, median=number(median),
        )
        for metric, reading, median in zipped
    ]  # fmt: skip


def _row(caller: Caller, asked: Question, block: pages_team.Block, row: pages_team.Row) -> Row:
    groups = {metric.slug: name for name, metrics in block.groups for metric in metrics}
    return Row(
        person=Person(rep_id=row.rep, name=row.name),
        role=block.role,
        ramp_week=row.ramp_week,
        cells=[cell_of(asked, cell, groups[cell.metric.slug], row.rep) for cell in row.cells],
        link=caller.link(f"{reverse('rep', args=[row.rep])}?{urlencode(dict(asked.words) | {'rep': row.rep})}"),
    )


def cell_of(asked: Question, of: pages_team.Cell, group: str, rep: str) -> Cell:
    """A cell of the grid or of a rep's page."""
    words = {"metric": of.metric.slug, **dict(asked.words), "rep": rep}
    return Cell(
        metric=of.metric.slug, name=of.metric.name, group=group, definition_version=of.metric.version, unit=of.metric.unit.value,
        currency=currency_of(of.metric, asked.store.settings.currency), value=number(of.value), because=of.because or None,
        n=None if of.reading is None else of.reading.n, usual=range_of(of.usual), mark=of.mark or None,
        against=number(of.against), history=[number(value) for value in of.values],
        records=f"{reverse('api_records')}?{urlencode(words)}",
    )  # fmt: skip


OPERATIONS = (
    Operation("api_team", "team", "see_team", "The scoreboard: reps by metrics, each beside its usual range.",
              TeamQuery, TeamAnswer, team),
)  # fmt: skip
