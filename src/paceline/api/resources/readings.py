"""Readings: metrics of anybody in sight, in any period, cut by anything, as known on any day."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Listing, instant, reading_of
from paceline.api.answers import Reading as Read
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part
from paceline.api.question import Question, When, Words, metrics_of, understood
from paceline.metrics.reading import Reading
from paceline.metrics.relations import REP_ATTRIBUTES, SLICES
from paceline.pages.dashboards.kept import readings as kept_readings
from paceline.pages.dashboards.team import Cell, cell_of, people_of
from paceline.sales.periods import GRAINS
from paceline.sales.scope import ATTRIBUTES, Stint

# What readings can be cut by: what reps are, what rows carry, stretches of time.
CUTS = (*REP_ATTRIBUTES, *SLICES, *(grain for grain in GRAINS if not grain.startswith("trailing") and grain != "range"))
_NOBODY = Stint("", 0, 0)


class ReadingsQuery(When, Paged):
    """What is asked."""

    metrics: Words = Field((), description="Slugs, with commas: revenue,win_rate.")
    by: Words = Field(
        (), description="Cut by rep, team, role, segment, manager, territory, product, source, account_type, type, or one of "
        "day, week, month, quarter, year; several with commas.",
    )  # fmt: skip
    usual: bool = Field(False, description="Also the usual range of each, from the periods before; not with a cut by time.")


class ReadingsAnswer(Listing):
    """Readings, metric by metric."""

    items: list[Read]


def readings(caller: Caller, query: ReadingsQuery) -> ReadingsAnswer:
    """Ask."""
    door, problems = caller.door("see_metric"), caller.problems
    metrics = metrics_of(door.store, query.metrics, problems)
    for word in query.by:
        if word not in CUTS:
            problems.unknown("by", "cut", word, CUTS)
    if query.usual and set(query.by) & set(GRAINS):
        problems.add("usual", "There is no usual range beside a cut by time.", "Leave out usual, or the grain in by.")
    asked = understood(door, query, problems)
    slugs = [one.slug for one in metrics]
    found = list(kept_readings(
        asked.store, slugs, asked.scope, [asked.period], tuple(query.by), as_of=asked.as_of, mean_of_reps=True
    ))  # fmt: skip
    some, cursor = part(found, query, asked.store)
    cells = usual_of(asked, some, tuple(query.by)) if query.usual else {}
    return ReadingsAnswer(
        as_of=instant(asked.store.view(asked.as_of).as_of),
        link=caller.link(f"{reverse('metric', args=[slugs[0]])}?{urlencode(asked.words)}"), next_cursor=cursor,
        items=[read(caller, asked, one, cells.get((one.slug, one.group))) for one in some],
    )  # fmt: skip


Key = tuple[str, tuple[tuple[str, str | None], ...]]


def usual_of(asked: Question, found: Sequence[Reading], by: tuple[str, ...]) -> dict[Key, Cell]:
    """Each reading beside its own past: the same calculation as on the pages."""
    course = asked.course
    slugs = list(dict.fromkeys(one.slug for one in found))
    place = {period: number for number, period in enumerate(course.periods)}
    past: dict[Key, list[Reading | None]] = {}
    for one in kept_readings(asked.store, slugs, asked.scope, course.periods, by, as_of=asked.as_of):
        past.setdefault((one.slug, one.group), [None] * len(place))[place[one.period]] = one
    people = people_of(asked.store, asked.scope, course.last, asked.as_of)
    cells = {}
    for (slug, group), history in past.items():
        who = people.get(dict(group).get("rep") or asked.scope.one_rep or "", _NOBODY)
        cells[slug, group] = cell_of(asked.store.catalog[slug], tuple(history), who, course.last)
    return cells


def read(caller: Caller, asked: Question, one: Reading, cell: Cell | None = None) -> Read:
    """A reading with its page, and where its records are."""
    people = {by: value for by, value in one.group if by in ATTRIBUTES and value is not None}
    others = [f"{by}:{value or ''}" for by, value in one.group if (by in ATTRIBUTES and value is None) or by not in ATTRIBUTES]
    first_until = {"period": f"{one.period.first}..{one.period.until}"}
    words = {**dict(asked.words), **first_until, **people}
    told = {"metric": one.slug, **words, **({"group": ",".join(others)} if others else {})}
    # A page tells of people; of any other part of a cut its records do.
    page = ("records", {**words, "group": _group(one)}) if others else ("metric", words)
    return reading_of(
        one,
        caller.link(f"{reverse(page[0], args=[one.slug])}?{urlencode(page[1])}"),
        f"{reverse('api_records')}?{urlencode(told)}",
        None if cell is None else cell.usual,
        None if cell is None else cell.mark,
    )


def _group(one: Reading) -> str:
    return ",".join(f"{by}:{value or ''}" for by, value in one.group)


OPERATIONS = (
    Operation("api_readings", "readings", "see_metric", "Values of metrics, with how sure and how complete they are.",
              ReadingsQuery, ReadingsAnswer, readings),
)  # fmt: skip
