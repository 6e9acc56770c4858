"""Apache Spark, for data that is already there. Tables are Parquet tables of the session's catalogue.

Spark has no transactions over plain Parquet tables: a killed load can stop between two tables here, each of which is whole.
Deleting rewrites the table. Load there what seldom changes, and compute.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, ClassVar

import ibis
import ibis.config
import pyarrow as pa

from paceline.warehouse.engine import Engine, MissingDriverError, Query, Rows, check_name, to_kernel

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

_TABLES = "USING parquet"
_STRIPPED, _STRIPPED_SPELLED = r"' \t\n\r\v\f'", r"' \t\n\r\u000b\u000c'"  # what ibis trims, and the same as Spark spells it
_ARROW = "arrow_rows"  # the name under which Arrow rows are seen while they are copied in


class _CompilerOptions(ibis.config.Config):  # type: ignore[misc]
    """What Ibis' compiler asks for; its own definition comes only with its Spark executor, which needs pandas."""

    treat_nan_as_null: bool = False


if ibis.options.pyspark is None:
    ibis.options.pyspark = _CompilerOptions()


class SparkEngine(Engine):
    """The tables of one Spark session's current database."""

    dialect = "pyspark"
    quote = "`"
    transactional = False
    sql_types: ClassVar[dict[pa.DataType, str]] = {
        pa.bool_(): "BOOLEAN", pa.int32(): "INT", pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.string(): "STRING"}

    def __init__(self, session: Any, stop_on_close: bool = False) -> None:
        super().__init__()
        self._session, self._stop_on_close = session, stop_on_close

    def compile(self, expression: ibis.Table) -> str:
        # Spark knows no \v and \f in a literal and reads them as letters: strip() would trim "vif" to "i" without a word.
        return super().compile(expression).replace(_STRIPPED, _STRIPPED_SPELLED)

    def tables(self) -> set[str]:
        return {row["tableName"] for row in self._session.sql("SHOW TABLES").collect() if not row["isTemporary"]}

    def create(self, name: str, expression: Query) -> None:
        with self._replacing(name) as new:
            self._run(f"CREATE TABLE {new} {_TABLES} AS {self._select(expression)}")

    def put(self, name: str, table: pa.Table) -> None:
        rows = to_kernel(table)
        columns = self._columns_ddl(rows.schema)
        if not rows.num_rows and not self._session.catalog.tableExists(check_name(name)):
            self._run(f"CREATE TABLE {self.quoted(name)} ({columns}) {_TABLES}")
            return
        with self._replacing(name) as new:
            self._run(f"CREATE TABLE {new} ({columns}) {_TABLES}")
            self._write(new, rows)

    def append(self, name: str, table: pa.Table) -> None:
        self._write(self.quoted(name), to_kernel(table))

    def delete_matching(self, name: str, keys: Rows, on: tuple[str, ...]) -> None:
        with self._stored(keys) as source, self._replacing(name) as new:
            match = " AND ".join(f"t.{self._quoted_column(c)} = k.{self._quoted_column(c)}" for c in on)
            kept = f"SELECT t.* FROM {self.quoted(name)} AS t LEFT ANTI JOIN {source} AS k ON {match}"
            self._run(f"CREATE TABLE {new} {_TABLES} AS {kept}")

    @contextmanager
    def lent(self, name: str, table: pa.Table) -> Iterator[None]:
        rows = to_kernel(table)
        self._session.createDataFrame(rows).createOrReplaceTempView(check_name(name))
        try:
            yield
        finally:
            self._session.catalog.dropTempView(name)

    def drop(self, name: str) -> None:
        self._run(f"DROP TABLE IF EXISTS {self.quoted(name)}")

    def transaction(self) -> AbstractContextManager[None]:
        """Nothing: Spark can't take back what is written."""
        return nullcontext()

    def close(self) -> None:
        if self._stop_on_close:
            self._session.stop()

    def _run(self, sql: str) -> None:
        self._session.sql(sql).collect()

    def _fetch(self, sql: str, schema: pa.Schema | None) -> pa.Table:  # noqa: ARG002  (Arrow comes with its types)
        return self._session.sql(sql).toArrow()

    def _write(self, quoted_name: str, rows: pa.Table) -> None:
        if not rows.num_rows:
            return
        columns = ", ".join(self._quoted_column(column) for column in rows.column_names)
        with self.lent(_ARROW, rows):
            self._run(f"INSERT INTO {quoted_name} ({columns}) SELECT * FROM {_ARROW}")

    @contextmanager
    def _replacing(self, name: str) -> Iterator[str]:
        """The quoted name of a table to be made, which then takes the old one's place."""
        new = f"new_{name}"
        self.drop(new)  # what a killed process may have left
        yield self.quoted(new)
        self.drop(name)
        self._run(f"ALTER TABLE {self.quoted(new)} RENAME TO {self.quoted(name)}")


def open_spark(location: str = "spark:local[*]", settings: dict[str, str] | None = None) -> SparkEngine:
    """A session on ``spark://host:port`` or, as ``spark:local[N]``, in this machine. ``settings`` are Spark's own.

    With no metastore in the settings the catalogue, and so the store, lasts as long as the session.
    Raises MissingDriverError without the ``spark`` extra.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise MissingDriverError("Spark needs its driver (and Java 17 or later): pip install 'paceline[spark]'") from error
    master = location if location.startswith("spark://") else location.removeprefix("spark:")
    builder = SparkSession.builder.master(master).appName("paceline")
    for key, value in {**_SETTINGS, **(settings or {})}.items():
        builder = builder.config(key, value)
    return SparkEngine(builder.getOrCreate(), stop_on_close=True)


_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
