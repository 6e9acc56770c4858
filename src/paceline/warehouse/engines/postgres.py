"""PostgreSQL: a server that several processes share. Rows travel by COPY in both directions, never one by one.

Text columns are declared with the "C" collation, so that order, minimum and maximum of text are those of the other engines.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from paceline.warehouse.engine import Engine, MissingDriverError, Query, check_name, to_kernel

if TYPE_CHECKING:
    import psycopg

_TEXT = 'TEXT COLLATE "C"'
# PostgreSQL's type oid → Arrow. 1700 is numeric: read as text first, see `_numeric`.
_OIDS: dict[int, pa.DataType] = {
    16: pa.bool_(), 20: pa.int64(), 21: pa.int64(), 23: pa.int32(), 700: pa.float64(), 701: pa.float64(),
    18: pa.string(), 19: pa.string(), 25: pa.string(), 705: pa.string(), 1042: pa.string(), 1043: pa.string(), 1700: pa.string()}
_NUMERIC = 1700
_WRITER_LOCK = 0x70616365  # any number of our own: writers of one schema wait for each other on it


class PostgresEngine(Engine):
    """One schema of a PostgreSQL database."""

    dialect = "postgres"
    sql_types: ClassVar[dict[pa.DataType, str]] = {
        pa.bool_(): "BOOLEAN", pa.int32(): "INTEGER", pa.int64(): "BIGINT", pa.float64(): "DOUBLE PRECISION", pa.string(): _TEXT}

    def __init__(self, connection: psycopg.Connection, schema: str) -> None:
        super().__init__()
        self._connection, self._schema = connection, schema

    def tables(self) -> set[str]:
        cursor = self._connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (self._schema,))
        return {str(row[0]) for row in cursor.fetchall()}

    def create(self, name: str, expression: Query) -> None:
        with self._replacing(name) as new:
            self._run(f"CREATE TABLE {new} AS {self._select(expression)}")

    def scratch(self, name: str, expression: Query) -> None:
        with self.transaction():
            self._run(f"DROP TABLE IF EXISTS pg_temp.{self.quoted(name)}")
            self._run(f"CREATE TEMPORARY TABLE {self.quoted(name)} AS {self._select(expression)}")

    def put(self, name: str, table: pa.Table) -> None:
        rows = to_kernel(table)
        with self._replacing(name) as new:
            self._run(f"CREATE TABLE {new} ({self._columns_ddl(rows.schema)})")
            self._copy_in(new, rows)

    def append(self, name: str, table: pa.Table) -> None:
        with self.transaction():
            self._copy_in(self.quoted(name), to_kernel(table))

    @contextmanager
    def lent(self, name: str, table: pa.Table) -> Iterator[None]:
        rows = to_kernel(table)
        quoted = self.quoted(name)
        with self.transaction():
            self._run(f"CREATE TEMPORARY TABLE {quoted} ({self._columns_ddl(rows.schema)}) ON COMMIT DROP")
            self._copy_in(quoted, rows)
            yield
            self._run(f"DROP TABLE pg_temp.{quoted}")

    def drop(self, name: str) -> None:
        self._run(f"DROP TABLE IF EXISTS {self.quoted(name)}")

    def index(self, name: str, on: tuple[str, ...]) -> None:
        columns = ", ".join(self._quoted_column(column) for column in on)
        index = self._quoted_column("_".join((name, *on))[:63])
        self._run(f"CREATE INDEX IF NOT EXISTS {index} ON {self.quoted(name)} ({columns})")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._connection.transaction():
            # A load reads what it then replaces: a second one in between would be lost, so writers go one after the other.
            self._connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_WRITER_LOCK, self._schema))
            yield

    def close(self) -> None:
        self._connection.close()

    def _run(self, sql: str) -> None:
        self._connection.execute(sql.encode())

    def _fetch(self, sql: str, schema: pa.Schema | None) -> pa.Table:
        if schema is not None:
            return self._copy_out(sql, schema)
        cursor = self._connection.execute(f"SELECT * FROM ({sql}) AS q LIMIT 0".encode())
        described = {column.name: column.type_code for column in cursor.description or ()}
        table = self._copy_out(sql, pa.schema([(name, _arrow_type(name, oid)) for name, oid in described.items()]))
        for place, (name, oid) in enumerate(described.items()):
            if oid == _NUMERIC:
                table = table.set_column(place, name, _numeric(table.column(place)))
        return table

    def _copy_out(self, sql: str, schema: pa.Schema) -> pa.Table:
        buffer = io.BytesIO()
        with self._connection.cursor() as cursor, cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)".encode()) as copy:
            for chunk in copy:
                buffer.write(chunk)
        return _parse(buffer.getvalue(), schema)

    def _copy_in(self, quoted_name: str, rows: pa.Table) -> None:
        columns = ", ".join(self._quoted_column(column) for column in rows.column_names)
        statement = f"COPY {quoted_name} ({columns}) FROM STDIN (FORMAT csv)"
        with self._connection.cursor() as cursor:
            with cursor.copy(statement.encode()) as copy:
                for batch in rows.to_batches(max_chunksize=65536):
                    copy.write(_written(batch))
            cursor.execute(f"ANALYZE {quoted_name}".encode())  # else a join with fresh rows is planned blind

    @contextmanager
    def _replacing(self, name: str) -> Iterator[str]:
        """The quoted name of a table to be made, which then takes the old one's place."""
        new = self.quoted(f"new_{name}"[:63])
        with self.transaction():
            yield new
            self.drop(name)
            self._run(f"ALTER TABLE {new} RENAME TO {self.quoted(name)}")

    def _cast_column(self, column: str, type_: pa.DataType) -> str:
        if type_ == pa.string():
            return f'CAST({column} AS TEXT) COLLATE "C" AS {column}'
        return super()._cast_column(column, type_)


