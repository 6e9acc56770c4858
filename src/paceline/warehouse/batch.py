"""A batch of rows before it is merged: brought to canonical columns, freed of duplicates, compared with what is stored."""

from __future__ import annotations

import difflib

import pyarrow as pa
import pyarrow.compute as pc

from paceline.sales.records import BY_NAME, Table
from paceline.warehouse.store import canonical_schema

# What a change's old and new must be to be turned back into a value; see `deals.py`.
_CHANGE_VALUES = {"amount": (pa.int64(), "integer cents"), "close_day": (pa.date32(), "a day as YYYY-MM-DD")}


def canonical_batch(table: Table | None, name: str, rows: pa.Table) -> pa.Table:
    """The rows with all canonical columns, in order and type, and ``source_id``. Absent columns are null, NaN is null.

    Raises ValueError naming the table and the column: unknown ones, null ids, values that don't fit the type.
    """
    if table is None:
        raise ValueError(f"there is no record table {name!r}{_nearest(name, list(BY_NAME))}")
    schema = canonical_schema(table)
    unknown = [column for column in rows.column_names if column not in (*schema.names, "source_id")]
    if unknown:
        raise ValueError(f"{name}: unknown columns " + ", ".join(f"{c!r}{_nearest(c, schema.names)}" for c in unknown))
    columns = {field.name: _column(name, rows, field) for field in schema}
    if columns["id"].null_count:
        raise ValueError(f"{name}: {columns['id'].null_count} rows have no id")
    own = _column(name, rows, pa.field("source_id", pa.string()))
    columns["source_id"] = pc.coalesce(own, columns["id"])
    if name == "opportunity_change":
        _check_changes(columns)
    return pa.table(columns)


def last_of_each(rows: pa.Table) -> pa.Table:
    """One row an id: the last one given."""
    numbered = pa.table({"id": rows["id"], "row": pa.array(range(rows.num_rows), pa.int64())})
    last = numbered.group_by("id").aggregate([("row", "max")])["row_max"]
    if len(last) == rows.num_rows:
        return rows
    return rows.take(last.combine_chunks().sort())


def differing(table: Table, batch: pa.Table, stored: pa.Table) -> tuple[pa.Array, pa.Array]:
    """Two masks over the batch: rows whose id isn't stored, and rows stored with another value in some canonical column."""
    place = pc.index_in(batch["id"], value_set=stored["id"].combine_chunks())
    is_new = pc.is_null(place)
    changed = pc.and_(is_new, False)
    if stored.num_rows:
        beside = stored.take(place)
        for column in table.columns:
            changed = pc.or_(changed, _differ(batch[column.name], beside[column.name]))
    return is_new, pc.and_(changed, pc.invert(is_new))


def _differ(a: pa.ChunkedArray, b: pa.ChunkedArray) -> pa.ChunkedArray:
    """Null-safe: a null differs from a value and not from a null."""
    return pc.coalesce(pc.not_equal(a, b), pc.xor(pc.is_null(a), pc.is_null(b)))


def _column(table: str, rows: pa.Table, field: pa.Field) -> pa.ChunkedArray:
    if field.name not in rows.column_names:
        return pa.chunked_array([pa.nulls(rows.num_rows, field.type)])
    column = rows[field.name]
    try:
        column = column.cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ValueError(f"{table}.{field.name}: {column.type} can't become {field.type}: {error}") from error
    if pa.types.is_floating(field.type):
        # NaN equals nothing, itself included: as a value it would be a change in every load.
        return pc.if_else(pc.is_nan(column), None, column)
    return column


def _check_changes(columns: dict[str, pa.ChunkedArray]) -> None:
    for field, (type_, form) in _CHANGE_VALUES.items():
        of_field = pc.fill_null(pc.equal(columns["field"], field), False)
        for side in ("old", "new"):
            try:
                columns[side].filter(of_field).cast(type_)
            except pa.ArrowInvalid as error:
                raise ValueError(f"opportunity_change.{side}, where {field!r} changed, must be {form}: {error}") from error


def _nearest(word: str, words: list[str]) -> str:
    near = difflib.get_close_matches(word, words, 1)
    return f" (did you mean {near[0]!r}?)" if near else ""
