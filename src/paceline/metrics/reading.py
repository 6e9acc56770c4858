"""A reading: never a bare number. The value or why there is none, what it is made of, how sure and how complete it is."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import pyarrow as pa

from paceline.metrics.vocabulary import Metric, Unit
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.saying.said import NOTHING, Said, catalogued, joined, noted, say
from paceline.saying.values import Money, Number


@dataclass(frozen=True)
class Part:
    """One part of what is needed, and how much of it is there, e.g. 8 of 10 mailboxes."""

    words: Said
    have: float
    of: float

    @property
    def share(self) -> float:
        """0 to 1; of nothing needed, all is there."""
        return self.have / self.of if self.of else 1.0

    @property
    def sentence(self) -> Said:
        """``mailboxes connected: 8 of 10 (80%)``."""
        have, of = Number(self.have, ",g"), Number(self.of, ",g")
        return say("{words}: {have} of {of} ({share})", words=self.words, have=have, of=of, share=Number(self.share, ".0%"))

    def __str__(self) -> str:
        return str(self.sentence)


@dataclass(frozen=True)
class Reading:
    """What a metric reads for a scope, a period and a group.

    ``value`` is a fraction for percent, units of the company's currency for money, else in the metric's unit. ``numerator`` and
    ``denominator`` are exact as added up: money in cents. ``group``: (what it is cut by, the value) pairs. ``about``: the
    scope in words, reps and managers by name.
    """

    metric: Metric
    scope: Scope
    period: Period
    group: tuple[tuple[str, str | None], ...]
    value: float | None
    none_because: Said | None
    numerator: float | None
    denominator: float | None
    n: int
    interval: tuple[float, float] | None
    coverage: tuple[Part, ...]
    as_of: int
    mean_of_reps: float | None
    currency: str
    name: str | None = None
    about: Said = NOTHING

    @property
    def slug(self) -> str:
        """The metric's slug."""
        return self.metric.slug

    @property
    def version(self) -> int:
        """The version of the metric's definition."""
        return self.metric.version

    @property
    def coverage_share(self) -> float:
        """The smallest share of what is needed, 0 to 1."""
        return min((part.share for part in self.coverage), default=1.0)

    @property
    def text(self) -> Said:
        """The value for people, with its unit; or why there is none."""
        if self.value is None:
            return say("none, because {reason}", reason=self.none_because or "")
        return shown(self.value, self.metric.unit, self.currency)

    @property
    def group_label(self) -> Said:
        """Whom or what it is about, beside the scope: names of reps rather than their ids."""
        return joined((self.name if by == "rep" and self.name else value or nothing(by) for by, value in self.group), ", ")

    @property
    def whom(self) -> Said:
        """Whom or what it is about: the group, else the scope; people by name."""
        return self.group_label or self.about or self.scope.label

    def __str__(self) -> str:
        return f"{self.metric.name}, {self.whom}, {self.period.label}: {self.text}"


_NOTHING = {
    "rep": noted("no rep recorded"), "team": noted("no team recorded"), "role": noted("no role recorded"),
    "segment": noted("no segment recorded"), "manager": noted("no manager recorded"),
    "territory": noted("no territory recorded"), "product": noted("no product recorded"),
    "source": noted("no source recorded"), "account_type": noted("no account type recorded"),
    "type": noted("no type recorded"),
}  # fmt: skip


def nothing(by: str) -> Said:
    """What a group is called in whose records nothing is said of a cut: ``no source recorded``."""
    return say(_NOTHING[by]) if by in _NOTHING else say("no {by} recorded", by=catalogued(by.replace("_", " ")))


def shown(value: float, unit: Unit, currency: str) -> Said:
    """A value for people: ``63.15 %``, ``10,005,534 USD``, ``51.8 days``."""
    if unit is Unit.PERCENT:
        return say("{number} %", number=Number(value * 100, ".2f"))
    if unit is Unit.MONEY:
        return say("{number}", number=Money(value, currency))
    if unit is Unit.COUNT:
        return say("{number}", number=Number(value, ",.10g"))
    if unit is Unit.SECONDS:
        return _duration(value)
    number = Number(value, ",.2f")
    if unit is Unit.DAYS:
        return say("{number} days", number=number)
    return say("{number} min", number=number) if unit is Unit.MINUTES else say("{number}", number=number)


