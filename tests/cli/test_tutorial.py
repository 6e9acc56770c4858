"""The tutorial's commands, run as written, say what the tutorial says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import TUTORIAL, Line, tutorial_files

COMMANDS = [line[2:] for line in TUTORIAL.read_text(encoding="utf-8").splitlines() if line.startswith("$ ")]
EXPECTED = {
    "paceline load exports": ["opportunity.csv:7", "S9", "rejected-0001.csv"],
    "paceline load exports again": ["1 new"],
    "paceline ask win_rate revenue --period 2025-Q3 --by rep": ["66.67 %", "50.00 %", "36,000", "12,000"],
    "paceline ask emails_sent --period 2025-Q3": ["none, because no mailbox is connected"],
    'paceline explain win_rate --rep "Ben Okoro" --period 2025-Q3': [
        "66.67 %",
        "O3",
        "O4",
        "O5",
        "total 2",
        "total 3",
        "win_rate v",
    ],
    "paceline report --period 2025-Q3": ["Ada Byron", "67%", "Tempo"],
    "paceline check": ["paceline.toml is right", "email"],
}


def test_every_command_of_the_tutorial_is_expected() -> None:
    known = {command.removesuffix(" again") for command in EXPECTED}
    assert known <= set(COMMANDS)
    assert set(COMMANDS) - known == {"paceline init acme --no-input", "cd acme"}


def test_tutorial_from_beginning_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paceline: Line) -> None:
    monkeypatch.chdir(tmp_path)
    assert paceline("init", "acme", "--no-input").code == 0
    monkeypatch.chdir(tmp_path / "acme")
    Path("exports").mkdir()
    for name, text in tutorial_files().items():
        Path(name).write_text(text, encoding="utf-8")
    for command, expected in EXPECTED.items():
        again = command.endswith(" again")
        if again:
            deals = Path("exports/opportunity.csv")
            deals.write_text(deals.read_text(encoding="utf-8").replace("S9", "S2"), encoding="utf-8")
        said = paceline(*shlex.split(command.removesuffix(" again"))[1:])
        assert said.code == (6 if command == "paceline load exports" else 0), said.err
        for words in expected:
            assert re.search(re.escape(words), said.out + said.err), f"{command}: {words!r} not in\n{said.out}{said.err}"
