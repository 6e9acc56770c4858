"""What every simulated company must satisfy: the canonical columns, keys, references and words."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ..sales.records import TABLES, Column
from .tables import schema


def problems(records: dict[str, pa.Table]) -> list[str]:
    """All departures from the canonical records, each in a line; empty when there are none."""
    found = [f"{one.name} is missing" for one in TABLES if one.name not in records]
    for one in TABLES:
        rows = records[one.name]
        if rows.schema != schema(one.name):
            found.append(f"{one.name} has another schema: {rows.schema}")
        if len(rows["id"].unique()) != len(rows):
            found.append(f"{one.name} has an id twice")
        for column in one.columns:
            found += [f"{one.name}.{column.name}: {what}" for what in _column(records, rows[column.name], column)]
    return found


def _column(records: dict[str, pa.Table], values: pa.ChunkedArray, column: Column) -> list[str]:
    found, given = [], values.drop_null()
    if column.required and values.null_count:
        found.append(f"{values.null_count} of {len(values)} required values missing")
    if column.refers and not pc.all(pc.is_in(given, records[column.refers]["id"].combine_chunks()), min_count=0).as_py():
        found.append(f"refers to rows that {column.refers} doesn't have")
    if column.words and (other := set(given.unique().to_pylist()) - set(column.words)):
        found.append(f"has other words: {sorted(other)}")
    return found
