"""Vectors in, record tables out: Arrow tables in exactly the canonical columns and types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..sales.records import BY_NAME, Type
from .draw import Bools, Floats, Ints

ARROW: dict[Type, Any] = {
    Type.TEXT: pa.string(),
    Type.FLAG: pa.bool_(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: pa.float64(),
    Type.CENTS: pa.int64(),
    Type.DAY: pa.int32(),
    Type.AT: pa.int64(),
}


def schema(name: str) -> pa.Schema:
    """The Arrow schema of a record table; a required column is not nullable. KeyError for an unknown table."""
    return pa.schema(
        [pa.field(column.name, ARROW[column.type], nullable=not column.required) for column in BY_NAME[name].columns]
    )


def table(name: str, columns: Mapping[str, Any]) -> pa.Table:
    """The record table of these columns (NumPy or Arrow arrays, all of one length); a column not given is null throughout.

    KeyError for a column that the record doesn't have, ValueError where a required one is missing or has nulls.
    """
    shape = schema(name)
    if unknown := set(columns) - set(shape.names):
        raise KeyError(f"{name} has no column {', '.join(sorted(unknown))}")
    length = len(next(iter(columns.values())))
    arrays = [_column(columns.get(field.name), field, length) for field in shape]
    for field, array in zip(shape, arrays, strict=True):
        if not field.nullable and array.null_count:
            raise ValueError(f"{name}.{field.name} is required, but {array.null_count} rows have none")
    return pa.Table.from_arrays(arrays, schema=shape)


def _column(values: Any, field: pa.Field, length: int) -> Any:
    if values is None:
        return pa.nulls(length, field.type)
    array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array if array.type == field.type else array.cast(field.type)


def ids(prefix: str, numbers: Ints, width: int = 6) -> pa.Array:
    """Readable keys such as ``opp-000123``; a negative number gives null."""
    digits = pc.utf8_lpad(pa.array(numbers, mask=numbers < 0).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, "-")


def numbered(prefix: str, count: int, width: int = 6) -> pa.Array:
    """The keys ``prefix-…1`` to ``prefix-…count``."""
    return ids(prefix, np.arange(1, count + 1, dtype=np.int64), width)


def at_index(pool: Any, index: Ints) -> pa.Array:
    """The pool's values at these positions; a negative position gives null."""
    return pool.take(pa.array(index, mask=index < 0))


def words(pool: tuple[str | None, ...], index: Ints) -> pa.Array:
    """Words by position; a negative position gives null."""
    return at_index(pa.array(pool, pa.string()), index)


def where(values: Ints | Floats | Bools, present: Bools) -> pa.Array:
    """The values, null where not present."""
    return pa.array(values, mask=~present)


def null_unless(array: Any, present: Bools) -> pa.Array:
    """An Arrow array with nulls where not present."""
    return pc.if_else(pa.array(present), array, pa.nulls(len(array), array.type))


def day_text(days: Ints) -> pa.Array:
    """Days since 1970 as ``YYYY-MM-DD``; negative gives null."""
    return pa.array(days.astype(np.int32), mask=days < 0).cast(pa.date32()).cast(pa.string())
