"""A measure as an aggregate over a table's rows, and the measures that a reading wants beside it."""

from __future__ import annotations

from functools import cache
from typing import Any

import ibis.expr.types as ir

from paceline.metrics.conditions import as_expression, known
from paceline.metrics.vocabulary import Kind, Measure

# Where unknown values count as longest, this stands for them: longer than any real number of seconds or days.
LONGEST = 1e15


def aggregate(rows: ir.Table, measure: Measure) -> ir.Value:
    """The measure over a table's rows; null for sums and quantiles of no rows."""
    where = as_expression(measure.where, rows)
    if measure.kind is Kind.COUNT:
        return rows.count(where=where)
    if measure.kind is Kind.DISTINCT:
        return distinct_key(rows, measure).nunique(where=where)
    column = rows[measure.columns[0]]
    if measure.kind is Kind.SUM:
        return column.sum(where=where)
    number = column.cast("float64")
    if measure.kind is Kind.SQUARES:
        return (number * number).sum(where=where)
    return ranked_value(rows, measure).quantile(measure.quantile, where=where)


def ranked_value(rows: ir.Table, measure: Measure) -> Any:
    """The number that a quantile ranks."""
    number = rows[measure.columns[0]].cast("float64")
    return number.fill_null(LONGEST) if measure.absent_last else number


def distinct_key(rows: ir.Table, measure: Measure) -> Any:
    """The value whose different ones are counted: unknown as soon as a part is."""
    key = rows[measure.columns[0]].cast("string")
    for name in measure.columns[1:]:
        key = key + "\x1f" + rows[name].cast("string")  # a separator that no id has
    return key


@cache
def rows_behind(measure: Measure) -> Measure:
    """How many rows a measure is of; for sums and quantiles those with a value."""
    where = measure.where
    if measure.kind in (Kind.SUM, Kind.QUANTILE) and not measure.absent_last:
        where = where & known(measure.columns[0])
    return Measure(measure.rows, Kind.COUNT, (), where, window=measure.window)


@cache
def rows_matched(measure: Measure) -> Measure:
    """How many rows a measure looks at, with a value or without."""
    return Measure(measure.rows, Kind.COUNT, (), measure.where, window=measure.window)


@cache
def squares(measure: Measure) -> Measure:
    """The sum of squares beside a sum."""
    return Measure(measure.rows, Kind.SQUARES, measure.columns, measure.where, window=measure.window)
