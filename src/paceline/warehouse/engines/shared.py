"""A DuckDB store that one process owns and others use meanwhile: its owner answers for them on this machine.

DuckDB's file has one owner at a time. While a server runs, it is the owner, and every other command (a load, a question) works
through it: the same `Engine`, its statements sent over a local connection, one transaction a connection, undone when the
connection ends before its commit. The address and a key stand in a file beside the store that only its user can read; whoever can
read it can read the store, too. Statements are text, rows are Arrow; nothing that is received is run as a program.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.metadata import version
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from paceline.warehouse.engine import WarehouseError, check_name, to_kernel
from paceline.warehouse.engines.duckdb import DuckDBEngine

_HOST = "127.0.0.1"
_GONE = (EOFError, ConnectionError, OSError)
_LAST_WORDS = 5  # seconds that a thread gets to end in
_WRITES = ("run", "put", "append")


class UndoneError(Exception):
    """What makes a transaction on the owner's side roll back."""


def address_file(location: str | Path) -> Path:
    """The file that says where the store's owner listens."""
    store = Path(location)
    return store.with_name(store.name + ".shared")


def connect(location: str | Path) -> SharedEngine | None:
    """The store, through its owner; None: none answers. Raises WarehouseError if its version differs."""
    try:
        told = json.loads(address_file(location).read_text(encoding="utf-8"))
        connection = Client((_HOST, int(told["port"])), authkey=str(told["key"]).encode())
    except (OSError, EOFError, ValueError, KeyError, AuthenticationError):
        return None
    engine = SharedEngine(connection)
    owner = engine.owner_version()
    if owner != version("paceline"):
        engine.close()
        raise WarehouseError(f"The store is served by Paceline {owner}, and this is {version('paceline')}: start it again.")
    return engine


class SharedEngine(DuckDBEngine):
    """A store that another process owns. As any engine, it may be shared by threads for reading."""

    def __init__(self, connection: Connection) -> None:  # the owner has the cursors, so the base's are not made
        super(DuckDBEngine, self).__init__()
        self._owner, self._lock, self._in_transaction = connection, threading.RLock(), False

    def owner_version(self) -> str:
        """The owner's version of Paceline."""
        return str(self._ask("version")["version"])

    def tables(self) -> set[str]:
        return set(self._ask("tables")["tables"])

    def put(self, name: str, table: pa.Table) -> None:
        self._ask("put", to_kernel(table), name=check_name(name))

    def append(self, name: str, table: pa.Table) -> None:
        self._ask("append", to_kernel(table), name=check_name(name))

    @contextmanager
    def lent(self, name: str, table: pa.Table) -> Iterator[None]:
        self._ask("lend", to_kernel(table), name=check_name(name))
        try:
            yield
        finally:
            self._ask("unlend", name=name)

    @contextmanager
    def many_small_steps(self, are_small: bool = True) -> Iterator[None]:  # noqa: ARG002
        """Nothing changes: how many threads there are is the owner's own affair, it may be answering others meanwhile."""
        yield

    @contextmanager
    def transaction(self) -> Iterator[None]:
        if self._in_transaction:
            yield
            return
        self._ask("begin")
        self._in_transaction = True
        try:
            yield
        except BaseException:  # whatever stopped the work, an interrupt too, nothing of it may stay
            self._ask("rollback")
            raise
        else:
            self._ask("commit")
        finally:
            self._in_transaction = False

    def close(self) -> None:
        self._owner.close()

    def _run(self, sql: str) -> None:
        self._ask("run", sql=sql)

    def _fetch(self, sql: str, schema: pa.Schema | None) -> pa.Table:  # noqa: ARG002  (Arrow comes with its types)
        return self._ask("fetch", sql=sql)["rows"]

    def _ask(self, what: str, rows: pa.Table | None = None, **words: str) -> dict[str, Any]:
        """Send a request, wait for the answer. Raises WarehouseError with the owner's words."""
        with self._lock:
            try:
                _send(self._owner, {"what": what, **words}, rows)
                answer = _receive(self._owner)
            except _GONE:
                raise WarehouseError("The server that owns the store has ended. What was begun was undone; try again.") from None
        if "error" in answer:
            raise WarehouseError(answer["error"])
        return answer


