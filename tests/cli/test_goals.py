"""Goals, drivers and coaching on the command line: every form, every mistake told with the way out."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from paceline.cli.coaching_plans import read_plans
from paceline.cli.failure import Failure
from paceline.cli.goals import read_target
from paceline.metrics.catalog import CATALOG
from tests.cli.conftest import ROOT, TUTORIAL, Line, tutorial_files

Q3 = ("--period", "2025-Q3")
PAGES = ("goals", "drivers", "coaching")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tutorial's deals in a project of its own: goals are written into it."""
    from paceline.cli.app import run

    assert TUTORIAL.exists()
    folder = tmp_path_factory.mktemp("goals")
    (folder / "exports").mkdir()
    for name, text in tutorial_files().items():
        (folder / name).write_text(text, encoding="utf-8")
    assert run(["init", str(folder), "--no-input"]) == 0
    assert run(["load", str(folder / "exports"), "-p", str(folder)]) == 6
    return folder


@pytest.fixture
def place(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(project)
    return project


@pytest.mark.usefixtures("place")
def test_a_goal_is_tried_set_listed_and_not_set_twice(paceline: Line) -> None:
    tried = paceline("goals", "set", "revenue", "20k", "--role", "AE", *Q3, "--dry-run")
    assert (tried.code, "Nothing was set" in tried.err) == (0, True)
    assert "No goal is set" in paceline("goals", "list", *Q3).out
    said = paceline("goals", "set", "revenue", "20k", "--role", "AE", *Q3, "--format", "json")
    assert {(row["name"], row["target"]) for row in json.loads(said.out)} == {("Ada Byron", 20_000), ("Ben Okoro", 20_000)}
    assert "2 goals are set." in said.err
    rows = list(csv.DictReader(io.StringIO(paceline("goals", "list", *Q3, "-f", "csv").out)))
    assert {(row["name"], row["value"], row["attainment"]) for row in rows} == {
        ("Ada Byron", "12000.0", "0.6"),
        ("Ben Okoro", "36000.0", "1.8"),
    }
    attained = json.loads(paceline("ask", "quota_attainment", *Q3, "--by", "rep", "-f", "json").out)
    assert sorted(row["value"] for row in attained) == [0.6, 1.8]
    again = paceline("goals", "set", "revenue", "20k", "--rep", "ada", *Q3)
    assert again.code == 2
    assert "--replace" in again.err
    assert paceline("goals", "set", "revenue", "24k", "--rep", "ada", *Q3, "--replace").code == 0
    assert "50%" in paceline("goals", "list", "--rep", "ada", *Q3).out
    team = paceline("goals", "set", "sales_volume", "5", "--team", "North", *Q3, "-f", "json")
    assert [(row["level"], row["subject"]) for row in json.loads(team.out)] == [("team", "North")]
    assert paceline("goals", "set", "sales_volume", "5", "--team", "North", "--each", *Q3, "-f", "json").out.count('"rep"') == 2
    whole = paceline("goals", "set", "revenue", "96k", "--company", *Q3, "-f", "json")
    assert [(row["level"], row["subject"], row["target"]) for row in json.loads(whole.out)] == [("company", "", 96_000)]
    assert json.loads(paceline("ask", "quota_attainment", *Q3, "-f", "json").out)[0]["value"] == 0.5, "48,000, of its own goal"
    assert "the company" in paceline("goals", "list", *Q3).out


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["goals", "set", "revenue", "20k", *Q3], "--role"),
        (["goals", "set", "revenue", "20k", "--company", "--role", "AE", *Q3], "--company"),
        (["goals", "set", "revenue", "much", "--role", "AE", *Q3], "250k"),
        (["goals", "set", "revenue", "25%", "--role", "AE", *Q3], "no share"),
        (["goals", "set", "revenue", "1", "--role", "AE", *Q3, "--ramp", "half"], "25,50,75"),
        (["goals", "recommend", "revenue", "--levels", "0"], "--levels"),
        (["goals", "plan", "--metric", "sales_volume", "--period", "2025-Q2"], "--target"),
        (["drivers", "revenue", "--against", "pears", *Q3], "peers"),
        (["drivers", "revenue", "--against", "peers", "--rep", "ada", *Q3], "it takes 3"),
        (["coaching"], "--plans"),
        (["coaching", "--rep", "ada"], "--metric and --from"),
        (["coaching", "--rep", "ada", "--metric", "emails", "--from", "2025-7-1"], "YYYY-MM-DD"),
    ],
)
def test_a_mistake_is_told_with_the_way_out(paceline: Line, arguments: list[str], words: str) -> None:
    said = paceline(*arguments)
    assert (said.code, said.out) == (2, "")
    assert words.lower() in said.err.lower()