def _duration(seconds: float) -> Said:
    if abs(seconds) < 120:
        return say("{number} s", number=Number(seconds, ".3g"))
    minutes = seconds / 60
    if minutes < 120:
        return say("{number} min", number=Number(minutes, ".0f"))
    return say("{number} h", number=Number(minutes / 60, ".1f"))


_COLUMNS: tuple[tuple[str, pa.DataType], ...] = (
    ("metric", pa.string()),
    ("version", pa.int64()),
    ("scope", pa.string()),
    ("grain", pa.string()),
    ("first", pa.date32()),
    ("until", pa.date32()),
    ("period", pa.string()),
    ("value", pa.float64()),
    ("none_because", pa.string()),
    ("numerator", pa.float64()),
    ("denominator", pa.float64()),
    ("n", pa.int64()),
    ("low", pa.float64()),
    ("high", pa.float64()),
    ("coverage", pa.float64()),
    ("mean_of_reps", pa.float64()),
    ("unit", pa.string()),
    ("as_of", pa.timestamp("s", "UTC")),
)


class Readings:
    """Readings in order. Goes to Arrow, and so to Polars, pandas and DuckDB, unchanged.

    Not a ``Sequence`` by type: Polars would take that for a list of rows and not look for the Arrow stream.
    """

    def __init__(self, readings: Sequence[Reading], by: tuple[str, ...] = ()) -> None:
        self._readings = tuple(readings)
        self.by = by

    @overload
    def __getitem__(self, index: int) -> Reading: ...

    @overload
    def __getitem__(self, index: slice) -> Readings: ...

    def __getitem__(self, index: int | slice) -> Reading | Readings:
        if isinstance(index, slice):
            return Readings(self._readings[index], self.by)
        return self._readings[index]

    def __len__(self) -> int:
        return len(self._readings)

    def __iter__(self) -> Iterator[Reading]:
        return iter(self._readings)

    def only(self) -> Reading:
        """The reading, when there is exactly one. ValueError otherwise."""
        if len(self) != 1:
            raise ValueError(f"{len(self)} readings, where one was wanted")
        return self._readings[0]

    def where(self, **group: str | None) -> Readings:
        """Those of a group, e.g. ``where(rep="R1")``; ``metric`` picks by slug."""
        slug = group.pop("metric", None)
        kept = [r for r in self if (slug is None or r.slug == slug) and group.items() <= dict(r.group).items()]
        return Readings(kept, self.by)

    def to_arrow(self) -> pa.Table:
        """A row a reading: what it is cut by, then value, numerator, denominator (money in cents), n, interval, coverage."""
        rows = [_row(reading) for reading in self]
        by = [(name, pa.string()) for name in self.by] + ([("rep_name", pa.string())] if "rep" in self.by else [])
        return pa.Table.from_pylist(rows, schema=pa.schema([*_COLUMNS[:2], *by, *_COLUMNS[2:]]))

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return "\n".join(map(str, self)) or "no readings"

    def _repr_html_(self) -> str:
        head = "<tr><th>metric</th><th>about</th><th>period</th><th>value</th><th>n</th><th>coverage</th></tr>"
        body = "".join(_html_row(reading) for reading in self)
        return f"<table>{head}{body}</table>"


def _row(r: Reading) -> dict[str, Any]:
    low, high = r.interval or (None, None)
    return {
        "metric": r.slug,
        "version": r.version,
        "scope": r.scope.label,
        "grain": r.period.grain,
        "first": r.period.first,
        "until": r.period.until,
        "period": r.period.label,
        "value": r.value,
        "none_because": r.none_because,
        "numerator": r.numerator,
        "denominator": r.denominator,
        "n": r.n,
        "low": low,
        "high": high,
        "coverage": r.coverage_share,
        "mean_of_reps": r.mean_of_reps,
        "unit": r.metric.unit.value,
        "as_of": r.as_of,
        "rep_name": r.name,
        **dict(r.group),
    }


def _html_row(r: Reading) -> str:
    cells = (r.metric.name, r.whom, r.period.label, r.text, f"{r.n:,}", f"{r.coverage_share:.0%}")
    hint = html.escape(r.metric.meaning)
    return f'<tr title="{hint}">' + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"
