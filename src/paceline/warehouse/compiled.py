"""Compiled SQL kept from one process to the next: making and compiling an expression takes longer than running it on a day.

An expression is kept under a name, and under what it was made with: the program's own sources, Ibis and sqlglot, the dialect, and
whatever else the caller says that expressions depend on. What was made with anything else is not found, and is replaced; a row
that isn't whole is compiled anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import blake2s
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

import ibis
import pyarrow as pa

from paceline.warehouse.engine import Compiled, Engine, uncollected
from paceline.warehouse.store import plain

COMPILED = "compiled_sql"
COMPILED_SCHEMA = pa.schema([(name, pa.string()) for name in ("made_with", "name", "sql", "told", "checked")])
_ROOMS = ("sales", "warehouse", "facts", "metrics")  # whose sources decide what an expression is
_TYPES: dict[str, pa.DataType] = {str(type_): type_ for type_ in (pa.bool_(), pa.int32(), pa.int64(), pa.float64(), pa.string())}
_LIMIT = 40  # how many ways of making things a process remembers: a server has one, tests have many

_known: dict[str, dict[str, Compiled]] = {}  # made with → name → SQL


class Kept:
    """The compiled expressions of one store, by name. ``made_with``: all that expressions depend on but the program itself.

    A name must mean one expression, whatever the store holds. ``check``: compile each anew nevertheless, and raise
    AssertionError where it isn't what is kept (for tests).
    """

    check = False

    def __init__(self, engine: Engine, made_with: str) -> None:
        self._engine = engine
        self._made_with = _digest(program(), engine.dialect, made_with)
        self._spoilt = False  # something stored isn't what was written: all is written anew
        if self._made_with not in _known:
            if len(_known) >= _LIMIT:
                _known.clear()
            _known[self._made_with], self._spoilt = _read(engine, self._made_with)
        self._here = _known[self._made_with]
        self._used: set[str] = set()

    def get(self, name: str, expression: Callable[[], ibis.Table]) -> Compiled:
        """The expression of that name; it is made and compiled only if it isn't kept."""
        self._used.add(name)
        found = self._here.get(name)
        if found is None:
            with uncollected():
                found = self._here[name] = self._engine.compiled(expression())
        elif self.check:
            anew = self._engine.compiled(expression())
            assert anew == found, f"{name} means two things:\n{found.sql}\n\n{anew.sql}"
        return found

    def query(self, name: str, expression: Callable[[], ibis.Table]) -> pa.Table:
        """The rows of the expression of that name."""
        return self._engine.query(self.get(name, expression))

    def save(self) -> None:
        """Write what was used and isn't in the store yet. What was made with anything else is dropped."""
        there = [] if self._spoilt else _names(self._engine)
        new = sorted(self._used - {name for made_with, name in there if made_with == self._made_with})
        if not new:
            return
        rows = pa.Table.from_pylist([self._row(name) for name in new], schema=COMPILED_SCHEMA)
        if there and all(made_with == self._made_with for made_with, _ in there):
            self._engine.append(COMPILED, rows)
        else:
            self._engine.put(COMPILED, rows)
            self._spoilt = False
        self._used.clear()

    def _row(self, name: str) -> dict[str, str]:
        one = self._here[name]
        told = json.dumps({"columns": [(field.name, str(field.type)) for field in one.schema], "reads": sorted(one.reads)})
        return {"made_with": self._made_with, "name": name, "sql": one.sql, "told": told,
                "checked": _digest(self._made_with, name, one.sql, told)}


@cache
def program() -> str:
    """A fingerprint of the sources that expressions are made by."""
    root = files("paceline")
    sources = (text for room in _ROOMS for text in _sources(root / room))
    return _digest(version("ibis-framework"), version("sqlglot"), *sources)


def _sources(folder: Traversable) -> Iterator[str]:
    for one in sorted(folder.iterdir(), key=lambda each: each.name):
        if one.is_dir():
            yield from _sources(one)
        elif one.name.endswith(".py"):
            yield one.read_text(encoding="utf-8")


def _names(engine: Engine) -> list[tuple[str, str]]:
    """(made with, name) of what is stored; none where the table isn't what this program writes."""
    if COMPILED not in engine.tables() or not engine.schema(COMPILED).equals(COMPILED_SCHEMA):
        return []
    columns = pa.schema([COMPILED_SCHEMA.field(name) for name in ("made_with", "name")])
    rows = engine.query(plain(engine, COMPILED, columns)).to_pydict()
    return list(zip(rows["made_with"], rows["name"], strict=True))


def _read(engine: Engine, made_with: str) -> tuple[dict[str, Compiled], bool]:
    """What is stored by name, and whether some of it is spoilt."""
    if COMPILED not in engine.tables() or not engine.schema(COMPILED).equals(COMPILED_SCHEMA):
        return {}, False
    rows = engine.query(plain(engine, COMPILED, COMPILED_SCHEMA, only=f"made_with = '{made_with}'")).to_pylist()
    found = {row["name"]: _compiled(row) for row in rows
             if row["checked"] == _digest(made_with, *(str(row[column]) for column in ("name", "sql", "told")))}
    return found, len(found) < len(rows)


def _compiled(row: dict[str, str]) -> Compiled:
    told = json.loads(row["told"])
    return Compiled(row["sql"], pa.schema([(name, _TYPES[type_]) for name, type_ in told["columns"]]), frozenset(told["reads"]))


def _digest(*of: str) -> str:
    return blake2s("\0".join(of).encode(), digest_size=16).hexdigest()