@pytest.mark.usefixtures("place")
def test_little_data_says_what_is_missing(paceline: Line) -> None:
    assert "No goal to recommend" in paceline("goals", "recommend", "revenue", "--rep", "ada").out
    past = ("--target", "90k", *Q3, "--as-of", "2025-09-22")
    assert "it takes 5" in paceline("goals", "plan", *past).out
    told = json.loads(paceline("goals", "plan", *past, "-f", "json").out)
    assert told[0]["opportunities"] is None
    said = paceline("coaching", "--rep", "ada", "--metric", "sales_volume", "--from", "2025-07-07", "--until", "2025-09-01")
    assert said.code == 0
    assert "can't be told" in said.out.lower()


@pytest.mark.usefixtures("place")
def test_drivers_are_drawn_and_add_up(paceline: Line) -> None:
    rows = list(csv.DictReader(io.StringIO(paceline("drivers", "revenue", "--period", "2025-09", "-f", "csv").out)))
    leaves = sum(float(row["part"]) for row in rows if row["leaf"] == "True")
    assert leaves == pytest.approx(float(rows[0]["gap"]))
    drawn = paceline("drivers", "revenue", "--period", "2025-09").out
    assert "closed deals" in drawn
    assert "not proof of cause" in drawn


def test_commands_quoted_in_the_how_to_pages_are_there() -> None:
    from typer.main import get_command

    from paceline.cli.app import app

    commands = get_command(app).commands  # type: ignore[attr-defined]
    for page in PAGES:
        quoted = re.findall(r"^\$ paceline (.+)$", (ROOT / "docs" / "how-to" / f"{page}.md").read_text(encoding="utf-8"), re.M)
        assert quoted, page
        for line in quoted:
            words = line.split()
            command = commands[words[0]]
            if hasattr(command, "commands"):
                command = command.commands[words[1]]
            known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
            assert {word for word in words if word.startswith("--")} <= known, line


def test_targets_are_read_as_people_write_them() -> None:
    money, share = CATALOG["revenue"], CATALOG["win_rate"]
    assert [read_target(text, money) for text in ("250000", "250_000", "250,000", "250k", "1.2m")] == [250_000] * 4 + [1_200_000]
    assert read_target("25%", share) == 0.25
    for text in ("", "k", "12x", "1.2.3", "-5"):
        with pytest.raises(Failure):
            read_target(text, money)


def test_plans_are_read_from_toml_and_csv_and_all_faults_are_told(tmp_path: Path) -> None:
    toml = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "how-to" / "coaching.md").read_text(encoding="utf-8"), re.DOTALL)[0]
    (tmp_path / "plans.toml").write_text(toml, encoding="utf-8")
    (one,) = read_plans(tmp_path / "plans.toml")
    assert (one.rep, one.metric, one.first, one.until, one.target) == (
        "Ada Byron",
        "meetings_held",
        "2026-05-04",
        "2026-07-06",
        6,
    )
    (tmp_path / "plans.csv").write_text("rep,metric,from,until,targt\nAda,dials,2026-05-04,,9\n,dials,,,\n", encoding="utf-8")
    with pytest.raises(Failure) as told:
        read_plans(tmp_path / "plans.csv")
    assert "line 2: 'targt' is no field of a plan. Did you mean target?" in told.value.why
    assert "line 3: rep, from are missing" in told.value.why
    for name, text, words in (("x.toml", "[plan", "isn't TOML"), ("y.toml", "a = 1", "something else"), ("z.csv", "", "1 fault")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(Failure) as told:
            read_plans(tmp_path / name)
        assert words in told.value.what
    with pytest.raises(Failure, match="can't be read"):
        read_plans(tmp_path / "nowhere.csv")
