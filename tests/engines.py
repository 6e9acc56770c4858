"""Real engines for tests: a PostgreSQL server and a local Spark session, started once and thrown away afterwards.

A pytest plugin: ``tests/conftest.py`` names it. Any room's test may ask for ``duckdb_engine``, ``postgres_engine``,
``spark_engine``, or for ``engine``, which runs the test on all three. Each test gets an empty store.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from paceline.warehouse.engine import Engine
from paceline.warehouse.engines.duckdb import open_duckdb
from paceline.warehouse.engines.postgres import open_postgres
from paceline.warehouse.engines.spark import open_spark

# For tiny tables, where planning is all there is to do: one partition, no generated code, no plan made anew while it runs, and a
# JVM that compiles quickly rather than well. Halves the time and takes a third of the CPU.
_SPARK = {
    "spark.sql.shuffle.partitions": "1", "spark.default.parallelism": "1", "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1", "spark.ui.showConsoleProgress": "false", "spark.driver.memory": "1g",
    "spark.log.level": "ERROR", "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false", "spark.sql.constraintPropagation.enabled": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


@pytest.fixture
def duckdb_engine() -> Iterator[Engine]:
    """An empty store in memory."""
    engine = open_duckdb()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server of our own on a free loopback port; its data goes when the tests end."""
    binaries = _postgres_binaries()
    folder = Path(tempfile.mkdtemp(prefix="paceline-pg-"))
    server = _PostgresServer(binaries, folder)
    try:
        server.start()
        yield server.url
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    """An empty store in PostgreSQL."""
    engine = open_postgres(postgres_url)
    yield engine
    _empty(engine)
    engine.close()


@pytest.fixture(scope="session")
def spark_session_engine() -> Iterator[Engine]:
    """One local Spark for all tests: starting it takes seconds."""
    if shutil.which("java") is None:
        pytest.skip("no java on PATH: Spark isn't tested (apt-get install default-jre-headless)")
    folder = Path(tempfile.mkdtemp(prefix="paceline-spark-"))
    engine = open_spark("spark:local[1]", {**_SPARK, "spark.sql.warehouse.dir": str(folder), "spark.local.dir": str(folder)})
    yield engine
    engine.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def spark_engine(spark_session_engine: Engine) -> Iterator[Engine]:
    """An empty store in Spark."""
    yield spark_session_engine
    _empty(spark_session_engine)


@pytest.fixture(params=[
    "duckdb", pytest.param("postgres", marks=pytest.mark.engine), pytest.param("spark", marks=pytest.mark.engine)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An empty store, on each engine in turn."""
    found = request.getfixturevalue(f"{request.param}_engine")
    assert isinstance(found, Engine)
    return found


def _empty(engine: Engine) -> None:
    for name in engine.tables():
        engine.drop(name)


def _postgres_binaries() -> Path:
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    if not versions:
        pytest.skip("no PostgreSQL server here, so it isn't tested (apt-get install postgresql)")
    return versions[-1]


class _PostgresServer:
    """A throw-away cluster: no fsync, as nothing in it must survive."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries, self._data, self._log = binaries, folder / "data", folder / "log"
        self._user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(folder, self._user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = int(free.getsockname()[1])
        self._folder = folder
        self.url = f"postgresql://{self._user}@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-E", "UTF8", "--locale=C", "-N", "-U", self._user)
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -k {self._folder} -c fsync=off -c full_page_writes=off"
        self._run("pg_ctl", "-D", str(self._data), "-l", str(self._log), "-w", "-o", options, "start")

    def stop(self) -> None:
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        who = {"user": self._user, "group": self._user, "extra_groups": []} if os.geteuid() == 0 else {}
        output = self._folder / f"{program}.out"  # not a pipe: the server would hold it open
        with output.open("w") as told:
            done = subprocess.run([str(self._binaries / program), *arguments], cwd=self._folder, stdin=subprocess.DEVNULL,
                                  stdout=told, stderr=told, check=False, **who)  # type: ignore[call-overload]
        if done.returncode:
            log = (self._log if self._log.exists() else output).read_text()
            raise RuntimeError(f"{program} failed: {log}")
