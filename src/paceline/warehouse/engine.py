"""The one boundary to the engine below: tables go in and out as Arrow, queries go in as Ibis expressions or SQL.

Ibis only compiles here (unbound tables → SQL of the engine's dialect); the engine's own driver runs the SQL. What an expression
may use on every engine (the portable kernel): int64, int32, float64, string and boolean columns; seconds, days and cents as
integers; division over explicit ``cast("float64")`` with ``nullif`` on the divisor (a plain integer division gives a silent 0 on
PostgreSQL).

Medians and quantiles: write ``column.median()`` or ``column.quantile(q)`` on a numeric column, with ``where=`` if only some rows
count. They compile to the exact, interpolated percentile everywhere (DuckDB ``quantile_cont``, PostgreSQL ``percentile_cont``,
Spark ``percentile``), over the rows that are not null; none left gives null. Never ``approx_median`` or ``approx_quantile``
(they differ between engines), never a list of quantiles (its result is an array).
"""

from __future__ import annotations

import gc
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import ibis
import ibis.expr.operations as ops
import pyarrow as pa


@dataclass(frozen=True)
class Compiled:
    """An expression compiled: the engine's SQL, the kernel types of its columns, the stored tables that it reads."""

    sql: str
    schema: pa.Schema
    reads: frozenset[str]


Query: TypeAlias = "ibis.Table | Compiled"
Rows: TypeAlias = "str | pa.Table | Query"  # a stored table's name, an Arrow table, or an expression over stored tables

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")  # 63 characters: PostgreSQL cuts longer names off in silence
_COMPILED_LIMIT = 2000
_COMPILED: dict[str, dict[Any, str]] = {}  # by dialect: the SQL of an expression is the same for every store of a kind


class WarehouseError(Exception):
    """Something about the store that its user can mend; the message says how."""


class StoreLockedError(WarehouseError):
    """Another process has the store open."""


class MissingDriverError(WarehouseError):
    """The engine's driver isn't installed."""


def kernel_type(type_: pa.DataType) -> pa.DataType:
    """The Arrow type under which callers see a column: bool, int32, int64, float64 or string.

    Engines disagree on what a sum is (DuckDB: a 38-digit decimal, PostgreSQL: numeric); here it is int64 or float64 everywhere.
    Raises TypeError for types outside the portable kernel (dates, timestamps, lists…).
    """
    types = pa.types
    if types.is_dictionary(type_):
        return kernel_type(type_.value_type)
    if types.is_boolean(type_) or types.is_int32(type_):
        return type_
    if types.is_integer(type_) or (types.is_decimal(type_) and type_.scale == 0):
        return pa.int64()
    if types.is_floating(type_) or types.is_decimal(type_):
        return pa.float64()
    if types.is_string(type_) or types.is_large_string(type_) or types.is_string_view(type_) or types.is_null(type_):
        return pa.string()
    raise TypeError(_outside(type_))


def _outside(type_: Any) -> str:
    return f"a column of type {type_} can't cross the engine boundary: use integers (days, seconds, cents), float64, string, bool"


def kernel_schema(schema: pa.Schema) -> pa.Schema:
    """The schema with every type made a kernel type, without metadata. Raises TypeError naming the column that has none."""
    fields = []
    for field in schema:
        try:
            fields.append(pa.field(field.name, kernel_type(field.type)))
        except TypeError as error:
            raise TypeError(f"column {field.name!r}: {error}") from error
    return pa.schema(fields)


def expression_schema(expression: ibis.Table) -> pa.Schema:
    """The kernel schema of what an expression gives. Raises TypeError naming a column whose type isn't in the kernel."""
    return pa.schema([pa.field(name, _kernel_type_of(name, type_)) for name, type_ in expression.schema().items()])


