"""Conditions on rows, as data: from one declaration come the filter, the words and the check of a column's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

Scalar = str | int | float | bool

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "in": lambda a, b: a.isin(b),
    "not in": lambda a, b: ~a.isin(b),
}
OPERATORS = (*_COMPARE, "known", "unknown", "is", "is not")


class Condition:
    """What must hold of a row. Combine with ``&`` and ``|``. An unknown value makes a comparison not hold."""

    def __and__(self, other: Condition) -> Condition:
        return AllOf(tuple(part for side in (self, other) for part in (side.parts if isinstance(side, AllOf) else (side,))))

    def __or__(self, other: Condition) -> Condition:
        return AnyOf((self, other))


@dataclass(frozen=True)
class Column:
    """Another column of the same row, to compare with."""

    name: str


@dataclass(frozen=True)
class Test(Condition):
    """``column operator value``. ``is`` and ``is not`` are for flags; ``known`` and ``unknown`` take no value."""

    __test__ = False  # not for pytest

    column: str
    operator: str
    value: Scalar | Column | tuple[Scalar, ...] | None = None


@dataclass(frozen=True)
class AllOf(Condition):
    """All of them hold; none given: every row."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf(Condition):
    """At least one holds."""

    parts: tuple[Condition, ...]


EVERY = AllOf(())


def yes(column: str) -> Test:
    """The flag is set."""
    return Test(column, "is")


def no(column: str) -> Test:
    """The flag is not set (unknown counts as not set)."""
    return Test(column, "is not")


def known(column: str) -> Test:
    """There is a value."""
    return Test(column, "known")


def unknown(column: str) -> Test:
    """There is no value."""
    return Test(column, "unknown")


def eq(column: str, value: Scalar) -> Test:
    """Equal."""
    return Test(column, "=", value)


def one_of(column: str, *values: Scalar) -> Test:
    """One of these."""
    return Test(column, "in", values)


def compare(column: str, operator: str, value: Scalar | Column) -> Test:
    """Any other comparison."""
    return Test(column, operator, value)


def columns_of(condition: Condition) -> Iterator[str]:
    """Every column that the condition names."""
    if isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from columns_of(part)
    elif isinstance(condition, Test):
        yield condition.column
        if isinstance(condition.value, Column):
            yield condition.value.name


def as_expression(condition: Condition, table: ir.Table) -> ir.BooleanValue:
    """The condition as a filter that is true or false, never null."""
    if isinstance(condition, AllOf):
        return _joined(condition.parts, table, lambda a, b: a & b, True)
    if isinstance(condition, AnyOf):
        return _joined(condition.parts, table, lambda a, b: a | b, False)
    assert isinstance(condition, Test)
    return _test(condition, table)


def _joined(parts: tuple[Condition, ...], table: ir.Table, both: Callable[[Any, Any], Any], empty: bool) -> ir.BooleanValue:
    if not parts:
        return ibis.literal(empty)
    whole = as_expression(parts[0], table)
    for part in parts[1:]:
        whole = both(whole, as_expression(part, table))
    return whole


def _test(test: Test, table: ir.Table) -> ir.BooleanValue:
    column = table[test.column]
    if test.operator == "known":
        return column.notnull()
    if test.operator == "unknown":
        return column.isnull()
    if test.operator in ("is", "is not"):
        held = column.fill_null(False)
        return held if test.operator == "is" else ~held
    value = table[test.value.name] if isinstance(test.value, Column) else test.value
    return _COMPARE[test.operator](column, value).fill_null(False)


def in_words(condition: Condition) -> str:
    """The condition as a formula: ``won and kind = meeting``; empty for every row."""
    if isinstance(condition, AllOf):
        return " and ".join(f"({in_words(p)})" if isinstance(p, AnyOf) else in_words(p) for p in condition.parts)
    if isinstance(condition, AnyOf):
        return " or ".join(f"({in_words(p)})" if isinstance(p, AllOf) else in_words(p) for p in condition.parts)
    assert isinstance(condition, Test)
    return _test_words(condition)


def _test_words(test: Test) -> str:
    if test.operator in ("known", "unknown"):
        return f"{test.column} {test.operator}"
    if test.operator in ("is", "is not"):
        return test.column if test.operator == "is" else f"not {test.column}"
    value = test.value.name if isinstance(test.value, Column) else test.value
    listed = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"{test.column} {test.operator} {listed}"
