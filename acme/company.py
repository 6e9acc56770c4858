"""Acme, the worked company: its settings, and its records read from the CSV files beside this page.

Reads with plain Python on purpose: what acme proves must not rest on the files source that it also proves.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from paceline.sales.records import TABLES, Column, Type
from paceline.sales.settings import Settings

FOLDER = Path(__file__).parent
SETTINGS = Settings(
    name="Acme", currency="USD", time_zone="Europe/Paris", fiscal_start_month=2, own_domains=frozenset({"acme.example"}),
)
_EPOCH = date(1970, 1, 1)


def day(text: str) -> int:
    """Days since 1970-01-01 of an ISO date."""
    return (date.fromisoformat(text) - _EPOCH).days


_READ: dict[Type, Callable[[str], object]] = {
    Type.TEXT: str,
    Type.FLAG: lambda text: text == "true",
    Type.INTEGER: int,
    Type.NUMBER: float,
    Type.CENTS: lambda text: int(Decimal(text) * 100),
    Type.DAY: day,
    Type.AT: lambda text: int(datetime.fromisoformat(text).timestamp()),
}
_ARROW = {
    Type.TEXT: pa.string(), Type.FLAG: pa.bool_(), Type.INTEGER: pa.int64(), Type.NUMBER: pa.float64(), Type.CENTS: pa.int64(),
    Type.DAY: pa.int32(), Type.AT: pa.int64(),
}


def _values(rows: list[dict[str, str]], column: Column) -> pa.Array:
    read, name = _READ[column.type], column.name.removesuffix("_cents")
    return pa.array([read(row[name]) if row.get(name) else None for row in rows], _ARROW[column.type])


def records() -> dict[str, pa.Table]:
    """Every canonical table by name, with all its columns (null where the CSV has none); empty where there is no file."""
    tables = {}
    for table in TABLES:
        path = FOLDER / f"{table.name}.csv"
        rows = list(csv.DictReader(path.open(encoding="utf-8", newline=""))) if path.exists() else []
        tables[table.name] = pa.table({column.name: _values(rows, column) for column in table.columns})
    return tables
