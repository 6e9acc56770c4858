"""Sources: their files, what each column becomes, what the last load brought and what was wrong with it; what goes on now."""

from __future__ import annotations

from datetime import UTC, datetime

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Answer, Listing, Shape, instant
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part, version_of_ids
from paceline.api.question import Query
from paceline.api.refusal import not_found
from paceline.pages.set_up import sources as pages_sources
from paceline.pages.set_up import work as pages_work
from paceline.project import bringing
from paceline.project.running import running


class LoadNow(Shape):
    """Work on the store begun on a page: the one that goes on, or the last."""

    what: str
    doing: str | None
    began_at: datetime
    ended_at: datetime | None
    error: str | None


class FileRows(Shape):
    """How many rows of a file went into a kind of record."""

    file: str
    kind: str
    read: int
    accepted: int
    rejected: int


class LoadTold(Shape):
    """What the last load from the pages did. ``read`` is the sum of ``accepted`` and ``rejected``."""

    at: datetime
    read: int
    accepted: int
    rejected: int
    inserted: int
    updated: int
    unchanged: int
    problems: int = Field(description="How many are kept; the source itself has them.")
    files: list[FileRows]


class SourceNow(Shape):
    """A folder that is loaded from."""

    source: str
    files: int
    bytes: int
    has_mapping: bool
    last_load: LoadTold | None = Field(description="Null: never loaded from the pages.")
    link: str


class SourcesAnswer(Listing):
    """Sources by name. Loads of every kind, by command too, are in /data-health."""

    work: LoadNow | None = Field(description="Null: none since the server began.")
    items: list[SourceNow]


class Column(Shape):
    """A column of a file, and what it becomes; empty: it isn't read."""

    column: str
    becomes: list[str]


class FilePart(Shape):
    """A file as a kind of record; ``kind`` null: it feeds none."""

    file: str
    kind: str | None
    columns: list[Column]


class LoadProblem(Shape):
    """Something wrong with the input."""

    file: str
    line: int | None
    field: str | None
    value: str | None
    problem: str
    remedy: str
    severity: str
    count: int


class SourceAnswer(Answer):
    """One source."""

    source: SourceNow
    mapping: str | None = Field(description="`mapping.toml` as it is; null: columns are found by their names.")
    mapping_problems: list[str]
    files: list[FilePart]
    problems: list[LoadProblem] = Field(description="Of the last load, at most 500.")


class SourceQuery(Query):
    """Which source."""

    source: str = Field(description="Its name, as in /settings/sources.")


def sources(caller: Caller, query: Paged) -> SourcesAnswer:
    """All of them."""
    store = caller.door("see_set_up").store
    found = [_source(caller, one) for one in bringing.sources(running().project)]
    some, cursor = part(found, query, store, version_of_ids(found))
    link = caller.link(reverse("set_up_sources"))
    return SourcesAnswer(as_of=instant(store.now), link=link, next_cursor=cursor, work=_work(), items=list(some))


def source(caller: Caller, query: SourceQuery) -> SourceAnswer:
    """One of them."""
    store = caller.door("see_set_up").store
    found = bringing.source(running().project, query.source)
    if found is None:
        raise not_found()
    files, wrong = pages_sources.previewed(found)
    report, shown = bringing.last_report(found), _source(caller, found)
    return SourceAnswer(
        as_of=instant(store.now), link=shown.link, source=shown, mapping_problems=list(wrong),
        mapping=found.mapping.read_text(encoding="utf-8", errors="replace") if found.mapping else None,
        files=[
            FilePart(file=one.file, kind=one.table or None,
                     columns=[Column(column=column.theirs, becomes=list(column.ours)) for column in one.columns])
            for one in files
        ],
        problems=[
            LoadProblem(file=one.file, line=one.line, field=one.field, value=one.value, problem=one.wrong, remedy=one.remedy,
                        severity=one.severity.value, count=one.count)
            for one in (report.problems if report is not None else ())
        ],
    )  # fmt: skip


def _source(caller: Caller, one: bringing.Source) -> SourceNow:
    report = bringing.last_report(one)
    return SourceNow(
        source=one.name, files=len(one.files), bytes=sum(size for _, size in one.files), has_mapping=one.mapping is not None,
        last_load=None if report is None else _load(report), link=caller.link(reverse("set_up_source", args=[one.name])),
    )  # fmt: skip


def _load(report: bringing.Report) -> LoadTold:
    return LoadTold(
        at=instant(int(report.at)), read=report.read, accepted=report.accepted, rejected=report.rejected,
        inserted=report.inserted, updated=report.updated, unchanged=report.unchanged, problems=len(report.problems),
        files=[FileRows(file=one.file, kind=one.table, read=one.read, accepted=one.accepted, rejected=one.rejected)
               for one in report.files],
    )  # fmt: skip


def _work() -> LoadNow | None:
    one = pages_work.latest()
    if one is None:
        return None
    return LoadNow(
        what=one.what, doing=one.doing or None, began_at=datetime.fromtimestamp(one.began, UTC), error=one.error or None,
        ended_at=None if one.ended is None else datetime.fromtimestamp(one.ended, UTC),
    )  # fmt: skip


OPERATIONS = (
    Operation("api_sources", "settings/sources", "see_set_up", "Sources and what their last loads brought.",
              Paged, SourcesAnswer, sources),
    Operation("api_source", "settings/sources/<slug:source>", "see_set_up", "One source: files, columns, mapping, problems.",
              SourceQuery, SourceAnswer, source),
)  # fmt: skip
