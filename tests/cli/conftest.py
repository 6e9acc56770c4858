"""A project to ask: the tutorial's files, loaded once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from paceline.cli.app import run

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial" / "first-report.md"


@dataclass(frozen=True)
class Said:
    """What a command did: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


class Line:
    """The command line, run in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Said:
        from paceline.cli import output

        output.notes.cache_clear()  # its width is that of an earlier test
        self._capsys.readouterr()
        code = run(list(arguments))
        out, err = self._capsys.readouterr()
        return Said(int(code), out, err)


@pytest.fixture
def paceline(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Line:
    """Runs a command: ``paceline("ask", "win_rate")``."""
    monkeypatch.delenv("COLUMNS", raising=False)  # pytest's workers set it
    return Line(capsys)


def tutorial_files() -> dict[str, str]:
    """The CSV files that the tutorial quotes: path → text."""
    text = TUTORIAL.read_text(encoding="utf-8")
    return dict(re.findall(r"`(exports/\w+\.csv)`.*?```csv\n(.*?)```", text, re.DOTALL))


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the tutorial's deals, the faulty one included."""
    folder = tmp_path_factory.mktemp("acme")
    (folder / "exports").mkdir()
    for name, text in tutorial_files().items():
        (folder / name).write_text(text, encoding="utf-8")
    assert run(["init", str(folder), "--no-input"]) == 0
    assert run(["load", str(folder / "exports"), "-p", str(folder)]) == 6
    return folder


@pytest.fixture
def here(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Standing in the loaded project."""
    monkeypatch.chdir(loaded)
    return loaded