class Owner:
    """Answers for a store that this process owns, one thread a connection. ``changed`` is called after what others wrote."""

    def __init__(self, engine: DuckDBEngine, location: str | Path, changed: Callable[[], None]) -> None:
        self._engine, self._changed, self._file = engine, changed, address_file(location)
        key = secrets.token_urlsafe(32)
        self._listener = Listener((_HOST, 0), authkey=key.encode())
        self._write({"port": self._listener.address[1], "key": key})
        self._open: dict[Connection, threading.Thread] = {}
        self._thread = threading.Thread(target=self._accept, name="store-owner", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer nobody any more; what others have begun is undone. Repeatable."""
        if not self._thread.is_alive():
            return
        self._file.unlink(missing_ok=True)
        with suppress(OSError):  # wakes the thread that waits for guests, which finds the file gone
            socket.create_connection(self._listener.address, timeout=1).close()
        self._thread.join(_LAST_WORDS)
        self._listener.close()
        for connection, thread in list(self._open.items()):
            with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
            thread.join(_LAST_WORDS)

    def _write(self, told: dict[str, object]) -> None:
        self._file.unlink(missing_ok=True)  # one left by a crash: its key and port are nobody's
        handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(told, out)

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except AuthenticationError:
                continue
            except (OSError, EOFError):
                if not self._file.exists():
                    return
                continue
            guest = threading.Thread(target=self._answer, args=(connection,), name="store-guest", daemon=True)
            self._open[connection] = guest
            guest.start()

    def _answer(self, connection: Connection) -> None:
        guest = _Guest(self._engine, self._changed)
        try:
            while True:
                request = _receive(connection)
                try:
                    answer, rows = guest.done(request)
                except (duckdb.Error, pa.ArrowException, WarehouseError, ValueError, TypeError, KeyError) as error:
                    answer, rows = {"error": str(error)}, None
                _send(connection, answer, rows)
        except _GONE:
            pass  # it has gone, in whatever state
        finally:
            guest.leave()
            self._open.pop(connection, None)
            connection.close()


class _Guest:
    """What one connection has begun and borrowed."""

    def __init__(self, engine: DuckDBEngine, changed: Callable[[], None]) -> None:
        self._engine, self._changed = engine, changed
        self._transaction: ExitStack | None = None
        self._lent: dict[str, ExitStack] = {}

    def done(self, request: dict[str, Any]) -> tuple[dict[str, Any], pa.Table | None]:
        """Do what is asked. KeyError for an unknown request."""
        what = request["what"]
        rows: pa.Table | None = None
        answer: dict[str, Any] = {}
        if what == "fetch":
            rows = self._engine.query(request["sql"])
        elif what == "tables":
            answer = {"tables": sorted(self._engine.tables())}
        elif what == "version":
            answer = {"version": version("paceline")}
        else:
            self._changing(what, request)
        if what == "commit" or (what in _WRITES and self._transaction is None):
            self._changed()
        return answer, rows

    def leave(self) -> None:
        """Undo what wasn't finished."""
        for stack in self._lent.values():
            stack.close()
        if self._transaction is not None:
            self._end(UndoneError())

    def _changing(self, what: str, request: dict[str, Any]) -> None:
        if what == "run":
            self._engine._run(request["sql"])
        elif what == "put":
            self._engine.put(request["name"], request["rows"])
        elif what == "append":
            self._engine.append(request["name"], request["rows"])
        elif what == "lend":
            stack = self._lent[request["name"]] = ExitStack()
            stack.enter_context(self._engine.lent(request["name"], request["rows"]))
        elif what == "unlend":
            self._lent.pop(request["name"]).close()
        elif what == "begin":
            self._transaction = ExitStack()
            self._transaction.enter_context(self._engine.transaction())
        elif what == "commit":
            self._end(None)
        elif what == "rollback":
            self._end(UndoneError())
        else:
            raise KeyError(what)

    def _end(self, why: UndoneError | None) -> None:
        stack, self._transaction = self._transaction, None
        if stack is None:
            return
        with suppress(UndoneError):  # it comes back from the transaction that it undid
            stack.__exit__(type(why) if why else None, why, None)


def _send(connection: Connection, head: dict[str, Any], rows: pa.Table | None) -> None:
    connection.send_bytes(json.dumps({**head, "has_rows": rows is not None}).encode())
    if rows is not None:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, rows.schema) as writer:
            writer.write_table(rows)
        connection.send_bytes(memoryview(sink.getvalue()))


def _receive(connection: Connection) -> dict[str, Any]:
    head: dict[str, Any] = json.loads(connection.recv_bytes())
    if head.pop("has_rows"):
        head["rows"] = pa.ipc.open_stream(connection.recv_bytes()).read_all()
    return head