def _kernel_type_of(name: str, type_: Any) -> pa.DataType:
    # Ibis' own way to Arrow needs a package that it doesn't install.
    if type_.is_int32():
        return pa.int32()
    for is_kind, arrow in ((type_.is_boolean, pa.bool_()), (type_.is_integer, pa.int64()), (type_.is_floating, pa.float64()),
                           (type_.is_decimal, pa.float64()), (type_.is_string, pa.string()), (type_.is_null, pa.string())):
        if is_kind():
            return arrow
    raise TypeError(f"column {name!r}: {_outside(type_)}")


def check_name(name: str) -> str:
    """The name itself. Raises ValueError unless it is a plain lower-case identifier of at most 63 characters."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no table name: use lower-case letters, digits and _, 63 at most")
    return name


class Engine(ABC):
    """One store: named tables in one schema, and the engine that computes over them.

    Every writing call is atomic in itself; ``transaction()`` makes several of them one. An engine may be shared by threads for
    reading; one thread at a time writes.
    """

    dialect: str  # Ibis' word for the SQL that this engine speaks
    quote = '"'
    transactional = True  # does `transaction()` keep its promise?
    sql_types: ClassVar[dict[pa.DataType, str]]  # kernel type → the engine's word

    def __init__(self) -> None:
        self._compiled = _COMPILED.setdefault(self.dialect, {})

    # --- reading ---

    def compile(self, expression: ibis.Table) -> str:
        """The engine's SQL for an expression. Compiling takes 2–56 ms, so the SQL is kept for equal expressions."""
        key = expression.op()
        sql = self._compiled.get(key)
        if sql is None:
            if len(self._compiled) >= _COMPILED_LIMIT:
                self._compiled.clear()
            with uncollected():
                sql = self._compiled[key] = str(ibis.to_sql(expression, dialect=self.dialect))
        return sql

    def compiled(self, expression: ibis.Table) -> Compiled:
        """An expression's SQL with all that is needed to run it without the expression. Raises TypeError as `query` does."""
        reads = frozenset(node.name for node in expression.op().find(ops.UnboundTable))
        return Compiled(self.compile(expression), expression_schema(expression), reads)

    def query(self, query: Query | str) -> pa.Table:
        """The rows of an expression over stored tables, or of one SELECT statement, in kernel types (see `kernel_type`).

        An expression's types are the same on every engine. SQL text keeps what the engine says after `kernel_type`: cast sums to
        bigint or float there if the type matters.
        """
        if isinstance(query, str):
            table = self._fetch(query, None)
            return _cast(table, kernel_schema(table.schema))
        one = query if isinstance(query, Compiled) else self.compiled(query)
        return _cast(self._fetch(one.sql, one.schema), one.schema)

    def schema(self, name: str) -> pa.Schema:
        """The kernel schema of a stored table."""
        return self.query(f"SELECT * FROM {self.quoted(name)} LIMIT 0").schema

    @abstractmethod
    def tables(self) -> set[str]:
        """The names of all stored tables."""

    @abstractmethod
    def _fetch(self, sql: str, schema: pa.Schema | None) -> pa.Table:
        """Run one SELECT. ``schema`` is what is wanted, where known; the result is cast to it later."""

    # --- writing ---

    @abstractmethod
    def create(self, name: str, expression: Query) -> None:
        """Create or replace a table from an expression, which may read the old one. Indexes of the old one are gone."""

    def scratch(self, name: str, expression: Query) -> None:
        """Like `create`, for a table of the work at hand, which drops it. Cheaper, where the engine needn't keep it."""
        self.create(name, expression)

    def insert(self, name: str, expression: Query) -> None:
        """Add an expression's rows. Columns are matched by name; columns it lacks become null."""
        names = expression.schema.names if isinstance(expression, Compiled) else expression.columns
        columns = ", ".join(self._quoted_column(c) for c in names)
        self._run(f"INSERT INTO {self.quoted(name)} ({columns}) {self._select(expression)}")

    @abstractmethod
    def put(self, name: str, table: pa.Table) -> None:
        """Create or replace a table from Arrow, in bulk; column types become kernel types."""

    @abstractmethod
    def append(self, name: str, table: pa.Table) -> None:
        """Add Arrow rows, in bulk. Columns are matched by name; columns it lacks become null."""

    def delete_matching(self, name: str, keys: Rows, on: tuple[str, ...]) -> None:
        """Delete the rows whose ``on`` columns equal those of some row of ``keys``. A null equals nothing."""
        with self.transaction(), self._stored(keys) as source:
            match = " AND ".join(f"t.{self._quoted_column(c)} = k.{self._quoted_column(c)}" for c in on)
            self._run(f"DELETE FROM {self.quoted(name)} AS t USING {source} AS k WHERE {match}")

    @abstractmethod
    def lent(self, name: str, table: pa.Table) -> AbstractContextManager[None]:
        """Within the context, queries see the Arrow rows as a table of that name, which isn't stored. For keys to join with."""

    @abstractmethod
    def drop(self, name: str) -> None:
        """Drop a table; nothing happens if there is none."""

    def index(self, name: str, on: tuple[str, ...]) -> None:  # noqa: B027  (DuckDB and Spark gain nothing by one)
        """Make rows cheap to find by these columns, where the engine gains by it. Repeatable."""

    def many_small_steps(self, are_small: bool = True) -> AbstractContextManager[None]:  # noqa: ARG002
        """Within the context come hundreds of statements over few rows (or not, after all), where an engine's way of sharing one
        statement out costs more than the statement."""
        return nullcontext()

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """All writes within happen together or not at all. Nested ones belong to the outermost. (Spark: no such promise.)"""

    @abstractmethod
    def close(self) -> None:
        """Let go of the store. Nothing else may be called afterwards."""

    @abstractmethod
    def _run(self, sql: str) -> None:
        """Run one statement that gives no rows."""

    # --- SQL in common ---

    def quoted(self, name: str) -> str:
        """A table's name as the engine's SQL wants it."""
        return f"{self.quote}{check_name(name)}{self.quote}"

    def _quoted_column(self, name: str) -> str:
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def _select(self, expression: Query) -> str:
        """A SELECT whose columns have exactly the kernel types, so that a stored sum is a bigint on every engine."""
        one = expression if isinstance(expression, Compiled) else self.compiled(expression)
        columns = ", ".join(self._cast_column(self._quoted_column(f.name), f.type) for f in one.schema)
        return f"SELECT {columns} FROM ({one.sql}) AS q"

    def _cast_column(self, column: str, type_: pa.DataType) -> str:
        return f"CAST({column} AS {self.sql_types[type_]}) AS {column}"

    def _columns_ddl(self, schema: pa.Schema) -> str:
        return ", ".join(f"{self._quoted_column(f.name)} {self.sql_types[f.type]}" for f in schema)

    @contextmanager
    def _stored(self, rows: Rows) -> Iterator[str]:
        """SQL naming the rows, for as long as the context lasts."""
        if isinstance(rows, str):
            yield self.quoted(rows)
        elif isinstance(rows, pa.Table):
            with self.lent("lent_rows", rows):
                yield self.quoted("lent_rows")
        else:
            yield f"({rows.sql if isinstance(rows, Compiled) else self.compile(rows)})"


@contextmanager
def uncollected() -> Iterator[None]:
    """Without Python's search for garbage: making and compiling an expression makes a million small objects, and looking for
    circles among them takes a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def to_kernel(table: pa.Table) -> pa.Table:
    """An Arrow table with kernel types alone. Raises TypeError naming a column that has no such type."""
    return _cast(table, kernel_schema(table.schema))


def _cast(table: pa.Table, schema: pa.Schema) -> pa.Table:
    if table.schema.equals(schema, check_metadata=True):
        return table
    return pa.Table.from_arrays(
        [column.cast(field.type) for column, field in zip(table.columns, schema, strict=True)], schema=schema)
