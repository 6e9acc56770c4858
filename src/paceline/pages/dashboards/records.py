"""The records behind a number: the rows that add up to it, the sum shown, in words that people use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import pyarrow as pa
from django.utils.text import capfirst
from django.utils.translation import gettext

from paceline.facts.aside import records_named
from paceline.metrics.called import Names, names_among
from paceline.metrics.explain import CONTRIBUTION, Explanation, Records, explain
from paceline.metrics.reading import Reading
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Kind
from paceline.pages.dashboards import written
from paceline.pages.dashboards.column_words import column
from paceline.pages.dashboards.kept import kept
from paceline.sales.periods import from_epoch_day
from paceline.warehouse.exclusion import EXCLUDABLE

NOWHERE: Mapping[str, str] = MappingProxyType({})
SHOWN = 100  # rows on a page; the sum is always that of all
_LAST_DAY = 200_000  # later "days" stand for never


@dataclass(frozen=True)
class Row:
    """A record on the page. ``cells``: text, whether it is a number, where the CRM shows it (empty: not told).

    ``record``: what can be disputed of it, as ``kind:id``; empty: nothing.
    """

    cells: tuple[tuple[str, bool, str], ...]
    record: str


@dataclass(frozen=True)
class Listed:
    """The records of one measure. ``total`` is added up from the rows themselves; ``agrees`` with the number, as it must."""

    words: str
    number: str
    total: str
    agrees: bool
    is_sum: bool
    columns: tuple[tuple[str, bool], ...]  # name, whether numbers stand in it
    rows: tuple[Row, ...]
    count: int

    @property
    def many(self) -> str:
        """How many rows there are, as the reader's language writes it."""
        return written.count(self.count)

    @property
    def hidden(self) -> int:
        """How many rows aren't on this page."""
        return self.count - len(self.rows)


def told(store: Store, reading: Reading, as_of: date | None) -> Explanation:
    """Everything about a reading, kept while the data is the same."""
    key = ("explain", reading.slug, reading.version, reading.scope, reading.period, reading.group)
    return kept(store, key, as_of, lambda: explain(store, reading))


def listed(store: Store, explanation: Explanation, first: int = 0, crm: Mapping[str, str] = NOWHERE) -> tuple[Listed, ...]:
    """The records of each measure, ``SHOWN`` rows from ``first`` on. ``crm``: kind of record → its address there, with {id}."""
    names = _names(store, explanation, first)
    return tuple(_listed(records, explanation.reading.currency, names, first, crm) for records in explanation.records)


def disputable(row: Mapping[str, Any]) -> str:
    """The record that stands behind a row, the most particular of those it names: an activity before its deal."""
    named = dict(records_named(dict(row)))
    kind = next((kind for kind in reversed(EXCLUDABLE) if kind in named), "")
    return f"{kind}:{named[kind]}" if kind else ""


def in_crm(crm: Mapping[str, str], column: str, value: Any) -> str:
    """Where the CRM shows the record whose id stands in a column; empty where the company hasn't told."""
    address = crm.get(column.removesuffix("_id"), "") if column.endswith("_id") else ""
    return address.replace("{id}", quote(str(value), safe="")) if address and value is not None else ""


def _listed(records: Records, currency: str, names: Names, first: int, crm: Mapping[str, str]) -> Listed:
    table = records.table
    money = is_money(records)
    rows = table.slice(first, SHOWN)
    total = _total(records)
    columns = tuple((_title(name), _is_number(table.schema.field(name).type, name)) for name in table.column_names)
    return Listed(
        words=gettext(records.measure.words or records.measure.rows),
        number=_amount(records.number, money, currency),
        total=_amount(total, money, currency),
        agrees=total is None or records.number is None or abs(total - records.number) < 1e-6 * max(1.0, abs(total)),
        is_sum=records.measure.kind is not Kind.QUANTILE,
        columns=columns,
        rows=tuple(
            Row(
                tuple(
                    (_cell(name, value, money and name == CONTRIBUTION, currency, names), number, in_crm(crm, name, value))
                    for (name, value), (_, number) in zip(row.items(), columns, strict=True)
                ),
                disputable(row),
            )
            for row in rows.to_pylist()
        ),
        count=table.num_rows,
    )


def _total(records: Records) -> float | None:
    """What the rows add up to; of a quantile, which is no sum, the number itself."""
    if records.measure.kind is Kind.QUANTILE or CONTRIBUTION not in records.table.column_names:
        return records.number
    return float(sum(value for value in records.table[CONTRIBUTION].to_pylist() if value is not None))


def is_money(records: Records) -> bool:
    """Whether its contributions are cents."""
    measure = records.measure
    return bool(measure.columns) and measure.columns[0].endswith("_cents") and measure.kind is not Kind.DISTINCT


def _title(name: str) -> str:
    words = name.removesuffix("_id").removesuffix("_cents").replace("_", " ")
    return capfirst(column(words))


def _is_number(kind: pa.DataType, name: str) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind)) and not name.endswith(("_at", "_day", "day"))


def _amount(number: float | None, money: bool, currency: str) -> str:
    if number is None:
        return gettext("none")
    return written.money(number / 100, currency) if money else written.count(number)


def _cell(name: str, value: Any, money: bool, currency: str, names: Names) -> str:
    if value is None:
        return gettext("unknown")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, str):
        return names.get(name, {}).get(value, value)
    if name == "day" or name.endswith("_day"):
        return written.day(from_epoch_day(value)) if abs(value) < _LAST_DAY else ""
    if name == "at" or name.endswith("_at"):
        return written.instant(value, "UTC")
    return _amount(value, money or name.endswith("_cents"), currency)


def _names(store: Store, explanation: Explanation, first: int) -> Names:
    """What the shown records' reps, deals, accounts and people are called."""
    return names_among(store, [records.table.slice(first, SHOWN) for records in explanation.records], explanation.reading.as_of)


def everything(explanation: Explanation) -> pa.Table:
    """All records of all measures under each other, the first column naming the measure; amounts in cents, days as dates."""
    parts = []
    for records in explanation.records:
        words = records.measure.words or records.measure.rows
        parts.append(_dated(records.table).add_column(0, "measure", pa.array([words] * records.table.num_rows, pa.string())))
    return pa.concat_tables(parts, promote_options="permissive")


def _dated(table: pa.Table) -> pa.Table:
    for number, name in enumerate(table.column_names):
        if (name == "day" or name.endswith("_day")) and pa.types.is_integer(table.schema.field(name).type):
            days = [
                None if value is None or abs(value) >= _LAST_DAY else from_epoch_day(value) for value in table[name].to_pylist()
            ]
            table = table.set_column(number, name, pa.array(days, pa.date32()))
    return table
