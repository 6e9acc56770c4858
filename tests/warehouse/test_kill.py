"""A load killed at any moment leaves the store as it was before or as it is after, never between."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from paceline.warehouse.engine import Engine, StoreLockedError
from paceline.warehouse.engines.duckdb import open_duckdb
from paceline.warehouse.load import load
from paceline.warehouse.store import create_store
from tests.warehouse import loading_process
from tests.warehouse.loading_process import FIRST, ROWS, emails

KILLS = 16
SUMMARY = """
    SELECT (SELECT count(*) FROM rec_email), (SELECT count(*) FROM rec_email WHERE thread_id = 'second'),
           (SELECT count(DISTINCT id) FROM rec_email), (SELECT count(*) FROM rec_email_past),
           (SELECT count(*) FROM load_log), (SELECT count(*) FROM changed)"""
BEFORE = (ROWS, 0, ROWS, 0, 1, ROWS)
AFTER = (ROWS * 3 // 2, ROWS, ROWS * 3 // 2, ROWS // 2, 2, ROWS * 3 // 2)


@pytest.fixture(scope="module")
def loaded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the first load in it."""
    path = tmp_path_factory.mktemp("kill") / "first.duckdb"
    engine = open_duckdb(path)
    create_store(engine)
    load(engine, {"email": emails(0, "first")}, "crm", FIRST)
    engine.close()
    return path


@pytest.mark.slow
def test_a_killed_load_leaves_the_state_before_or_after(loaded_file: Path, tmp_path: Path) -> None:
    whole = _duration(_copy(loaded_file, tmp_path / "whole.duckdb"))
    chance = random.Random(20261122)
    states = set()
    for number in range(KILLS):
        # Evenly over the load and a little past its end, with chance within each step.
        moment = whole * 1.1 * (number + chance.random()) / KILLS
        path = _copy(loaded_file, tmp_path / f"kill{number}.duckdb")
        _killed_after(path, moment)
        states.add(_state(path))
        path.unlink()
    assert states <= {BEFORE, AFTER}
    assert BEFORE in states, "no kill came before the load's end: the test proved nothing"


def test_a_store_in_use_says_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "held.duckdb"
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()",
         str(path)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(StoreLockedError, match=f"process {holder.pid} .*Wait until that process ends"):
            open_duckdb(path)
    finally:
        holder.communicate("")


def _copy(source: Path, target: Path) -> Path:
    shutil.copy(source, target)
    return target


def _start(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, str(Path(loading_process.__file__)), str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begin\n"
    return process


def _duration(path: Path) -> float:
    """How long an undisturbed load takes, in seconds; it must reach the state after."""
    process = _start(path)
    begun = time.perf_counter()
    process.wait()
    assert process.returncode == 0
    duration = time.perf_counter() - begun
    assert _state(path) == AFTER
    return duration


def _killed_after(path: Path, seconds: float) -> None:
    process = _start(path)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def _state(path: Path) -> tuple[int, ...]:
    """What the store holds when it is opened again, in figures; it must take a further load."""
    engine: Engine = open_duckdb(path)
    try:
        row = engine.query(SUMMARY)
        create_store(engine)
        return tuple(int(column[0].as_py()) for column in row.columns)
    finally:
        engine.close()