def open_postgres(location: str, schema: str = "paceline") -> PostgresEngine:
    """Connect to ``postgresql://user:password@host:port/database``; the schema is created if it isn't there.

    Raises MissingDriverError without the ``postgres`` extra, psycopg.OperationalError when the server can't be reached.
    """
    try:
        import psycopg
    except ImportError as error:
        raise MissingDriverError("PostgreSQL needs its driver: pip install 'paceline[postgres]'") from error
    connection = psycopg.connect(location, autocommit=True)
    quoted = f'"{check_name(schema)}"'
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted}".encode())
    connection.execute(f"SET search_path TO {quoted}".encode())
    connection.execute("SET TimeZone = 'UTC'")
    return PostgresEngine(connection, schema)


def _arrow_type(name: str, oid: int) -> pa.DataType:
    if oid not in _OIDS:
        raise TypeError(f"column {name!r} has PostgreSQL's type {oid}, outside the portable kernel: cast it in the query")
    return _OIDS[oid]


def _numeric(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """PostgreSQL writes a sum of integers without a point, and a mean with one: that tells int64 from float64."""
    if pc.any(pc.match_substring_regex(text, r"[.NI]")).as_py():
        return text.cast(pa.float64())
    return text.cast(pa.int64())


def _parse(data: bytes, schema: pa.Schema) -> pa.Table:
    """COPY's CSV as Arrow: an empty field is null, a quoted empty one is empty text."""
    if not data:
        return schema.empty_table()
    return pa.csv.read_csv(
        io.BytesIO(data),
        read_options=pa.csv.ReadOptions(column_names=schema.names, block_size=1 << 24),
        parse_options=pa.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pa.csv.ConvertOptions(
            column_types=schema, null_values=[""], true_values=["t"], false_values=["f"],
            strings_can_be_null=True, quoted_strings_can_be_null=False))


def _written(batch: pa.RecordBatch) -> bytes:
    buffer = io.BytesIO()
    pa.csv.write_csv(batch, buffer, pa.csv.WriteOptions(include_header=False, quoting_style="all_valid"))
    return buffer.getvalue()
