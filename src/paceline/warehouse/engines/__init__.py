"""The engines that a store can live in, and how to open one by its location.

To add one: copy ``duckdb.py``, add a line to `ENGINES`, and run the contract tests in ``tests/warehouse`` on it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from paceline.warehouse.engine import Engine
from paceline.warehouse.engines.duckdb import open_duckdb
from paceline.warehouse.engines.postgres import open_postgres
from paceline.warehouse.engines.spark import open_spark

# What a location begins with → how to open it. Anything else is the path of a DuckDB file.
ENGINES: dict[str, Callable[[str], Engine]] = {
    "duckdb": open_duckdb,
    "postgresql": open_postgres,
    "spark": open_spark,
}


def open_engine(location: str | Path) -> Engine:
    """Open the store at a location: a path or ``:memory:`` (DuckDB), ``postgresql://…``, ``spark://…`` or ``spark:local[N]``.

    Raises StoreLockedError (DuckDB file open elsewhere) or MissingDriverError (driver not installed), saying what to do.
    """
    name = str(location).split(":", 1)[0]
    return ENGINES[name if name in ENGINES else "duckdb"](str(location))
