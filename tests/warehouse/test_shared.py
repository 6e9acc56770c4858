"""A DuckDB file that one process owns and others use through it: both sides in one process, the connection a real one."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import ibis
import pyarrow as pa
import pytest

from paceline.warehouse.engine import StoreLockedError, WarehouseError
from paceline.warehouse.engines.duckdb import DuckDBEngine, open_duckdb
from paceline.warehouse.engines.shared import Owner, SharedEngine, address_file, connect

ROWS = pa.table({"id": ["a", "b"], "cents": pa.array([100, 250], pa.int64())})


class Shop:
    """A store, its owner, and how often others changed it."""

    def __init__(self, file: Path) -> None:
        self.file, self.changes = file, 0
        self.engine: DuckDBEngine = open_duckdb(file)
        self.engine.put("sale", ROWS)
        self.owner = Owner(self.engine, file, self._changed)

    def _changed(self) -> None:
        self.changes += 1

    def guest(self) -> SharedEngine:
        """Somebody else's engine."""
        engine = connect(self.file)
        assert engine is not None
        return engine


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path / "store.duckdb")
    yield shop
    shop.owner.close()
    shop.engine.close()


def _sum(engine: DuckDBEngine) -> int:
    sale = ibis.table({"id": "string", "cents": "int64"}, name="sale")
    found: int = engine.query(sale.aggregate(cents=sale.cents.sum()))["cents"][0].as_py()
    return found


def test_a_guest_reads_and_writes_as_the_owner_does(shop: Shop) -> None:
    guest = shop.guest()
    assert guest.tables() == {"sale"}
    assert guest.query("SELECT * FROM sale ORDER BY id").equals(ROWS)
    guest.append("sale", pa.table({"id": ["c"], "cents": pa.array([50], pa.int64())}))
    assert _sum(guest) == _sum(shop.engine) == 400
    guest.delete_matching("sale", pa.table({"id": ["a"]}), ("id",))
    sale = ibis.table({"id": "string", "cents": "int64"}, name="sale")
    guest.create("large", sale.filter(sale.cents > 100))
    assert shop.engine.query("SELECT id FROM large")["id"].to_pylist() == ["b"]
    assert shop.changes > 0


def test_what_a_guest_has_not_committed_nobody_sees_and_its_commit_is_told(shop: Shop) -> None:
    guest = shop.guest()
    with guest.transaction():
        guest.append("sale", ROWS)
        assert _sum(guest) == 700
        assert _sum(shop.engine) == 350
        assert shop.changes == 0
    assert _sum(shop.engine) == 700
    assert shop.changes == 1


def test_a_failed_transaction_of_a_guest_is_undone(shop: Shop) -> None:
    guest = shop.guest()

    def fail() -> None:
        with guest.transaction():
            guest.append("sale", ROWS)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert _sum(shop.engine) == 350
    assert shop.changes == 0


def test_a_guest_that_dies_in_the_middle_leaves_nothing_and_blocks_nobody(shop: Shop) -> None:
    program = (
        "import os, sys; from paceline.warehouse.engines.shared import connect; import pyarrow as pa\n"
        "engine = connect(sys.argv[1]); transaction = engine.transaction(); transaction.__enter__()\n"
        "engine.append('sale', pa.table({'id': ['x'], 'cents': pa.array([1], pa.int64())})); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(shop.file)], check=False, timeout=60).returncode == 9
    with shop.engine.transaction():  # waits until the dead guest's is undone
        shop.engine.append("sale", ROWS)
    assert _sum(shop.engine) == 700


def test_two_writers_take_turns(shop: Shop) -> None:
    def write(name: str) -> None:
        guest = shop.guest()
        for number in range(10):
            with guest.transaction():
                guest.append("sale", pa.table({"id": [f"{name}{number}"], "cents": pa.array([1], pa.int64())}))

    writers = [threading.Thread(target=write, args=(name,)) for name in "pq"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=60)
    assert _sum(shop.engine) == 370


def test_the_owners_error_reaches_the_guest_in_words_and_the_connection_stays(shop: Shop) -> None:
    guest = shop.guest()
    with pytest.raises(WarehouseError, match="nosuch"):
        guest.query("SELECT * FROM nosuch")
    assert _sum(guest) == 350


def test_a_guest_can_not_read_files_of_the_machine(shop: Shop, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("word\nhush\n", encoding="utf-8")
    with pytest.raises(WarehouseError, match="disabled"):
        shop.guest().query(f"SELECT * FROM read_csv('{secret}')")


def test_the_address_is_for_its_owner_alone_and_a_wrong_key_opens_nothing(shop: Shop) -> None:
    file = address_file(shop.file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    told = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**told, "key": "guessed"}), encoding="utf-8")
    assert connect(shop.file) is None
    file.write_text(json.dumps(told), encoding="utf-8")
    assert _sum(shop.guest()) == 350  # a wrong one doesn't end the service


def test_without_an_owner_the_store_says_who_has_it(tmp_path: Path) -> None:
    file = tmp_path / "store.duckdb"
    program = f"import duckdb, sys; c = duckdb.connect({str(file)!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert connect(file) is None
        with pytest.raises(StoreLockedError, match=str(holder.pid)):
            open_duckdb(file)
        holder.communicate()


def test_a_server_that_ends_is_told_in_words(shop: Shop) -> None:
    guest = shop.guest()
    assert _sum(guest) == 350
    shop.owner.close()
    with pytest.raises(WarehouseError, match="ended"):
        guest.query("SELECT 1 AS one")
    assert connect(shop.file) is None
