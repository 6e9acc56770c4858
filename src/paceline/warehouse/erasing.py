"""Taking a person's name and addresses out of every record, earlier versions included. What they did stays, as somebody's."""

from __future__ import annotations

import json

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from paceline.sales.records import TABLES, Table, Type
from paceline.warehouse.engine import Engine
from paceline.warehouse.store import (
    EXCLUSION,
    EXCLUSION_SCHEMA,
    canonical_schema,
    current_name,
    current_schema,
    ibis_table,
    past_name,
    past_schema,
    plain,
)

NAME, ADDRESS = "Erased person", "erased@invalid"
_PERSON = "rep"


def erase_person(engine: Engine, rep_id: str) -> dict[str, int]:
    """Replace the name and the addresses of a person of the CRM wherever they stand; gives changed rows by stored table.

    A later load from a source that still has them brings them back: erase them there first. Facts must be made anew afterwards.
    """
    with engine.transaction():
        addresses = _addresses(engine, rep_id)
        changed = {}
        for table in TABLES:
            for stored, schema in _both(table):
                count = _replace(engine, ibis_table(stored, schema), stored, table, rep_id, addresses)
                if count:
                    changed[stored] = count
        _erase_left_out(engine, addresses)
    return changed


def _erase_left_out(engine: Engine, addresses: list[str]) -> None:
    """The same in the rows that are kept of records left out."""
    if EXCLUSION not in engine.tables():
        return
    log = engine.query(plain(engine, EXCLUSION, EXCLUSION_SCHEMA))
    rows = [{name: ADDRESS if str(value).lower() in addresses else value for name, value in json.loads(row).items()}
            for row in log["row"].to_pylist()]
    new = pa.array([json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows], pa.string())
    engine.put(EXCLUSION, log.set_column(log.column_names.index("row"), "row", new))


def _addresses(engine: Engine, rep_id: str) -> list[str]:
    """Every mail address that the person ever had, lower case."""
    table = next(table for table in TABLES if table.name == _PERSON)
    found: set[str] = set()
    for name, schema in _both(table):
        rows = ibis_table(name, schema)
        emails = engine.query(rows.filter(rows.id == rep_id).select("email"))["email"].to_pylist()
        found |= {str(one).lower() for one in emails if one and one != ADDRESS}
    return sorted(found)


def _both(table: Table) -> tuple[tuple[str, pa.Schema], ...]:
    """Where the current and the superseded versions are stored, with their columns."""
    return (current_name(table.name), current_schema(table)), (past_name(table.name), past_schema(table))


def _replace(engine: Engine, rows: ir.Table, stored: str, table: Table, rep_id: str, addresses: list[str]) -> int:
    """Write one stored table anew, if anything in it is the person's."""
    texts = [name for name in canonical_schema(table).names if table.column(name).type is Type.TEXT and name != "id"]
    new = {name: _without(rows[name], addresses) for name in texts} if addresses else {}
    touched = [rows[name].lower().isin(addresses) for name in texts] if addresses else []
    if table.name == _PERSON:
        own = rows.id == rep_id
        new["name"] = own.ifelse(ibis.literal(NAME), rows.name)
        touched.append(own & (rows.name != NAME))
    if not touched:
        return 0
    count = int(engine.query(rows.filter(ibis.or_(*touched)).aggregate(n=lambda t: t.count()))["n"][0].as_py())
    if count:
        engine.create(stored, rows.mutate(**new).select(*rows.columns))
        engine.index(stored, ("id",))
    return count


def _without(column: ir.StringColumn, addresses: list[str]) -> ir.Value:
    return column.lower().isin(addresses).ifelse(ibis.literal(ADDRESS), column)
