"""What lies in a store: the names and columns of its record tables, and making them.

``rec_<table>``        current versions: the record's columns, then record_source, source_id, known_at
``rec_<table>_past``   versions that a later load replaced: the same, then superseded_at
``load_log``           one row a load and table: how many rows were read, inserted, updated, unchanged
``changed``            (table, id) of every row inserted or updated since the facts were last refreshed
``exclusion``          records that an admin left out of every number: why, by whom, since when (see `exclusion`)
``compiled_sql``       the SQL of facts, kept from one process to the next (see `compiled`); made when first needed
"""

from __future__ import annotations

import ibis
import pyarrow as pa

from paceline.sales.records import BY_NAME, STAMPS, SUPERSEDED_AT, TABLES, Column, Table, Type
from paceline.warehouse.engine import Compiled, Engine, WarehouseError

LOAD_LOG = "load_log"
CHANGED = "changed"
EXCLUSION = "exclusion"

ARROW_TYPES: dict[Type, pa.DataType] = {
    Type.TEXT: pa.string(), Type.FLAG: pa.bool_(), Type.INTEGER: pa.int64(), Type.NUMBER: pa.float64(), Type.CENTS: pa.int64(),
    Type.DAY: pa.int32(), Type.AT: pa.int64()}
_IBIS_TYPES: dict[pa.DataType, str] = {
    pa.string(): "string", pa.bool_(): "boolean", pa.int64(): "int64", pa.float64(): "float64", pa.int32(): "int32"}

LOG_SCHEMA = pa.schema([
    ("load_id", pa.int64()), ("source", pa.string()), ("at", pa.int64()), ("table", pa.string()),
    ("read", pa.int64()), ("inserted", pa.int64()), ("updated", pa.int64()), ("unchanged", pa.int64())])
CHANGED_SCHEMA = pa.schema([("table", pa.string()), ("id", pa.string())])
EXCLUSION_SCHEMA = pa.schema([
    ("table", pa.string()), ("id", pa.string()), ("reason", pa.string()), ("by", pa.string()), ("at", pa.int64()),
    ("ended_at", pa.int64()), ("row", pa.string())])


def current_name(table: str) -> str:
    """Where the current versions of a record table are stored."""
    return f"rec_{table}"


def past_name(table: str) -> str:
    """Where its superseded versions are stored."""
    return f"rec_{table}_past"


def canonical_schema(table: Table) -> pa.Schema:
    """The record's own columns, as Arrow."""
    return _arrow(table.columns)


def current_schema(table: Table) -> pa.Schema:
    """The columns of ``rec_<table>``."""
    return _arrow((*table.columns, *STAMPS))


def past_schema(table: Table) -> pa.Schema:
    """The columns of ``rec_<table>_past``."""
    return _arrow((*table.columns, *STAMPS, SUPERSEDED_AT))


def unbound(table: str) -> ibis.Table:
    """The current versions of a record table, stamps included, to build expressions on. Raises KeyError for an unknown one."""
    return ibis_table(current_name(table), current_schema(BY_NAME[table]))


def unbound_past(table: str) -> ibis.Table:
    """The superseded versions of a record table. Raises KeyError for an unknown one."""
    return ibis_table(past_name(table), past_schema(BY_NAME[table]))


def ibis_table(name: str, schema: pa.Schema) -> ibis.Table:
    """An unbound table with a kernel schema."""
    return ibis.table({field.name: _IBIS_TYPES[field.type] for field in schema}, name=name)


def plain(engine: Engine, name: str, schema: pa.Schema, only: str = "") -> Compiled:
    """All columns of a stored table's rows, or with a condition after ``only`` of some, without the time that Ibis takes."""
    columns = ", ".join(f"{engine.quote}{column}{engine.quote}" for column in schema.names)
    return Compiled(f"SELECT {columns} FROM {engine.quoted(name)}{only and f' WHERE {only}'}", schema, frozenset({name}))


def create_store(engine: Engine) -> None:
    """Make every table that isn't there yet, empty; give older ones the columns that records have gained since. Repeatable.

    Raises WarehouseError when a newer version of the program made the store.
    """
    wanted = {LOAD_LOG: LOG_SCHEMA, CHANGED: CHANGED_SCHEMA, EXCLUSION: EXCLUSION_SCHEMA}
    for table in TABLES:
        wanted[current_name(table.name)] = current_schema(table)
        wanted[past_name(table.name)] = past_schema(table)
    with engine.transaction():
        there = engine.tables()
        for name, schema in wanted.items():
            if name not in there:
                engine.put(name, schema.empty_table())
            else:
                _widen(engine, name, schema)
            engine.index(name, ("id",) if "id" in schema.names else ("load_id",))


def _widen(engine: Engine, name: str, schema: pa.Schema) -> None:
    """Give a stored table the columns it lacks, as nulls: a newer version of the program knows more of a record."""
    stored = engine.schema(name)
    if stored.equals(schema):
        return
    unknown = set(stored.names) - set(schema.names)
    if unknown:
        raise WarehouseError(f"{name} has columns that this version of Paceline doesn't know ({', '.join(sorted(unknown))}): "
                             "the store was made by a newer one. Update Paceline, or load into a new store.")
    old = ibis_table(name, stored)
    engine.create(name, old.select(**{
        field.name: old[field.name] if field.name in stored.names else ibis.null(_IBIS_TYPES[field.type]) for field in schema}))


def _arrow(columns: tuple[Column, ...]) -> pa.Schema:
    return pa.schema([pa.field(column.name, ARROW_TYPES[column.type]) for column in columns])
