"""The command line answers at once and leaves in order."""

from __future__ import annotations

import subprocess
import sys

import pytest

from paceline.cli.app import run

HEAVY = ("ibis", "duckdb", "pyarrow", "rich", "sqlglot", "numpy", "tomlkit")


def test_help_loads_nothing_heavy() -> None:
    """What makes `--help` slow is what it imports; time itself is no test on a busy machine."""
    code = f"import sys; from paceline.cli.app import run; run(['--help']); print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inti"]) == 2
    assert "init" in capsys.readouterr().err


@pytest.mark.parametrize("raised", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
def test_interrupted_wherever_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], raised: BaseException
) -> None:
    """Ctrl-C may meet Python's code or the engine's."""

    def interrupted(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr("paceline.cli.metrics.catalog", interrupted)
    assert run(["metrics", "list"]) == 130
    assert capsys.readouterr().err == "Interrupted. Nothing half done was kept.\n"
