"""The records behind a reading, which add up to it; and the reading explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Answer, Listing, Shape, instant, number
from paceline.api.answers import Reading as Read
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part
from paceline.api.question import Question, When, Words, metrics_of, understood
from paceline.api.refusal import Problems
from paceline.api.resources.readings import read
from paceline.disputes.deciding import names_of
from paceline.metrics.called import names_among
from paceline.metrics.explain import CONTRIBUTION, Explanation, Records
from paceline.metrics.reading import Reading
from paceline.metrics.vocabulary import Kind
from paceline.pages.dashboards.kept import readings as kept_readings
from paceline.pages.dashboards.records import is_money, told
from paceline.sales.periods import from_epoch_day

_NEVER = 200_000  # later "days" stand for never

Value = str | int | float | bool | None


class Measure(Shape):
    """One of the things that the number is made of. ``contribution`` of its rows adds up to ``number``, if it ``is_sum``."""

    words: str
    number: float | None
    total: float | None = Field(description="The contributions of all rows, added up; null for a quantile.")
    is_sum: bool = Field(description="False for a quantile: its rows hold the ranked values.")
    unit: str = Field(description="`cents` of the currency, or `count`: of what number, total and contribution are.")
    rows: int = Field(description="How many records.")


class LeftOut(Shape):
    """A record that the number doesn't count because an admin left it out."""

    kind: str
    record_id: str
    reason: str
    by: str | None
    at: datetime


class RecordsAnswer(Listing):
    """A reading, what it is made of, and the records of one measure."""

    reading: Read
    measures: list[Measure]
    measure: int = Field(description="Whose records the items are: the place in `measures`, from 0.")
    left_out: list[LeftOut]
    items: list[dict[str, Value]] = Field(description="A record each: its key, whose it is, its day, what decided, contribution.")


class ExplanationAnswer(Answer):
    """Why a number is what it is."""

    reading: Read
    sentence: str
    formula: str
    definition: str
    coverage: list[str]
    measures: list[Measure]
    left_out: list[LeftOut]


class OneQuery(When):
    """Of which number."""

    metric: str = Field(description="A metric's slug.")
    group: Words = Field((), description="Which part of a cut reading: product:Basic, several with commas. Empty: the whole.")


class RecordsQuery(OneQuery, Paged):
    """The records of which number."""

    measure: int = Field(0, ge=0, description="Which of its measures: 0 the numerator, 1 the denominator.")


def records(caller: Caller, query: RecordsQuery) -> RecordsAnswer:
    """The records of a measure, and the sums of all."""
    asked, reading, found = explained(caller, query)
    problems = caller.problems
    if query.measure >= len(found.records):
        problems.add("measure", f"{reading.slug} is made of {len(found.records)}.", "Count from 0.")
    problems.check()
    table = found.records[query.measure].table
    rows, cursor = part(range(table.num_rows), query, asked.store)
    shown = table.slice(rows[0] if rows else 0, len(rows))
    names = names_among(asked.store, [shown], reading.as_of)
    return RecordsAnswer(
        as_of=instant(reading.as_of), link=_page(caller, asked, reading), next_cursor=cursor,
        reading=read(caller, asked, reading), measures=[_measure(one) for one in found.records], measure=query.measure,
        left_out=_left_out(found), items=[_item(row, names) for row in shown.to_pylist()],
    )  # fmt: skip


def explanation(caller: Caller, query: OneQuery) -> ExplanationAnswer:
    """A reading in a sentence, a formula, and the sums that it is made of."""
    asked, reading, found = explained(caller, query)
    return ExplanationAnswer(
        as_of=instant(reading.as_of), link=_page(caller, asked, reading), reading=read(caller, asked, reading),
        sentence=found.sentence, formula=found.formula, definition=found.definition, coverage=list(found.coverage),
        measures=[_measure(one) for one in found.records], left_out=_left_out(found),
    )  # fmt: skip


def _left_out(of: Explanation) -> list[LeftOut]:
    found = {(one.exclusion.table, one.exclusion.id): one.exclusion for one in of.left_out}
    who = names_of(found.values()) if found else {}
    return [
        LeftOut(kind=kind, record_id=id_, reason=one.reason, by=who.get(one.by), at=instant(one.at))
        for (kind, id_), one in sorted(found.items())
    ]


def explained(caller: Caller, query: OneQuery) -> tuple[Question, Reading, Explanation]:
    """The question, its reading, and everything about it. Raises Refused."""
    door, problems = caller.door("see_records"), caller.problems
    metrics_of(door.store, [query.metric], problems, "metric")
    group = _group(query.group, problems)
    asked = understood(door, query, problems)
    by = tuple(name for name, _ in group)
    found = kept_readings(asked.store, [query.metric], asked.scope, [asked.period], by, as_of=asked.as_of, mean_of_reps=True)
    reading = next((one for one in found if one.group == group), None)
    if reading is None:
        problems.add("group", "There is no such part.", "Ask /readings with the same by for the parts there are.")
    problems.check()
    assert reading is not None
    return asked, reading, told(asked.store, reading, asked.as_of)


def _group(words: Sequence[str], problems: Problems) -> tuple[tuple[str, str | None], ...]:
    pairs = []
    for word in words:
        name, colon, value = word.partition(":")
        if not colon:
            problems.add("group", f"{word!r} names no value.", "Write product:Basic; product: for rows without any.")
        pairs.append((name, value or None))
    return tuple(pairs)


def _page(caller: Caller, asked: Question, reading: Reading) -> str:
    group = ",".join(f"{by}:{value or ''}" for by, value in reading.group)
    words = [*asked.words, *([("group", group)] if group else [])]
    return caller.link(f"{reverse('records', args=[reading.slug])}?{urlencode(words)}")


def _measure(of: Records) -> Measure:
    is_sum = of.measure.kind is not Kind.QUANTILE
    known = [value for value in of.table[CONTRIBUTION].to_pylist() if value is not None] if _contributes(of) else []
    return Measure(
        words=of.measure.words or of.measure.rows, number=number(of.number),
        total=number(float(sum(known))) if is_sum and _contributes(of) else None, is_sum=is_sum,
        unit="cents" if is_money(of) else "count" if is_sum else "as the column", rows=of.table.num_rows,
    )  # fmt: skip


def _contributes(of: Records) -> bool:
    return CONTRIBUTION in of.table.column_names


def _item(row: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]) -> dict[str, Value]:
    """Days and instants as ISO 8601; beside each id what it is called."""
    item: dict[str, Value] = {}
    for name, value in row.items():
        item[name] = _value(name, value)
        if name in names:
            item[name.removesuffix("_id") + "_name"] = names[name].get(value)
    return item


def _value(name: str, value: Any) -> Value:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if name == "day" or name.endswith("_day"):
        return str(from_epoch_day(int(value))) if abs(value) < _NEVER else None
    if name == "at" or name.endswith("_at"):
        return instant(int(value)).isoformat().replace("+00:00", "Z")
    return number(value) if isinstance(value, float) else int(value)


OPERATIONS = (
    Operation("api_records", "records", "see_records", "The records behind a number, which add up to it.",
              RecordsQuery, RecordsAnswer, records),
    Operation("api_explanation", "explanation", "see_records", "Why a number is what it is: its sentence, formula and sums.",
              OneQuery, ExplanationAnswer, explanation),
)  # fmt: skip
