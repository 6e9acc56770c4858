"""Commands answer in every form, and a user's mistake ends in words."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from paceline.cli.output import write_csv
from tests.cli.conftest import Line

Q3 = ("--period", "2025-Q3")
pytestmark = pytest.mark.usefixtures("here")


def test_json_has_unrounded_numbers_and_nothing_else_on_stdout(paceline: Line) -> None:
    said = paceline("ask", "win_rate", *Q3, "--format", "json")
    (row,) = json.loads(said.out)
    assert (row["value"], row["numerator"], row["denominator"], row["n"]) == (0.6, 3, 5, 5)


def test_csv_and_parquet_have_the_same_rows(paceline: Line) -> None:
    said = paceline("ask", "revenue", "emails_sent", *Q3, "--by", "rep", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert [row["value"] for row in rows if row["metric"] == "revenue"] == ["12000.0", "36000.0"]
    assert all(row["value"] == "" and "mailbox" in row["none_because"] for row in rows if row["metric"] == "emails_sent")
    done = process("ask", "revenue", "emails_sent", *Q3, "--by", "rep", "--format", "parquet")
    assert parquet.read_table(pa.BufferReader(done.stdout)).num_rows == len(rows)


def test_records_of_explain_add_up(paceline: Line) -> None:
    said = paceline("explain", "revenue", *Q3, "--format", "json")
    told = json.loads(said.out)
    (won,) = told["records"]
    assert sum(row["contribution"] for row in won["rows"]) == won["number"] == 48_000_00
    assert told["value"] == 48_000
    assert "SELECT" in won["sql"]


def test_total_is_of_all_records_however_few_are_shown(paceline: Line) -> None:
    said = paceline("explain", "win_rate", *Q3, "--limit", "1")
    assert "total 3" in said.out
    assert "total 5" in said.out
    assert "5 records, 1 shown" in said.out


def test_a_part_of_a_name_is_enough_and_a_wrong_one_is_helped(paceline: Line) -> None:
    assert "Ada Byron" in paceline("ask", "win_rate", *Q3, "--rep", "ada").out
    said = paceline("ask", "win_rate", *Q3, "--rep", "Ada Biron")
    assert (said.code, said.out) == (2, "")
    assert "Did you mean Ada Byron?" in said.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["ask", "win_rat"], 2, "win_rate"),
        (["ask", "win_rate", "--period", "last_quater"], 2, "last_quarter"),
        (["ask", "win_rate", "--by", "teem"], 2, "team"),
        (["ask", "win_rate", "--as-of", "yesterday"], 2, "YYYY-MM-DD"),
        (["ask", "win_rate", "--format", "xml"], 2, "table"),
        (["explain", "revenu"], 2, "revenue"),
        (["metrics", "show", "winrate"], 2, "win_rate"),
        (["metrics", "list", "--category", "temp"], 2, "tempo"),
        (["load", "nowhere"], 5, "nowhere"),
        (["load", "exports", "--mapping", "nowhere.toml"], 5, "nowhere.toml"),
        (["ask", "win_rate", "-p", "exports"], 3, "paceline init"),
        (["init"], 2, "--force"),
    ],
)
def test_a_mistake_is_told_with_the_way_out(paceline: Line, arguments: list[str], code: int, words: str) -> None:
    said = paceline(*arguments)
    assert said.code == code, said.err
    assert words in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def test_all_faults_of_the_configuration_at_once(paceline: Line, tmp_path: Path) -> None:
    (tmp_path / "paceline.toml").write_text(
        '[company]\ncurency = "EUR"\n[work]\nstart = "9 o\'clock"\n[colour]\n', encoding="utf-8"
    )
    said = paceline("check", "-p", str(tmp_path))
    assert said.code == 3
    for words in ("line 2: curency", "Did you mean currency?", "line 4: start", "line 5: [colour]"):
        assert words in said.err


def test_own_metric_is_asked_like_any_other_and_its_faults_are_told(paceline: Line, here: Path) -> None:
    own = here / "metrics.toml"
    where = "{ won = true, owner = true }"
    text = '[metric.wins]\nname = "Wins"\nmeaning = "Deals won."\nunit = "count"\n'
    text += f'numerator = {{ count = "outcome", where = {where} }}\n'
    try:
        own.write_text(text, encoding="utf-8")
        (row,) = json.loads(paceline("ask", "wins", *Q3, "-f", "json").out)
        assert row["value"] == 3
        own.write_text(text.replace('"outcome"', '"outcom"'), encoding="utf-8")
        said = paceline("ask", "wins", *Q3)
        assert said.code == 3
        assert "outcome" in said.err
        assert "line 5" in said.err
    finally:
        own.unlink()


def test_changed_settings_change_the_facts(paceline: Line, tmp_path: Path, here: Path) -> None:
    """A fact depends on the settings: an answer made with old ones would be silently wrong."""
    file = tmp_path / "paceline.toml"
    file.write_text("", encoding="utf-8")
    assert paceline("load", str(here / "exports"), "-p", str(tmp_path)).code == 6
    file.write_text("[sales]\nown_domains = ['acme.example']\n", encoding="utf-8")
    assert paceline("ask", "win_rate", *Q3, "-p", str(tmp_path)).code == 0
    from paceline.metrics.catalog import CATALOG
    from paceline.project import open_project
    from paceline.project.loading import MADE_WITH, made_with

    project = open_project(tmp_path)
    engine = project.engine()
    assert engine.query(f"SELECT facts, rollups FROM {MADE_WITH}").to_pylist() == [made_with(project.settings, CATALOG)]
    engine.close()


def test_a_folder_with_nothing_to_read_is_told(paceline: Line, tmp_path: Path) -> None:
    (tmp_path / "notes.docx").write_bytes(b"")
    said = paceline("load", str(tmp_path))
    assert said.code == 5
    assert "notes.docx" in said.out
    assert "Read 0 rows" in said.err


def test_explained_sentence_names_the_rep(paceline: Line) -> None:
    assert paceline("explain", "win_rate", *Q3, "--rep", "R2").out.startswith("Win rate of rep Ben Okoro in Q3 2025: 66.67 %")


def test_same_load_twice_changes_nothing(paceline: Line, here: Path) -> None:
    said = paceline("load", "exports")
    assert "0 new, 0 changed" in said.err
    assert sum(1 for _ in here.glob("rejected-*.csv")) >= 2


def test_formulas_are_defused_in_csv() -> None:
    stream = io.StringIO()
    write_csv(pa.table({"name": ["=1+1", "@x", "-", "plain"], "value": [-1.5, None, 2.0, 3.0]}), stream)
    assert stream.getvalue() == "name,value\n'=1+1,-1.5\n'@x,\n'-,2.0\nplain,3.0\n"


# --- a process of its own ---


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    code = [sys.executable, "-m", "paceline.cli", *arguments]
    return subprocess.run(code, capture_output=True, check=False, env={**os.environ, **environment})


def test_no_colour_where_no_terminal_is() -> None:
    done = process("ask", "win_rate", *Q3)
    assert done.returncode == 0
    assert b"\x1b" not in done.stdout + done.stderr
    assert b"60.00 %" in done.stdout


def test_a_pipe_that_closes_early_is_no_error() -> None:
    command = f"{sys.executable} -m paceline.cli metrics list | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
