"""DuckDB, embedded: the default. One process owns the file; its threads each get a cursor of their own."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import duckdb
import pyarrow as pa

from paceline.warehouse.engine import Engine, Query, StoreLockedError, check_name, to_kernel

_HOLDER = re.compile(r"held in (?P<program>.*?) \(PID (?P<pid>\d+)\)")
_ARROW = "arrow_rows"  # the name under which Arrow rows are seen while they are copied in


class DuckDBEngine(Engine):
    """A DuckDB database, in a file or in memory."""

    dialect = "duckdb"
    sql_types: ClassVar[dict[pa.DataType, str]] = {
        pa.bool_(): "BOOLEAN", pa.int32(): "INTEGER", pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.string(): "VARCHAR"}

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__()
        self._connection = connection
        self._thread = _PerThread()
        self._writing = threading.RLock()  # two writers at once would end in a conflict for one of them
        self._threads = self._threads_now()

    def tables(self) -> set[str]:
        rows = self._cursor.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'").fetchall()
        return {str(row[0]) for row in rows}

    def create(self, name: str, expression: Query) -> None:
        self._run(f"CREATE OR REPLACE TABLE {self.quoted(name)} AS {self._select(expression)}")

    def scratch(self, name: str, expression: Query) -> None:
        self._run(f"CREATE OR REPLACE TEMPORARY TABLE {self.quoted(name)} AS {self._select(expression)}")

    def put(self, name: str, table: pa.Table) -> None:
        with self.lent(_ARROW, table):
            self._run(f"CREATE OR REPLACE TABLE {self.quoted(name)} AS SELECT * FROM {_ARROW}")

    def append(self, name: str, table: pa.Table) -> None:
        with self.lent(_ARROW, table):
            self._run(f"INSERT INTO {self.quoted(name)} BY NAME SELECT * FROM {_ARROW}")

    @contextmanager
    def lent(self, name: str, table: pa.Table) -> Iterator[None]:
        cursor = self._cursor
        cursor.register(check_name(name), to_kernel(table))  # read in place: nothing is copied
        try:
            yield
        finally:
            cursor.unregister(name)

    def drop(self, name: str) -> None:
        self._run(f"DROP TABLE IF EXISTS {self.quoted(name)}")

    @contextmanager
    def many_small_steps(self, are_small: bool = True) -> Iterator[None]:
        """One thread for small steps: a second one to wake and to wait for takes a third of the CPU of a day's increment."""
        with self._writing:
            before, wanted = self._threads_now(), 1 if are_small else self._threads
            self._use_threads(before, wanted)
            try:
                yield
            finally:
                self._use_threads(wanted, before)

    def _threads_now(self) -> int:
        row = self._connection.cursor().execute("SELECT current_setting('threads')").fetchone()
        assert row is not None
        return int(row[0])

    def _use_threads(self, now: int, wanted: int) -> None:
        if now != wanted:
            self._connection.cursor().execute(f"SET threads = {wanted}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        if self._thread.in_transaction:
            yield
            return
        with self._writing:
            cursor = self._cursor
            cursor.execute("BEGIN")
            self._thread.in_transaction = True
            try:
                yield
            except BaseException:  # whatever stopped the work, an interrupt too, nothing of it may stay
                cursor.execute("ROLLBACK")
                raise
            else:
                with self.many_small_steps():  # one thread commits; whoever waits for it in DuckDB's Python spins meanwhile
                    cursor.execute("COMMIT")
            finally:
                self._thread.in_transaction = False

    def close(self) -> None:
        self._connection.close()

    def _run(self, sql: str) -> None:
        self._cursor.execute(sql)

    def _fetch(self, sql: str, schema: pa.Schema | None) -> pa.Table:  # noqa: ARG002  (Arrow comes with its types)
        return self._cursor.execute(sql).to_arrow_table()

    @property
    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if self._thread.cursor is None:
            self._thread.cursor = self._connection.cursor()
        return self._thread.cursor


class _PerThread(threading.local):
    cursor: duckdb.DuckDBPyConnection | None = None
    in_transaction = False


def open_duckdb(location: str | Path = ":memory:", *, read_only: bool = False) -> DuckDBEngine:
    """Open, or create, the database in the file ``location`` (``:memory:``: nowhere). Only Arrow goes in and out of it.

    Raises StoreLockedError, saying who holds the file, when another process has it open.
    """
    try:
        connection = duckdb.connect(str(location), read_only=read_only)
    except duckdb.IOException as error:
        if "lock" not in str(error).lower():
            raise
        raise StoreLockedError(_locked(str(location), str(error))) from error
    connection.execute("SET TimeZone = 'UTC'")  # DuckDB follows the system's zone otherwise
    connection.execute("SET enable_external_access = false")  # no SQL reads or writes files: a company's own metric can't either
    connection.execute("SET allowed_configs = ['threads']")
    connection.execute("SET lock_configuration = true")
    return DuckDBEngine(connection)


def _locked(location: str, reason: str) -> str:
    holder = _HOLDER.search(reason)
    who = f"process {holder['pid']} ({holder['program']})" if holder else "another process"
    return (f"{location} is open in {who}, and a DuckDB file has one owner at a time. "
            "Wait until that process ends, or stop it, and try again.")
