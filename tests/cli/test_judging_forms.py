"""Every command that judges: in every form, before anything is there, and on days before anybody worked."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from paceline.cli.app import run
from tests.cli.conftest import ROOT, Line

AS_OF = ("--as-of", "2025-09-30")
Q3 = ("--period", "2025-Q3")
PLAN = ("coaching", "--rep", "ada", "--metric", "win_rate", "--from", "2025-08-04")
JUDGEMENTS: tuple[tuple[str, ...], ...] = (
    ("signals", *AS_OF),
    ("compare", "--metric", "win_rate", *Q3, *AS_OF),
    ("goals", "list", *Q3, *AS_OF),
    ("goals", "recommend", "sales_volume", "--rep", "ada", "--period", "2025-Q4", *AS_OF),
    ("forecast", *Q3, *AS_OF),
    ("forecast", "--deals", *Q3, *AS_OF),
    ("drivers", "--period", "2025-08", *AS_OF),
    (*PLAN, *AS_OF),
    ("ramp", *AS_OF),
    ("segments", *Q3, *AS_OF),
    ("segments", "--by", "strategy", *AS_OF),
    ("pipeline", "--from", "2025-08-31", "--to", "2025-09-30"),
    ("pipeline", "--deals", "--from", "2025-08-31", "--to", "2025-09-30"),
    ("backtest",),
    ("record",),
)
BEFORE = ("--as-of", "2010-01-01")
# Command → what it says of a day on which nobody worked, and its exit code.
NOBODY: dict[tuple[str, ...], tuple[str, int]] = {
    ("signals", *BEFORE): ("Nobody here sells on that day, so there is nothing to judge.", 0),
    ("compare", *BEFORE): ("Nobody here sells anything that could be compared.", 0),
    ("forecast", *BEFORE): ("No forecast, because there was no opportunity before this day", 0),
    ("drivers", *BEFORE): ("Nothing is known of the revenue of the company in Q1 2010", 2),
    ("ramp", *BEFORE): ("Nobody here is in the first twelve months.", 0),
    ("segments", *BEFORE): ("No deal was decided in these days.", 0),
    ("pipeline", "--from", "2009-12-01", "--to", "2010-01-01"): (
        "No deal was open on 2009-12-01 or 2010-01-01, and none came or went between.", 0),
}  # fmt: skip


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("command", JUDGEMENTS, ids=" ".join)
def test_every_judgement_is_written_in_every_form(paceline: Line, command: tuple[str, ...]) -> None:
    said = paceline(*command, "--format", "json")
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert isinstance(told, list | dict)
    said = paceline(*command, "--format", "csv")
    assert said.code == 0, said.err
    header, *rows = list(csv.reader(io.StringIO(said.out)))
    assert all(header)
    assert len(header) == len(set(header))
    assert {len(row) for row in rows} <= {len(header)}
    if isinstance(told, list):
        assert len(rows) == len(told)
        assert all(list(row) == header for row in told)


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that knows acme's people and connections, and nothing of what they did."""
    folder, files = tmp_path_factory.mktemp("staff"), tmp_path_factory.mktemp("files")
    for name in ("rep.csv", "connection.csv"):
        shutil.copy(ROOT / "acme" / name, files / name)
    assert run(["init", str(folder), "--no-input"]) == 0
    assert run(["load", str(files), "-p", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("command", NOBODY, ids=" ".join)
def test_before_anybody_worked_a_sentence_says_so(paceline: Line, staff: Path, command: tuple[str, ...]) -> None:
    sentence, code = NOBODY[command]
    said = paceline(*command, "-p", str(staff))
    assert said.code == code
    assert sentence in " ".join((said.out + said.err).split())
    assert "├" not in said.out, "no key to a picture that isn't there"


@pytest.mark.usefixtures("here")
def test_where_nothing_is_known_of_anybody_there_is_no_empty_table(paceline: Line) -> None:
    said = paceline("compare", *BEFORE)
    assert said.code == 0
    assert "Nothing is known of anybody's work in these days, so there is nothing to compare." in said.out
    assert "Ada Byron" not in said.out
    assert "Ada Byron: No" in paceline("compare", "--rep", "ada", "--metric", "win_rate", *BEFORE).out


@pytest.mark.usefixtures("here")
def test_amounts_without_a_history_are_said_to_be_seen_in_hindsight(paceline: Line) -> None:
    said = paceline("pipeline", "--from", "2025-08-31", "--to", "2025-09-30", "--due", "all").out
    assert "No change of an amount is on record: what was open on 2025-08-31" in " ".join(said.split())


@pytest.mark.parametrize("command", JUDGEMENTS, ids=" ".join)
def test_before_any_data_each_says_what_to_do(
    paceline: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert paceline("init", ".", "--no-input").code == 0
    said = paceline(*command)
    assert (said.code, said.out) == (1, "")
    assert "Nothing was loaded yet." in said.err
    assert "paceline load FOLDER" in said.err
